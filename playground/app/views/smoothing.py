"""Smoothing: the running mean of a noisy curve."""

import numpy as np

LEAST = 1e-3  # the weight of a value, of the newest one's, below which it is left out


def smoothed(y: np.ndarray, share: float) -> np.ndarray:
    """The mean of each value and those before it, where one k rows back has the weight share^k.

    share: 0 … 1, not 1. Values that are not finite are left out, and stay as they are.
    """
    if not 0 < share < 1:
        return y
    weights = share ** np.arange(np.ceil(np.log(LEAST) / np.log(share)) + 1)
    finite = np.isfinite(y)
    sums = np.convolve(np.where(finite, y, 0.0), weights)[: len(y)]
    counts = np.convolve(finite, weights)[: len(y)]
    return np.where(finite, sums / np.maximum(counts, LEAST), y)
