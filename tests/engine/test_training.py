"""What ends training, what is kept of it, and what can be gone back to."""

import dataclasses
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.arrays import MOST_ROWS
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer
from playground.engine.network import Network
from playground.engine.optimizers import OPTIMIZERS
from tests.engine.mixed import experiment_with

SHAKEN = (Dense(6, "tanh"), BatchNorm(), Dropout(0.3))
STEEP = {"type": "sgd", "learning_rate": 2.0}


def shaky(**values: Any) -> Experiment:
    """Training whose validation loss goes up and down."""
    given = {"layers": SHAKEN, "optimizer": STEEP, "batch_size": 14, "data__noise": 0.5}
    return experiment_with(**(given | values))


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def by_epoch(experiment: Experiment, epochs: int) -> list[tuple[float, float, dict]]:
    """Training loss, validation loss and parameters at the end of each epoch, from 0 on."""
    trainer, found = Trainer(experiment), []
    for epoch in range(epochs + 1):
        trainer.advance(epochs=int(epoch > 0))
        scores = trainer.metrics()
        losses = scores["train"]["loss"], scores["validation"]["loss"]
        found.append((*losses, trainer.parameters))
    return found


# Stop rules


@pytest.mark.parametrize("min_delta", [0.0, 0.02])
@pytest.mark.parametrize("patience", [1, 3, 6])
@pytest.mark.parametrize("restore_best", [True, False])
def test_early_stopping_is_where_the_losses_say(
    patience: int, min_delta: float, restore_best: bool
) -> None:
    path = by_epoch(shaky(), 60)
    best, best_loss, waited, end = 0, np.inf, 0, 0
    for epoch, (_, loss, _) in enumerate(path):
        waited += 1
        if loss < best_loss - min_delta:
            best, best_loss, waited = epoch, loss, 0
        if waited == patience:
            end = epoch
            break
    rule = {"patience": patience, "min_delta": min_delta, "restore_best": restore_best}
    trainer = Trainer(shaky(stop__early_stopping=rule))
    trainer.advance(epochs=1000)
    assert 0 < end < 60
    assert (trainer.epoch, trainer.best_epoch) == (end, best)
    assert (trainer.status, trainer.stopped_by) == ("finished", "early stopping")
    assert f"epoch {best:,} was best" in trainer.message
    assert same(trainer.parameters, path[best if restore_best else end][2])
    assert trainer.advance(steps=1) == 0


def test_the_best_weights_can_be_taken_at_any_time() -> None:
    path = by_epoch(shaky(), 20)
    trainer = Trainer(shaky())
    trainer.advance(epochs=20)
    best = int(np.argmin([loss for _, loss, _ in path]))
    assert trainer.best_epoch == best < 20
    trainer.restore_best()
    assert same(trainer.parameters, path[best][2])


def test_a_target_loss_ends_training_at_the_first_epoch_that_has_it() -> None:
    losses = [loss for loss, _, _ in by_epoch(shaky(), 30)]
    target = sorted(losses)[3]
    trainer = Trainer(shaky(stop__target_loss=target))
    trainer.advance(epochs=1000)
    assert trainer.stopped_by == "target loss"
    assert trainer.epoch == next(e for e, loss in enumerate(losses) if loss <= target)


def test_steps_and_seconds_end_training() -> None:
    trainer = Trainer(shaky(stop__steps=7))
    assert trainer.advance(epochs=1000) == 7
    assert trainer.stopped_by == "steps"
    timed = Trainer(shaky(stop__seconds=0.05))
    assert timed.advance(steps=10**9) > 0
    assert timed.stopped_by == "seconds"
    assert timed.advance(steps=1) == 0


# Earlier states


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"schedule": {"type": "plateau", "patience": 0, "reduction": 0.5}},
        {"stop__early_stopping": {"patience": 6}},
        {"optimizer": {"type": "adam"}, "schedule": {"type": "cosine", "epochs": 20, "warmup": 2}},
    ],
    ids=["plain", "plateau", "early stopping", "adam"],
)
def test_the_same_future_follows_from_an_earlier_epoch(rule: dict[str, Any]) -> None:
    trainer = Trainer(shaky(**rule))
    trainer.advance(epochs=20)
    end, history = trainer.epoch, trainer.history
    newest = trainer.parameters, trainer.best_epoch, trainer.stopped_by, trainer.step
    kept = trainer.kept_epochs
    assert kept.tolist() == list(range(end + 1))
    for epoch in (3, 0, end - 1, 1):
        trainer.go_to(epoch)
        assert trainer.epoch == epoch
        trainer.advance(epochs=end - epoch)
        assert same(trainer.parameters, newest[0])
        assert (trainer.best_epoch, trainer.stopped_by, trainer.step) == newest[1:]
        assert same(trainer.history, history)
        assert np.array_equal(trainer.kept_epochs, kept)


