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
def _heights(m, dx, y0, dy, first, last, f, k, sine):
    """Of each column: the height f of the curve, by how much m grows with it on the tangent, and
    the sine of the tangent's slope.
    """
    for c in range(first, last):
        square = m[c] * m[c]
        right = dx * (np.float32(0.75) + np.float32(3.0) * square)
        down = dy * (np.float32(1.5) - np.float32(6.0) * square)
        f[c] = y0 + dy * (np.float32(0.5) + m[c] * (np.float32(1.5) - (square + square)))
        squares = right * right + down * down
        k[c] = down / squares
        sine[c] = down / np.float32(sqrt(squares))


@inner
def _lengths(sine, first, last, length):
    """Of each column: how long the curve is up to its middle."""
    gone, half, one = np.float32(0.0), np.float32(0.5), np.float32(1.0)
    for c in range(first, last):
        step = one / np.float32(sqrt(one - sine[c] * sine[c]))
        length[c] = gone + half * step
        gone += step


@inlined
def _run(pixels, across, m, share, f, k, sine, length, y, middle, dx, dy, h, opacity, colour, dash):
    """Blend one edge over a run of pixels, those of one row, whose middles are at height `y`.

    The nearest point of the curve is guessed along the tangent above or below the pixel; the
    distance to the tangent at the guess is exact enough, and so is how far along the curve it is. A
    pair of channels is mixed as one number: with a from 0 to 256, 256 p + (c - p) a = (256 - a) p +
    a c holds in each of its halves, which cannot overflow.
    """
    period, gap, phase, lost = dash
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
        gone = (length[j] + (y - f[j]) * sine[j] + phase) / period
        from_gap = abs(gone - np.float32(np.int32(gone)) - half) * period
        covered *= one - lost * min(max(gap - from_gap, nothing), one)
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
    pixels, width, height, across, m, share, f, k, sine, length, first, last, dx, y0, dy, h,
    opacity, colour, dash,
):  # fmt: skip
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
                span(sine, start, count),
                span(length, start, count),
                y,
                y0 + half * dy,
                dx,
                dy,
                h,
                opacity,
                colour,
                dash,
            )
        row += sign


@inner
def _dash(dashes):
    """Period, half a gap with its rim, how far what is drawn is ahead, and what a gap takes."""
    period, gap, moved, left = dashes[0], dashes[1], dashes[2], dashes[3]
    ahead = np.float32(2.0) * period - moved % period  # not below 0, even before the first column
    return period, np.float32(0.5) * (gap + np.float32(1.0)), ahead, np.float32(1.0) - left


def draw_edges(image, height, width, edges, lines, widths, colours, dashes, tables):
    """As `engine.raster.draw_edges`; tables: (7 · width,), room to work in."""
    across, m, share = (
        span(tables, 0, width), span(tables, width, width), span(tables, 2 * width, width)
    )  # fmt: skip
    f, k = span(tables, 3 * width, width), span(tables, 4 * width, width)
    sine, length = span(tables, 5 * width, width), span(tables, 6 * width, width)
    dash = _dash(dashes)
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
        _heights(m, x1 - x0, y0, y1 - y0, begin, end, f, k, sine)
        if dashes[3] < 1.0:
            _lengths(sine, begin, end, length)
        opacity = np.float32(colours[e] >> np.uint32(24)) * np.float32(256.0 / 255.0)
        colour = np.uint32(colours[e] | np.uint32(0xFF000000))
        h = np.float32(0.5) * widths[e]
        _rows(
            image, width, height, across, m, share, f, k, sine, length, first, last, x1 - x0, y0,
            y1 - y0, h, opacity, colour, dash,
        )  # fmt: skip


def definitions() -> dict[str, tuple[list[Any], Any]]:
    """The one kernel."""
    i, pixels, x = types.int64, types.CPointer(types.uint32), types.CPointer(types.float32)
    return {"draw_edges": ([pixels, i, i, i, x, x, pixels, x, x], draw_edges)}
