"""Boundaries between the regions of a picture: marching squares, for two classes or many.

A picture is given by its values at the centres of its cells. Each square between four neighbouring
centres is looked at alone: where the corners of an edge belong to different classes, the boundary
crosses the edge where linear interpolation makes both classes equal, and the crossings of a square
are joined inside it (Lorensen and Cline 1987, in two dimensions). Between the outermost centres and
the limits of the axes the picture continues as it is there.
"""

import numpy as np

from playground.engine.jit import inner, kernel

Limits = tuple[tuple[float, float], tuple[float, float]]

UNIT: Limits = ((0.0, 1.0), (0.0, 1.0))
MOST_PER_SQUARE = 4


def contour(values: np.ndarray, level: float, limits: Limits = UNIT) -> np.ndarray:
    """The line between values >= level and values < level.

    values: (rows, columns), row 0 at the top. limits: ((x low, x high), (y low, y high)), where the
    outer sides of the outermost cells lie. Gives (segments, 4) float32: x, y, x, y, in no order;
    segments that meet have the same numbers there. No line passes beside a value that is NaN or
    infinite.
    """
    values = np.asarray(values, np.float32)
    return class_boundaries(np.stack([values, np.full_like(values, level)]), limits)


def class_boundaries(values: np.ndarray, limits: Limits = UNIT) -> np.ndarray:
    """The lines between the regions where one class is the largest, each line once.

    values: (classes, rows, columns); of equal values the first is the largest. Where three regions
    meet, their lines meet. Limits and result are as in `contour`.
    """
    (left, right), (bottom, top) = limits
    values = np.ascontiguousarray(values, np.float32)
    return _boundaries(values, float(left), float(right), float(bottom), float(top))


@inner
def _winners(values: np.ndarray) -> np.ndarray:
    """The largest class of each cell: (rows, columns) int16; -1 where a value is not finite."""
    classes, rows, columns = values.shape
    winners = np.zeros((rows, columns), np.int16)
    for i in range(rows):
        best, won = values[0, i].copy(), winners[i]
        for k in range(1, classes):
            value = values[k, i]
            for j in range(columns):
                won[j] = k if value[j] > best[j] else won[j]
                best[j] = max(value[j], best[j])
        for k in range(classes):
            value = values[k, i]
            for j in range(columns):
                won[j] = won[j] if np.isfinite(value[j]) else -1
    return winners


@inner
def _winner_of_mean(values: np.ndarray, i0: int, j0: int, i1: int, j1: int) -> int:
    """The largest class of the mean of four cells, which stands for the middle of their square."""
    winner, most = 0, -np.inf
    for k in range(values.shape[0]):
        total = np.float64(values[k, i0, j0]) + values[k, i0, j1]
        total += np.float64(values[k, i1, j0]) + values[k, i1, j1]
        if total > most:
            winner, most = k, total
    return winner


@inner
def _place(index: int, cells: int, first: float, last: float) -> float:
    """Where the centre of a cell lies; the limits for the indices -1 and `cells`."""
    if index < 0:
        return first
    return last if index >= cells else first + (last - first) * ((index + 0.5) / cells)


@inner
def _share(values: np.ndarray, a: int, b: int, i0: int, j0: int, i1: int, j1: int) -> float:
    """The part of the way from a cell won by a to one won by b at which both are equal."""
    before = np.float64(values[a, i0, j0]) - values[b, i0, j0]
    after = np.float64(values[a, i1, j1]) - values[b, i1, j1]
    return before / (before - after)


@inner
def _connect(
    points: np.ndarray,
    crossed: int,
    through_ac: bool,
    through_bd: bool,
    segments: np.ndarray,
    count: int,
) -> int:
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
def _draw(segments: np.ndarray, count: int, points: np.ndarray, start: int, end: int) -> int:
    segments[count, 0], segments[count, 1] = points[start, 0], points[start, 1]
    segments[count, 2], segments[count, 3] = points[end, 0], points[end, 1]
    return count + 1


@inner
def _mark(points: np.ndarray, count: int, x: float, y: float) -> int:
    points[count, 0], points[count, 1] = x, y
    return count + 1


@kernel("float32[:, ::1](float32[:, :, ::1], float64, float64, float64, float64)")
def _boundaries(
    values: np.ndarray, left: float, right: float, bottom: float, top: float
) -> np.ndarray:
    rows, columns = values.shape[1:]
    winners = _winners(values)
    segments = np.empty((MOST_PER_SQUARE * (rows + 1) * (columns + 1), 4), np.float32)
    points = np.empty((5, 2), np.float32)
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
    return segments[:count].copy()
