"""Make `trajectories.npz` with PyTorch: where every optimizer is after 100 steps, in float64.

    python tests/engine/reference/make_trajectories.py

The network is 2-6-4-1 with tanh on all training samples of "moons", with binary cross-entropy. Made
with PyTorch 2.13.0.
"""

from pathlib import Path

import numpy as np
import torch

from playground import Trainer
from tests.engine.test_trajectories import OPTIMIZERS, RATE, STEPS, experiment_with

PYTORCH = {
    "sgd": lambda p: torch.optim.SGD(p, lr=RATE),
    "momentum": lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9, nesterov=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=RATE),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=RATE),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=RATE),
    "adam": lambda p: torch.optim.Adam(p, lr=RATE),
    "adamw": lambda p: torch.optim.AdamW(p, lr=RATE),
}


def trajectory(optimizer: str) -> dict[str, np.ndarray]:
    trainer = Trainer(experiment_with(optimizer))
    x, y = (torch.tensor(each, dtype=torch.float64) for each in trainer.data("train"))
    parameters = {
        name: torch.tensor(value, requires_grad=True) for name, value in trainer.parameters.items()
    }
    weights = list(parameters.values())
    stepper = PYTORCH[optimizer](weights)
    for _ in range(STEPS):
        a = torch.tanh(x @ weights[0].T + weights[1])
        a = torch.tanh(a @ weights[2].T + weights[3])
        z = (a @ weights[4].T + weights[5])[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
        stepper.zero_grad()
        loss.backward()
        stepper.step()
    return {f"{optimizer}/{name}": value.detach().numpy() for name, value in parameters.items()}


if __name__ == "__main__":
    first = Trainer(experiment_with("sgd"))
    x, y = first.data("train")
    kept = {"x": x, "y": y} | {f"start/{name}": v for name, v in first.parameters.items()}
    for optimizer in OPTIMIZERS:
        kept |= trajectory(optimizer)
    np.savez_compressed(Path(__file__).with_name("trajectories.npz"), **kept)
