"""The training card: loss, optimizer, schedule, rates and when to stop early."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from playground.app.controls.card import Card
from playground.app.controls.form import Form
from playground.app.controls.glyph import schedule_glyph
from playground.app.controls.parameters import (
    Fields,
    ParametersButton,
    SettingsButton,
    about,
    parameters,
)
from playground.app.controls.scale import Stops
from playground.app.controls.switch import Switch
from playground.app.controls.text import label
from playground.app.paths import look_up
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import as_sentence, tr
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.schedules import SCHEDULES
from playground.experiment import EarlyStopping, Experiment

LABEL_WIDTH = 66
SLIDER_LABEL_WIDTH = 86
VALUE_WIDTH = 46
SLIDERS = 172  # width of the right half, at least
HALVES = 14, 11  # how the two share the width
GAP = 8
BESIDE = 6  # from a combo box to its parameters
BETWEEN = 16
ROW = 28

LEARNING_RATES = Stops((1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10))
PENALTIES = Stops((0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10))
EARLY = "stop.early_stopping"

LOSS_HINTS = {row.name: row.formula for row in LOSSES.values()}
OPTIMIZER_WORDS = {name: cls.label for name, cls in OPTIMIZERS.items()}
OPTIMIZER_HINTS = {name: about(cls) for name, cls in OPTIMIZERS.items()}
SCHEDULE_WORDS = {name: cls.label for name, cls in SCHEDULES.items()}
SCHEDULE_HINTS = {name: about(cls) for name, cls in SCHEDULES.items()}


def fitting_losses(task: str) -> dict[str, str]:
    """The losses that a task allows, by name, with their labels."""
    return {row.name: row.label for row in LOSSES.values() if task in row.tasks}


def unfitting_optimizers(experiment: Experiment) -> dict[str, str]:
    """Why an optimizer cannot be chosen now, by its name."""
    found = {}
    for name in OPTIMIZERS:
        for problem in experiment.with_("optimizer.type", name).problems():
            found[name] = as_sentence(tr(problem.message))
    return found


class TrainingCard(Card):
    """What can be set of training; all of it may change while it trains."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("Training"), parent)
        self._session = session
        self._form = form = Form(theme, session, self)
        self.note = form.note
        self.more = MoreButton(theme, session)
        self.early_stopping = form.bind(
            Switch(theme, tr("Early stopping"), EarlyStopping(), None), EARLY
        )
        self.patience = ParametersButton(theme, session, EARLY)
        self.title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.add_to_head(self.more)
        self._head.addStretch(1)
        self.add_to_head(self.early_stopping)
        self.add_to_head(self.patience)
        words = fitting_losses(session.experiment.task)
        self.loss = form.combo("loss", words, LOSS_HINTS)
        self.optimizer = form.combo("optimizer.type", OPTIMIZER_WORDS, OPTIMIZER_HINTS)
        self.parameters = ParametersButton(theme, session, "optimizer", skip=("learning_rate",))
        glyph = schedule_glyph({name: cls() for name, cls in SCHEDULES.items()})
        self.schedule = form.combo("schedule.type", SCHEDULE_WORDS, SCHEDULE_HINTS, glyph)
        self.schedule_parameters = ParametersButton(theme, session, "schedule")
        self.learning_rate = self._slider("optimizer.learning_rate", LEARNING_RATES)
        self.l1 = self._slider("regularization.l1", PENALTIES)
        self.l2 = self._slider("regularization.l2", PENALTIES)
        self._lay_out()
        session.experiment_changed.connect(self._refresh)
        self._refresh()

    def _lay_out(self) -> None:
        left, right, scaled = QGridLayout(), QGridLayout(), self._theme.scaled
        rows = (
            (tr("Loss"), self.loss, None),
            (tr("Optimizer"), self.optimizer, self.parameters),
            (tr("Schedule"), self.schedule, self.schedule_parameters),
        )
        for row, (name, combo, button) in enumerate(rows):
            left.addWidget(label(self._theme, name), row, 0)
            line = QHBoxLayout()
            line.setSpacing(BESIDE)
            line.addWidget(combo, 1)
            if button:
                line.addWidget(button)
            left.addLayout(line, row, 1)
        for row, slider in enumerate((self.learning_rate, self.l1, self.l2)):
            right.addWidget(slider, row, 0)
        for grid in (left, right):
            grid.setSpacing(GAP)
            grid.setHorizontalSpacing(0)
            for row in range(3):
                grid.setRowMinimumHeight(row, scaled(ROW))
            grid.setRowStretch(3, 1)
        left.setColumnMinimumWidth(0, scaled(LABEL_WIDTH))
        left.setColumnStretch(1, 1)
        halves = QHBoxLayout()
        halves.setSpacing(BETWEEN)
        right.setColumnMinimumWidth(0, SLIDERS)
        for half, share in zip((left, right), HALVES, strict=True):
            halves.addLayout(half, share)
        self.content.addLayout(halves)

    def _slider(self, path: str, scale: Stops) -> QWidget:
        return self._form.slider(
            path, scale, label_width=SLIDER_LABEL_WIDTH, value_width=VALUE_WIDTH
        )

    def _refresh(self) -> None:
        self.loss.set_choices(fitting_losses(self._session.experiment.task), LOSS_HINTS)
        self.optimizer.bar(unfitting_optimizers(self._session.experiment), OPTIMIZER_HINTS)
        self._form.refresh()
        for button in (self.parameters, self.schedule_parameters, self.patience, self.more):
            button.refresh()


class MoreButton(SettingsButton):
    """Opens what is seldom set; lit where any of it is not as usual."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, session, tr("More settings of training"), parent)

    def groups(self) -> dict[str, Fields]:
        experiment = self._session.experiment
        shown = ("l1", "l2")
        loss = ("label_smoothing", "class_weights")
        return {
            tr("Weights and gradients"): parameters(
                experiment.regularization, "regularization", shown
            ),
            tr("Loss"): {path: tr(look_up(experiment, path)[0].label) for path in loss},
            tr("Stop at the first of"): parameters(experiment.stop, "stop", ("early_stopping",)),
        }

    @property
    def remarkable(self) -> bool:
        usual = Experiment()
        return any(
            look_up(self._session.experiment, path)[1] != look_up(usual, path)[1]
            for group in self.groups().values()
            for path in group
        )
