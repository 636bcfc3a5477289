"""The legend of the curves."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.theme import Theme
from playground.app.views.graph import DASH, GAP, curve_pen
from playground.app.views.strokes import dashed, draw_segments
from playground.app.words import tr

SWATCH = 17
SWATCH_GAP = 5
LEGEND_GAP = 14
LEGEND_LEFT = 14


class Legend(QWidget):
    """Which curve is which; in short words where there is little room.

    Where there is none for the scores below the curves, it says those in place of the words.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scores: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_scores(self, scores: tuple[str, ...]) -> None:
        """Say the scores of training, validation and perhaps test; with none, the words again."""
        if scores != self._scores:
            self._scores = scores
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            self._width(self._scores or (tr("train"), tr("validation"))), self._theme.scaled(16)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(self._scores or (tr("train"), tr("val"))), self._theme.scaled(16))

    def _width(self, words: tuple[str, ...]) -> int:
        advance = QFontMetricsF(self._theme.font(12, 500)).horizontalAdvance
        gaps = LEGEND_LEFT + (len(words) - 1) * LEGEND_GAP + 2 * (SWATCH + SWATCH_GAP)
        return round(gaps + sum(map(advance, words))) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, centre = self._theme.tokens, self.height() / 2
        long = self.width() >= self.sizeHint().width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(12, 500))
        left = float(LEGEND_LEFT)
        words = self._scores or (tr("train"), tr("validation") if long else tr("val"))
        for index, word in enumerate(words):
            if index < 2:
                dashes = index == 1
                painter.setPen(curve_pen(tokens.accent if dashes else tokens.text, dashes))
                line = np.array([[left, centre, left + SWATCH, centre]])
                draw_segments(painter, dashed(line, DASH, GAP) if dashes else line)
                left += SWATCH + SWATCH_GAP
            width = painter.fontMetrics().horizontalAdvance(word) + 1
            painter.setPen(tokens.text2)
            rect = QRectF(left, 0, width, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, word)
            left += width + LEGEND_GAP
