"""The examples that ship are learned by the network they come with, in about a second."""

import pytest

from playground import Experiment, Trainer
from playground.shipped import EXAMPLES

EPOCHS = {"spiral": 2500, "multi-gauss": 500, "sine": 1000, "polynomial": 500, "checkerboard": 300}
ACCURACY = {"iris": 0.93, "pass": 0.85, "breast-cancer": 0.92}
VALUES = {"diabetes": 5000.0}  # a mean error of 71, of values from 25 to 346


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_learned_with_one_click(name: str) -> None:
    trainer = Trainer(Experiment.example(name))
    before = trainer.metrics()["validation"]
    trainer.advance(epochs=EPOCHS.get(name, 200))
    after = trainer.metrics()["validation"]
    if trainer.experiment.task == "regression":
        assert after["loss"] < min(VALUES.get(name, 0.005), before["loss"] / 5)
    else:
        assert after["accuracy"] >= ACCURACY.get(name, 0.95)
    assert trainer.status == "ready"
