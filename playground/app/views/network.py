"""The card of the network, which its diagram fills; see `network_diagram`."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.controls.card import SHADOW, draw_panel
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network_diagram import Diagram

INSET = 4  # of the diagram in its card: as much as the round corners need


class NetworkView(QWidget):
    """The network's card. `fill_asked`: whether it should fill the centre of the window."""

    fill_asked = Signal(bool)

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.diagram = Diagram(theme, session, self)
        self.fill = self.diagram.fill
        self.fill.setCheckable(True)
        self.fill.toggled.connect(self._fill)
        self._leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._leave.activated.connect(self._escape)
        self._leave.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[SHADOW + INSET] * 4)
        column.addWidget(self.diagram)

    def paintEvent(self, event: QPaintEvent) -> None:
        panel = self.rect().toRectF().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        draw_panel(QPainter(self), self._theme, panel)

    def _fill(self, on: bool) -> None:
        self._leave.setEnabled(on)
        self.fill_asked.emit(on)

    def _escape(self) -> None:
        """What is being done ends first, then the filling."""
        if not self.diagram.cancel():
            self.fill.setChecked(False)
