"""Every format takes every network, and gives back what it took."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.data.features import FEATURES
from playground.data.normalization import NORMALIZATIONS
from playground.data.points import MOST_POINTS, POINTS, Points
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, LayerNorm
from playground.engine.losses import LOSSES
from playground.experiment import Data, Experiment
from playground.export import FORMATS, Model, load_model, save_model

# The others are programs; test_programs.py runs them.
DATA_FORMATS = (".safetensors", ".npz", ".json", ".onnx")

MakeModel = Callable[..., Model]

TYPED = ("x1^3", "sin(3*x1) - cos(x2)/2", "exp(-x1^2)", "abs(x2)^0.5", "-tan(x1/7)")
TYPED += ("log(1 + x1^2)", "sqrt(abs(x1*x2))", "floor(x1)", "tanh(2^(x2/2))", "x1/(1+x2^2)")
SOURCES_OF_TASKS = {"binary": "spiral", "classes": "blobs", "regression": "plane"}


def check_round_trip(model: Model, folder: Path) -> None:
    for ending in DATA_FORMATS:
        path = folder / f"model{ending}"
        saved = save_model(model, path)
        assert saved.agreeing == 1000
        assert saved.difference <= 1e-5
        back = load_model(path)
        if ending == ".onnx":  # its numbers are float32
            narrow = {name: each.astype("f4") for name, each in model.parameters.items()}
            check_same(back, Model(model.description, narrow))
        else:
            check_same(back, model)


def check_same(back: Model, model: Model) -> None:
    assert back.description == model.description
    assert list(back.parameters) == list(model.parameters)
    for name, array in model.parameters.items():
        assert back.parameters[name].dtype == array.dtype
        assert back.parameters[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(activation: str, make_model: MakeModel, tmp_path: Path) -> None:
    layers = (Dense(5, activation), Dense(3, activation))
    check_round_trip(make_model(Experiment(layers=layers)), tmp_path)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_layers(layer: str, precision: str, make_model: MakeModel, tmp_path: Path) -> None:
    first, last = LAYERS[layer](), LAYERS[layer]()
    experiment = Experiment(layers=(first, Dense(5), last), precision=precision)
    check_round_trip(make_model(experiment), tmp_path)


def test_settings_of_layers_are_kept(make_model: MakeModel, tmp_path: Path) -> None:
    layers = (
        Dense(6, "gelu", frozen=True),
        Dropout(0.25),
        BatchNorm(momentum=0.5, eps=1e-3, frozen=True),
        LayerNorm(eps=1e-2, frozen=True),
    )
    check_round_trip(make_model(Experiment(layers=layers)), tmp_path)


@pytest.mark.parametrize(
    ("task", "loss"), [(task, row.name) for row in LOSSES.values() for task in row.tasks]
)
def test_tasks_and_losses(task: str, loss: str, make_model: MakeModel, tmp_path: Path) -> None:
    experiment = Experiment(data=Data(source=SOURCES_OF_TASKS[task]), loss=loss)
    assert experiment.task == task
    check_round_trip(make_model(experiment), tmp_path)


@pytest.mark.parametrize("normalize", NORMALIZATIONS)
@pytest.mark.parametrize("features", [("x2",), ("x1", "x2"), ("x2", "x1"), FEATURES, TYPED])
def test_features_and_normalisations(
    features: tuple[str, ...], normalize: str, make_model: MakeModel, tmp_path: Path
) -> None:
    data = Data(features=features, normalize=normalize)
    check_round_trip(make_model(Experiment(data=data)), tmp_path)


@pytest.mark.parametrize("normalize", NORMALIZATIONS)
def test_four_inputs_and_three_classes(
    normalize: str, make_model: MakeModel, tmp_path: Path
) -> None:
    experiment = Experiment.example("iris").with_("data.normalize", normalize)
    check_round_trip(make_model(experiment), tmp_path)


@pytest.mark.parametrize("layers", [0, 12])
def test_the_least_and_the_most_layers(layers: int, make_model: MakeModel, tmp_path: Path) -> None:
    check_round_trip(make_model(Experiment(layers=(Dense(4),) * layers)), tmp_path)


def test_float64_weights_stay_float64(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(Experiment(precision="float64"))
    assert model.parameters["0.weight"].dtype == np.float64
    check_round_trip(model, tmp_path)


def test_names_may_hold_anything(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(Experiment(name='"""\'\n*/ {[ 😀 \x00 \u2028'))
    check_round_trip(model, tmp_path)


def test_as_many_points_as_can_be_drawn(make_model: MakeModel, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x1, x2 = (tuple(rng.uniform(-6, 6, MOST_POINTS).tolist()) for _ in range(2))
    points = Points(2, x1, x2, tuple(rng.integers(2, size=MOST_POINTS).astype(float).tolist()))
    check_round_trip(make_model(Experiment(data=Data(source=POINTS, points=points))), tmp_path)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_model_is_the_same_file(ending: str, make_model: MakeModel) -> None:
    contents = {FORMATS[ending].encode(make_model()) for _ in range(8)}
    assert len(contents) == 1


def test_an_ending_in_capitals_is_the_same_format(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "MODEL.NPZ"
    model = make_model()
    save_model(model, path)
    check_same(load_model(path), model)


def test_what_is_said_after_saving(make_model: MakeModel, tmp_path: Path) -> None:
    assert str(save_model(make_model(), tmp_path / "m.npz")) == (
        "saved, 1,000 predictions agree exactly"
    )
    text = str(save_model(make_model(), tmp_path / "m.onnx"))
    assert text.startswith("saved, 1,000 predictions agree within ")
    assert 0 < float(text.rsplit(" ", 1)[1]) < 1e-6
