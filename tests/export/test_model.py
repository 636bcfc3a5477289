"""The reference prediction, and what is refused as parameters."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import Dense
from playground.experiment import Data, Experiment
from playground.export import Model, ModelError

MakeModel = Callable[..., Model]


def replaced(model: Model, **tensors: object) -> Model:
    """The model with tensors replaced; `_0_bias` stands for "0.bias"."""
    new = {name[1:].replace("_", "."): array for name, array in tensors.items()}
    return Model(model.description, {**model.parameters, **new})


def test_a_network_small_enough_to_calculate_by_hand(make_model: MakeModel) -> None:
    experiment = Experiment(data=Data(features=("x1^2", "x2")), layers=(Dense(1, "relu"),))
    model = replaced(
        make_model(experiment),
        _0_weight=np.array([[2.0, -1.0]]),
        _0_bias=np.array([0.5]),
        _2_weight=np.array([[3.0]]),
        _2_bias=np.array([-1.0]),
    )
    hidden = [2 * 1.5**2 - 2 + 0.5, 0.0]  # the second is below 0
    expected = [[1 / (1 + math.exp(-(3 * a - 1)))] for a in hidden]
    np.testing.assert_allclose(model.predict(np.array([[1.5, 2.0], [0.0, 9.0]])), expected)


def test_normalisation_is_applied_to_the_features(make_model: MakeModel) -> None:
    data = Data(normalize="standard", features=("x1*x2", "sin(x1)"))
    model = make_model(Experiment(data=data))
    x = np.array([[1.0, 2.0], [-3.0, 0.5]])
    f = np.stack([x[:, 0] * x[:, 1], np.sin(x[:, 0])], axis=1)
    fitted = model.description.normalization
    expected = (f - np.array(fitted.shift)) / np.array(fitted.scale)
    np.testing.assert_allclose(model.network_inputs(x), expected, rtol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_large_pre_activations_raise_nothing(activation: str, make_model: MakeModel) -> None:
    experiment = Experiment(data=Data(source="plane"), layers=(Dense(1, activation),), loss="mse")
    model = replaced(
        make_model(experiment),
        _0_weight=np.array([[1.0, 0.0]]),
        _0_bias=np.zeros(1),
        _2_weight=np.ones((1, 1)),
        _2_bias=np.zeros(1),
    )
    x = np.array([[-1e5, 0.0], [1e5, 0.0]])
    expected = {
        "linear": (-1e5, 1e5),
        "threshold": (0, 1),
        "sigmoid": (0, 1),
        "tanh": (-1, 1),
        "leaky_relu": (-1e3, 1e5),
        "elu": (-1, 1e5),
        "selu": (-1.0507009873554805 * 1.6732632423543772, 1.0507009873554805e5),
        "softsign": (-1e5 / (1 + 1e5), 1e5 / (1 + 1e5)),
        "sine": (math.sin(-1e5), math.sin(1e5)),
    }.get(activation, (0, 1e5))
    np.testing.assert_allclose(model.predict(x)[:, 0], expected, atol=1e-12)


def test_outputs_of_several_classes_are_probabilities(make_model: MakeModel) -> None:
    p = make_model(Experiment(data=Data(source="blobs"))).predict(np.zeros((3, 2)))
    assert p.shape == (3, 4)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_hinge_gives_the_margin_itself(make_model: MakeModel) -> None:
    model = make_model(Experiment(loss="hinge"), seed=3)
    assert model.predict(np.array([[5.0, 5.0], [-5.0, -5.0]])).min() < 0


def test_no_rows_give_no_predictions(make_model: MakeModel) -> None:
    assert make_model().predict(np.empty((0, 2))).shape == (0, 1)


def test_parameters_are_copies_and_read_only(make_model: MakeModel) -> None:
    bias = np.zeros(8)
    model = replaced(make_model(), _0_bias=bias)
    bias[:] = 1.0
    assert not model.parameters["0.bias"].any()
    with pytest.raises(ValueError, match="read-only"):
        model.parameters["0.bias"][0] = 1.0


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        (
            {"_0_weight": np.zeros((8, 3))},
            '"0.weight" has the shape (8, 3); its network needs (8, 2)',
        ),
        ({"_0_bias": np.zeros((8, 1))}, '"0.bias" has the shape (8, 1); its network needs (8,)'),
        ({"_9_bias": np.zeros(8)}, 'it has a tensor "9.bias", which its network does not have'),
        ({"_0_bias": np.zeros(8, int)}, '"0.bias" holds int64 numbers'),
        ({"_0_bias": np.zeros(8, object)}, '"0.bias" holds object numbers'),
        ({"_2_bias": np.full(8, np.nan)}, '"2.bias" holds numbers that are not finite'),
        ({"_2_bias": np.full(8, np.inf)}, '"2.bias" holds numbers that are not finite'),
    ],
)
def test_parameters_that_do_not_fit(
    tensors: dict[str, np.ndarray], sentence: str, make_model: MakeModel
) -> None:
    with pytest.raises(ModelError) as raised:
        replaced(make_model(), **tensors)
    assert str(raised.value).startswith(sentence)


def test_a_missing_parameter_is_named(make_model: MakeModel) -> None:
    model = make_model()
    rest = {name: array for name, array in model.parameters.items() if name != "2.bias"}
    with pytest.raises(ModelError, match=r'it lacks the tensor "2\.bias" of shape \(8,\)'):
        Model(model.description, rest)
