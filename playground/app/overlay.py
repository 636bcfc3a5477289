"""The overlay: a panel over the whole window, for as long as it takes."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from playground.app.controls.card import draw_panel
from playground.app.controls.scroll import scrolled
from playground.app.theme import Theme, faded

SCRIM = 0.28  # opacity of what darkens the window
TOP = 72
MARGIN = 32
PADDING = 16


class Overlay(QWidget):
    """A panel with `content` over a window that is darkened; Escape or a click beside closes it.

    The keyboard stays in it, and goes back to where it was when it closes.
    """

    def __init__(self, theme: Theme, name: str, window: QWidget, width: int) -> None:
        super().__init__(window)
        self._theme = theme
        self._over = window
        self._wish = theme.scaled(width)
        self._before = window.focusWidget()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside = QWidget()
        self.content = QVBoxLayout(inside)
        self.panel = scrolled(inside, self)
        self.content.setContentsMargins(*[PADDING] * 4)
        self.content.setSpacing(12)
        window.installEventFilter(self)

    def open(self) -> None:
        """Show it over everything in the window."""
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_(self) -> None:
        """Take it away."""
        self.hide()

    def least_height(self) -> int:
        """How high the panel is, where the window has the room."""
        return self.content.sizeHint().height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self._place()
        return False

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes round in the panel."""
        stops = [
            each
            for each in self.panel.findChildren(QWidget)
            if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if stops:
            focused = QApplication.focusWidget()
            step = 1 if next else -1
            place = stops.index(focused) + step if focused in stops else min(step, 0)
            reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
            stops[place % len(stops)].setFocus(reason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
        event.accept()  # what is behind it hears nothing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), faded(QColor("black"), SCRIM))
        draw_panel(painter, self._theme, QRectF(self.panel.geometry()))

    def _place(self) -> None:
        over = self._over.rect()
        wish = max(self._wish, self.content.sizeHint().width())
        width = min(wish, over.width() - 2 * MARGIN)
        top = min(TOP, max((over.height() - self.least_height()) // 2, MARGIN))
        height = min(self.least_height(), over.height() - top - MARGIN)
        self.setGeometry(over)
        self.panel.setGeometry((over.width() - width) // 2, top, width, height)
