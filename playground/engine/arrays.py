"""The arrays of a network in training: how large they are, and how much memory they take."""

from typing import NamedTuple

import numpy as np

from playground.engine import plan
from playground.engine.plan import Records, State, Work
from playground.engine.program import Program
from playground.engine.vectors import ALIGNMENT, aligned

MOST_ROWS = 2048
MOST_STEPS = 2048
MOST_STATES_BYTES = 2**28  # of earlier states, though never fewer than
FEWEST_STATES = 4
SLOTS_TOGETHER = 16  # tiles that a team works on at a time


def bytes_needed(program: Program, precision: str, batch: int, threads: int) -> int:
    """How much memory training a program takes, at the least."""
    states = 4 * (3 + FEWEST_STATES) * program.size
    work = slots_for(program, batch, threads) * program.tile * 4 * (program.rows + program.outputs)
    return np.dtype(precision).itemsize * (states + work)


def slots_for(program: Program, batch: int, threads: int) -> int:
    """How many tiles of a batch are in memory at a time."""
    slots = -(-batch // program.tile)
    if not program.couples_samples:
        slots = min(slots, SLOTS_TOGETHER) if threads > 1 else 1
    return max(slots, threads)


class Moment(NamedTuple):
    """Everything that training goes on from, as of one step."""

    all: np.ndarray
    progress: np.ndarray
    marks: np.ndarray
    order: np.ndarray


def new_state(program: Program, dtype: np.dtype) -> State:
    """Parameters and all else that training changes, zeros in one array."""
    size, buffers = program.size, program.buffer_size
    sizes = (size, size, size, buffers, size, buffers)
    step = ALIGNMENT // dtype.itemsize
    starts = np.cumsum([0, *(-(-each // step) * step for each in sizes)])
    everything = aligned(int(starts[-1]), dtype)
    parts = [
        everything[start : start + each]
        for start, each in zip(starts[:-1].tolist(), sizes, strict=True)
    ]
    return State._make((*parts, everything))


def new_work(
    program: Program, dtype: np.dtype, slots: int, tiles: int, threads: int, measures: bool
) -> Work:
    """Room for so many tiles at a time, and for the sums of `tiles` tiles of a split or batch.

    measures: whether there is room for the parameters before a step.
    """
    rows, outputs = slots * program.tile * program.rows, slots * program.tile * program.outputs
    extra = slots * program.tile
    sizes = (*[rows] * 4, outputs + extra, outputs + 3 * extra, program.size, program.buffer_size)
    numbers = (aligned(size, dtype) for size in (*sizes, slots * plan.ROOM))
    before = np.zeros(program.size if measures else 0, dtype)
    tally = np.zeros(threads, np.int64)
    return Work._make((*numbers, np.zeros(tiles * plan.SCORES), tally, before))


def new_records(program: Program, state: State) -> Records:
    """Room for the history and earlier states, and nothing in it."""
    most = MOST_STATES_BYTES // max(state.all.nbytes, 1)
    states = min(max(most, FEWEST_STATES), MOST_ROWS)
    kept = np.zeros(9, np.int64)
    kept[[plan.ROW_STRIDE, plan.STATE_STRIDE, plan.STEP_STRIDE]] = 1
    kept[[plan.MOST_ROWS, plan.MOST_STATES, plan.MOST_STEPS]] = MOST_ROWS, states, MOST_STEPS
    return Records(
        np.zeros(MOST_ROWS * len(plan.COLUMNS)),
        np.zeros(states * len(state.all), state.all.dtype),
        np.zeros(states * plan.PROGRESS, np.int64),
        np.zeros(states * plan.MARKS),
        np.zeros(MOST_STEPS * (1 + len(program.table) * plan.MEASURES)),
        kept,
    )
