"""The stepper: − 8 +, for small whole numbers; hold to repeat, or type."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.button import IconButton
from playground.app.controls.focus import FocusRing
from playground.app.controls.text import ValueEdit, number_text, read_number
from playground.app.theme import Theme
from playground.app.words import tr

HEIGHT = 26
WIDTH = 84
RADIUS = 8
DELAY_MS = 350
REPEAT_MS = 70
KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}


class Stepper(QWidget):
    """A whole number from low to high.

    `changed` tells the value. A typed one may lie beyond the limits: whoever listens decides.
    `unreadable` tells in a sentence that what was typed is no number.
    """

    changed = Signal(int)
    unreadable = Signal(str)

    def __init__(
        self, theme: Theme, name: str, low: int, high: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._low = low
        self._high = high
        self._value = low
        self.ring = FocusRing(theme, self, RADIUS)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.less = self._button("minus", tr("Less: {name}", name=name), -1)
        self.more = self._button("plus", tr("More: {name}", name=name), 1)
        self.edit = ValueEdit(theme, name, parent=self)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.edit.entered.connect(self._read)
        self.edit.left.connect(lambda: self.setFocus(Qt.FocusReason.TabFocusReason))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.less)
        row.addWidget(self.edit, 1)
        row.addWidget(self.more)

    @property
    def value(self) -> int:
        """The value shown."""
        return self._value

    def set_value(self, value: int) -> None:
        """Show another value."""
        self._value = value
        self.edit.show_text(number_text(value))
        self.setAccessibleDescription(number_text(value))
        self.less.setEnabled(value > self._low)
        self.more.setEnabled(value < self._high)

    def set_limits(self, low: int, high: int) -> None:
        """Offer other numbers."""
        self._low, self._high = low, high
        self.set_value(self._value)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(WIDTH), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self._move(KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit.start()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._move(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.sunk)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)

    def _button(self, icon: str, name: str, count: int) -> IconButton:
        button = IconButton(self._theme, icon, name, size=14, side=HEIGHT, parent=self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRepeat(True)
        button.setAutoRepeatDelay(DELAY_MS)
        button.setAutoRepeatInterval(REPEAT_MS)
        button.clicked.connect(lambda: self._move(count))
        return button

    def _move(self, count: int) -> None:
        self._offer(min(max(self._value + count, self._low), self._high))

    def _offer(self, value: int) -> None:
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)

    def _read(self, text: str) -> None:
        value = read_number(text, integer=True)
        if value is None:
            self.unreadable.emit(tr("“{text}” is not a whole number.", text=text.strip()))
        else:
            self._offer(int(value))
