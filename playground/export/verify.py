"""Does what was written predict what the model predicts?"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import numpy as np

from playground.export.errors import ExportError
from playground.export.model import Model
from playground.sentence import Sentence

SAMPLES = 1000
TOLERANCE = 1e-5
LEAST_AGREEING = 0.5
MOST_DIFFERING = 0.01  # because the estimate of rounding is a random one


@dataclass(frozen=True)
class Saved:
    """A file that was written and read back.

    Of `SAMPLES` random raw inputs, `agreeing` gave the model's predictions, `difference` apart at
    most (relative above 1). At the others, rounding to float32 alone changes the prediction. Where
    the file could not be run here, `unchecked` says why, and nothing is known of its predictions.
    """

    path: Path
    agreeing: int
    difference: float
    unchecked: Sentence | None = None

    def __str__(self) -> Sentence:
        if self.unchecked:
            message = "saved, but its predictions were not checked: {why}"
            return Sentence(message, why=self.unchecked)
        agreeing, rest = self.agreeing, SAMPLES - self.agreeing
        said = Sentence("saved, {agreeing:,} predictions agree exactly", agreeing=agreeing)
        if self.difference:
            message = "saved, {agreeing:,} predictions agree within {difference}"
            said = Sentence(message, agreeing=agreeing, difference=_rounded_up(self.difference))
        if not rest:
            return said
        message = "{saved}; at {rest:,} more, rounding alone moves the prediction"
        return Sentence(message, saved=said, rest=rest)


def random_inputs(model: Model) -> np.ndarray:
    """Raw inputs from the ranges of the model's data, the same each time: (SAMPLES, inputs).

    They are float32 numbers, so that a format that takes those is asked the same question.
    """
    ranges = np.array([(each.low, each.high) for each in model.description.input_ranges])
    rng = np.random.default_rng(model.experiment.seed)
    x = rng.uniform(ranges[:, 0], ranges[:, 1], (SAMPLES, len(ranges)))
    return x.astype(np.float32).astype(np.float64)


def compare(
    path: Path,
    model: Model,
    x: np.ndarray,
    expected: np.ndarray,
    given: np.ndarray,
    whole: bool = False,
) -> Saved:
    """Hold a file's predictions `given` for raw inputs x against those expected.

    Raises `ExportError` when they differ by more than `TOLERANCE` where rounding to float32 does
    not explain it, or when rounding leaves too little to compare. The latter is no reason for a
    file that is `whole`: it is known to hold the model, bit for bit.
    """
    if given.shape != expected.shape:
        message = "its predictions have the shape {given}, not {expected}"
        raise _refusal(path, message, given=given.shape, expected=expected.shape)
    size = np.maximum(1.0, np.abs(expected))
    with np.errstate(invalid="ignore"):
        error = np.abs(given - expected) / size
    error[(given == expected) | (np.isnan(given) & np.isnan(expected))] = 0.0
    agree = (error <= TOLERANCE).all(axis=1)
    if not agree.all():
        # Only these, because it takes eight times as long as the predictions themselves.
        apart = ~agree
        sure = (model.rounding(x[apart]) / size[apart] <= TOLERANCE / 2).all(axis=1)
        differing = np.count_nonzero(sure)
        if differing > MOST_DIFFERING * len(x):
            message = "{differing:,} of {all:,} predictions of the file differ from the network"
            raise _refusal(path, message, differing=differing, all=len(x))
        if agree.mean() < LEAST_AGREEING and not whole:
            raise _refusal(
                path,
                "the network is so steep that rounding to float32 changes its predictions; "
                "save it as .safetensors, or train it with a smaller learning rate",
            )
    return Saved(path, int(agree.sum()), float(error[agree].max(initial=0.0)))


def _refusal(path: Path, template: LiteralString, **values: object) -> ExportError:
    reason = Sentence(template, **values)
    return ExportError("{name} was not saved: {reason}", name=path.name, reason=reason)


def _rounded_up(difference: float) -> str:
    """One digit, not below the number: 2.3e-8 → "3e-8"."""
    exponent = math.floor(math.log10(difference))
    digit = math.ceil(difference / 10.0**exponent)
    return f"{digit}e{exponent}" if digit < 10 else f"1e{exponent + 1}"
