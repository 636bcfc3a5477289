"""A picture of training at one moment: what the worker gives and the views draw."""

from dataclasses import dataclass

import numpy as np

from playground.data.plane import Plane
from playground.data.prepare import PreparedData
from playground.experiment import Experiment
from playground.sentence import Sentence

FIELD_CELLS = 150
UNIT_CELLS = 32
LEVELS_PER_CLASS = 42
MOST_SHOWN = 3000  # samples on the field


Limits = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Wanted:
    """What views that are visible want a picture to hold beside what it always holds."""

    diagnosis: bool = False  # of the gradients; every step is then measured
    confusion: str = ""  # the split whose confusion matrix or residuals are shown
    unit: tuple[int, int] | None = None  # (layer, features first; unit), enlarged
    limits: Limits | None = None  # of the field, in place of the plane's own
    sample: int | None = None  # the selected one, whose outputs are shown
    weights: int | None = None  # the dense layer whose matrix is shown, see `Weights`


@dataclass(frozen=True)
class Event:
    """Something that was changed while it trained, for the time axis."""

    epoch: float
    what: str  # in a few words


@dataclass(frozen=True)
class Histogram:
    """How many numbers lie in each of some equal parts of low … high: counts (parts,) int64."""

    counts: np.ndarray
    low: float
    high: float


@dataclass(frozen=True)
class LayerHealth:
    """What is to be said of the gradients of one dense layer, or of the output layer."""

    gradients: Histogram  # of its weights, in the newest step
    flow: str  # "vanishing" or "exploding" where the gradients are, else empty
    dead: tuple[int, ...]  # units through which no sample's gradient comes
    saturated: tuple[int, ...]  # units that nearly all samples drive to an end of the activation


@dataclass(frozen=True)
class Diagnosis:
    """How gradients reach the dense layers and the output layer, which is the last of `layers`.

    epochs: (points,), rms: (points, layers), the root of the gradients' mean square around then;
    NaN where there is none, or where steps were not measured. `since`: the epoch of the first step
    that was.
    """

    since: float
    epochs: np.ndarray
    rms: np.ndarray
    layers: tuple[LayerHealth, ...]


@dataclass(frozen=True)
class Weights:
    """The weights of the dense layers and the output layer; one matrix as a picture.

    picture: (units, inputs) uint8, places in the diverging map, whose ends stand for ±`scale`.
    """

    histograms: tuple[Histogram, ...]
    shown: int  # which layer's matrix
    picture: np.ndarray
    scale: float


@dataclass(frozen=True)
class Landscape:
    """The loss on the training samples over a plane through the parameters, as they were.

    picture: (rows, columns) uint8, 0 at the lowest loss and 255 at the highest, by their
    logarithms, row 0 at the top. contours: (segments, 4) float32, x, y, x, y. path: (points, 2),
    from the first kept state to the present one, which is at 0, 0.
    """

    names: tuple[str, str]  # of the directions
    shares: tuple[float, float] | None  # of the path's squared lengths that they show
    limits: Limits
    picture: np.ndarray
    lowest: float
    highest: float
    contours: np.ndarray
    path: np.ndarray
    here: float  # the loss
    start: float
    epoch: int


@dataclass(frozen=True)
class Run:
    """A training that was left: what it was, how far it came, and its scores."""

    number: int
    experiment: Experiment
    step: int
    epoch: int
    stopped_by: str  # see Trainer.stopped_by; empty when it was left
    test_revealed: bool
    events: tuple[Event, ...]
    history: dict[str, np.ndarray]
    metrics: dict[str, dict[str, float]]


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
    message: Sentence  # why it diverged or finished, in a sentence; else empty
    stopped_by: str  # see Trainer.stopped_by
    best_epoch: int  # with the smallest validation loss so far
    best_differs: bool  # whether its weights are known, and others than the present ones
    step: int
    epoch: int
    kept_epochs: np.ndarray  # that one can go back to, in order: (n,) int64
    newest_epoch: int  # larger than `epoch` when an earlier state is shown
    events: tuple[Event, ...]
    runs: tuple[Run, ...]  # those that were left, oldest first
    threads: int  # that train
    samples_per_second: float  # 0 when not running
    parameters: dict[str, np.ndarray]  # see Trainer.parameters
    gradients: dict[str, np.ndarray]  # the same, of the step that led to them; none where none did
    unit_pictures: tuple[np.ndarray, ...]  # one per layer, features first: (units, 32, 32) uint8
    # (150, 150) uint8. Two classes or regression: a place in the diverging map. More classes:
    # LEVELS_PER_CLASS * class + level, where level says how sure the network is.
    field: np.ndarray
    field_values: np.ndarray  # (outputs, 150, 150) float32, `predict` at the centre of each cell
    contour: np.ndarray  # (segments, 4) float32: x, y, x, y of the boundary, in units of the axes
    limits: Limits  # of the field: ((x low, x high), (y low, y high))
    field_scale: float  # the value whose colour is the end of the map (regression); else 1
    history: dict[str, np.ndarray]  # columns of equal length, see Trainer.history
    metrics: dict[str, dict[str, float]]  # {"train": {"loss": …, …}, "validation": …}
    unit: tuple[int, int] | None  # the enlarged unit, as wanted, if it is there
    unit_field: np.ndarray | None  # (150, 150) uint8, its picture
    unit_scale: float  # the value whose colour is the end of the map there; 1 without a unit
    # Of the wanted split: (classes, classes) int64, or for regression (samples, 2) float64 targets
    # and predictions.
    confusion: np.ndarray | None
    diagnosis: Diagnosis | None
    weights: Weights | None
    plane: Plane  # that the field is over
    shares: np.ndarray | None  # of one input: (units, 150), what each adds to the output
    mistakes: np.ndarray | None  # indices of samples in a wrong class, as `View.mark_mistakes` asks
    sample: int | None  # the selected one, as wanted
    sample_outputs: np.ndarray | None  # (outputs,), `predict` for it


def shown_samples(data: PreparedData, split: str) -> np.ndarray:
    """Indices of the samples of a split, or of "all"; `MOST_SHOWN` spread evenly where more."""
    indices = np.concatenate(list(data.splits.values())) if split == "all" else data.splits[split]
    if len(indices) <= MOST_SHOWN:
        return indices
    return indices[np.arange(MOST_SHOWN) * len(indices) // MOST_SHOWN]
