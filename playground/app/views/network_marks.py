"""What is painted over the network diagram for a moment: the focus, read-outs, a dragged layer."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.app.controls.focus import DISTANCE as FOCUS_DISTANCE
from playground.app.controls.focus import WIDTH as FOCUS_WIDTH
from playground.app.theme import Theme, faded
from playground.app.views.network_layout import DOT, Layout, Spot, edge_heights
from playground.app.views.network_readout import draw_edge_readout, draw_ring
from playground.app.views.network_still import BOX_RADIUS, TILE_RADIUS
from playground.app.views.readout import Row, draw_readout

CAP = 3.0  # radius of the ends of the insertion mark
MARK_WIDTH = 2.0


def draw_focus(painter: QPainter, theme: Theme, places: Layout, spot: Spot) -> None:
    """A ring around what has the keyboard's focus; an edge is marked as under the pointer."""
    if spot.kind == "edge":
        return
    column = places.columns[spot.column]
    around, radius = (
        QRectF(*places.box(spot.column)),
        column.side / 2 if column.pill else BOX_RADIUS,
    )
    if spot.unit >= 0:
        around, radius = QRectF(*places.unit_box(spot)), TILE_RADIUS
    painter.setPen(QPen(theme.tokens.accent, FOCUS_WIDTH))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = FOCUS_DISTANCE
    painter.drawRoundedRect(around.adjusted(-out, -out, out, out), radius + out, radius + out)


def place_of(places: Layout, spot: Spot, pointer: QPointF | None) -> QPointF:
    """Where what is said of a spot belongs; of an edge, at the pointer or else at its middle."""
    column = places.columns[spot.column]
    if spot.kind == "edge":
        line = places.line(spot)
        x = (line[0] + line[2]) / 2 if pointer is None else pointer.x()
        heights, _ = edge_heights(line[None], x)
        return QPointF(x, heights[0])
    if spot.kind == "bias":
        return QPointF(*column.dot(spot.unit))
    if spot.kind in ("column", "more"):
        left, top, width, height = places.box(spot.column)
        return QPointF(left + width, top + height / 2)
    return QPointF(column.right, column.centre(spot.unit))


def draw_reading(
    painter: QPainter,
    theme: Theme,
    places: Layout,
    spot: Spot,
    rows: list[Row],
    at: QPointF,
    within: QRectF,
) -> None:
    """Paint what is read off a spot beside its place."""
    if spot.kind == "edge":
        line = places.line(spot)
        draw_edge_readout(painter, theme, rows, at, bool(line[3] <= line[1]), within)
    elif rows:
        draw_readout(painter, theme, rows, at, within)


def draw_place(painter: QPainter, theme: Theme, spot: Spot, at: QPointF) -> None:
    """A ring where the number stands that is being typed."""
    if spot.kind == "edge":
        draw_ring(painter, theme, at)
        return
    painter.setPen(QPen(theme.tokens.accent, FOCUS_WIDTH))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, DOT + FOCUS_DISTANCE, DOT + FOCUS_DISTANCE)


def draw_drag(
    painter: QPainter, theme: Theme, places: Layout, column: int, by: float, mark: float | None
) -> None:
    """The frame of a dragged column where the pointer has it, and a line where it would go in."""
    tokens = theme.tokens
    left, top, width, height = places.box(column)
    dragged = places.columns[column]
    radius = dragged.side / 2 if dragged.pill else BOX_RADIUS
    painter.setPen(QPen(tokens.accent, 1.25, Qt.PenStyle.DashLine))
    painter.setBrush(faded(tokens.accent_tint, 0.5))
    painter.drawRoundedRect(QRectF(left + by, top, width, height), radius, radius)
    if mark is None:
        return
    _, top, _, height = places.box(0)
    painter.setPen(QPen(tokens.accent, MARK_WIDTH))
    painter.drawLine(QPointF(mark, top + CAP), QPointF(mark, top + height - CAP))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.accent)
    for y in (top + CAP, top + height - CAP):
        painter.drawEllipse(QPointF(mark, y), CAP, CAP)
