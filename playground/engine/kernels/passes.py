"""Forward and backward through the layers, for one tile of samples.

Activations are stored [row, sample], a row per unit and samples contiguous, so that vectors run
along the samples and narrow layers stay fast. A batch is cut into tiles; a tile is padded to whole
vectors, and padded samples have no gradient. `base` is where the tile's rows begin, `width` its
padded number of samples, `count` their number.
"""

import numpy as np

from playground.engine.kernels.calls import (
    ACTIVATE,
    BACKPROPAGATE,
    COMPARE,
    EXPONENTIAL,
    LOGARITHM,
    PRODUCT,
    PRODUCTS_OF_ROWS,
    ROW_SUMS,
    TRANSPOSE,
    call,
)
from playground.engine.kernels.jit import inlined, inner
from playground.engine.kernels.norms import (
    GOLDEN,
    batch_norm,
    batch_norm_gradient,
    dot,
    dropout,
    layer_norm,
    layer_norm_gradient,
    mixed,
    total,
)
from playground.engine.kernels.products import ADD, BIAS, ZERO
from playground.engine.kernels.simd import span
from playground.engine.plan import HEAD, LANES, LAYERS, LOSS, ROOM, ROWS, TILE, WEIGHTED
from playground.engine.program import (
    ACTIVATION,
    BATCH_NORM,
    COLUMNS,
    DENSE,
    DROPOUT,
    FUSED,
    INPUT_ROW,
    INPUTS,
    KIND,
    LAYER_NORM,
    PLAIN,
    ROW,
    SOFTMAX,
    SOFTMAX_CROSS_ENTROPY,
    STATS,
    TRAINED,
    UNITS,
    WEIGHT,
)
from playground.engine.program import BIAS as BIASES


@inlined
def row_of(table, layer):
    """A layer's row of the flat table."""
    return span(table, layer * COLUMNS, COLUMNS)


@inlined
def is_coupled(row):
    """Whether a layer needs all samples of a batch at once."""
    return row[KIND] == BATCH_NORM and row[TRAINED] == 1


@inlined
def padded(plan, count):
    """`count` samples, rounded up to whole vectors."""
    lanes = plan.codes[LANES]
    return (count + lanes - 1) // lanes * lanes


@inlined
def tiles_of(plan, samples):
    """How many tiles so many samples take."""
    return (samples + plan.codes[TILE] - 1) // plan.codes[TILE]


@inlined
def losses_per_sample(plan):
    """How many losses a sample has: one for each output, of cross-entropy over classes one."""
    outputs = row_of(plan.table, plan.codes[LAYERS] - 1)[UNITS]
    return 1 if plan.codes[HEAD] == SOFTMAX_CROSS_ENTROPY else outputs


@inlined
def place_of(plan, slot):
    """Where a tile's rows begin: in z, a, d and f, in t, in e."""
    tile = plan.codes[TILE]
    outputs = row_of(plan.table, plan.codes[LAYERS] - 1)[UNITS]
    return slot * plan.codes[ROWS] * tile, slot * (outputs + 1) * tile, slot * (outputs + 3) * tile


@inner
def load_columns(source, columns, begin, order, shuffled, first, count, width, target):
    """target[column, s] = source[sample, column] from column `begin` on, with zeros up to `width`.

    The sample is order[first + s] if it is `shuffled`, else first + s.
    """
    if columns == 2 and begin == 0 and not shuffled:
        # Points of a plane, as most pictures have them: both at once, which vectorises.
        one, two = span(target, 0, width), span(target, width, width)
        for s in range(count):
            one[s] = source[2 * (first + s)]
            two[s] = source[2 * (first + s) + 1]
        for s in range(count, width):
            one[s] = 0
            two[s] = 0
        return
    for c in range(begin, columns):
        row = span(target, c * width, width)
        if shuffled:
            picked = span(order, first, count)
            for s in range(count):
                row[s] = source[picked[s] * columns + c]
        else:
            for s in range(count):
                row[s] = source[(first + s) * columns + c]
        for s in range(count, width):
            row[s] = 0


