"""One step of training: the gradient of a batch, and the update that follows from it.

Every function here is run by all ranks of a team at the same time. What one rank computes does not
depend on how many there are, and sums are made in a fixed order: the numbers are the same for any
team. Ranks share out the tiles of a batch, then the units whose weights' gradients are summed over
all tiles, then the parameters that are updated.
"""

import numpy as np
from numba import float64

from playground.engine.kernels.barrier import meet
from playground.engine.kernels.calls import UPDATE, call
from playground.engine.kernels.jit import inlined, inner
from playground.engine.kernels.norms import GOLDEN, mixed, squared_distance, sum_of_squares, total
from playground.engine.kernels.passes import (
    add_dense_gradient,
    add_norm_gradient,
    backward,
    backward_batch_norm,
    forward,
    is_coupled,
    load_columns,
    load_features,
    losses_per_sample,
    output_losses,
    padded,
    place_of,
    row_of,
    tiles_of,
)
from playground.engine.kernels.simd import span
from playground.engine.plan import (
    CLIP_NORM,
    CLIP_VALUE,
    COUPLED,
    DECAY,
    FIRST,
    L1,
    L2,
    LAYERS,
    LOSS_SUM,
    MAX_NORM,
    MEASURES_STEPS,
    OPTIMIZER,
    RULES,
    SCORES,
    SEED,
    SLOTS,
    SPANS,
    TILE,
    WEIGHTED,
)
from playground.engine.program import (
    DENSE,
    INPUT_ROW,
    INPUTS,
    KIND,
    ROW,
    STATS,
    TRAINED,
    UNITS,
    WEIGHT,
)

BLOCK = 1024  # parameters are shared out in multiples of it, so that vectors begin where they did
CACHED = 2 * BLOCK  # so many are updated at a time, and then looked at
ROWS_TOGETHER = 8  # units are shared out in multiples of it
DROPOUT_STREAM = np.uint64(0xD0)


@inlined
def join(meeting, ranks):
    if ranks > 1:
        meet(meeting, ranks)


