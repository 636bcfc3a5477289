"""Words and numbers: labels, and values that can be typed over."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from playground.app.theme import Theme

MINUS = "−"
OVERHANG = 4  # of a value's field beyond its text, on the right
TYPING_MARGIN = 6
INNER_MARGIN = 2  # of a QLineEdit, on either side


def label(
    theme: Theme,
    text: str = "",
    size: float = 12,
    weight: int = 500,
    colour: QColor | None = None,
    parent: QWidget | None = None,
) -> QLabel:
    """A line of text; in `text2`, if no colour is given."""
    made = QLabel(text, parent)
    made.setFont(theme.font(size, weight))
    set_colour(made, colour or theme.tokens.text2)
    return made


def title(theme: Theme, text: str = "", parent: QWidget | None = None) -> QLabel:
    """The title of a card or of a group of controls."""
    return label(theme, text, 13, 600, theme.tokens.text, parent)


def set_colour(widget: QWidget, colour: QColor) -> None:
    """Change the colour of a widget's text."""
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.WindowText, colour)
    palette.setColor(QPalette.ColorRole.Text, colour)
    widget.setPalette(palette)


def number_text(value: float) -> str:
    """A number as it is shown: a true minus sign, no needless digits, thousands set apart."""
    if isinstance(value, int):
        text = f"{value:,}"
    else:
        text = f"{value:.6g}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", MINUS)


def read_number(text: str, integer: bool = False) -> float | int | None:
    """What the user means by `text`, or None: "1,000" (a whole number), "0,5", "−1", "1e-5"."""
    plain = text.strip().replace(MINUS, "-").replace(" ", "")
    plain = plain.replace(",", "" if integer else ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return round(value) if integer and abs(value) < 1e15 else value


class ValueEdit(QLineEdit):
    """A value that looks like text until it is clicked, and then can be typed over.

    Enter or leaving it enters the text; Escape brings the old one back. The field may reach
    `overhang` beyond its frame, so that its text ends where others do.
    """

    entered = Signal(str)
    left = Signal()

    def __init__(
        self, theme: Theme, name: str, overhang: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._overhang = overhang
        self._shown = ""
        self._fresh = False
        self.setAccessibleName(name)
        self.setFrame(False)
        self.setFont(theme.font(12, 600))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setStyleSheet("background: transparent; border: none;")
        set_colour(self, theme.tokens.text)

    def show_text(self, text: str) -> None:
        """Show another value, unless one is being typed."""
        self._shown = text
        if not (self.hasFocus() and self.isModified()):
            self.setText(text)

    @property
    def needed_width(self) -> int:
        """As wide as the value shown has to be, also with a frame around it."""
        return self.fontMetrics().horizontalAdvance(self._shown) + TYPING_MARGIN + 2 * INNER_MARGIN

    def start(self) -> None:
        """Begin to type."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setTextMargins(0, 0, TYPING_MARGIN if self._overhang else 0, 0)
        self._fresh = event.reason() == Qt.FocusReason.MouseFocusReason
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._fresh and not self.hasSelectedText():
            self.selectAll()
        self._fresh = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.selectAll()  # not the digits on one side of the point only

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setTextMargins(0, 0, 0, 0)
        self._enter()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._theme.tokens.accent)
            painter.setBrush(self._theme.tokens.panel)
            frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5 - self._overhang, -0.5)
            painter.drawRoundedRect(frame, 5, 5)
            painter.end()
        super().paintEvent(event)

    def _enter(self) -> None:
        typed, self._fresh = self.text(), False
        self.setText(self._shown)
        self.deselect()
        if typed != self._shown:
            self.entered.emit(typed)
            self.setText(self._shown)  # what the listener made of it
