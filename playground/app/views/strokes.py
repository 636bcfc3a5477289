"""Lines of many pieces, painted fast: arrays of separate segments, also for dashes.

Qt strokes a path as one shape, which for a wide and noisy curve takes longer than all its pieces
drawn apart (2,000 points at 1.6 px: 780 ms against 2 ms). Segments are (n, 4) float64: x, y, x, y.
"""

from typing import cast

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter
from shiboken6 import wrapInstance


def draw_segments(painter: QPainter, segments: np.ndarray) -> None:
    """Paint segments with the painter's pen."""
    if len(segments):
        # A QLineF is four doubles: Qt reads them from the array itself.
        lines = np.ascontiguousarray(segments, np.float64)
        first = cast(QLineF, wrapInstance(lines.ctypes.data, QLineF))
        painter.drawLines(first, len(lines))


def joined(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The segments from point to point; none at points that are not finite."""
    segments = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)
    return segments[np.isfinite(segments).all(axis=1)]


def dashed(segments: np.ndarray, dash: float, gap: float) -> np.ndarray:
    """The parts of segments that dashes cover, which run on from one segment to the next."""
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    ends = np.cumsum(lengths)
    begins = ends - lengths
    total = ends[-1] if len(ends) else 0.0
    dashes = np.arange(0.0, total, dash + gap)
    cuts = np.sort(np.concatenate([begins, dashes, np.minimum(dashes + dash, total)]))
    first, last = cuts, np.append(cuts[1:], total)
    middle = (first + last) / 2
    covered = (last > first) & (middle % (dash + gap) < dash)
    first, last, middle = first[covered], last[covered], middle[covered]
    index = np.searchsorted(ends, middle)
    start, change = segments[index, :2], segments[index, 2:] - segments[index, :2]
    places = (np.stack([first, last]) - begins[index]) / lengths[index]
    return np.hstack([start + change * places[0][:, None], start + change * places[1][:, None]])


def thinned(y: np.ndarray, most: int) -> np.ndarray:
    """Indices of about `most` points, the lowest and the highest of each bunch of neighbours."""
    bunch = -(-len(y) * 2 // most)
    if bunch <= 2:
        return np.arange(len(y))
    whole = len(y) // bunch * bunch
    bunches = y[:whole].reshape(-1, bunch)
    lowest = np.where(np.isnan(bunches), np.inf, bunches).argmin(axis=1)
    highest = np.where(np.isnan(bunches), -np.inf, bunches).argmax(axis=1)
    extremes = np.stack([lowest, highest], axis=1) + np.arange(0, whole, bunch)[:, None]
    return np.unique(np.concatenate([[0], extremes.ravel(), np.arange(whole, len(y))]))
