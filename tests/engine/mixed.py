"""Stacks that mix every kind of layer and every activation, and experiments around them."""

from typing import Any

import numpy as np

from playground import Experiment
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.losses import LOSSES

SOURCES = {"binary": "moons", "classes": "blobs", "regression": "plane"}
FITTING = [(task, loss.name) for task in SOURCES for loss in LOSSES.values() if task in loss.tasks]
BETWEEN: tuple[tuple[Layer, ...], ...] = (
    (BatchNorm(),),
    (Dropout(0.3),),
    (LayerNorm(),),
    (),
    (Dropout(0.2), BatchNorm(momentum=0.3, eps=1e-3)),
    (LayerNorm(eps=1e-3), Dropout(0.1)),
    (BatchNorm(frozen=True),),
    (LayerNorm(frozen=True),),
)
STACKS = 8


def stack(place: int) -> tuple[Layer, ...]:
    """Three dense layers with the next three activations, and other layers after each.

    Nothing linear stands before a batch norm that is trained: what it does not change has a
    gradient of mere rounding, which Adam and its like make large.
    """
    rng = np.random.default_rng(place)
    layers: list[Layer] = []
    for k in range(3):
        activation = list(ACTIVATIONS)[(3 * place + k) % len(ACTIVATIONS)]
        layers.append(Dense(int(rng.integers(4, 21)), activation, frozen=place % 4 == 3 and k == 0))
        between = BETWEEN[(place + 3 * k) % len(BETWEEN)]
        if activation != "linear" or BatchNorm() not in between:
            layers += between
    return tuple(layers)


def experiment_with(task: str = "binary", **values: Any) -> Experiment:
    """A small experiment for a task, with these values at their paths ("__" for a dot)."""
    experiment = Experiment.example("moons").with_source(SOURCES[task])
    for path, value in {
        "data__samples": 100,
        "data__normalize": "standard",
        "batch_size": 1000,  # all samples at once
        "precision": "float64",
        **values,
    }.items():
        experiment = experiment.with_(path.replace("__", "."), value)
    return experiment
