"""Input features: what the first layer may be given of the raw inputs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MOST_INPUTS = 1000


@dataclass(frozen=True)
class Feature:
    """A row of the catalogue: `kind` is "input", "square", "product" or "sine" of `inputs`.

    `inputs` are indices of columns, from 0; `label` is the formula as a person writes it.
    """

    name: str
    label: str
    kind: str
    inputs: tuple[int, ...]


# x: columns of raw inputs, (samples,) each
KINDS: dict[str, Callable[..., np.ndarray]] = {
    "input": lambda x: x,
    "square": lambda x: x * x,
    "product": lambda x1, x2: x1 * x2,
    "sine": np.sin,
}


def _input(index: int) -> Feature:
    number = str(index + 1)
    subscript = number.translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    return Feature(f"x{number}", f"x{subscript}", "input", (index,))


_CATALOGUE = (
    _input(0),
    _input(1),
    Feature("x1^2", "x₁²", "square", (0,)),
    Feature("x2^2", "x₂²", "square", (1,)),
    Feature("x1*x2", "x₁x₂", "product", (0, 1)),
    Feature("sin(x1)", "sin x₁", "sine", (0,)),
    Feature("sin(x2)", "sin x₂", "sine", (1,)),
)
# Those of the plane, which are offered
FEATURES = {feature.name: feature for feature in _CATALOGUE}
INPUT = r"^x([1-9][0-9]{0,2}|1000)$"  # up to MOST_INPUTS


def feature_of(name: str) -> Feature:
    """The feature of that name: one of the catalogue, or any input ("x17").

    Raises ValueError for another name.
    """
    if name in FEATURES:
        return FEATURES[name]
    if not re.fullmatch(INPUT, name):
        raise ValueError(f'"{name}" is no feature')
    return _input(int(name[1:]) - 1)


def raw_features(inputs: int) -> tuple[str, ...]:
    """The features that are the inputs themselves: x1, x2, …."""
    return tuple(f"x{index + 1}" for index in range(inputs))


def inputs_needed(name: str) -> int:
    """How many raw inputs the data must have for a feature."""
    return max(feature_of(name).inputs) + 1


def feature_matrix(x: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The features of raw inputs: x (samples, inputs) → (samples, features) float64."""
    x = np.asarray(x, np.float64)
    features = [feature_of(name) for name in names]
    columns = [KINDS[each.kind](*(x[:, index] for index in each.inputs)) for each in features]
    return np.stack(columns, axis=1)
