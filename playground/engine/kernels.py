"""The entry points: many steps, scores, activations, each in one compiled call without the GIL.

All ranks of a team make the same call at the same time; rank 0 alone writes the progress and the
records, between two meetings.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
from numba import float64, int64, types

from playground.engine.jit import inlined, inner, kernel
from playground.engine.measuring import measure
from playground.engine.norms import GOLDEN, mixed
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.passes import forward, load_features, padded, place_of, row_of
from playground.engine.plan import (
    ALL,
    BAD_LOSS,
    BAD_UPDATE,
    BATCH,
    BEST_EPOCH,
    BEST_LOSS,
    BUFFERS,
    COLUMNS,
    CORRECT,
    DIVERGED,
    EPOCH,
    FINITE,
    GOES_ON,
    KEPT_ROWS,
    KEPT_STATES,
    KEPT_STEPS,
    LAYERS,
    MARKS,
    MEASURES,
    MEASURES_STEPS,
    MIN_DELTA,
    MISTAKES,
    MOST_ROWS,
    MOST_STATES,
    MOST_STEPS,
    NO_MISTAKES,
    OPTIMIZER,
    PATIENCE,
    PLATEAU_BEST,
    PLATEAU_FACTOR,
    PLATEAU_WAITED,
    POSITION,
    PROGRESS,
    REACHED_TARGET,
    RESTORES_BEST,
    ROW_STRIDE,
    RULES,
    SCHEDULE,
    SCHEDULED,
    SEED,
    SIZE,
    SLOTS,
    STATE_STRIDE,
    STEP,
    STEP_STRIDE,
    STOPPED,
    STOPPED_EARLY,
    STOPS_EARLY,
    TARGET_LOSS,
    TILE,
    UPDATES,
    WAITED,
    WARMUP,
    WATCHES_LOSS,
    Plan,
    Records,
    Samples,
    Split,
    State,
    Work,
)
from playground.engine.program import INPUTS, ROW
from playground.engine.scalar import after_plateau, schedule_factor
from playground.engine.schedules import SCHEDULES
from playground.engine.scoring import add_scores, class_of, mean_loss, score_tiles
from playground.engine.simd import pointers, span
from playground.engine.steps import batch_gradient, infinite, join, update_parameters
from playground.engine.subnormals import flush_subnormals, restore_mode
from playground.engine.team import claim

PERCEPTRON = list(OPTIMIZERS).index("perceptron")
PLATEAU = list(SCHEDULES).index("plateau")


@inner
def copy(source, target, size):
    for i in range(size):
        target[i] = source[i]


@inner
def shuffle(order, size, seed, epoch):
    """Fill `order` with a permutation that follows from the seed and the epoch alone."""
    key = mixed(np.uint64(seed) * GOLDEN + np.uint64(epoch))
    for i in range(size):
        order[i] = i
    for i in range(size - 1, 0, -1):
        drawn = mixed(key + np.uint64(i) * GOLDEN) >> np.uint64(32)
        j = int64((drawn * np.uint64(i + 1)) >> np.uint64(32))
        order[i], order[j] = order[j], order[i]


@inlined
def split_of(samples):
    """Samples as pointers, and their number."""
    return Split(
        pointers(samples.x), pointers(samples.y), pointers(samples.w), pointers(samples.label),
        len(samples.x),
    )  # fmt: skip


@inner
def rate_factor(plan, progress, marks, samples):
    """What the schedule, or the warm-up before it, makes of the learning rate at this step."""
    per_epoch = float64((samples + plan.codes[BATCH] - 1) // plan.codes[BATCH])
    warmup = plan.codes[WARMUP] * per_epoch
    step = progress[STEP] - warmup
    if step < 0:
        return (progress[STEP] + 1) / warmup
    epoch = float64(progress[EPOCH] - plan.codes[WARMUP])
    r = plan.rates
    a, b, c = r[SCHEDULED], r[SCHEDULED + 1], r[SCHEDULED + 2]
    factor = schedule_factor(plan.codes[SCHEDULE], epoch, step, per_epoch, a, b, c)
    return factor * marks[PLATEAU_FACTOR]


@inner
def close_up(values, wide, count):
    """Put the first `count` of every second row, `wide` numbers each, side by side."""
    for i in range(1, count):
        copy(span(values, 2 * i * wide, wide), span(values, i * wide, wide), wide)


@inner
def thin(values, wide, kept, count, stride):
    """Keep every second of the rows, `wide` numbers each, the first among them."""
    kept[stride] *= 2
    kept[count] = (kept[count] + 1) // 2
    close_up(values, wide, kept[count])


@inner
def add_row(records, epoch, scores):
    """Add a row to the history; when it is full, every second row goes, the first stays."""
    kept, rows, wide = records.kept, records.rows, len(COLUMNS)
    row = span(rows, kept[KEPT_ROWS] * wide, wide)
    row[0] = epoch
    row[1], row[2], row[3], row[4] = scores
    kept[KEPT_ROWS] += 1
    if kept[KEPT_ROWS] == kept[MOST_ROWS]:
        thin(rows, wide, kept, KEPT_ROWS, ROW_STRIDE)


@inner
def add_state(records, state, size, progress, marks):
    """Keep the state of training, thinned like the history."""
    kept = records.kept
    at = kept[KEPT_STATES]
    copy(state.all, span(records.states, at * size, size), size)
    copy(progress, span(records.progress, at * PROGRESS, PROGRESS), PROGRESS)
    copy(marks, span(records.marks, at * MARKS, MARKS), MARKS)
    kept[KEPT_STATES] += 1
    if kept[KEPT_STATES] == kept[MOST_STATES]:
        thin(records.states, size, kept, KEPT_STATES, STATE_STRIDE)
        close_up(records.progress, PROGRESS, kept[KEPT_STATES])
        close_up(records.marks, MARKS, kept[KEPT_STATES])


@inner
def add_step(plan, state, work, count, step, records):
    """Keep what is measured of a step, thinned like the history."""
    kept, wide = records.kept, 1 + plan.codes[LAYERS] * MEASURES
    row = span(records.steps, kept[KEPT_STEPS] * wide, wide)
    row[0] = step
    measure(plan, state, work, count, span(row, 1, wide - 1))
    kept[KEPT_STEPS] += 1
    if kept[KEPT_STEPS] == kept[MOST_STEPS]:
        thin(records.steps, wide, kept, KEPT_STEPS, STEP_STRIDE)


@inner
def judge(plan, state, progress, marks, learning_loss, watched_loss):
    """What follows from the losses of an epoch: whether it is the best, the schedule, the end."""
    epoch, rules = progress[EPOCH], plan.codes[RULES]
    if watched_loss < marks[BEST_LOSS] - plan.rates[MIN_DELTA]:
        marks[BEST_LOSS] = watched_loss
        progress[BEST_EPOCH], progress[WAITED] = epoch, 0
        copy(state.p, state.best_p, plan.codes[SIZE])
        copy(state.buffers, state.best_buffers, plan.codes[BUFFERS])
    elif epoch > 0:
        progress[WAITED] += 1
    if plan.codes[SCHEDULE] == PLATEAU and epoch > plan.codes[WARMUP]:
        r = plan.rates
        best, waited, factor = after_plateau(
            watched_loss, marks[PLATEAU_BEST], marks[PLATEAU_WAITED], marks[PLATEAU_FACTOR],
            r[SCHEDULED], r[SCHEDULED + 1], r[SCHEDULED + 2],
        )  # fmt: skip
        marks[PLATEAU_BEST], marks[PLATEAU_WAITED], marks[PLATEAU_FACTOR] = best, waited, factor
    if rules & WATCHES_LOSS and learning_loss <= plan.rates[TARGET_LOSS]:
        progress[STOPPED] = REACHED_TARGET
    if rules & STOPS_EARLY and progress[WAITED] >= plan.rates[PATIENCE]:
        progress[STOPPED] = STOPPED_EARLY
        if rules & RESTORES_BEST:
            copy(state.best_p, state.p, plan.codes[SIZE])
            copy(state.best_buffers, state.buffers, plan.codes[BUFFERS])


@inner
def close_epoch(
    plan, state, work, learning, validation, progress, marks, records, order, meeting, rank, ranks
):
    """Record the epoch that has ended, where it is due, and see what follows from its losses."""
    kept, epoch = records.kept, progress[EPOCH]
    row_due = epoch % kept[ROW_STRIDE] == 0 or kept[KEPT_ROWS] == 0
    # The order of an epoch that has begun is not kept, and so nothing is in its middle.
    state_due = progress[POSITION] == 0
    state_due = state_due and (epoch % kept[STATE_STRIDE] == 0 or kept[KEPT_STATES] == 0)
    always = plan.codes[RULES] & (WATCHES_LOSS | STOPS_EARLY)
    if row_due or always or plan.codes[SCHEDULE] == PLATEAU:
        score_tiles(plan, state.p, state.buffers, work, learning, order, False, rank, ranks)
        join(meeting, ranks)
        loss = mean_loss(plan, work.sums, learning)
        right = add_scores(plan, work.sums, learning, CORRECT) / learning.size
        join(meeting, ranks)
        score_tiles(plan, state.p, state.buffers, work, validation, order, False, rank, ranks)
        join(meeting, ranks)
        if rank == 0:
            other = mean_loss(plan, work.sums, validation)
            other_right = add_scores(plan, work.sums, validation, CORRECT) / validation.size
            if row_due:
                add_row(records, epoch, (loss, right, other, other_right))
            judge(plan, state, progress, marks, loss, other if validation.size else loss)
    if state_due and rank == 0:  # with what follows from the epoch's losses
        add_state(records, state, plan.codes[ALL], progress, marks)
    join(meeting, ranks)


@inner
def next_mistake(plan, state, work, samples, order, first):
    """The next place in the epoch's order whose sample is put into the wrong class, or the end."""
    base, _, _ = place_of(plan, 0)
    width = padded(plan, 1)
    features = row_of(plan.table, 0)[INPUTS]
    last = plan.codes[LAYERS]
    z0 = base + row_of(plan.table, last - 1)[ROW] * width
    for place in range(first, samples.size):
        a, f = span(work.a, base, features * width), span(work.f, base, features * width)
        load_features(plan, samples.x, order, True, place, 1, width, a, f)
        forward(plan, state.p, state.buffers, work, 0, width, 0, last, False, 0, 0)
        if class_of(span(work.z, z0, width), 1, width, 0) != samples.label[order[place]]:
            return place
    return samples.size


