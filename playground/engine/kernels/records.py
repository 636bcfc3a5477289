"""What is kept of earlier epochs and steps, and what follows from the losses of an epoch."""

from playground.engine.kernels.jit import inner
from playground.engine.kernels.measuring import measure
from playground.engine.kernels.scalar import after_plateau
from playground.engine.kernels.simd import span
from playground.engine.plan import (
    BEST_EPOCH,
    BEST_LOSS,
    BUFFERS,
    COLUMNS,
    EPOCH,
    KEPT_ROWS,
    KEPT_STATES,
    KEPT_STEPS,
    LAYERS,
    MARKS,
    MEASURES,
    MIN_DELTA,
    MOST_ROWS,
    MOST_STATES,
    MOST_STEPS,
    PATIENCE,
    PLATEAU_BEST,
    PLATEAU_FACTOR,
    PLATEAU_WAITED,
    PROGRESS,
    REACHED_TARGET,
    RESTORES_BEST,
    ROW_STRIDE,
    RULES,
    SCHEDULE,
    SCHEDULED,
    SIZE,
    STATE_STRIDE,
    STEP_STRIDE,
    STOPPED,
    STOPPED_EARLY,
    STOPS_EARLY,
    TARGET_LOSS,
    WAITED,
    WARMUP,
    WATCHES_LOSS,
)
from playground.engine.schedules import SCHEDULES

PLATEAU = list(SCHEDULES).index("plateau")


@inner
def copy(source, target, size):
    for i in range(size):
        target[i] = source[i]


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
