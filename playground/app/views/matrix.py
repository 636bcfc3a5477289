"""The confusion matrix as a table: a row for each class with its counts and its scores."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme, mix
from playground.app.views.drawer_view import draw_empty
from playground.app.views.readout import draw_readout, fixed
from playground.app.words import tr
from playground.class_scores import ClassScores, class_scores

HEAD = 20
ROW = 26
GAP = 2
NAME = 84  # the width of the classes' names, at most
SCORE = 58
WITH_SCORES = 280
WIDEST = 92  # of a cell
WORD = 22  # a cell that is narrower holds no number
LIGHT_INK = 0.8  # of its row, from which on a cell is so dark that its number is light
SCORES = ("Precision", "Recall", "F1")


class ConfusionMatrix(QWidget):
    """Rows are the samples' own classes, columns those they are put into; hover says which."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: np.ndarray | None = None
        self._scores: ClassScores | None = None
        self._names: tuple[str, ...] = ()
        self._why = ""
        self._pointer: QPointF | None = None
        self._head, self._row = theme.scaled(HEAD), theme.scaled(ROW)
        self._score = theme.scaled(SCORE)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Confusion matrix"))

    def show_counts(self, counts: np.ndarray | None, names: tuple[str, ...], why: str = "") -> None:
        """Show other counts: (classes, classes); without any, `why` there are none."""
        self._counts, self._names, self._why = counts, names, why
        self._scores = None if counts is None else class_scores(counts)
        self.setMinimumHeight(self._head + self._row * len(names) if counts is not None else 0)
        self.setAccessibleDescription(self._in_words())
        self.update()

    def _in_words(self) -> str:
        if self._scores is None or len(self._names) > 10:
            return self._why if self._scores is None else ""
        rows = zip(self._names, self._scores.precision, self._scores.recall, strict=True)
        return ", ".join(
            tr(
                "{name}: precision {precision}, recall {recall}",
                name=name,
                precision=score_text(precision),
                recall=score_text(recall),
            )
            for name, precision, recall in rows
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 40)

    @property
    def _cells(self) -> tuple[float, float]:
        """Where the cells begin, and how wide each is."""
        advance = QFontMetricsF(self._theme.font(12, 500)).horizontalAdvance
        left = min(
            max((advance(name) for name in self._names), default=0) + 10, self._theme.scaled(NAME)
        )
        room = self.width() - left - (len(SCORES) * self._score if self._has_scores else 0)
        return left, min(room / max(len(self._names), 1), WIDEST)

    @property
    def _has_scores(self) -> bool:
        """Whether there is room for the scores."""
        return self.width() >= self._theme.scaled(WITH_SCORES)

    def cell(self, own: int, put: int) -> QRectF:
        """Where the count of samples of a class that are put into another stands."""
        left, wide = self._cells
        return QRectF(left + wide * put, self._head + self._row * own, wide - GAP, self._row - GAP)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._counts is None or self._scores is None:
            draw_empty(painter, self._theme, self.rect().toRectF(), "info", self._why)
            return
        counts = self._counts
        self._draw_head(painter)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        # Only what is seen: there may be a thousand classes.
        first = max(int((event.rect().top() - self._head) / self._row), 0)
        last = min(int((event.rect().bottom() - self._head) / self._row) + 1, len(counts))
        for own in range(first, last):
            self._draw_row(painter, own, counts[own], shares[own], self._scores)
        if self._pointer is not None:
            self._draw_reading(painter, counts, self._pointer)

    def _draw_head(self, painter: QPainter) -> None:
        tokens, (left, wide) = self._theme.tokens, self._cells
        painter.setFont(self._theme.font(11, 500))
        painter.setPen(tokens.text3)
        metrics = painter.fontMetrics()
        for place, name in enumerate(self._names if wide >= self._theme.scaled(WORD) else ()):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide - GAP))
            head = QRectF(left + wide * place, 0, wide - GAP, self._head - 2)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, text)
        right = left + wide * len(self._names)
        for place, name in enumerate(SCORES if self._has_scores else ()):
            head = QRectF(right + self._score * place, 0, self._score, self._head - 2)
            painter.drawText(
                head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tr(name)
            )

    def _draw_row(
        self,
        painter: QPainter,
        own: int,
        counts: np.ndarray,
        shares: np.ndarray,
        scores: ClassScores,
    ) -> None:
        tokens, (left, wide) = self._theme.tokens, self._cells
        painter.setFont(self._theme.font(12, 500))
        painter.setPen(tokens.text2)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self._names[own], Qt.TextElideMode.ElideRight, int(left - 6))
        top, high = self._head + self._row * own, self._row - GAP
        line = QRectF(0, top, left - 6, high)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        for put, (count, share) in enumerate(zip(counts.tolist(), shares.tolist(), strict=True)):
            cell = self.cell(own, put)
            painter.fillRect(cell, mix(tokens.sunk, tokens.accent_fill, share))
            if wide >= self._theme.scaled(WORD):
                painter.setPen(tokens.on_accent if share > LIGHT_INK else tokens.text)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{count:,}")
        painter.setPen(tokens.text)
        right = left + wide * len(self._names)
        values = (scores.precision[own], scores.recall[own], scores.f1[own])
        values = values if self._has_scores else ()
        for place, value in enumerate(values):
            line = QRectF(right + self._score * place, top, self._score, high)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, side, score_text(value))

    def _draw_reading(self, painter: QPainter, counts: np.ndarray, at: QPointF) -> None:
        left, wide = self._cells
        own, put = int((at.y() - self._head) // self._row), int((at.x() - left) // wide)
        if not (0 <= own < len(counts) and 0 <= put < len(counts)):
            return
        text = self._theme.tokens.text
        rows = [
            (tr("class"), self._names[own], text),
            (tr("put into"), self._names[put], text),
            (tr("samples"), f"{counts[own, put]:,}", text),
        ]
        if self._scores is not None and own == put:
            values = (self._scores.precision[own], self._scores.recall[own], self._scores.f1[own])
            for name, value in zip(SCORES, values, strict=True):
                rows.append((tr(name), score_text(value), text))
        draw_readout(painter, self._theme, rows, at, self.visibleRegion().boundingRect().toRectF())


def score_text(value: float) -> str:
    """A score with three decimals; a dash where there is none."""
    return fixed(value, 3) if math.isfinite(value) else "–"
