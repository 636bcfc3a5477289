"""The data column: which data, how much of it, how it is split and rescaled, and which features."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.form import Form
from playground.app.controls.scale import Log
from playground.app.controls.segmented import Segmented
from playground.app.controls.slider import ROW
from playground.app.controls.split import SplitBar
from playground.app.controls.text import label, title
from playground.app.controls.tile import BLEED
from playground.app.panels.data_features import FeatureChooser
from playground.app.panels.formula_edit import Fault, FormulaEdit
from playground.app.panels.galleries import TABLE, SourceGallery, is_regression
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr
from playground.data import SOURCES
from playground.data.normalization import NORMALIZATIONS
from playground.data.origin import source_of
from playground.data.parser import FormulaError, parse
from playground.data.points import POINTS
from playground.data.settings import Data
from playground.data.typed import FIRST, TYPED, misfit
from playground.fields import ExperimentError
from playground.snapshot import Snapshot

TOP = 9
RIGHT = 12  # beside the column, for a scroll bar
BOTTOM = 12
PAIR_GAP = 20
FORMULA_GAP = 10
FIRST_VALUE = "sin(x1) * x2 / 6"  # the first formula for a value
TASKS = {"classify": "Classify", "regress": "Regress"}


class DataPanel(QWidget):
    """The data column, for the window's own colour.

    The rings of chosen tiles reach `BLEED` beyond the column, which the widget includes.
    """

    draw_asked = Signal(bool)  # whether values are to be drawn
    table_asked = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._form = Form(theme, session, self)
        self._shown: tuple[str, bool] | None = None  # the source, and whether it has values
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
        self.task = Segmented(theme, tr("Task"), TASKS)
        self.task.changed.connect(self._show_task)
        self.sources = SourceGallery(theme)
        self.sources.chosen.connect(self.choose)
        self.formula = FormulaEdit(theme, tr("Formula of the data"), self._fault)
        self.formula.setToolTip(tr("A class where it is true, as x1 > x2, or else a value"))
        self.formula.setContentsMargins(0, 0, 0, FORMULA_GAP)
        self.formula.entered.connect(self._enter_formula)
        self.points = form.slider("data.samples")
        self.noise = form.slider("data.noise")
        self.split = form.bind(SplitBar(theme), "data.split")
        self.batch = form.slider("batch_size")
        self.normalize = form.segmented("data.normalize", NORMALIZATIONS)
        self.features = FeatureChooser(theme, self._session, form.note)
        self.feature_count = label(theme, "", 12, 400, theme.tokens.text3)

    def _lay_out(self) -> None:
        head, pair, features = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(title(self._theme, tr("Data")), 2)
        head.addWidget(self.task, 5)
        pair.setSpacing(PAIR_GAP)
        pair.addWidget(self.points, 1)
        pair.addWidget(self.noise, 1)
        features.addWidget(title(self._theme, tr("Input features")), 1)
        features.addWidget(self.feature_count)
        normalize = label(self._theme, tr("Normalise"))
        normalize.setFixedHeight(self._theme.scaled(ROW))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TOP, RIGHT - BLEED, BOTTOM)
        column.setSpacing(0)
        for part, gap in (
            (head, 11),
            (self.sources, 14),
            (self.formula, 0),
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

    def choose(self, name: str) -> None:
        """Take a data set of the catalogue, or begin with data of one's own."""
        experiment, regress = self._session.experiment, self.task.value == "regress"
        if name == POINTS:
            self.draw_asked.emit(regress)
        elif name == TABLE:
            self.table_asked.emit()
        elif name == TYPED:
            formula = experiment.data.formula or (FIRST_VALUE if regress else FIRST)
            self._enter_formula(formula)
            self.formula.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.formula.edit.selectAll()
        else:
            self._session.replace(experiment.with_source(name))

    def _enter_formula(self, text: str) -> None:
        changed = self._session.experiment.with_source(TYPED, formula=text)
        self._session.replace(changed, tr("Data by {formula}", formula=text))

    def _fault(self, text: str) -> Fault | None:
        """Why a text cannot make data."""
        try:
            parse(text)
        except FormulaError as error:
            return Fault.of(error)
        if message := misfit(text):
            return Fault(message)
        data = self._session.experiment.data
        try:  # whether it has a value everywhere is seen by trying
            source = source_of(replace(data, source=TYPED, formula=text))
            source.dataset(data.samples, data.noise, np.random.default_rng(0))
        except ExperimentError as error:
            return Fault(error.problems[0].message)
        return None

    def _refresh(self) -> None:
        """Show the experiment."""
        data = self._session.experiment.data
        shown = data.source, is_regression(source_of(data))
        if shown != self._shown:
            self._shown = shown
            self._show_task("regress" if shown[1] else "classify")
        self.sources.mark(data)
        self.formula.setVisible(data.source == TYPED)
        if data.source == TYPED:
            self.formula.show_formula(data.formula or FIRST)
        self._form.refresh()
        self._show_fixed(data)
        self.features.refresh()
        self.feature_count.setText(
            tr("{chosen} of {count}", chosen=len(data.features), count=self.features.count)
        )
        self._count(self._session.snapshot)

    def _show_fixed(self, data: Data) -> None:
        """Measured data, and one's own, have the points and the noise they have."""
        source = source_of(data)
        if source.fixed:
            self.points.set_value(self._samples_of(data))
            self.noise.set_value(0)
        if data.source == POINTS:
            reason = tr("Your points are as you drew them.")
        else:
            reason = tr("{data} was measured: its samples are as they are.", data=source.label)
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
        if snapshot is not None and snapshot.experiment.data.source == data.source:
            return len(snapshot.data.dataset.x)
        if data.source in SOURCES:
            return len(SOURCES[data.source].dataset(0, 0, np.random.default_rng(0)).x)
        return 0


def _aligned(part: QWidget | QBoxLayout) -> QHBoxLayout:
    """The part in a row; all but galleries begin and end where the galleries' pictures do."""
    row = QHBoxLayout()
    bleed = 0 if isinstance(part, SourceGallery | FeatureChooser) else BLEED
    row.setContentsMargins(bleed, 0, bleed, 0)
    if isinstance(part, QBoxLayout):
        row.addLayout(part)
    else:
        row.addWidget(part)
    return row
