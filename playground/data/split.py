"""Splitting samples into those to train on, to choose by and to judge with."""

from collections.abc import Sequence

import numpy as np

SPLITS = ("train", "validation", "test")
GOLDEN = (5**0.5 - 1) / 2


def split(
    y: np.ndarray, classes: bool, shares: Sequence[float], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Indices of the samples of each part; every sample is in exactly one.

    y: (samples,) class indices where `classes`, else one value per row. `shares` are those of
    train, validation and test and add up to 1. Each class keeps its share in each part as nearly
    as whole samples allow. The training part has at least one sample.
    """
    order = _evenly_mixed(y, rng) if classes else rng.permutation(len(y))
    ends = np.rint(np.cumsum(shares[:2]) * len(y)).astype(int)
    parts = np.split(order, np.maximum(ends, 1))
    return dict(zip(SPLITS, parts, strict=True))


def split_in_time(samples: int, shares: Sequence[float]) -> dict[str, np.ndarray]:
    """Indices of each part of samples that follow one another: the first to train on, the last to
    judge with, so that nothing is known of what is to be foretold. The training part has one.
    """
    ends = np.rint(np.cumsum(shares[:2]) * samples).astype(int)
    return dict(zip(SPLITS, np.split(np.arange(samples), np.maximum(ends, 1)), strict=True))


def split_in_order(y: np.ndarray, classes: bool, shares: Sequence[float]) -> dict[str, np.ndarray]:
    """As `split`, but samples stay in their parts when others are added behind them.

    The i-th sample of a class lies at the place i φ mod 1 with φ = (√5 - 1) / 2, which fills the
    places from 0 to 1 evenly, however many there are; the shares are stretches of these places.
    The first of each class is one to train on.
    """
    ranks = np.arange(len(y))
    if classes:
        for name in np.flatnonzero(np.bincount(y)):  # `unique` loads masked arrays
            members = np.flatnonzero(y == name)
            ranks[members] = np.arange(len(members))
    place = ranks * GOLDEN % 1.0
    parts = np.searchsorted(np.cumsum(shares[:2]), place, "right")
    return {name: np.flatnonzero(parts == part) for part, name in enumerate(SPLITS)}


def _evenly_mixed(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order of which every stretch holds each class in its share of the whole.

    Each class is spread evenly over the places from 0 to 1, starting at an offset of its own.
    """
    place = np.empty(len(y))
    names = np.flatnonzero(np.bincount(y))
    offsets = (rng.permutation(len(names)) + 0.5) / len(names)
    for name, offset in zip(names, offsets, strict=True):
        members = rng.permutation(np.flatnonzero(y == name))
        place[members] = (np.arange(len(members)) + offset) / len(members)
    return np.argsort(place, kind="stable")
