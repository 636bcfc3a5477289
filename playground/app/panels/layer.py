"""The card of the selected layer: its units, activation and first weights, or what else it has."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from playground.app.controls.button import IconButton, IconSwitch
from playground.app.controls.card import Card
from playground.app.controls.form import Form
from playground.app.controls.glyph import function_glyph
from playground.app.controls.parameters import ParametersButton, about, parameters
from playground.app.controls.scale import Log
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network_model import layer_name
from playground.data.origin import source_of
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS, Dense, Layer
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
    """What can be set of the selected layer, or what is so of the output layer when none is.

    In its head, another layer is added after this one (before the output), and this one is frozen
    or removed.
    """

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._session = session
        self.frozen = IconSwitch(theme, ("unlock", "lock"), "Frozen")
        self.frozen.changed.connect(self._freeze)
        self.add = IconButton(theme, "plus", "Add a layer")
        self.menu = QMenu(self)
        for cls in LAYERS.values():
            action = self.menu.addAction(cls.label)
            action.triggered.connect(lambda _=False, cls=cls: self._add(cls()))
        self.add.clicked.connect(self._open_menu)
        self.remove = IconButton(theme, "trash", "Remove this layer")
        self.remove.clicked.connect(self._remove)
        self.add_to_head(_beside(self.frozen, self.add, self.remove))
        self.body: DenseForm | LayerForm | OutputFacts | None = None
        session.selection_changed.connect(self._refresh)
        session.experiment_changed.connect(self._refresh)
        self._refresh()

    @property
    def index(self) -> int | None:
        """Which of the experiment's layers is shown."""
        index = self._session.selected_layer
        return index if index is not None and index < len(self._layers) else None

    @property
    def _layers(self) -> tuple[Layer, ...]:
        return self._session.experiment.layers

    def _refresh(self) -> None:
        """Show the selected layer as it is now."""
        layer = None if self.index is None else self._layers[self.index]
        if self.body is None or self.body.shows != (self.index, type(layer)):
            self._show_layer(layer)
        else:
            self.body.refresh()
        self.remove.setVisible(layer is not None)
        frozen = getattr(layer, "frozen", None)  # a dropout has nothing to freeze
        self.frozen.setVisible(frozen is not None)
        if frozen is not None:
            self.frozen.setChecked(frozen)
            self.frozen.setToolTip(f"Frozen: {setting_of(type(layer), 'frozen').help}")
        place = "before the output" if layer is None else "after this one"
        self.add.setToolTip(f"Add a layer {place}")
        self.add.setAccessibleName(f"Add a layer {place}")
        self.set_title(
            "Output layer" if self.index is None else layer_name(self._layers, self.index)
        )

    def _show_layer(self, layer: Layer | None) -> None:
        """Show another layer."""
        if self.body is not None:
            self.body.hide()
            self.body.deleteLater()
        if layer is None or self.index is None:
            self.body = OutputFacts(self._theme, self._session)
        elif isinstance(layer, Dense):
            self.body = DenseForm(self._theme, self._session, self.index)
        else:
            self.body = LayerForm(self._theme, self._session, self.index)
        self.content.addWidget(self.body)

    def _open_menu(self) -> None:
        self.menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))
        self.menu.setActiveAction(self.menu.actions()[0])  # the arrow keys go on from here

    def _add(self, layer: Layer) -> None:
        self._session.add_layer(len(self._layers) if self.index is None else self.index + 1, layer)

    def _freeze(self, on: bool) -> None:
        if not self._session.edit(f"layers.{self.index}.frozen", on):
            self._refresh()

    def _remove(self) -> None:
        if self.index is not None:
            self._session.remove_layer(self.index)


def _beside(*buttons: QWidget) -> QWidget:
    """Buttons close to each other."""
    together = QWidget()
    row = QHBoxLayout(together)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    for button in buttons:
        row.addWidget(button)
    return together


class LayerForm(QWidget):
    """The settings of one layer, each as it is declared."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        layer = session.experiment.layers[index]
        self.shows = index, type(layer)
        self._form = Form(theme, session, self)
        self.note = self._form.note
        said, _, source = about(type(layer)).rpartition(" (")
        words = label(theme, f"{said}." if said else source, 11, 400, theme.tokens.text3)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setToolTip(about(type(layer)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)  # the words need the room
        for path in parameters(layer, f"layers.{index}", skip=("frozen",)):
            column.addWidget(self._form.slider(path, label_width=LABEL_WIDTH))
        column.addWidget(words)
        column.addStretch(1)

    def refresh(self) -> None:
        """Show the experiment's values."""
        self._form.refresh()


class DenseForm(QWidget):
    """The settings of one dense layer."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        self.shows = index, Dense
        self._form = Form(theme, session, self)
        self.note = self._form.note
        path = f"layers.{index}"
        limits = setting_of(Dense, "units")
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
        self.parameters = ParametersButton(theme, session, f"{path}.initializer")
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
        self.shows = None, type(None)
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
        source = source_of(experiment.data).label
        self.reason.setText(f"It follows from the data, {source}, and the loss, {loss}.")


def output_in_words(experiment: Experiment) -> str:
    """How many units the output layer has, with which activation, and what comes out."""
    names = source_of(experiment.data).class_names
    activation = output_activation(experiment.loss, experiment.task)
    if experiment.task == "regression":
        return "1 unit without an activation. Its output is the value itself."
    if experiment.task == "classes":
        return f"{len(names)} units with {activation}: a probability for each class."
    if activation == "threshold":
        return f"1 unit with a threshold. 1 means {names[1]}, 0 means {names[0]}."
    if activation == "linear":
        return f"1 unit without an activation. Above 0 it means {names[1]}, below {names[0]}."
    return f"1 unit with {activation}: the probability of {names[1]}."
