"""Whole networks against the obvious engine: losses, and every partial derivative."""

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import Dense
from playground.engine.losses import LOSSES
from tests.engine.oracle import Layers, gradient, mean_loss, outputs

SMOOTH = [row.name for row in ACTIVATIONS.values() if row.kink is None]
FITTING = [
    (source, loss.name)
    for source, task in (("moons", "binary"), ("blobs", "classes"), ("plane", "regression"))
    for loss in LOSSES.values()
    if task in loss.tasks
]


def still(source: str, loss: str, layers: tuple[Dense, ...], precision: str) -> Experiment:
    """One step goes through all samples and changes nothing: it leaves their gradient."""
    experiment = Experiment.example("moons").with_source(source)
    for path, value in {
        "data.samples": 40,
        "data.noise": 0.3,
        "data.normalize": "standard",
        "layers": layers,
        "loss": loss,
        "optimizer.type": "sgd",
        "optimizer.learning_rate": 0.0,
        "batch_size": 40,
        "precision": precision,
    }.items():
        experiment = experiment.with_(path, value)
    return experiment


def oracle_of(trainer: Trainer) -> tuple[Layers, np.ndarray, np.ndarray]:
    tensors = [tensor.astype(np.float64) for tensor in trainer.parameters.values()]
    activations = [layer.activation for layer in trainer.experiment.layers]
    activations.append(trainer.output_activation)
    layers = list(zip(tensors[::2], tensors[1::2], activations, strict=True))
    x, y = trainer.data("train")
    y = np.eye(4)[y] if trainer.experiment.task == "classes" else y.reshape(len(x), -1)
    return layers, x.astype(np.float64), y.astype(np.float64)


def check(trainer: Trainer, loss: str, tolerance: float) -> None:
    trainer.advance(steps=1)
    layers, x, y = oracle_of(trainer)
    assert trainer.metrics()["train"]["loss"] == pytest.approx(
        mean_loss(layers, loss, x, y), rel=tolerance
    )
    expected = gradient(layers, loss, x, y)
    for found, slopes in zip(trainer.gradients.values(), expected, strict=True):
        np.testing.assert_allclose(found, slopes, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("source", "loss"), FITTING)
def test_every_loss_on_every_task(source: str, loss: str) -> None:
    layers = (Dense(5, "tanh"), Dense(3, "sine"))
    check(Trainer(still(source, loss, layers, "float64")), loss, 2e-7)


@pytest.mark.parametrize("activation", SMOOTH)
def test_every_smooth_activation(activation: str) -> None:
    layers = (Dense(4, activation), Dense(3, activation))
    check(Trainer(still("moons", "cross_entropy", layers, "float64")), "cross_entropy", 2e-7)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "selu"])
def test_activations_with_a_kink_where_no_sample_meets_it(activation: str) -> None:
    layers = (Dense(6, activation), Dense(4, activation))
    check(Trainer(still("moons", "mse", layers, "float64")), "mse", 2e-7)


@pytest.mark.parametrize("units", [(), (1,), (17,), (3, 33, 2), (1,) * 12])
def test_stacks_of_odd_shapes(units: tuple[int, ...]) -> None:
    layers = tuple(Dense(each, "tanh") for each in units)
    for precision, tolerance in (("float64", 2e-7), ("float32", 2e-5)):
        trainer = Trainer(still("blobs", "cross_entropy", layers, precision))
        check(trainer, "cross_entropy", tolerance)


@pytest.mark.parametrize("samples", [11, 16, 17, 300, 1000])
def test_batches_that_fill_no_tile(samples: int) -> None:
    """Padded samples count for nothing, and tiles of one batch add up."""
    layers = (Dense(3, "sigmoid"),)
    experiment = still("xor", "cross_entropy", layers, "float64")
    experiment = experiment.with_("data.samples", samples).with_("batch_size", samples)
    check(Trainer(experiment), "cross_entropy", 2e-7)


def test_predictions_and_activations_are_the_oracles() -> None:
    layers = (Dense(9, "gelu"), Dense(5, "silu"))
    trainer = Trainer(still("blobs", "cross_entropy", layers, "float32"))
    trainer.advance(steps=1)
    raw, _ = trainer.prepared.samples("train")
    network, x, _ = oracle_of(trainer)
    _, expected = outputs(network, x)
    np.testing.assert_allclose(trainer.predict(raw), expected, rtol=2e-5, atol=2e-6)
    assert [len(rows) for rows in trainer.activations(raw)] == [2, 9, 5, 4]
    np.testing.assert_array_equal(trainer.activations(raw)[-1], trainer.predict(raw).T)
