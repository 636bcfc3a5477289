"""The output over one input: a curve, and the share that each hidden unit has in it."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from playground.app.theme import Theme, faded
from playground.app.views.strokes import draw_segments, joined
from playground.snapshot import Snapshot

WIDTH = 2.2
SHARE_WIDTH = 1.0
SHARE_ALPHA = 0.55


def draw_shares(
    painter: QPainter, theme: Theme, snapshot: Snapshot, rect: QRectF, at: Callable[..., QPointF]
) -> None:
    """Paint what lies under the samples: the axes, and the share of each unit.

    Each line is one unit of the last hidden layer times its weight, in the weight's colour; with
    the bias they add up to the output. `at` finds places of the axes.
    """
    tokens = theme.tokens
    painter.fillRect(rect, tokens.diverging[2])
    painter.setPen(QPen(tokens.line, 1))
    zero = at(0, 0)
    painter.drawLine(QLineF(rect.left(), zero.y(), rect.right(), zero.y()))
    painter.drawLine(QLineF(zero.x(), rect.top(), zero.x(), rect.bottom()))
    if snapshot.shares is not None:
        *_, weight, _ = snapshot.parameters.values()
        for share, sign in zip(snapshot.shares, weight[0], strict=True):
            colour = tokens.positive if sign > 0 else tokens.negative
            _draw_line(painter, snapshot, share, at, faded(colour, SHARE_ALPHA), SHARE_WIDTH)


def draw_output(
    painter: QPainter, theme: Theme, snapshot: Snapshot, at: Callable[..., QPointF]
) -> None:
    """Paint what the network says for each value of the input; of several classes, of each."""
    curves = snapshot.field_values[:, 0]
    for index, values in enumerate(curves):
        several = len(curves) > 1 and snapshot.data.dataset.class_names
        colour = theme.class_colour(index, len(curves)) if several else theme.tokens.text
        _draw_line(painter, snapshot, values, at, theme.tokens.panel, WIDTH + 2)
        _draw_line(painter, snapshot, values, at, colour, WIDTH)


def _draw_line(
    painter: QPainter,
    snapshot: Snapshot,
    values: np.ndarray,
    at: Callable[..., QPointF],
    colour: QColor,
    width: float,
) -> None:
    (left, right), _ = snapshot.limits
    centres = left + (np.arange(len(values)) + 0.5) / len(values) * (right - left)
    origin, unit = at(0, 0), at(1, 1)
    x = origin.x() + centres * (unit.x() - origin.x())
    y = origin.y() + values.astype(np.float64) * (unit.y() - origin.y())
    painter.setPen(QPen(colour, width))
    draw_segments(painter, joined(x, np.clip(y, -1e5, 1e5)))
