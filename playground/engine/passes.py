"""Forward and backward through the layers, for one tile of samples after the other.

Activations are stored [row, sample], a row per unit and samples contiguous, so that vectors run
along the samples and narrow layers stay fast. A batch is cut into tiles of at most TILE samples; a
tile is padded with zeros to whole vectors, and padded samples have no gradient. The gradients of
the tiles are added in order. `width` is the padded number of samples of the tile at hand.
"""

from typing import NamedTuple

import numpy as np
from numba import float64

from playground.engine.jit import inlined, inner, reassociating
from playground.engine.products import ADD as TO_RESULT
from playground.engine.products import BIAS as FROM_BIAS
from playground.engine.products import ZERO as FROM_ZERO
from playground.engine.products import add_dot_products, add_row_sums, product, transpose
from playground.engine.program import (
    ACTIVATION,
    BIAS,
    FUSED,
    INPUT_ROW,
    INPUTS,
    PLAIN,
    ROW,
    SOFTMAX,
    SOFTMAX_CROSS_ENTROPY,
    UNITS,
    WEIGHT,
)
from playground.engine.scalar import activate, backpropagate, compare, exponential, logarithm
from playground.engine.simd import VECTOR_BYTES, span

TILE = 256

# Places in `codes`
HEAD, LOSS, OPTIMIZER, BATCH, SEED = range(5)
# Places in `rates`, after the five parameters of the optimizer: the penalties on weights
L1, L2 = 5, 6


class Plan(NamedTuple):
    """What to compute: the program's table, the codes above (int64) and the rates (float64)."""

    table: np.ndarray
    codes: np.ndarray
    rates: np.ndarray


class State(NamedTuple):
    """What training changes: parameters, gradients, the optimizer's two states, (size,) each.

    `kept` (3 · size,) has room for parameters and states as they were before a step.
    """

    p: np.ndarray
    g: np.ndarray
    m: np.ndarray
    v: np.ndarray
    kept: np.ndarray


class Work(NamedTuple):
    """Room for one tile.

    Pre-activations z, activations a and dL/dz d: (rows · TILE,), the rows as in `program`. Targets
    t: (outputs · TILE,). Losses e: ((outputs + 3) · TILE,), of which softmax uses three rows. The
    inputs of one layer, transposed, f: (widest layer · TILE,).
    """

    z: np.ndarray
    a: np.ndarray
    d: np.ndarray
    t: np.ndarray
    e: np.ndarray
    f: np.ndarray


class Samples(NamedTuple):
    """One split as the network sees it, contiguous, read-only and of the network's precision.

    x: (samples, features), y: (samples, outputs). With one sigmoid unit y is 0 or 1; with a
    softmax, 1 in the column of the class and 0 elsewhere.
    """

    x: np.ndarray
    y: np.ndarray


@reassociating
def total(values):
    """The sum of an array, in an order that vectorises (always the same one)."""
    result = values.dtype.type(0)
    for i in range(len(values)):
        result += values[i]
    return result


@inlined
def row_of(table, layer):
    """A layer's row as numbers: an array of its own would be counted, by a locked instruction."""
    t, k = table, layer
    return t[k, 0], t[k, 1], t[k, 2], t[k, 3], t[k, 4], t[k, 5], t[k, 6]


@inlined
def padded(count, values):
    """`count` samples, rounded up to whole vectors of the format of `values`."""
    lanes = VECTOR_BYTES // values.itemsize
    return (count + lanes - 1) // lanes * lanes


@inner
def gather(source, order, first, count, width, target):
    """target[column, s] = source[order[first + s], column], with zeros up to `width` samples."""
    columns = source.shape[1]
    flat = source.reshape(source.size)
    for c in range(columns):
        row = span(target, c * width, width)
        picked = span(order, first, count)
        for s in range(count):
            row[s] = span(flat, picked[s] * columns + c, 1)[0]
        for s in range(count, width):
            row[s] = 0


