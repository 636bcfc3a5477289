"""The card of the decision boundary: the field of the output over the two plotted inputs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.controls.card import PADDING, SHADOW, Card
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.field_plot import FieldPlot, value_name
from playground.app.views.key import HEIGHT as KEY_HEIGHT
from playground.app.views.key import ColourKey
from playground.app.views.points import shown_samples
from playground.snapshot import Snapshot

SPLITS = {"train": "Train", "validation": "Val", "test": "Test"}
MIDDLES = {"p": "p = 0.5", "score": "score = 0", "output": "z = 0"}  # where two classes meet
KEY_GAP = 12
NOTE_HEIGHT = 18


class BoundaryView(Card):
    """Shows where the network draws the line, with the samples of one split on it."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._session = session
        self._data: object = None
        self.splits = Segmented(theme, "Samples shown", SPLITS)
        self.splits.changed.connect(self._show_split)
        self.add_to_head(self.splits)
        self.plot = FieldPlot(theme)
        self.key = ColourKey(theme)
        self.note = label(theme, size=11, colour=theme.tokens.text3)
        self._body = _Body(self.plot, self.key, self.note)
        self.content.addWidget(self._body)
        side = SHADOW + PADDING
        frame = self.layout()
        assert frame is not None
        frame.setContentsMargins(side, SHADOW + 11, side, SHADOW + 4)
        frame.setSpacing(11)
        self._name_card(session.experiment.task)
        session.snapshot_changed.connect(self.show_snapshot)
        session.state_changed.connect(self._show_state)
        self._show_state()
        if session.snapshot is not None:
            self.show_snapshot(session.snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another picture of training."""
        if snapshot.data is not self._data:
            self._data = snapshot.data
            self._offer_splits(snapshot)
        self._name_card(snapshot.data.dataset.task)
        self._show_key(snapshot)
        self._show_note(snapshot)
        self.plot.show_snapshot(snapshot)

    def _name_card(self, task: str) -> None:
        name = "Output" if task == "regression" else "Decision boundary"
        self.set_title(name)
        self.plot.setAccessibleName(name)

    def _offer_splits(self, snapshot: Snapshot) -> None:
        """Only splits that hold samples can be chosen."""
        for split in SPLITS:
            self.splits.segment(split).setVisible(len(snapshot.data.splits[split]) > 0)
        if not len(snapshot.data.splits[self.splits.value]):
            self.splits.set_value("train")
            self.plot.show_split("train")

    def _show_split(self, split: str) -> None:
        self.plot.show_split(split)
        if self._session.snapshot is not None:
            self._show_note(self._session.snapshot)

    def _show_key(self, snapshot: Snapshot) -> None:
        names = snapshot.data.dataset.class_names
        if names:
            value = value_name(snapshot)
            self.key.show_classes(names, MIDDLES[value], steps=value == "output")
        else:
            self.key.show_scale(snapshot.field_scale)

    def _show_note(self, snapshot: Snapshot) -> None:
        """Which slice is shown, and how many of the samples when they are too many."""
        split = self.splits.value
        count = len(snapshot.data.splits[split])
        shown = len(shown_samples(snapshot.data, split))
        notes = [snapshot.slice_note] if snapshot.slice_note else []
        if shown < count:
            notes.append(f"showing {shown:,} of {count:,}")
        self._body.show_note(" · ".join(notes))

    def _show_state(self) -> None:
        compiling = self._session.state == "compiling"
        self.plot.show_message("Compiling kernels (once)…" if compiling else "")


class _Body(QWidget):
    """Keeps the plot square and as large as there is room, above its key and its note."""

    def __init__(self, plot: FieldPlot, key: ColourKey, note: QLabel) -> None:
        super().__init__()
        self._plot, self._key, self._note = plot, key, note
        self._text = ""
        for child in (plot, key, note):
            child.setParent(self)
        note.hide()

    def sizeHint(self) -> QSize:
        side = self._plot.sizeHint().width()
        return QSize(side, side + self._below())

    def minimumSizeHint(self) -> QSize:
        side = self._plot.minimumWidth()
        return QSize(side, side + self._below())

    def show_note(self, text: str) -> None:
        """Show a line below the key, or none."""
        if text != self._text:
            self._text = text
            self._note.setVisible(bool(text))
            self._note.setToolTip(text)
            self.updateGeometry()
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _below(self) -> int:
        return KEY_GAP + KEY_HEIGHT + (NOTE_HEIGHT if self._text else 0)

    def _arrange(self) -> None:
        side = min(self.width(), self.height() - self._below())
        left = (self.width() - side) // 2
        self._plot.setGeometry(left, 0, side, side)
        self._key.setGeometry(left, side + KEY_GAP, side, KEY_HEIGHT)
        self._note.setGeometry(left, side + KEY_GAP + KEY_HEIGHT, side, NOTE_HEIGHT)
        elide = self._note.fontMetrics().elidedText
        self._note.setText(elide(self._text, Qt.TextElideMode.ElideRight, side))
