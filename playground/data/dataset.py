"""A data set: raw inputs and targets, with the names a person reads."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """Samples as a person knows them, before features, normalisation and split.

    x: (samples, inputs) float64, the raw inputs.
    y: (samples,) int64 class indices, or (samples, outputs) float64 values for regression.
    `class_names` is empty for regression. `limits` are the ends of the two plotted axes,
    ((x1 low, x1 high), (x2 low, x2 high)). Arrays are read-only.
    """

    x: np.ndarray
    y: np.ndarray
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    limits: tuple[tuple[float, float], tuple[float, float]]

    @property
    def plotted(self) -> np.ndarray:
        """Where the samples lie on the plotted axes: (samples, 2).

        The axes are the first two inputs, or the input and the target where there is one alone.
        """
        if self.x.shape[1] > 1:
            return self.x[:, :2]
        return np.stack([self.x[:, 0], self.y if self.class_names else self.y[:, 0]], axis=1)

    @property
    def task(self) -> str:
        """ "binary" (two classes), "classes" (more) or "regression"."""
        return task_of(len(self.class_names))


def task_of(classes: int) -> str:
    """The task that a number of classes means: 0 is regression."""
    return "regression" if classes == 0 else "binary" if classes == 2 else "classes"
