"""What is read off the network diagram: weights, gradients and biases, each at its place."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from playground.app.theme import Theme, Tokens
from playground.app.views.network_layout import Spot
from playground.app.views.network_model import Numbers, Structure, short
from playground.app.views.readout import Row, draw_readout

MARKER = 4.5  # radius of the ring on an edge
AWAY, ASIDE = 30, 36  # of an edge's read-out from that ring
WIDE, HIGH = 176, 66  # as much room as a read-out takes at most


def reading(tokens: Tokens, structure: Structure, numbers: Numbers, spot: Spot) -> list[Row]:
    """Names, values and the values' colours; empty where nothing is known."""
    if spot.kind == "column":
        return []
    if spot.kind == "edge":
        weights, gradients = numbers.weights(spot.column), numbers.gradients(spot.column)
        rows = []
        if weights is not None:
            rows.append(_signed(tokens, "weight", weights[spot.unit, spot.source]))
        if gradients is not None:
            rows.append(("gradient", short(float(gradients[spot.unit, spot.source])), tokens.text))
        return rows
    if spot.column == 0:
        return [("feature", structure.unit_name(0, spot.unit), tokens.text)]
    biases = numbers.biases(spot.column)
    rows = [("neuron", str(spot.unit + 1), tokens.text)] if spot.kind == "unit" else []
    if biases is not None:
        rows.append(_signed(tokens, "bias", biases[spot.unit]))
    return rows


def _signed(tokens: Tokens, name: str, value: float) -> Row:
    return name, short(float(value)), tokens.negative if value < 0 else tokens.positive


def draw_edge_readout(
    painter: QPainter, theme: Theme, rows: list[Row], at: QPointF, rising: bool, within: QRectF
) -> None:
    """Paint the rows below a rising edge or above a falling one, tied to it by a line.

    Where there is no room, they are on the other side and to the left: the edge stays in sight.
    """
    within = QRectF(within)
    room_above = at.y() - AWAY - HIGH >= within.top()
    room_below = at.y() + AWAY + HIGH <= within.bottom()
    below = room_below if rising else not room_above
    away = AWAY if below else -AWAY
    place = QPointF(min(at.x() - ASIDE, within.right() - WIDE), at.y() + away)
    if below != rising:
        place.setX(at.x() + ASIDE)
        within.setRight(min(at.x() + ASIDE, within.right()))
    if not below:
        within.setBottom(at.y())
    painter.setPen(QPen(theme.tokens.ctl, 1.5))
    painter.drawLine(at, at + QPointF(0, 2 * away))
    painter.setPen(QPen(theme.tokens.text, 1.6))
    painter.setBrush(theme.tokens.panel)
    painter.drawEllipse(at, MARKER, MARKER)
    draw_readout(painter, theme, rows, place, within)