@inner
def softmax(z, a, e, units, width):
    """a = softmax of z over the units; e gets three rows: spare, the maxima, the sums."""
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
            out[s] = row[s] - top[s]
        exponential(out, out)
        for s in range(width):
            sums[s] += out[s]
    for j in range(units):
        out = span(a, j * width, width)
        for s in range(width):
            out[s] /= sums[s]


@inner
def forward(table, p, work, width):
    """Fill z and a of every layer from the features in the first rows of a."""
    for layer in range(len(table)):
        row = row_of(table, layer)
        inputs, units = row[INPUTS], row[UNITS]
        product(
            FROM_BIAS, p, row[WEIGHT], inputs, 1, work.a, row[INPUT_ROW] * width, width,
            work.z, row[ROW] * width, width, units, width, inputs, p, row[BIAS],
        )  # fmt: skip
        z_layer = span(work.z, row[ROW] * width, units * width)
        a_layer = span(work.a, row[ROW] * width, units * width)
        if row[ACTIVATION] == SOFTMAX:
            softmax(z_layer, a_layer, work.e, units, width)
        else:
            activate(row[ACTIVATION], z_layer, a_layer)


@inner
def output_losses(plan, work, width):
    """Fill e with each output's loss (cross-entropy over classes: one row) and d with dL/dz."""
    head, loss, e = plan.codes[HEAD], plan.codes[LOSS], work.e
    last = row_of(plan.table, len(plan.table) - 1)
    units = last[UNITS]
    size = units * width
    z_out = span(work.z, last[ROW] * width, size)
    a_out = span(work.a, last[ROW] * width, size)
    d_out = span(work.d, last[ROW] * width, size)
    t_out = span(work.t, 0, size)
    if head == FUSED:
        compare(loss, z_out, t_out, d_out, span(e, 0, size))
        return units
    if head == PLAIN:
        compare(loss, a_out, t_out, d_out, span(e, 0, size))
        backpropagate(last[ACTIVATION], z_out, a_out, d_out)
        return units
    if head == SOFTMAX_CROSS_ENTROPY:
        # `softmax` left the maxima and sums: -log a_y = log Σ exp(z - max) + max - z_y
        first = span(e, 0, width)
        top = span(e, width, width)
        logarithm(span(e, 2 * width, width), first)
        for s in range(width):
            first[s] += top[s]
        for j in range(units):
            for s in range(width):
                first[s] -= t_out[j * width + s] * z_out[j * width + s]
        for i in range(size):
            d_out[i] = a_out[i] - t_out[i]
        return 1
    compare(loss, a_out, t_out, d_out, span(e, 0, size))
    spare = span(e, size, width)
    for s in range(width):
        spare[s] = 0
    for j in range(units):
        for s in range(width):
            spare[s] += d_out[j * width + s] * a_out[j * width + s]
    for j in range(units):
        for s in range(width):
            d_out[j * width + s] = a_out[j * width + s] * (d_out[j * width + s] - spare[s])
    return units


@inlined
def loss_sum(e, rows, count, width):
    result = 0.0
    for j in range(rows):
        result += float64(total(span(e, j * width, count)))
    return result


@inlined
def averaged_over(codes, outputs, count):
    """What a sum of losses over `count` samples is divided by."""
    return count if codes[HEAD] == SOFTMAX_CROSS_ENTROPY else count * outputs


