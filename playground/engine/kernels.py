"""The training loop: many steps inside one compiled call, without Python and without the GIL."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
from numba import float64, int64, types

from playground.engine.jit import inlined, inner, kernel, reassociating
from playground.engine.passes import (
    BATCH,
    L1,
    L2,
    OPTIMIZER,
    SEED,
    TILE,
    Plan,
    Samples,
    State,
    Work,
    batch_gradient,
    evaluated,
    forward,
    gather,
    padded,
    row_of,
)
from playground.engine.program import INPUTS, UNITS, WEIGHT
from playground.engine.scalar import update
from playground.engine.simd import borrowed, span
from playground.engine.subnormals import flush_subnormals, restore_mode

# Places in `progress`
STEP, UPDATES, EPOCH, POSITION, DIVERGED, RECORDS, STRIDE = range(7)
# Values of `progress[DIVERGED]`
FINITE, BAD_LOSS, BAD_UPDATE = range(3)
# Columns of the history
COLUMNS = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


@reassociating
def all_finite(values):
    result = values.dtype.type(0)
    zero = values.dtype.type(0)
    for i in range(len(values)):
        result += values[i] * zero
    return result == zero


@inner
def copy(source, target):
    for i in range(len(source)):
        target[i] = source[i]


@inlined
def add_penalties(plan, p, g):
    """Add the gradients of the L1 and L2 penalties on the weights to g."""
    l1, l2 = g.dtype.type(plan.rates[L1]), g.dtype.type(plan.rates[L2])
    for layer in range(len(plan.table)):
        row = row_of(plan.table, layer)
        w = span(p, row[WEIGHT], row[INPUTS] * row[UNITS])
        gradient = span(g, row[WEIGHT], row[INPUTS] * row[UNITS])
        for i in range(len(w)):
            sign = l1 if w[i] > 0 else (-l1 if w[i] < 0 else 0 * l1)
            gradient[i] += l2 * w[i] + sign


@inner
def mixed(value):
    """A 64-bit number to one that looks random: SplitMix64's finaliser (Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inner
