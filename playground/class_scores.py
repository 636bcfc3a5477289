"""Scores by class, from how often each class is taken for which."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassScores:
    """Of each class, (classes,) float64; NaN where it would be 0 / 0.

    `precision` is the share of right ones among the samples that are put into the class, `recall`
    among those that belong to it, and `f1` is the harmonic mean of the two. `accuracy` is the share
    of right ones among all samples (van Rijsbergen 1979, chapter 7).
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    accuracy: float


def class_scores(confusion: np.ndarray) -> ClassScores:
    """The scores of a confusion matrix: (classes, classes), rows are the samples' own classes."""
    right = np.diag(confusion).astype(np.float64)
    own, put = confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        precision=_share(right, put),
        recall=_share(right, own),
        f1=_share(2 * right, own + put),
        accuracy=float(_share(right.sum(), confusion.sum())),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    whole = np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
