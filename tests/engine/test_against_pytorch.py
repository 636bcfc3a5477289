"""Everything that training does, against PyTorch: the same numbers after 100 steps.

Learning rates are moderate: where training is chaotic, rounding alone soon makes a difference.
The continuous integration has no PyTorch; there the trajectories of `reference` stand for this.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from playground import Trainer  # noqa: E402
from playground.engine.activations import ACTIVATIONS  # noqa: E402
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, LayerNorm  # noqa: E402
from playground.engine.optimizers import OPTIMIZERS  # noqa: E402
from playground.engine.schedules import SCHEDULES  # noqa: E402
from playground.engine.vectors import lanes  # noqa: E402
from playground.experiment import Experiment  # noqa: E402
from tests.engine.mixed import FITTING, STACKS, experiment_with, stack  # noqa: E402
from tests.engine.oracle import dropout_mask  # noqa: E402
from tests.engine.pytorch import difference, trained_together  # noqa: E402

STEPS = 100
DESCENTS = [name for name in OPTIMIZERS if name != "perceptron"]
TANH = (Dense(6, "tanh"), Dense(5, "tanh"))
NORMED = (Dense(6, "tanh"), BatchNorm(), Dense(5, "gelu"), LayerNorm())


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


def check(experiment: Experiment, steps: int = STEPS) -> Trainer:
    """float64 and float32 are where PyTorch is in float64; the trainer of the former."""
    trainer = Trainer(experiment)
    expected = trained_together(trainer, steps).tensors()
    assert difference(trainer, expected) < 1e-10
    short = Trainer(dataclasses.replace(experiment, precision="float32"))
    assert short.advance(steps=steps) == steps
    assert difference(short, expected) < 1e-4
    return trainer


def test_the_stacks_are_of_everything() -> None:
    layers = [layer for place in range(STACKS) for layer in stack(place)]
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    assert {layer.activation for layer in dense} == set(ACTIVATIONS)
    trained, frozen = (
        {type(layer) for layer in layers if getattr(layer, "frozen", False) == each}
        for each in (False, True)
    )
    assert trained == set(LAYERS.values())
    assert frozen == set(LAYERS.values()) - {Dropout}


@pytest.mark.parametrize("place", range(STACKS))
@pytest.mark.parametrize("optimizer", DESCENTS)
def test_every_optimizer_on_mixed_stacks(optimizer: str, place: int) -> None:
    smooth = [each for each in FITTING if each[1] not in ("mae", "hinge", "perceptron")]
    task, loss = smooth[(5 * place + DESCENTS.index(optimizer)) % len(smooth)]
    experiment = experiment_with(
        task,
        layers=stack(place),
        loss=loss,
        optimizer={"type": optimizer, "learning_rate": 0.001 if optimizer == "rmsprop" else 0.01},
        batch_size=(1000, 16)[place % 2],
    )
    check(experiment)


@pytest.mark.parametrize(("task", "loss"), FITTING)
def test_every_loss_on_every_task(task: str, loss: str) -> None:
    check(experiment_with(task, layers=TANH, loss=loss, batch_size=16))


@pytest.mark.parametrize("momentum", [0.5, 0.95])
@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "rmsprop"])
def test_momentum(optimizer: str, momentum: float) -> None:
    own = {"type": optimizer, "learning_rate": 0.01, "momentum": momentum}
    check(experiment_with(layers=TANH, optimizer=own))


def test_other_parameters_of_optimizers() -> None:
    for own in (
        {"type": "adagrad", "lr_decay": 0.1, "eps": 1e-3},
        {"type": "adadelta", "rho": 0.5, "eps": 1e-3, "learning_rate": 0.1},
        {"type": "rmsprop", "alpha": 0.5, "eps": 1e-3, "learning_rate": 0.001},
        {"type": "adam", "betas": (0.5, 0.9), "eps": 1e-3},
        {"type": "adamw", "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.5},
    ):
        check(experiment_with(layers=TANH, optimizer=own))


@pytest.mark.parametrize(
    ("task", "loss"), [(t, loss) for t, loss in FITTING if loss.endswith("cross_entropy")]
)
def test_label_smoothing(task: str, loss: str) -> None:
    check(experiment_with(task, layers=TANH, loss=loss, label_smoothing=0.2))


@pytest.mark.parametrize("batch_size", [1000, 16])
@pytest.mark.parametrize(
    ("task", "loss"), [(task, loss) for task, loss in FITTING if task != "regression"]
)
def test_class_weights(task: str, loss: str, batch_size: int) -> None:
    experiment = experiment_with(
        task,
        layers=TANH,
        loss=loss,
        class_weights=(0.3, 2.0, 1.0, 5.0)[: 2 if task == "binary" else 4],
        label_smoothing=0.1 if loss.endswith("cross_entropy") else 0.0,
        batch_size=batch_size,
    )
    check(experiment)


@pytest.mark.parametrize(
    "regularization",
    [
        {"l1": 0.02},
        {"l2": 0.1},
        {"weight_decay": 0.5},
        {"clip_value": 0.01},
        {"clip_norm": 0.05},
        {"max_norm": 0.7},
        {"l1": 0.01, "l2": 0.1, "weight_decay": 0.1, "clip_value": 0.05, "clip_norm": 0.1}
        | {"max_norm": 0.9},
    ],
    ids=lambda given: "+".join(given),
)
def test_regularization(regularization: dict[str, float]) -> None:
    layers = (Dense(6, "tanh"), BatchNorm(), Dense(5, "gelu", frozen=True), Dense(20, "silu"))
    experiment = experiment_with(
        layers=layers,
        optimizer={"type": "nesterov", "learning_rate": 0.01},
        regularization=regularization,
    )
    with_it = check(experiment)
    without = Trainer(experiment.with_("regularization", {}))
    without.advance(steps=STEPS)
    assert difference(without, with_it.parameters) > 1e-2  # it does something


def test_weight_decay_is_that_of_adamw_on_weights_alone() -> None:
    plain = experiment_with(layers=TANH, optimizer={"type": "adam", "learning_rate": 0.01})
    decayed = Trainer(plain.with_("regularization", {"weight_decay": 0.3}))
    adamw = plain.with_("optimizer", {"type": "adamw", "learning_rate": 0.01, "weight_decay": 0.3})
    twin = trained_together(Trainer(adamw.with_("stop.steps", None)), 0)
    groups = [
        {"params": twin.weights, "weight_decay": 0.3},
        {"params": [each for each in twin.trained if each.ndim == 1], "weight_decay": 0.0},
    ]
    twin.optimizer = torch.optim.AdamW(groups, lr=0.01)
    for step in range(STEPS):
        twin.step(step, np.arange(len(twin.x)))
    decayed.advance(steps=STEPS)
    assert difference(decayed, twin.tensors()) < 1e-10


@pytest.mark.parametrize("batch_size", [1000, 16])
def test_norms_after_training_use_what_they_learned(batch_size: int) -> None:
    trainer = Trainer(experiment_with("classes", layers=NORMED, batch_size=batch_size))
    twin = trained_together(trainer, 30)
    twin.model.eval()
    for split in ("train", "validation"):
        x, _ = trainer.data(split)
        with torch.no_grad():
            expected = torch.softmax(twin.model(torch.from_numpy(x)), 1).numpy()
        np.testing.assert_allclose(trainer.outputs(x).T, expected, rtol=1e-10)
    assert trainer.parameters["2.running_var"].std() > 0


@pytest.mark.parametrize("place", range(len(NORMED)))
def test_frozen_layers_stay_and_the_others_learn_past_them(place: int) -> None:
    layers = list(NORMED)
    layers[place] = dataclasses.replace(layers[place], frozen=True)
    experiment = experiment_with("classes", layers=tuple(layers), batch_size=16)
    first, trainer = Trainer(experiment).parameters, check(experiment)
    name = {0: "0", 1: "2", 2: "3", 3: "5"}[place]
    for tensor, value in trainer.parameters.items():
        stays = tensor.startswith(f"{name}.")
        assert np.array_equal(value, first[tensor]) == stays, tensor


def test_a_dropout_uses_the_mask_that_follows_from_its_place() -> None:
    rate, units = 0.3, 40
    experiment = experiment_with(layers=(Dense(units, "tanh"), Dropout(rate)))
    trainer = check(experiment)
    trainer.advance(steps=1)
    samples = len(trainer.data("train")[0])
    mask = dropout_mask(experiment.seed, STEPS, 1, units, samples, rate)
    vector = lanes(np.float64)
    row, width = 2 + units, -(-samples // vector) * vector
    found = trainer.network._work.z[row * width : (row + units) * width]
    np.testing.assert_array_equal(found.reshape(units, width)[:, :samples], mask.T)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.95])
def test_a_dropout_keeps_the_expectation(rate: float) -> None:
    masks = [dropout_mask(3, step, layer, 50, 60, rate) for step in range(20) for layer in (0, 2)]
    factors = np.stack(masks)
    assert set(np.unique(factors)) <= {0.0, 1 / (1 - rate)}
    deviation = np.sqrt(rate / (1 - rate) / factors.size)
    assert abs(factors.mean() - 1) <= 4 * deviation
    for axis in range(3):  # no step, sample or unit is drawn more than others
        means = factors.mean(axis=tuple({0, 1, 2} - {axis}))
        assert np.abs(means - 1).max() <= 5 * deviation * np.sqrt(len(means))


EPOCHS, PER_EPOCH, RATE = 20, 5, 0.3
Scheduler = Callable[[Any], Any]
SCHEDULERS: dict[str, tuple[dict[str, Any], bool, Scheduler]] = {
    "constant": ({}, False, lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0)),
    "step": (
        {"step_size": 3, "gamma": 0.5},
        False,
        lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
    ),
    "exponential": (
        {"gamma": 0.9},
        False,
        lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    ),
    "cosine": (
        {"epochs": EPOCHS, "least": 0.1},
        False,
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, EPOCHS, 0.1 * RATE),
    ),
    "one_cycle": (
        {"epochs": EPOCHS, "pct_start": 0.25, "div_factor": 10.0},
        True,
        lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, RATE, EPOCHS * PER_EPOCH, pct_start=0.25, div_factor=10.0, cycle_momentum=False
        ),
    ),
    "plateau": (
        {"reduction": 0.5, "patience": 1, "least": 0.01},
        False,
        lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(
            o, factor=0.5, patience=1, min_lr=0.01 * RATE, eps=0.0
        ),
    ),
}


def scheduled(name: str, warmup: int = 0) -> Trainer:
    own, _, _ = SCHEDULERS[name]
    experiment = experiment_with(
        layers=TANH,
        optimizer={"type": "sgd", "learning_rate": RATE},
        schedule={"type": name, "warmup": warmup, **own},
        batch_size=14,
        data__noise=0.5,
    )
    return Trainer(experiment)


def rate_of_next_step(trainer: Trainer) -> float:
    """From what gradient descent does with a gradient."""
    before = np.concatenate([each.ravel() for each in trainer.parameters.values()])
    trainer.advance(steps=1)
    after = np.concatenate([each.ravel() for each in trainer.parameters.values()])
    g = np.concatenate([each.ravel() for each in trainer.gradients.values()])
    return float((before - after) @ g / (g @ g))


def stepper() -> Any:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_step_by_step(name: str) -> None:
    trainer = scheduled(name)
    assert len(trainer.data("train")[0]) == 14 * PER_EPOCH
    _, each_step, scheduler_of = SCHEDULERS[name]
    optimizer = stepper()
    scheduler = scheduler_of(optimizer)
    seen = set()
    for _ in range(EPOCHS):
        for _ in range(PER_EPOCH):
            rate = optimizer.param_groups[0]["lr"]
            assert rate_of_next_step(trainer) == pytest.approx(rate, rel=1e-9)
            seen.add(rate)
            optimizer.step()
            if each_step and trainer.step < EPOCHS * PER_EPOCH:
                scheduler.step()
        if name == "plateau":
            scheduler.step(trainer.metrics()["validation"]["loss"])
        elif not each_step:
            scheduler.step()
    assert (len(seen) > 2) == (name != "constant")


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "plateau"])
def test_a_warm_up_comes_before_any_schedule(name: str) -> None:
    warm, plain = scheduled(name, warmup=2), scheduled(name)
    optimizer = stepper()
    steps = 2 * PER_EPOCH
    rise = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / steps, total_iters=steps - 1)
    for _ in range(steps):
        rate = optimizer.param_groups[0]["lr"]
        assert rate_of_next_step(warm) == pytest.approx(rate, rel=1e-9)
        optimizer.step()
        rise.step()
    for _ in range(3 * PER_EPOCH):
        assert rate_of_next_step(warm) == pytest.approx(rate_of_next_step(plain), rel=1e-9)
