"""NumPy archives, as NumPy opens them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from playground.engine.layers import BatchNorm, LayerNorm
from playground.experiment import Experiment
from playground.export import Model, load_model, save_model

MakeModel = Callable[..., Model]


def test_loads_with_numpy_alone(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model = make_model(Experiment(seed=77, layers=(BatchNorm(), LayerNorm())))
    save_model(model, path)
    with np.load(path, allow_pickle=False) as archive:
        assert set(archive) == {*model.parameters, "playground"}
        for name, array in model.parameters.items():
            np.testing.assert_array_equal(archive[name], array)
        carried = json.loads(str(archive["playground"]))
    assert carried["experiment"]["seed"] == 77


def test_opens_what_numpy_saved_again(make_model: MakeModel, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model = make_model()
    save_model(model, path)
    with np.load(path) as archive:
        arrays = {name: archive[name].copy(order="F") for name in archive}
    np.savez_compressed(path, **arrays)
    x = np.ones((3, 2))
    np.testing.assert_array_equal(load_model(path).predict(x), model.predict(x))
