"""A strip in a card that says what has happened, and offers what to do about it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.controls.chip import TINTS
from playground.app.controls.text import label
from playground.app.theme import Theme

ICON = 16
BUTTON = 26


class Strip(QWidget):
    """A sentence on a tint with an icon; its buttons stand `below` it, or beside it."""

    def __init__(
        self,
        theme: Theme,
        kind: str,
        icon: str,
        buttons: tuple[str, ...],
        below: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        ink, tint = TINTS[kind]
        self._theme = theme
        self._ink, self._tint = getattr(theme.tokens, ink), getattr(theme.tokens, tint)
        self._icon = icon
        self._words = label(theme, colour=self._ink)
        self._words.setWordWrap(True)
        self.buttons = [Button(theme, text) for text in buttons]
        row = QHBoxLayout()
        row.setSpacing(8)
        column = QVBoxLayout(self)
        self._side = theme.scaled(ICON)
        high = 10 if below else 4
        column.setContentsMargins(20 + self._side, high, 12 if below else 5, high)
        column.setSpacing(8)
        if below:
            column.addWidget(self._words)
        else:
            row.addWidget(self._words, 1)
        for button in self.buttons:
            button.setFixedHeight(theme.scaled(BUTTON))
            row.addWidget(button)
        if below:
            row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def tell(self, sentence: str, *faces: str) -> None:
        """Say something, with other words on the buttons; one without words is not shown."""
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        for button, face in zip(self.buttons, faces, strict=False):
            button.set_face(face)
            button.setVisible(bool(face))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tint)
        painter.drawRoundedRect(self.rect(), 8, 8)
        top = min((self.height() - self._side) / 2, self._theme.scaled(11))
        box = QRectF(12, top, self._side, self._side)
        self._theme.draw_icon(painter, self._icon, self._ink, box)