@pytest.mark.parametrize("steps", [0, 3])
def test_training_goes_on_from_a_moment_as_if_nothing_had_been(steps: int) -> None:
    experiment = shaky(optimizer={"type": "adam"}, schedule={"type": "plateau", "patience": 0})
    trainer, again = Trainer(experiment), Trainer(experiment)
    trainer.advance(epochs=20)
    trainer.advance(steps=steps)
    again.resume(trainer.moment)
    for each in (trainer, again):
        each.advance(epochs=10)
    assert (again.step, again.epoch, again.best_epoch) == (trainer.step, 30, trainer.best_epoch)
    assert same(again.parameters, trainer.parameters)
    assert same(again.history, trainer.history)
    again.go_to(28)
    again.advance(epochs=2)
    assert same(again.parameters, trainer.parameters)


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [
        ("all", lambda each: each[:-1]),
        ("all", lambda each: each.astype(np.float16)),
        ("order", lambda each: each + 1),
        ("order", lambda each: each[0]),
        ("progress", lambda each: each + 10**9),
        ("history", lambda each: each[:, :-1]),
        ("stride", lambda each: each - 1),
    ],
)
def test_a_moment_that_does_not_fit_is_refused(
    name: str, spoiled: Callable[[np.ndarray], np.ndarray]
) -> None:
    trainer, again = Trainer(shaky()), Trainer(shaky())
    trainer.advance(epochs=2)
    before = again.parameters
    moment = trainer.moment
    for wrong in (moment | {name: spoiled(moment[name])}, {name: moment[name]}, {}):
        with pytest.raises(ValueError, match="does not fit"):
            again.resume(wrong)
    assert same(again.parameters, before)
    assert again.step == 0


def test_the_best_weights_differ_until_they_are_taken() -> None:
    trainer = Trainer(shaky())
    assert not trainer.best_differs
    trainer.advance(epochs=20)
    assert trainer.best_epoch < 20
    assert trainer.best_differs
    trainer.restore_best()
    assert not trainer.best_differs
    trainer.set_parameter("0.bias", (0,), 7.0)
    assert trainer.best_differs


def test_an_earlier_epoch_is_shown_and_left_without_a_trace() -> None:
    trainer, path = Trainer(shaky()), by_epoch(shaky(), 10)
    trainer.advance(epochs=10)
    trainer.advance(steps=2)
    newest, whole = trainer.parameters, Trainer(shaky())
    for epoch in (4, 10, 0):
        trainer.go_to(epoch)
        assert same(trainer.parameters, path[epoch][2])
        assert trainer.metrics()["validation"]["loss"] == path[epoch][1]
    with pytest.raises(ValueError, match="epoch 11 was not kept"):
        trainer.go_to(11)
    trainer.go_to(None)
    assert same(trainer.parameters, newest)
    trainer.advance(steps=40)
    whole.advance(steps=trainer.step)
    assert same(trainer.parameters, whole.parameters)


def test_training_on_from_an_earlier_epoch_forgets_the_later_ones() -> None:
    trainer = Trainer(shaky())
    trainer.advance(epochs=10)
    trainer.go_to(4)
    trainer.apply(shaky(optimizer=STEEP | {"learning_rate": 0.1}))
    trainer.advance(epochs=2)
    assert trainer.kept_epochs.tolist() == trainer.history["epoch"].tolist() == list(range(7))


def test_nothing_is_kept_in_the_middle_of_an_epoch() -> None:
    """Its order is not kept: another future would follow."""
    trainer = Trainer(shaky())
    trainer.advance(steps=3)
    trainer.apply(shaky(loss="mse"))
    trainer.advance(epochs=5)
    learned = trainer.parameters
    assert trainer.kept_epochs.tolist() == [1, 2, 3, 4, 5]
    trainer.go_to(1)
    trainer.advance(epochs=4)
    assert same(trainer.parameters, learned)


def test_what_is_kept_is_bounded_and_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = experiment_with(layers=(Dense(4),))
    plain = Trainer(experiment)
    monkeypatch.setattr("playground.engine.arrays.MOST_STATES_BYTES", 100_000)
    trainer = Trainer(experiment)
    most = 100_000 // trainer.network._state.all.nbytes
    for _ in range(7):
        trainer.advance(epochs=1500)
        kept, epochs = trainer.kept_epochs, trainer.history["epoch"]
        for held, room in ((kept, most), (epochs, MOST_ROWS)):
            assert len(held) <= room
            assert held[0] == 0
            assert len(set(np.diff(held[:-1]))) <= 1
        assert epochs[-1] == trainer.epoch
        assert trainer.epoch - kept[-1] <= kept[1]
    assert most // 2 <= len(kept) <= most
    assert len(epochs) >= MOST_ROWS // 2
    trainer.go_to(int(kept[5]))
    trainer.advance(epochs=100)
    plain.advance(epochs=trainer.epoch)
    assert same(trainer.parameters, plain.parameters)


# Divergence

