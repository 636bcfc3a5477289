"""A trained network apart from any trainer: what files hold, and what every export must agree with.

`Model.predict` is the obvious version: float64, the catalogue's own scalar functions, one layer
after the other. It shares nothing with the compiled kernels but those functions.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType

import numpy as np

import playground
from playground.data.features import feature_matrix
from playground.data.prepare import PreparedData
from playground.engine.activations import ACTIVATIONS
from playground.experiment import Experiment
from playground.export.description import Description
from playground.export.errors import ModelError

NUMBER_FORMATS = ("float32", "float64")
# A few roundings in float32, each 2⁻²⁴ of the terms that are summed.
ROUNDINGS = 16 * 2.0**-24


@dataclass(frozen=True, eq=False)
class Model:
    """A description and the parameters that belong to it.

    parameters: {"0.weight": (units, inputs), "0.bias": (units,), "2.weight": …}, float32 or
    float64, under the names of a `torch.nn.Sequential` of Linear and activation modules in turn;
    kept as read-only copies. Raises `ModelError` when names, shapes or number formats do not fit,
    or a number is not finite.
    """

    description: Description
    parameters: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        given = {name: np.asarray(array) for name, array in self.parameters.items()}
        shapes = self.description.shapes()
        check_tensors(shapes, {name: (each.shape, each.dtype.name) for name, each in given.items()})
        kept = {name: np.array(given[name], given[name].dtype.name, order="C") for name in shapes}
        for name, array in kept.items():
            if not np.isfinite(array).all():
                raise ModelError(f'"{name}" holds numbers that are not finite')
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

    def layers(self) -> list[tuple[str, str, str]]:
        """Each layer, the output's included: its weight's name, its bias's, its activation."""
        program = self.description.program()
        names = [tensor.name for tensor in program.tensors]
        activations = [layer.activation for layer in program.layers]
        return list(zip(names[::2], names[1::2], activations, strict=True))

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
        return self._forward(x, 0.0)

    def rounding(self, x: np.ndarray) -> np.ndarray:
        """How far float32 arithmetic alone may move `predict(x)`, roughly: (n, outputs).

        Monte Carlo arithmetic (Parker, 1997): every sum is pushed by a few roundings at random,
        then once more the other way, so that a unit at the very edge of a jump crosses it in one of
        the two.
        """
        exact = self._forward(x, 0.0)
        pushed = (self._forward(x, push) for push in (ROUNDINGS, -ROUNDINGS))
        with np.errstate(invalid="ignore"):
            return np.maximum(*(np.abs(each - exact) for each in pushed))

    def _forward(self, x: np.ndarray, push: float) -> np.ndarray:
        signs = np.random.default_rng(0)
        with np.errstate(all="ignore"):  # what overflows shows in the result
            a = self.network_inputs(x).astype(np.float64)
            for weight, bias, activation in self.layers():
                w = self.parameters[weight].astype(np.float64)
                b = self.parameters[bias].astype(np.float64)
                z = a @ w.T + b
                if push:
                    terms = np.abs(a) @ np.abs(w).T + np.abs(b)
                    z += push * terms * signs.choice((-1.0, 1.0), z.shape)
                a = _activate(activation, z)
        return a


def _activate(name: str, z: np.ndarray) -> np.ndarray:
    """a = g(z) in float64; z: (n, units)."""
    if name == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    function = ACTIVATIONS[name].function
    names = function.__globals__ | {"exp": _exp, "sin": _sin}
    return np.vectorize(FunctionType(function.__code__, names), otypes=[np.float64])(z)


# Python's raise an exception where IEEE 754 has an infinity or a NaN.
def _exp(x: float) -> float:
    return math.exp(x) if x < 709.0 else x + math.inf


def _sin(x: float) -> float:
    return math.sin(x) if math.isfinite(x) else math.nan


def check_tensors(
    shapes: Mapping[str, tuple[int, ...]], declared: Mapping[str, tuple[tuple[int, ...], str]]
) -> None:
    """Raise `ModelError` unless `declared`, {name: (shape, number format)}, has these shapes.

    Readers call it with what a file declares, before they take memory for it.
    """
    for name, (shape, number) in declared.items():
        if name not in shapes:
            raise ModelError(f'it has a tensor "{_short(name)}", which its network does not have')
        if tuple(shape) != shapes[name]:
            message = f'"{name}" has the shape {tuple(shape)}; its network needs {shapes[name]}'
            raise ModelError(message)
        if number not in NUMBER_FORMATS:
            raise ModelError(
                f'"{name}" holds {number} numbers; only float32 and float64 can be used'
            )
    for name, shape in shapes.items():
        if name not in declared:
            raise ModelError(f'it lacks the tensor "{name}" of shape {shape}')


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"
