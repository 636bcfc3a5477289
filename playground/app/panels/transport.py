"""The bar on top: what is open, run and step, how far training got, and export."""

from time import monotonic

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton, Pressable
from playground.app.controls.chip import Chip
from playground.app.controls.combo import Combo
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import DARK, Theme
from playground.app.words import tr
from playground.data.origin import source_of
from playground.engine.layers import Dense
from playground.experiment import Experiment
from playground.snapshot import Snapshot

HEIGHT = 56
REDUCED, NARROW = 1360, 1240  # widths of the window below which things are left out
NARROWER, NARROWEST = 900, 750  # the same for large text; the menu has what is left out
TITLE_WIDTH = 240  # so that the buttons begin where the network card does
ICON_ONLY = 60  # of a title without words
COUNTER_SECONDS = 0.1
PACES = {  # key → word, epochs per second
    "full": ("Full speed", None),
    "100": ("100 epochs/s", 100.0),
    "10": ("10 epochs/s", 10.0),
    "1": ("1 epoch/s", 1.0),
}
STATES = {  # what is worth a chip: words and kind
    "compiling": ("Getting ready (once)…", "accent"),
    "diverged": ("Diverged", "error"),
    "finished": ("Finished", "ok"),
}


def architecture(experiment: Experiment) -> str:
    """The numbers of units from the features to the outputs: "2 · 8 · 8 · 1"."""
    classes = len(source_of(experiment.data).class_names)
    outputs = classes if classes > 2 else 1
    hidden = [layer.units for layer in experiment.layers if isinstance(layer, Dense)]
    return " · ".join(map(str, (len(experiment.data.features), *hidden, outputs)))


def short_number(value: float) -> str:
    """A count in at most five characters: 950, 18.4k, 1.25M."""
    if value < 999.5:
        return f"{value:.0f}"
    divisor, unit = next(
        scale for scale in ((1e3, "k"), (1e6, "M"), (1e9, "G")) if value < 999.5 * scale[0]
    )
    return f"{value / divisor:.3g}{unit}"


def count_text(value: int) -> str:
    """A count in at most six characters: each one where that has the room."""
    return f"{value:,}" if value < 1e5 else short_number(value)


