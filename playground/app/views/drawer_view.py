"""What every view of the drawer is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.app.theme import Theme
from playground.snapshot import Snapshot


class DrawerView(QWidget):
    """A view with a title. While it is visible, pictures hold what it `wants` (see `Wanted`)."""

    name: ClassVar[str]
    wants: ClassVar[Mapping[str, Any]] = MappingProxyType({})  # while it is shown
    else_wants: ClassVar[Mapping[str, Any]] = MappingProxyType({})  # while it is not

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self.theme = theme
        self.session = session

    @property
    def title(self) -> str:
        """What the tab says."""
        return self.name

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another moment of training; only called while visible."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        self.session.want(**self.wants)
        if self.session.snapshot is not None:
            self.show_snapshot(self.session.snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        self.session.want(**self.else_wants)

    def draw_empty(self, painter: QPainter, icon: str, sentence: str) -> None:
        """What is shown while there is nothing: an icon over a line, in the middle."""
        centre = self.rect().toRectF().center()
        tokens = self.theme.tokens
        place = QRectF(centre.x() - 10, centre.y() - 22, 20, 20)
        self.theme.draw_icon(painter, icon, tokens.ctl, place)
        painter.setPen(tokens.text3)
        painter.setFont(self.theme.font(13))
        line = QRectF(0, centre.y() + 6, self.width(), 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, sentence)
