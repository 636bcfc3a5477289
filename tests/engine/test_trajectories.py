"""Every optimizer and mixed stacks after 100 steps are where PyTorch is, without PyTorch; see
reference/make_trajectories.py.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.layers import Dense
from playground.engine.optimizers import OPTIMIZERS
from tests.engine import mixed

RATE = 0.01
STEPS = 100
REFERENCE = Path(__file__).parent / "reference" / "trajectories.npz"
DESCENTS = [name for name in OPTIMIZERS if name != "perceptron"]
PRECISIONS = pytest.mark.parametrize(
    ("precision", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)]
)


def experiment_with(optimizer: str, precision: str = "float64") -> Experiment:
    experiment = Experiment.example("moons")
    for path, value in {
        "layers": (Dense(6, "tanh"), Dense(4, "tanh")),
        "loss": "binary_cross_entropy",
        "optimizer": {"type": optimizer, "learning_rate": RATE},
        "batch_size": 1000,  # all samples at once: then their order does not matter
        "data.samples": 200,
        "precision": precision,
    }.items():
        experiment = experiment.with_(path, value)
    return experiment


def mixed_experiment(place: int, precision: str = "float64") -> Experiment:
    """All kinds of layers, all activations and all optimizers, in as many stacks."""
    task, loss = (("binary", "cross_entropy"), ("classes", "cross_entropy"), ("regression", "mse"))[
        place % 3
    ]
    optimizer = DESCENTS[place]
    return mixed.experiment_with(
        task,
        layers=mixed.stack(place),
        loss=loss,
        optimizer={
            "type": optimizer,
            "learning_rate": RATE / (10 if optimizer == "rmsprop" else 1),
        },
        batch_size=(1000, 16)[place % 2],
        precision=precision,
        regularization={"l2": 0.01, "clip_norm": 1.0},
    )


def check(trainer: Trainer, reference: Mapping[str, np.ndarray], name: str, most: float) -> None:
    assert trainer.advance(steps=STEPS) == STEPS
    for tensor, found in trainer.parameters.items():
        expected = reference[f"{name}/{tensor}"]
        # What is on its way through 0 is measured by a thousandth.
        difference = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-3)
        assert difference < most, tensor


@PRECISIONS
@pytest.mark.parametrize("optimizer", DESCENTS)
def test_same_trajectory_as_pytorch(optimizer: str, precision: str, tolerance: float) -> None:
    trainer = Trainer(experiment_with(optimizer, precision))
    with np.load(REFERENCE) as reference:
        x, y = trainer.data("train")
        np.testing.assert_allclose(x, reference["x"], rtol=1e-6)
        np.testing.assert_array_equal(y, reference["y"])
        trainer.load_parameters({name: reference[f"start/{name}"] for name in trainer.parameters})
        check(trainer, reference, optimizer, tolerance)


@PRECISIONS
@pytest.mark.parametrize("place", range(mixed.STACKS))
def test_mixed_stacks_go_where_pytorchs_go(place: int, precision: str, tolerance: float) -> None:
    trainer = Trainer(mixed_experiment(place, precision))
    with np.load(REFERENCE) as reference:
        check(trainer, reference, str(place), tolerance)
