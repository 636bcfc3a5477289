"""Dropout, batch norm and layer norm: forward, and the gradients of what they are given below it.

Rows are spans of one tile, `width` numbers a unit, as `passes` has them. Of the norms, z is the
normalised input x̂; of a dropout, z is its mask.
"""

import numpy as np
from numba import float64

from playground.engine.kernels.jit import inlined, inner, reassociating
from playground.engine.kernels.simd import span

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@inner
def mixed(value):
    """A 64-bit number to one that looks random: SplitMix64's finaliser (Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inlined
def mixed_short(value):
    """The same for 32 bits, which vectorises ("lowbias32", Wellons 2018)."""
    value = np.uint32(value ^ (value >> np.uint32(16)))
    value = np.uint32(value * np.uint32(0x7FEB352D))
    value = np.uint32(value ^ (value >> np.uint32(15)))
    value = np.uint32(value * np.uint32(0x846CA68B))
    return np.uint32(value ^ (value >> np.uint32(16)))


@reassociating
def total(values):
    """The sum of an array, in an order that vectorises (always the same one)."""
    result = values.dtype.type(0)
    for i in range(len(values)):
        result += values[i]
    return result


@reassociating
def dot(left, right):
    """Σ left · right, likewise."""
    result = left.dtype.type(0)
    for i in range(len(left)):
        result += left[i] * right[i]
    return result


@reassociating
def sum_of_squares(values):
    """Σ value² in float64, where the squares of all but absurd numbers are finite."""
    result = 0.0
    for i in range(len(values)):
        result += float64(values[i]) * float64(values[i])
    return result


@reassociating
def squared_distance(values, centre):
    """Σ (value - centre)², likewise."""
    result, middle = values.dtype.type(0), values.dtype.type(centre)
    for i in range(len(values)):
        result += (values[i] - middle) * (values[i] - middle)
    return result


@inner
def dropout(z, a, x, units, width, rate, key, first):
    """z is 0 with probability `rate`, else 1 / (1 - rate); a = x z.

    A number of the mask follows from the key (seed, step and layer), its unit and the place of its
    sample in the batch, where `first` is that of the tile's first one.
    """
    bound = np.uint32(np.uint64(rate * 4294967296.0))
    kept = z.dtype.type(1.0 / (1.0 - rate))
    zero = z.dtype.type(0)
    for j in range(units):
        unit = np.uint32(mixed(key + np.uint64(j) * GOLDEN) >> np.uint64(32))
        mask = span(z, j * width, width)
        out = span(a, j * width, width)
        given = span(x, j * width, width)
        for s in range(width):
            drawn = mixed_short(np.uint32(unit ^ np.uint32(first + s)))
            mask[s] = kept if drawn >= bound else zero
        for s in range(width):
            out[s] = given[s] * mask[s]


@inner
def batch_norm(z, a, x, units, width, gamma, beta, mean, scale):
    """z = (x - mean) · scale, a = γ z + β, for each unit's mean and scale."""
    for j in range(units):
        normal = span(z, j * width, width)
        out = span(a, j * width, width)
        given = span(x, j * width, width)
        for s in range(width):
            normal[s] = (given[s] - mean[j]) * scale[j]
        for s in range(width):
            out[s] = gamma[j] * normal[s] + beta[j]


@inner
def batch_norm_gradient(z, d, into, units, width, count, samples, gamma, scale, slopes, sums):
    """dL/dx = γ scale (d - Σd/n - x̂ Σ(d x̂)/n), over the n `samples` of the batch.

    slopes and sums: Σ d x̂ and Σ d of each unit, the gradients of γ and β.
    """
    n = z.dtype.type(samples)
    for j in range(units):
        normal = span(z, j * width, width)
        from_out = span(d, j * width, width)
        to_in = span(into, j * width, width)
        factor = gamma[j] * scale[j]
        mean, slope = sums[j] / n, slopes[j] / n
        for s in range(count):
            to_in[s] = factor * (from_out[s] - mean - normal[s] * slope)
        for s in range(count, width):
            to_in[s] = 0


@inner
def layer_norm(z, a, x, units, width, gamma, beta, eps, mean):
    """z = (x - μ) / √(σ² + ε) and a = γ z + β, with μ and σ² over the units of each sample.

    z has one more row, which gets the scales 1 / √(σ² + ε); `mean` is room for one row.
    """
    n = z.dtype.type(units)
    tiny, one = z.dtype.type(eps), z.dtype.type(1)
    scale = span(z, units * width, width)
    for s in range(width):
        mean[s] = 0
        scale[s] = 0
    for j in range(units):
        given = span(x, j * width, width)
        for s in range(width):
            mean[s] += given[s]
    for s in range(width):
        mean[s] /= n
    for j in range(units):
        given = span(x, j * width, width)
        normal = span(z, j * width, width)
        for s in range(width):
            normal[s] = given[s] - mean[s]
            scale[s] += normal[s] * normal[s]
    for s in range(width):
        scale[s] = one / np.sqrt(scale[s] / n + tiny)
    for j in range(units):
        normal = span(z, j * width, width)
        out = span(a, j * width, width)
        for s in range(width):
            normal[s] *= scale[s]
        for s in range(width):
            out[s] = gamma[j] * normal[s] + beta[j]


@inner
def layer_norm_gradient(z, d, into, units, width, gamma, mean, slope):
    """dL/dx = scale (h - Σh/U - x̂ Σ(h x̂)/U) with h = γ d, over the U units of each sample.

    `mean` and `slope` are room for one row each.
    """
    n = z.dtype.type(units)
    scale = span(z, units * width, width)
    for s in range(width):
        mean[s] = 0
        slope[s] = 0
    for j in range(units):
        normal = span(z, j * width, width)
        from_out = span(d, j * width, width)
        for s in range(width):
            h = gamma[j] * from_out[s]
            mean[s] += h
            slope[s] += h * normal[s]
    for s in range(width):
        mean[s] /= n
        slope[s] /= n
    for j in range(units):
        normal = span(z, j * width, width)
        from_out = span(d, j * width, width)
        to_in = span(into, j * width, width)
        for s in range(width):
            to_in[s] = scale[s] * (gamma[j] * from_out[s] - mean[s] - normal[s] * slope[s])