@inlined
def add_weight_gradient(row, work, g, width):
    """g += d aᵀ for the layer's weights and Σ d for its biases.

    Whole vectors of inputs go through a transposed copy of the activations, so that the sums over
    samples need not be made across the lanes of a vector.
    """
    inputs, units = row[INPUTS], row[UNITS]
    d0, a0, g0 = row[ROW] * width, row[INPUT_ROW] * width, row[WEIGHT]
    lanes = VECTOR_BYTES // g.itemsize
    whole = inputs // lanes * lanes
    if whole:
        transpose(work.a, a0, width, work.f, 0, whole, whole, width)
        product(
            TO_RESULT, work.d, d0, width, 1, work.f, 0, whole,
            g, g0, inputs, units, whole, width, g, 0,
        )  # fmt: skip
    if whole < inputs:
        add_dot_products(
            work.d, d0, width, work.a, a0 + whole * width, width,
            g, g0 + whole, inputs, units, inputs - whole, width,
        )  # fmt: skip
    add_row_sums(work.d, d0, width, g, row[BIAS], units, width)


@inner
def backward(table, p, g, work, width):
    """Add to g the gradient of every parameter, from the dL/dz of the outputs."""
    for layer in range(len(table) - 1, -1, -1):
        row = row_of(table, layer)
        add_weight_gradient(row, work, g, width)
        if layer > 0:
            inputs, units = row[INPUTS], row[UNITS]
            product(
                FROM_ZERO, p, row[WEIGHT], 1, inputs, work.d, row[ROW] * width, width,
                work.d, row[INPUT_ROW] * width, width, inputs, width, units, p, 0,
            )  # fmt: skip
            size = inputs * width
            start = row[INPUT_ROW] * width
            z, a, d = (
                span(work.z, start, size),
                span(work.a, start, size),
                span(work.d, start, size),
            )
            backpropagate(table[layer - 1, ACTIVATION], z, a, d)


@inlined
def batch_gradient(plan, state, work, samples, order, first, count):
    """Fill g with the gradient of the mean loss over a batch; returns that loss."""
    outputs = samples.y.shape[1]
    divisor = averaged_over(plan.codes, outputs, count)
    scale = state.g.dtype.type(1.0 / divisor)
    output_row = plan.table[len(plan.table) - 1, ROW]
    state.g[:] = 0
    result = 0.0
    for start in range(0, count, TILE):
        here = min(TILE, count - start)
        width = padded(here, state.g)
        gather(samples.x, order, first + start, here, width, work.a)
        gather(samples.y, order, first + start, here, width, work.t)
        forward(plan.table, state.p, work, width)
        rows = output_losses(plan, work, width)
        result += loss_sum(work.e, rows, here, width)
        for j in range(outputs):
            d = span(work.d, (output_row + j) * width, width)
            for s in range(here):
                d[s] *= scale
            for s in range(here, width):
                d[s] = 0
        backward(plan.table, state.p, state.g, work, width)
    return result / divisor


@inlined
def correct_in(table, work, width, count):
    """How many of the first `count` samples of a tile are put into their class."""
    z, t = work.z, work.t
    units = table[len(table) - 1, UNITS]
    start = table[len(table) - 1, ROW] * width
    found = 0
    for s in range(count):
        if units == 1:
            found += (z[start + s] > 0) == (t[s] > 0.5)
        else:
            best = 0
            for j in range(1, units):
                if z[start + j * width + s] > z[start + best * width + s]:
                    best = j
            found += t[best * width + s] > 0.5
    return found


@inlined
def evaluated(plan, p, work, samples, rows):
    """The mean loss over a split, and the share of samples put into their class.

    rows: 0, 1, 2, … up to the number of samples. NaN for an empty split.
    """
    losses, correct, size = 0.0, 0, len(samples.x)
    if size == 0:
        return np.nan, np.nan
    for first in range(0, size, TILE):
        count = min(TILE, size - first)
        width = padded(count, p)
        gather(samples.x, rows, first, count, width, work.a)
        gather(samples.y, rows, first, count, width, work.t)
        forward(plan.table, p, work, width)
        kinds = output_losses(plan, work, width)
        losses += loss_sum(work.e, kinds, count, width)
        correct += correct_in(plan.table, work, width, count)
    return losses / averaged_over(plan.codes, samples.y.shape[1], size), correct / size
