"""Features compute the formula that is their name."""

import numpy as np
import pytest

from playground.data.features import FEATURES, feature_matrix, feature_of, inputs_needed
from playground.data.parser import FormulaError

SEVEN = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]


INPUTS = ("x3", "x64", "x1000")


def test_the_seven_features_of_the_plane_are_offered() -> None:
    assert list(FEATURES) == SEVEN


@pytest.mark.parametrize("name", ["x0", "x1001", "x01", "x", "y1", "", "3", "x1 > 2"])
def test_what_is_no_feature_is_refused(name: str) -> None:
    with pytest.raises(FormulaError):
        feature_of(name)


@pytest.mark.parametrize("name", [*FEATURES, *INPUTS])
def test_every_feature_is_what_its_name_says(name: str) -> None:
    x = np.random.default_rng(0).uniform(-6, 6, (20, inputs_needed(name)))
    columns = {f"x{index + 1}": x[:, index] for index in range(x.shape[1])}
    formula = name.replace("^", "**")
    expected = eval(formula, {"sin": np.sin, "__builtins__": {}}, columns)
    np.testing.assert_allclose(feature_matrix(x, [name])[:, 0], expected, rtol=1e-14)


@pytest.mark.parametrize("name", [*FEATURES, *INPUTS])
def test_every_feature_has_a_label_for_people(name: str) -> None:
    subscripts = str.maketrans("₀₁₂₃₄₅₆₇₈₉²", "01234567892")
    plain = name.translate(str.maketrans("", "", "^*()"))
    assert feature_of(name).label.translate(subscripts).replace(" ", "") == plain


def test_features_stand_in_the_order_asked_for() -> None:
    x = np.array([[2.0, 3.0], [4.0, 5.0]])
    matrix = feature_matrix(x, ["x2", "x1*x2", "x1"])
    np.testing.assert_array_equal(matrix, [[3, 6, 2], [5, 20, 4]])


def test_whole_numbers_and_float32_come_out_as_float64() -> None:
    assert feature_matrix(np.array([[1, 2]]), SEVEN).dtype == np.float64
    assert feature_matrix(np.array([[1, 2]], np.float32), SEVEN).dtype == np.float64
    assert feature_matrix(np.empty((0, 2)), SEVEN).shape == (0, 7)
