"""The data column: which data, how much of it, how it is split and rescaled, and which features."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.form import Form
from playground.app.controls.scale import Log
from playground.app.controls.segmented import Segmented
from playground.app.controls.slider import ROW
from playground.app.controls.split import SplitBar
from playground.app.controls.text import label, title
from playground.app.controls.tile import BLEED, Gallery
from playground.app.panels.galleries import (
    FeatureGallery,
    SourceGallery,
    few_samples,
    is_regression,
)
from playground.app.session import Session
from playground.app.theme import Theme
from playground.data import SOURCES
from playground.data.normalization import NORMALIZATIONS
from playground.data.origin import source_of
from playground.data.points import POINTS
from playground.experiment import Data
from playground.snapshot import Snapshot

TOP = 9
RIGHT = 12  # beside the column, for a scroll bar
BOTTOM = 12
PAIR_GAP = 20
TASKS = {"classify": "Classify", "regress": "Regress"}


class DataPanel(QWidget):
    """The data column, for the window's own colour.

    The rings of chosen tiles reach `BLEED` beyond the column, which the widget includes.
    """

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._form = Form(theme, session, self)
        samples = ((name, few_samples(row)) for name, row in SOURCES.items())
        self._samples = {name: held for name, held in samples if held is not None}
        self._source = ""
        self._counts = (0, 0, 0)
        self._make_controls()
        self._hints = {each: each.toolTip() for each in (self.points, self.noise)}
        self._lay_out()
        session.experiment_changed.connect(self._refresh)
        session.snapshot_changed.connect(self._count)
        self._refresh()

    def toggle_feature(self, index: int) -> None:
        """Take the feature at a place of the gallery in, or leave it out; beyond it, nothing."""
        self.features.toggle(index)

    def _make_controls(self) -> None:
        theme, form = self._theme, self._form
        self.task = Segmented(theme, "Task", TASKS)
        self.task.changed.connect(self._show_task)
        self.sources = SourceGallery(theme, self._samples)
        self.sources.chosen.connect(self._choose_source)
        self.points = form.slider("data.samples")
        self.noise = form.slider("data.noise")
        self.split = form.bind(SplitBar(theme), "data.split")
        self.batch = form.slider("batch_size")
        self.normalize = form.segmented("data.normalize", NORMALIZATIONS)
        self.features = FeatureGallery(theme, self._session, form.note)
        self.feature_count = label(theme, "", 12, 400, theme.tokens.text3)

    def _lay_out(self) -> None:
        head, pair, features = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(title(self._theme, "Data"), 2)
        head.addWidget(self.task, 5)
        pair.setSpacing(PAIR_GAP)
        pair.addWidget(self.points, 1)
        pair.addWidget(self.noise, 1)
        features.addWidget(title(self._theme, "Input features"), 1)
        features.addWidget(self.feature_count)
        normalize = label(self._theme, "Normalise")
        normalize.setFixedHeight(ROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TOP, RIGHT - BLEED, BOTTOM)
        column.setSpacing(0)
        for part, gap in (
            (head, 11),
            (self.sources, 14),
            (pair, 17),
            (self.split, 14),
            (self.batch, 15),
            (normalize, 4),
            (self.normalize, 37),
            (features, 11),
            (self.features, 0),
        ):
            column.addLayout(_aligned(part))
            column.addSpacing(gap)
        column.addStretch(1)

    def _show_task(self, task: str) -> None:
        self.task.set_value(task)
        self.sources.show_task(task == "regress")
        self.sources.mark(self._session.experiment.data.source)

    def _choose_source(self, name: str) -> None:
        self._session.replace(self._session.experiment.with_source(name))

    def _refresh(self) -> None:
        """Show the experiment."""
        data = self._session.experiment.data
        if data.source != self._source:
            self._source = data.source
            self._show_task("regress" if is_regression(source_of(data)) else "classify")
        self._form.refresh()
        self._show_fixed(data)
        self.features.refresh()
        self.feature_count.setText(f"{len(data.features)} of {len(self.features.tiles)}")
        self._count(self._session.snapshot)

    def _show_fixed(self, data: Data) -> None:
        """Measured data have the points and the noise they have."""
        source = source_of(data)
        if source.fixed:
            self.points.set_value(self._samples_of(data))
            self.noise.set_value(0)
        reason = f"{source.label} was measured: its samples are as they are."
        for slider, hint in self._hints.items():
            slider.setEnabled(not source.fixed)
            slider.setToolTip(reason if source.fixed else hint)

    def _count(self, snapshot: Snapshot | None) -> None:
        """Show how many samples each share has: as they were split, or about so until they are."""
        data = self._session.experiment.data
        if snapshot is not None and snapshot.experiment.data == data:
            splits = snapshot.data.splits
            counts = (len(splits["train"]), len(splits["validation"]), len(splits["test"]))
        else:
            samples = self._samples_of(data)
            train = round(samples * data.split.train)
            validation = round(samples * data.split.validation)
            counts = (train, validation, samples - train - validation)
        if source_of(data).fixed:
            self.points.set_value(sum(counts))
        if counts != self._counts:
            self._counts = counts
            self.split.set_counts(counts)
            self.batch.set_scale(Log(1, max(counts[0], 2)))

    def _samples_of(self, data: Data) -> int:
        """How many there are, or will be; of a file, once it was read."""
        if data.points is not None and data.source == POINTS:
            return len(data.points)
        snapshot = self._session.snapshot
        if not source_of(data).fixed:
            return data.samples
        if data.source in self._samples:
            return len(self._samples[data.source].x)
        there = snapshot is not None and snapshot.experiment.data.source == data.source
        return len(snapshot.data.dataset.x) if snapshot is not None and there else 0


def _aligned(part: QWidget | QBoxLayout) -> QHBoxLayout:
    """The part in a row; all but galleries begin and end where the galleries' pictures do."""
    row = QHBoxLayout()
    bleed = 0 if isinstance(part, Gallery) else BLEED
    row.setContentsMargins(bleed, 0, bleed, 0)
    if isinstance(part, QBoxLayout):
        row.addLayout(part)
    else:
        row.addWidget(part)
    return row
