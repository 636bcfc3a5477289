"""Losses, accuracies, confusions and errors on every split, against plain formulas."""

import numpy as np
import pytest

from playground import Trainer
from playground.engine.layers import BatchNorm, Dense
from tests.engine.mixed import FITTING, experiment_with

LAYERS = (Dense(6, "tanh"), BatchNorm())
SPLITS = ("train", "validation", "test")


@pytest.mark.parametrize("samples", [40, 3000])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_errors_of_a_regression(precision: str, samples: int) -> None:
    experiment = experiment_with(
        "regression", layers=LAYERS, loss="huber", precision=precision, data__samples=samples
    )
    trainer = Trainer(experiment, threads=2)
    trainer.advance(epochs=20)
    scores = trainer.metrics()
    for split in SPLITS:
        x, y = trainer.prepared.samples(split)
        e = trainer.predict(x).astype(np.float64) - y
        expected = {
            "loss": np.where(np.abs(e) > 1, np.abs(e) - 0.5, 0.5 * e**2).mean(),
            "mae": np.abs(e).mean(),
            "rmse": np.sqrt((e**2).mean()),
            "r2": 1 - (e**2).sum() / ((y - y.mean(axis=0)) ** 2).sum(),
        }
        assert scores[split] == pytest.approx(expected, rel=2e-5, abs=1e-6)
    with pytest.raises(ValueError, match="no classes"):
        trainer.confusion("train")


@pytest.mark.parametrize(
    ("task", "loss"), [(task, loss) for task, loss in FITTING if task != "regression"]
)
def test_confusions(task: str, loss: str) -> None:
    experiment = experiment_with(
        task, layers=LAYERS, loss=loss, data__samples=2000, data__noise=0.4, precision="float32"
    )
    trainer = Trainer(experiment, threads=2)
    trainer.advance(epochs=20)
    scores = trainer.metrics()
    for split in SPLITS:
        x, y = trainer.prepared.samples(split)
        a = trainer.predict(x)
        least = 0.0 if loss == "hinge" else 0.5
        found = a.argmax(axis=1) if task == "classes" else (a[:, 0] > least).astype(int)
        expected = np.zeros((4, 4) if task == "classes" else (2, 2), np.int64)
        np.add.at(expected, (y, found), 1)
        confusion = trainer.confusion(split)
        assert np.array_equal(confusion, expected)
        assert confusion.dtype == np.int64
        assert scores[split]["accuracy"] == np.trace(expected) / len(y)
