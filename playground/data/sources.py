"""The catalogue of data sources, and the decorator that adds to it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset

Generate = Callable[[int, float, np.random.Generator], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Source:
    """A data set that can be had by name.

    `generate(samples, noise, rng)` gives x: (samples, inputs) and y as `Dataset` has them. `fixed`
    marks real data, whose rows are given: it disregards the number of samples and the noise.
    `about` says in a sentence where it comes from. `input_names` are for people; features name the
    inputs x1, x2, ….
    """

    name: str
    label: str
    about: str
    generate: Generate
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    limits: tuple[tuple[float, float], tuple[float, float]]
    fixed: bool = False

    def dataset(self, samples: int, noise: float, rng: np.random.Generator) -> Dataset:
        """Make the samples; x and y are read-only."""
        x, y = self.generate(samples, noise, rng)
        for array in (x, y):
            array.setflags(write=False)
        return Dataset(x, y, self.input_names, self.class_names, self.limits)


PLANE = ((-6.0, 6.0), (-6.0, 6.0))


def source(
    catalogue: dict[str, Source],
    name: str,
    label: str,
    about: str,
    input_names: tuple[str, ...] = ("x1", "x2"),
    class_names: tuple[str, ...] = ("class A", "class B"),
    limits: tuple[tuple[float, float], tuple[float, float]] = PLANE,
    fixed: bool = False,
) -> Callable[[Generate], Generate]:
    """Add the decorated function to `catalogue` as the data source `name`."""

    def add(generate: Generate) -> Generate:
        catalogue[name] = Source(
            name, label, about, generate, input_names, class_names, limits, fixed
        )
        return generate

    return add
