"""From the description of data to what the first layer is given."""

import numpy as np
import pytest

from playground.data import SOURCES
from playground.data.normalization import NORMALIZATIONS
from playground.data.prepare import prepare
from playground.experiment import Data, Split


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_every_source_is_prepared_with_every_normalisation(source: str, kind: str) -> None:
    data = prepare(Data(source, normalize=kind, features=("x1", "x1*x1", "sin(x1)")), seed=1)
    total = 0
    for name in ("train", "validation", "test"):
        x, y = data.samples(name)
        assert len(x) == len(y) == len(data.splits[name])
        assert data.network_inputs(x).shape == (len(x), 3)
        assert np.isfinite(data.network_inputs(x)).all()
        total += len(x)
    assert total == len(data.dataset.x)


def test_the_same_seed_gives_the_same_data() -> None:
    first, again, other = (prepare(Data(noise=0.2), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.dataset.x, again.dataset.x)
    np.testing.assert_array_equal(first.splits["test"], again.splits["test"])
    assert not np.array_equal(first.dataset.x, other.dataset.x)


def test_another_split_leaves_the_samples_where_they_are() -> None:
    first = prepare(Data(), 5)
    other = prepare(Data(split=Split(0.5, 0.25, 0.25)), 5)
    np.testing.assert_array_equal(first.dataset.x, other.dataset.x)
    assert len(other.splits["train"]) == 250


def test_statistics_come_from_the_training_part_alone() -> None:
    data = prepare(Data("gauss", noise=0.5, normalize="standard"), 1)
    train, _ = data.samples("train")
    test, _ = data.samples("test")
    np.testing.assert_allclose(data.network_inputs(train).mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.network_inputs(train).std(axis=0), 1)
    assert np.abs(data.network_inputs(test).mean(axis=0)).max() > 0.01


def test_features_are_made_before_they_are_normalised() -> None:
    data = prepare(Data("xor", normalize="minmax", features=("x1", "x1*x2")), 1)
    x, _ = data.samples("train")
    product = x[:, 0] * x[:, 1]
    expected = (product - product.min()) / np.ptp(product)
    np.testing.assert_allclose(data.network_inputs(x)[:, 1], expected, atol=1e-15)
