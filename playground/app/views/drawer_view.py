"""What every view of the drawer is."""

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.app.theme import Theme, mix
from playground.app.views.pace import Pace
from playground.app.words import tr
from playground.snapshot import Snapshot, Wanted

PADDING = 16
TOP, BOTTOM = 8, 14
SIDE = 150, 236  # the narrowest and widest of what stands right of a picture


class DrawerView(QWidget):
    """A view with a title. While it is visible, pictures hold what it `wants` (see `Wanted`)."""

    name: ClassVar[str]

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self.theme = theme
        self.session = session
        self._pace = Pace(phase=0.5)
        session.experiment_changed.connect(self._take_settings)

    @property
    def title(self) -> str:
        """What the tab says."""
        return tr(self.name)

    @property
    def short_title(self) -> str:
        """What the tab says where there is little room."""
        return self.title

    @property
    def badge(self) -> str:
        """What stands beside the title, such as a number; or nothing."""
        return ""

    @property
    def wants(self) -> Mapping[str, Any]:
        """What pictures shall hold while the view is visible."""
        return {}

    def column_beside(self, picture: QWidget, top: int, spacing: int) -> QVBoxLayout:
        """Fill the view with a picture and, right of it, a column, which is given to be filled."""
        side = QWidget()
        side.setMinimumWidth(self.theme.scaled(SIDE[0]))
        side.setMaximumWidth(self.theme.scaled(SIDE[1]))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, top, PADDING, BOTTOM)
        row.setSpacing(24)
        row.addWidget(picture, 2)
        row.addWidget(side, 1)
        return column

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another moment of training; only called while visible."""
        raise NotImplementedError

    def show_settings(self) -> None:
        """Show what the experiment says; called when it has changed, and before the first time."""

    def offer(self, snapshot: Snapshot) -> None:
        """Draw another moment, if it is due."""
        if self._pace.is_due(snapshot):
            self.show_snapshot(snapshot)

    def _take_settings(self) -> None:
        if self.isVisible():
            self._pace.hurry()
            self.session.want(**self.wants)
            self.show_settings()

    def showEvent(self, event: QShowEvent) -> None:
        self._take_settings()
        if self.session.snapshot is not None:
            self.show_snapshot(self.session.snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        self.session.want(**{name: getattr(Wanted(), name) for name in self.wants})


def draw_empty(
    painter: QPainter, theme: Theme, within: QRectF, icon: str, sentence: str, lift: float = 0
) -> None:
    """What is shown while there is nothing: an icon over a line, in the middle."""
    centre = within.center()
    place = QRectF(centre.x() - 10, centre.y() - 22 - lift, 20, 20)
    theme.draw_icon(painter, icon, theme.tokens.ctl, place)
    painter.setPen(theme.tokens.text3)
    painter.setFont(theme.font(13))
    line = QRectF(within.left(), centre.y() + 6 - lift, within.width(), theme.scaled(20))
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, sentence)


def layer_colour(theme: Theme, place: int, count: int) -> QColor:
    """The colour of one of several layers, first to last."""
    colours = theme.tokens.layers
    at = place * (len(colours) - 1) / max(count - 1, 1)
    below = min(int(at), len(colours) - 2)
    return mix(colours[below], colours[below + 1], at - below)


def dense_name(place: int, count: int) -> str:
    """What a dense layer is called; the last of them all is the output layer."""
    return tr("Output") if place == count - 1 else tr("Dense {number}", number=place + 1)


def unit_names(units: tuple[int, ...]) -> str:
    """Units, counted from 1: "neuron 3", "neurons 3, 7"."""
    numbers = ", ".join(str(unit + 1) for unit in units)
    if len(units) == 1:
        return tr("neuron {numbers}", numbers=numbers)
    return tr("neurons {numbers}", numbers=numbers)


def spread(count: int, most: int) -> list[int]:
    """At most so many places of 0 … count - 1, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(k * (count - 1) / max(most - 1, 1)) for k in range(max(most, 2))})
