"""Edges as pixels, as `engine.raster` describes them."""

from math import asinh, sinh, sqrt
from typing import Any

import numpy as np
from numba import types

from playground.engine.kernels.jit import inlined, inner
from playground.engine.kernels.simd import span

LANES = 8  # runs are a multiple of so many pixels long, which suits vector units


@inner
def _columns(x0, x1, first, last, across, m, share):
    """Of each column: where its middle is, m of the curve there, and its share between the ends.

    m³ + 3/4 m = r is solved by m = sinh(asinh(4 r) / 3).
    """
    middle, dx = (x0 + x1) / 2.0, x1 - x0
    for c in range(first, last):
        across[c] = c + 0.5 - middle
        m[c] = sinh(asinh(4.0 * min(max(across[c] / dx, -0.5), 0.5)) / 3.0)
        share[c] = max(min(c + 1.0, x1) - max(float(c), x0), 0.0)


@inner
def _heights(m, dx, y0, dy, first, last, f, k):
    """Of each column: the height f of the curve, and by how much m grows with it on the tangent."""
    for c in range(first, last):
        square = m[c] * m[c]
        right = dx * (np.float32(0.75) + np.float32(3.0) * square)
        down = dy * (np.float32(1.5) - np.float32(6.0) * square)
        f[c] = y0 + dy * (np.float32(0.5) + m[c] * (np.float32(1.5) - (square + square)))
        k[c] = down / (right * right + down * down)


@inlined
def _run(pixels, across, m, share, f, k, y, middle, dx, dy, h, opacity, colour):
    """Blend one edge over a run of pixels, those of one row, whose middles are at height `y`.

    The nearest point of the curve is guessed along the tangent above or below the pixel; the
    distance to the tangent at the guess is exact enough. A pair of channels is mixed as one number:
    with a from 0 to 256, 256 p + (c - p) a = (256 - a) p + a c holds in each of its halves, which
    cannot overflow.
    """
    nothing, half, one = np.float32(0.0), np.float32(0.5), np.float32(1.0)
    x1, x3 = np.float32(0.75) * dx, dx
    y1, y3 = np.float32(1.5) * dy, np.float32(-2.0) * dy
    slope_x3, slope_y3 = np.float32(3.0) * x3, np.float32(3.0) * y3
    below, reach, most = y - middle, h + half, min(h + h, one)
    eight, low, rounding = np.uint32(8), np.uint32(0x00FF00FF), np.uint32(0x00800080)
    high = np.uint32(0xFF00FF00)
    colour_low, colour_high = np.uint32(colour & low), np.uint32(np.uint32(colour >> eight) & low)
    for j in range(len(pixels)):
        t = min(max(m[j] + (y - f[j]) * k[j], -half), half)
        square = t * t
        right, down = x1 + slope_x3 * square, y1 + slope_y3 * square
        off = (across[j] - t * (x1 + x3 * square)) * down - (below - t * (y1 + y3 * square)) * right
        distance = abs(off) / np.float32(sqrt(right * right + down * down))
        covered = min(max(reach - distance, nothing), most) * share[j]
        a = np.uint32(np.int32(covered * opacity + half))
        p = pixels[j]
        p_low, p_high = np.uint32(p & low), np.uint32(np.uint32(p >> eight) & low)
        mixed = np.uint32(np.uint32(p_low << eight) + np.uint32(np.uint32(colour_low - p_low) * a))
        mixed_low = np.uint32(np.uint32(mixed + rounding) >> eight) & low
        mixed = np.uint32(
            np.uint32(p_high << eight) + np.uint32(np.uint32(colour_high - p_high) * a)
        )
        pixels[j] = mixed_low | (np.uint32(mixed + rounding) & high)


@inner
def _rows(
    pixels, width, height, across, m, share, f, k, first, last, dx, y0, dy, h, opacity, colour
):
    """Draw one edge between two columns, row by row from its first end to its last."""
    half = np.float32(0.5)
    reach = h + half
    left, right = int(np.floor(reach)) + 1, int(np.ceil(reach))
    sign = 1 if dy >= 0 else -1
    row = int(np.floor(y0 - sign * reach))
    enter = leave = first
    for _ in range(int(abs(dy) + 2.0 * reach) + 2):
        y = np.float32(row) + half
        while enter < last and sign * (f[enter] - y) < -reach:
            enter += 1
        while leave < last and sign * (f[leave] - y) <= reach:
            leave += 1
        start = max(enter - left, first)
        count = -(-(min(leave + right, last) - start) // LANES) * LANES
        if 0 <= row < height and count > 0:
            start = max(min(start, width - count), 0)
            count = min(count, width - start)
            _run(
                span(pixels, row * width + start, count),
                span(across, start, count),
                span(m, start, count),
                span(share, start, count),
                span(f, start, count),
                span(k, start, count),
                y,
                y0 + half * dy,
                dx,
                dy,
                h,
                opacity,
                colour,
            )
        row += sign


def draw_edges(image, height, width, edges, lines, widths, colours, tables):
    """As `engine.raster.draw_edges`; tables: (5 · width,), room to work in."""
    across, m, share = (
        span(tables, 0, width), span(tables, width, width), span(tables, 2 * width, width)
    )  # fmt: skip
    f, k = span(tables, 3 * width, width), span(tables, 4 * width, width)
    first = last = begin = end = 0
    left = right = np.float32(0.0)
    for e in range(edges):
        x0, y0, x1, y1 = lines[4 * e], lines[4 * e + 1], lines[4 * e + 2], lines[4 * e + 3]
        if x0 >= x1 or x1 <= 0 or x0 >= width:
            continue
        if x0 != left or x1 != right:
            left, right = x0, x1
            first, last = max(int(np.floor(x0)), 0), min(int(np.ceil(x1)), width)
            begin, end = max(first - LANES, 0), min(last + LANES, width)
            _columns(x0, x1, begin, end, across, m, share)
        _heights(m, x1 - x0, y0, y1 - y0, begin, end, f, k)
        opacity = np.float32(colours[e] >> np.uint32(24)) * np.float32(256.0 / 255.0)
        colour = np.uint32(colours[e] | np.uint32(0xFF000000))
        h = np.float32(0.5) * widths[e]
        _rows(
            image, width, height, across, m, share, f, k, first, last, x1 - x0, y0, y1 - y0, h,
            opacity, colour,
        )  # fmt: skip


def definitions() -> dict[str, tuple[list[Any], Any]]:
    """The one kernel."""
    i, pixels, x = types.int64, types.CPointer(types.uint32), types.CPointer(types.float32)
    return {"draw_edges": ([pixels, i, i, i, x, x, pixels, x], draw_edges)}
