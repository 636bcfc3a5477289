"""The reference prediction, and what is refused as parameters."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import Data, Experiment
from playground.export import Model, ModelError, forward, onnx

MakeModel = Callable[..., Model]


def replaced(model: Model, **tensors: object) -> Model:
    """The model with tensors replaced; `_0_bias` stands for "0.bias", and "__" for "_"."""
    names = {
        name: name[1:].replace("__", " ").replace("_", ".").replace(" ", "_") for name in tensors
    }
    new = {names[name]: array for name, array in tensors.items()}
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


def test_batch_norm_by_hand(make_model: MakeModel) -> None:
    layers = (BatchNorm(eps=0.25), Dropout(0.9))  # which drops nothing here
    model = replaced(
        make_model(Experiment(data=Data(source="plane"), layers=layers, loss="mse")),
        _0_weight=np.array([2.0, -1.0]),
        _0_bias=np.array([0.5, 0.0]),
        _0_running__mean=np.array([1.0, 3.0]),
        _0_running__var=np.array([3.75, 0.0]),
        _2_weight=np.array([[1.0, 10.0]]),
        _2_bias=np.array([0.0]),
    )
    y = (2 * (5 - 1) / 2 + 0.5) + 10 * (-1 * (4 - 3) / 0.5)
    np.testing.assert_allclose(model.predict(np.array([[5.0, 4.0], [1.0, 3.0]])), [[y], [0.5]])


def test_layer_norm_by_hand(make_model: MakeModel) -> None:
    model = replaced(
        make_model(
            Experiment(data=Data(source="plane"), layers=(LayerNorm(eps=0.25),), loss="mse")
        ),
        _0_weight=np.array([2.0, -1.0]),
        _0_bias=np.array([0.5, 0.0]),
        _1_weight=np.array([[1.0, 10.0]]),
        _1_bias=np.array([0.0]),
    )
    scale = 1 / math.sqrt(3.75 + 0.25)  # of a sample
    x = np.array([[1.0, 1.0 + 2 * math.sqrt(3.75)], [7.0, 7.0]])
    y = (2 * -math.sqrt(3.75) * scale + 0.5) + 10 * (-1 * math.sqrt(3.75) * scale)
    np.testing.assert_allclose(model.predict(x), [[y], [0.5]])


def test_a_threshold_output_is_0_or_1_and_0_at_the_edge(make_model: MakeModel) -> None:
    model = replaced(
        make_model(Experiment(layers=(), loss="perceptron")),
        _0_weight=np.array([[1.0, 0.0]]),
        _0_bias=np.array([-2.0]),
    )
    x = np.array([[1.0, 0.0], [2.0, 0.0], [2.5, 0.0]])
    np.testing.assert_array_equal(model.predict(x), [[0.0], [0.0], [1.0]])


def test_every_layer_of_the_catalogue_is_known() -> None:
    assert set(forward.LAYERS) == set(onnx.LAYERS) == set(LAYERS.values())


def test_names_are_those_of_modules_layer_by_layer(make_model: MakeModel) -> None:
    layers = (BatchNorm(), Dense(3), Dropout(), LayerNorm())
    shapes = {
        name: each.shape for name, each in make_model(Experiment(layers=layers)).parameters.items()
    }
    assert list(shapes.items()) == [
        ("0.weight", (2,)),
        ("0.bias", (2,)),
        ("0.running_mean", (2,)),
        ("0.running_var", (2,)),
        ("1.weight", (3, 2)),
        ("1.bias", (3,)),
        ("4.weight", (3,)),
        ("4.bias", (3,)),
        ("5.weight", (1, 3)),
        ("5.bias", (1,)),
    ]


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


def test_a_variance_below_0_is_refused(make_model: MakeModel) -> None:
    model = make_model(Experiment(layers=(Dense(2), BatchNorm())))
    replaced(model, _2_running__var=np.zeros(2), _2_running__mean=np.full(2, -1.0))
    with pytest.raises(ModelError, match=r'"2\.running_var" holds numbers below 0, which no'):
        replaced(model, _2_running__var=np.array([1.0, -1e-9]))


def test_a_missing_parameter_is_named(make_model: MakeModel) -> None:
    model = make_model()
    rest = {name: array for name, array in model.parameters.items() if name != "2.bias"}
    with pytest.raises(ModelError, match=r'it lacks the tensor "2\.bias" of shape \(8,\)'):
        Model(model.description, rest)
