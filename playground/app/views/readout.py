"""The read-out: a small panel of names and numbers beside what the pointer is over."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from playground.app.controls.card import draw_panel
from playground.app.controls.text import MINUS
from playground.app.theme import Theme

Row = tuple[str, str, QColor]  # name, value, colour of the value

PADDING = 10
LINE = 18
GAP = 16  # between the names and the values
DISTANCE = 12  # from the pointer
RADIUS = 8


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals and a true minus sign; zero has no sign."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text.removeprefix("-")


def draw_readout(
    painter: QPainter, theme: Theme, rows: Sequence[Row], at: QPointF, within: QRectF
) -> None:
    """Paint the rows in a panel beside `at`, on the side where it lies inside `within`."""
    name_font, value_font = theme.font(12, 500), theme.font(12, 600)
    names = max(QFontMetricsF(name_font).horizontalAdvance(name) for name, _, _ in rows)
    values = max(QFontMetricsF(value_font).horizontalAdvance(value) for _, value, _ in rows)
    high = theme.scaled(LINE)
    panel = QRectF(0, 0, names + GAP + values + 2 * PADDING, len(rows) * high + 2 * PADDING - 6)
    panel.moveTopLeft(at + QPointF(DISTANCE, DISTANCE))
    if panel.right() > within.right() - 4:
        panel.moveRight(at.x() - DISTANCE)
    if panel.bottom() > within.bottom() - 4:
        panel.moveBottom(at.y() - DISTANCE)
    panel.moveLeft(max(panel.left(), within.left() + 4))
    panel.moveTop(max(panel.top(), within.top() + 4))
    draw_panel(painter, theme, panel, RADIUS)
    line = QRectF(panel.left() + PADDING, panel.top() + PADDING - 3, names + GAP + values, high)
    for name, value, colour in rows:
        painter.setFont(name_font)
        painter.setPen(theme.tokens.text2)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(value_font)
        painter.setPen(colour)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        line.translate(0, high)
