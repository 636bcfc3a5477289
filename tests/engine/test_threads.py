"""The same bits for any number of threads, each of which really has a part of the work."""

import threading

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.arrays import SLOTS_TOGETHER
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.network import Network
from playground.engine.optimizers import OPTIMIZERS
from tests.engine.mixed import STACKS, experiment_with, stack

THREADS = (2, 3, 8)
LIMITS = {"l1": 1e-3, "l2": 1e-3, "weight_decay": 0.1, "clip_norm": 0.1, "max_norm": 1.0}
NORMED = (Dense(20, "tanh"), BatchNorm(), Dropout(0.3), Dense(70, "gelu"), LayerNorm())


@pytest.fixture(autouse=True)
def shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step and every score, worth it or not."""
    monkeypatch.setattr(Network, "_ranks", lambda self: self._team.threads)
    monkeypatch.setattr(Network, "_ranks_for", lambda self, samples: self._team.threads)


def numbers(trainer: Trainer) -> dict[str, np.ndarray]:
    """Everything that training has changed, and what follows from it."""
    network = trainer.network
    state = dict(zip(network._state._fields, network._state, strict=True))
    found = {name: each.copy() for name, each in state.items()}
    found |= {f"gradient {name}": each for name, each in trainer.gradients.items()}
    found |= {f"history {name}": each for name, each in trainer.history.items()}
    metrics = trainer.metrics()
    found |= {f"metrics {split}": np.array(list(each.values())) for split, each in metrics.items()}
    if trainer.experiment.task != "regression":
        found["confusion"] = trainer.confusion("train")
    x, _ = trainer.data("train")
    return found | {"outputs": trainer.outputs(x), "marks": network._marks.copy()}


def trained(experiment: Experiment, threads: int, steps: int) -> dict[str, np.ndarray]:
    trainer = Trainer(experiment, threads=threads)
    assert trainer.advance(steps=steps) == steps
    return numbers(trainer)


def check(experiment: Experiment, steps: int = 6) -> None:
    alone = trained(experiment, 1, steps)
    assert np.isfinite(alone["p"]).all()
    for threads in THREADS:
        together = trained(experiment, threads, steps)
        for name, each in alone.items():
            assert np.array_equal(together[name], each, equal_nan=True), (threads, name)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("place", range(STACKS))
def test_mixed_stacks_in_several_tiles(place: int, precision: str) -> None:
    task, loss = (("binary", "hinge"), ("classes", "cross_entropy"))[place % 2]
    experiment = experiment_with(
        task,
        layers=stack(place),
        loss=loss,
        data__samples=2000,
        batch_size=(1000, 1400, 77)[place % 3],
        precision=precision,
        regularization=LIMITS,
    )
    check(experiment)


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "perceptron"])
def test_every_optimizer(optimizer: str) -> None:
    experiment = experiment_with(
        layers=NORMED, data__samples=1500, batch_size=600, optimizer={"type": optimizer}
    )
    check(experiment)


@pytest.mark.parametrize(
    "layers",
    [(Dense(6, "tanh"), Dropout(0.2), Dense(5, "relu"), LayerNorm()), NORMED[:2]],
    ids=["in chunks", "all at once"],
)
def test_a_batch_of_more_tiles_than_are_worked_on_together(layers: tuple[Layer, ...]) -> None:
    experiment = experiment_with("classes", layers=layers, data__samples=15_000, batch_size=10_000)
    tile = Trainer(experiment).network.program.tile
    assert SLOTS_TOGETHER * tile < 10_000
    check(experiment, steps=4)


def test_frozen_layers_below_and_between() -> None:
    layers = (
        Dense(20, "tanh", frozen=True),
        BatchNorm(frozen=True),
        Dense(30, "tanh"),
        BatchNorm(),
        Dense(30, "relu", frozen=True),
        LayerNorm(frozen=True),
    )
    check(experiment_with(layers=layers, data__samples=1500, batch_size=600))


def test_weights_of_more_than_one_block() -> None:
    """Clipping adds up squares over blocks of parameters that several threads have made."""
    experiment = experiment_with(
        "regression",
        layers=(Dense(100, "tanh"), Dense(90, "silu")),
        loss="huber",
        data__samples=1000,
        batch_size=300,
        regularization=LIMITS | {"clip_value": 1e-3},
    )
    check(experiment)


def test_stop_rules_and_plateaus_are_met_at_the_same_time() -> None:
    experiment = experiment_with(
        layers=NORMED,
        data__samples=800,
        batch_size=100,
        schedule={"type": "plateau", "patience": 0},
        optimizer={"type": "sgd", "learning_rate": 1.0},
        stop__early_stopping={"patience": 2},
    )
    trainers = [Trainer(experiment, threads=threads) for threads in (1, *THREADS)]
    for trainer in trainers:
        trainer.advance(epochs=100)
    first, *others = trainers
    assert first.stopped_by == "early stopping"
    for other in others:
        assert (other.step, other.stopped_by) == (first.step, first.stopped_by)
        for name, each in numbers(first).items():
            assert np.array_equal(numbers(other)[name], each), name


def test_a_divergence_is_taken_back_to_the_same_weights() -> None:
    experiment = experiment_with(
        "regression",
        layers=(Dense(20, "linear"), BatchNorm(), Dense(20, "linear")),
        loss="mse",
        data__samples=1000,
        batch_size=300,
        optimizer={"type": "sgd", "learning_rate": 100.0},
    )
    trainers = [Trainer(experiment, threads=threads) for threads in (1, *THREADS)]
    for trainer in trainers:
        trainer.advance(steps=500)
        assert trainer.status == "diverged"
        assert trainer.step == trainers[0].step
        for name, each in trainers[0].parameters.items():
            assert np.array_equal(trainer.parameters[name], each), name


def test_two_trainers_in_two_threads_of_python_do_not_meet() -> None:
    experiments = [
        experiment_with("classes", layers=NORMED, data__samples=1000, batch_size=300),
        experiment_with("binary", layers=stack(4), data__samples=700, precision="float32"),
    ]
    found: dict[int, dict[str, np.ndarray]] = {}

    def work(place: int) -> None:
        found[place] = trained(experiments[place], 2, 60)

    workers = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for place, experiment in enumerate(experiments):
        alone = trained(experiment, 1, 60)
        for name, each in alone.items():
            assert np.array_equal(found[place][name], each), (place, name)


def test_threads_that_come_late_find_nothing_to_do() -> None:
    experiment = Experiment.example("moons")
    x = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    expected = Trainer(experiment).predict(x)
    for _ in range(50):  # each is gone before the last of its threads is awake
        trainer = Trainer(experiment, threads=8)
        for _ in range(5):
            assert np.array_equal(trainer.predict(x), expected)
