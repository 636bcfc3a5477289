"""Loss and scores over whole splits, tile by tile."""

from playground.engine.kernels.jit import inlined, inner
from playground.engine.kernels.norms import total
from playground.engine.kernels.passes import (
    forward,
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
    ABSOLUTE,
    CORRECT,
    LAYERS,
    LOSS_SUM,
    SCORES,
    SLOTS,
    SQUARED,
    TILE,
    WEIGHT_SUM,
)
from playground.engine.program import INPUTS, ROW, UNITS


@inlined
def class_of(z, units, width, s):
    """The class that sample s is put into: by the largest output, or the sign of the only one."""
    if units == 1:
        return 1 if z[s] > 0 else 0
    best = 0
    for j in range(1, units):
        if z[j * width + s] > z[best * width + s]:
            best = j
    return best


@inner
def score_tile(plan, p, buffers, work, samples, slot, index, classes, wants_classes):
    """Fill row `index` of the sums with the scores of tile `index` of a split.

    classes: (samples,) int64 gets the class that each sample is put into, where it is wanted.
    """
    tile = plan.codes[TILE]
    first = index * tile
    count = min(tile, samples.size - first)
    width = padded(plan, count)
    base, t0, e0 = place_of(plan, slot)
    last = row_of(plan.table, plan.codes[LAYERS] - 1)
    units = last[UNITS]
    features = row_of(plan.table, 0)[INPUTS]
    a, f = span(work.a, base, features * width), span(work.f, base, features * width)
    load_features(plan, samples.x, samples.label, False, first, count, width, a, f)
    targets = span(work.t, t0, units * width)
    load_columns(samples.y, units, 0, samples.label, False, first, count, width, targets)
    weights = span(work.t, t0 + units * width, width)
    for s in range(count):
        weights[s] = samples.w[first + s]
    forward(plan, p, buffers, work, slot, width, 0, plan.codes[LAYERS], False, 0, 0)
    rows = output_losses(plan, work, slot, width)
    sums = span(work.sums, index * SCORES, SCORES)
    for k in range(SCORES):
        sums[k] = 0
    for j in range(rows):
        sums[LOSS_SUM] += total(span(work.e, e0 + j * width, count))
    sums[WEIGHT_SUM] = total(span(weights, 0, count))
    start = base + last[ROW] * width
    z, a = span(work.z, start, units * width), span(work.a, start, units * width)
    t = span(work.t, t0, units * width)
    for s in range(count):
        found = class_of(z, units, width, s)
        sums[CORRECT] += found == samples.label[first + s]
        if wants_classes:
            classes[first + s] = found
    for j in range(units):
        for s in range(count):
            error = a[j * width + s] - t[j * width + s]
            sums[ABSOLUTE] += abs(error)
            sums[SQUARED] += error * error


@inner
def score_tiles(plan, p, buffers, work, samples, classes, wants_classes, rank, ranks):
    """Score every `ranks`-th tile of a split, beginning with tile `rank`."""
    slot = min(rank, plan.codes[SLOTS] - 1)
    for index in range(rank, tiles_of(plan, samples.size), ranks):
        score_tile(plan, p, buffers, work, samples, slot, index, classes, wants_classes)


@inner
def add_scores(plan, sums, samples, column):
    """The sum of one column of the scores over all tiles of a split, in their order."""
    result = 0.0
    for index in range(tiles_of(plan, samples.size)):
        result += sums[index * SCORES + column]
    return result


@inner
def mean_loss(plan, sums, samples):
    """The loss over a split that was scored; NaN where it is empty."""
    weight = add_scores(plan, sums, samples, WEIGHT_SUM)
    return add_scores(plan, sums, samples, LOSS_SUM) / (weight * losses_per_sample(plan))
