"""The ring around what has the keyboard's focus; a click does not show it."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme

DISTANCE = 3
WIDTH = 2
ROOM = DISTANCE + WIDTH
KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRing(QObject):
    """Shows a ring around `target` while it has focus that came by the keyboard.

    `inset` says how much of the widget's edges (left, top, right, bottom) is not drawn; `radius`,
    how round the rest is.
    """

    def __init__(
        self,
        theme: Theme,
        target: QWidget,
        radius: float = 8,
        inset: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> None:
        super().__init__(target)
        self._theme = theme
        self._target = target
        self._radius = radius
        self._inset = inset
        self._ring: _Ring | None = None
        target.installEventFilter(self)

    @property
    def visible(self) -> bool:
        """Whether the ring is shown."""
        return self._ring is not None

    def set_inset(self, inset: tuple[int, int, int, int]) -> None:
        """Change what of the widget's edges is not drawn."""
        self._inset = inset

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            if event.reason() in KEYBOARD:
                self._show()
        elif kind in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.MouseButtonPress):
            self._remove()
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize) and self._ring is not None:
            self._show()
        return False

    def _show(self) -> None:
        left, top, right, bottom = self._inset
        drawn = self._target.rect().adjusted(left - ROOM, top - ROOM, ROOM - right, ROOM - bottom)
        parent, place = _ancestor_with_room(self._target, drawn)
        if self._ring is None or self._ring.parentWidget() is not parent:
            self._remove()
            self._ring = _Ring(self._theme, self._radius, parent)
            self._target.destroyed.connect(self._ring.deleteLater)
        self._ring.setGeometry(place)
        self._ring.raise_()
        self._ring.show()

    def _remove(self) -> None:
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None


def _ancestor_with_room(widget: QWidget, drawn: QRect) -> tuple[QWidget, QRect]:
    """The nearest ancestor that does not cut `drawn` off, and where it lies there."""
    parent, place = widget, drawn
    while not parent.isWindow():
        place = place.translated(parent.pos())
        parent = parent.parentWidget() or widget.window()
        if parent.rect().contains(place):
            break
    return parent, place


class _Ring(QWidget):
    def __init__(self, theme: Theme, radius: float, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.accent, WIDTH))
        rect = self.rect().toRectF().adjusted(1, 1, -1, -1)
        radius = self._radius + DISTANCE
        painter.drawRoundedRect(rect, radius, radius)