@inner
def load_features(plan, source, order, shuffled, first, count, width, a, f):
    """As `load_columns` for the features; whole vectors of them go by way of f, which then holds
    their transpose: f[s, column].
    """
    columns = row_of(plan.table, 0)[INPUTS]
    whole = whole_vectors(plan, columns)
    if whole:
        for s in range(count):
            sample = order[first + s] if shuffled else first + s
            given, row = span(source, sample * columns, whole), span(f, s * whole, whole)
            for c in range(whole):
                row[c] = given[c]
        for i in range(count * whole, width * whole):
            f[i] = 0
        call(plan.addresses, TRANSPOSE, (f, 0, whole, a, 0, width, width, whole))
    load_columns(source, columns, whole, order, shuffled, first, count, width, a)


@inner
def softmax(addresses, z, a, e, units, width):
    """a = softmax of z over the units; e gets three rows: spare, the maxima, the sums.

    The exponential's loop is of vectors only where what it fills is not what it reads.
    """
    below = span(e, 0, width)
    top = span(e, width, width)
    sums = span(e, 2 * width, width)
    for s in range(width):
        top[s] = z[s]
        sums[s] = 0
    for j in range(1, units):
        row = span(z, j * width, width)
        for s in range(width):
            top[s] = row[s] if row[s] > top[s] else top[s]
    for j in range(units):
        row = span(z, j * width, width)
        out = span(a, j * width, width)
        for s in range(width):
            below[s] = row[s] - top[s]
        call(addresses, EXPONENTIAL, (width, below, out))
        for s in range(width):
            sums[s] += out[s]
    for j in range(units):
        out = span(a, j * width, width)
        for s in range(width):
            out[s] /= sums[s]


@inlined
def use_running_statistics(row, eps, buffers, statistics):
    """Put a batch norm's running means, and scales from its running variances, in place."""
    units = row[UNITS]
    mean = span(statistics, row[STATS], units)
    scale = span(statistics, row[STATS] + units, units)
    tiny, one = scale.dtype.type(eps), scale.dtype.type(1)
    for j in range(units):
        mean[j] = buffers[row[STATS] + j]
        scale[j] = one / np.sqrt(buffers[row[STATS] + units + j] + tiny)


@inner
def forward(plan, p, buffers, work, slot, width, begin, end, training, key, place):
    """Fill z and a of the layers from `begin` to before `end`.

    training: whether dropout drops and batch norm uses the batch's statistics, which are in `work`
    then. key: of the step's random numbers; place: of the tile's first sample in its batch.
    """
    base, _, e0 = place_of(plan, slot)
    panels = span(work.panels, slot * ROOM, ROOM)
    for layer in range(begin, end):
        row = row_of(plan.table, layer)
        kind, inputs, units = row[KIND], row[INPUTS], row[UNITS]
        x0, z0 = base + row[INPUT_ROW] * width, base + row[ROW] * width
        z = span(work.z, z0, (units + (kind == LAYER_NORM)) * width)
        a = span(work.a, z0, units * width)
        x = span(work.a, x0, inputs * width)
        gamma, beta = span(p, row[WEIGHT], units), span(p, row[BIASES], units)
        if kind == DENSE:
            call(
                plan.addresses,
                PRODUCT,
                (
                    BIAS, p, row[WEIGHT], inputs, 1, work.a, x0, width,
                    work.z, z0, width, units, width, inputs, p, row[BIASES], panels,
                ),
            )  # fmt: skip
            if row[ACTIVATION] == SOFTMAX:
                softmax(plan.addresses, z, a, span(work.e, e0, 3 * width), units, width)
            else:
                call(plan.addresses, ACTIVATE, (row[ACTIVATION], units * width, z, a))
        elif kind == DROPOUT:
            if training:
                own = mixed(key + np.uint64(layer) * GOLDEN)
                dropout(z, a, x, units, width, plan.numbers[2 * layer], own, place)
            else:
                for i in range(units * width):
                    a[i] = x[i]
        elif kind == BATCH_NORM:
            if not (training and is_coupled(row)):
                use_running_statistics(row, plan.numbers[2 * layer], buffers, work.statistics)
            mean = span(work.statistics, row[STATS], units)
            scale = span(work.statistics, row[STATS] + units, units)
            batch_norm(z, a, x, units, width, gamma, beta, mean, scale)
        else:
            spare = span(work.e, e0, width)
            layer_norm(z, a, x, units, width, gamma, beta, plan.numbers[2 * layer], spare)


