"""The obvious engine, in NumPy and float64: what the compiled kernels must agree with.

Samples in rows, one layer after the other, and the catalogue's own scalar functions element by
element. Softmax and its losses are written out.
"""

import math
from collections.abc import Callable

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.losses import LOSSES

Layers = list[tuple[np.ndarray, np.ndarray, str]]  # weight (units, inputs), bias (units,), g


def each(function: Callable[..., float], *arrays: np.ndarray) -> np.ndarray:
    return np.vectorize(function, otypes=[np.float64])(*arrays)


def softmax(z: np.ndarray) -> np.ndarray:
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def outputs(layers: Layers, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(z, a) of the last layer: x (n, features) → (n, outputs) each."""
    z = a = x
    for weight, bias, activation in layers:
        z = a @ weight.T + bias
        a = softmax(z) if activation == "softmax" else each(ACTIVATIONS[activation].function, z)
    return z, a


def mean_loss(layers: Layers, loss: str, x: np.ndarray, y: np.ndarray) -> float:
    """The loss as the documentation of `engine.losses` says; y: (n, outputs)."""
    z, a = outputs(layers, x)
    if layers[-1][2] == "softmax" and loss == "cross_entropy":
        return float(-np.mean(np.sum(y * np.log(a), axis=1)))
    row = LOSSES[loss]
    return float(np.mean(each(row.function, z if row.fused else a, y)))


def gradient(layers: Layers, loss: str, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """dL/dw and dL/db of every layer by central differences of `mean_loss`."""
    found = []
    for weight, bias, _ in layers:
        for tensor in (weight, bias):
            slopes = np.zeros_like(tensor)
            for place in np.ndindex(tensor.shape):
                held = tensor[place]
                h = 1e-6 * max(1.0, abs(held))
                tensor[place] = held + h
                above = mean_loss(layers, loss, x, y)
                tensor[place] = held - h
                below = mean_loss(layers, loss, x, y)
                tensor[place] = held
                slopes[place] = (above - below) / (2 * h)
            found.append(slopes)
    return found


def ulp(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """How many float32 spacings `found` lies from the float64 values `exact`."""
    spacing = np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    return np.abs(found.astype(np.float64) - exact) / np.maximum(spacing, math.ulp(0.0))
