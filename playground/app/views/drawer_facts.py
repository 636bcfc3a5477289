"""Facts: names on the left and values on the right, one below the other."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.theme import Theme

ROW = 21


class Facts(QWidget):
    """A few rows of a name and a value."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__()
        self._theme = theme
        self.rows: tuple[tuple[str, str], ...] = ()
        self._row = theme.scaled(ROW)
        self.setFixedHeight(rows * self._row)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), self.minimumHeight())

    def show_rows(self, *rows: tuple[str, str]) -> None:
        """Show other names and values."""
        if rows != self.rows:
            self.rows = rows
            self.setAccessibleName(", ".join(f"{name} {value}" for name, value in rows))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QRectF(0, 0, self.width(), self._row)
        for name, value in self.rows:
            painter.setFont(self._theme.font(12, 500))
            painter.setPen(self._theme.tokens.text2)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(self._theme.font(12, 600))
            painter.setPen(self._theme.tokens.text)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, side, value)
            line.translate(0, self._row)
