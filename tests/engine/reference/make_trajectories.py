"""Make `trajectories.npz` with PyTorch: where training is after 100 steps, in float64.

    python -m tests.engine.reference.make_trajectories

Every optimizer on 2-6-4-1 with tanh and all training samples of "moons", with binary cross-entropy;
then stacks that mix all kinds of layers, by their number. Made with PyTorch 2.13.0.
"""

from pathlib import Path

import numpy as np

from playground import Trainer
from playground.experiment import Experiment
from tests.engine.mixed import STACKS
from tests.engine.pytorch import trained_together
from tests.engine.test_trajectories import DESCENTS, STEPS, experiment_with, mixed_experiment


def trajectory(name: str, experiment: Experiment) -> dict[str, np.ndarray]:
    tensors = trained_together(Trainer(experiment), STEPS).tensors()
    return {f"{name}/{tensor}": value for tensor, value in tensors.items()}


if __name__ == "__main__":
    first = Trainer(experiment_with("sgd"))
    x, y = first.data("train")
    kept = {"x": x, "y": y} | {f"start/{name}": v for name, v in first.parameters.items()}
    for optimizer in DESCENTS:
        kept |= trajectory(optimizer, experiment_with(optimizer))
    for place in range(STACKS):
        kept |= trajectory(str(place), mixed_experiment(place))
    np.savez_compressed(Path(__file__).with_name("trajectories.npz"), **kept)
