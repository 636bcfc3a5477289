"""A text or a file that is no experiment is refused in a sentence that says where and why."""

import json
import time
from pathlib import Path

import pytest

from playground.experiment import MOST_BYTES, Experiment
from playground.fields import ExperimentError


def sentences(written: str) -> str:
    with pytest.raises(ExperimentError) as caught:
        Experiment.from_json(written)
    return str(caught.value)


def written_with(**fields: object) -> str:
    return json.dumps({"playground": 1} | fields)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "this is not an experiment in JSON"),
        ("   \n", "this is not an experiment in JSON"),
        ("spiral", "this is not an experiment in JSON"),
        ('{"playground": 1', "this is not an experiment in JSON"),
        ("\x00\x01", "this is not an experiment in JSON"),
        ("[]", "[] is not an object with named fields"),
        ("null", "null is not an object with named fields"),
        ("1e999", "Infinity is not an object with named fields"),
        ("{}", 'playground: is missing; an experiment begins with "playground": 1'),
        ('{"playground": 2}', "playground: is format 2; this program reads 1"),
        ('{"playground": "1"}', "playground: is format '1'; this program reads 1"),
        ('{"playground": true}', "playground: is format True; this program reads 1"),
        ("[" * 1000 + "]" * 1000, "brackets are nested too deep for an experiment"),
        ("[" * 10**6, "brackets are nested too deep for an experiment"),
        ('{"playground":' * 10**5, "brackets are nested too deep for an experiment"),
        (written_with(epochs=5), "epochs: unknown field; known here: name, seed, data, layers,"),
        (
            written_with(data={"noise": float("nan")}),
            "data.noise: NaN is out of range; possible is 0 to 0",
        ),
        (
            written_with(data={"noise": float("inf")}),
            "data.noise: Infinity is out of range; possible is 0",
        ),
        ('{"playground": 1, "seed": 1e999}', "seed: Infinity is not a whole number"),
        (
            written_with(seed=10**400),
            "seed: 100000000000000000000000000000000000000… is out of range",
        ),
        (
            written_with(optimizer={"type": "adam", "learning_rate": 10**400}),
            "optimizer.learning_rate: 10",
        ),
        (f'{{"playground": 1, "seed": 1{"0" * 5000}}}', "seed: Infinity is not a whole number"),
        (
            written_with(layers=[{"type": "dense", "units": 10**9}]),
            "layers.0.units: 1000000000 is out of",
        ),
        (
            written_with(layers=["dense"] * 13),
            "layers: there are 13 dense layers; at most 12 can be",
        ),
        (written_with(layers=[{"type": "conv"}]), 'layers.0.type: "conv" is not one of dense'),
        (
            written_with(layers=[{"type": "dense", "activation": "rellu"}]),
            'layers.0.activation: "rellu" is',
        ),
        (written_with(optimizer=None), 'optimizer: null is not an object with a "type"'),
        (
            written_with(optimizer={"type": "adam", "betas": [0.9]}),
            "optimizer.betas: the list has length 1",
        ),
        (
            written_with(optimizer={"type": "adam", "betas": [0.9, 1]}),
            "optimizer.betas.1: 1 is out of range",
        ),
        (
            written_with(data={"samples": 9}),
            "data.samples: 9 is out of range; possible is 10 to 100,000",
        ),
        (written_with(data={"samples": "many"}), 'data.samples: "many" is not a whole number'),
        (
            written_with(data={"features": []}),
            "data.features: the list has length 0; 1 to 1,000 are possible",
        ),
        (written_with(data={"features": ["x1", "x1"]}), "data.features: a feature is listed twice"),
        (
            written_with(data={"features": ["x3"]}),
            'data.features.0: "x3" needs more inputs than the 2 of',
        ),
        (
            written_with(data={"source": "../../etc/passwd"}),
            'data.source: "../../etc/passwd" is not one of',
        ),
        (
            written_with(data={"split": {"train": 0.5}}),
            "data.split: the shares add up to 0.8; they must ad",
        ),
        (
            written_with(loss="hinge", data={"source": "iris"}),
            'loss: "hinge" does not fit data with severa',
        ),
        (written_with(name="\ud800"), "name: has half a character"),
        (written_with(name="x" * 201), "name: has 201 characters; at most 200 are possible"),
    ],
)
def test_a_text_that_is_no_experiment_is_refused_in_a_sentence(written: str, sentence: str) -> None:
    assert sentences(written).startswith(sentence)


@pytest.mark.parametrize("depth", [60, 500, 900])
def test_brackets_in_a_field_are_refused_with_its_path(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    said = sentences(f'{{"playground": 1, "data": {{"noise": {nested}}}}}')
    assert said.startswith(("data.noise: [[[", "brackets are nested too deep"))
    assert len(said) < 100
    assert sentences(f'{{"playground": {nested}}}').startswith(
        ("playground: is format [[[", "brac")
    )


def refusal(path: Path) -> str:
    with pytest.raises(ExperimentError) as caught:
        Experiment.load(path)
    return str(caught.value)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.playground.json"
    path.write_bytes(bytes(range(256)))
    assert refusal(path) == "this is not a text in UTF-8"
    path.write_text(Experiment().to_json(), "utf-16")
    assert refusal(path) == "this is not a text in UTF-8"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.playground.json"
    path.touch()
    assert refusal(path).startswith("this is not an experiment in JSON")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.playground.json"
    with path.open("wb") as file:
        file.truncate(100 * MOST_BYTES)  # sparse: takes no room on the disk
    start = time.perf_counter()
    assert refusal(path) == "this is too large for an experiment file"
    assert time.perf_counter() - start < 2


def test_a_missing_file_and_a_folder_raise_what_the_system_says(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Experiment.load(tmp_path / "none.playground.json")
    with pytest.raises(OSError, match=r"directory|denied"):
        Experiment.load(tmp_path)