@inner
def output_losses(plan, work, slot, width):
    """Fill e with each output's loss (cross-entropy over classes: one row) and d with dL/dz.

    Returns the number of rows in e.
    """
    base, t0, e0 = place_of(plan, slot)
    head, loss = plan.codes[HEAD], plan.codes[LOSS]
    last = row_of(plan.table, plan.codes[LAYERS] - 1)
    units = last[UNITS]
    size, start = units * width, base + last[ROW] * width
    z, a, d = span(work.z, start, size), span(work.a, start, size), span(work.d, start, size)
    t, e = span(work.t, t0, size + width), span(work.e, e0, size + 3 * width)
    rows = units
    if head == FUSED:
        call(plan.addresses, COMPARE, (loss, size, z, t, d, e))
    elif head == PLAIN:
        call(plan.addresses, COMPARE, (loss, size, a, t, d, e))
        call(plan.addresses, BACKPROPAGATE, (last[ACTIVATION], size, z, a, d))
    elif head == SOFTMAX_CROSS_ENTROPY:
        softmax_cross_entropy(plan.addresses, z, a, t, d, e, units, width)
        rows = 1
    else:
        call(plan.addresses, COMPARE, (loss, size, a, t, d, e))
        spare = span(e, size, width)
        for s in range(width):
            spare[s] = 0
        for j in range(units):
            for s in range(width):
                spare[s] += d[j * width + s] * a[j * width + s]
        for j in range(units):
            for s in range(width):
                d[j * width + s] = a[j * width + s] * (d[j * width + s] - spare[s])
    if plan.codes[WEIGHTED]:
        w = span(t, size, width)
        for j in range(units):
            for s in range(width):
                d[j * width + s] *= w[s]
        for j in range(rows):
            for s in range(width):
                e[j * width + s] *= w[s]
    return rows


@inner
def softmax_cross_entropy(addresses, z, a, t, d, e, units, width):
    """e = -Σ t log a, and d = a Σt - t.

    `softmax` left the maxima and sums in e: -log a_j = log Σ exp(z - max) + max - z_j. Weighted and
    smoothed targets need not add up to 1.
    """
    first = span(e, 0, width)
    top = span(e, width, width)
    sums = span(e, 2 * width, width)
    call(addresses, LOGARITHM, (width, sums, first))
    for s in range(width):
        first[s] += top[s]
        sums[s] = 0
    for j in range(units):
        for s in range(width):
            sums[s] += t[j * width + s]
    for s in range(width):
        first[s] *= sums[s]
    for j in range(units):
        for s in range(width):
            first[s] -= t[j * width + s] * z[j * width + s]
            d[j * width + s] = a[j * width + s] * sums[s] - t[j * width + s]


@inner
def backward(plan, p, work, slot, width, begin, end, first):
    """From dL/da of the layers before `end` (of the output layer dL/dz) down to that of `begin`'s
    inputs.

    Below layer `first` nothing is trained, and so nothing is computed. The inputs of dense layers
    that are trained are transposed, for `add_gradients`.
    """
    base, _, e0 = place_of(plan, slot)
    panels = span(work.panels, slot * ROOM, ROOM)
    for layer in range(end - 1, max(begin, first) - 1, -1):
        row = row_of(plan.table, layer)
        kind, inputs, units = row[KIND], row[INPUTS], row[UNITS]
        x0, z0 = base + row[INPUT_ROW] * width, base + row[ROW] * width
        z = span(work.z, z0, (units + (kind == LAYER_NORM)) * width)
        d = span(work.d, z0, units * width)
        into = span(work.d, x0, inputs * width)
        if kind == DENSE:
            if layer < plan.codes[LAYERS] - 1:
                size, a = units * width, span(work.a, z0, units * width)
                call(plan.addresses, BACKPROPAGATE, (row[ACTIVATION], size, z, a, d))
            if row[TRAINED] == 1 and row[INPUT_ROW] > 0:  # of features, f holds it already
                whole = whole_vectors(plan, inputs)
                call(
                    plan.addresses, TRANSPOSE, (work.a, x0, width, work.f, x0, whole, whole, width)
                )
            if layer > first:
                call(
                    plan.addresses,
                    PRODUCT,
                    (
                        ZERO, p, row[WEIGHT], 1, inputs, work.d, z0, width,
                        work.d, x0, width, inputs, width, units, p, 0, panels,
                    ),
                )  # fmt: skip
        elif layer > first:
            gamma = span(p, row[WEIGHT], units)
            if kind == DROPOUT:
                for i in range(units * width):
                    into[i] = d[i] * z[i]
            elif kind == BATCH_NORM:
                for j in range(units):
                    factor = gamma[j] * work.statistics[row[STATS] + units + j]
                    for s in range(width):
                        into[j * width + s] = factor * d[j * width + s]
            else:
                mean, slope = span(work.e, e0, width), span(work.e, e0 + width, width)
                layer_norm_gradient(z, d, into, units, width, gamma, mean, slope)


