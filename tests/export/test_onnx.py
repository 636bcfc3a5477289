"""ONNX files, as onnx's checker and onnxruntime see them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from playground.data.normalization import NORMALIZATIONS
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.engine.losses import LOSSES
from playground.experiment import Data, Experiment
from playground.export import ExportError, Model, save_model
from playground.export import onnx as onnx_format
from playground.export.description import Range, Statistics

MakeModel = Callable[..., Model]

SOURCES_OF_TASKS = {"binary": "moons", "classes": "blobs", "regression": "multi-gauss"}


def check_with_onnxruntime(model: Model, folder: Path) -> None:
    path = folder / "model.onnx"
    save_model(model, path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    ranges = np.array([(each.low, each.high) for each in model.description.input_ranges])
    rng = np.random.default_rng(5)
    x = rng.uniform(ranges[:, 0], ranges[:, 1], (1000, len(ranges))).astype(np.float32)
    (y,) = session.run(["y"], {"x": x})
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, model.predict(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("normalize", NORMALIZATIONS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(
    activation: str, normalize: str, make_model: MakeModel, tmp_path: Path
) -> None:
    features = ("x1", "x2^2", "x1*x2", "sin(x2)")
    data = Data(features=features, normalize=normalize)
    layers = (Dense(6, activation), Dense(4, activation))
    check_with_onnxruntime(make_model(Experiment(data=data, layers=layers)), tmp_path)


@pytest.mark.parametrize(
    ("task", "loss"), [(task, row.name) for row in LOSSES.values() for task in row.tasks]
)
def test_tasks_and_losses(task: str, loss: str, make_model: MakeModel, tmp_path: Path) -> None:
    experiment = Experiment(data=Data(source=SOURCES_OF_TASKS[task]), loss=loss)
    check_with_onnxruntime(make_model(experiment), tmp_path)


def test_real_data(make_model: MakeModel, tmp_path: Path) -> None:
    check_with_onnxruntime(make_model(Experiment.example("iris")), tmp_path)


def test_inputs_far_from_zero_lose_no_digits(make_model: MakeModel, tmp_path: Path) -> None:
    # x1 is a year, of which only the last digits matter: float32 would keep 7 of the 10 they need.
    model = make_model(Experiment(data=Data(normalize="standard")))
    description = replace(
        model.description,
        input_ranges=(Range(2_000_000.0, 2_000_004.0), Range(-1.0, 1.0)),
        normalization=Statistics((2_000_002.1234567, 0.0), (0.5, 1.0)),
    )
    check_with_onnxruntime(Model(description, model.parameters), tmp_path)


@pytest.mark.parametrize("activation", ["softplus", "sigmoid", "silu", "gelu", "elu", "selu"])
def test_large_pre_activations_do_not_overflow(
    activation: str, make_model: MakeModel, tmp_path: Path
) -> None:
    layers = (Dense(3, activation),)
    model = make_model(Experiment(data=Data(source="plane"), layers=layers, loss="mse"))
    large = {**model.parameters, "0.weight": model.parameters["0.weight"] * 300}
    check_with_onnxruntime(Model(model.description, large), tmp_path)


def test_what_other_programs_see(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    model = make_model(Experiment(seed=77))
    save_model(model, path)
    session = onnxruntime.InferenceSession(path)
    (x,), (y,) = session.get_inputs(), session.get_outputs()
    assert (x.name, x.type, x.shape) == ("x", "tensor(float)", ["N", 2])
    assert (y.name, y.type, y.shape) == ("y", "tensor(float)", ["N", 1])
    loaded = onnx.load(path)
    assert loaded.ir_version == 8
    assert [(each.domain, each.version) for each in loaded.opset_import] == [("", 17)]
    assert {each.name for each in loaded.graph.initializer} == set(model.parameters)
    carried = json.loads(session.get_modelmeta().custom_metadata_map["playground"])
    assert carried["experiment"]["seed"] == 77
    assert carried["class_names"] == list(model.description.class_names)


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_any_number_of_rows(rows: int, make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    save_model(make_model(Experiment(data=Data(normalize="minmax"))), path)
    x = np.zeros((rows, 2), np.float32)
    assert onnxruntime.InferenceSession(path).run(None, {"x": x})[0].shape == (rows, 1)


def test_layers_become_operators_and_dropout_none(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    layers = (Dense(4), Dropout(), BatchNorm(eps=1e-3), Dropout(), LayerNorm(eps=1e-4))
    model = make_model(Experiment(layers=layers, loss="perceptron"))
    save_model(model, path)
    graph = onnx.load(path).graph
    operators = [node.op_type for node in graph.node]
    assert operators == [
        *("Gemm", "Tanh"),
        *("Sub", "BatchNormalization"),
        *("ReduceMean", "Sub", "LayerNormalization"),
        *("Gemm", "Sign", "Relu"),
    ]
    assert set(model.parameters) <= {each.name for each in graph.initializer}
    attributes = {
        node.op_type: onnx.helper.get_node_attr_value(node, "epsilon")
        for node in graph.node
        if node.op_type.endswith("Normalization")
    }
    assert attributes == pytest.approx({"BatchNormalization": 1e-3, "LayerNormalization": 1e-4})


@pytest.mark.parametrize("norm", [BatchNorm(), LayerNorm()])
def test_norms_far_from_zero_lose_no_digits(
    norm: BatchNorm | LayerNorm, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model(Experiment(data=Data(source="plane"), layers=(norm,), loss="mse"))
    far = {"0.running_mean": np.full(2, 1000.0), "0.running_var": np.full(2, 1e-2)}
    own = {name: array for name, array in far.items() if name in model.parameters}
    ranges = (Range(999.9, 1000.1), Range(999.9, 1000.1))
    description = replace(model.description, input_ranges=ranges)
    check_with_onnxruntime(Model(description, {**model.parameters, **own}), tmp_path)


@pytest.mark.parametrize(
    ("table", "key", "named"),
    [
        ("LAYERS", BatchNorm, "layer Batch norm"),
        ("LAYERS", Dropout, "layer Dropout"),
        ("ACTIVATIONS", "gelu", "activation gelu"),
        ("ACTIVATIONS", "threshold", "activation threshold"),
        ("FEATURE_OPERATORS", "sin", "function sin"),
    ],
)
def test_what_onnx_cannot_express_is_refused_by_name(
    table: str,
    key: object,
    named: str,
    make_model: MakeModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layers = (Dense(4, "gelu"), BatchNorm(), Dropout())
    data = Data(features=("x1", "sin(x1)"))
    model = make_model(Experiment(data=data, layers=layers, loss="perceptron"))
    monkeypatch.delitem(getattr(onnx_format, table), key)
    with pytest.raises(ExportError) as raised:
        save_model(model, tmp_path / "model.onnx")
    assert str(raised.value) == f"not saved: ONNX cannot express the {named}"
    assert not any(tmp_path.iterdir())
