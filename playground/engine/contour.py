"""Boundaries between the regions of a picture: marching squares, for two classes or many.

A picture is given by its values at the centres of its cells. Each square between four neighbouring
centres is looked at alone: where the corners of an edge belong to different classes, the boundary
crosses the edge where linear interpolation makes both classes equal, and the crossings of a square
are joined inside it (Lorensen and Cline 1987, in two dimensions). Between the outermost centres and
the limits of the axes the picture continues as it is there.
"""

import numpy as np

from playground.engine.machine_code import library

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
    classes, rows, columns = values.shape
    winners, best = np.empty((rows, columns), np.int16), np.empty(columns, np.float32)
    segments = np.empty((MOST_PER_SQUARE * (rows + 1) * (columns + 1), 4), np.float32)
    points, count = np.empty((5, 2), np.float32), np.zeros(1, np.int64)
    library("boundaries")["boundaries"](
        values, classes, rows, columns, left, right, bottom, top, winners, best, points, segments,
        count,
    )  # fmt: skip
    return segments[: count[0]].copy()
