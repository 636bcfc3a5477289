"""What the network diagram shows: an experiment's structure, and a snapshot's numbers for it."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from playground.app.controls.text import MINUS
from playground.app.views.readout import fixed
from playground.data import SOURCES
from playground.data.features import FEATURES
from playground.engine.layers import Dense
from playground.engine.losses import output_activation
from playground.engine.program import parameter_names
from playground.experiment import Experiment
from playground.snapshot import UNIT_CELLS, Snapshot

TINY = 1e-4  # numbers below are written with an exponent


@dataclass(frozen=True)
class Structure:
    """The columns of the diagram: the features, each hidden layer, the outputs."""

    features: tuple[str, ...]
    layers: tuple[Dense, ...]
    outputs: int
    output_activation: str

    @property
    def units(self) -> tuple[int, ...]:
        """How many units each column has."""
        return (len(self.features), *(layer.units for layer in self.layers), self.outputs)

    @property
    def last(self) -> int:
        """The output's column."""
        return len(self.layers) + 1

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        units = self.units
        return sum((before + 1) * after for before, after in pairwise(units))

    def layer(self, column: int) -> int | None:
        """The index of a column's layer in the experiment; None for features and output."""
        return column - 1 if 0 < column < self.last else None

    def name(self, column: int) -> str:
        """What a column is called."""
        if column == 0:
            return "Input"
        return "Output" if column == self.last else f"Dense layer {column}"

    def unit_name(self, column: int, unit: int) -> str:
        """What a unit is called where its layer is known."""
        return FEATURES[self.features[unit]].label if column == 0 else f"neuron {unit + 1}"

    def about(self, column: int) -> str:
        """What a column has, in words."""
        count = self.units[column]
        if column == 0:
            return f"{count} feature{'s' if count > 1 else ''}"
        if column == self.last:
            return self.output_activation
        return f"{count} neuron{'s' if count > 1 else ''}, {self.layers[column - 1].activation}"


def structure_of(experiment: Experiment) -> Structure:
    """The columns that an experiment asks for."""
    classes = len(SOURCES[experiment.data.source].class_names)
    return Structure(
        experiment.data.features,
        experiment.layers,
        classes if experiment.task == "classes" else 1,
        output_activation(experiment.loss, experiment.task),
    )


class Numbers:
    """What a snapshot holds for a structure; None where it was taken of another one.

    After an edit the old snapshot is shown as far as it fits, until the next one arrives.
    """

    def __init__(self, structure: Structure, snapshot: Snapshot | None) -> None:
        self._units = structure.units
        self._names = [("", ""), *parameter_names(len(self._units) - 1)]
        self._snapshot = snapshot

    def weights(self, column: int) -> np.ndarray | None:
        """The weights into a column: (units, units of the column before)."""
        return self._parameter(column, 0, "parameters")

    def biases(self, column: int) -> np.ndarray | None:
        """The biases of a column: (units,)."""
        return self._parameter(column, 1, "parameters")

    def gradients(self, column: int) -> np.ndarray | None:
        """The loss's derivatives by the weights into a column, shaped like them."""
        return self._parameter(column, 0, "gradients")

    def pictures(self, column: int) -> np.ndarray | None:
        """What each unit of a column gives over the plane: (units, 32, 32) uint8."""
        if self._snapshot is None or column >= len(self._snapshot.unit_pictures):
            return None
        held = self._snapshot.unit_pictures[column]
        return held if held.shape == (self._units[column], UNIT_CELLS, UNIT_CELLS) else None

    def _parameter(self, column: int, kind: int, group: str) -> np.ndarray | None:
        if column == 0 or self._snapshot is None:
            return None
        shape = (self._units[column], self._units[column - 1])[: 2 - kind]
        held = getattr(self._snapshot, group).get(self._names[column][kind])
        return held if held is not None and held.shape == shape else None


def short(value: float) -> str:
    """A weight or a gradient as it is shown: two decimals, or two digits where it is small."""
    size = abs(value)
    if math.isfinite(value) and 0 < size < TINY:
        return f"{value:.1e}".replace("e-0", "e-").replace("-", MINUS)
    digits = 1 - math.floor(math.log10(size)) if math.isfinite(value) and 0 < size < 0.1 else 2
    return fixed(value, digits)
