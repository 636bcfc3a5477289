"""Activation functions, each with its derivative below it.

`z` is a unit's pre-activation and `a` its output. A derivative is given both and uses whichever
makes it shortest. The functions are plain Python on floats; `kernels.scalar` compiles them for a
precision, and puts the engine's own vectorisable `exp`, `tanh`, … in place of those of `math`. They
are written so that a NaN comes out where one goes in, and without integer constants, which would
widen float32.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, erf, exp, expm1, log1p, sin, tanh

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
INVERSE_SQRT_2 = 0.7071067811865476
INVERSE_SQRT_2_PI = 0.3989422804014327


@dataclass(frozen=True)
class Activation:
    """A row of the catalogue: g and g', what they are called, and the formula as text.

    `kink` is the z at which g' jumps (None for smooth functions).
    """

    name: str
    label: str
    formula: str
    function: Callable[[float], float]
    derivative: Callable[[float, float], float]
    kink: float | None = None


def linear(z: float) -> float:
    return z


def linear_derivative(z: float, a: float) -> float:
    return 1.0


def threshold(z: float) -> float:
    return 1.0 if z > 0.0 else (0.0 if z <= 0.0 else z)


def threshold_derivative(z: float, a: float) -> float:
    return 0.0


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + exp(-z))


def sigmoid_derivative(z: float, a: float) -> float:
    return a * (1.0 - a)


def hyperbolic_tangent(z: float) -> float:
    return tanh(z)


def hyperbolic_tangent_derivative(z: float, a: float) -> float:
    return 1.0 - a * a


def relu(z: float) -> float:
    return 0.0 if z < 0.0 else z


def relu_derivative(z: float, a: float) -> float:
    return 1.0 if z > 0.0 else 0.0


def leaky_relu(z: float) -> float:
    return 0.01 * z if z < 0.0 else z


def leaky_relu_derivative(z: float, a: float) -> float:
    return 1.0 if z > 0.0 else 0.01


def elu(z: float) -> float:
    return expm1(z) if z < 0.0 else z


def elu_derivative(z: float, a: float) -> float:
    return a + 1.0 if z < 0.0 else 1.0


def selu(z: float) -> float:
    return SELU_SCALE * (SELU_ALPHA * expm1(z) if z < 0.0 else z)


def selu_derivative(z: float, a: float) -> float:
    return a + SELU_SCALE * SELU_ALPHA if z < 0.0 else SELU_SCALE


def gelu(z: float) -> float:
    return 0.5 * z * (1.0 + erf(z * INVERSE_SQRT_2))


def gelu_derivative(z: float, a: float) -> float:
    return 0.5 * (1.0 + erf(z * INVERSE_SQRT_2)) + z * INVERSE_SQRT_2_PI * exp(-0.5 * z * z)


def silu(z: float) -> float:
    return z / (1.0 + exp(-z))


def silu_derivative(z: float, a: float) -> float:
    s = 1.0 / (1.0 + exp(-z))
    return s * (1.0 + z * (1.0 - s))


def softplus(z: float) -> float:
    return (z if z > 0.0 else 0.0 * z) + log1p(exp(-abs(z)))


def softplus_derivative(z: float, a: float) -> float:
    return 1.0 / (1.0 + exp(-z))


def softsign(z: float) -> float:
    return z / (1.0 + abs(z))


def softsign_derivative(z: float, a: float) -> float:
    return 1.0 / ((1.0 + abs(z)) * (1.0 + abs(z)))


def sine(z: float) -> float:
    return sin(z)


def sine_derivative(z: float, a: float) -> float:
    return cos(z)


CATALOGUE = (
    Activation("linear", "linear", "z", linear, linear_derivative),
    Activation(
        "threshold", "threshold", "1 if z > 0, else 0", threshold, threshold_derivative, 0.0
    ),
    Activation("sigmoid", "sigmoid", "1 / (1 + exp(−z))", sigmoid, sigmoid_derivative),
    Activation("tanh", "tanh", "tanh z", hyperbolic_tangent, hyperbolic_tangent_derivative),
    Activation("relu", "ReLU", "max(0, z)", relu, relu_derivative, 0.0),
    Activation(
        "leaky_relu",
        "leaky ReLU",
        "z if z > 0, else 0.01 z",
        leaky_relu,
        leaky_relu_derivative,
        0.0,
    ),
    Activation("elu", "ELU", "z if z > 0, else exp(z) − 1", elu, elu_derivative),
    Activation("selu", "SELU", "λ z if z > 0, else λ α (exp(z) − 1)", selu, selu_derivative, 0.0),
    Activation("gelu", "GELU", "z Φ(z)", gelu, gelu_derivative),
    Activation("silu", "SiLU", "z / (1 + exp(−z))", silu, silu_derivative),
    Activation("softplus", "softplus", "log(1 + exp z)", softplus, softplus_derivative),
    Activation("softsign", "softsign", "z / (1 + |z|)", softsign, softsign_derivative),
    Activation("sine", "sine", "sin z", sine, sine_derivative),
)
ACTIVATIONS = {row.name: row for row in CATALOGUE}
