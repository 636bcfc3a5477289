"""Marching squares, as `engine.contour` describes them."""

from typing import Any

import numpy as np
from numba import types

from playground.engine.contour import MOST_PER_SQUARE
from playground.engine.kernels.jit import inner
from playground.engine.kernels.simd import shaped


@inner
def _find_winners(values, winners, best):
    """The largest class of each cell: (rows, columns) int16; -1 where a value is not finite.

    best: (columns,), room for the largest values of a row.
    """
    classes, rows, columns = values.shape
    for i in range(rows):
        won = winners[i]
        for j in range(columns):
            best[j], won[j] = values[0, i, j], 0
        for k in range(1, classes):
            value = values[k, i]
            for j in range(columns):
                won[j] = k if value[j] > best[j] else won[j]
                best[j] = max(value[j], best[j])
        for k in range(classes):
            value = values[k, i]
            for j in range(columns):
                won[j] = won[j] if np.isfinite(value[j]) else -1


@inner
def _winner_of_mean(values, i0, j0, i1, j1):
    """The largest class of the mean of four cells, which stands for the middle of their square."""
    winner, most = 0, -np.inf
    for k in range(values.shape[0]):
        total = np.float64(values[k, i0, j0]) + values[k, i0, j1]
        total += np.float64(values[k, i1, j0]) + values[k, i1, j1]
        if total > most:
            winner, most = k, total
    return winner


@inner
def _place(index, cells, first, last):
    """Where the centre of a cell lies; the limits for the indices -1 and `cells`."""
    if index < 0:
        return first
    return last if index >= cells else first + (last - first) * ((index + 0.5) / cells)


@inner
def _share(values, a, b, i0, j0, i1, j1):
    """The part of the way from a cell won by a to one won by b at which both are equal."""
    before = np.float64(values[a, i0, j0]) - values[b, i0, j0]
    after = np.float64(values[a, i1, j1]) - values[b, i1, j1]
    return before / (before - after)


@inner
def _connect(
    points,
    crossed,
    through_ac,
    through_bd,
    segments,
    count,
):
    """Join the crossings of one square, clockwise from the top edge; gives the new count.

    Where all four edges are crossed, the class of two opposite corners may go through the middle;
    the other two are then cut off. Else three or four lines meet in the middle.
    """
    if crossed == 2:
        return _draw(segments, count, points, 0, 1)
    if crossed == 4 and through_ac:
        return _draw(segments, _draw(segments, count, points, 0, 1), points, 2, 3)
    if crossed == 4 and through_bd:
        return _draw(segments, _draw(segments, count, points, 3, 0), points, 1, 2)
    points[crossed, 0] = points[crossed, 1] = 0.0
    for k in range(crossed):
        points[crossed, 0] += points[k, 0] / crossed
        points[crossed, 1] += points[k, 1] / crossed
    for k in range(crossed):
        count = _draw(segments, count, points, k, crossed)
    return count


@inner
def _draw(segments, count, points, start, end):
    segments[count, 0], segments[count, 1] = points[start, 0], points[start, 1]
    segments[count, 2], segments[count, 3] = points[end, 0], points[end, 1]
    return count + 1


@inner
def _mark(points, count, x, y):
    points[count, 0], points[count, 1] = x, y
    return count + 1


def boundaries(
    values, classes, rows, columns, left, right, bottom, top, winners, best, points, segments, found
):
    """Fill `segments`, and `found` with how many there are; the rest is room to work in.

    values: (classes, rows, columns), winners: (rows, columns), best: (columns,), points: (5, 2).
    """
    values = shaped(values, (classes, rows, columns))
    winners, best = shaped(winners, (rows, columns)), shaped(best, (columns,))
    points = shaped(points, (5, 2))
    segments = shaped(segments, (MOST_PER_SQUARE * (rows + 1) * (columns + 1), 4))
    _find_winners(values, winners, best)
    count = 0
    for row in range(-1, rows):
        i0, i1 = max(row, 0), min(row + 1, rows - 1)
        y0, y1 = _place(row, rows, top, bottom), _place(row + 1, rows, top, bottom)
        for column in range(-1, columns):
            j0, j1 = max(column, 0), min(column + 1, columns - 1)
            # The corners, clockwise from the top left.
            a, b, c, d = winners[i0, j0], winners[i0, j1], winners[i1, j1], winners[i1, j0]
            if (a == b and b == c and c == d) or min(a, b, c, d) < 0:
                continue
            x0, x1 = _place(column, columns, left, right), _place(column + 1, columns, left, right)
            # Every edge is measured from its left or upper end, whichever square looks at it.
            crossed = 0
            if a != b:
                x = x0 + (x1 - x0) * _share(values, a, b, i0, j0, i0, j1)
                crossed = _mark(points, crossed, x, y0)
            if b != c:
                y = y0 + (y1 - y0) * _share(values, b, c, i0, j1, i1, j1)
                crossed = _mark(points, crossed, x1, y)
            if c != d:
                x = x0 + (x1 - x0) * _share(values, d, c, i1, j0, i1, j1)
                crossed = _mark(points, crossed, x, y1)
            if d != a:
                y = y0 + (y1 - y0) * _share(values, a, d, i0, j0, i1, j0)
                crossed = _mark(points, crossed, x0, y)
            middle = _winner_of_mean(values, i0, j0, i1, j1)
            count = _connect(
                points, crossed, a == c and a == middle, b == d and b == middle, segments, count
            )
    found[0] = count


def definitions() -> dict[str, tuple[list[Any], Any]]:
    """The one kernel, in float32."""
    i, f, x = types.int64, types.float64, types.CPointer(types.float32)
    numbers, counts = types.CPointer(types.int16), types.CPointer(i)
    return {"boundaries": ([x, i, i, i, f, f, f, f, numbers, x, x, x, counts], boundaries)}
