"""Where a table is dropped or pasted, while there is none."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.theme import Theme
from playground.app.words import tr

ICON = 20
RADIUS = 10


class DropZone(QWidget):
    """Says what can be done here, and has a button to choose a file."""

    asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.choose = Button(theme, tr("Choose a file…"), "folder")
        self.choose.clicked.connect(self.asked)
        column = QVBoxLayout(self)
        column.addStretch(3)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def sizeHint(self) -> QSize:
        return QSize(400, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(tokens.ctl, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(
            self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS
        )
        top = self.choose.y() - 70
        box = QRectF((self.width() - ICON) / 2, top, ICON, ICON)
        self._theme.draw_icon(painter, "table", tokens.text2, box)
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font(13, 500))
        line = QRectF(0, top + ICON + 8, self.width(), self._theme.scaled(24))
        words = tr("Drop a CSV file here, or paste a table  (Ctrl+V)")
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)
