"""The card of the selected layer: its units, activation and first weights, or what else it has."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from playground.app.controls.button import IconButton, IconSwitch
from playground.app.controls.card import Card
from playground.app.controls.form import Form
from playground.app.controls.glyph import function_glyph
from playground.app.controls.parameters import ParametersButton, about, parameters
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network_model import Numbers, layer_name, structure_of
from playground.app.views.network_readout import range_text
from playground.app.words import named, tr
from playground.data.origin import source_of
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.losses import LOSSES, output_activation
from playground.experiment import Experiment
from playground.fields import setting_of, type_name

LABEL_WIDTH = 76
GAP = 8
KINDS = {"dense": "Dense", "dropout": "Dropout", "norm": "Norm"}  # one row has room for three
KIND_LAYERS = {"dense": Dense, "dropout": Dropout, "norm": BatchNorm}  # what is chosen first
NORMS = {"batch_norm": "Batch", "layer_norm": "Layer"}

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
        self.frozen = IconSwitch(theme, ("unlock", "lock"), tr("Frozen"))
        self.frozen.changed.connect(self._freeze)
        self.add = IconButton(theme, "plus", tr("Add a layer"))
        self.menu = QMenu(self)
        for cls in LAYERS.values():
            action = self.menu.addAction(tr(cls.label))
            action.triggered.connect(lambda _=False, cls=cls: self._add(cls()))
        self.add.clicked.connect(self._open_menu)
        self.remove = IconButton(theme, "trash", tr("Remove this layer"))
        self.remove.clicked.connect(self._remove)
        self.add_to_head(_beside(self.frozen, self.add, self.remove))
        self.kind = Segmented(theme, tr("Kind of layer"), {key: tr(w) for key, w in KINDS.items()})
        self.kind.changed.connect(self._choose_kind)
        self.content.addWidget(self.kind)
        self.body: DenseForm | LayerForm | NormForm | OutputFacts | None = None
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
        self.kind.setVisible(layer is not None)
        if layer is not None:
            self.kind.set_value(_kind_of(layer))
        self.remove.setVisible(layer is not None)
        frozen = getattr(layer, "frozen", None)  # a dropout has nothing to freeze
        self.frozen.setVisible(frozen is not None)
        if frozen is not None:
            self.frozen.setChecked(frozen)
            self.frozen.setToolTip(f"{tr('Frozen')}: {tr(setting_of(type(layer), 'frozen').help)}")
        before, after = tr("Add a layer before the output"), tr("Add a layer after this one")
        self.add.setToolTip(before if layer is None else after)
        self.add.setAccessibleName(before if layer is None else after)
        self.set_title(
            tr("Output layer") if self.index is None else layer_name(self._layers, self.index)
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
        elif isinstance(layer, BatchNorm | LayerNorm):
            self.body = NormForm(self._theme, self._session, self.index)
        else:
            self.body = LayerForm(self._theme, self._session, self.index)
        self.content.addWidget(self.body)

    def _open_menu(self) -> None:
        self.menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))
        self.menu.setActiveAction(self.menu.actions()[0])  # the arrow keys go on from here

    def _add(self, layer: Layer) -> None:
        self._session.add_layer(len(self._layers) if self.index is None else self.index + 1, layer)

    def _choose_kind(self, kind: str) -> None:
        if self.index is not None:
            self._session.change_layer(self.index, KIND_LAYERS[kind]())
            self._refresh()

    def _freeze(self, on: bool) -> None:
        if not self._session.edit(f"layers.{self.index}.frozen", on):
            self._refresh()

    def _remove(self) -> None:
        if self.index is not None:
            self._session.remove_layer(self.index)


def _kind_of(layer: Layer) -> str:
    """Which of the card's kinds a layer is."""
    return next((kind for kind, cls in KIND_LAYERS.items() if isinstance(layer, cls)), "norm")


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
    """The settings of a dropout, as they are declared, and what it does."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        layer = session.experiment.layers[index]
        self.shows = index, type(layer)
        self._form = Form(theme, session, self)
        self.note = self._form.note
        whole = tr(about(type(layer)))
        said = whole.rpartition(" (")[0] or whole.removesuffix(".")
        words = label(theme, f"{said}.", 11, 400, theme.tokens.text3)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setToolTip(whole)
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


class NormForm(QWidget):
    """What a norm is taken over, and its γ and β as training has them."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        self._session = session
        layer = session.experiment.layers[index]
        self.shows = index, type(layer)
        self._index = index
        words = {name: tr(word) for name, word in NORMS.items()}
        self.over = Segmented(theme, tr("Norm over"), words)
        self.over.set_value(type_name(layer, LAYERS))
        self.over.changed.connect(self._choose)
        self.over.setToolTip(tr(about(type(layer))))
        self.parameters = ParametersButton(theme, session, f"layers.{index}", skip=("frozen",))
        self.scales = label(theme, colour=theme.tokens.text)
        self.shifts = label(theme, colour=theme.tokens.text)
        kind = QHBoxLayout()
        kind.setSpacing(GAP - 2)
        kind.addWidget(self.over, 1)
        kind.addWidget(self.parameters)
        values = QHBoxLayout()
        for each, tip in (
            (self.scales, tr("γ of its units, which scales: from the least to the most")),
            (self.shifts, tr("β of its units, which shifts: from the least to the most")),
        ):
            each.setToolTip(tip)
            values.addWidget(each, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(kind)
        column.addLayout(values)
        column.addStretch(1)
        session.snapshot_changed.connect(self._show_values)
        self._show_values()

    def refresh(self) -> None:
        """Show the experiment's values."""
        self.parameters.refresh()
        self._show_values()

    def _show_values(self) -> None:
        structure = structure_of(self._session.experiment)
        numbers, column = Numbers(structure, self._session.snapshot), self._index + 1
        for words, name, values in (
            (self.scales, "γ", numbers.scales(column)),
            (self.shifts, "β", numbers.shifts(column)),
        ):
            words.setText(f"{name}  {'–' if values is None else range_text(values)}")

    def _choose(self, name: str) -> None:
        self._session.change_layer(self._index, LAYERS[name]())


class DenseForm(QWidget):
    """The settings of one dense layer; its units are set above it in the network."""

    def __init__(self, theme: Theme, session: Session, index: int) -> None:
        super().__init__()
        self.shows = index, Dense
        self._form = Form(theme, session, self)
        self.note = self._form.note
        path = f"layers.{index}"
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
        grid.setColumnMinimumWidth(0, theme.scaled(LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(theme, tr("Activation")), 0, 0)
        grid.addWidget(self.activation, 0, 1)
        grid.addWidget(label(theme, tr("Init")), 1, 0)
        grid.addLayout(init, 1, 1)

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
        loss = tr(LOSSES[experiment.loss].label).lower()
        source = tr(source_of(experiment.data).label)
        self.reason.setText(
            tr("It follows from the data, {data}, and the loss, {loss}.", data=source, loss=loss)
        )


def output_in_words(experiment: Experiment) -> str:
    """How many units the output layer has, with which activation, and what comes out."""
    names = tuple(map(named, source_of(experiment.data).class_names))
    activation = output_activation(experiment.loss, experiment.task)
    if experiment.task == "regression":
        return tr("1 unit without an activation. Its output is the value itself.")
    if experiment.task == "classes":
        message = "{units} units with {activation}: a probability for each class."
        return tr(message, units=len(names), activation=activation)
    meant = {"one": names[1], "zero": names[0]}
    if activation == "threshold":
        return tr("1 unit with a threshold. 1 means {one}, 0 means {zero}.", **meant)
    if activation == "linear":
        message = "1 unit without an activation. Above 0 it means {one}, below {zero}."
        return tr(message, **meant)
    return tr("1 unit with {activation}: the probability of {one}.", activation=activation, **meant)
