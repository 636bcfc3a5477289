"""Every optimizer after 100 steps is where PyTorch is; see reference/make_trajectories.py."""

from pathlib import Path

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.layers import Dense
from playground.engine.optimizers import OPTIMIZERS

RATE = 0.01
STEPS = 100
REFERENCE = Path(__file__).parent / "reference" / "trajectories.npz"


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


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_same_trajectory_as_pytorch(optimizer: str, precision: str, tolerance: float) -> None:
    trainer = Trainer(experiment_with(optimizer, precision))
    with np.load(REFERENCE) as reference:
        x, y = trainer.data("train")
        np.testing.assert_allclose(x, reference["x"], rtol=1e-6)
        np.testing.assert_array_equal(y, reference["y"])
        trainer.load_parameters({name: reference[f"start/{name}"] for name in trainer.parameters})
        assert trainer.advance(steps=STEPS) == STEPS
        for name, found in trainer.parameters.items():
            expected = reference[f"{optimizer}/{name}"]
            difference = np.abs(found - expected).max() / np.abs(expected).max()
            assert difference < tolerance, name