@inner
def step_once(plan, state, work, samples, order, progress, marks, records, meeting, rank, ranks):
    """One update from one batch; returns (its loss, whether the epoch has ended)."""
    size, first = samples.size, progress[POSITION]
    step, updates = progress[STEP], progress[UPDATES]
    factor = rate_factor(plan, progress, marks, size)
    count = min(plan.codes[BATCH], size - first)
    if plan.codes[OPTIMIZER] == PERCEPTRON:  # this is for one rank alone
        first, count = next_mistake(plan, state, work, samples, order, first), 1
        if first == size:
            progress[POSITION] = size
            return np.nan, True
        marks[MISTAKES] += 1
    steps = records.kept
    due = plan.codes[RULES] & MEASURES_STEPS and step % steps[STEP_STRIDE] == 0
    loss = batch_gradient(
        plan, state, work, samples, order, first, count, step, meeting, rank, ranks
    )
    if not np.isfinite(loss):
        join(meeting, ranks)
        if rank == 0:
            progress[DIVERGED] = BAD_LOSS
        join(meeting, ranks)
        return loss, False
    if due and rank == 0:
        copy(state.p, work.before, plan.codes[SIZE])
    work.tally[rank] = update_parameters(
        plan, state, work, float64(updates + 1), factor, meeting, rank, ranks
    )
    if rank == 0:  # a loss may be finite where a running variance is not
        running = span(state.buffers, 0, plan.codes[BUFFERS])
        work.tally[0] += infinite(running, running, running)
    join(meeting, ranks)
    bad = int64(0)
    for each in range(ranks):
        bad += work.tally[each]
    if rank == 0:
        if bad:
            progress[DIVERGED] = BAD_UPDATE
        else:
            progress[STEP] += 1
            progress[UPDATES] += 1
            progress[POSITION] = first + count
            if due:
                add_step(plan, state, work, count, progress[STEP], records)
    join(meeting, ranks)
    return loss, bad == 0 and first + count >= size


