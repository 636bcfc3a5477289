"""What the network diagram shows: an experiment's structure, and a snapshot's numbers for it.

Columns are the features, each layer and the outputs, as snapshots count them; a column without
units of its own (dropout, a norm) is drawn as a pill.
"""

import math
from dataclasses import dataclass

import numpy as np

from playground.app.controls.text import MINUS, number_text
from playground.app.views.network_layout import Spot
from playground.app.views.readout import fixed
from playground.app.words import tr
from playground.data.features import feature_of
from playground.data.origin import source_of
from playground.engine.layers import Dense, Dropout, Layer
from playground.engine.losses import output_activation
from playground.engine.program import module_names
from playground.experiment import Experiment
from playground.snapshot import UNIT_CELLS, Snapshot

TINY = 1e-4  # numbers below are written with an exponent


@dataclass(frozen=True)
class Structure:
    """The columns of the diagram: the features, each layer, the outputs."""

    inputs: tuple[str, ...]  # the names of the raw ones
    features: tuple[str, ...]
    layers: tuple[Layer, ...]
    outputs: int
    output_activation: str

    @property
    def units(self) -> tuple[int, ...]:
        """How many numbers each column gives for a sample."""
        units = [len(self.features)]
        for layer in self.layers:
            units.append(layer.units if isinstance(layer, Dense) else units[-1])
        return (*units, self.outputs)

    @property
    def pills(self) -> tuple[int, ...]:
        """The columns without units of their own."""
        return tuple(
            column for column, layer in enumerate(self.layers, 1) if not isinstance(layer, Dense)
        )

    @property
    def dense(self) -> tuple[int, ...]:
        """The columns of dense layers, the output's not among them."""
        return tuple(sorted({*range(1, self.last)} - {*self.pills}))

    @property
    def last(self) -> int:
        """The output's column."""
        return len(self.layers) + 1

    @property
    def parameters(self) -> int:
        """How many weights and biases there are, and γ and β."""
        units, count = self.units, 0
        for column in range(1, len(units)):
            if column not in self.pills:
                count += (units[column - 1] + 1) * units[column]
            elif not isinstance(self.layers[column - 1], Dropout):
                count += 2 * units[column]
        return count

    def layer(self, column: int) -> int | None:
        """The index of a column's layer in the experiment; None for features and output."""
        return column - 1 if 0 < column < self.last else None

    def name(self, column: int) -> str:
        """What a column is called."""
        if column == 0:
            return tr("Input")
        return tr("Output") if column == self.last else layer_name(self.layers, column - 1)

    def frozen(self, column: int) -> bool:
        """Whether training leaves a column as it is."""
        index = self.layer(column)
        return index is not None and getattr(self.layers[index], "frozen", False)

    def unit_name(self, column: int, unit: int) -> str:
        """What a unit is called where its layer is known; a pill passes on those before it."""
        while column in self.pills:
            column -= 1
        if column:
            return tr("neuron {number}", number=unit + 1)
        feature = feature_of(self.features[unit])
        name = self.inputs[feature.inputs[0]] if feature.is_input else ""
        return feature.label if name in ("", self.features[unit]) else f"{feature.label} · {name}"

    def about(self, column: int) -> str:
        """What a column has, in words."""
        if column == self.last:
            return self.output_activation
        count, index = self.units[column], self.layer(column)
        many = count > 1
        if index is None:
            return tr("{count} features", count=count) if many else tr("1 feature")
        layer = self.layers[index]
        words = tr("of {count} inputs", count=count) if many else tr("of 1 input")
        if isinstance(layer, Dense):
            neurons = tr("{count} neurons", count=count) if many else tr("1 neuron")
            words = f"{neurons}, {layer.activation}"
        return tr("{layer}, frozen", layer=words) if self.frozen(column) else words


def structure_of(experiment: Experiment) -> Structure:
    """The columns that an experiment asks for."""
    source = source_of(experiment.data)
    classes = len(source.class_names)
    return Structure(
        source.input_names,
        experiment.data.features,
        experiment.layers,
        classes if experiment.task == "classes" else 1,
        output_activation(experiment.loss, experiment.task),
    )


