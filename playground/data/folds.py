"""Folds and resamples: the samples dealt out again, to see what a score owes to the split.

The test part of the experiment is never dealt: it stays what it is, for the very last look.
"""

from collections.abc import Iterator
from typing import LiteralString

import numpy as np

from playground.data.dataset import Dataset
from playground.data.prepare import PreparedData, fitted, prepare
from playground.data.settings import Data
from playground.fields import ExperimentError, Problem
from playground.sentence import Sentence

# Streams of their own, beside those of the samples and of the split
FOLDS_STREAM = 3
RESAMPLES_STREAM = 4


def k_fold(data: Data, seed: int, folds: int, repeat: int = 1) -> Iterator[PreparedData]:
    """Each of `folds` parts once as "validation", and the others together as "train".

    What is dealt into folds are the samples of the experiment's training and validation parts,
    shuffled; each class is in each fold in its share, as nearly as whole samples allow. The
    normalisation is fitted to each training part alone. `repeat` deals so many times, each time in
    another order (iterated K-fold): the results are `repeat` times `folds`, made one by one. The
    same arguments give the same folds.

    Raises `ExperimentError` for less than 2 folds, for more than there are samples, and where a
    fold would be without a class. Source: Kohavi, "A study of cross-validation and bootstrap for
    accuracy estimation and model selection" (1995).
    """
    if repeat < 1:
        raise _refused(
            "folds can be dealt once or more; {repeat:,} times was asked for", repeat=repeat
        )
    own = prepare(data, seed)
    pool = np.sort(np.concatenate([own.splits["train"], own.splits["validation"]]))
    _check(own.dataset, pool, folds)
    return _folds(data, own, pool, seed, folds, repeat)


def _folds(
    data: Data, own: PreparedData, pool: np.ndarray, seed: int, folds: int, repeat: int
) -> Iterator[PreparedData]:
    classes = own.dataset.task != "regression"
    for repetition in range(repeat):
        rng = np.random.default_rng([seed, FOLDS_STREAM, repetition])
        for places in deal(own.dataset.y[pool], classes, folds, rng):
            parts = {"train": np.delete(pool, places), "validation": pool[places]}
            yield fitted(data, own.dataset, parts | {"test": own.splits["test"]})


def deal(y: np.ndarray, classes: bool, folds: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Places of the samples in each fold, ascending; every sample is in exactly one.

    y: (samples,) class indices where `classes`, else one value per row. Shuffled within its class,
    sample after sample is dealt like cards: two folds differ by at most one sample, and by at most
    one of each class.
    """
    order = rng.permutation(len(y))
    if classes:
        order = order[np.argsort(y[order], kind="stable")]
    return [np.sort(order[first::folds]) for first in range(folds)]


def _check(dataset: Dataset, pool: np.ndarray, folds: int) -> None:
    if folds < 2:
        raise _refused(
            "cross-validation needs 2 folds or more; {folds:,} was asked for", folds=folds
        )
    if folds > len(pool):
        message = "{folds:,} folds need as many samples; outside the test part are {pool:,}"
        raise _refused(message, folds=folds, pool=len(pool))
    for index, name in enumerate(dataset.class_names):
        count = int(np.sum(dataset.y[pool] == index))
        if count < folds:
            message = (
                'a fold would be without the class "{name}": outside the test part it has '
                "{count:,} of the {folds:,} samples needed; take {way}"
            )
            fewer = Sentence("at most {count:,} folds, or more samples", count=count)
            way = fewer if count > 1 else Sentence("more samples")
            raise _refused(message, name=name, count=count, folds=folds, way=way)


def _refused(message: LiteralString, **values: object) -> ExperimentError:
    return ExperimentError([Problem("", message, **values)])


def bootstrap(data: Data, seed: int, number: int) -> Iterator[PreparedData]:
    """`number` resamples of the training part, each drawn from it with replacement.

    Each has as many samples as the training part, of which about 63 % are different ones (1 − 1/e);
    "validation" and "test" stay, so that the networks trained on them can be compared on the same
    samples: how far their predictions differ is the variance, how far their mean is off is bias.
    The normalisation is fitted to each resample. The same arguments give the same resamples; they
    are made one by one.

    Raises `ExperimentError` for less than one. Source: Efron, "Bootstrap methods: another look at
    the jackknife" (1979).
    """
    if number < 1:
        raise _refused("one resample or more can be drawn; {number:,} was asked for", number=number)
    return _resamples(data, prepare(data, seed), seed, number)


def _resamples(data: Data, own: PreparedData, seed: int, number: int) -> Iterator[PreparedData]:
    train = own.splits["train"]
    for index in range(number):
        rng = np.random.default_rng([seed, RESAMPLES_STREAM, index])
        drawn = rng.choice(train, len(train))
        yield fitted(data, own.dataset, own.splits | {"train": np.sort(drawn)})
