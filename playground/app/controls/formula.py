"""Formulas in one line, as in print: x₁² with the square above the index, sin upright."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from playground.app.theme import Theme

SMALL = 0.72  # size of what is raised or lowered
LEAST = 11  # of it, in pixels
LOWERED = 0.18  # of the size, below the baseline
RAISED = 0.42
SUBSCRIPTS = {chr(0x2080 + digit): str(digit) for digit in range(10)}
SUPERSCRIPTS = {"²": "2", "³": "3"}


@dataclass(frozen=True)
class _Piece:
    text: str
    font: QFont
    x: float
    y: float  # of the baseline, down from that of the line


class Formula:
    """A formula ready to be drawn, from text such as "x₁x₂", "x₁²" or "sin x₁".

    A single letter is a variable and slanted, a longer word is a name. Other text stands as it is.
    """

    def __init__(self, theme: Theme, text: str, size: int = 14) -> None:
        self._theme = theme
        self._size = size
        self._em = theme.formula_font(size).pixelSize()
        self._pieces: list[_Piece] = []
        self.width = 0.0
        place = 0
        while place < len(text):
            place = self._take(text, place)

    def draw(self, painter: QPainter, colour: QColor, centre: QPointF) -> None:
        """Paint it with the middle of its small letters at `centre`."""
        left = centre.x() - self.width / 2
        baseline = centre.y() + 0.25 * self._em
        painter.setPen(colour)
        for piece in self._pieces:
            painter.setFont(piece.font)
            painter.drawText(QPointF(left + piece.x, baseline + piece.y), piece.text)

    def _take(self, text: str, start: int) -> int:
        """Set what begins at `start`; gives where the next piece begins."""
        if text[start] in SUBSCRIPTS or text[start] in SUPERSCRIPTS:
            return self._take_scripts(text, start)
        end = start + 1
        if text[start].isalpha():
            while end < len(text) and text[end].isalpha() and text[end] not in SUBSCRIPTS:
                end += 1
            if end - start == 1:
                self._set(text[start:end], self._theme.formula_font(self._size), 0)
                return end
        if text[start] == " ":
            self.width += 0.18 * self._em
            return end
        self._set(text[start:end], self._theme.font(self._size - 2, 500), 0)
        return end

    def _take_scripts(self, text: str, start: int) -> int:
        """Set indices and exponents, one above the other."""
        end = start
        while end < len(text) and (text[end] in SUBSCRIPTS or text[end] in SUPERSCRIPTS):
            end += 1
        font = self._theme.formula_font(self._size, italic=False)
        font.setPixelSize(max(round(SMALL * self._em), LEAST))
        from_here = widest = self.width
        for table, shift in ((SUBSCRIPTS, LOWERED), (SUPERSCRIPTS, -RAISED)):
            digits = "".join(table[each] for each in text[start:end] if each in table)
            self.width = from_here
            if digits:
                self._set(digits, font, shift * self._em)
            widest = max(widest, self.width)
        self.width = widest
        return end

    def _set(self, text: str, font: QFont, y: float) -> None:
        self._pieces.append(_Piece(text, font, self.width, y))
        self.width += QFontMetricsF(font).horizontalAdvance(text)
