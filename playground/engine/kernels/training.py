"""The kernels of training: many steps, scores, activations, each in one call without the GIL.

All ranks of a team make the same call at the same time; rank 0 alone writes the progress and the
records, between two meetings.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import float64, int64, types

from playground.engine.kernels.barrier import await_all, claim, finish
from playground.engine.kernels.jit import inner
from playground.engine.kernels.norms import GOLDEN, mixed
from playground.engine.kernels.passes import forward, load_features, padded, place_of, row_of
from playground.engine.kernels.records import PLATEAU, add_row, add_state, add_step, copy, judge
from playground.engine.kernels.scalar import schedule_factor
from playground.engine.kernels.scoring import add_scores, class_of, mean_loss, score_tiles
from playground.engine.kernels.simd import span
from playground.engine.kernels.steps import batch_gradient, infinite, join, update_parameters
from playground.engine.kernels.subnormals import flush_subnormals, restore_mode
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.plan import (
    ALL,
    BAD_LOSS,
    BAD_UPDATE,
    BATCH,
    BUFFERS,
    CORRECT,
    DIVERGED,
    EPOCH,
    FINITE,
    GOES_ON,
    KEPT_ROWS,
    KEPT_STATES,
    LAYERS,
    MEASURES_STEPS,
    MISTAKES,
    NO_MISTAKES,
    OPTIMIZER,
    PLATEAU_FACTOR,
    POSITION,
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
    STOPS_EARLY,
    TILE,
    UPDATES,
    WARMUP,
    WATCHES_LOSS,
    Plan,
    Records,
    Split,
    State,
    Work,
)
from playground.engine.program import INPUTS, ROW

PERCEPTRON = list(OPTIMIZERS).index("perceptron")


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


# The kernels


def train(
    plan, state, work, learning, validation, order, progress, marks, records,
    steps, last_epoch, loss, meeting, rank, ranks,
):  # fmt: skip
    """Train for `steps` steps, to the end of epoch `last_epoch`, or until it diverges or stops.

    order: (samples,) int64, the order of this epoch. loss: (1,) float64 gets that of the last
    batch, or NaN where there was none.
    """
    mode = flush_subnormals()
    plan, state, work, records = plan[0], state[0], work[0], records[0]
    learning, validation = learning[0], validation[0]
    last = np.nan
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
        last, ended = step_once(
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
    if rank == 0:
        loss[0] = last
    restore_mode(mode)


def score(plan, p, buffers, work, samples, classes, classify, rank, ranks):
    """Fill the rows of `work.sums`, one per tile, with the scores of a split.

    classes: (samples,) int64 gets the class that each is put into, if `classify` is 1.
    """
    mode = flush_subnormals()
    score_tiles(plan[0], p, buffers, work[0], samples[0], classes, classify == 1, rank, ranks)
    restore_mode(mode)


def activations(plan, p, buffers, work, x, samples, first_row, out, rows, meeting, rank):
    """out[r, sample] = activation of row first_row + r, for every sample of x.

    x: (samples, features), out: (rows, samples). A rank that begins later does less; rank 0 ends
    when all is done.
    """
    mode = flush_subnormals()
    plan, work = plan[0], work[0]
    tile, features = plan.codes[TILE], row_of(plan.table, 0)[INPUTS]
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
        finish(meeting)
        first = claim(meeting) * tile
    if rank == 0:
        await_all(meeting, (samples + tile - 1) // tile)
    restore_mode(mode)


def landscape(plan, p, buffers, work, samples, one, two, places, count, moved, losses):
    """losses[i] = the mean loss at p + places[2i] · one + places[2i + 1] · two, for `count` places.

    one, two: (size,) directions; moved: (size,) room for the parameters there.
    """
    mode = flush_subnormals()
    plan, work, split = plan[0], work[0], samples[0]
    size = plan.codes[SIZE]
    here, there = span(p, 0, size), span(moved, 0, size)
    right, up = span(one, 0, size), span(two, 0, size)
    for i in range(count):
        first, second = here.dtype.type(places[2 * i]), here.dtype.type(places[2 * i + 1])
        for k in range(size):
            there[k] = here[k] + first * right[k] + second * up[k]
        score_tiles(plan, moved, buffers, work, split, work.tally, False, 0, 1)
        losses[i] = mean_loss(plan, work.sums, split)
    restore_mode(mode)


def meet_often(meeting, ranks, times):
    """Meet so many times, for a look at the clock."""
    for _ in range(times):
        join(meeting, ranks)


def definitions(precision: str) -> dict[str, tuple[list[Any], Callable[..., None]]]:
    """What the kernels are given, in a number format; named tuples as the addresses of arrays."""
    pointer = types.CPointer
    numbers, ints, floats = (
        pointer(each) for each in (numba.from_dtype(np.dtype(precision)), int64, float64)
    )
    plan = pointer(types.NamedTuple((ints, floats, ints, ints, floats, ints), Plan))
    state = pointer(types.NamedUniTuple(numbers, 7, State))
    work = pointer(types.NamedTuple((*[numbers] * 9, floats, ints, numbers), Work))
    split = pointer(types.NamedTuple((numbers, numbers, numbers, ints, int64), Split))
    records = pointer(types.NamedTuple((floats, numbers, ints, floats, floats, ints), Records))
    network = [plan, numbers, numbers, work]
    given = [plan, state, work, split, split, ints, ints, floats, records]
    return {
        "train": ([*given, int64, int64, floats, ints, int64, int64], train),
        "score": ([*network, split, ints, int64, int64, int64], score),
        "activations": (
            [*network, numbers, int64, int64, numbers, int64, ints, int64], activations
        ),
        "landscape": (
            [*network, split, numbers, numbers, floats, int64, numbers, floats], landscape
        ),
        "meet_often": ([ints, int64, int64], meet_often),
    }  # fmt: skip
