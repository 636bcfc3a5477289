"""What each layer gives after training, the obvious way: float64, nothing compiled.

Of the engine it uses the activations' own scalar functions and nothing else. x and what is returned
are (n, units). `tensors` are a layer's own: "weight", "bias", "running_mean", "running_var".
"""

import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm

Tensors = Mapping[str, np.ndarray]
# Given a sum and its terms, their absolute values added up: the sum as arithmetic might have it.
Sum = Callable[[np.ndarray, Callable[[], np.ndarray]], np.ndarray]


def exact(z: np.ndarray, terms: Callable[[], np.ndarray]) -> np.ndarray:
    """A sum that nothing was lost of."""
    return z


def pushed(push: float, seed: int) -> Sum:
    """Sums that are moved by `push` of their terms, up or down as the seed has it."""
    signs = np.random.default_rng(seed)
    return lambda z, terms: z + push * terms() * signs.choice((-1.0, 1.0), z.shape)


def dense(layer: Dense, tensors: Tensors, x: np.ndarray, total: Sum) -> np.ndarray:
    """g(W x + b)."""
    w, b = tensors["weight"], tensors["bias"]
    z = total(x @ w.T + b, lambda: np.abs(x) @ np.abs(w).T + np.abs(b))
    return activate(layer.activation, z)


def dropout(layer: Dropout, tensors: Tensors, x: np.ndarray, total: Sum) -> np.ndarray:
    """x: only in training is anything dropped."""
    return x


def batch_norm(layer: BatchNorm, tensors: Tensors, x: np.ndarray, total: Sum) -> np.ndarray:
    """γ (x − μ) / √(σ² + ε) + β with the running statistics."""
    mean, beta = tensors["running_mean"], tensors["bias"]
    scale = tensors["weight"] / np.sqrt(tensors["running_var"] + layer.eps)
    return total(
        scale * (x - mean) + beta,
        lambda: np.abs(scale) * (np.abs(x) + np.abs(mean)) + np.abs(beta),
    )


def layer_norm(layer: LayerNorm, tensors: Tensors, x: np.ndarray, total: Sum) -> np.ndarray:
    """γ (x − μ) / √(σ² + ε) + β with μ and σ² of each sample's units."""
    x = total(x, lambda: np.abs(x))
    centred = x - x.mean(axis=1, keepdims=True)
    variance = (centred * centred).mean(axis=1, keepdims=True)
    y, beta = tensors["weight"] * centred / np.sqrt(variance + layer.eps), tensors["bias"]
    return total(y + beta, lambda: np.abs(y) + np.abs(beta))


LAYERS: dict[type, Callable[[Any, Tensors, np.ndarray, Sum], np.ndarray]] = {
    Dense: dense,
    Dropout: dropout,
    BatchNorm: batch_norm,
    LayerNorm: layer_norm,
}


def activate(name: str, z: np.ndarray) -> np.ndarray:
    """a = g(z); softmax over the units of each sample."""
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
