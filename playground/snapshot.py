"""A picture of training at one moment: what the worker gives and the views draw."""

from dataclasses import dataclass

import numpy as np

from playground.data.prepare import PreparedData
from playground.experiment import Experiment

FIELD_CELLS = 150
UNIT_CELLS = 32
LEVELS_PER_CLASS = 42


@dataclass(frozen=True)
class Snapshot:
    """Everything the window shows, as of one step; arrays are copies and read-only.

    Colour indices are uint8 places in a 256-step colour map; 128 is zero, 0 the most negative, 255
    the most positive. Pictures have row 0 at the top (the largest x2).
    """

    serial: int  # of the newest command that this picture includes
    experiment: Experiment
    data: PreparedData
    status: str  # "ready", "running", "diverged" or "finished"
    message: str  # why it diverged or finished, in a sentence; else empty
    best_epoch: int | None  # of a training that early stopping has ended
    step: int
    epoch: int
    samples_per_second: float  # 0 when not running
    parameters: dict[str, np.ndarray]  # see Trainer.parameters
    gradients: dict[str, np.ndarray]  # of the newest step, same names and shapes
    unit_pictures: tuple[np.ndarray, ...]  # one per layer, features first: (units, 32, 32) uint8
    # (150, 150) uint8. Two classes or regression: a place in the diverging map. More classes:
    # LEVELS_PER_CLASS * class + level, where level says how sure the network is.
    field: np.ndarray
    field_values: np.ndarray  # (outputs, 150, 150) float32, `predict` at the centre of each cell
    contour: np.ndarray  # (segments, 4) float32: x, y, x, y of the boundary, in units of the axes
    field_scale: float  # the value whose colour is the end of the map (regression); else 1
    history: dict[str, np.ndarray]  # columns of equal length, see Trainer.history
    metrics: dict[str, dict[str, float]]  # {"train": {"loss": …, …}, "validation": …}
    slice_note: str  # which slice of the inputs the field shows, when there are more than two
