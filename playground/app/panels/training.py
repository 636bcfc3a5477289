"""The training card: loss, optimizer, learning rate and regularisation."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from playground.app.controls.card import Card
from playground.app.controls.form import Form
from playground.app.controls.parameters import ParametersButton, about
from playground.app.controls.scale import Stops
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS

LABEL_WIDTH = 72
SLIDER_LABEL_WIDTH = 86
GAP = 8
BETWEEN = 28
ROW = 28

LEARNING_RATES = Stops((1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10))
PENALTIES = Stops((0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10))

LOSS_HINTS = {row.name: row.formula for row in LOSSES.values()}
OPTIMIZER_WORDS = {name: cls.label for name, cls in OPTIMIZERS.items()}
OPTIMIZER_HINTS = {name: about(cls) for name, cls in OPTIMIZERS.items()}


def fitting_losses(task: str) -> dict[str, str]:
    """The losses that a task allows, by name, with their labels."""
    return {row.name: row.label for row in LOSSES.values() if task in row.tasks}


class TrainingCard(Card):
    """What can be set of training; all of it may change while it trains."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Training", parent)
        self._session = session
        self._form = form = Form(theme, session, self)
        self.note = form.note
        words = fitting_losses(session.experiment.task)
        self.loss = form.combo("loss", words, LOSS_HINTS)
        self.optimizer = form.combo("optimizer.type", OPTIMIZER_WORDS, OPTIMIZER_HINTS)
        self.parameters = ParametersButton(
            theme, session, "optimizer", skip=("learning_rate",), parent=self
        )
        self.parameters_label = label(theme, "Parameters")
        self.learning_rate = self._slider("optimizer.learning_rate", LEARNING_RATES)
        self.l1 = self._slider("regularization.l1", PENALTIES)
        self.l2 = self._slider("regularization.l2", PENALTIES)
        left, right = QGridLayout(), QGridLayout()
        left.addWidget(label(theme, "Loss"), 0, 0)
        left.addWidget(self.loss, 0, 1)
        left.addWidget(label(theme, "Optimizer"), 1, 0)
        left.addWidget(self.optimizer, 1, 1)
        left.addWidget(self.parameters_label, 2, 0)
        left.addWidget(self.parameters, 2, 1)
        for row, slider in enumerate((self.learning_rate, self.l1, self.l2)):
            right.addWidget(slider, row, 0)
        for grid in (left, right):
            grid.setSpacing(GAP)
            grid.setHorizontalSpacing(0)
            for row in range(3):
                grid.setRowMinimumHeight(row, ROW)
            grid.setRowStretch(3, 1)
        left.setColumnMinimumWidth(0, LABEL_WIDTH)
        left.setColumnStretch(1, 1)
        halves = QHBoxLayout()
        halves.setSpacing(BETWEEN)
        halves.addLayout(left, 1)
        halves.addLayout(right, 1)
        self.content.addLayout(halves)
        session.experiment_changed.connect(self._refresh)
        self._refresh()

    def _slider(self, path: str, scale: Stops) -> QWidget:
        return self._form.slider(path, scale, label_width=SLIDER_LABEL_WIDTH)

    def _refresh(self) -> None:
        self.loss.set_choices(fitting_losses(self._session.experiment.task), LOSS_HINTS)
        self._form.refresh()
        self.parameters.refresh()
        self.parameters_label.setVisible(self.parameters.has_any)