class Title(Pressable):
    """The program's icon, the experiment's name and its architecture; a click opens the menu."""

    ICON = 28
    TEXT = 38  # where the words begin

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("Menu"), parent=parent)
        self.menu = QMenu(self)
        self._second = ""
        self._words = True
        self.setFixedSize(TITLE_WIDTH, theme.scaled(44))
        self.clicked.connect(lambda: self.menu.popup(self.mapToGlobal(QPoint(0, self.height()))))

    def show_words(self, shown: bool) -> None:
        """Show the name beside the icon, or the icon alone."""
        self._words = shown
        self.setFixedWidth(TITLE_WIDTH if shown else ICON_ONLY)
        self.setToolTip("" if shown else self.accessibleDescription())
        self.update()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the name and the architecture of another experiment."""
        self.setText(experiment.name)
        self._second = architecture(experiment)
        self.setAccessibleDescription(f"{experiment.name}, {self._second}")
        self.setToolTip("" if self._words else self.accessibleDescription())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, theme = self.theme.tokens, self.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.shaded(tokens.panel))
        painter.drawRoundedRect(self.rect(), 8, 8)
        top = (self.height() - self.ICON) / 2
        theme.draw_icon(painter, "app", tokens.accent, QRectF(4, top, self.ICON, self.ICON))
        if not self._words:
            chevron = QRectF(self.TEXT, (self.height() - 13) / 2, 13, 13)
            theme.draw_icon(painter, "chevron-down", tokens.text2, chevron)
            return
        left, room = self.TEXT + 4, self.width() - self.TEXT - 8
        scaled = theme.scaled
        above = QRectF(left, scaled(4), room - 18, scaled(18))
        below = QRectF(left, scaled(23), room, scaled(16))
        first = self._line(painter, 14, 500, tokens.text, above, self.text())
        chevron = QRectF(left + first + 5, above.center().y() - 6, 13, 13)
        theme.draw_icon(painter, "chevron-down", tokens.text2, chevron)
        self._line(painter, 12, 500, tokens.text2, below, self._second)

    def _line(
        self, painter: QPainter, size: int, weight: int, colour: QColor, area: QRectF, text: str
    ) -> float:
        """Draw a text, shortened to its area; gives its width."""
        font = self.theme.font(size, weight)
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)


class Counter(QWidget):
    """A number under what it counts; its width stays, whatever the number."""

    def __init__(self, theme: Theme, name: str, widest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = label(theme, name)
        self.number = label(theme, "0", 16, 600, theme.tokens.text)
        self.count(name, "0")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addStretch()
        column.addWidget(self._name)
        column.addWidget(self.number)
        column.addStretch()
        figures = QFontMetricsF(self.number.font()).horizontalAdvance(widest)
        self.setFixedWidth(max(round(figures) + 2, self._name.sizeHint().width()))

    def count(self, name: str, text: str) -> None:
        """Show another number, and what it counts."""
        self._name.setText(name)
        self.number.setAccessibleName(name)
        self.number.setText(text)


class Transport(QWidget):
    """Everything in the bar; it never moves."""

    export_asked = Signal()
    theme_asked = Signal()
    presentation_asked = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._counted_at = 0.0
        self._narrow = False
        self._threads = session.snapshot.threads if session.snapshot else 0
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.title = Title(theme, self)
        self.reset = IconButton(theme, "reset", tr("Reset to step 0 (R)"), 18, 32)
        self.step = IconButton(theme, "step", tr("Train one step (S)"), 18, 32)
        self.epoch = IconButton(theme, "skip", tr("Train one epoch (E)"), 18, 32)
        self.run = Button(theme, tr("Run"), "play", primary=True)
        self.run.setFixedSize(theme.scaled(96), theme.scaled(32))
        self.epochs = Counter(theme, tr("Epoch"), "00,000")
        self.speed = Counter(theme, tr("Samples/s"), "00.00M")
        self.seed = Counter(theme, tr("Seed"), "0000")
        self.dice = IconButton(theme, "dice", tr("New random seed (Shift+R)"), 16, 28)
        self.pace = Combo(theme, tr("Speed"), {key: word for key, (word, _) in PACES.items()})
        self.pace.setFixedWidth(theme.scaled(118))
        self.pace.setToolTip(tr("How fast it trains; slower, to watch how it learns"))
        self.state = Chip(theme)
        self.device = Chip(theme, "CPU", icon="cpu")
        self.device.setToolTip(tr("Trains on the processor"))
        self.precision = label(theme)
        dark = theme.tokens is DARK
        self.theme = IconButton(theme, "sun" if dark else "moon", tr("Light or dark (T)"), 16, 32)
        self.present = IconButton(theme, "monitor", tr("Presentation (F5)"), 16, 32)
        self.export = Button(theme, tr("Export"), "export")
        self._lay_out()
        self._connect()
        self._show_experiment()
        self._show_state()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 16, 0)
        row.setSpacing(0)
        row.addWidget(self.title)
        row.addSpacing(20)
        for button in (self.reset, self.step, self.epoch):
            row.addWidget(button)
            row.addSpacing(4)
        row.addSpacing(4)
        row.addWidget(self.run)
        row.addSpacing(24)
        row.addLayout(_spaced(24, self.epochs, self.speed, self.seed))
        row.addWidget(self.dice)
        row.addSpacing(16)
        row.addWidget(self.pace)
        row.addSpacing(12)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addLayout(_spaced(8, self.device, self.precision))
        row.addSpacing(12)
        row.addWidget(self.present)
        row.addSpacing(4)
        row.addWidget(self.theme)
        row.addSpacing(12)
        row.addWidget(self.export)

    def _connect(self) -> None:
        session = self._session
        self.reset.clicked.connect(session.reset)
        self.step.clicked.connect(session.step)
        self.epoch.clicked.connect(session.step_epoch)
        self.run.clicked.connect(session.toggle)
        self.dice.clicked.connect(session.new_seed)
        self.pace.changed.connect(lambda key: session.set_pace(PACES[key][1]))
        self.export.clicked.connect(self.export_asked)
        self.theme.clicked.connect(self.theme_asked)
        self.present.clicked.connect(self.presentation_asked)
        session.experiment_changed.connect(self._show_experiment)
        session.state_changed.connect(self._show_state)
        session.snapshot_changed.connect(self._show_snapshot)

    def fit(self, width: int) -> None:
        """Leave out what matters least in a window of this width."""
        scaled = self._theme.scaled
        self._narrow = width < scaled(NARROW)
        for each in (self.speed, self.precision):
            each.setVisible(width >= scaled(REDUCED))
        for each in (self.device, self.present, self.theme):
            each.setVisible(width >= scaled(NARROWER))
        self.export.setVisible(width >= scaled(NARROWEST))
        self.title.show_words(not self._narrow)
        self._show_device()
        self._show_state()

    def _show_device(self) -> None:
        threads = (
            tr("{count} threads", count=self._threads) if self._threads > 1 else tr("1 thread")
        )
        said = self._threads and not self._narrow
        self.device.set_state(f"CPU · {threads}" if said else "CPU", icon="cpu")

    def _show_experiment(self) -> None:
        experiment = self._session.experiment
        self.title.show_experiment(experiment)
        self.seed.count(tr("Seed"), str(experiment.seed))
        self.precision.setText(experiment.precision)

    def _show_state(self) -> None:
        running = self._session.running
        face = (tr("Pause"), "pause") if running else (tr("Run"), "play")
        if self.run.text() != face[0]:
            self.run.set_face(*face)
        self.step.setEnabled(not running)
        self.epoch.setEnabled(not running)
        self._say_state()
        # A narrow bar has no room for both while the longest of the states is said.
        self.pace.setVisible(not (self._narrow and self._session.state == "compiling"))
        if self._session.snapshot is not None:
            self._count(self._session.snapshot)

    def _say_state(self) -> None:
        said = STATES.get(self._session.state)
        shown = self._session.snapshot
        if shown and shown.stopped_by == "no samples":
            said = None  # nothing was begun that could be finished
        self.state.setVisible(said is not None)
        if said:
            words, kind = said
            if shown and shown.stopped_by == "early stopping" and not self._narrow:
                words = "Stopped early"  # the losses' card says more, and has the room
            self.state.set_state(tr(words), kind)
        if self._session.state == "compiling":
            self.state.setToolTip(tr("Compiles the kernels for this processor"))

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.state.setToolTip(tr(snapshot.message))
        if snapshot.threads != self._threads:
            self._threads = snapshot.threads
            self._show_device()
        if self._session.state == "finished":
            self._say_state()
        if not self._session.running or monotonic() - self._counted_at >= COUNTER_SECONDS:
            self._count(snapshot)

    def _count(self, snapshot: Snapshot) -> None:
        self._counted_at = monotonic()
        epoch, step = snapshot.epoch, snapshot.step
        self.epochs.count(tr("Epoch"), count_text(epoch))
        self.epochs.setToolTip(tr("Epoch {epoch:,}, step {step:,}", epoch=epoch, step=step))
        if self._session.running:
            self.speed.count(tr("Samples/s"), short_number(snapshot.samples_per_second))
        else:  # there is no speed, and single steps are to be seen
            self.speed.count(tr("Step"), count_text(step))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.panel)
        painter.fillRect(0, self.height() - 1, self.width(), 1, tokens.line)


def _spaced(spacing: int, *widgets: QWidget) -> QHBoxLayout:
    """Widgets in a row; one that is hidden leaves no gap."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for widget in widgets:
        row.addWidget(widget)
    return row
