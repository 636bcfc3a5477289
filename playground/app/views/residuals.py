"""Predictions against targets, and how the differences are spread."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme, faded
from playground.app.views.drawer_view import draw_empty
from playground.app.views.histogram import draw_histogram, two_digits
from playground.app.views.strokes import draw_segments
from playground.app.words import tr
from playground.snapshot import Histogram

MOST_POINTS = 2000
PARTS = 25
HEAD = 18
LABELS = 17
GAP = 28
POINT = 4.0


class Residuals(QWidget):
    """Left each sample's target and prediction, on the diagonal where it is right; right the
    histogram of prediction less target.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pairs: np.ndarray | None = None
        self._why = ""
        self.setAccessibleName(tr("Residuals"))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 40)

    def show_pairs(self, pairs: np.ndarray | None, why: str = "") -> None:
        """Show other targets and predictions: (samples, 2); without any, `why` there are none."""
        if pairs is not None:
            pairs = pairs[np.isfinite(pairs).all(axis=1)]
        self._pairs = pairs if pairs is not None and len(pairs) else None
        self._why = why
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pairs is None:
            draw_empty(painter, self._theme, self.rect().toRectF(), "info", self._why)
            return
        half, head = (self.width() - GAP) / 2, self._theme.scaled(HEAD)
        stride = -(-len(self._pairs) // MOST_POINTS)
        self._draw_title(painter, 0, self._scatter_title(stride))
        self._draw_scatter(painter, QRectF(0, head, half, self.height() - head), stride)
        self._draw_title(painter, half + GAP, tr("Prediction less target"))
        area = QRectF(half + GAP, head, half, self.height() - head)
        off = self._pairs[:, 1] - self._pairs[:, 0]
        high = float(np.abs(off).max()) or 1.0
        counts, _ = np.histogram(off, PARTS, (-high, high))
        shown = Histogram(counts, -high, high)
        draw_histogram(painter, self._theme, area, shown, self._theme.tokens.accent)

    def _scatter_title(self, stride: int) -> str:
        if stride == 1:
            return tr("Predictions by target")
        return tr("Predictions by target, one sample in {stride}", stride=stride)

    def _draw_title(self, painter: QPainter, left: float, text: str) -> None:
        painter.setFont(self._theme.font(11, 500))
        painter.setPen(self._theme.tokens.text2)
        painter.drawText(QPointF(left, self._theme.scaled(11)), text)

    def _draw_scatter(self, painter: QPainter, area: QRectF, stride: int) -> None:
        assert self._pairs is not None
        tokens = self._theme.tokens
        low, high = float(self._pairs.min()), float(self._pairs.max())
        span = (high - low) or 1.0
        below = self._theme.scaled(LABELS)
        base = area.bottom() - below
        # Half a point from the edges, so that none is cut.
        wide, tall = area.width() - POINT, base - area.top() - POINT
        painter.setPen(QPen(tokens.line, 1))
        painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base))
        painter.drawLine(QPointF(area.left(), area.top()), QPointF(area.left(), base))
        painter.setPen(QPen(tokens.ctl, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), area.top()))
        shares = (self._pairs[::stride] - low) / span
        x = area.left() + POINT / 2 + shares[:, 0] * wide
        y = base - POINT / 2 - shares[:, 1] * tall
        # A point is a line without length, with round ends.
        pen = QPen(faded(tokens.accent, 0.7), POINT)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        draw_segments(painter, np.stack([x, y, x + 1e-3, y], axis=1))
        painter.setPen(tokens.text3)
        painter.setFont(self._theme.font(11))
        labels = QRectF(area.left(), base + 2, area.width(), below)
        for value, side in (
            (low, Qt.AlignmentFlag.AlignLeft),
            (high, Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(labels, side | Qt.AlignmentFlag.AlignVCenter, two_digits(value))
        painter.drawText(labels, Qt.AlignmentFlag.AlignCenter, tr("target"))
