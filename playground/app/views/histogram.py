"""Histograms: bars over a dotted line, with the ends of their range below."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from playground.app.controls.text import number_text
from playground.app.theme import Theme
from playground.snapshot import Histogram

LABELS = 17  # the height of the ends of the range
BETWEEN = 4  # the two ends, at least
SHARE = 0.7  # of a part's width that its bar takes


def draw_histogram(
    painter: QPainter, theme: Theme, area: QRectF, shown: Histogram, colour: QColor
) -> None:
    """Paint a histogram; its highest bar is as high as there is room."""
    counts = shown.counts.tolist()
    base, wide = area.bottom() - theme.scaled(LABELS), area.width() / len(counts)
    high = base - area.top()
    most = max(*counts, 1)
    for part, count in enumerate(counts):
        if count:
            size = max(high * count / most, 1.5)
            left = area.left() + wide * part + wide * (1 - SHARE) / 2
            painter.fillRect(QRectF(left, base - size, wide * SHARE, size), colour)
    painter.setPen(QPen(theme.tokens.ctl, 1, Qt.PenStyle.DotLine))
    painter.drawLine(round(area.left()), round(base), round(area.right()), round(base))
    painter.setPen(theme.tokens.text3)
    painter.setFont(theme.font(11))
    ends = area.adjusted(0, high + 2, 0, 0)
    low, last = two_digits(shown.low), two_digits(shown.high)
    advance = painter.fontMetrics().horizontalAdvance
    if advance(low) + advance(last) + BETWEEN <= area.width():
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, low)
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, last)
    elif shown.low == -shown.high:
        painter.drawText(ends, Qt.AlignmentFlag.AlignCenter, f"±{last}")


def two_digits(value: float) -> str:
    """A number with two digits."""
    return number_text(float(f"{value:.2g}"))
