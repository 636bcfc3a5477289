"""The slider: a label, a value that can be typed over, and a track with a knob."""

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from playground.app.controls.focus import FocusRing
from playground.app.controls.scale import Scale
from playground.app.controls.text import (
    OVERHANG,
    ValueEdit,
    label,
    number_text,
    read_number,
    set_colour,
)
from playground.app.theme import Theme, mix
from playground.app.words import tr

PLACES = 1000  # of the underlying QSlider, which screen readers see
TRACK = 4
KNOB = 14.5
HIT = 26
VALUE_WIDTH = 54
ROW = 18  # of the label
HEADROOM = 3  # above it, for the frame around a value that is typed
LEAP = 10
KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -LEAP,
    Qt.Key.Key_PageUp: LEAP,
}


class Track(QSlider):
    """The track and the knob; knows places from 0 to 1, not values."""

    dragged = Signal(float)
    stepped = Signal(int)
    typing = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._place = 0.0
        self.ring = FocusRing(theme, self, 9, (0, 4, 0, 4))
        self.setRange(0, PLACES)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.valueChanged.connect(lambda value: self.dragged.emit(value / PLACES))

    def show_place(self, place: float) -> None:
        """Put the knob somewhere."""
        self._place = place
        self.blockSignals(True)  # what valueChanged still tells is that a screen reader moved it
        self.setValue(round(place * PLACES))
        self.blockSignals(False)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(66, HIT)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, HIT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.stepped.emit(KEYS[key])
        elif key == Qt.Key.Key_Home:
            self.dragged.emit(0.0)
        elif key == Qt.Key.Key_End:
            self.dragged.emit(1.0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.typing.emit()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if self.hasFocus() and turned:
            self.stepped.emit(1 if turned > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        on = self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        centre = KNOB / 2 + self._place * (self.width() - KNOB)
        painter.setBrush(tokens.line)
        groove = QRectF(0, middle - TRACK / 2, self.width(), TRACK)
        painter.drawRoundedRect(groove, TRACK / 2, TRACK / 2)
        if on:
            painter.setBrush(tokens.accent)
            groove.setWidth(centre)
            painter.drawRoundedRect(groove, TRACK / 2, TRACK / 2)
        pen = QPen(tokens.accent if on else tokens.ctl, 1.75)
        painter.setPen(pen)
        lit = on and (self.underMouse() or self.isSliderDown())
        painter.setBrush(mix(tokens.on_accent, tokens.accent, 0.15 if lit else 0))
        radius = (KNOB - pen.widthF()) / 2
        painter.drawEllipse(QPointF(centre, middle), radius, radius)

    def _drag(self, event: QMouseEvent) -> None:
        place = (event.position().x() - KNOB / 2) / max(self.width() - KNOB, 1)
        self.dragged.emit(min(max(place, 0.0), 1.0))


class Slider(QWidget):
    """A number. The label and the value stand above the track or, given `label_width`, beside it.

    `changed` tells the value, an int if `integer`. `unreadable` tells in a sentence that what was
    typed is no number. A typed value may lie beyond the scale: whoever listens decides.
    """

    changed = Signal(object)
    unreadable = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        scale: Scale,
        integer: bool = False,
        label_width: int = 0,
        value_width: int = VALUE_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = scale
        self._integer = integer
        self._label_width = theme.scaled(label_width)
        self._value_width = theme.scaled(value_width)
        self._value: float = 0
        self.track = Track(theme, name, self)
        self.label = label(theme, name, parent=self)
        self.edit = ValueEdit(theme, name, OVERHANG, self)
        self.track.dragged.connect(lambda place: self._offer(self._scale.value(place)))
        self.track.stepped.connect(lambda count: self._offer(self._scale.moved(self._value, count)))
        self.track.typing.connect(self.edit.start)
        self.edit.entered.connect(self._read)
        self.edit.left.connect(lambda: self.track.setFocus(Qt.FocusReason.TabFocusReason))

    @property
    def value(self) -> float:
        """The value shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value."""
        self._value = value
        text = number_text(int(value) if self._integer else float(value))
        self.edit.show_text(text)
        self.track.setAccessibleDescription(text)
        self.track.show_place(self._scale.place(value))
        self._arrange()

    def set_scale(self, scale: Scale) -> None:
        """Let the track run over another range."""
        if scale != self._scale:
            self._scale = scale
            self.track.show_place(scale.place(self._value))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            tokens, enabled = self._theme.tokens, self.isEnabled()
            set_colour(self.label, tokens.text2 if enabled else tokens.ctl)
            set_colour(self.edit, tokens.text if enabled else tokens.ctl)

    def sizeHint(self) -> QSize:
        if self._label_width:
            height = max(HIT, self._theme.scaled(22))
            return QSize(self._label_width + 66 + self._value_width, height)
        scaled = self._theme.scaled
        return QSize(scaled(108), HEADROOM + scaled(ROW) + HIT - 3)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._label_width + 40 + self._value_width, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        width, scaled = self.width(), self._theme.scaled
        if self._label_width:
            middle = self.height() // 2
            room = width - self._label_width
            # A value with many digits takes the room from the track, but for the knob's.
            value = max(self._value_width, min(self.edit.needed_width, room - ceil(KNOB)))
            track = max(room - value, 0)
            self.label.setGeometry(0, 0, self._label_width, self.height())
            self.track.setGeometry(self._label_width, middle - HIT // 2, track, HIT)
            high = scaled(22)
            self.edit.setGeometry(width - value + OVERHANG, middle - 1 - high // 2, value, high)
        else:
            row = scaled(ROW)
            label_width = QFontMetrics(self.label.font()).horizontalAdvance(self.label.text()) + 4
            self.label.setGeometry(0, HEADROOM, label_width, row)
            self.track.setGeometry(0, HEADROOM + row - 3, width, HIT)
            self.edit.setGeometry(label_width, 0, width - label_width + OVERHANG, row + 4)

    def _offer(self, value: float) -> None:
        if self._integer:
            value = round(value)
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)

    def _read(self, text: str) -> None:
        value = read_number(text, self._integer)
        if value is None:
            self.unreadable.emit(tr("“{text}” is not a number.", text=text.strip()))
        else:
            self._offer(value)
