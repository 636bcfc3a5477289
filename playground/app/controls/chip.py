"""The chip: a word with a dot or an icon on a tint, for a state."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme, Tokens

HEIGHT = 24
PADDING = 10
MARK = 14
DOT = 7

TINTS = {
    "neutral": ("text2", "sunk"),
    "accent": ("accent", "accent_tint"),
    "ok": ("ok", "ok_tint"),
    "warn": ("warn", "warn_tint"),
    "error": ("error", "error_tint"),
}


class Chip(QWidget):
    """A state in a word, with an icon or else a dot; `kind` is a key of `TINTS`."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        kind: str = "neutral",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font(12, 600))
        self.set_state(text, kind, icon)

    def set_state(self, text: str, kind: str = "neutral", icon: str = "") -> None:
        """Show another state."""
        self._text = text
        self._kind = kind
        self._icon = icon
        self.setAccessibleName(text)
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self._text)
        height = self._theme.scaled(HEIGHT)
        return QSize(round(width) + 2 * PADDING + self._mark_width() + 5, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        ink, tint = _colours(self._theme.tokens, self._kind)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(self.rect(), self.height() / 2, self.height() / 2)
        side = self._mark_width()
        box = QRectF(PADDING, (self.height() - side) / 2, side, side)
        if self._icon:
            self._theme.draw_icon(painter, self._icon, ink, box)
        else:
            painter.setBrush(ink)
            painter.drawEllipse(box)
        painter.setPen(ink)
        painter.setFont(self.font())
        body = self.rect().toRectF().adjusted(PADDING + side + 5, 0, 0, 0)
        painter.drawText(body, Qt.AlignmentFlag.AlignVCenter, self._text)

    def _mark_width(self) -> int:
        return self._theme.scaled(MARK if self._icon else DOT)


def _colours(tokens: Tokens, kind: str) -> tuple[QColor, QColor]:
    ink, tint = TINTS[kind]
    return getattr(tokens, ink), getattr(tokens, tint)
