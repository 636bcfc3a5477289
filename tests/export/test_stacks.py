"""Random networks of every kind of layer: whoever runs them, they predict the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from playground.data import SOURCES
from playground.data.features import FEATURES, inputs_needed, raw_features
from playground.data.normalization import NORMALIZATIONS
from playground.data.prepare import prepare
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.engine.losses import LOSSES
from playground.engine.optimizers import SGD
from playground.experiment import Data, Experiment
from playground.export import Model, load_model, onnx, safetensors
from playground.export.verify import random_inputs
from playground.trainer import Trainer
from tests.export.programs import TOLERANCES, need, predictions

MakeModel = Callable[..., Model]

EPS = st.sampled_from((1e-5, 1e-3, 1e-8, 1.0))
LAYERS = st.one_of(
    st.builds(Dense, st.integers(1, 12), st.sampled_from(tuple(ACTIVATIONS))),
    st.builds(Dropout, st.sampled_from((0.0, 0.2, 0.9))),
    st.builds(BatchNorm, st.sampled_from((0.0, 0.1, 1.0)), EPS, st.booleans()),
    st.builds(LayerNorm, EPS, st.booleans()),
)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    source = SOURCES[draw(st.sampled_from(tuple(SOURCES)))]
    inputs = len(source.input_names)
    names = [name for name in FEATURES if inputs_needed(name) <= inputs]
    names += raw_features(inputs)[2:]
    data = Data(
        source.name,
        samples=200,
        normalize=draw(st.sampled_from(tuple(NORMALIZATIONS))),
        features=tuple(draw(st.lists(st.sampled_from(names), min_size=1, unique=True))),
    )
    task = Experiment(data=data).task
    return Experiment(
        seed=draw(st.integers(0, 2**32 - 1)),
        data=data,
        layers=tuple(draw(st.lists(LAYERS, max_size=8))),
        loss=draw(st.sampled_from([row.name for row in LOSSES.values() if task in row.tasks])),
        optimizer=SGD(learning_rate=0.01),
        precision=draw(st.sampled_from(("float32", "float64"))),
    )


def trained(experiment: Experiment, make_model: MakeModel) -> Trainer:
    """A trainer that goes on a little from random weights and running statistics."""
    trainer = Trainer(experiment, data=prepare(experiment.data, experiment.seed))
    trainer.load_parameters(make_model(experiment, experiment.seed).parameters)
    trainer.advance(steps=experiment.seed % 20)
    return trainer


def difference(model: Model, x: np.ndarray, expected: np.ndarray, given: np.ndarray) -> float:
    """The largest, relative above 1, where rounding to float32 does not move the prediction."""
    size = np.maximum(1.0, np.abs(expected))
    error = np.abs(given - expected) / size
    large = (error > 1e-7).any(axis=1)
    sure = ~large
    sure[large] = (model.rounding(x[large]) / size[large] <= 5e-6).all(axis=1)
    note(f"sure of {sure.mean():.1%}")
    return float(error[sure].max(initial=0.0))


def onnxruntime_prediction(model: Model, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx.encode(model), options)
    return session.run(["y"], {"x": x.astype(np.float32)})[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stacks")


@given(experiments(), st.sampled_from((".safetensors", ".npz", ".json")))
def test_kernels_predict_what_the_model_does(
    make_model: MakeModel, folder: Path, experiment: Experiment, ending: str
) -> None:
    trainer = trained(experiment, make_model)
    model = trainer.model()
    x = random_inputs(model)[:200]
    expected = model.predict(x)
    tolerance = 1e-5 if experiment.precision == "float32" else 1e-9
    assert difference(model, x, expected, trainer.predict(x)) <= tolerance
    trainer.save(folder / f"model{ending}")
    back = load_model(folder / f"model{ending}")
    trainer.load_parameters(back.parameters)
    np.testing.assert_array_equal(trainer.model().predict(x), expected)


@pytest.fixture(params=TOLERANCES)
def ending(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each format of programs that can be run here."""
    need(request.param, monkeypatch)
    return request.param


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(experiments())
def test_programs_predict_what_the_model_does(
    make_model: MakeModel, folder: Path, ending: str, experiment: Experiment
) -> None:
    model = make_model(experiment, experiment.seed)
    x = random_inputs(model)[:200]
    y = predictions(model, ending, x, folder)
    assert difference(model, x, model.predict(x), y) <= TOLERANCES[ending]


@settings(max_examples=200)
@given(experiments())
def test_onnxruntime_predicts_what_the_model_does(
    make_model: MakeModel, experiment: Experiment
) -> None:
    model = make_model(experiment, experiment.seed)
    x = random_inputs(model)[:200]
    y = onnxruntime_prediction(model, x)
    assert difference(model, x, model.predict(x), y) <= 1e-5


@settings(max_examples=200)
@given(experiments())
def test_pytorch_predicts_what_the_model_does(
    make_model: MakeModel, experiment: Experiment
) -> None:
    torch = pytest.importorskip("torch")
    load = pytest.importorskip("safetensors.torch").load
    model = make_model(experiment, experiment.seed)
    x = random_inputs(model)[:200]
    expected = model.predict(x)
    network = sequential(torch, model).double().eval()
    network.load_state_dict(load(safetensors.encode(model)), strict=True)
    with torch.no_grad():
        y = network(torch.from_numpy(model.network_inputs(x)).double()).numpy()
    assert difference(model, x, expected, y) <= 1e-7


def sequential(torch: Any, model: Model) -> Any:
    """The network as a person writes it in PyTorch, with new weights."""
    nn = torch.nn

    class Function(nn.Module):
        def __init__(self, function: Callable[[Any], Any]) -> None:
            super().__init__()
            self.forward = function

    activations = {
        "linear": nn.Identity,
        "threshold": lambda: Function(lambda z: (z > 0).to(z.dtype)),
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,
        "elu": nn.ELU,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "sine": lambda: Function(torch.sin),
        "softmax": lambda: nn.Softmax(dim=1),
    }
    modules = []
    units = len(model.experiment.data.features)
    for layer, _ in model.layers():
        match layer:
            case Dense():
                modules += [nn.Linear(units, layer.units), activations[layer.activation]()]
                units = layer.units
            case Dropout():
                modules.append(nn.Dropout(layer.rate))
            case BatchNorm():
                modules.append(nn.BatchNorm1d(units, layer.eps, layer.momentum))
            case LayerNorm():
                modules.append(nn.LayerNorm(units, layer.eps))
    return nn.Sequential(*modules)
