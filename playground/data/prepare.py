"""From the description of data to the numbers a network is given."""

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset
from playground.data.features import feature_matrix
from playground.data.normalization import Normalization, fit
from playground.data.origin import source_of
from playground.data.points import POINTS
from playground.data.settings import Data
from playground.data.split import split, split_in_order, split_in_time
from playground.fields import ExperimentError, Problem

# Each purpose draws from a stream of its own: changing the split leaves the samples where they are.
SAMPLES_STREAM = 1
SPLIT_STREAM = 2


@dataclass(frozen=True, eq=False)
class PreparedData:
    """A data set with everything between it and the first layer.

    `splits` maps "train", "validation" and "test" to indices of samples. `normalization` holds the
    statistics of the training samples.
    """

    dataset: Dataset
    features: tuple[str, ...]
    normalization: Normalization
    splits: dict[str, np.ndarray]

    def fits(self, data: Data) -> bool:
        """Whether a network for `data` can be given these: the same features and classes."""
        source = source_of(data)
        return (self.features, self.dataset.class_names) == (data.features, source.class_names)

    def network_inputs(self, x: np.ndarray) -> np.ndarray:
        """What the first layer is given: x (samples, raw inputs) → (samples, features) float64.

        Raises ValueError for inputs of another shape.
        """
        names = self.dataset.input_names
        if x.ndim != 2 or x.shape[1] != len(names):
            raise ValueError(
                f"raw inputs have shape {x.shape}; (n, {len(names)}) is needed: {', '.join(names)}"
            )
        return self.normalization.apply(feature_matrix(x, self.features))

    def samples(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Raw inputs x and targets y of one split, as `Dataset` has them."""
        indices = self.splits[name]
        return self.dataset.x[indices], self.dataset.y[indices]


def prepare(data: Data, seed: int) -> PreparedData:
    """Make the samples, split them, and fit the normalisation to the training part.

    The same `data` and `seed` give the same numbers, as long as a file they are in stays the same.
    Raises `ExperimentError` for a file that cannot be read.
    """
    source = source_of(data)
    rng = np.random.default_rng([seed, SAMPLES_STREAM])
    dataset = source.dataset(data.samples, data.noise, rng)
    shares = (data.split.train, data.split.validation, data.split.test)
    classes = dataset.task != "regression"
    if data.source == POINTS:  # which may be placed one by one while a network is trained on them
        splits = split_in_order(dataset.y, classes, shares)
    elif source.in_time:
        splits = split_in_time(len(dataset.x), shares)
    else:
        splits = split(dataset.y, classes, shares, np.random.default_rng([seed, SPLIT_STREAM]))
    return fitted(data, dataset, splits)


def fitted(data: Data, dataset: Dataset, splits: dict[str, np.ndarray]) -> PreparedData:
    """The parts of a data set as `data` describes them; "train" is what normalisation is fitted to.

    splits: indices of samples by part; an index may stand in a part more than once. Raises
    `ExperimentError` for a feature that is not a finite number for every sample.
    """
    features = feature_matrix(dataset.x, data.features)
    for index, column in enumerate(features.T):
        if lost := len(column) - int(np.isfinite(column).sum()):
            message = '"{feature}" has no finite value at {lost:,} of the samples'
            path, feature = f"data.features.{index}", data.features[index]
            raise ExperimentError([Problem(path, message, feature=feature, lost=lost)])
    normalization = fit(data.normalize, features[splits["train"]])
    return PreparedData(dataset, data.features, normalization, splits)
