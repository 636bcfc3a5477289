"""The presentation (F5): the network and its output for the back row, and little beside them."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
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
from playground.app.views.network import NetworkView
from playground.app.views.readout import fixed
from playground.app.words import tr
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import Dense
from playground.snapshot import Snapshot

BAR = 84
EDGE = 32
GAP = 24
HIT, LEAST_HIT = 48, 44  # of what is pressed
LARGE, COUNTER, TITLE, SMALL = 20, 34, 28, 18
STRIP = 150  # below the network
KEY_GAP = 12
BELOW = 116  # below the plot
DATA = ("circle", "xor", "gauss", "spiral")
ROOM_FOR_SHAPE, ROOMY = 1200, 680  # of the page, of the strip
COMBO, TIGHT_COMBO = 170, 114
RATE_WIDTH, TIGHT_RATE_WIDTH = 84, 70
RATE = "optimizer.learning_rate"


class Presentation(QWidget):
    """A page for a projector, in its own theme: text of 16 px and more, hit areas of 44 px."""

    left = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme = theme.with_tokens(PROJECTOR)
        self._session = session
        self.network = NetworkView(theme, session, hit=LEAST_HIT)
        self.network.fill.hide()  # it has all the room there is
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
        self.reset = IconButton(theme, "reset", tr("Reset to step 0 (R)"), 26, HIT)
        self.step = IconButton(theme, "step", tr("Train one step (S)"), 26, HIT)
        self.run = Button(theme, tr("Run"), "play", primary=True)
        self.run.setFont(theme.font(LARGE, 600))
        self.run.setFixedSize(156, 52)
        self.epoch = label(theme, "0", COUNTER, 600, text)
        self.correct = label(theme, "", COUNTER, 600, text)
        self.leave = Button(theme, tr("Leave"), "close")
        self.leave.setFont(theme.font(LARGE, 600))
        self.leave.setFixedSize(120, HIT)
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
        self.activation.setFixedHeight(LEAST_HIT)
        self.activation.setProperty(CONTROL, "layers.*.activation")
        self.activation.changed.connect(self._set_activation)
        self.slower = IconButton(theme, "minus", tr("Smaller learning rate"), 20, LEAST_HIT)
        self.faster = IconButton(theme, "plus", tr("Larger learning rate"), 20, LEAST_HIT)
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
        bar.setContentsMargins(EDGE, 0, EDGE, 0)
        bar.setSpacing(16)
        for each in (self.name, self.shape_):
            bar.addWidget(each)
        bar.addStretch(1)
        for each in (self.reset, self.step, self.run):
            bar.addWidget(each)
        bar.addSpacing(16)
        self.correct_name = label(theme, "", SMALL)
        for words, number in ((label(theme, tr("Epoch"), SMALL), self.epoch),):
            bar.addWidget(words)
            bar.addWidget(number)
        bar.addSpacing(16)
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
        strip.addLayout(_named(label(theme, tr("Activation"), SMALL), self.activation))
        strip.addLayout(_named(label(theme, tr("Learning rate"), SMALL), well))
        self.below = QWidget(self)
        below, loss = QVBoxLayout(self.below), QHBoxLayout()
        below.setContentsMargins(0, KEY_GAP, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.key)
        below.addLayout(loss, 1)
        loss.setSpacing(16)
        loss.addWidget(label(theme, tr("Loss"), SMALL))
        loss.addWidget(self.loss)
        loss.addWidget(self.curve, 1)
        for each in (self.network, self.plot):
            each.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width, height = self.width(), self.height()
        side = min(height - BAR - GAP - BELOW, round(width * 0.42))
        right = width - EDGE - side
        self.bar.setGeometry(0, 0, width, BAR - 1)
        self.shape_.setVisible(width >= ROOM_FOR_SHAPE)
        roomy = right - GAP >= ROOMY
        self._controls.setContentsMargins(EDGE if roomy else 12, 12, 0, 12)
        self._controls.setSpacing(16 if roomy else 4)
        self._tiles.setSpacing(16 if roomy else 0)
        self.activation.setFixedWidth(COMBO if roomy else TIGHT_COMBO)
        self.rate.setFixedWidth(RATE_WIDTH if roomy else TIGHT_RATE_WIDTH)
        top = BAR + GAP // 2
        self.network.setGeometry(8, top, right - GAP - 8, height - top - STRIP)
        self.strip.setGeometry(0, height - STRIP, right - GAP, STRIP)
        self.plot.setGeometry(right, BAR + GAP, side, side)
        self.below.setGeometry(right, BAR + GAP + side, side, BELOW)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRect(0, BAR - 1, self.width(), 1), tokens.line)

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
        self.name.setText(tr(experiment.name))
        self.shape_.setText(architecture(experiment))
        self.rate.setText(number_text(experiment.optimizer.learning_rate))
        for name, tile in self.tiles.items():
            tile.set_chosen(name == experiment.data.source)
        dense = [layer for layer in experiment.layers if isinstance(layer, Dense)]
        self.activation.setEnabled(bool(dense))
        if dense:
            self.activation.set_value(dense[0].activation)

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
        area = QRectF(self.rect()).adjusted(0, 18, -1, -18)
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


def _named(words: QLabel, control: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addStretch(1)
    column.addWidget(words)
    column.addWidget(control)
    column.addStretch(1)
    return column
