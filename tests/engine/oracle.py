"""The obvious engine, in NumPy and float64: what the compiled kernels must agree with.

Samples in rows, one layer after the other, and the catalogue's own scalar functions element by
element. Softmax and its losses are written out, norms use the batch before them unless they are
given running statistics, and a dropout is its mask.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, LayerNorm
from playground.engine.losses import LOSSES


class Running(NamedTuple):
    """A frozen batch norm, or one after training: its running statistics, (units,) each."""

    mean: np.ndarray
    variance: np.ndarray
    eps: float


class Mask(NamedTuple):
    """A dropout in training: what its inputs are multiplied by, (samples, units)."""

    factors: np.ndarray


# Weight (units, inputs) and bias (units,) with the name of g; γ and β with the norm; of a mask none
Kind = str | BatchNorm | LayerNorm | Running | Mask
Layers = list[tuple[np.ndarray, np.ndarray, Kind]]


def each(function: Callable[..., float], *arrays: np.ndarray) -> np.ndarray:
    return np.vectorize(function, otypes=[np.float64])(*arrays)


def softmax(z: np.ndarray) -> np.ndarray:
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def after(a: np.ndarray, weight: np.ndarray, bias: np.ndarray, kind: Kind) -> np.ndarray:
    """What a layer other than a dense one makes of a: (n, units) → (n, units)."""
    match kind:
        case Mask(factors):
            return a * factors
        case Running(mean, variance, eps):
            return weight * (a - mean) / np.sqrt(variance + eps) + bias
        case BatchNorm(eps=eps):
            return weight * (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + eps) + bias
        case LayerNorm(eps=eps):
            mean, variance = (each(a, axis=1, keepdims=True) for each in (np.mean, np.var))
            return weight * (a - mean) / np.sqrt(variance + eps) + bias
    raise TypeError(kind)


def outputs(layers: Layers, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(z, a) of the last layer: x (n, features) → (n, outputs) each."""
    z = a = x
    for weight, bias, kind in layers:
        if isinstance(kind, str):
            z = a @ weight.T + bias
            a = softmax(z) if kind == "softmax" else each(ACTIVATIONS[kind].function, z)
        else:
            a = after(a, weight, bias, kind)
    return z, a


def mean_loss(layers: Layers, loss: str, x: np.ndarray, y: np.ndarray) -> float:
    """The loss as the documentation of `engine.losses` says; y: (n, outputs)."""
    z, a = outputs(layers, x)
    if layers[-1][2] == "softmax" and loss == "cross_entropy":
        return float(-np.mean(np.sum(y * np.log(a), axis=1)))
    row = LOSSES[loss]
    return float(np.mean(each(row.function, z if row.fused else a, y)))


def gradient(layers: Layers, loss: str, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """dL/dw and dL/db of every layer that has them, by central differences of `mean_loss`."""
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
            if tensor.size:
                found.append(slopes)
    return found


def dropout_mask(
    seed: int, step: int, layer: int, units: int, samples: int, rate: float
) -> np.ndarray:
    """The factors of a dropout at a step: (samples, units) float64, samples as in the batch.

    Each follows from its place alone: SplitMix64 of seed, step, layer and unit, and "lowbias32" of
    that and the place of the sample.
    """
    key = _mixed(_mixed(_mixed(seed * GOLDEN + step) ^ 0xD0) + layer * GOLDEN)
    rows = np.array([_mixed(key + unit * GOLDEN) >> 32 for unit in range(units)], np.uint32)
    drawn = rows[None, :] ^ np.arange(samples, dtype=np.uint32)[:, None]
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        drawn = (drawn ^ (drawn >> np.uint32(shift))) * np.uint32(factor)
    drawn ^= drawn >> np.uint32(16)
    return np.where(drawn >= int(rate * 2**32), 1 / (1 - rate), 0.0)


GOLDEN = 0x9E3779B97F4A7C15


def _mixed(value: int) -> int:
    value %= 2**64
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB % 2**64
    return value ^ (value >> 31)


def ulp(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """How many float32 spacings `found` lies from the float64 values `exact`."""
    spacing = np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    return np.abs(found.astype(np.float64) - exact) / np.maximum(spacing, math.ulp(0.0))