# The entry points, compiled by `compiled` below


def train(
    plan, state, work, learning, validation, order, progress, marks, records,
    steps, last_epoch, meeting, rank, ranks,
):  # fmt: skip
    """Train for `steps` steps, to the end of epoch `last_epoch`, or until it diverges or stops.

    order: (samples,) int64, the order of this epoch. Returns the loss of the last batch.
    """
    mode = flush_subnormals()
    plan, state, work = pointers(plan), pointers(state), pointers(work)
    learning, validation = split_of(learning), split_of(validation)
    progress, marks, records = pointers(progress), pointers(marks), pointers(records)
    order = pointers(order)
    loss = np.nan
    fresh = records.kept[KEPT_ROWS] == 0
    join(meeting, ranks)
    if fresh:
        close_epoch(
            plan, state, work, learning, validation, progress, marks, records, order,
            meeting, rank, ranks,
        )  # fmt: skip
    for _ in range(steps):
        over = progress[EPOCH] >= last_epoch or progress[STOPPED] != GOES_ON
        if over or progress[DIVERGED] != FINITE:
            break
        if progress[POSITION] == 0:
            join(meeting, ranks)
            if rank == 0:
                shuffle(order, learning.size, plan.codes[SEED], progress[EPOCH])
                marks[MISTAKES] = 0
            join(meeting, ranks)
        loss, ended = step_once(
            plan, state, work, learning, order, progress, marks, records, meeting, rank, ranks
        )
        if ended:
            if rank == 0:
                progress[POSITION] = 0
                progress[EPOCH] += 1
                if plan.codes[OPTIMIZER] == PERCEPTRON and marks[MISTAKES] == 0:
                    progress[STOPPED] = NO_MISTAKES
            join(meeting, ranks)
            close_epoch(
                plan, state, work, learning, validation, progress, marks, records, order,
                meeting, rank, ranks,
            )  # fmt: skip
    restore_mode(mode)
    return loss


