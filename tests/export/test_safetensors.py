"""Safetensors files, as other programs open them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import Data, Experiment
from playground.export import Model, save_model

MakeModel = Callable[..., Model]


def test_loads_with_safetensors_alone(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model = make_model()
    save_model(model, path)
    tensors = safetensors.numpy.load_file(path)
    assert tensors.keys() == model.parameters.keys()
    for name, array in tensors.items():
        np.testing.assert_array_equal(array, model.parameters[name])


def test_carries_what_is_needed_to_use_it(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(make_model(Experiment.example("iris")), path)
    with safetensors.safe_open(path, "numpy") as file:
        carried = json.loads(file.metadata()["playground"])
    assert carried["experiment"]["seed"] == Experiment.example("iris").seed
    assert len(carried["class_names"]) == 3
    assert len(carried["input_names"]) == len(carried["input_ranges"]) == 4
    assert len(carried["normalization"]["shift"]) == 4
    assert carried["version"]


def test_weights_laid_out_by_columns_are_saved_right(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model()
    by_columns = {name: np.asfortranarray(array) for name, array in model.parameters.items()}
    save_model(Model(model.description, by_columns), tmp_path / "model.safetensors")
    tensors = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(tensors["0.weight"], model.parameters["0.weight"])


def test_pytorch_takes_it_as_a_sequential(make_model: MakeModel, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    load_file = pytest.importorskip("safetensors.torch").load_file
    path = tmp_path / "model.safetensors"
    layers = (Dense(5, "tanh"), Dropout(0.3), BatchNorm(), Dense(4, "linear"), LayerNorm())
    model = make_model(Experiment(data=Data(source="blobs"), layers=layers))
    save_model(model, path)
    network = torch.nn.Sequential(
        *(torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Dropout(0.3), torch.nn.BatchNorm1d(5)),
        *(torch.nn.Linear(5, 4), torch.nn.Identity(), torch.nn.LayerNorm(4)),
        *(torch.nn.Linear(4, 4), torch.nn.Softmax(dim=1)),
    )
    network.load_state_dict(load_file(path), strict=True)
    # The one number of PyTorch's that is not in the file is 0 as in a new network.
    assert {*network.state_dict()} - {*model.parameters} == {"3.num_batches_tracked"}
    assert network.state_dict()["3.num_batches_tracked"] == 0
    network.eval()
    x = np.random.default_rng(0).uniform(-6, 6, (100, 2)).astype(np.float32)
    with torch.no_grad():
        y = network(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(y, model.predict(x), atol=1e-6)
