"""Real data: present, whole, and the version they are said to be."""

import numpy as np
import pytest

from playground.data.bundled import BUNDLED
from playground.data.dataset import Dataset


@pytest.fixture
def iris() -> Dataset:
    return BUNDLED["iris"].dataset(10, 0.5, np.random.default_rng(0))


def test_iris_is_150_flowers_of_three_species_whatever_is_asked_for(iris: Dataset) -> None:
    assert BUNDLED["iris"].fixed
    assert iris.x.shape == (150, 4)
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert iris.input_names[2] == "petal length (cm)"


def test_iris_has_the_statistics_that_are_published(iris: Dataset) -> None:
    np.testing.assert_allclose(iris.x.mean(axis=0), [5.843, 3.057, 3.758, 1.199], atol=0.001)
    np.testing.assert_array_equal(iris.x.min(axis=0), [4.3, 2.0, 1.0, 0.1])
    np.testing.assert_array_equal(iris.x.max(axis=0), [7.9, 4.4, 6.9, 2.5])


def test_iris_is_fishers_table_without_the_two_known_errors(iris: Dataset) -> None:
    np.testing.assert_array_equal(iris.x[34], [4.9, 3.1, 1.5, 0.2])
    np.testing.assert_array_equal(iris.x[37], [4.9, 3.6, 1.4, 0.1])


@pytest.mark.parametrize("name", BUNDLED)
def test_the_plotted_inputs_lie_within_their_limits(name: str) -> None:
    data = BUNDLED[name].dataset(10, 0.0, np.random.default_rng(0))
    for column, (low, high) in zip(data.x.T, data.limits, strict=False):
        assert low < column.min()
        assert column.max() < high
