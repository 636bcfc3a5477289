"""The field in which a weight or a bias is typed, or drawn, in its place on the diagram."""

from math import ceil

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.controls.card import SHADOW, draw_panel
from playground.app.controls.scale import Linear
from playground.app.controls.slider import Slider
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network_layout import Spot
from playground.app.views.network_model import short
from playground.app.words import tr

PADDING = 8
RADIUS = 8
WIDTH = 168
DISTANCE = 10  # from the place
LEAST_END = 2.0  # of the track on either side
STEP = 0.01
DIGITS = 4


class ValueField(QWidget):
    """A small panel with a slider; what is typed or drawn is put into the network at once.

    Enter and Escape close it, and a click elsewhere does. `closed` says that the focus goes back.
    """

    closed = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self.slider: Slider | None = None
        self.spot: Spot | None = None  # what is edited, while it is open
        self._name = ""
        self._number: tuple[str, tuple[int, ...]] = "", ()
        self._row = QVBoxLayout(self)
        self._row.setContentsMargins(*[SHADOW + PADDING] * 4)
        self.setFixedWidth(theme.scaled(WIDTH) + 2 * SHADOW)
        self.hide()

    def open(
        self, spot: Spot, name: str, number: tuple[str, tuple[int, ...]], value: float, end: float
    ) -> None:
        """Begin to type a number; `end` is the largest one that the track should reach."""
        self.close_field()
        edge = spot.kind == "edge"
        self.spot, self._name, self._number = spot, name, number
        most = max(LEAST_END, float(ceil(end)))
        slider = Slider(
            self._theme, tr("Weight") if edge else tr("Bias"), Linear(-most, most, STEP)
        )
        slider.changed.connect(self._put)
        slider.unreadable.connect(self._say)
        slider.edit.left.connect(self.leave)
        for each in (slider.edit, slider.track):
            each.setAccessibleName(name)
            each.installEventFilter(self)
        self.slider = slider
        self._row.addWidget(slider)
        self.show_value(value)
        self.setAccessibleName(name)
        self.adjustSize()
        self.show()
        self.raise_()
        slider.edit.start()

    def stand(self, at: QPointF) -> None:
        """Stand beside a place, wholly on the diagram."""
        parent = self.parentWidget()
        assert parent is not None
        around = parent.rect()
        x, y = at.x() + DISTANCE, at.y() + DISTANCE
        if x + self.width() > around.right():
            x = at.x() - DISTANCE - self.width()
        if y + self.height() > around.bottom():
            y = at.y() - DISTANCE - self.height()
        self.move(round(max(x, 0)), round(max(y, 0)))

    def show_value(self, value: float) -> None:
        """Show the number as training has it now, unless it is being drawn."""
        if self.slider is not None and not self.slider.track.isSliderDown():
            self.slider.set_value(float(f"{value:.{DIGITS}g}"))

    def close_field(self) -> None:
        """End it; what was typed to the end stays."""
        if self.slider is not None:
            slider, self.slider, self.spot = self.slider, None, None
            slider.edit.blockSignals(True)
            self._row.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
            self.hide()

    def leave(self) -> None:
        """End it by the keyboard: the focus goes back."""
        if self.slider is not None:
            self.close_field()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif self.slider is not None and event.key() in steps:
            self.slider.track.stepped.emit(10 * steps[Qt.Key(event.key())])
        else:
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the focus goes elsewhere, it is over."""
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            there = self.window().focusWidget()
            gone = there is None or not self.isAncestorOf(there)
            if gone and event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
                watched.event(event)  # what was typed is taken first
                self.close_field()
                return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        panel = self.rect().toRectF().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        draw_panel(QPainter(self), self._theme, panel, RADIUS)

    def _put(self, value: float) -> None:
        name, index = self._number
        self._session.put(name, index, value, f"{self._name}, {short(value)}")

    def _say(self, sentence: str) -> None:
        self._session.notice.emit("error", sentence)
