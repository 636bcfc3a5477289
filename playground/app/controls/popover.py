"""The popover: a small panel over the window that closes with a click elsewhere."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.controls.card import SHADOW, draw_panel
from playground.app.controls.text import title
from playground.app.theme import Theme

PADDING = 14
GAP = 4


class Popover(QWidget):
    """A panel with a title and `content`; Escape or a click elsewhere closes it."""

    def __init__(self, theme: Theme, text: str, parent: QWidget, width: int = 236) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(text)
        self.setFixedWidth(theme.scaled(width) + 2 * SHADOW)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[SHADOW + PADDING] * 4)
        outer.setSpacing(12)
        outer.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        outer.addWidget(title(theme, text))
        outer.addLayout(self.content)

    def open_below(self, widget: QWidget) -> None:
        """Show it below a widget, or above where the screen ends."""
        self.adjustSize()
        place = widget.mapToGlobal(QPoint(-SHADOW, widget.height() + GAP - SHADOW))
        screen = widget.screen().availableGeometry()
        if place.y() + self.height() > screen.bottom():
            place = widget.mapToGlobal(QPoint(-SHADOW, SHADOW - GAP - self.height()))
            place.setY(max(place.y(), screen.top()))
        place.setX(min(place.x(), screen.right() - self.width()))
        self.move(place)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_panel(
            painter, self._theme, self.rect().toRectF().adjusted(*[SHADOW] * 2, *[-SHADOW] * 2)
        )
