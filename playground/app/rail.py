"""The rail: what stands in place of the data column in a narrow window, which then flies out."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from playground.app.controls.button import IconButton
from playground.app.controls.card import SHADOW, draw_panel
from playground.app.theme import Theme
from playground.app.words import tr

WIDTH = 52
SIDE = 36
INSET = 12 + SHADOW  # of what flies out, in its panel
TOP = 4 + SHADOW


class Rail(QWidget):
    """A strip with a button for what flies out."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.data = IconButton(theme, "data", tr("Data"), 20, SIDE)
        self.data.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins((WIDTH - SIDE) // 2, SHADOW, 0, 0)
        column.addWidget(self.data)
        column.addStretch(1)


class Flyout(QWidget):
    """Holds a column: in its place, or flying over what is beside it until a click elsewhere."""

    def __init__(self, theme: Theme, column: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._button: IconButton | None = None
        self._frame = QVBoxLayout(self)
        self._frame.setContentsMargins(0, 0, 0, 0)
        self._frame.addWidget(column)

    def fly(self, button: IconButton | None) -> None:
        """Show it only while a button is pressed, or, without one, always and in its place."""
        if button is self._button:
            return
        if self._button is not None:
            self._button.toggled.disconnect(self._show)
        self._button = button
        self._frame.setContentsMargins(*([INSET, TOP, SHADOW + 4, TOP] if button else [0] * 4))
        if button is None:
            self._watch(False)
            self.show()
        else:
            button.toggled.connect(self._show)
            self._show(button.isChecked())

    def close_(self) -> bool:
        """Take it away again; False where it does not fly."""
        flies = self._button is not None and self._button.isChecked()
        if flies and self._button is not None:
            self._button.setChecked(False)
        return flies

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            place = event.globalPosition().toPoint()
            elsewhere = isinstance(watched, QWidget) and watched.window() is self.window()
            if elsewhere and not (self._holds(self, place) or self._holds(self._button, place)):
                self.close_()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.close_():
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._button is not None:
            panel = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            draw_panel(QPainter(self), self._theme, panel)

    def _show(self, shown: bool) -> None:
        self.setVisible(shown)
        self.raise_()
        self._watch(shown)

    def _watch(self, watching: bool) -> None:
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        if watching:
            app.installEventFilter(self)

    @staticmethod
    def _holds(widget: QWidget | None, place: QPoint) -> bool:
        return widget is not None and widget.rect().contains(widget.mapFromGlobal(place))
