"""The loss over a plane through the weights, and the path that training took there."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton
from playground.app.controls.combo import Combo
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer_facts import Facts
from playground.app.views.drawer_view import TOP, DrawerView
from playground.app.views.graph import value_text
from playground.app.views.landscape_map import LandscapeMap, violets
from playground.app.views.weight_choice import WeightChoice
from playground.app.words import tr
from playground.snapshot import Landscape, Snapshot

DIRECTIONS = {
    "path": "Principal components",
    "random": "Random directions",
    "weights": "Two weights",
}
FEWEST_STATES = 3
BUTTON = 28
WIDE_BUTTON = 224  # has room for all its words
BAR = 6
BAR_ROW = 22


class LandscapeView(DrawerView):
    """The map; beside it its numbers, what it is drawn over, and the button that computes it."""

    name = "Loss landscape"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self.map = LandscapeMap(theme)
        self.facts = Facts(theme, 2)
        self.directions = Combo(
            theme, tr("Directions"), {key: tr(word) for key, word in DIRECTIONS.items()}
        )
        self.directions.changed.connect(self._choose)
        self.choose_weights = IconButton(theme, "tune", tr("Choose the two weights"))
        self.choose_weights.clicked.connect(self._ask_weights)
        self.bar = ColourBar(theme)
        self.compute = Button(theme, tr("Compute around current weights"))
        self.compute.setFixedHeight(theme.scaled(BUTTON))
        self.compute.clicked.connect(self._compute)
        session.explorer.changed.connect(self._show_state)
        session.snapshot_changed.connect(self._note_epochs)
        self._enough = False
        over = QHBoxLayout()
        over.setSpacing(6)
        over.addWidget(self.directions, 1)
        over.addWidget(self.choose_weights)
        column = self.column_beside(self.map, TOP + 4, 3)
        column.addWidget(self.facts)
        column.addLayout(over)
        column.addStretch(1)
        column.addWidget(self.bar)
        column.addWidget(self.compute)

    @property
    def short_title(self) -> str:
        return tr("Landscape")

    def show_settings(self) -> None:
        directions = self.session.experiment.view.landscape
        self.directions.set_value(directions)
        self.choose_weights.setVisible(directions == "weights")
        self._show_state()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show_state()

    def _note_epochs(self, snapshot: Snapshot) -> None:
        self._enough = len(snapshot.kept_epochs) >= FEWEST_STATES

    def _show_state(self) -> None:
        """Show what the explorer has, and what can be asked of it."""
        explorer = self.session.explorer
        shown, busy = explorer.landscape, explorer.progress is not None
        path = self.session.experiment.view.landscape == "path"
        snapshot = self.session.snapshot
        if snapshot is not None:
            self._note_epochs(snapshot)
        possible = snapshot is not None and (self._enough or not path)
        why = "" if possible else tr("Train for a few epochs first")
        if possible and not busy:
            why = tr("Nothing is computed yet")
        self.map.show_landscape(shown, why if not busy else tr("Computing…"))
        self.bar.show_landscape(shown)
        room = self.compute.width() >= self.theme.scaled(WIDE_BUTTON)
        words = tr("Compute around current weights") if room else tr("Compute")
        if busy:
            words = tr("Cancel")
        elif shown is not None:
            words = tr("Recompute around current weights") if room else tr("Recompute")
        if words != self.compute.text():
            self.compute.set_face(words)
        self.compute.setEnabled(busy or possible)
        self.facts.show_rows(*_facts(shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_state()

    def _choose(self, directions: str) -> None:
        self.session.edit("view.landscape", directions)

    def _ask_weights(self) -> None:
        WeightChoice(self.theme, self.session, self).open_below(self.choose_weights)

    def _compute(self) -> None:
        explorer, view = self.session.explorer, self.session.experiment.view
        if explorer.progress is not None:
            explorer.cancel()
        else:
            explorer.explore(view.landscape, view.landscape_weights)


def _facts(shown: Landscape | None) -> list[tuple[str, str]]:
    if shown is None:
        return []
    here = tr("Loss at epoch {epoch}", epoch=f"{shown.epoch:,}")
    return [(here, value_text(shown.here)), (tr("Loss at start"), value_text(shown.start))]


class ColourBar(QWidget):
    """What the colours of the map stand for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Landscape | None = None
        self._row = theme.scaled(BAR_ROW)
        self.setFixedHeight(self._row + 2)

    def show_landscape(self, shown: Landscape | None) -> None:
        """Explain another map."""
        if shown is not self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = QLinearGradient(0, 0, self.width(), 0)
        stops = violets(self._theme.tokens)
        for place, colour in enumerate(stops):
            colours.setColorAt(place / (len(stops) - 1), colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours)
        painter.drawRoundedRect(QRectF(0, 0, self.width(), BAR), BAR / 2, BAR / 2)
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.tokens.text3)
        line = QRectF(0, BAR + 2, self.width(), self._row - BAR)
        for text, side in (
            (value_text(self._shown.lowest), Qt.AlignmentFlag.AlignLeft),
            (tr("log loss"), Qt.AlignmentFlag.AlignHCenter),
            (_end(self._shown.highest), Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, text)


def _end(value: float) -> str:
    return value_text(value) if math.isfinite(value) else "∞"
