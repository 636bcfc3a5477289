"""What ONNX's operators do to numbers, as far as networks from elsewhere are made of them.

A layer is recognised by what it computes, not by how it is written: the same GELU is five operators
in one program and eight in another. Here every value is float64, (samples, units).
Source: the operators' specification, onnx.ai.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Attributes = Mapping[str, Any]

_erf = np.vectorize(math.erf, otypes=[np.float64])
_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _gelu(x: np.ndarray, attributes: Attributes) -> np.ndarray:
    if attributes.get("approximate", "none") == "tanh":
        return 0.5 * x * (1.0 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1.0 + _erf(x / math.sqrt(2)))


def _elu(x: np.ndarray, attributes: Attributes) -> np.ndarray:
    return np.where(x < 0, attributes.get("alpha", 1.0) * np.expm1(x), x)


def _selu(x: np.ndarray, attributes: Attributes) -> np.ndarray:
    alpha = attributes.get("alpha", 1.67326319217681884765625)
    return attributes.get("gamma", 1.05070102214813232421875) * np.where(
        x < 0, alpha * np.expm1(x), x
    )


def _leaky_relu(x: np.ndarray, attributes: Attributes) -> np.ndarray:
    return np.where(x < 0, attributes.get("alpha", 0.01) * x, x)


def _scaler(x: np.ndarray, attributes: Attributes) -> np.ndarray:
    return (x - attributes.get("offset", 0.0)) * attributes.get("scale", 1.0)


def _clip(x: np.ndarray, low: Any = -np.inf, high: Any = np.inf) -> np.ndarray:
    return np.minimum(np.maximum(x, low), high)


# Of the attributes as well; of one value
WITH_ATTRIBUTES: dict[str, Callable[[np.ndarray, Attributes], np.ndarray]] = {
    "Elu": _elu,
    "Gelu": _gelu,
    "LeakyRelu": _leaky_relu,
    "Scaler": _scaler,
    "Selu": _selu,
}

SLOW = {"Erf", "Erfc", "Gelu"}

# Unit by unit, of one value or several
ELEMENTWISE: dict[str, Callable[..., np.ndarray]] = {
    "Abs": np.abs,
    "Add": np.add,
    "Cast": lambda x: x,
    "Clip": _clip,
    "Div": np.divide,
    "Dropout": lambda x, *rest: x,
    "Erf": _erf,
    "Erfc": _erfc,
    "Exp": np.exp,
    "Flatten": lambda x: x,
    "Identity": lambda x: x,
    "Log": np.log,
    "Max": np.maximum,
    "Min": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Pow": np.power,
    "Reciprocal": lambda x: 1.0 / x,
    "Relu": lambda x: np.maximum(x, 0.0),
    "Reshape": lambda x, shape: x,
    "Sigmoid": _sigmoid,
    "Sign": np.sign,
    "Sin": np.sin,
    "Softmax": _softmax,
    "Softplus": lambda x: np.logaddexp(0.0, x),
    "Softsign": lambda x: x / (1.0 + np.abs(x)),
    "Sqrt": np.sqrt,
    "Squeeze": lambda x, *axes: x,
    "Sub": np.subtract,
    "Tanh": np.tanh,
}
