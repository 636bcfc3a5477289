"""Networks of other programs: opened, they predict what they did there, and can be trained on."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import safetensors.numpy
from onnx import TensorProto, checker, helper, numpy_helper

from playground.engine.layers import BatchNorm, Dense, LayerNorm
from playground.experiment import Data, Experiment
from playground.export import Model, ModelError, load_model, save_model
from playground.trainer import Trainer

MakeModel = Callable[..., Model]

OTHERS = Path(__file__).parent / "others"
KERAS_ACTIVATIONS = ["relu", "tanh", "sigmoid", "elu", "selu", "silu", "softplus", "softsign"]
KERAS_ACTIVATIONS += ["sine", "sigmoid"]


def activations(model: Model) -> list[str]:
    return [getattr(layer, "activation", type(layer).__name__) for layer, _ in model.layers()]


def check_as_onnxruntime(path: Path, model: Model) -> None:
    """What onnxruntime makes of the file is what the model predicts."""
    inputs = len(model.description.input_names)
    x = np.random.default_rng(3).uniform(-3, 3, (200, inputs)).astype(np.float32)
    session = onnxruntime.InferenceSession(path)
    y = session.run(None, {session.get_inputs()[0].name: x})[-1]
    if isinstance(y, list):  # scikit-learn's dictionaries of classes
        y = np.array([[*each.values()] for each in y])
    y = y.reshape(len(x), -1)
    if y.shape[1] == 2:
        y = y[:, 1:]  # two classes have one output here
    np.testing.assert_allclose(model.predict(x), y, rtol=1e-5, atol=1e-6)


def check_trains(model: Model) -> None:
    trainer = Trainer(model.experiment.with_("optimizer.learning_rate", 1e-3))
    trainer.load_parameters(model.parameters)
    trainer.advance(steps=20)
    assert trainer.status == "ready"
    assert any(
        not np.array_equal(array, model.parameters[name])
        for name, array in trainer.parameters.items()
    )


@pytest.mark.parametrize(
    ("name", "kinds", "source", "normalize"),
    [
        ("scikit-learn-mlp-binary", ["tanh", "tanh", "sigmoid"], "circle", "none"),
        ("scikit-learn-mlp-binary-arrays", ["tanh", "tanh", "sigmoid"], "circle", "none"),
        ("scikit-learn-mlp-three-scaled", ["relu", "softmax"], "iris", "standard"),
        ("scikit-learn-mlp-regression", ["sigmoid", "linear"], "plane", "none"),
        (
            "keras-activations",
            KERAS_ACTIVATIONS,
            "circle",
            "none",
        ),
        ("keras-norms", ["relu", "BatchNorm", "tanh", "LayerNorm", "softmax"], "iris", "none"),
        ("keras-two-outputs", ["relu", "sigmoid"], "circle", "none"),
    ],
)
def test_networks_of_scikit_learn_and_keras(
    name: str, kinds: list[str], source: str, normalize: str, tmp_path: Path
) -> None:
    path = OTHERS / f"{name}.onnx"
    model = load_model(path)
    assert activations(model) == kinds
    assert (model.experiment.data.source, model.experiment.data.normalize) == (source, normalize)
    check_as_onnxruntime(path, model)
    check_trains(model)
    save_model(model, tmp_path / "own.onnx")
    check_as_onnxruntime(tmp_path / "own.onnx", load_model(tmp_path / "own.onnx"))


def test_an_activation_with_another_slope_is_refused() -> None:
    with pytest.raises(ModelError, match=r'LeakyRelu:0" of shape \(n, 4\) comes from LeakyRelu'):
        load_model(OTHERS / "keras-leaky.onnx")


def test_every_kept_file_is_opened_here() -> None:
    source = Path(__file__).read_text()
    assert all(path.stem in source for path in OTHERS.glob("*.onnx"))


# scikit-learn itself, where it is installed


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("zipmap", [True, False])
def test_any_multi_layer_perceptron_of_scikit_learn(
    activation: str, zipmap: bool, tmp_path: Path
) -> None:
    network = pytest.importorskip("sklearn.neural_network")
    skl2onnx = pytest.importorskip("skl2onnx")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4)).astype(np.float32)
    classifier = network.MLPClassifier((7, 3), activation=activation, max_iter=5000, tol=1)
    classifier.fit(x, np.arange(60) % 3)
    content = skl2onnx.to_onnx(classifier, x[:1], options={"zipmap": zipmap})
    path = tmp_path / "mlp.onnx"
    path.write_bytes(content.SerializeToString())
    check_as_onnxruntime(path, load_model(path))


# Graphs by hand


def onnx_file(
    path: Path, nodes: list[Any], constants: dict[str, np.ndarray], width: int = 2
) -> Path:
    """A checked file with input "x" (N, width) and output "y"."""
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(
        nodes,
        "by hand",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", "M"])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def weights(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def scalar(number: float) -> np.ndarray:
    return np.array(number, np.float32)


GELUS = {
    "pytorch": [
        helper.make_node("Div", ["z", "root"], ["d"]),
        helper.make_node("Erf", ["d"], ["e"]),
        helper.make_node("Add", ["e", "one"], ["f"]),
        helper.make_node("Mul", ["z", "f"], ["g"]),
        helper.make_node("Mul", ["g", "half"], ["a"]),
    ],
    "keras": [
        helper.make_node("Mul", ["half", "z"], ["h"]),
        helper.make_node("Div", ["z", "root"], ["d"]),
        helper.make_node("Erf", ["d"], ["e"]),
        helper.make_node("Add", ["one", "e"], ["f"]),
        helper.make_node("Mul", ["h", "f"], ["a"]),
    ],
}
SWISH = [helper.make_node("Sigmoid", ["z"], ["s"]), helper.make_node("Mul", ["s", "z"], ["a"])]


@pytest.mark.parametrize(
    ("between", "name"),
    [(GELUS["pytorch"], "gelu"), (GELUS["keras"], "gelu"), (SWISH, "silu")],
)
def test_activations_written_out(between: list[Any], name: str, tmp_path: Path) -> None:
    w, b, v, c = weights((2, 3), (3,), (1, 3), (1,))
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"]),
        helper.make_node("Add", ["b", "m"], ["z"]),
        *between,
        helper.make_node("Gemm", ["a", "v", "c"], ["y"], transB=1),
    ]
    constants = {"w": w, "b": b, "v": v, "c": c}
    constants |= {"root": scalar(2**0.5), "one": scalar(1), "half": scalar(0.5)}
    path = onnx_file(tmp_path / "m.onnx", nodes, constants)
    model = load_model(path)
    assert activations(model) == [name, "linear"]
    np.testing.assert_array_equal(model.parameters["0.weight"], w.T)
    np.testing.assert_array_equal(model.parameters["0.bias"], b)
    check_as_onnxruntime(path, model)


def test_norms_as_operators_and_a_scale_before_the_first_layer(tmp_path: Path) -> None:
    w, g, h, v = weights((3, 2), (3,), (3,), (1, 3))
    nodes = [
        helper.make_node("Sub", ["x", "shift"], ["s"]),
        helper.make_node("Div", ["s", "scale"], ["n"]),
        helper.make_node("Gemm", ["n", "w"], ["z"], transB=1),
        helper.make_node("Tanh", ["z"], ["a"]),
        helper.make_node("BatchNormalization", ["a", "g", "h", "h", "r"], ["b"], epsilon=1e-3),
        helper.make_node("LayerNormalization", ["b", "g", "h"], ["l"], epsilon=1e-4),
        helper.make_node("Gemm", ["l", "v"], ["o"], transB=1),
        helper.make_node("Sigmoid", ["o"], ["y"]),
    ]
    constants = {"w": w, "g": g, "h": h, "v": v, "r": np.abs(g) + 1}
    shift, scale = np.array([1, -2], np.float32), np.array([3, 4], np.float32)
    path = onnx_file(tmp_path / "m.onnx", nodes, constants | {"shift": shift, "scale": scale})
    model = load_model(path)
    assert model.experiment.layers == (
        Dense(3, "tanh"),
        BatchNorm(eps=1e-3),
        LayerNorm(eps=1e-4),
    )
    assert model.description.normalization.shift == pytest.approx((1, -2))
    assert model.description.normalization.scale == pytest.approx((3, 4))
    check_as_onnxruntime(path, model)


def test_what_does_not_fit_is_said_with_its_name_and_shape(tmp_path: Path) -> None:
    w, v, image = weights((2, 3), (3, 1), (3, 2, 1, 1))
    first = helper.make_node("MatMul", ["x", "w"], ["z"])
    last = helper.make_node("MatMul", ["a", "v"], ["y"])

    def refused(nodes: list[Any], constants: dict[str, np.ndarray]) -> str:
        path = onnx_file(tmp_path / "m.onnx", nodes, constants)
        with pytest.raises(ModelError) as raised:
            load_model(path)
        return str(raised.value).removeprefix('"m.onnx" cannot be opened: ')

    both = {"w": w, "v": v}
    assert refused([first, helper.make_node("Exp", ["z"], ["a"]), last], both) == (
        '"a" of shape (n, 3) comes from Exp, which makes no layer that is known here'
    )
    relu = helper.make_node("Relu", ["z"], ["a"])
    assert refused([first, relu, last], {"w": w, "v": v[:2]}) == (
        'MatMul with "v" of shape (2, 1) is no layer that is known here'
    )
    skip = helper.make_node("Concat", ["z", "x"], ["a"], axis=1)
    assert refused([first, skip, last], {"w": w, "v": np.ones((5, 1), np.float32)}).startswith(
        'MatMul with "v" of shape (5, 1)'
    )
    convolution = helper.make_node("Conv", ["x", "image"], ["y"])
    assert refused([convolution], {"image": image}) == "it has no layer that is known here"
    twice = [first, relu, helper.make_node("Sin", ["a"], ["y"])]
    assert refused(twice, {"w": w}) == (
        '"z" of shape (n, 3) goes through sine after another activation or a norm; here a dense '
        "layer has one activation, and before its norm"
    )
    tanh = [first, helper.make_node("Tanh", ["z"], ["y"])]
    assert refused(tanh, {"w": w}).startswith("its outputs go through tanh; here that can be")


@pytest.mark.parametrize("operator", ["Neg", "Erf"])
def test_a_riddle_is_given_up_in_time(operator: str, tmp_path: Path) -> None:
    # Every part of it may be a norm, in any grouping; the whole is nothing that is known.
    nodes, here = [], "x"
    for place in range(20):
        nodes.append(helper.make_node("MatMul", [here, f"w{place % 2}"], [f"z{place}"]))
        names = [f"z{place}", *(f"t{place}.{step}" for step in range(27)), f"a{place}"]
        for step, (given, made) in enumerate(pairwise(names)):
            kind = "Exp" if made == f"a{place}" else operator if step % 2 else "Neg"
            nodes.append(helper.make_node(kind, [given], [made]))
        here = f"a{place}"
    nodes.append(helper.make_node("MatMul", [here, "w0"], ["y"]))
    wide, back = weights((2, 1000), (1000, 2))
    path = onnx_file(tmp_path / "m.onnx", nodes, {"w0": wide, "w1": back})
    begun = perf_counter()
    with pytest.raises(ModelError, match="which makes no layer that is known here"):
        load_model(path)
    assert perf_counter() - begun < 2


def test_a_hundred_outputs_have_no_data(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["z"]),
        helper.make_node("Softmax", ["z"], ["y"]),
    ]
    path = onnx_file(tmp_path / "m.onnx", nodes, {"w": np.ones((2, 100), np.float32)})
    with pytest.raises(ModelError, match="takes 2 inputs and gives 100 outputs, and no data here"):
        load_model(path)


def test_tensors_in_another_file_are_not_read(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    path = onnx_file(tmp_path / "m.onnx", nodes, {"w": np.ones((2, 1), np.float32)})
    model = onnx.load(path)
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "../secret")
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match='its tensor "w" is in another file, which is not read'):
        load_model(path)


# PyTorch's state dicts


def state_file(path: Path, **tensors: np.ndarray) -> Path:
    """A safetensors file; "_0_weight" stands for "0.weight"."""
    named = {
        name.strip("_").replace("__", " ").replace("_", ".").replace(" ", "_"): np.asarray(array)
        for name, array in tensors.items()
    }
    safetensors.numpy.save_file(named, path)
    return path


def test_a_state_dict_becomes_a_network(tmp_path: Path) -> None:
    w, b, v, c = weights((4, 2), (4,), (1, 4), (1,))
    path = state_file(tmp_path / "m.safetensors", _0_weight=w, _0_bias=b, _2_weight=v, _2_bias=c)
    model = load_model(path, activation="tanh")
    assert activations(model) == ["tanh", "sigmoid"]
    assert "Its activations are not in the file: tanh is assumed." in model.notices
    x = np.random.default_rng(0).normal(size=(9, 2))
    z = np.tanh(x @ w.T.astype(float) + b) @ v.T + c
    np.testing.assert_allclose(model.predict(x), 1 / (1 + np.exp(-z)))
    assert activations(load_model(path)) == ["relu", "sigmoid"]
    check_trains(model)


def test_it_is_opened_on_the_data_at_hand_where_they_fit(tmp_path: Path) -> None:
    w, v = weights((4, 2), (1, 4))
    path = state_file(tmp_path / "m.safetensors", _0_weight=w, _2_weight=v)
    for source in ("moons", "plane"):
        like = Experiment(data=Data(source=source), loss="mse", seed=5)
        model = load_model(path, like)
        assert (model.experiment.data.source, model.experiment.seed) == (
            ("moons", 5) if source == "moons" else ("circle", 42)
        )
    assert "A layer without a bias got one of 0." in model.notices
    assert not model.parameters["0.bias"].any()


def test_norms_gaps_and_prefixes_in_a_state_dict(tmp_path: Path) -> None:
    w, g, v, h, u = weights((4, 4), (4,), (5, 4), (5,), (3, 5))
    tensors = {"net.0.weight": w, "net.2.weight": g, "net.2.bias": g, "net.2.running_mean": g}
    tensors |= {"net.2.running_var": np.abs(g), "net.2.num_batches_tracked": np.array(7)}
    tensors |= {"net.4.weight": v, "net.6.weight": h, "net.6.bias": h, "net.7.weight": u}
    safetensors.numpy.save_file(tensors, tmp_path / "m.safetensors")
    model = load_model(tmp_path / "m.safetensors", Experiment.example("iris"))
    assert activations(model) == ["relu", "BatchNorm", "relu", "LayerNorm", "softmax"]
    assert any("ε and momentum" in notice for notice in model.notices)


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"fc1.weight": (4, 2)}, '"fc1.weight" of shape (4, 2) is no part of a layer that fits'),
        ({"0.weight": (4, 2, 3, 3)}, '"0.weight" of shape (4, 2, 3, 3) is no part of a layer'),
        ({"0.weight": (4, 2), "2.weight": (1, 5)}, '"2.weight" of shape (1, 5) is no part'),
        ({"0.weight": (4, 2), "0.bias": (3,)}, '"0.bias" of shape (3,) is no part of a layer'),
        ({"0.weight": (4, 2), "1.weight": (5,), "1.bias": (5,)}, '"1.weight" of shape (5,)'),
        ({"0.weight": (4, 2), "1.running_mean": (4,)}, '"1.running_mean" of shape (4,)'),
        ({"0.weight": (4, 2), "a.0.weight": (4, 2)}, "no torch.nn.Sequential"),
        ({"0.weight": (4,), "0.bias": (4,)}, "its last layer is a norm"),
        (
            {"0.weight": (4, 2), "1.weight": (4,), "1.bias": (4,), "3.weight": (1, 4)},
            'what follows "1" is not in the file, and an activation after a norm is no layer',
        ),
        ({"0.weight": (600, 2), "2.weight": (1, 600)}, "no network that can be here: layers.0"),
        ({"0.weight": (1, 17)}, "it takes 17 inputs and gives 1 outputs, and no data here"),
    ],
)
def test_state_dicts_that_do_not_fit(
    tensors: dict[str, tuple[int, ...]], sentence: str, tmp_path: Path
) -> None:
    arrays = {name: np.ones(shape, np.float32) for name, shape in tensors.items()}
    safetensors.numpy.save_file(arrays, tmp_path / "m.safetensors")
    with pytest.raises(ModelError) as raised:
        load_model(tmp_path / "m.safetensors")
    assert sentence in str(raised.value)


def test_a_sequential_of_pytorch_itself(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    save_file = pytest.importorskip("safetensors.torch").save_file
    nn = torch.nn
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(2, 6), nn.SiLU(), nn.BatchNorm1d(6), nn.Dropout(), nn.Linear(6, 3), nn.SiLU(),
        nn.LayerNorm(3), nn.Linear(3, 2),
    )  # fmt: skip
    network(torch.randn(50, 2))
    save_file(network.state_dict(), tmp_path / "m.safetensors")
    model = load_model(tmp_path / "m.safetensors", activation="silu")
    x = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    with torch.no_grad():
        expected = torch.softmax(network.eval()(torch.from_numpy(x)), 1)[:, 1:].numpy()
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5, atol=1e-6)


def test_own_onnx_without_its_description_is_still_a_network(
    make_model: MakeModel, tmp_path: Path
) -> None:
    data = Data(source="blobs")
    names = ("gelu", "silu", "softplus", "softsign", "elu", "selu", "sine", "relu", "threshold")
    model = make_model(Experiment(data=data, layers=tuple(Dense(3, name) for name in names)))
    path = tmp_path / "m.onnx"
    save_model(model, path)
    content = onnx.load(path)
    del content.metadata_props[:]
    path.write_bytes(content.SerializeToString())
    back = load_model(path, model.experiment)
    assert activations(back) == [*names, "softmax"]
    x = np.random.default_rng(0).uniform(-6, 6, (50, 2))
    np.testing.assert_allclose(back.predict(x), model.predict(x), atol=1e-6)
