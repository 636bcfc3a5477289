"""The switch: words, and a small track with a knob that is on or off."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.controls.button import Pressable
from playground.app.theme import Theme, mix

HEIGHT = 26
TRACK_WIDTH, TRACK_HEIGHT = 30, 18
INSET = 2  # of the knob in its track
GAP = 8


class Switch(Pressable):
    """Switches between two values, `on` and `off`; any other one than `off` is shown as on."""

    changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        text: str,
        on: Any = True,
        off: Any = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, HEIGHT / 2, parent)
        self._on, self._off = on, off
        self._value = off
        self.setText(text)
        self.setFont(theme.font(12, 500))
        self.setCheckable(True)
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.clicked.connect(self._switch)

    @property
    def value(self) -> Any:
        """The value shown."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show another value."""
        self._value = value
        self.setChecked(value != self._off)

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(round(words) + GAP + TRACK_WIDTH + 1, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, on = self.theme.tokens, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        painter.setPen(tokens.text2)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())
        track = QRectF(self.width() - TRACK_WIDTH, 0, TRACK_WIDTH, TRACK_HEIGHT)
        track.moveTop((self.height() - TRACK_HEIGHT) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        off = mix(tokens.line, tokens.ctl, 0.6)
        painter.setBrush(self.shaded(tokens.accent_fill if on else off))
        painter.drawRoundedRect(track, TRACK_HEIGHT / 2, TRACK_HEIGHT / 2)
        radius = TRACK_HEIGHT / 2 - INSET
        x = track.right() - INSET - radius if on else track.left() + INSET + radius
        painter.setBrush(tokens.on_accent)
        painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)

    def _switch(self, on: bool) -> None:
        self._value = self._on if on else self._off
        self.changed.emit(self._value)
