"""Saving keeps the old file until the new one is whole and right."""

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.engine.layers import BatchNorm, Dense, LayerNorm
from playground.experiment import Data, Experiment
from playground.export import FORMATS, ExportError, Model, load_model, save_model
from playground.export.verify import SAMPLES, compare, random_inputs

MakeModel = Callable[..., Model]
OLD = b"the old file"


def check_refused(model: Model, path: Path, sentence: str) -> None:
    before = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
    with pytest.raises(ExportError, match=sentence):
        save_model(model, path)
    if before is not None:
        assert sorted(path.parent.iterdir()) == before


# A process of its own, with a model to save and the folder it is given.
PROCESS = """
import sys
from pathlib import Path
import numpy as np
from playground.data.prepare import prepare
from playground.engine.layers import Dense
from playground.experiment import Experiment
from playground.export import FORMATS, ExportError, Model, save_model
from playground.export.description import Description

experiment = Experiment(layers=(Dense(64), Dense(64)))
data = prepare(experiment.data, experiment.seed)
shapes = Description.of(experiment, data, "1").shapes()
model = Model.of(experiment, data, {name: np.zeros(shape) for name, shape in shapes.items()})
"""


def test_a_file_too_large_for_the_disk_leaves_the_old_one(tmp_path: Path) -> None:
    # The system's own limit on file sizes stands in for a full disk: the write fails half way.
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
for ending in FORMATS:
    try:
        save_model(model, Path(sys.argv[1], "model" + ending))
    except ExportError as error:
        print(error)
