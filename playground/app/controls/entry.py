"""The entry: a label and a number that is typed; or none, or a list of them."""

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.focus import FocusRing
from playground.app.controls.text import ValueEdit, label, number_text, read_number
from playground.app.theme import Theme
from playground.app.words import tr

HEIGHT = 28
WIDTH = 76  # of the text
PADDING = 8
RADIUS = 8
NONE = "none"


class Entry(QWidget):
    """`changed` tells a number, or None where nothing or `none` is typed; of a list, a tuple.

    `unreadable` tells in a sentence that what was typed is no number.
    """

    changed = Signal(object)
    unreadable = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        integer: bool = False,
        list_of: bool = False,
        none: str = NONE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._integer = integer
        self._list = list_of
        self._none = none
        self._value: Any = None
        self.label = label(theme, name)
        self.edit = ValueEdit(theme, name)
        self.edit.setFixedSize(theme.scaled(WIDTH), theme.scaled(HEIGHT) - 2)
        self.edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edit.entered.connect(self._read)
        FocusRing(theme, self.edit, RADIUS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, PADDING, 0)
        row.setSpacing(2 * PADDING)
        row.addWidget(self.label, 1)
        row.addWidget(self.edit)

    @property
    def value(self) -> Any:
        """The value shown."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show another value."""
        self._value = value
        numbers = value if isinstance(value, tuple) else () if value is None else (value,)
        self.edit.show_text(" ".join(map(number_text, numbers)) or self._none)

    def sizeHint(self) -> QSize:
        width = self.label.sizeHint().width() + self.edit.width() + 3 * PADDING
        return QSize(width, self._theme.scaled(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.sunk)
        well = QRectF(self.edit.geometry()).adjusted(-PADDING, 0, PADDING, 0)
        painter.drawRoundedRect(well, RADIUS, RADIUS)

    def _read(self, text: str) -> None:
        words = text.split() if self._list else ["".join(text.split())]
        given = text.strip().lower() not in ("", NONE, self._none)
        numbers = [read_number(word, self._integer) for word in words] if given else []
        if None in numbers:
            self.unreadable.emit(tr("“{text}” is not a number.", text=text.strip()))
            return
        value = tuple(numbers) if self._list else numbers[0] if numbers else None
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)
