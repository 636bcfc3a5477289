"""A field for a formula, which points at the character where it cannot be read."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from playground.app.controls.focus import FocusRing
from playground.app.controls.text import label, set_colour
from playground.app.theme import Theme
from playground.app.words import as_sentence, tr
from playground.data.parser import MOST_CHARACTERS, FormulaError
from playground.sentence import Sentence

HEIGHT = 28
RADIUS = 8
PADDING = 8
LEAST_MARK = 5.0  # pixels, of the line below what is wrong


@dataclass(frozen=True)
class Fault:
    """What is wrong with a formula, and at which character, from 0; None for all of it."""

    message: Sentence
    column: int | None = None

    @classmethod
    def of(cls, error: FormulaError) -> "Fault":
        """A fault that the parser found."""
        return cls(error.message, error.column)

    @property
    def sentence(self) -> str:
        """What is said below the field."""
        if self.column is None:
            return as_sentence(tr(self.message))
        return tr("Character {place}: {message}.", place=self.column + 1, message=self.message)


Check = Callable[[str], Fault | None]


class FormulaEdit(QWidget):
    """Enter, or leaving it if it `enters_left`, enters a formula without fault; Escape brings the
    old one back.

    One with a fault stays as it was typed, with a line under the character and a sentence below.
    """

    entered = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        check: Check,
        enters_left: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._enters_left = enters_left
        self._shown = ""
        self.edit = _Line(theme, name)
        self.edit.textEdited.connect(self._look)
        self.edit.entered.connect(self._enter)
        self.edit.escaped.connect(self._restore)
        self.sentence = label(theme, "", 11, 500, theme.tokens.error)
        self.sentence.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.sentence.setSizePolicy(policy)
        self.sentence.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.edit)
        column.addWidget(self.sentence)

    @property
    def fault(self) -> Fault | None:
        """What is wrong with what is typed."""
        return self.edit.fault

    def show_formula(self, text: str) -> None:
        """Show another formula, unless one is being typed."""
        changed, self._shown = text != self._shown, text
        if changed or not self.edit.isModified():
            self._restore()

    def say(self, fault: Fault | None) -> None:
        """Show what is wrong, or that nothing is."""
        self.edit.set_fault(fault)
        self.sentence.setText(fault.sentence if fault else "")
        self.sentence.setVisible(fault is not None)
        self.edit.setAccessibleDescription(self.sentence.text())

    def _restore(self) -> None:
        self.edit.setText(self._shown)
        self.say(None)

    def _look(self, text: str) -> None:
        self.say(self._check(text) if text.strip() else None)

    def _enter(self, by_key: bool) -> None:
        text = self.edit.text().strip()
        if not text or not (by_key or (self._enters_left and text != self._shown)):
            return
        fault = self._check(text)
        self.say(fault)
        if fault is None:
            self.edit.setModified(False)
            self.entered.emit(text)
        elif by_key and fault.column is not None:
            self.edit.setCursorPosition(fault.column)


class _Line(QLineEdit):
    """A line of text with a mark under what is wrong."""

    entered = Signal(bool)  # whether by a key
    escaped = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.fault: Fault | None = None
        self.setAccessibleName(name)
        self.setMaxLength(MOST_CHARACTERS)
        self.setFrame(False)
        self.setFont(theme.font(13, 500))
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.setTextMargins(PADDING - 2, 0, PADDING - 2, 0)
        self.setStyleSheet("background: transparent; border: none;")
        set_colour(self, theme.tokens.text)
        FocusRing(theme, self, RADIUS)

    def sizeHint(self) -> QSize:
        return QSize(160, self.minimumHeight())

    def set_fault(self, fault: Fault | None) -> None:
        """Mark what is wrong."""
        self.fault = fault
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(True)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.entered.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.sunk)
        if self.fault is not None or self.hasFocus():
            painter.setPen(QPen(tokens.error if self.fault else tokens.accent, 1))
            painter.setBrush(tokens.panel)
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS - 0.5, RADIUS - 0.5)
        painter.end()
        super().paintEvent(event)
        if self.fault is not None:
            painter = QPainter(self)
            painter.fillRect(self._mark(self.fault), tokens.error)

    def _mark(self, fault: Fault) -> QRectF:
        """The line below the character at fault, wherever the text is scrolled to."""
        text, advance = self.text(), QFontMetricsF(self.font()).horizontalAdvance
        origin = self.cursorRect().center().x() - advance(text[: self.cursorPosition()])
        start, end = (0, len(text)) if fault.column is None else (fault.column, fault.column + 1)
        left = origin + advance(text[:start])
        width = max(advance(text[start:end]), LEAST_MARK)
        right = min(left + width, self.width() - 4)
        return QRectF(max(left, 4), self.height() - 6, max(right - max(left, 4), LEAST_MARK), 2)