@inlined
def share(size, step, rank, ranks):
    """The part of 0, …, size - 1 that is this rank's, in multiples of `step`: (low, high)."""
    blocks = (size + step - 1) // step
    return min(blocks * rank // ranks * step, size), min(blocks * (rank + 1) // ranks * step, size)


@inlined
def tile_of(plan, slot, count):
    """How many of `count` samples are in a tile, and to how many they are padded."""
    tile = plan.codes[TILE]
    here = min(tile, count - slot * tile)
    return here, padded(plan, here)


@inner
def divisor_of(plan, samples, order, first, count):
    """What the sum of a batch's losses is divided by: its samples' weights, for each output."""
    losses = losses_per_sample(plan)
    if not plan.codes[WEIGHTED]:
        return float64(count * losses)
    weight = 0.0
    for s in range(first, first + count):
        weight += samples.w[order[s]]
    return weight * losses


@inner
def load_tile(plan, work, samples, order, first, slot, count, width):
    """Put samples of the batch, their targets and their weights into a tile."""
    base, t0, _ = place_of(plan, slot)
    features = row_of(plan.table, 0)[INPUTS]
    outputs = row_of(plan.table, plan.codes[LAYERS] - 1)[UNITS]
    a, f = span(work.a, base, features * width), span(work.f, base, features * width)
    load_features(plan, samples.x, order, True, first, count, width, a, f)
    targets = span(work.t, t0, outputs * width)
    load_columns(samples.y, outputs, 0, order, True, first, count, width, targets)
    if plan.codes[WEIGHTED]:
        weights = span(work.t, t0 + outputs * width, width)
        for s in range(count):
            weights[s] = samples.w[order[first + s]]
        for s in range(count, width):
            weights[s] = 0


@inner
def lose(plan, work, slot, count, width, scale, index):
    """The losses of a tile, summed into row `index`, and dL/dz of its outputs, times `scale`."""
    base, _, e0 = place_of(plan, slot)
    rows = output_losses(plan, work, slot, width)
    work.sums[index * SCORES + LOSS_SUM] = 0
    for j in range(rows):
        work.sums[index * SCORES + LOSS_SUM] += total(span(work.e, e0 + j * width, count))
    last = row_of(plan.table, plan.codes[LAYERS] - 1)
    for j in range(last[UNITS]):
        d = span(work.d, base + (last[ROW] + j) * width, width)
        factor = d.dtype.type(scale)
        for s in range(count):
            d[s] *= factor
        for s in range(count, width):
            d[s] = 0


@inner
def gather_statistics(plan, state, work, layer, count, rank, ranks):
    """Mean and scale of a batch norm's units over the batch; the running ones follow them."""
    row = row_of(plan.table, layer)
    units, start = row[UNITS], row[STATS]
    eps, momentum = plan.numbers[2 * layer], plan.numbers[2 * layer + 1]
    tiles = tiles_of(plan, count)
    low, high = share(units, 1, rank, ranks)
    for j in range(low, high):
        mean = 0.0
        for slot in range(tiles):
            here, width = tile_of(plan, slot, count)
            place = place_of(plan, slot)[0] + (row[INPUT_ROW] + j) * width
            mean += total(span(work.a, place, here))
        mean /= count
        squares = 0.0
        for slot in range(tiles):
            here, width = tile_of(plan, slot, count)
            place = place_of(plan, slot)[0] + (row[INPUT_ROW] + j) * width
            squares += squared_distance(span(work.a, place, here), mean)
        work.statistics[start + j] = mean
        work.statistics[start + units + j] = 1.0 / np.sqrt(squares / count + eps)
        state.buffers[start + j] += momentum * (mean - state.buffers[start + j])
        if count > 1:  # one sample says nothing about the variance
            at = start + units + j
            state.buffers[at] += momentum * (squares / (count - 1) - state.buffers[at])


@inner
def add_slopes(plan, work, layer, count, rank, ranks):
    """The gradients of γ and β of a batch norm that is trained, over the whole batch."""
    row = row_of(plan.table, layer)
    tiles = tiles_of(plan, count)
    low, high = share(row[UNITS], 1, rank, ranks)
    for slot in range(tiles):
        _, width = tile_of(plan, slot, count)
        add_norm_gradient(row, work, place_of(plan, slot)[0], width, slot == 0, low, high)


@inlined
def segment_end(plan, begin):
    """Where the layers end that samples go through by themselves, after layer `begin`."""
    end = begin + 1
    while end < plan.codes[LAYERS] and not is_coupled(row_of(plan.table, end)):
        end += 1
    return end


@inner
def forward_tiles(plan, state, work, count, key, place, meeting, rank, ranks):
    """Forward through all layers, for the tiles in memory: `count` samples."""
    tiles = tiles_of(plan, count)
    begin = 0
    while begin < plan.codes[LAYERS]:
        end = segment_end(plan, begin)
        if is_coupled(row_of(plan.table, begin)):
            join(meeting, ranks)
            gather_statistics(plan, state, work, begin, count, rank, ranks)
            join(meeting, ranks)
        for slot in range(rank, tiles, ranks):
            _, width = tile_of(plan, slot, count)
            at = place + slot * plan.codes[TILE]
            forward(plan, state.p, state.buffers, work, slot, width, begin, end, True, key, at)
        begin = end


@inner
def backward_tiles(plan, state, work, count, meeting, rank, ranks):
    """Backward through all layers, for the tiles in memory: `count` samples."""
    tiles = tiles_of(plan, count)
    first = plan.codes[FIRST]
    end = plan.codes[LAYERS]
    while end > first:
        begin = end - 1
        while begin > 0 and not is_coupled(row_of(plan.table, begin)):
            begin -= 1
        coupled = is_coupled(row_of(plan.table, begin))
        for slot in range(rank, tiles, ranks):
            _, width = tile_of(plan, slot, count)
            backward(plan, state.p, work, slot, width, begin + coupled, end, first)
        if coupled:
            join(meeting, ranks)
            add_slopes(plan, work, begin, count, rank, ranks)
            join(meeting, ranks)
            if begin > first:
                for slot in range(rank, tiles, ranks):
                    here, width = tile_of(plan, slot, count)
                    backward_batch_norm(plan, state.p, work, slot, width, here, count, begin)
        end = begin


@inner
def add_gradients(plan, work, count, fresh, rank, ranks):
    """g += what the tiles in memory, `count` samples, give for this rank's units."""
    tiles = tiles_of(plan, count)
    for layer in range(plan.codes[FIRST], plan.codes[LAYERS]):
        row = row_of(plan.table, layer)
        if row[TRAINED] == 0 or is_coupled(row):
            continue
        low, high = share(row[UNITS], ROWS_TOGETHER, rank, ranks)
        if low == high:
            continue
        for slot in range(tiles):
            _, width = tile_of(plan, slot, count)
            base = place_of(plan, slot)[0]
            first = fresh and slot == 0
            if row[KIND] == DENSE:
                add_dense_gradient(plan, row, work, base, width, first, low, high, rank)
            else:
                add_norm_gradient(row, work, base, width, first, low, high)


@inner
def batch_gradient(plan, state, work, samples, order, first, count, step, meeting, rank, ranks):
    """Fill g with the gradient of the mean loss over a batch; returns that loss.

    As many tiles as there is room for are worked on at a time; alone, a rank takes one after the
    other, which stays in the processor's caches, unless a layer couples the samples.
    """
    tile = plan.codes[TILE]
    together = ranks > 1 or plan.codes[COUPLED] or plan.codes[RULES] & MEASURES_STEPS
    room = tile * (plan.codes[SLOTS] if together else 1)
    key = mixed(np.uint64(plan.codes[SEED]) * GOLDEN + np.uint64(step))
    key = mixed(key ^ DROPOUT_STREAM)
    divisor = divisor_of(plan, samples, order, first, count)
    scale = 1.0 / divisor
    for start in range(0, count, room):
        part = min(room, count - start)
        if start > 0:
            join(meeting, ranks)
        for slot in range(rank, tiles_of(plan, part), ranks):
            here, width = tile_of(plan, slot, part)
            at = first + start + slot * tile
            load_tile(plan, work, samples, order, at, slot, here, width)
        forward_tiles(plan, state, work, part, key, start, meeting, rank, ranks)
        for slot in range(rank, tiles_of(plan, part), ranks):
            here, width = tile_of(plan, slot, part)
            lose(plan, work, slot, here, width, scale, start // tile + slot)
        backward_tiles(plan, state, work, part, meeting, rank, ranks)
        join(meeting, ranks)
        add_gradients(plan, work, part, start == 0, rank, ranks)
    result = 0.0
    for index in range(tiles_of(plan, count)):
        result += work.sums[index * SCORES + LOSS_SUM]
    return result / divisor


@inner
def add_penalties(plan, p, g, rank, ranks):
    """Add the gradients of the L1 and L2 penalties on this rank's units' weights to g."""
    for layer in range(plan.codes[LAYERS]):
        row = row_of(plan.table, layer)
        if row[KIND] == DENSE and row[TRAINED] == 1:
            low, high = share(row[UNITS], ROWS_TOGETHER, rank, ranks)
            start, size = row[WEIGHT] + low * row[INPUTS], (high - low) * row[INPUTS]
            w, gradient = span(p, start, size), span(g, start, size)
            l1, l2 = w.dtype.type(plan.rates[L1]), w.dtype.type(plan.rates[L2])
            for i in range(len(w)):
                sign = l1 if w[i] > 0 else (-l1 if w[i] < 0 else 0 * l1)
                gradient[i] += l2 * w[i] + sign


@inner
def decay(plan, p, rate, rank, ranks):
    """w ← (1 - η λ) w, for this rank's units' weights."""
    for layer in range(plan.codes[LAYERS]):
        row = row_of(plan.table, layer)
        if row[KIND] == DENSE and row[TRAINED] == 1:
            low, high = share(row[UNITS], ROWS_TOGETHER, rank, ranks)
            w = span(p, row[WEIGHT] + low * row[INPUTS], (high - low) * row[INPUTS])
            kept = w.dtype.type(1.0 - rate * plan.rates[DECAY])
            for i in range(len(w)):
                w[i] *= kept


@inner
def limit_norms(plan, p, rank, ranks):
    """Shorten the weights into each of this rank's units to the largest length allowed."""
    most = plan.rates[MAX_NORM]
    for layer in range(plan.codes[LAYERS]):
        row = row_of(plan.table, layer)
        if row[KIND] == DENSE and row[TRAINED] == 1:
            low, high = share(row[UNITS], ROWS_TOGETHER, rank, ranks)
            for j in range(low, high):
                w = span(p, row[WEIGHT] + j * row[INPUTS], row[INPUTS])
                length = np.sqrt(sum_of_squares(w))
                if length > most:
                    factor = w.dtype.type(most / length)
                    for i in range(len(w)):
                        w[i] *= factor


@inner
def clip(plan, work, meeting, rank, ranks):
    """Limit each partial derivative, then the length of the whole gradient (as PyTorch does)."""
    if plan.rates[CLIP_VALUE] > 0:
        for k in range(plan.codes[SPANS]):
            low, high = share(plan.spans[2 * k + 1] - plan.spans[2 * k], BLOCK, rank, ranks)
            g = span(work.g, plan.spans[2 * k] + low, high - low)
            most = g.dtype.type(plan.rates[CLIP_VALUE])
            for i in range(len(g)):
                g[i] = most if g[i] > most else (-most if g[i] < -most else g[i])
    if plan.rates[CLIP_NORM] > 0:
        join(meeting, ranks)
        squares = 0.0  # by every rank, in the same order
        for k in range(plan.codes[SPANS]):
            for start in range(plan.spans[2 * k], plan.spans[2 * k + 1], BLOCK):
                g = span(work.g, start, min(BLOCK, plan.spans[2 * k + 1] - start))
                squares += sum_of_squares(g)
        factor = plan.rates[CLIP_NORM] / (np.sqrt(squares) + 1e-6)
        join(meeting, ranks)
        if factor < 1.0:
            for k in range(plan.codes[SPANS]):
                low, high = share(plan.spans[2 * k + 1] - plan.spans[2 * k], BLOCK, rank, ranks)
                g = span(work.g, plan.spans[2 * k] + low, high - low)
                narrow = g.dtype.type(factor)
                for i in range(len(g)):
                    g[i] *= narrow


@inner
def update_parameters(plan, state, work, updates, rate_factor, meeting, rank, ranks):
    """One update of this rank's parameters; returns how many are not finite after it."""
    rates = plan.rates
    if rates[L1] != 0 or rates[L2] != 0:
        add_penalties(plan, state.p, work.g, rank, ranks)
    join(meeting, ranks)
    if rates[CLIP_VALUE] > 0 or rates[CLIP_NORM] > 0:
        clip(plan, work, meeting, rank, ranks)
    rate = rates[0] * rate_factor
    if rates[DECAY] > 0:
        decay(plan, state.p, rate, rank, ranks)
        join(meeting, ranks)
    parameters = (rate, rates[1], rates[2], rates[3], rates[4])
    bad = np.int64(0)
    for k in range(plan.codes[SPANS]):
        low, high = share(plan.spans[2 * k + 1] - plan.spans[2 * k], BLOCK, rank, ranks)
        start, size = plan.spans[2 * k] + low, high - low
        for at in range(start, start + size, CACHED):
            here = min(CACHED, start + size - at)
            p, m, v = span(state.p, at, here), span(state.m, at, here), span(state.v, at, here)
            g = span(work.g, at, here)
            optimizer = plan.codes[OPTIMIZER]
            call(plan.addresses, UPDATE, (optimizer, here, p, g, m, v, updates, parameters))
            bad += infinite(p, m, v)
    if rates[MAX_NORM] > 0:
        join(meeting, ranks)
        limit_norms(plan, state.p, rank, ranks)
    return bad


@inner
def infinite(one, two, three):
    """At how many places one of three equally long arrays is infinite or NaN."""
    found, none = np.int32(0), one.dtype.type(0)
    for i in range(len(one)):  # 0 · x is 0 where x is finite, and NaN elsewhere
        found += np.int32(none * one[i] + none * two[i] + none * three[i] != none)
    return np.int64(found)