LINEAR = (Dense(6, "linear"),) * 11
RATES = {"adadelta": 100.0, "adagrad": 10.0, "adam": 3.0, "adamw": 3.0, "rmsprop": 3.0}


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "perceptron"])
def test_the_last_finite_state_is_kept(optimizer: str) -> None:
    """Weights, running statistics and the optimizer's state are those before the bad step."""
    for layers in (LINEAR, (*LINEAR[1:], BatchNorm(), Dropout(0.2))):
        own = {"type": optimizer, "learning_rate": RATES.get(optimizer, 0.3)}
        experiment = shaky(layers=layers, loss="mse", optimizer=own, precision="float32")
        experiment = experiment.with_source("plane")
        trainer, again = Trainer(experiment), Trainer(experiment)
        trainer.advance(steps=1000)
        assert trainer.status == "diverged" or layers != LINEAR
        assert trainer.message or layers != LINEAR
        again.advance(steps=trainer.step)
        assert again.status == "ready"
        for name, found, expected in zip(
            ("p", "m", "v", "buffers"), trainer.network._state, again.network._state, strict=False
        ):
            assert np.isfinite(found).all(), name
            assert np.array_equal(found, expected), name


def test_a_running_variance_that_overflows_is_a_divergence() -> None:
    experiment = shaky(
        layers=(*LINEAR[1:], BatchNorm()),
        loss="mse",
        optimizer={"type": "rmsprop", "learning_rate": 3.0},
        precision="float32",
    )
    trainer = Trainer(experiment.with_source("plane"))
    trainer.advance(steps=100)
    assert trainer.status == "diverged"
    assert all(np.isfinite(each).all() for each in trainer.parameters.values())


def test_after_a_divergence_an_earlier_epoch_can_be_trained_on_from() -> None:
    experiment = shaky(layers=LINEAR, loss="mse", optimizer={"type": "adam", "learning_rate": 0.5})
    experiment = experiment.with_source("plane").with_("precision", "float32")
    trainer = Trainer(experiment)
    trainer.advance(steps=3)
    first = trainer.kept_epochs[0]
    trainer.apply(experiment.with_("optimizer.learning_rate", 10.0))
    trainer.advance(steps=1000)
    assert trainer.status == "diverged"
    trainer.go_to(int(first))
    assert trainer.status == "ready"
    trainer.apply(experiment.with_("optimizer.learning_rate", 0.001))
    assert trainer.advance(steps=30) == 30


# The perceptron rule


def perceptron(**values: Any) -> Experiment:
    given = {"layers": (), "loss": "perceptron", "optimizer": {"type": "perceptron"}}
    return experiment_with(**(given | {"data__source": "gauss", "data__noise": 0.0} | values))


def test_the_perceptron_learns_from_one_mistake_at_a_time() -> None:
    trainer = Trainer(perceptron())
    x, y = trainer.data("train")
    mistakes = 0
    weights = np.append(trainer.parameters["0.weight"], trainer.parameters["0.bias"])
    while trainer.advance(steps=1):
        # Which sample it was is seen from where it has come to; until there, all were right.
        place = trainer.network.position - 1 if trainer.network.position else len(x) - 1
        sample = trainer.network._order[place]
        assert (weights @ np.append(x[sample], 1) > 0) != y[sample]
        weights = weights + (2 * y[sample] - 1) * np.append(x[sample], 1)
        found = np.append(trainer.parameters["0.weight"], trainer.parameters["0.bias"])
        np.testing.assert_allclose(found, weights, rtol=1e-14)
        weights, mistakes = found, mistakes + 1
    assert mistakes == trainer.step > 0
    assert trainer.stopped_by == "no mistakes"
    assert trainer.metrics()["train"]["accuracy"] == 1
    assert f"Finished at epoch {trainer.epoch:,}" in trainer.message


def test_a_perceptron_without_a_solution_goes_on() -> None:
    trainer = Trainer(perceptron(data__source="xor", data__noise=0.3))
    assert trainer.advance(steps=500) == 500
    assert trainer.status == "ready"
    again = Trainer(trainer.experiment)
    for steps in (1, 100, 399):
        again.advance(steps=steps)
    assert same(again.parameters, trainer.parameters)


# A long time


def test_a_million_steps_take_no_more_memory() -> None:
    trainer = Trainer(experiment_with(layers=(Dense(2),), batch_size=1, precision="float32"))
    trainer.advance(steps=100_000)
    tracemalloc.start()
    trainer.advance(steps=100_000)
    before, _ = tracemalloc.get_traced_memory()
    trainer.advance(steps=800_000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert trainer.step == 1_000_000
    assert after - before < 20_000
    assert len(trainer.history["epoch"]) <= MOST_ROWS
    assert np.isfinite(trainer.metrics()["train"]["loss"])


@pytest.mark.parametrize("layers", [(), (Dense(3),), SHAKEN])
def test_the_parts_of_a_call_do_not_matter(layers: tuple[Layer, ...]) -> None:
    whole, parts = (Trainer(dataclasses.replace(shaky(), layers=layers)) for _ in range(2))
    whole.advance(steps=100)
    for steps in (1, 4, 6, 89):
        parts.advance(steps=steps)
    states = (whole.network._state, parts.network._state)
    assert all(np.array_equal(one, other) for one, other in zip(*states, strict=True))
    assert isinstance(whole.network, Network)
