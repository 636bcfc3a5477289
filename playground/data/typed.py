"""Data by a formula that a user typed: a class where it is true, or a value."""

import numpy as np

from playground.data.formula import evaluate, inputs_of, is_condition
from playground.data.parser import FormulaError, parse
from playground.data.sources import PLANE, Source
from playground.fields import ExperimentError, Problem
from playground.sentence import Sentence

TYPED = "formula"
FIRST = "sin(x1) * x2 > 0.3"  # that is there before another one is typed
MOST_INPUTS = 20
NAMES = (Sentence("false"), Sentence("true"))


def misfit(text: str) -> Sentence | None:
    """Why a formula cannot make data; None when it can."""
    try:
        inputs = inputs_of(parse(text))
    except FormulaError as error:
        return error.sentence
    if not inputs:
        return Sentence("there is no input in it; write x1 and x2 for those of the plane")
    if inputs[-1] >= MOST_INPUTS:
        message = "{name} is too far; there can be x1 to x{most}"
        return Sentence(message, name=f"x{inputs[-1] + 1}", most=MOST_INPUTS)
    return None


def source(text: str) -> Source:
    """Where a data set comes from whose targets are what a formula gives.

    x ~ U(±6), as many inputs as the formula has, but two at least where it is true or false; the
    target is that of x moved by U(±5)·ν. Its data set raises `ExperimentError` when a value is not
    finite.

    Raises `FormulaError` for a text that is no formula.
    """
    formula = parse(text)
    classes = is_condition(formula)
    inputs = max(inputs_of(formula)[-1] + 1, 2 if classes else 1)

    def generate(
        samples: int, noise: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        x = rng.uniform(-6, 6, (samples, inputs))
        y = evaluate(formula, x + noise * rng.uniform(-5, 5, x.shape))
        if classes:
            return x, y.astype(np.int64)
        if lost := samples - int(np.isfinite(y).sum()):
            message = "it has no finite value at {lost:,} of {samples:,} samples"
            raise ExperimentError([Problem("data.formula", message, lost=lost, samples=samples)])
        return x, y[:, None]

    return Source(
        TYPED,
        Sentence("Formula"),
        Sentence("A formula of your own, {text}", text=text),
        generate,
        input_names=tuple(f"x{index + 1}" for index in range(inputs)),
        class_names=NAMES if classes else (),
        limits=PLANE if inputs > 1 else None,
    )
