"""How the moving parts of the network diagram are painted: the units' pictures and their biases."""

from math import ceil, floor

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.app.theme import TILE_SHARE, Theme, diverging_table
from playground.app.views.network_layout import DOT, Column

DOT_RIM = 1.25
DOT_ROOM = 5  # half the side of its image


class UnitPainter:
    """Paints tiles and dots with the theme's colours."""

    def __init__(self, theme: Theme) -> None:
        self._tokens = theme.tokens
        self._table = np.array(diverging_table(theme.tokens, TILE_SHARE), np.uint32)
        self._dots: dict[tuple[int, float], QImage] = {}

    def tiles(self, painter: QPainter, column: Column, pictures: np.ndarray | None) -> None:
        """A column's pictures as squares, or empty tiles where there are none."""
        size = QSizeF(column.side, column.side)
        squares = [QRectF(QPointF(column.left, top), size) for top in column.tops]
        tiles = [_whole_pixels(painter, square) for square in squares]
        if pictures is None:
            for tile in tiles:
                painter.fillRect(tile, self._tokens.sunk)
            return
        shown = pictures[column.first : column.first + len(tiles)]
        colours = np.ascontiguousarray(self._table[shown])
        _, height, width = colours.shape
        for tile, picture in zip(tiles, colours, strict=True):
            image = QImage(picture.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            painter.drawImage(tile, image)

    def dots(self, painter: QPainter, column: Column, biases: np.ndarray | None) -> None:
        """The biases of a column."""
        if biases is None:
            return
        ratio = painter.deviceTransform().m11()
        for unit in range(column.first, column.first + len(column.tops)):
            colour = self._tokens.negative if biases[unit] < 0 else self._tokens.positive
            x, y = column.dot(unit)
            painter.drawImage(QPointF(x - DOT_ROOM, y - DOT_ROOM), self._dot(colour, ratio))

    def _dot(self, colour: QColor, ratio: float) -> QImage:
        """A dot with a rim, drawn once for each colour."""
        key = (colour.rgb(), ratio)
        if key not in self._dots:
            side = round(2 * DOT_ROOM * ratio)
            image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._tokens.panel, DOT_RIM))
            painter.setBrush(colour)
            radius = DOT + DOT_RIM / 2
            painter.drawEllipse(QPointF(DOT_ROOM, DOT_ROOM), radius, radius)
            painter.end()
            self._dots[key] = image
        return self._dots[key]


def _whole_pixels(painter: QPainter, tile: QRectF) -> QRectF:
    """The pixels wholly inside a tile: the round outline does not cover what is drawn beyond it."""
    transform = painter.deviceTransform()
    if transform.m11().is_integer():
        return tile
    drawn = transform.mapRect(tile)
    first = QPointF(ceil(drawn.left()), ceil(drawn.top()))
    last = QPointF(floor(drawn.right()), floor(drawn.bottom()))
    return transform.inverted()[0].mapRect(QRectF(first, last))
