"""A trained network apart from any trainer: what files hold, and what every export must agree with.

`Model.predict` is the obvious version, one layer of `export.forward` after the other. It shares
nothing with the compiled kernels but the activations' scalar functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import playground
from playground.data.features import feature_matrix
from playground.data.prepare import PreparedData
from playground.engine.layers import Layer
from playground.engine.program import module_names
from playground.experiment import Experiment
from playground.export.description import Description
from playground.export.errors import ModelError
from playground.export.forward import LAYERS, Sum, exact, pushed
from playground.sentence import Sentence

NUMBER_FORMATS = ("float32", "float64")
# A few roundings in float32, each 2⁻²⁴ of the terms that are summed.
ROUNDINGS = 16 * 2.0**-24
PAIRS = 4


@dataclass(frozen=True, eq=False)
class Model:
    """A description and the parameters that belong to it.

    parameters: {"0.weight": (units, inputs), "0.bias": (units,), …}, float32 or float64, under the
    names of a `torch.nn.Sequential` in which a dense layer is a Linear and an activation module,
    and any other layer one module. Of a norm, γ is "weight" and β is "bias"; "running_mean" and
    "running_var" of a batch norm are among them too. They are kept as read-only copies.
    `notices` say in sentences what had to be assumed of a file of another program.
    Raises `ModelError` when names, shapes or number formats do not fit, a number is not finite, or
    a variance is below 0.
    """

    description: Description
    parameters: Mapping[str, np.ndarray]
    notices: tuple[Sentence, ...] = ()

    def __post_init__(self) -> None:
        given = {name: np.asarray(array) for name, array in self.parameters.items()}
        shapes = self.description.shapes()
        check_tensors(shapes, {name: (each.shape, each.dtype.name) for name, each in given.items()})
        kept = {name: np.array(given[name], given[name].dtype.name, order="C") for name in shapes}
        for name, array in kept.items():
            if not np.isfinite(array).all():
                raise ModelError('"{name}" holds numbers that are not finite', name=name)
            if name.endswith(".running_var") and (array < 0).any():
                raise ModelError('"{name}" holds numbers below 0, which no variance is', name=name)
            array.setflags(write=False)
        object.__setattr__(self, "parameters", kept)

    @classmethod
    def of(
        cls, experiment: Experiment, data: PreparedData, parameters: Mapping[str, np.ndarray]
    ) -> "Model":
        """The network that `experiment` trained on `data`, with the parameters it has now."""
        return cls(Description.of(experiment, data, playground.__version__), parameters)

    @property
    def experiment(self) -> Experiment:
        """The experiment that trained it."""
        return self.description.experiment

    def layers(self) -> list[tuple[Layer, dict[str, str]]]:
        """Each layer, the output's included, with the names of its tensors: {"bias": "0.bias", …}.

        They are in the order of `parameters`.
        """
        layers = self.description.program().layers
        parts: dict[str, dict[str, str]] = {module: {} for module in module_names(layers)}
        for name in self.parameters:
            module, _, part = name.partition(".")
            parts[module][part] = name
        return list(zip(layers, parts.values(), strict=True))

    def same_as(self, other: "Model") -> bool:
        """Whether the other is described alike, and each of its numbers is the same bit for bit."""
        return self.description.to_json() == other.description.to_json() and all(
            own.dtype == others.dtype and own.tobytes() == others.tobytes()
            for own, others in zip(self.parameters.values(), other.parameters.values(), strict=True)
        )

    def network_inputs(self, x: np.ndarray) -> np.ndarray:
        """What the first layer is given: x (n, raw inputs) → (n, features), in its precision."""
        features = feature_matrix(x, self.experiment.data.features)
        return (
            self.description.normalization.fitted()
            .apply(features)
            .astype(self.experiment.precision)
        )

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The network's outputs as a user reads them: x (n, raw inputs) → (n, outputs) float64."""
        return self._forward(x, exact)

    def rounding(self, x: np.ndarray) -> np.ndarray:
        """How far float32 arithmetic alone may move `predict(x)`, roughly: (n, outputs).

        Monte Carlo arithmetic (Parker, 1997): every sum is pushed by a few roundings at random,
        then once more the other way, so that a unit at the very edge of a jump crosses it in one of
        the two. The largest of a few such pairs counts, because in one the pushes may cancel.
        """
        predicted = self.predict(x)
        moved = np.zeros_like(predicted)
        with np.errstate(invalid="ignore"):
            for seed in range(PAIRS):
                for push in (ROUNDINGS, -ROUNDINGS):
                    other = self._forward(x, pushed(push, seed))
                    moved = np.maximum(moved, np.abs(other - predicted))
        return moved

    def _forward(self, x: np.ndarray, total: Sum) -> np.ndarray:
        with np.errstate(all="ignore"):  # what overflows shows in the result
            a = self.network_inputs(x).astype(np.float64)
            for layer, names in self.layers():
                tensors = {
                    part: self.parameters[name].astype(np.float64) for part, name in names.items()
                }
                a = LAYERS[type(layer)](layer, tensors, a, total)
        return a


def check_tensors(
    shapes: Mapping[str, tuple[int, ...]], declared: Mapping[str, tuple[tuple[int, ...], str]]
) -> None:
    """Raise `ModelError` unless `declared`, {name: (shape, number format)}, has these shapes.

    Readers call it with what a file declares, before they take memory for it.
    """
    for name, (shape, number) in declared.items():
        if name not in shapes:
            message = 'it has a tensor "{name}", which its network does not have'
            raise ModelError(message, name=_short(name))
        if tuple(shape) != shapes[name]:
            message = '"{name}" has the shape {shape}; its network needs {needed}'
            raise ModelError(message, name=name, shape=tuple(shape), needed=shapes[name])
        if number not in NUMBER_FORMATS:
            raise ModelError(
                '"{name}" holds {number} numbers; only float32 and float64 can be used',
                name=name,
                number=number,
            )
    for name, shape in shapes.items():
        if name not in declared:
            raise ModelError(
                'it lacks the tensor "{name}" of shape {shape}', name=name, shape=shape
            )


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"
