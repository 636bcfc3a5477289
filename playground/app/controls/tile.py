"""Tiles: small pictures to choose from, and the gallery that lays them out in columns."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.app.controls.button import Pressable
from playground.app.controls.formula import Formula
from playground.app.theme import Theme, faded

SIDE = 52
RADIUS = 9
BLEED = 4  # of a tile's widget around its picture: room for ring and check
LABEL = 24  # under the picture, for one line
LINE = 13  # each further line
COLUMNS = 4
FAINT = 0.45  # opacity of what is not chosen, where several can be
RING_DISTANCE = 1.5
BADGE = 6.5

Draw = Callable[[QPainter, QRectF], None]


class Tile(Pressable):
    """A picture with a word below; chosen, it has a ring.

    With `several`, more than one of a gallery can be chosen: those have a check, the others are
    faint. With `formula`, the label is set as one. A click says `clicked` and changes nothing:
    whoever listens chooses.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        label: str,
        draw: Draw,
        several: bool = False,
        formula: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, RADIUS, parent)
        self._side = theme.scaled(SIDE)
        self._label_height = theme.scaled(LABEL + LINE * label.count("\n"))
        self.ring.set_inset((BLEED, BLEED, BLEED, self._label_height))
        self._draw = draw
        self._drawn: QPixmap | None = None
        self._several = several
        self._words = label
        self._formula = Formula(theme, label) if formula else None
        self.setCheckable(True)
        self.setFixedSize(self.sizeHint())

    def nextCheckState(self) -> None:
        """A click leaves the choice to the listener."""

    def set_chosen(self, chosen: bool) -> None:
        """Show the tile as chosen, or not."""
        self.setChecked(chosen)

    def sizeHint(self) -> QSize:
        return QSize(self._side + 2 * BLEED, self._side + BLEED + self._label_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = QRectF(BLEED, BLEED, self._side, self._side)
        faint = self._several and not self.isChecked()
        painter.setOpacity((0.7 if self.underMouse() else FAINT) if faint else 1.0)
        painter.drawPixmap(picture.topLeft(), self._picture(painter.device().devicePixelRatio()))
        painter.setOpacity(1.0)
        if self.isChecked():
            self._draw_ring(painter, picture)
        elif self.underMouse():
            painter.setPen(QPen(faded(self.theme.tokens.accent, 0.5), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(picture.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        self._draw_label(painter, picture)

    def _picture(self, ratio: float) -> QPixmap:
        """The picture for a screen's ratio, drawn once."""
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = QPixmap(QSize(self._side, self._side) * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._drawn)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, QRectF(0, 0, self._side, self._side))
            painter.end()
        return self._drawn

    def _draw_ring(self, painter: QPainter, picture: QRectF) -> None:
        tokens = self.theme.tokens
        painter.setPen(QPen(tokens.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        out = RING_DISTANCE
        painter.drawRoundedRect(picture.adjusted(-out, -out, out, out), RADIUS + out, RADIUS + out)
        if self._several:
            centre = picture.topRight() + QPointF(-3, 3)
            painter.setPen(QPen(tokens.window, 1.5))
            painter.setBrush(tokens.accent_fill)
            painter.drawEllipse(centre, BADGE, BADGE)
            box = QRectF(0, 0, 10, 10)
            box.moveCenter(centre)
            self.theme.draw_icon(painter, "check", tokens.on_accent, box)

    def _draw_label(self, painter: QPainter, picture: QRectF) -> None:
        tokens = self.theme.tokens
        ink = tokens.text if self.isChecked() else tokens.text2
        area = QRectF(0, picture.bottom() + 3, self.width(), self._label_height - 3)
        if self._formula is not None:
            self._formula.draw(painter, ink, area.center() + QPointF(0, 2))
            return
        painter.setPen(ink)
        painter.setFont(self.theme.font(11, 600 if self.isChecked() else 500))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        area.adjust(-4, 2, 4, 0)
        elided, mode = painter.fontMetrics().elidedText, Qt.TextElideMode.ElideRight
        lines = [elided(line, mode, self.width()) for line in self._words.split("\n")]
        painter.drawText(area, flags, "\n".join(lines))


class Gallery(QWidget):
    """Tiles in columns that spread over the width. Rings reach `BLEED` beyond the pictures."""

    def __init__(self, gap: int = 4, columns: int = COLUMNS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap  # between the rows
        self._columns = columns
        self._tiles: Sequence[Tile] = ()
        self._pitch = 0

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these tiles instead of the former."""
        for old in self._tiles:
            old.hide()
            old.deleteLater()
        self._tiles = tiles
        for tile in tiles:
            tile.setParent(self)
            tile.show()
        self._pitch = max(tile.height() for tile in tiles) + self._gap
        rows = -(-len(tiles) // self._columns)
        self.setFixedHeight(rows * self._pitch - self._gap)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        widest = max((tile.width() for tile in self._tiles), default=0)
        step = (self.width() - widest) / (self._columns - 1)
        for index, tile in enumerate(self._tiles):
            row, column = divmod(index, self._columns)
            tile.move(round(column * step), row * self._pitch)


def draw_frame(painter: QPainter, rect: QRectF, line: QColor, fill: QColor | None = None) -> None:
    """Paint the outline of a tile's picture, and what is under it."""
    painter.setPen(QPen(line, 1))
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)
