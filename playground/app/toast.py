"""A toast: one sentence at the bottom of the window for some seconds, perhaps with one action."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.controls.text import label
from playground.app.theme import Theme, faded

SECONDS = 8
WIDEST_TEXT = 480
EDGE = 20  # to the bottom of the window
PADDING = 14
ICON = 16
RADIUS = 10

Action = tuple[str, Callable[[], object]]


class Toast(QWidget):
    """Bottom centre of a widget, above everything in it; the newest sentence replaces the last.

    It goes by itself, with a click, or with its action.
    """

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self._over = over
        self._kind = "info"
        self._act: Callable[[], object] | None = None
        self._sentence = label(theme, size=13, colour=theme.tokens.text)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._button = Button(theme, "")
        self._button.clicked.connect(self._take_action)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING + ICON + 10, 10, PADDING, 10)
        row.setSpacing(PADDING)
        row.addWidget(self._sentence)
        row.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True, interval=SECONDS * 1000)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or "" when none is."""
        return "" if self.isHidden() else self._sentence.text()

    def say(self, kind: str, sentence: str, action: Action | None = None) -> None:
        """Show a sentence of a kind: "info", "warn" or "error".

        `action` is a button's text and what it does.
        """
        self._kind = kind
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        text, self._act = action or ("", None)
        self._button.set_face(text)
        self._button.setVisible(bool(text))
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def enterEvent(self, event: QEvent) -> None:
        """Whoever has the pointer here is reading."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        ink, tint, icon = self._look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(faded(ink, 0.25))
        painter.setBrush(tint)
        painter.drawRoundedRect(
            self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS
        )
        box = QRectF(PADDING, (self.height() - ICON) / 2, ICON, ICON)
        self._theme.draw_icon(painter, icon, ink, box)

    def _look(self) -> tuple[QColor, QColor, str]:
        tokens = self._theme.tokens
        if self._kind == "error":
            return tokens.error, tokens.error_tint, "alert"
        if self._kind == "warn":
            return tokens.warn, tokens.warn_tint, "alert"
        return tokens.ok, tokens.ok_tint, "check"

    def _place(self) -> None:
        metrics = QFontMetrics(self._sentence.font())
        wish = metrics.horizontalAdvance(self._sentence.text()) + 2
        self._sentence.setFixedWidth(min(wish, self._theme.scaled(WIDEST_TEXT)))
        self.adjustSize()
        over = self._over.rect()
        self.move((over.width() - self.width()) // 2, over.height() - EDGE - self.height())

    def _take_action(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()