"""
    for ending in FORMATS:
        (tmp_path / f"model{ending}").write_bytes(OLD)
    run = subprocess.run(
        [sys.executable, "-c", PROCESS + script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    reason = "was not saved: the file would be larger than is allowed here; choose another folder"
    assert run.stdout.splitlines() == [f"model{ending} {reason}" for ending in FORMATS]
    assert run.stderr == ""
    assert {each.name for each in tmp_path.iterdir()} == {f"model{ending}" for ending in FORMATS}
    assert all(each.read_bytes() == OLD for each in tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_file(make_model: MakeModel, full_disk: Path) -> None:
    path = full_disk / "model.safetensors"
    model = make_model(Experiment(layers=(Dense(128), Dense(128))))
    check_refused(model, path, r"the disk is full; make room")
    assert path.read_bytes() == OLD


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB with an old model on it, where the system lets the tests mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user may not mount a small disk")
    (tmp_path / "model.safetensors").write_bytes(OLD)
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_places_that_cannot_be_written(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model()
    check_refused(model, tmp_path / "missing" / "m.npz", "m.npz was not saved: the folder does not")
    (tmp_path / "a file").touch()
    check_refused(model, tmp_path / "a file" / "m.npz", "the folder does not exist")
    (tmp_path / "folder.npz").mkdir()
    check_refused(model, tmp_path / "folder.npz", "there is a folder of that name")
    check_refused(model, tmp_path / f"{'long' * 99}.npz", "the name is too long")


@pytest.mark.parametrize("name", ["model", "model.pt", "model.safetensors.zip"])
def test_an_unknown_ending_lists_the_known_ones(
    name: str, make_model: MakeModel, tmp_path: Path
) -> None:
    check_refused(make_model(), tmp_path / name, r"use \.safetensors, \.npz, .* or \.h$")


def test_a_model_that_a_format_cannot_hold_leaves_the_old_file(
    make_model: MakeModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(OLD)
    model = make_model(Experiment(data=Data(source="plane"), loss="mse", precision="float64"))
    large = {**model.parameters, "4.bias": np.array([1e60])}
    check_refused(Model(model.description, large), path, "predictions of the file differ")
    assert path.read_bytes() == OLD


def test_a_link_and_permissions_stay(make_model: MakeModel, tmp_path: Path) -> None:
    target, link = tmp_path / "target.npz", tmp_path / "link.npz"
    target.write_bytes(OLD)
    target.chmod(0o640)
    link.symlink_to(target)
    save_model(make_model(), link)
    assert link.is_symlink()
    assert load_model(target).parameters
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(make_model: MakeModel, tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    save_model(make_model(), tmp_path / "m.npz")
    assert (tmp_path / "m.npz").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize(
    "changed",
    ["0.weight", "0.bias", "2.weight", "2.running_mean", "2.running_var", "3.bias", "5.weight"],
)
def test_predictions_of_another_network_are_noticed(changed: str, make_model: MakeModel) -> None:
    model = make_model(Experiment(layers=(Dense(8), BatchNorm(), Dense(8), LayerNorm())))
    moved = {**model.parameters, changed: model.parameters[changed] + np.float32(1e-3)}
    x = random_inputs(model)
    with pytest.raises(ExportError, match=r"m\.npz was not saved: .* differ from the network"):
        compare(
            Path("m.npz"), model, x, model.predict(x), Model(model.description, moved).predict(x)
        )


def test_a_jump_that_rounding_moves_is_not_a_difference(make_model: MakeModel) -> None:
    # At x1 = 1/3 the unit's sum is 0 but for rounding: float32 may find it on the other side.
    experiment = Experiment(data=Data(source="plane"), layers=(Dense(1, "threshold"),), loss="mse")
    model = make_model(experiment)
    parameters = {
        "0.weight": np.array([[3.0, 0.0]], np.float32),
        "0.bias": np.array([-1.0], np.float32),
        "2.weight": np.array([[5.0]], np.float32),
        "2.bias": np.array([0.0], np.float32),
    }
    model = Model(model.description, parameters)
    x = random_inputs(model)
    x[0] = np.float32(1 / 3), 0.0
    given = model.predict(x)
    given[0] = 5.0 - given[0]
    saved = compare(Path("m.onnx"), model, x, model.predict(x), given)
    assert (saved.agreeing, saved.difference) == (SAMPLES - 1, 0.0)
    assert str(saved).endswith("; at 1 more, rounding alone moves the prediction")


def test_a_network_too_steep_for_float32_is_saved_where_it_is_kept_whole(
    make_model: MakeModel, tmp_path: Path
) -> None:
    # As after units that were constant: batch norm multiplies every rounding by a million.
    layers = (Dense(4, "sine"), BatchNorm(eps=1e-12), Dense(4, "sine"))
    model = make_model(Experiment(data=Data(source="plane"), layers=layers, loss="mse"))
    model = Model(model.description, {**model.parameters, "2.running_var": np.zeros(4, np.float32)})

    def rounded(x: np.ndarray) -> np.ndarray:
        return model.predict(x * (1 + 1e-6))

    for ending in (".safetensors", ".npz"):
        saved = save_model(model, tmp_path / f"m{ending}", rounded)
        assert saved.agreeing < 10
        assert str(saved).endswith("more, rounding alone moves the prediction")
        assert load_model(tmp_path / f"m{ending}").same_as(model)
    check_refused(model, tmp_path / "m.onnx", "so steep that rounding to float32 changes")


@pytest.mark.parametrize("changed", ["0.weight", "2.running_mean", "2.running_var"])
def test_models_are_the_same_bit_for_bit(changed: str, make_model: MakeModel) -> None:
    model = make_model(Experiment(layers=(Dense(4), BatchNorm())))
    assert model.same_as(make_model(Experiment(layers=(Dense(4), BatchNorm()))))
    assert not model.same_as(make_model(Experiment(layers=(Dense(4), BatchNorm(eps=1e-4)))))
    held = model.parameters[changed]
    for array in (np.nextafter(held, np.float32(9)), held.astype(np.float64)):
        assert not model.same_as(Model(model.description, {**model.parameters, changed: array}))


def test_importing_the_package_loads_no_format_library() -> None:
    script = (
        "import sys, playground.export; print({'onnx', 'safetensors', 'numba'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
