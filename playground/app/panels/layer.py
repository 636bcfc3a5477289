"""The card of the selected layer: its units, activation and first weights."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.button import IconButton
from playground.app.controls.card import Card
from playground.app.controls.form import Form
from playground.app.controls.glyph import function_glyph
from playground.app.controls.parameters import ParametersButton, about
from playground.app.controls.scale import Log
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.data import SOURCES
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.losses import LOSSES, output_activation
from playground.experiment import Experiment
from playground.fields import setting_of

LABEL_WIDTH = 76
VALUE_WIDTH = 40
GAP = 8

ACTIVATION_WORDS = {row.name: row.label for row in ACTIVATIONS.values()}
ACTIVATION_HINTS = {row.name: row.formula for row in ACTIVATIONS.values()}
INITIALIZER_WORDS = {name: cls.label for name, cls in INITIALIZERS.items()}
INITIALIZER_HINTS = {name: about(cls) for name, cls in INITIALIZERS.items()}


class LayerCard(Card):
    """What can be set of the selected layer, or what is so of the output layer when none is."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._session = session
        self.remove = IconButton(theme, "trash", "Remove this layer")
        self.remove.clicked.connect(self._remove)
        self.add_to_head(self.remove)
        self.body: DenseForm | OutputFacts | None = None
        session.selection_changed.connect(self._show_layer)
        session.experiment_changed.connect(self._refresh)
        self._show_layer()

    def _show_layer(self) -> None:
        """Show another layer."""
        if self.body is not None:
            self.body.hide()
            self.body.deleteLater()
        index = self._session.selected_layer
        if index is not None and index >= len(self._session.experiment.layers):
            index = None
        self.remove.setVisible(index is not None)
        if index is None:
            self.body = OutputFacts(self._theme, self._session)
            self.set_title("Output layer")
        else:
            self.body = DenseForm(self._theme, self._session, index)
            self.set_title(f"Dense layer {index + 1}")
        self.content.addWidget(self.body)

    def _refresh(self) -> None:
        layers = len(self._session.experiment.layers)
        if isinstance(self.body, DenseForm) and self.body.index >= layers:
            self._show_layer()
        elif self.body is not None:
            self.body.refresh()

    def _remove(self) -> None:
        if self._session.selected_layer is not None:
            self._session.remove_layer(self._session.selected_layer)


class DenseForm(QWidget):
    """The settings of one dense layer."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        self.index = index
        self._form = Form(theme, session, self)
        self.note = self._form.note
        path = f"layers.{index}"
        limits = setting_of(type(session.experiment.layers[index]), "units")
        self.units = self._form.slider(
            f"{path}.units",
            Log(limits.minimum or 1, limits.maximum or 1),
            label_width=LABEL_WIDTH,
            value_width=VALUE_WIDTH,
        )
        glyph = function_glyph({row.name: row.function for row in ACTIVATIONS.values()})
        self.activation = self._form.combo(
            f"{path}.activation", ACTIVATION_WORDS, ACTIVATION_HINTS, glyph
        )
        self.initializer = self._form.combo(
            f"{path}.initializer.type", INITIALIZER_WORDS, INITIALIZER_HINTS
        )
        self.parameters = ParametersButton(theme, session, f"{path}.initializer", compact=True)
        init = QHBoxLayout()
        init.setSpacing(GAP - 2)
        init.addWidget(self.initializer, 1)
        init.addWidget(self.parameters)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.setHorizontalSpacing(0)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.units, 0, 0, 1, 2)
        grid.addWidget(label(theme, "Activation"), 1, 0)
        grid.addWidget(self.activation, 1, 1)
        grid.addWidget(label(theme, "Init"), 2, 0)
        grid.addLayout(init, 2, 1)

    def refresh(self) -> None:
        """Show the experiment's values."""
        self._form.refresh()
        self.parameters.refresh()


class OutputFacts(QWidget):
    """What the output layer is, in words: nothing of it can be set here."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._session = session
        self.words = label(theme)
        self.reason = label(theme, colour=theme.tokens.text3)
        for each in (self.words, self.reason):
            each.setWordWrap(True)
            each.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.words)
        column.addWidget(self.reason)
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Describe the experiment's output layer."""
        experiment = self._session.experiment
        self.words.setText(output_in_words(experiment))
        loss = LOSSES[experiment.loss].label.lower()
        source = SOURCES[experiment.data.source].label
        self.reason.setText(f"It follows from the data, {source}, and the loss, {loss}.")


def output_in_words(experiment: Experiment) -> str:
    """How many units the output layer has, with which activation, and what comes out."""
    names = SOURCES[experiment.data.source].class_names
    activation = output_activation(experiment.loss, experiment.task)
    if experiment.task == "regression":
        return "1 unit without an activation. Its output is the value itself."
    if experiment.task == "classes":
        return f"{len(names)} units with {activation}: a probability for each class."
    if activation == "linear":
        return f"1 unit without an activation. Above 0 it means {names[1]}, below {names[0]}."
    return f"1 unit with {activation}: the probability of {names[1]}."
