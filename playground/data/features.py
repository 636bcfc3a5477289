"""Input features: what the first layer may be given of the raw inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.data.formula import Input, Node, evaluate, inputs_of, is_condition, label_of
from playground.data.parser import FormulaError, parse

LONGEST = 200

# Those of the plane, which are offered; any other formula can be typed.
FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")


@dataclass(frozen=True)
class Feature:
    """A number that follows from the raw inputs by a formula; `name` is the formula as typed."""

    name: str
    formula: Node

    @property
    def label(self) -> str:
        """The formula as a person writes it: x₁²."""
        return label_of(self.formula)

    @property
    def inputs(self) -> tuple[int, ...]:
        """Indices of the raw inputs in it, from 0."""
        return inputs_of(self.formula)

    @property
    def is_input(self) -> bool:
        """Whether it is a raw input as it stands."""
        return isinstance(self.formula, Input)


@lru_cache(maxsize=4096)
def feature_of(name: str) -> Feature:
    """The feature that a formula describes. Raises `FormulaError` when it describes none."""
    formula = parse(name)
    if is_condition(formula):
        raise FormulaError(0, "a comparison is no feature; a feature is a number")
    if not inputs_of(formula):
        raise FormulaError(0, "there is no input in it, so it is the same for every sample")
    return Feature(name, formula)


def raw_features(inputs: int) -> tuple[str, ...]:
    """The features that are the inputs themselves: x1, x2, …."""
    return tuple(f"x{index + 1}" for index in range(inputs))


def inputs_needed(name: str) -> int:
    """How many raw inputs the data must have for a feature."""
    return max(feature_of(name).inputs) + 1


def feature_matrix(x: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The features of raw inputs: x (samples, inputs) → (samples, features) float64."""
    x = np.asarray(x, np.float64)
    columns = [evaluate(feature_of(name).formula, x) for name in names]
    return np.stack(columns, axis=1)