def shuffle(order, seed, epoch):
    """Fill `order` with a permutation that follows from the seed and the epoch alone."""
    key = mixed(np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(epoch))
    for i in range(len(order)):
        order[i] = i
    for i in range(len(order) - 1, 0, -1):
        drawn = mixed(key + np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
        j = int64((drawn * np.uint64(i + 1)) >> np.uint64(32))
        order[i], order[j] = order[j], order[i]


@inlined
def record(plan, p, work, learning, validation, rows, progress, history):
    """Add a row to the history, if this epoch is due.

    When the history is full, every second row is dropped, and half as many are added from then on.
    """
    if progress[RECORDS] == len(history):
        kept = (len(history) + 1) // 2
        for i in range(kept):
            history[i] = history[2 * i]
        progress[RECORDS] = kept
        progress[STRIDE] *= 2
    if progress[EPOCH] % progress[STRIDE] == 0:
        row = history[progress[RECORDS]]
        row[0] = progress[EPOCH]
        row[1], row[2] = evaluated(plan, p, work, learning, rows)
        row[3], row[4] = evaluated(plan, p, work, validation, rows)
        progress[RECORDS] += 1


@inlined
def step_once(plan, state, work, samples, order, progress):
    """One update from one batch; returns its loss.

    An update that would make a weight infinite or NaN is taken back.
    """
    first = progress[POSITION]
    count = min(plan.codes[BATCH], len(samples.x) - first)
    loss = batch_gradient(plan, state, work, samples, order, first, count)
    if not np.isfinite(loss):
        progress[DIVERGED] = BAD_LOSS
        return loss
    p, g, m, v, kept = state
    if plan.rates[L1] != 0 or plan.rates[L2] != 0:
        add_penalties(plan, p, g)
    size = len(p)
    copy(p, span(kept, 0, size))
    copy(m, span(kept, size, size))
    copy(v, span(kept, 2 * size, size))
    rates = plan.rates
    parameters = (rates[0], rates[1], rates[2], rates[3], rates[4])
    update(plan.codes[OPTIMIZER], p, g, m, v, float64(progress[UPDATES] + 1), parameters)
    if not (all_finite(p) and all_finite(m) and all_finite(v)):
        copy(span(kept, 0, size), p)
        copy(span(kept, size, size), m)
        copy(span(kept, 2 * size, size), v)
        progress[DIVERGED] = BAD_UPDATE
        return loss
    progress[STEP] += 1
    progress[UPDATES] += 1
    progress[POSITION] = first + count
    return loss


# The entry points, compiled by `compiled` below


def train(
    plan, state, work, learning, validation, order, rows, progress, history, steps, last_epoch
):
    """Train for `steps` steps, to the end of epoch `last_epoch`, or until it diverges.

    order: (samples,) int64, the order of this epoch. Returns the loss of the last batch.
    """
    mode = flush_subnormals()
    plan, state, work = borrowed(plan), borrowed(state), borrowed(work)
    learning, validation = borrowed(learning), borrowed(validation)
    order, rows = borrowed(order), borrowed(rows)
    progress, history = borrowed(progress), borrowed(history)
    loss = np.nan
    if progress[RECORDS] == 0:
        record(plan, state.p, work, learning, validation, rows, progress, history)
    for _ in range(steps):
        if progress[EPOCH] >= last_epoch or progress[DIVERGED] != FINITE:
            break
        if progress[POSITION] == 0:
            shuffle(order, plan.codes[SEED], progress[EPOCH])
        loss = step_once(plan, state, work, learning, order, progress)
        if progress[POSITION] >= len(learning.x):
            progress[POSITION] = 0
            progress[EPOCH] += 1
            record(plan, state.p, work, learning, validation, rows, progress, history)
    restore_mode(mode)
    return loss


def evaluate(plan, p, work, samples, rows):
    """(mean loss, accuracy) over a split."""
    mode = flush_subnormals()
    scores = evaluated(
        borrowed(plan), borrowed(p), borrowed(work), borrowed(samples), borrowed(rows)
    )
    restore_mode(mode)
    return scores


def activations(table, p, work, x, rows, first_row, out):
    """out[r, sample] = activation of row first_row + r, for every sample of x."""
    mode = flush_subnormals()
    table, p, work = borrowed(table), borrowed(p), borrowed(work)
    x, rows, out = borrowed(x), borrowed(rows), borrowed(out)
    samples = len(x)
    for first in range(0, samples, TILE):
        count = min(TILE, samples - first)
        width = padded(count, p)
        gather(x, rows, first, count, width, work.a)
        forward(table, p, work, width)
        for r in range(len(out)):
            source = span(work.a, (first_row + r) * width, count)
            for s in range(count):
                out[r, first + s] = source[s]
    restore_mode(mode)


class Kernels(NamedTuple):
    """The compiled entry points for one number format."""

    train: Callable[..., float]
    evaluate: Callable[..., tuple[float, float]]
    activations: Callable[..., None]


@functools.cache
def compiled(precision: str) -> Kernels:
    """Compile the entry points for "float32" or "float64", or load them from the disk cache."""
    number = numba.from_dtype(np.dtype(precision))
    table, history = types.Array(int64, 2, "C"), types.Array(float64, 2, "C")
    ints, rates = types.Array(int64, 1, "C"), types.Array(float64, 1, "C")
    flat, out = types.Array(number, 1, "C"), types.Array(number, 2, "C")
    split = types.Array(number, 2, "C", readonly=True)
    plan = types.NamedTuple((table, ints, rates), Plan)
    state = types.NamedUniTuple(flat, 5, State)
    work = types.NamedUniTuple(flat, 6, Work)
    samples = types.NamedUniTuple(split, 2, Samples)
    progress = (ints, ints, ints, history, int64, int64)
    return Kernels(
        kernel(float64(plan, state, work, samples, samples, *progress))(train),
        kernel(types.UniTuple(float64, 2)(plan, flat, work, samples, ints))(evaluate),
        kernel(types.void(table, flat, work, split, ints, int64, out))(activations),
    )
