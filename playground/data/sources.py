"""The catalogue of data sources, and the decorator that adds to it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset
from playground.sentence import Sentence

Generate = Callable[[int, float, np.random.Generator], tuple[np.ndarray, np.ndarray]]
Limits = tuple[tuple[float, float], tuple[float, float]]

PLANE: Limits = ((-6.0, 6.0), (-6.0, 6.0))
NAMES = tuple(Sentence("class {letter}", letter=letter) for letter in "ABCDEF")
MARGIN = 0.05  # between the outermost samples and the ends of the axes, of the samples' range


@dataclass(frozen=True)
class Source:
    """A data set that can be had by name.

    `generate(samples, noise, rng)` gives x: (samples, inputs) and y as `Dataset` has them. `fixed`
    marks data whose rows are given: it disregards the number of samples and the noise.
    `about` says in a sentence where it comes from. `input_names` are for people; features name the
    inputs x1, x2, …. Without `limits`, those of the axes follow from the samples. `in_time` marks
    samples that follow one another: they are split into before and after, not mixed.
    """

    name: str
    label: str
    about: str
    generate: Generate
    input_names: tuple[str, ...] = ("x1", "x2")
    class_names: tuple[str, ...] = NAMES[:2]
    limits: Limits | None = PLANE
    fixed: bool = False
    in_time: bool = False

    def dataset(self, samples: int, noise: float, rng: np.random.Generator) -> Dataset:
        """Make the samples; x and y are read-only.

        Raises `ExperimentError` when a file they are in cannot be read.
        """
        x, y = self.generate(samples, noise, rng)
        for array in (x, y):
            array.setflags(write=False)
        limits = self.limits or limits_of(x, y)
        return Dataset(x, y, self.input_names, self.class_names, limits)


def limits_of(x: np.ndarray, y: np.ndarray) -> Limits:
    """Axes with room for all samples: of the first two inputs, or of one input and the values."""
    second = x[:, 1] if x.shape[1] > 1 else y
    return _ends(x[:, 0]), _ends(second)


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = (float(values.min()), float(values.max())) if values.size else (-1.0, 1.0)
    room = MARGIN * (high - low) or MARGIN * abs(low) or 1.0
    return low - room, high + room


def source(
    catalogue: dict[str, Source],
    name: str,
    label: str,
    about: str,
    input_names: tuple[str, ...] = ("x1", "x2"),
    class_names: tuple[str, ...] = NAMES[:2],
    limits: Limits | None = PLANE,
    fixed: bool = False,
    in_time: bool = False,
) -> Callable[[Generate], Generate]:
    """Add the decorated function to `catalogue` as the data source `name`."""

    def add(generate: Generate) -> Generate:
        catalogue[name] = Source(
            name, label, about, generate, input_names, class_names, limits, fixed, in_time
        )
        return generate

    return add
