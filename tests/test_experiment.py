"""An experiment is one value: it comes back from its file as it was, and says what does not fit."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from playground.data import SOURCES
from playground.data.dialect import Dialect
from playground.data.features import FEATURES, inputs_needed
from playground.data.normalization import NORMALIZATIONS
from playground.data.points import Points
from playground.data.table import Table
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS, He, Normal
from playground.engine.layers import LAYERS, Dense
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Momentum, Perceptron
from playground.engine.schedules import SCHEDULES
from playground.experiment import Data, Experiment, Split, Stop
from playground.fields import ExperimentError
from playground.shipped import EXAMPLES

SCHEMA = jsonschema.Draft202012Validator(Experiment.schema())


# Round trips


def comes_back(experiment: Experiment) -> bool:
    assert experiment.problems() == ()
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert Experiment.from_json(experiment.to_json()).to_json() == experiment.to_json()
    SCHEMA.validate(experiment.to_dict())
    return True


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_comes_back_bit_for_bit(name: str) -> None:
    experiment = Experiment.example(name)
    assert comes_back(experiment)
    assert EXAMPLES[name].read_text("utf-8") == experiment.to_json()


def test_the_examples_are_named_after_their_data() -> None:
    assert list(EXAMPLES)[:2] == ["circle", "xor"]
    assert set(EXAMPLES) == set(SOURCES)
    assert all(Experiment.example(name).data.source == name for name in EXAMPLES)


def test_a_name_that_came_with_the_data_goes_with_them() -> None:
    spirals = Experiment.example("spiral")
    assert spirals.with_source("iris").name == "Iris"
    assert spirals.with_source("points").with_source("xor").name == "Exclusive or"
    assert spirals.with_("name", "For Monday").with_source("iris").name == "For Monday"


def test_other_data_bring_their_usual_loss_unless_another_was_chosen() -> None:
    spirals = Experiment.example("spiral")
    plane = spirals.with_source("plane")
    assert plane.loss == "mse"
    assert plane.with_source("iris").loss == plane.with_source("xor").loss == "cross_entropy"
    assert spirals.with_("loss", "mse").with_source("xor").loss == "mse"
    assert plane.with_("loss", "mae").with_source("xor").loss == "mae"


def test_an_example_that_does_not_ship_is_refused_with_those_that_do() -> None:
    with pytest.raises(ExperimentError, match='no example "spirals"; there are circle'):
        Experiment.example("spirals")


OWN = (
    {"name": "points", "points": Points(3, (0.5, -1.0), (2.0, 1e-9), (0.0, 2.0))},
    {"name": "formula", "formula": "x1 > 2 and not x2 > x1^2"},
    {"name": "rows.csv", "table": Table(("a", "größe"), "kind", ("x", "y, z"), "mean")},
    {"name": "rows.TSV", "table": Table(("a",), "value", dialect=Dialect("\t", ",", "latin-1"))},
)


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_comes_back(source: str) -> None:
    assert comes_back(Experiment().with_source(source))


@pytest.mark.parametrize("source", OWN, ids=lambda source: source["name"])
def test_data_of_one_s_own_come_back_and_may_follow_any_other(source: dict[str, Any]) -> None:
    for first in SOURCES:
        experiment = Experiment(loss="perceptron", layers=(), optimizer=Perceptron())
        experiment = experiment.with_source(first).with_source(**source)
        assert comes_back(experiment)
        assert comes_back(experiment.with_source(first))


@pytest.mark.parametrize(
    ("path", "value"),
    [("layers.0.activation", name) for name in ACTIVATIONS]
    + [("layers.0.initializer.type", name) for name in INITIALIZERS]
    + [("layers.1.type", name) for name in LAYERS]
    + [("optimizer.type", name) for name in OPTIMIZERS if name != "perceptron"]
    + [("schedule.type", name) for name in SCHEDULES]
    + [("data.normalize", name) for name in NORMALIZATIONS],
)
def test_every_member_of_a_catalogue_comes_back(path: str, value: object) -> None:
    assert comes_back(Experiment().with_(path, value))


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_comes_back_with_the_tasks_it_fits(loss: str) -> None:
    for source in SOURCES:
        experiment = Experiment().with_source(source).with_("loss", loss)
        if experiment.task in LOSSES[loss].tasks:
            assert comes_back(experiment)
        else:
            assert experiment.problems()[0].path == "loss"


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_accepted_where_the_data_have_its_inputs(feature: str) -> None:
    for source in ("spiral", "iris"):
        inputs = len(SOURCES[source].input_names)
        experiment = Experiment().with_source(source).with_("data.features", (feature,))
        if inputs_needed(feature) <= inputs:
            assert comes_back(experiment)
        else:
            (problem,) = experiment.problems()
            assert problem.path == "data.features.0"
            assert f'"{feature}" needs more inputs than the {inputs}' in problem.message


def test_extreme_values_come_back() -> None:
    experiment = Experiment(
        name='Größe x₁ \n \u2028 🙂 "quoted"',
        seed=2**32 - 1,
        data=Data(samples=100_000, noise=0.1 + 0.2, split=Split(0.98, 0.01, 0.01)),
        layers=tuple(Dense(512, "gelu", Normal(-10.0, 1e-9)) for _ in range(12)),
        optimizer=AdamW(1e-300, (0.999999, 0.0), 5e-324),
        stop=Stop(10**9),
    )
    assert comes_back(experiment)
    assert comes_back(dataclasses.replace(experiment, layers=()))


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    experiment = Experiment.example("iris")
    path = tmp_path / "iris.playground.json"
    path.write_text(experiment.to_json(), "utf-8")
    assert Experiment.load(path) == experiment
    assert Experiment.load(str(path)) == experiment
    path.write_text(experiment.to_json(), "utf-8-sig")
    assert Experiment.load(path) == experiment


def test_what_a_file_leaves_out_takes_its_default() -> None:
    assert Experiment.from_json('{"playground": 1}') == Experiment()
    written = {
        "playground": 1,
        "name": "A",
        "optimizer": "sgd",
        "layers": ["dense", {"type": "dense"}],
    }
    assert Experiment.from_dict(written) == Experiment("A", optimizer=SGD(), layers=(Dense(),) * 2)


# What does not fit


@pytest.mark.parametrize(
    ("experiment", "path"),
    [
        (Experiment(seed=-1), "seed"),
        (Experiment(seed="7"), "seed"),
        (Experiment(name=None), "name"),
        (Experiment(data=Data(split=Split(0.5, 0.5, 0.5))), "data.split"),
        (Experiment(data=Data("iris", features=("x5",))), "data.features.0"),
        (Experiment(data=Data("plane")), "loss"),
        (Experiment(layers=[Dense(0)]), "layers.0.units"),
        (Experiment(layers=(Adam(),)), "layers.0"),
        (Experiment(optimizer=Dense()), "optimizer"),
        (Experiment(optimizer=Adam(float("nan"))), "optimizer.learning_rate"),
        (Experiment(precision="float16"), "precision"),
    ],
)
def test_an_experiment_made_in_python_is_checked_too(experiment: Experiment, path: str) -> None:
    (problem,) = experiment.problems()
    assert problem.path == path
    with pytest.raises(ExperimentError):
        experiment.check()


def test_a_valid_experiment_is_its_own_check() -> None:
    experiment = Experiment()
    assert experiment.check() == experiment


def test_shares_that_add_up_to_one_only_in_decimals_fit() -> None:
    assert Experiment(data=Data(split=Split(0.6, 0.3, 0.1))).problems() == ()
    assert Experiment(data=Data(split=Split(0.33, 0.33, 0.34))).problems() == ()


@pytest.mark.parametrize(
    ("source", "task"), [("spiral", "binary"), ("blobs", "classes"), ("plane", "regression")]
)
def test_the_task_follows_from_the_data(source: str, task: str) -> None:
    assert Experiment(data=Data(source)).task == task


# Changes


def test_one_value_changes_and_the_experiment_before_stays() -> None:
    before = Experiment()
    after = before.with_("optimizer.learning_rate", 0.1)
    assert after.optimizer == Adam(0.1)
    assert before == Experiment()
    assert after.with_("optimizer.learning_rate", before.optimizer.learning_rate) == before


def test_layers_are_changed_by_their_place() -> None:
    experiment = Experiment().with_("layers.0.units", 3).with_("layers.1.initializer.type", "he")
    assert experiment.layers == (Dense(3), Dense(8, initializer=He()))
    experiment = experiment.with_("layers.1.initializer", {"type": "normal", "std": 0.1})
    assert experiment.layers[1].initializer == Normal(std=0.1)
    assert experiment.with_("layers", (Dense(4),)).layers == (Dense(4),)
    assert experiment.with_("layers", ()).check().layers == ()


def test_another_optimizer_keeps_what_both_have() -> None:
    experiment = Experiment(optimizer=Adam(0.02, (0.8, 0.9), 1e-6))
    assert experiment.with_("optimizer.type", "adamw").optimizer == AdamW(0.02, (0.8, 0.9), 1e-6)
    assert experiment.with_("optimizer.type", "momentum").optimizer == Momentum(0.02)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("optimiser.learning_rate", 1, "optimiser: unknown field; known here: name, seed, data"),
        ("optimizer.momentum", 1, "optimizer.momentum: unknown field; known here: learning_rate"),
        ("layers.2.units", 1, "layers: there is no entry 2; there are 2, counted from 0"),
        ("layers.first.units", 1, "layers: there is no entry first"),
        ("layers.0.units", 0, "layers.0.units: 0 is out of range; possible is 1 to 512"),
        ("layers.0", Adam(), "layers.0: Adam("),
        ("optimizer", Dense(), "optimizer: Dense("),
        ("seed", "7", 'seed: "7" is not a whole number'),
        ("seed.start", 7, "seed: has no field start"),
        ("data.source", "spirals", 'data.source: "spirals" is not one of circle, xor'),
    ],
)
def test_a_change_that_cannot_be_made_says_why(path: str, value: object, said: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment().with_(path, value)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("first", SOURCES)
@pytest.mark.parametrize("second", SOURCES)
def test_any_data_may_follow_any_other(first: str, second: str) -> None:
    experiment = Experiment(loss="hinge").with_source(first).with_source(second)
    assert experiment.problems() == ()
    assert experiment.data.source == second
    assert experiment.layers == Experiment().layers


def test_other_data_take_what_fits_them_and_keep_the_rest() -> None:
    chosen = Experiment(data=Data("circle", features=("x1^2", "x2^2")), loss="mse")
    assert chosen.with_source("plane").data.features == ("x1^2", "x2^2")
    assert chosen.with_source("plane").loss == "mse"
    assert chosen.with_source("iris").data.features == ("x1", "x2", "x3", "x4")
    assert Experiment().with_source("plane").loss == "mse"
    with pytest.raises(ExperimentError, match="is not one of circle,"):
        chosen.with_source("nothing")


# The schema


def test_the_schema_is_one_and_accepts_the_smallest_experiment() -> None:
    SCHEMA.check_schema(SCHEMA.schema)
    SCHEMA.validate({"playground": 1})
    json.dumps(SCHEMA.schema, allow_nan=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"playground": 2},
        {"epochs": 5},
        {"seed": -1},
        {"seed": "7"},
        {"data": {"noise": 0.6}},
        {"data": {"source": "nothing"}},
        {"data": {"features": []}},
        {"data": {"split": {"rest": 1}}},
        {"layers": [{"type": "dense", "units": 10**9}]},
        {"layers": ["dropout"] * 37},
        {"stop": {"early_stopping": {"patience": 0}}},
        {"regularization": {"clip_norm": 0}},
        {"layers": [{"type": "dropout", "rate": 1.0}]},
        {"optimizer": {"type": "adam", "momentum": 0.9}},
        {"optimizer": None},
        {"precision": "float16"},
        {"stop": {"epochs": 0}},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(fields: dict[str, object]) -> None:
    broken = {"playground": 1} | fields
    with pytest.raises(ExperimentError):
        Experiment.from_dict(broken)
    assert not SCHEMA.is_valid(broken)
