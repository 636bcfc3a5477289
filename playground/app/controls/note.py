"""A sentence that says what was wrong with what was entered, beside the field."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme, faded

WIDTH = 264
PADDING = 10
ICON = 16
GAP = 6
SHOWN_MS = 8000


class Note(QWidget):
    """An error beside a field: floating below it, or else in a layout.

    It goes after a while, with a click, or by `clear`.
    """

    def __init__(self, theme: Theme, parent: QWidget, floating: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._floating = floating
        self._text = ""
        self._timer = QTimer(self, interval=SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self.clear)
        self.setFont(theme.font(12, 500))
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or "" when none is."""
        return self._text

    def show_beside(self, field: QWidget, sentence: str) -> None:
        """Show a sentence about a field."""
        self._text = sentence
        self.setAccessibleName(sentence)
        self.setFixedSize(self.sizeHint())
        if self._floating:
            window = field.window()
            self.setParent(window)
            place = field.mapTo(window, QPoint(0, field.height() + GAP))
            if place.y() + self.height() > window.height():
                above = place.y() - field.height() - self.height() - 2 * GAP
                place.setY(max(above, GAP))
            place.setX(max(min(place.x(), window.width() - self.width() - GAP), GAP))
            self.move(place)
            self.raise_()
        self.show()
        self._timer.start()

    def clear(self) -> None:
        """Take it away."""
        self._text = ""
        self._timer.stop()
        self.hide()

    def sizeHint(self) -> QSize:
        width = self._theme.scaled(WIDTH)
        room = width - 2 * PADDING - ICON - GAP
        words = QFontMetrics(self.font()).boundingRect(
            0, 0, room, 1000, Qt.TextFlag.TextWordWrap, self._text
        )
        return QSize(width, words.height() + 2 * PADDING - 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(faded(tokens.error, 0.25), 1))
        painter.setBrush(tokens.error_tint)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        box = QRectF(PADDING, PADDING - 3, ICON, ICON)
        self._theme.draw_icon(painter, "alert", tokens.error, box)
        body = self.rect().adjusted(PADDING + ICON + GAP, PADDING - 2, -PADDING, 0)
        painter.setPen(tokens.error)
        painter.drawText(body, Qt.TextFlag.TextWordWrap, self._text)
