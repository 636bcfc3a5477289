"""The segmented choice: at most four words in a sunk well, the chosen one raised."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from playground.app.controls.button import Pressable
from playground.app.theme import Theme, faded
from playground.app.words import tr

INSET = 2
HEIGHT = 28
RADIUS = 8
PADDING = 14


class Segment(Pressable):
    """One of the choices; the arrow keys go to its neighbours."""

    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(theme, text, RADIUS - 1, parent)
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.theme.font(12, 600)).horizontalAdvance(self.text())
        return QSize(round(width) + 2 * PADDING, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() - PADDING, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        chosen = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = self.rect().toRectF().adjusted(0, INSET, 0, -INSET)
        if chosen:
            painter.setBrush(faded(QColor("black"), 0.09))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, 1), RADIUS - 1, RADIUS - 1)
            painter.setBrush(tokens.raised)
            painter.drawRoundedRect(rect, RADIUS - 1, RADIUS - 1)
        elif self.isEnabled() and self.underMouse():
            painter.setBrush(faded(tokens.text, 0.05))
            painter.drawRoundedRect(rect, RADIUS - 1, RADIUS - 1)
        ink = tokens.text if chosen else tokens.text2
        painter.setPen(ink if self.isEnabled() else tokens.ctl)
        painter.setFont(self.theme.font(12, 600 if chosen else 500))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())


class Segmented(QWidget):
    """One of a few choices, given as key → word."""

    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._segments: dict[str, Segment] = {}
        self._group = QButtonGroup(self)
        self.setAccessibleName(name)
        self.setFixedHeight(theme.scaled(HEIGHT))
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET, 0, INSET, 0)
        row.setSpacing(0)
        for key, word in choices.items():
            word = tr(word)
            segment = Segment(theme, word, self)
            segment.setAccessibleName(f"{name}: {word}")
            segment.clicked.connect(lambda _=False, key=key: self._choose(key))
            segment.installEventFilter(self)
            self._group.addButton(segment)
            self._segments[key] = segment
            row.addWidget(segment, 1)
        self._value = next(iter(choices))
        self.set_value(self._value)

    @property
    def value(self) -> str:
        """The key of the chosen one."""
        return self._value

    @property
    def choices(self) -> dict[str, str]:
        """What can be chosen, key → word."""
        return {key: segment.text() for key, segment in self._segments.items()}

    def set_value(self, key: str) -> None:
        """Show another choice."""
        self._value = key
        self._segments[key].setChecked(True)
        for each, segment in self._segments.items():
            chosen = each == key
            policy = Qt.FocusPolicy.TabFocus if chosen else Qt.FocusPolicy.NoFocus
            segment.setFocusPolicy(policy)

    def segment(self, key: str) -> Segment:
        """The button of one choice."""
        return self._segments[key]

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            back = (Qt.Key.Key_Left, Qt.Key.Key_Up)
            forth = (Qt.Key.Key_Right, Qt.Key.Key_Down)
            if event.key() in back + forth:
                keys = list(self._segments)
                index = keys.index(self._value) + (1 if event.key() in forth else -1)
                self._choose(keys[min(max(index, 0), len(keys) - 1)])
                self._segments[self._value].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if all(segment.isHidden() for segment in self._segments.values()):
            return  # there is nothing to choose from
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.sunk)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)

    def _choose(self, key: str) -> None:
        if key != self._value:
            self.set_value(key)
            self.changed.emit(key)
