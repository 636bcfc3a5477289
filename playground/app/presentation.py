"""The presentation (F5): the network and its output for the back row, and little beside them."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton
from playground.app.controls.combo import Combo
from playground.app.controls.form import CONTROL
from playground.app.controls.text import label, number_text
from playground.app.panels.galleries import SourceTiles
from playground.app.panels.training import LEARNING_RATES
from playground.app.panels.transport import architecture
from playground.app.session import Session
from playground.app.theme import PROJECTOR, Theme
from playground.app.views.field_plot import FieldPlot
from playground.app.views.graph import value_text
from playground.app.views.key import ColourKey
from playground.app.views.network_diagram import Diagram
from playground.app.views.network_still import draw_signs
from playground.app.views.readout import fixed
from playground.app.words import tr
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import Dense
from playground.snapshot import Snapshot

PAGE = QSize(1280, 720)  # on a larger page all is larger, in steps
STEPS = 8  # of such a page
TEXT = 4 / 3  # of the smallest page: how much larger than in the window its text is
# Lengths as they would be with text of the window's size.
BAR = 63
EDGE = 24
GAP = 18
HIT, LEAST_HIT = 36, 33  # of what is pressed
LARGE, COUNTER, TITLE, SMALL = 15, 25.5, 21, 13.5
RUN, LEAVE = QSize(117, 39), QSize(90, 36)
STRIP = 101  # below the network
KEY_GAP = 9
BELOW = 87  # below the plot
SIGNS = 18
WIDE = 900  # a page
SHARE, WIDE_SHARE = 0.355, 0.39  # of the page's width that the plot has
ROOMY = 500  # a strip with room between its controls
COMBO, TIGHT_COMBO = 108, 93
RATE_WIDTH, TIGHT_RATE_WIDTH = 63, 46
DATA = ("circle", "xor", "gauss", "spiral")
RATE = "optimizer.learning_rate"


def enlargement(page: QSize) -> float:
    """How much larger than on the smallest page all is: the room is as large, and as far away."""
    times = min(page.width() / PAGE.width(), page.height() / PAGE.height())
    return max(int(times * STEPS) / STEPS, 1.0)


class Presentation(QWidget):
    """A page for a projector, in its own theme: text of 16 px and more, hit areas of 44 px.

    All is so large as suits a page of a `size` at first; see `enlargement`.
    """

    left = Signal()

    def __init__(self, theme: Theme, session: Session, size: QSize) -> None:
        super().__init__()
        self.enlargement = enlargement(size)
        self._theme = theme = theme.with_tokens(PROJECTOR, TEXT * self.enlargement)
        self._session = session
        self.network = Diagram(theme, session, self, presented=True)
        self.plot = FieldPlot(theme)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # nothing here answers its wishes
        self._make_bar()
        self._make_controls()
        self._lay_out()
        session.experiment_changed.connect(self._show_experiment)
        session.state_changed.connect(self._show_state)
        session.snapshot_changed.connect(self.show_snapshot)
        self._show_experiment()
        self._show_state()
        if session.snapshot is not None:
            self.show_snapshot(session.snapshot)

    def _make_bar(self) -> None:
        theme, session = self._theme, self._session
        text = theme.tokens.text
        self.name = label(theme, "", TITLE, 600, text)
        self.shape_ = label(theme, "", SMALL)
        self.reset = IconButton(theme, "reset", tr("Reset to step 0 (R)"), 20, HIT)
        self.step = IconButton(theme, "step", tr("Train one step (S)"), 20, HIT)
        self.run = Button(theme, tr("Run"), "play", primary=True)
        self.run.setFont(theme.font(LARGE, 600))
        self.run.setFixedSize(theme.scaled(RUN.width()), theme.scaled(RUN.height()))
        self.epoch = label(theme, "0", COUNTER, 600, text)
        self.correct = label(theme, "", COUNTER, 600, text)
        self.leave = Button(theme, tr("Leave"), "close")
        self.leave.setFont(theme.font(LARGE, 600))
        self.leave.setFixedSize(theme.scaled(LEAVE.width()), theme.scaled(LEAVE.height()))
        for name, button in (("reset", self.reset), ("step", self.step)):
            button.setProperty(CONTROL, name)
        self.reset.clicked.connect(session.reset)
        self.step.clicked.connect(session.step)
        self.run.clicked.connect(session.toggle)
        self.leave.clicked.connect(self.left)

    def _make_controls(self) -> None:
        theme, make = self._theme, SourceTiles(self._theme)
        self.tiles = {name: make.tile(name) for name in DATA}
        for name, tile in self.tiles.items():
            tile.setProperty(CONTROL, "data")
            tile.clicked.connect(lambda _=False, name=name: self._choose(name))
        words = {name: row.label for name, row in ACTIVATIONS.items()}
        self.activation = Combo(theme, tr("Activation"), words)
        self.activation.setFixedHeight(theme.scaled(LEAST_HIT))
        self.activation.setProperty(CONTROL, "layers.*.activation")
        self.activation.changed.connect(self._set_activation)
        self.slower = IconButton(theme, "minus", tr("Smaller learning rate"), 15, LEAST_HIT)
        self.faster = IconButton(theme, "plus", tr("Larger learning rate"), 15, LEAST_HIT)
        self.slower.clicked.connect(lambda: self._move_rate(-1))
        self.faster.clicked.connect(lambda: self._move_rate(1))
        self.rate = label(theme, "", LARGE, 600, theme.tokens.text)
        self.rate.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for each in (self.slower, self.faster):
            each.setProperty(CONTROL, RATE)
        self.loss = label(theme, "", LARGE + 2, 600, theme.tokens.text)
        self.curve = Curve(theme)
        self.key = ColourKey(theme)

    def _lay_out(self) -> None:
        theme = self._theme
        self.bar = QWidget(self)
        bar = QHBoxLayout(self.bar)
        edge, space = theme.scaled(EDGE), theme.scaled(EDGE / 2)
        bar.setContentsMargins(edge, 0, edge, 0)
        bar.setSpacing(space)
        for each in (self.name, self.shape_):
            bar.addWidget(each)
        bar.addStretch(1)
        for each in (self.reset, self.step, self.run):
            bar.addWidget(each)
        bar.addSpacing(space)
        self.correct_name = label(theme, "", SMALL)
        bar.addWidget(label(theme, tr("Epoch"), SMALL))
        bar.addWidget(self.epoch)
        bar.addSpacing(space)
        bar.addWidget(self.correct_name)
        bar.addWidget(self.correct)
        bar.addStretch(1)
        bar.addWidget(self.leave)
        self.strip = QWidget(self)
        self._controls = strip = QHBoxLayout(self.strip)
        self._tiles = tiles = QHBoxLayout()
        for tile in self.tiles.values():
            tiles.addWidget(tile, 0, Qt.AlignmentFlag.AlignVCenter)
        strip.addLayout(tiles)
        strip.addStretch(1)
        well = QFrame()
        well.setStyleSheet(
            f".QFrame {{ background: {theme.tokens.sunk.name()}; border-radius: 8px; }}"
        )
        rate = QHBoxLayout(well)
        rate.setSpacing(0)
        rate.setContentsMargins(0, 0, 0, 0)
        for each in (self.slower, self.rate, self.faster):
            rate.addWidget(each)
        chosen, below = QHBoxLayout(), QVBoxLayout()
        chosen.setSpacing(space // 2)
        chosen.addLayout(_named(label(theme, tr("Activation"), SMALL), self.activation))
        chosen.addLayout(_named(label(theme, tr("Learning rate"), SMALL), well))
        below.addLayout(chosen, 1)
        below.addWidget(Signs(theme))
        strip.addLayout(below)
        self.below = QWidget(self)
        below, loss = QVBoxLayout(self.below), QHBoxLayout()
        below.setContentsMargins(0, theme.scaled(KEY_GAP), 0, 0)
        below.setSpacing(0)
        below.addWidget(self.key)
        below.addLayout(loss, 1)
        loss.setSpacing(space)
        loss.addWidget(label(theme, tr("Loss"), SMALL))
        loss.addWidget(self.loss)
        loss.addWidget(self.curve, 1)
        self.plot.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width, height, scaled = self.width(), self.height(), self._theme.scaled
        bar, edge, gap, strip = map(scaled, (BAR, EDGE, GAP, STRIP))
        share = round(width * (SHARE if width < scaled(WIDE) else WIDE_SHARE))
        side = min(height - bar - gap - scaled(BELOW), share)
        left = width - edge - side  # of the plot
        self.bar.setGeometry(0, 0, width, bar - 1)
        self._show_name()
        roomy = left - gap >= scaled(ROOMY)
        self._controls.setContentsMargins(edge if roomy else gap // 2, gap // 3, 0, gap // 3)
        self._tiles.setSpacing(gap // 2 if roomy else 0)
        self.activation.setFixedWidth(scaled(COMBO if roomy else TIGHT_COMBO))
        self.rate.setFixedWidth(scaled(RATE_WIDTH if roomy else TIGHT_RATE_WIDTH))
        top = bar + gap // 4
        self.network.setGeometry(0, top, left - gap, height - top - strip - 1)
        self.strip.setGeometry(0, height - strip, left - gap, strip)
        self.plot.setGeometry(left, bar + gap, side, side)
        below = bar + gap + side
        self.below.setGeometry(left, below, side, height - below)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRect(0, self.bar.height(), self.width(), 1), tokens.line)
        painter.fillRect(QRect(0, self.strip.y() - 1, self.strip.width(), 1), tokens.line)

    # What is shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another picture of training."""
        self.plot.show_snapshot(snapshot)
        self.key.show_snapshot(snapshot, self._session.experiment.view)
        self.epoch.setText(f"{snapshot.epoch:,}")
        scores = snapshot.metrics["train"]
        accuracy = scores.get("accuracy")
        self.correct_name.setText(tr("Correct") if accuracy is not None else "")
        self.correct.setText("" if accuracy is None else f"{fixed(100 * accuracy, 0)} %")
        self.loss.setText(value_text(scores["loss"]))
        self.curve.show_values(list(map(float, snapshot.history["train_loss"])))

    def _show_experiment(self) -> None:
        experiment = self._session.experiment
        self.plot.show_view(experiment.view)
        self.shape_.setText(architecture(experiment))
        self._show_name()
        self.rate.setText(number_text(experiment.optimizer.learning_rate))
        for name, tile in self.tiles.items():
            tile.set_chosen(name == experiment.data.source)
        dense = [layer for layer in experiment.layers if isinstance(layer, Dense)]
        self.activation.setEnabled(bool(dense))
        if dense:
            self.activation.set_value(dense[0].activation)

    def _show_name(self) -> None:
        """Show the experiment's name as far as there is room, and its network's shape if whole."""
        layout, name = self.bar.layout(), tr(self._session.experiment.name)
        assert layout is not None
        self.shape_.hide()
        self.name.setText("")
        room = self.bar.width() - layout.minimumSize().width() - layout.spacing()
        self.name.setText(
            self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        )
        taken = self.name.sizeHint().width() + layout.spacing() + self.shape_.sizeHint().width()
        self.shape_.setVisible(taken <= room)
        layout.activate()  # else the old sizes are seen for a moment

    def _show_state(self) -> None:
        running = self._session.running
        self.run.set_face(*((tr("Pause"), "pause") if running else (tr("Run"), "play")))
        self.step.setEnabled(not running)

    # What is done

    def _choose(self, name: str) -> None:
        self._session.replace(self._session.experiment.with_source(name), tr("Data"))

    def _set_activation(self, name: str) -> None:
        """For all layers at once."""
        layers = tuple(
            replace(layer, activation=name) if isinstance(layer, Dense) else layer
            for layer in self._session.experiment.layers
        )
        self._session.edit("layers", layers)

    def _move_rate(self, by: int) -> None:
        now = self._session.experiment.optimizer.learning_rate
        self._session.edit(RATE, LEARNING_RATES.moved(now, by))


class Curve(QWidget):
    """The loss as one line; its number stands beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._values: list[float] = []
        self.setAccessibleName(tr("Loss"))

    def show_values(self, values: list[float]) -> None:
        """Show other values, the newest last."""
        self._values = values[:: max(len(values) // 300, 1)]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._theme.scaled(14)
        area = QRectF(self.rect()).adjusted(0, edge, -1, -edge)
        painter.setPen(QPen(self._theme.tokens.line, 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if len(self._values) < 2 or not max(self._values) > 0:
            return
        top, last = max(self._values), len(self._values) - 1
        line = QPolygonF(
            [
                QPointF(
                    area.left() + area.width() * index / last,
                    area.bottom() - area.height() * value / top,
                )
                for index, value in enumerate(self._values)
            ]
        )
        painter.setPen(QPen(self._theme.tokens.accent, 2))
        painter.drawPolyline(line)


class Signs(QWidget):
    """What the colours of the network's weights mean."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(theme.scaled(SIGNS))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_signs(painter, self._theme, 0, self.height() / 2)


def _named(words: QLabel, control: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addStretch(1)
    column.addWidget(words)
    column.addWidget(control)
    column.addStretch(1)
    return column
