"""Lines of a graph, and what is painted over them: marks, dots, and a hint while there are none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from playground.app.theme import Theme, faded
from playground.app.views.axes import Axes

DOT = 4
FOOT = 4  # of a mark's line, half its width
DIAMOND = 6


@dataclass(frozen=True)
class Line:
    """A line of a graph: x (n,) rising, y (n,), with a gap where it is not finite.

    A `faint` one lies under another of the same name, as raw values do under smoothed ones, and it
    is its values that the read-out says.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: QColor
    dashed: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that was at an x: a dotted line down to it, or a diamond `on` the line of a name.

    The read-out says its text to a pointer that is near.
    """

    x: float
    text: str
    colour: QColor
    on: str = ""


def draw_hint(painter: QPainter, theme: Theme, hint: str, within: QRectF) -> None:
    """Say in the middle what there is to be done first."""
    centre = within.center()
    icon = QRectF(centre.x() - 10, centre.y() - 22, 20, 20)
    theme.draw_icon(painter, "play", theme.tokens.ctl, icon)
    painter.setPen(theme.tokens.text3)
    painter.setFont(theme.font(13))
    below = QRectF(0, centre.y() + 8, within.width(), within.height())
    painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, hint)


def draw_dot(painter: QPainter, theme: Theme, axes: Axes, line: Line, x: float) -> None:
    """Mark the point of a line that is nearest to an x."""
    at = _point_near(axes, line, x)
    if at is not None:
        painter.setPen(QPen(theme.tokens.panel, 1.5))
        painter.setBrush(line.colour)
        painter.drawEllipse(at, DOT, DOT)


def draw_mark(
    painter: QPainter, theme: Theme, axes: Axes, mark: Mark, lines: Sequence[Line]
) -> None:
    """A dotted line down to the mark's x; or the diamond on the first of the lines it is on."""
    on = next((line for line in lines if mark.on and line.name == mark.on), None)
    if on is None:
        x, bottom = float(axes.x(np.array(mark.x))), axes.area.bottom()
        painter.setPen(QPen(faded(mark.colour, 0.7), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, axes.area.top()), QPointF(x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark.colour)
        foot = (QPointF(x, bottom - FOOT), QPointF(x - FOOT, bottom), QPointF(x + FOOT, bottom))
        painter.drawPolygon(foot)
    elif (at := _point_near(axes, on, mark.x)) is not None:
        painter.setPen(QPen(theme.tokens.panel, 1.5))
        painter.setBrush(mark.colour)
        sides = ((0, -DIAMOND), (DIAMOND, 0), (0, DIAMOND), (-DIAMOND, 0))
        painter.drawPolygon([at + QPointF(*side) for side in sides])


def _point_near(axes: Axes, line: Line, x: float) -> QPointF | None:
    """The line's point that is nearest to an x, in pixels; None in a gap."""
    row = int(np.abs(line.x - x).argmin())
    y = float(axes.y(line.y[row]))
    return QPointF(float(axes.x(line.x[row])), y) if math.isfinite(y) else None