def score(plan, p, buffers, work, samples, classes, rank, ranks):
    """Fill the rows of `work.sums`, one per tile, with the scores of a split.

    classes: (samples,) int64 gets the class that each is put into.
    """
    mode = flush_subnormals()
    score_tiles(
        pointers(plan), pointers(p), pointers(buffers), pointers(work), split_of(samples),
        pointers(classes), len(classes) > 0, rank, ranks,
    )  # fmt: skip
    restore_mode(mode)


def activations(plan, p, buffers, work, x, first_row, out, meeting, rank):
    """out[r, sample] = activation of row first_row + r, for every sample of x.

    A rank that begins later does less.
    """
    mode = flush_subnormals()
    samples, rows, features = len(x), len(out), x.shape[1]
    plan, p, buffers, work = pointers(plan), pointers(p), pointers(buffers), pointers(work)
    x, out, tile = pointers(x), pointers(out), plan.codes[TILE]
    slot = min(rank, plan.codes[SLOTS] - 1)
    base, _, _ = place_of(plan, slot)
    first = claim(meeting) * tile
    while first < samples:
        count = min(tile, samples - first)
        width = padded(plan, count)
        a, f = span(work.a, base, features * width), span(work.f, base, features * width)
        load_features(plan, x, plan.codes, False, first, count, width, a, f)
        forward(plan, p, buffers, work, slot, width, 0, plan.codes[LAYERS], False, 0, 0)
        for r in range(rows):
            copy(
                span(work.a, base + (first_row + r) * width, count),
                span(out, r * samples + first, count),
                count,
            )
        first = claim(meeting) * tile
    restore_mode(mode)


def landscape(plan, p, buffers, work, samples, one, two, places, moved, losses):
    """losses[i] = the mean loss at p + places[2i] · one + places[2i + 1] · two.

    one, two: (size,) directions; moved: (size,) room for the parameters there.
    """
    mode = flush_subnormals()
    plan, buffers, work = pointers(plan), pointers(buffers), pointers(work)
    split, here = split_of(samples), pointers(moved)
    for i in range(len(losses)):
        first, second = p.dtype.type(places[2 * i]), p.dtype.type(places[2 * i + 1])
        for k in range(len(p)):
            moved[k] = p[k] + first * one[k] + second * two[k]
        score_tiles(plan, here, buffers, work, split, work.tally, False, 0, 1)
        losses[i] = mean_loss(plan, work.sums, split)
    restore_mode(mode)


class Kernels(NamedTuple):
    """The compiled entry points for one number format."""

    train: Callable[..., float]
    score: Callable[..., None]
    activations: Callable[..., None]
    landscape: Callable[..., None]


@functools.cache
def compiled(precision: str) -> Kernels:
    """Compile the entry points for "float32" or "float64", or load them from the disk cache."""
    number = numba.from_dtype(np.dtype(precision))
    ints, floats = types.Array(int64, 1, "C"), types.Array(float64, 1, "C")
    flat, out = types.Array(number, 1, "C"), types.Array(number, 2, "C")
    columns, column, labels = (
        types.Array(kind, dimensions, "C", readonly=True)
        for kind, dimensions in ((number, 2), (number, 1), (int64, 1))
    )
    plan = types.NamedTuple((ints, floats, ints, ints, floats, ints), Plan)
    state = types.NamedUniTuple(flat, 7, State)
    work = types.NamedTuple((*[flat] * 9, floats, ints, flat), Work)
    samples = types.NamedTuple((columns, columns, column, labels), Samples)
    records = types.NamedTuple((floats, flat, ints, floats, floats, ints), Records)
    team, weights = (int64, int64), (flat, flat)
    return Kernels(
        kernel(
            float64(
                plan, state, work, samples, samples, ints, ints, floats, records,
                int64, int64, ints, *team,
            )
        )(train),
        kernel(types.void(plan, *weights, work, samples, ints, *team))(score),
        kernel(types.void(plan, *weights, work, columns, int64, out, ints, int64))(activations),
        kernel(types.void(plan, *weights, work, samples, flat, flat, floats, flat, floats))(
            landscape
        ),
    )  # fmt: skip
