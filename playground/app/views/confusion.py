"""How often each class is taken for which, on the validation samples."""

from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from playground.app.session import Session
from playground.app.theme import Theme, mix
from playground.app.views.drawer_view import DrawerView
from playground.snapshot import Snapshot

PADDING = 16
NAME_WIDTH = 76
ROW = 28
GAP = 2
FULLEST = 0.75  # of the accent in a cell that holds its whole row


class ConfusionView(DrawerView):
    """The matrix of counts: rows are the samples' classes, columns those they are put into."""

    name = "Confusion matrix"
    wants = MappingProxyType({"confusion": "validation"})
    else_wants = MappingProxyType({"confusion": ""})

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self._counts = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        names = snapshot.data.dataset.class_names
        shown = snapshot.confusion if names and snapshot.confusion is not None else self._counts[:0]
        self._counts, self._names = shown, names
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._counts.size:
            self.draw_empty(painter, "info", "There are no validation samples of classes")
            return
        tokens = self.theme.tokens
        painter.setFont(self.theme.font(12, 500))
        shares = self._counts / np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        wide = min((self.width() - 2 * PADDING - NAME_WIDTH) / len(self._names), 96.0)
        for row, name in enumerate(self._names):
            top = PADDING / 2 + ROW * (row + 1)
            painter.setPen(tokens.text2)
            place = QRectF(PADDING, top, NAME_WIDTH - 8, ROW)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
            head = QRectF(PADDING + NAME_WIDTH + wide * row, PADDING / 2, wide, ROW)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, name)
            for column in range(len(self._names)):
                cell = QRectF(PADDING + NAME_WIDTH + wide * column, top, wide - GAP, ROW - GAP)
                share = FULLEST * float(shares[row, column])
                painter.fillRect(cell, mix(tokens.sunk, tokens.accent_fill, share))
                painter.setPen(tokens.on_accent if share > FULLEST / 2 else tokens.text)
                count = f"{self._counts[row, column]:,}"
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, count)
