"""The card of the decision boundary: the field of the output over the two plotted inputs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from playground.app.controls.button import IconButton
from playground.app.controls.card import PADDING, SHADOW, Card
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.field_plot import FieldPlot
from playground.app.views.key import ColourKey, is_enlarged
from playground.app.views.live import Live
from playground.app.views.network_model import structure_of, unit_title
from playground.app.views.output_settings import OutputSettings
from playground.app.words import tr
from playground.data.prepare import PreparedData
from playground.snapshot import Limits, Snapshot, shown_samples

SPLITS = {"train": "Train", "validation": "Val", "test": "Test", "all": "All"}
SETTINGS = ("view.discretize", "view.mark_mistakes", "view.marker_shapes")
KEY_GAP = 12
NOTE_HEIGHT = 18
NOTE_EDGE = 6  # below it, beside what the card leaves free
HEAD_GAP = 12
INSET = 8  # of the button on the plot


class BoundaryView(Card):
    """Shows where the network draws the line, with samples on it."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._session = session
        self._data: PreparedData | None = None
        self._source: tuple[object, ...] = ()  # where they come from; its plane is looked at
        self._unit: tuple[int, int] | None = None  # shown in place of the output
        self._slice: tuple[object, ...] = ()
        words = {split: tr(word) for split, word in SPLITS.items()}
        self.splits = Segmented(theme, tr("Samples shown"), words)
        self.splits.changed.connect(self._choose_split)
        self.settings = OutputSettings(theme, session, tr("Output"), SETTINGS)
        self.title.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.add_to_head(self.splits)
        self.add_to_head(self.settings)
        self.plot = FieldPlot(theme)
        self.plot.show_limits(session.wanted.limits)
        self.plot.limits_asked.connect(self._look_at)
        self.plot.sample_asked.connect(self._select)
        self.whole = IconButton(theme, "reset", tr("Show the whole plane"), parent=self.plot)
        self.whole.hide()
        self.whole.clicked.connect(self._look_at_all)
        self.key = ColourKey(theme)
        self.note = label(theme, size=11, colour=theme.tokens.text3)
        self.note.setFixedHeight(theme.scaled(NOTE_HEIGHT))
        self._body = _Body(self.plot, self.key, self.note, self.whole)
        self.content.addWidget(self._body)
        side = SHADOW + PADDING
        frame = self.layout()
        assert frame is not None
        frame.setContentsMargins(side, SHADOW + 11, side, SHADOW + 4)
        frame.setSpacing(11)
        session.state_changed.connect(self._show_state)
        session.experiment_changed.connect(self._show_view)
        self._show_state()
        self._show_view()
        Live(session, self, self.show_snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another picture of training."""
        if snapshot.data is not self._data:
            if self._data is not None and self._data.dataset is not snapshot.data.dataset:
                self._session.want(sample=None)
            data = snapshot.experiment.data
            if self._source and self._source != (data.source, data.table):
                self._look_at_all()
            self._source = data.source, data.table
            self._data = snapshot.data
            self._task = snapshot.data.dataset.task
            self._name_card()
            self._offer_splits(snapshot)
        unit = snapshot.unit if is_enlarged(snapshot) else None
        if unit != self._unit:
            self._unit = unit
            self._name_card()
        self.key.show_snapshot(snapshot, self._session.experiment.view)
        self._show_note(snapshot)
        self.plot.show_snapshot(snapshot)

    # What is shown

    def _show_view(self) -> None:
        """Follow the experiment, and how it is to be shown."""
        experiment = self._session.experiment
        view, self._task = experiment.view, experiment.task
        slice_ = view.plane, view.axes, view.held
        if self._slice and self._slice != slice_:
            self._look_at_all()
        self._slice = slice_
        if self.splits.value != view.split:
            self.splits.set_value(view.split)
        names = ("view.mark_mistakes", "view.marker_shapes", "view.discretize")
        self.settings.put_away(*(names if self._task == "regression" else ()))
        self.plot.show_view(view)
        self._name_card()
        if self._session.snapshot is not None:
            self.key.show_snapshot(self._session.snapshot, view)
            self._show_note(self._session.snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._name_card()

    def minimumSizeHint(self) -> QSize:
        """With room for a short title, whichever is shown now."""
        short = self.title.fontMetrics().horizontalAdvance(tr("Output")) + 4
        return QSize(self._beside_title() + short, super().minimumSizeHint().height())

    def _beside_title(self) -> int:
        """The width that the title cannot have."""
        taken = self.splits.minimumSizeHint().width() + self.settings.width() + 2 * HEAD_GAP
        return 2 * (SHADOW + PADDING) + taken

    def _name_card(self) -> None:
        """Give the card its name, or a shorter one where there is little room."""
        name = tr("Output") if self._task == "regression" else tr("Decision boundary")
        short = tr("Output")
        if self._unit is not None:
            structure = structure_of(self._session.experiment)
            name, short = unit_title(structure, *self._unit), structure.unit_name(*self._unit)
            short = short[:1].upper() + short[1:] if self._unit[0] else short
        metrics, layout = self.title.fontMetrics(), self.layout()
        room = self.width() - self._beside_title()
        long = metrics.horizontalAdvance(name) + 4 <= room
        title = name if long else metrics.elidedText(short, Qt.TextElideMode.ElideMiddle, room)
        if title != self.title.text() and layout is not None:
            self.set_title(title)
            layout.activate()  # else the old sizes are seen for a moment
        self.plot.setAccessibleName(name)

    def _offer_splits(self, snapshot: Snapshot) -> None:
        """Only splits that hold samples can be chosen, and all where there are several."""
        held = [split for split, rows in snapshot.data.splits.items() if len(rows)]
        for split in SPLITS:
            offered = split in held or (split == "all" and len(held) > 1)
            self.splits.segment(split).setVisible(offered)
        if self.splits.value not in held and (self.splits.value != "all" or len(held) < 2):
            self._choose_split("train")

    def _choose_split(self, split: str) -> None:
        self._session.edit("view.split", split)

    def _show_note(self, snapshot: Snapshot) -> None:
        """Which slice is shown, what the marks mean, and how many samples when too many."""
        split = self._session.experiment.view.split
        if split != "all" and not len(snapshot.data.splits[split]):
            split = "train"
        count = sum(map(len, snapshot.data.splits.values()))
        if split != "all":
            count = len(snapshot.data.splits[split])
        shown = len(shown_samples(snapshot.data, split))
        notes = [tr(snapshot.plane.note)] if snapshot.plane.note else []
        if split == "all":
            notes.append(tr("filled: train, hollow: validation, with a dot: test"))
        if snapshot.shares is not None and len(snapshot.shares):
            notes.append(tr("thin lines: what each unit adds"))
        if shown < count:
            notes.append(tr("showing {shown:,} of {count:,}", shown=shown, count=count))
        self._body.show_note(" · ".join(notes))
        self._offer_whole()

    # Where it is looked at

    def _look_at(self, limits: Limits | None) -> None:
        self._session.want(limits=limits)
        self._offer_whole()

    def _offer_whole(self) -> None:
        self.whole.setVisible(self._session.wanted.limits is not None)
        self.whole.raise_()  # over the sheet to draw on, too

    def _look_at_all(self) -> None:
        self.plot.show_limits(None)
        self._look_at(None)

    def _select(self, sample: int | None) -> None:
        self._session.want(sample=sample)

    def _show_state(self) -> None:
        message = ""
        if self._session.state == "compiling":
            message = tr("Getting ready for this computer.\nOnly once: about a minute.")
            if self._session.running:
                message += tr("\nTraining begins then.")
        self.plot.show_message(message)


class _Body(QWidget):
    """Keeps the plot square and as large as there is room, above its key and its note."""

    def __init__(self, plot: FieldPlot, key: ColourKey, note: QLabel, whole: IconButton) -> None:
        super().__init__()
        self._plot, self._key, self._note, self._whole = plot, key, note, whole
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
        note = self._note.minimumHeight() + NOTE_EDGE if self._text else 0
        return KEY_GAP + self._key.minimumHeight() + note

    def _arrange(self) -> None:
        side = min(self.width(), self.height() - self._below())
        left = (self.width() - side) // 2
        self._plot.setGeometry(left, 0, side, side)
        self._whole.move(side - self._whole.width() - INSET, INSET)
        key, note = self._key.minimumHeight(), self._note.minimumHeight()
        top = side + KEY_GAP
        self._key.setGeometry(0, top, self.width(), key)
        self._key.set_inset(left)
        metrics = self._note.fontMetrics()
        if metrics.horizontalAdvance(self._text) + 2 > side:  # elided text is measured finer
            left, side = 0, self.width()
        self._note.setGeometry(left, top + key, side, note)
        self._note.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, side))
