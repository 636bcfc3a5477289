"""Data and settings at the edges: a sound result or a sentence, and never a crash."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from playground import Experiment, ExperimentError, Trainer
from playground.data.prepare import PreparedData, fitted, prepare
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from tests.engine.mixed import experiment_with, stack

PLAIN = (Dense(6, "tanh"),)
NORMED = (Dense(6, "tanh"), BatchNorm(), Dropout(0.2), LayerNorm(), Dense(4, "relu"))
STACKS = pytest.mark.parametrize("layers", [PLAIN, NORMED], ids=["plain", "normed"])


def data_of(experiment: Experiment, **given: Any) -> PreparedData:
    """The experiment's own data with other x or y, or other samples in "train"."""
    own = prepare(experiment.data, experiment.seed)
    splits = own.splits | {name: each for name, each in given.items() if name in own.splits}
    arrays = {name: each for name, each in given.items() if name not in own.splits}
    return fitted(experiment.data, dataclasses.replace(own.dataset, **arrays), splits)


def check(trainer: Trainer, steps: int = 60) -> None:
    assert trainer.advance(steps=steps) == steps
    assert trainer.status == "ready"
    assert np.isfinite(trainer.metrics()["train"]["loss"])
    assert all(np.isfinite(each).all() for each in trainer.parameters.values())


@STACKS
def test_a_batch_larger_than_the_data_is_all_of_them(layers: tuple[Layer, ...]) -> None:
    trainers = [Trainer(experiment_with(layers=layers, batch_size=n)) for n in (70, 100_000)]
    assert len(trainers[0].data("train")[0]) == 70
    for trainer in trainers:
        check(trainer)
    one, other = (trainer.parameters for trainer in trainers)
    assert all(np.array_equal(one[name], other[name]) for name in one)


@STACKS
def test_one_training_sample(layers: tuple[Layer, ...]) -> None:
    experiment = experiment_with(layers=layers, batch_size=16)
    check(Trainer(experiment, data=data_of(experiment, train=np.array([3]))))


@STACKS
def test_a_last_batch_of_one_sample(layers: tuple[Layer, ...]) -> None:
    trainer = Trainer(experiment_with(layers=layers, batch_size=69))
    check(trainer)
    if layers is NORMED:
        trainer.advance(epochs=1)
        trainer.advance(steps=1)
        before = trainer.parameters["2.running_var"]
        trainer.advance(steps=1)  # one sample says nothing about the variance
        assert np.array_equal(trainer.parameters["2.running_var"], before)


@STACKS
def test_one_class_only(layers: tuple[Layer, ...]) -> None:
    experiment = experiment_with("classes", layers=layers, batch_size=16)
    trainer = Trainer(experiment, data=data_of(experiment, y=np.full(100, 2)))
    check(trainer, 300)
    assert trainer.metrics()["train"]["accuracy"] == 1
    assert trainer.confusion("train")[2, 2] == len(trainer.data("train")[0])


@STACKS
def test_samples_that_are_all_alike(layers: tuple[Layer, ...]) -> None:
    experiment = experiment_with(layers=layers, batch_size=16)
    check(Trainer(experiment, data=data_of(experiment, x=np.tile([[1.0, 2.0]], (100, 1)))))


def test_no_validation_samples() -> None:
    experiment = experiment_with(layers=NORMED, stop__early_stopping={"patience": 3})
    trainer = Trainer(experiment, data=data_of(experiment, validation=np.zeros(0, np.int64)))
    trainer.advance(epochs=5)
    losses = trainer.history["train_loss"]
    assert trainer.best_epoch == trainer.history["epoch"][losses.argmin()]


@STACKS
def test_a_learning_rate_of_0_changes_no_weight(layers: tuple[Layer, ...]) -> None:
    own = {"type": "adam", "learning_rate": 0.0}
    trainer = Trainer(experiment_with(layers=layers, batch_size=16, optimizer=own))
    first = trainer.parameters
    check(trainer)
    for name, each in trainer.parameters.items():
        assert np.array_equal(each, first[name]) == ("running" not in name)


def test_all_layers_frozen_leave_the_output_layer_to_learn() -> None:
    layers = tuple(
        layer if isinstance(layer, Dropout) else dataclasses.replace(layer, frozen=True)
        for layer in NORMED
    )
    trainer = Trainer(experiment_with(layers=layers, batch_size=16))
    first = trainer.parameters
    check(trainer)
    changed = {name for name, each in trainer.parameters.items() if (each != first[name]).any()}
    assert changed == {"7.weight", "7.bias"}


@pytest.mark.parametrize("size", [1e10, 1e20, 1e30, 1e37])
@pytest.mark.parametrize("place", range(4))
def test_huge_parameters(place: int, size: float) -> None:
    trainer = Trainer(experiment_with("classes", layers=stack(place), precision="float32"))
    large = {
        name: each * (1.0 if "running" in name else size)
        for name, each in trainer.parameters.items()
    }
    trainer.load_parameters(large)
    trainer.advance(steps=20)
    assert trainer.status == "ready" or trainer.message
    assert all(np.isfinite(each).all() for each in trainer.parameters.values())


@STACKS
@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_numbers_that_are_not_finite_are_refused(
    layers: tuple[Layer, ...], name: str, bad: float
) -> None:
    experiment = experiment_with("regression", layers=layers, loss="mse")
    own = prepare(experiment.data, experiment.seed)
    array = getattr(own.dataset, name).copy()
    array[own.splits["train"][0]] = bad
    with pytest.raises(ExperimentError, match="finite"):
        Trainer(experiment, data=data_of(experiment, **{name: array}))


def linear(**limits: float) -> Trainer:
    """A trainer whose gradients are about 1e25, for weights of 1e10 and 1e25."""
    trainer = Trainer(
        experiment_with(
            "regression",
            layers=(Dense(6, "linear"),),
            loss="mae",
            precision="float32",
            optimizer={"type": "sgd", "learning_rate": 1.0},
            regularization=limits,
        )
    )
    first, _, second, _ = trainer.parameters.values()
    weights = {"0.weight": np.full_like(first, 1e10), "2.weight": np.full_like(second, 1e25)}
    trainer.network.load(weights)
    return trainer


def test_the_length_of_a_gradient_whose_square_overflows_is_clipped() -> None:
    trainer = linear(clip_norm=2.0)
    trainer.advance(steps=1)
    gradient = np.concatenate([each.ravel() for each in trainer.gradients.values()])
    assert np.linalg.norm(gradient.astype(float)) == pytest.approx(2, rel=1e-4)


def test_the_length_of_weights_whose_square_overflows_is_limited() -> None:
    trainer = linear(max_norm=3.0)
    trainer.advance(steps=1)
    for name, weights in trainer.parameters.items():
        if name.endswith("weight"):
            assert np.linalg.norm(weights.astype(float), axis=1) == pytest.approx(3, rel=1e-4)


def test_a_stack_that_does_not_fit_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = experiment_with(layers=PLAIN)
    trainer = Trainer(small)
    monkeypatch.setattr("playground.compile.memory", lambda: 2**20)
    large = small.with_("layers", (Dense(512),) * 2)
    with pytest.raises(ExperimentError, match=r"this network needs .* GiB of memory"):
        Trainer(large)
    with pytest.raises(ExperimentError, match="use fewer units or smaller batches"):
        trainer.apply(large)
    assert trainer.experiment == small
    check(trainer)