def layer_name(layers: tuple[Layer, ...], index: int) -> str:
    """What a layer is called: "Dense layer 2", "Dropout 0.5", "Batch norm"."""
    layer = layers[index]
    if isinstance(layer, Dense):
        number = sum(isinstance(each, Dense) for each in layers[: index + 1])
        return tr("Dense layer {number}", number=number)
    label = tr(layer.label)
    return f"{label} {number_text(layer.rate)}" if isinstance(layer, Dropout) else label


def unit_title(structure: Structure, column: int, unit: int) -> str:
    """What a unit is called where its layer is not seen: "Dense layer 1, neuron 3"."""
    return f"{structure.name(column)}, {structure.unit_name(column, unit)}"


class Numbers:
    """What a snapshot holds for a structure; None where it was taken of another one.

    After an edit the old snapshot is shown as far as it fits, until the next one arrives.
    """

    def __init__(self, structure: Structure, snapshot: Snapshot | None) -> None:
        self._units = structure.units
        self._modules = ["", *module_names((*structure.layers, Dense()))]  # the output's the last
        self._without = (0, *structure.pills)  # columns without weights and biases
        self._snapshot = snapshot

    def weights(self, column: int) -> np.ndarray | None:
        """The weights into a column: (units, units of the column before); None for a pill."""
        return self._parameter(column, "weight", "parameters")

    def biases(self, column: int) -> np.ndarray | None:
        """The biases of a column: (units,)."""
        return self._parameter(column, "bias", "parameters")

    def gradients(self, column: int) -> np.ndarray | None:
        """The loss's derivatives by the weights into a column, shaped like them."""
        return self._parameter(column, "weight", "gradients")

    def scales(self, column: int) -> np.ndarray | None:
        """The γ of a norm: (units,); None for anything else."""
        return self._of_norm(column, "weight")

    def shifts(self, column: int) -> np.ndarray | None:
        """The β of a norm: (units,)."""
        return self._of_norm(column, "bias")

    def running(self, column: int, what: str) -> np.ndarray | None:
        """The running "mean" or "var" of a batch norm: (units,)."""
        return self._of_norm(column, f"running_{what}")

    def number(self, spot: Spot) -> tuple[str, tuple[int, ...]]:
        """Where the weight of an edge, or else a unit's bias, stands: the tensor, and its place."""
        module = self._modules[spot.column]
        if spot.kind == "edge":
            return f"{module}.weight", (spot.unit, spot.source)
        return f"{module}.bias", (spot.unit,)

    def pictures(self, column: int) -> np.ndarray | None:
        """What each unit of a column gives over the plane: (units, 32, 32) uint8."""
        if self._snapshot is None or column >= len(self._snapshot.unit_pictures):
            return None
        held = self._snapshot.unit_pictures[column]
        return held if held.shape == (self._units[column], UNIT_CELLS, UNIT_CELLS) else None

    def _of_norm(self, column: int, kind: str) -> np.ndarray | None:
        if column not in self._without or self._snapshot is None:
            return None
        held = self._snapshot.parameters.get(f"{self._modules[column]}.{kind}")
        return held if held is not None and held.shape == (self._units[column],) else None

    def _parameter(self, column: int, kind: str, group: str) -> np.ndarray | None:
        if column in self._without or self._snapshot is None:
            return None
        shape = (self._units[column], self._units[column - 1])[: 2 if kind == "weight" else 1]
        held = getattr(self._snapshot, group).get(f"{self._modules[column]}.{kind}")
        return held if held is not None and held.shape == shape else None


def short(value: float) -> str:
    """A weight or a gradient as it is shown: two decimals, or two digits where it is small."""
    size = abs(value)
    if math.isfinite(value) and 0 < size < TINY:
        return f"{value:.1e}".replace("e-0", "e-").replace("-", MINUS)
    digits = 1 - math.floor(math.log10(size)) if math.isfinite(value) and 0 < size < 0.1 else 2
    return fixed(value, digits)
