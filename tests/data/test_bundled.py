"""Real data: present, whole, and the version they are said to be."""

import numpy as np
import pytest

from playground.data.bundled import BUNDLED, FOLDER
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


# Rows, inputs, the count of each class, and published means and ranges of some columns
PUBLISHED = {
    "penguins": (
        (342, 4),
        [151, 68, 123],
        {"bill length (mm)": (43.92, 32.1, 59.6), "body mass (g)": (4201.75, 2700, 6300)},
    ),
    "wine": (
        (178, 13),
        [59, 71, 48],
        {
            "alcohol": (13.0, 11.03, 14.83),
            "magnesium": (99.74, 70, 162),
            "hue": (0.957, 0.48, 1.71),
            "proline": (746.9, 278, 1680),
        },
    ),
    "breast-cancer": (
        (569, 30),
        [357, 212],
        {"mean radius": (14.127, 6.981, 28.11), "worst area": (880.58, 185.2, 4254)},
    ),
    "digits": (
        (1797, 64),
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
        {"row 1 column 2": (0.3038, 0, 8), "row 1 column 3": (5.2048, 0, 16)},
    ),
    "diabetes": (
        (442, 10),
        [],
        {"age (years)": (48.52, 19, 79), "body mass index (kg/m²)": (26.38, 18, 42.2)},
    ),
    "pass": ((240, 2), [117, 123], {"lectures attended": (12, 0, 24)}),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_data_are_those_that_are_published(name: str) -> None:
    shape, counts, columns = PUBLISHED[name]
    data = BUNDLED[name].dataset(10, 0.0, np.random.default_rng(0))
    assert data.x.shape == shape
    assert np.bincount(data.y).tolist() == counts if counts else data.y.shape == (shape[0], 1)
    for column, (mean, low, high) in columns.items():
        values = data.x[:, data.input_names.index(column)]
        apart = 0.4 if name == "pass" else 0.0  # made by chance, not published
        np.testing.assert_allclose(values.mean(), mean, rtol=0.005, atol=apart)
        assert (values.min(), values.max()) == (low, high)


def test_the_progression_of_diabetes_is_that_of_efron_and_others() -> None:
    y = BUNDLED["diabetes"].dataset(10, 0.0, np.random.default_rng(0)).y
    np.testing.assert_allclose((y.mean(), y.min(), y.max()), (152.133, 25, 346), atol=0.001)


def test_a_digit_is_a_picture_of_itself() -> None:
    digits = BUNDLED["digits"].dataset(10, 0.0, np.random.default_rng(0))
    assert digits.y[:10].tolist() == list(range(10))
    zero = digits.x[0].reshape(8, 8)
    assert zero[3:5, 3:5].max() < 3 < zero[3, 2]  # empty in the middle, ink around


def test_every_file_has_its_licence_told() -> None:
    told = (FOLDER / "README.md").read_text("utf-8")
    for name, source in BUNDLED.items():
        assert f"| `{name}.csv` |" in told
        assert f"\n`{name}.csv`" in told
        assert source.about


@pytest.mark.parametrize("name", BUNDLED)
def test_the_plotted_inputs_lie_within_their_limits(name: str) -> None:
    data = BUNDLED[name].dataset(10, 0.0, np.random.default_rng(0))
    for column, (low, high) in zip(data.x.T, data.limits, strict=False):
        assert low < column.min()
        assert column.max() < high