@inlined
def whole_vectors(plan, inputs):
    """How many of the inputs fill whole vectors."""
    return inputs // plan.codes[LANES] * plan.codes[LANES]


@inner
def backward_batch_norm(plan, p, work, slot, width, count, samples, layer):
    """dL/dx of a batch norm that is trained, after its gradients are in g."""
    base, _, _ = place_of(plan, slot)
    row = row_of(plan.table, layer)
    units = row[UNITS]
    x0, z0 = base + row[INPUT_ROW] * width, base + row[ROW] * width
    batch_norm_gradient(
        span(work.z, z0, units * width),
        span(work.d, z0, units * width),
        span(work.d, x0, units * width),
        units,
        width,
        count,
        samples,
        span(p, row[WEIGHT], units),
        span(work.statistics, row[STATS] + units, units),
        span(work.g, row[WEIGHT], units),
        span(work.g, row[BIASES], units),
    )


@inner
def add_dense_gradient(plan, row, work, base, width, fresh, low, high, rank):
    """g += d xᵀ for the weights of the units from `low` to before `high`, and Σ d for their biases.

    With `fresh`, g = d xᵀ. Whole vectors of inputs are taken from the transposed copy of x, so that
    the sums over samples need not be made across the lanes of a vector.
    """
    inputs, units = row[INPUTS], high - low
    x0, d0 = base + row[INPUT_ROW] * width, base + (row[ROW] + low) * width
    weights = row[WEIGHT] + low * inputs
    panels = span(work.panels, rank * ROOM, ROOM)
    whole = whole_vectors(plan, inputs)
    if fresh:
        for j in range(units):
            for i in range(weights + j * inputs + whole, weights + (j + 1) * inputs):
                work.g[i] = 0
            work.g[row[BIASES] + low + j] = 0
    if whole:
        call(
            plan.addresses,
            PRODUCT,
            (
                ZERO if fresh else ADD, work.d, d0, width, 1, work.f, x0, whole,
                work.g, weights, inputs, units, whole, width, work.g, 0, panels,
            ),
        )  # fmt: skip
    if whole < inputs:
        call(
            plan.addresses,
            PRODUCTS_OF_ROWS,
            (
                work.d, d0, width, work.a, x0 + whole * width, width,
                work.g, weights + whole, inputs, units, inputs - whole, width,
            ),
        )  # fmt: skip
    given = (work.d, d0, width, work.g, row[BIASES] + low, units, width)
    call(plan.addresses, ROW_SUMS, given)


@inner
def add_norm_gradient(row, work, base, width, fresh, low, high):
    """g += Σ d x̂ for γ and Σ d for β, of the units from `low` to before `high`."""
    for j in range(low, high):
        start = base + (row[ROW] + j) * width
        d = span(work.d, start, width)
        slope, level = dot(d, span(work.z, start, width)), total(d)
        gamma, beta = row[WEIGHT] + j, row[BIASES] + j
        work.g[gamma] = slope if fresh else work.g[gamma] + slope
        work.g[beta] = level if fresh else work.g[beta] + level
