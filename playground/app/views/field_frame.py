"""The frame of the square plot: its round corners, its edge, and what its axes are called."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen, QPixmap

from playground.app.controls.formula import Formula
from playground.app.theme import Theme, faded
from playground.app.views.sample_rows import input_name
from playground.data.features import FEATURES
from playground.snapshot import Snapshot

RADIUS = 10
BACKING = 0.6  # opacity of what is behind a word


class Frame:
    """Draws the names of the axes and the edge: on a screen as a picture, in a fraction of the
    time; in a drawing (SVG, PDF) as words and lines.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def draw(self, painter: QPainter, snapshot: Snapshot, square: QRectF) -> None:
        """Draw them over the field of a snapshot."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            self._draw(painter, snapshot, square)
            return
        ratio = painter.deviceTransform().m11()
        key = snapshot.plane.names, square.width(), ratio
        if key != self._key:
            self._key = key
            self._picture = QPixmap((square.size() * ratio).toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inside = QPainter(self._picture)
            inside.setRenderHints(painter.renderHints())
            self._draw(inside, snapshot, square)
            inside.end()
        painter.drawPixmap(0, 0, self._picture)

    def _draw(self, painter: QPainter, snapshot: Snapshot, square: QRectF) -> None:
        draw_axis_names(painter, self._theme, snapshot, square)
        draw_edge(painter, self._theme, square)


def axis_names(snapshot: Snapshot) -> tuple[str, str]:
    """What the two axes are called: x₁ and x₂, the names that real data have, or components."""
    first, second = snapshot.plane.names
    return input_name(first), input_name(second)


def draw_axis_names(painter: QPainter, theme: Theme, snapshot: Snapshot, square: QRectF) -> None:
    """Write the names into the corners at the ends of the axes."""
    side, ink, scaled = square.width(), theme.tokens.text2, theme.scaled
    inside = square.adjusted(10, 7, -10, -7)
    low, high = (
        Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight,
        Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft,
    )
    near, far = QPointF(scaled(14), scaled(14)), QPointF(side - scaled(17), side - scaled(14))
    for name, words, corner, middle in zip(
        snapshot.plane.names, axis_names(snapshot), (low, high), (far, near), strict=True
    ):
        if name in FEATURES:
            Formula(theme, words, 15).draw(painter, ink, middle)
        else:
            painter.setFont(theme.font(11, 500))
            around = painter.boundingRect(inside, corner, words).adjusted(-4, -1, 4, 1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(theme.tokens.panel, BACKING))  # there may be points below
            painter.drawRoundedRect(around, 4, 4)
            painter.setPen(ink)
            painter.drawText(inside, corner, words)


def draw_edge(painter: QPainter, theme: Theme, square: QRectF) -> None:
    """Cover what lies outside the round corners, and draw the edge."""
    painter.fillPath(_corners(square), theme.tokens.panel)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faded(theme.tokens.text, 0.14), 1))
    painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)


def _corners(square: QRectF) -> QPainterPath:
    """What of a square lies outside its round corners."""
    path, span = QPainterPath(), 2 * RADIUS
    for corner, x, y, angle in (
        (square.topLeft(), 0, 0, 90),
        (square.bottomLeft(), 0, span, 180),
        (square.bottomRight(), span, span, 270),
        (square.topRight(), span, 0, 0),
    ):
        path.moveTo(corner)
        path.arcTo(corner.x() - x, corner.y() - y, span, span, angle, 90)
        path.closeSubpath()
    return path
