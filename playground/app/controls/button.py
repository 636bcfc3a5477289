"""Buttons: the primary one, soft ones with words, and ghosts that show an icon only."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from playground.app.controls.focus import FocusRing
from playground.app.theme import Theme, faded, mix

RADIUS = 8
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
HOVER_SHARE = 0.06
PRESS_SHARE = 0.12


class Pressable(QAbstractButton):
    """What all buttons share: Space and Enter press them if they were reached by Tab.

    Else these keys stay the window's own; a click leaves the focus where it was.
    """

    def __init__(
        self, theme: Theme, name: str, radius: float = RADIUS, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.ring = FocusRing(theme, self, radius)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Space, *ENTER):
            super().keyPressEvent(event)
        elif not self.ring.visible:
            event.ignore()
        elif event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._look_for_pointer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look_for_pointer()

    def _look_for_pointer(self) -> None:
        """Qt does not say that the pointer left what itself moved or hid away from under it."""
        if not (self.isVisible() and self.rect().contains(self.mapFromGlobal(QCursor.pos()))):
            self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)

    def shaded(self, fill: QColor) -> QColor:
        """The fill as the pointer has it: darker under it, and darker still when pressed."""
        share = PRESS_SHARE if self.isDown() else HOVER_SHARE if self.underMouse() else 0.0
        return mix(fill, self.theme.tokens.text, share if self.isEnabled() else 0.0)


class Button(Pressable):
    """A button with words and perhaps an icon; `primary` for the one that matters most."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        icon: str = "",
        primary: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, parent=parent)
        self._icon = icon
        self._primary = primary
        self.setFont(theme.font(13 if primary else 12, 600))
        self.setText(text)

    def set_face(self, text: str, icon: str = "") -> None:
        """Show other words and another icon; the width stays the larger of the two."""
        self.setText(text)
        self.setAccessibleName(text)
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        scaled = self.theme.scaled
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text()) + 28
        if self._icon:
            width += scaled(16) + 8
        return QSize(max(scaled(96) if self._primary else 0, round(width)), scaled(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        fill, ink = (
            (tokens.accent_fill, tokens.on_accent) if self._primary else (tokens.sunk, tokens.text)
        )
        if not self.isEnabled():
            fill, ink = tokens.sunk, tokens.ctl
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.shaded(fill))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        self._draw_face(painter, ink)

    def _draw_face(self, painter: QPainter, ink: QColor) -> None:
        text_width = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        side = self.font().pixelSize() + (3 if self._primary else 4)
        icon_width = side + 8 if self._icon else 0
        left = (self.width() - text_width - icon_width) / 2
        if self._icon:
            box = QRectF(left, (self.height() - side) / 2, side, side)
            self.theme.draw_icon(painter, self._icon, ink, box)
        painter.setPen(ink)
        rect = QRectF(left + icon_width, 0, text_width + 1, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self.text())


class IconButton(Pressable):
    """A button that is an icon; `name` says what it does, in the tooltip and to screen readers."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        size: int = 16,
        side: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, parent=parent)
        self._icon = icon
        self._size = theme.scaled(size)
        self._side = theme.scaled(side)
        self.setToolTip(name)
        self.setFixedSize(self._side, self._side)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(tokens.text, PRESS_SHARE if self.isDown() else HOVER_SHARE))
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        box = QRect(0, 0, self._size, self._size)
        box.moveCenter(self.rect().center())
        ink = tokens.accent if self.isChecked() else tokens.text2
        self.theme.draw_icon(painter, self._icon, ink if self.isEnabled() else tokens.ctl, box)


class IconSwitch(IconButton):
    """An icon that is on, in the accent's colour, or off; `icons` are those of off and on."""

    changed = Signal(bool)

    def __init__(
        self, theme: Theme, icons: tuple[str, str], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, icons[0], name, parent=parent)
        self._icons = icons
        self.setCheckable(True)
        self.toggled.connect(self._show)
        self.clicked.connect(self.changed)

    def _show(self, on: bool) -> None:
        self._icon = self._icons[on]
        self.update()
