"""Models as JSON text: exact numbers, told apart from experiments, and refused early."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.engine.layers import BatchNorm, Dense
from playground.experiment import SUFFIX, Experiment
from playground.export import Model, ModelError, format_of, holds_model, load_model, save_model

MakeModel = Callable[..., Model]


def test_any_program_reads_the_experiment_and_every_number(
    make_model: MakeModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.json"
    model = make_model(Experiment(seed=77, layers=(BatchNorm(), Dense(3))))
    save_model(model, path)
    plain = json.loads(path.read_text("utf-8"))
    assert plain["experiment"]["seed"] == 77
    assert plain["class_names"] == list(model.description.class_names)
    assert list(plain["tensors"]) == list(model.parameters)
    for name, tensor in plain["tensors"].items():
        back = np.array(tensor["values"]).astype(tensor["dtype"])
        assert back.tobytes() == model.parameters[name].tobytes()


def test_numbers_at_the_ends_of_their_range_come_back(
    make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model(Experiment(layers=(Dense(4),)))
    limits = np.finfo(np.float32)
    ends = np.array([-0.0, limits.max, limits.tiny, limits.smallest_subnormal], np.float32)
    model = Model(model.description, {**model.parameters, "0.bias": ends})
    (tmp_path / "model.json").write_bytes(format_of("model.json").encode(model))  # type: ignore[union-attr]
    assert load_model(tmp_path / "model.json").same_as(model)


def test_a_model_is_told_from_an_experiment(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(Experiment(name='"tensors": {'))
    save_model(model, tmp_path / "model.json")
    again = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "sorted.json").write_text(json.dumps(again, sort_keys=True, separators=(",", ":")))
    model.experiment.save(tmp_path / "experiment.json")
    model.experiment.save(tmp_path / f"experiment{SUFFIX}")
    assert holds_model(tmp_path / "model.json")
    assert holds_model(tmp_path / "sorted.json")
    assert load_model(tmp_path / "sorted.json").same_as(model)
    assert not holds_model(tmp_path / "experiment.json")
    assert not holds_model(tmp_path / f"experiment{SUFFIX}")
    assert holds_model("model.npz")
    assert not holds_model("model.py")
    with pytest.raises(ModelError, match='it has no "tensors", so it is not a model'):
        load_model(tmp_path / "experiment.json")


@pytest.mark.parametrize(
    ("tensor", "sentence"),
    [
        (None, '"0.bias" is not an object with "dtype" and "values"'),
        ({"dtype": "float32"}, '"0.bias" is not an object with "dtype" and "values"'),
        (
            {"dtype": "int8", "values": [0]},
            '"dtype" of "0.bias" is neither float32 nor float64',
        ),
        ({"dtype": ["float32"], "values": [0]}, 'the "dtype" of "0.bias" is neither'),
        ({"dtype": "float32", "values": [[1], [2, 3]]}, '"0.bias" is not a table of numbers'),
        ({"dtype": "float32", "values": {"a": 1}}, '"0.bias" is not a table of numbers'),
        ({"dtype": "float32", "values": ["a"]}, '"0.bias" is not a table of numbers'),
        ({"dtype": "float32", "values": [10**400]}, '"0.bias" is not a table of numbers'),
        ({"dtype": "float32", "values": [[]] * 8}, r'"0.bias" has the shape \(8, 0\)'),
        ({"dtype": "float32", "values": 1}, r'"0.bias" has the shape \(\)'),
        ({"dtype": "float32", "values": [1e39] * 8}, '"0.bias" holds numbers that are not finite'),
        ({"dtype": "float32", "values": [None] * 8}, '"0.bias" holds numbers that are not finite'),
        ({"dtype": "float32", "values": [0] * 9}, r'"0.bias" has the shape \(9,\)'),
    ],
)
def test_tensors_that_do_not_fit(
    tensor: object, sentence: str, make_model: MakeModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.json"
    save_model(make_model(), path)
    plain = json.loads(path.read_text())
    plain["tensors"]["0.bias"] = tensor
    path.write_text(json.dumps(plain))
    with pytest.raises(ModelError, match=sentence):
        load_model(path)


@pytest.mark.parametrize("part", ["[],", "{},", '"",', "0,", "[" * 10])
def test_a_file_of_many_parts_takes_no_memory(part: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"tensors": [' + part * (20_000_000 // len(part)))
    with pytest.raises(ModelError, match="it has too many parts for a model"):
        load_model(path)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("[" * 40_000)
    with pytest.raises(ModelError, match="it is damaged, or not JSON"):
        load_model(path)
