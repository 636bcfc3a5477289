"""Normalisation: every feature brought to a similar range, by statistics of the training part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NORMALIZATIONS = {"none": "None", "standard": "Standard", "minmax": "Min–max"}


@dataclass(frozen=True, eq=False)
class Normalization:
    """(f - shift) / scale for each feature; shift and scale: (features,) float64."""

    shift: np.ndarray
    scale: np.ndarray

    def agrees_with(self, other: "Normalization") -> bool:
        """Whether both do the same, but for rounding."""
        return all(
            one.shape == two.shape and bool(np.allclose(one, two, rtol=1e-6, atol=1e-9))
            for one, two in ((self.shift, other.shift), (self.scale, other.scale))
        )

    def apply(self, features: np.ndarray) -> np.ndarray:
        """features: (samples, features) → the same shape."""
        return (features - self.shift) / self.scale


def _none(f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(f.shape[1]), np.ones(f.shape[1])


def _standard(f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return f.mean(axis=0), f.std(axis=0)


def _minmax(f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return f.min(axis=0), np.ptp(f, axis=0)


_STATISTICS: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "none": _none,
    "standard": _standard,
    "minmax": _minmax,
}


def fit(kind: str, features: np.ndarray) -> Normalization:
    """The statistics of `features`: (training samples, features).

    "standard" gives mean 0 and standard deviation 1 (that of the samples, as scikit-learn's
    StandardScaler); "minmax" the range 0 to 1. A constant feature is only shifted. Of no
    samples, nothing is learned: features stay as they are.
    """
    if not len(features):
        kind, features = "none", np.zeros((1, features.shape[1]))
    shift, scale = _STATISTICS[kind](features)
    low, high = features.min(axis=0), features.max(axis=0)
    # A feature that differs by rounding only would be blown up to noise.
    constant = high - low <= 10 * np.finfo(float).eps * np.maximum(abs(low), abs(high))
    return Normalization(shift, np.where(constant, 1.0, scale))
