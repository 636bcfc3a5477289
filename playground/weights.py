"""The weights as pictures: how they are spread in each layer, and one matrix in colours."""

import numpy as np

from playground.diagnosis import histogram
from playground.engine.layers import Dense
from playground.snapshot import Weights
from playground.trainer import Trainer

PARTS = 31


def weights_of(trainer: Trainer, shown: int) -> Weights:
    """The histograms of all dense layers, and the matrix of one of them (or else of the last)."""
    program, parameters = trainer.network.program, trainer.parameters
    matrices = [
        parameters[f"{name}.weight"]
        for name, layer in zip(program.names, program.layers, strict=True)
        if isinstance(layer, Dense)
    ]
    shown = min(shown, len(matrices) - 1)
    matrix = matrices[shown]
    scale = float(np.abs(matrix).max(initial=0.0)) or 1.0
    picture = (128.5 + 127.0 * np.clip(matrix / scale, -1.0, 1.0)).astype(np.uint8)
    return Weights(tuple(histogram(each, PARTS) for each in matrices), shown, picture, scale)
