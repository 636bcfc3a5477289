"""Losses, each with its derivative below it.

An elementwise loss compares one output with its target `y`. A fused one is given the pre-activation
`z` of the output and differentiates through the output's activation too, where the two together are
simpler and more exact than one after the other. A loss is the mean over samples and outputs;
cross-entropy over several classes is the mean over samples (PyTorch's `reduction="mean"`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log1p


@dataclass(frozen=True)
class Loss:
    """A row of the catalogue.

    `tasks` are those it fits, of "binary" (two classes), "classes" (more) and "regression".
    `output` is the activation of the output layer it asks for, where that is not the task's own.
    `fused` functions take the output's pre-activation; the others its activation.
    """

    name: str
    label: str
    formula: str
    function: Callable[[float, float], float]
    derivative: Callable[[float, float], float]
    tasks: tuple[str, ...]
    fused: bool = False
    output: str | None = None


def squared_error(a: float, y: float) -> float:
    return (a - y) * (a - y)


def squared_error_derivative(a: float, y: float) -> float:
    return 2.0 * (a - y)


def absolute_error(a: float, y: float) -> float:
    return abs(a - y)


def absolute_error_derivative(a: float, y: float) -> float:
    e = a - y
    return 1.0 if e > 0.0 else (-1.0 if e < 0.0 else e)


def huber(a: float, y: float) -> float:
    e = abs(a - y)
    return e - 0.5 if e > 1.0 else 0.5 * e * e


def huber_derivative(a: float, y: float) -> float:
    e = a - y
    return 1.0 if e > 1.0 else (-1.0 if e < -1.0 else e)


def binary_cross_entropy(z: float, y: float) -> float:
    # -y log σ(z) - (1 - y) log(1 - σ(z)), with nothing that overflows
    return (z if z > 0.0 else 0.0 * z) - z * y + log1p(exp(-abs(z)))


def binary_cross_entropy_derivative(z: float, y: float) -> float:
    return 1.0 / (1.0 + exp(-z)) - y


def hinge(z: float, y: float) -> float:
    # y is 0 or 1; the margin is that of ±1
    m = 1.0 - (2.0 * y - 1.0) * z
    return 0.0 if m < 0.0 else m


def hinge_derivative(z: float, y: float) -> float:
    t = 2.0 * y - 1.0
    return 0.0 if t * z > 1.0 else -t


def perceptron(z: float, y: float) -> float:
    # As a threshold unit has it, z = 0 belongs to class 0
    if y > 0.5:
        return 0.0 if z > 0.0 else -z
    return z if z > 0.0 else 0.0 * z


def perceptron_derivative(z: float, y: float) -> float:
    if y > 0.5:
        return 0.0 if z > 0.0 else -1.0
    return 1.0 if z > 0.0 else 0.0


_EVERY = ("binary", "classes", "regression")

CATALOGUE = (
    Loss("mse", "Squared error", "(ŷ − y)²", squared_error, squared_error_derivative, _EVERY),
    Loss("mae", "Absolute error", "|ŷ − y|", absolute_error, absolute_error_derivative, _EVERY),
    Loss("huber", "Huber", "½e² if |e| ≤ 1, else |e| − ½", huber, huber_derivative, _EVERY),
    Loss(
        "binary_cross_entropy",
        "Binary cross-entropy",
        "−y log ŷ − (1 − y) log(1 − ŷ)",
        binary_cross_entropy,
        binary_cross_entropy_derivative,
        ("binary",),
        fused=True,
    ),
    # On two classes this is binary cross-entropy; over the classes of a softmax the kernels have a
    # pass of their own, because each derivative needs every output: ∂L/∂zᵢ = ŷᵢ − yᵢ.
    Loss(
        "cross_entropy",
        "Cross-entropy",
        "−Σ yᵢ log ŷᵢ",
        binary_cross_entropy,
        binary_cross_entropy_derivative,
        ("binary", "classes"),
        fused=True,
    ),
    Loss(
        "hinge",
        "Hinge",
        "max(0, 1 − y z), y = ±1",
        hinge,
        hinge_derivative,
        ("binary",),
        fused=True,
        output="linear",
    ),
    Loss(
        "perceptron",
        "Perceptron",
        "max(0, −y z), y = ±1",
        perceptron,
        perceptron_derivative,
        ("binary",),
        fused=True,
        output="threshold",
    ),
)
CROSS_ENTROPIES = ("binary_cross_entropy", "cross_entropy")
LOSSES = {row.name: row for row in CATALOGUE}


def output_activation(loss: str, task: str) -> str:
    """The activation of the output layer: "sigmoid", "softmax", "linear" or "threshold"."""
    own = {"binary": "sigmoid", "classes": "softmax", "regression": "linear"}[task]
    return LOSSES[loss].output or own
