"""What kernels are given: named tuples of flat arrays, and the places in them."""

from typing import NamedTuple

import numpy as np

# Places in `codes`. FIRST: the first layer that has something to train; TILE: samples of a tile;
# ROWS: rows of a tile; SLOTS: how many tiles there is room for; LANES: numbers of a vector;
# COUPLED: whether a layer needs all samples of a batch at once
HEAD, LOSS, OPTIMIZER, BATCH, SEED, LAYERS, SPANS, FIRST, TILE, ROWS, SLOTS, LANES = range(12)
SCHEDULE, WARMUP, WEIGHTED, RULES, COUPLED = range(12, 17)
# How many numbers there are: of parameters, of running statistics, of all that training changes
SIZE, BUFFERS, ALL = range(17, 20)
CODES = 20
# Values of RULES, added up: what is looked at after every epoch, and what is done at every step
WATCHES_LOSS, STOPS_EARLY, RESTORES_BEST, MEASURES_STEPS = 1, 2, 4, 8

# Places in `rates`, after the five parameters of the optimizer: the penalties on weights, limits of
# gradients and weights (0 where there is none), the schedule's three, and the stop rules
L1, L2, DECAY, CLIP_VALUE, CLIP_NORM, MAX_NORM = range(5, 11)
SCHEDULED = 11
TARGET_LOSS, PATIENCE, MIN_DELTA = range(14, 17)
RATES = 17

# Places in `progress`
STEP, UPDATES, EPOCH, POSITION, DIVERGED, STOPPED, BEST_EPOCH, WAITED = range(8)
PROGRESS = 8
# Values of progress[DIVERGED] and of progress[STOPPED]
FINITE, BAD_LOSS, BAD_UPDATE = range(3)
GOES_ON, REACHED_TARGET, STOPPED_EARLY, NO_MISTAKES = range(4)

# Places in `marks`: the best loss, and what the schedule "plateau" remembers
BEST_LOSS, PLATEAU_BEST, PLATEAU_WAITED, PLATEAU_FACTOR, MISTAKES = range(5)
MARKS = 5

# Columns of the history
COLUMNS = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
# Numbers that are measured of each layer at a step
MEASURED = (
    "weight_mean",
    "weight_rms",
    "gradient_mean",
    "gradient_rms",
    "update_mean",
    "update_rms",
    "activation_mean",
    "activation_rms",
    "dead",
)
MEASURES = len(MEASURED)
# Columns of the scores of a tile of samples
LOSS_SUM, WEIGHT_SUM, CORRECT, ABSOLUTE, SQUARED = range(5)
SCORES = 5


# Parts of a product that stay in the processor's first cache: SLICE deep, at most WIDEST wide
SLICE, WIDEST = 128, 64
ROOM = SLICE * WIDEST


class Plan(NamedTuple):
    """What to compute: the program's table, numbers and spans, each flat; the codes (int64) and
    rates (float64) above; the addresses (int64) of `calls`.
    """

    table: np.ndarray
    numbers: np.ndarray
    spans: np.ndarray
    codes: np.ndarray
    rates: np.ndarray
    addresses: np.ndarray


class State(NamedTuple):
    """What training changes: parameters and the optimizer's two states, (size,) each; the running
    statistics; the best parameters and statistics so far. `all` is the array they are parts of.
    """

    p: np.ndarray
    m: np.ndarray
    v: np.ndarray
    buffers: np.ndarray
    best_p: np.ndarray
    best_buffers: np.ndarray
    all: np.ndarray


class Work(NamedTuple):
    """Room for some tiles of samples, one after the other; what is in it lasts for one step.

    Pre-activations z (of a norm the normalised inputs, of a dropout its mask), activations a, dL/da
    and then dL/dz in d, the transposed a in f: (tiles · rows · tile,), the rows as in `program`.
    Targets, and in a last row weights, t: (tiles · (outputs + 1) · tile,). Losses e: (tiles ·
    (outputs + 3) · tile,), of which softmax uses three rows. Gradients g: (size,). Batch
    statistics: like the buffers. Panels: (tiles · ROOM,), for parts of a product. Sums: (tiles of
    the longest split or batch · SCORES,) float64. Tally: (threads,) int64, a number that each rank
    tells the others. Parameters before a step that is measured: (size,), or (0,) while none is.
    """

    z: np.ndarray
    a: np.ndarray
    d: np.ndarray
    f: np.ndarray
    t: np.ndarray
    e: np.ndarray
    g: np.ndarray
    statistics: np.ndarray
    panels: np.ndarray
    sums: np.ndarray
    tally: np.ndarray
    before: np.ndarray


class Samples(NamedTuple):
    """One split as the network sees it, contiguous, read-only and of the network's precision.

    x: (samples, features); y: (samples, outputs), the targets as the loss is given them (with one
    output for two classes 0 or 1, with a softmax one column per class); w: (samples,) how much each
    counts in the loss; label: (samples,) int64, the class (0 for regression).
    """

    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    label: np.ndarray


class Split(NamedTuple):
    """Samples as kernels are given them; `size`: how many there are."""

    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    label: np.ndarray
    size: int


class Records(NamedTuple):
    """What is kept of earlier epochs, thinned when it grows long.

    rows: (most · 5,) the history; states: (most · len(State.all),), progress and marks: the state
    of training at the kept epochs; steps: (most · (1 + layers · MEASURES),) the number of a step
    and what was measured at it; kept: (9,) int64, of rows, states and steps how many there are, how
    far they are apart, and how many there is room for.
    """

    rows: np.ndarray
    states: np.ndarray
    progress: np.ndarray
    marks: np.ndarray
    steps: np.ndarray
    kept: np.ndarray


# Places in `Records.kept`
KEPT_ROWS, ROW_STRIDE, MOST_ROWS = range(3)
KEPT_STATES, STATE_STRIDE, MOST_STATES = range(3, 6)
KEPT_STEPS, STEP_STRIDE, MOST_STEPS = range(6, 9)
