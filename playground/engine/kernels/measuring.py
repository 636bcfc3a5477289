"""What a step did to each layer: mean and RMS of weights, gradients, updates and activations."""

import numpy as np
from numba import float64

from playground.engine.kernels.jit import inner
from playground.engine.kernels.norms import dot, total
from playground.engine.kernels.passes import padded, place_of, row_of, tiles_of
from playground.engine.kernels.simd import span
from playground.engine.plan import LAYERS, MEASURES, TILE
from playground.engine.program import BIAS, DENSE, KIND, ROW, UNITS, WEIGHT


@inner
def add_moments(values, sums):
    """Add Σ value and Σ value² of a span to two numbers."""
    sums[0] += total(values)
    sums[1] += dot(values, values)


@inner
def is_dead(plan, work, row, unit, count):
    """Whether no sample of the batch gave a unit a gradient."""
    tile = plan.codes[TILE]
    for slot in range(tiles_of(plan, count)):
        here = min(tile, count - slot * tile)
        width = padded(plan, here)
        d = span(work.d, place_of(plan, slot)[0] + (row[ROW] + unit) * width, here)
        for s in range(here):
            if d[s] != 0:
                return False
    return True


@inner
def measure(plan, state, work, count, series):
    """Fill a row of the series, MEASURES numbers a layer, after a step on `count` samples.

    Every tile of the batch is still in memory; `work.before` holds the parameters before the step.
    """
    tile = plan.codes[TILE]
    for layer in range(plan.codes[LAYERS]):
        row = row_of(plan.table, layer)
        found = span(series, layer * MEASURES, MEASURES)
        for k in range(MEASURES):
            found[k] = 0
        start, units = row[WEIGHT], row[UNITS]
        size = row[BIAS] - start  # of the weights; a layer without any has none
        p, old = span(state.p, start, size), span(work.before, start, size)
        add_moments(p, span(found, 0, 2))
        add_moments(span(work.g, start, size), span(found, 2, 2))
        for i in range(size):
            old[i] = p[i] - old[i]
        add_moments(old, span(found, 4, 2))
        for slot in range(tiles_of(plan, count)):
            here = min(tile, count - slot * tile)
            width = padded(plan, here)
            base = place_of(plan, slot)[0]
            for j in range(units):
                add_moments(span(work.a, base + (row[ROW] + j) * width, here), span(found, 6, 2))
        for k in range(0, MEASURES - 1, 2):
            n = float64(count * units if k == 6 else size)
            found[k] = found[k] / n
            found[k + 1] = np.sqrt(found[k + 1] / n)
        if row[KIND] == DENSE:
            for j in range(units):
                found[MEASURES - 1] += is_dead(plan, work, row, j, count)
            found[MEASURES - 1] /= units
