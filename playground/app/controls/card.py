"""The card: a white panel with round corners, a title, and at most one control beside it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.text import title
from playground.app.theme import Theme

RADIUS = 12
PADDING = 16
TOP = 9
HEAD = 28  # of the row with the title
BOTTOM = 12
SHADOW = 4  # how far the shadow reaches beyond the panel
RING_ALPHA = 6


def draw_panel(painter: QPainter, theme: Theme, panel: QRectF, radius: float = RADIUS) -> None:
    """Paint a panel with its shadow of three soft rings, which reaches `SHADOW` beyond it.

    In a theme without shadows it has a line around it.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, RING_ALPHA))
    for ring in (3, 2, 1) if theme.tokens.shadow else ():
        around = panel.adjusted(-ring, 2 - ring, ring, 1 + ring)
        painter.drawRoundedRect(around, radius + ring, radius + ring)
    painter.setBrush(theme.tokens.panel)
    if theme.tokens.shadow:
        painter.drawRoundedRect(panel, radius, radius)
    else:
        painter.setPen(theme.tokens.line)
        painter.drawRoundedRect(panel.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class Card(QWidget):
    """A panel that stands on the window by its shadow.

    The widget is `SHADOW` larger than the panel on every side, so gutters between cards are smaller
    in layouts. What the card holds goes into `content`, a vertical layout.
    """

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = title(theme, text)
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(self.title, 1)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        outer = QVBoxLayout(self)
        side = SHADOW + PADDING
        outer.setContentsMargins(side, SHADOW + TOP, side, SHADOW + BOTTOM)
        outer.setSpacing(7)
        self._head.addStrut(theme.scaled(HEAD))
        outer.addLayout(self._head)
        outer.addLayout(self.content, 1)

    @property
    def panel(self) -> QRectF:
        """The drawn panel, in the widget's coordinates."""
        return self.rect().toRectF().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)

    def set_title(self, text: str) -> None:
        """Change the title."""
        self.title.setText(text)

    def add_to_head(self, widget: QWidget, place: int = -1) -> None:
        """Put a widget at the right end of the title's row, or at a place; the title is at 0."""
        self._head.insertWidget(place, widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_panel(painter, self._theme, self.panel)
