"""What is read off the network diagram: weights, gradients and biases, each at its place."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from playground.app.theme import Theme, Tokens
from playground.app.views.network_layout import Spot
from playground.app.views.network_model import Numbers, Structure, short
from playground.app.views.readout import Row, draw_readout
from playground.app.words import tr
from playground.engine.layers import Dropout

MARKER = 4.5  # radius of the ring on an edge
AWAY, ASIDE = 30, 36  # of an edge's read-out from that ring
WIDE, HIGH = 176, 66  # as much room as a read-out takes at most


def reading(tokens: Tokens, structure: Structure, numbers: Numbers, spot: Spot) -> list[Row]:
    """Names, values and the values' colours; empty where nothing is known."""
    if spot.column in structure.pills:
        return _pill_reading(tokens, structure, numbers, spot)
    if spot.kind in ("column", "more"):
        return []
    if spot.kind == "edge":
        weights, gradients = numbers.weights(spot.column), numbers.gradients(spot.column)
        rows = []
        if weights is not None:
            rows.append(_signed(tokens, tr("weight"), weights[spot.unit, spot.source]))
        if gradients is not None:
            gradient = short(float(gradients[spot.unit, spot.source]))
            rows.append((tr("gradient"), gradient, tokens.text))
        return rows
    if spot.column == 0:
        return [(tr("feature"), structure.unit_name(0, spot.unit), tokens.text)]
    biases = numbers.biases(spot.column)
    rows = [(tr("neuron"), str(spot.unit + 1), tokens.text)] if spot.kind == "unit" else []
    if biases is not None:
        rows.append(_signed(tokens, tr("bias"), biases[spot.unit]))
    return rows


def _pill_reading(tokens: Tokens, structure: Structure, numbers: Numbers, spot: Spot) -> list[Row]:
    """What a layer without units does: with one unit, or from the least to the most of them."""
    layer = structure.layers[spot.column - 1]
    if isinstance(layer, Dropout):
        return [(tr("dropped in training"), f"{100 * layer.rate:.0f} %", tokens.text)]
    rows = []
    if spot.unit >= 0:
        rows.append((tr("of"), structure.unit_name(spot.column, spot.unit), tokens.text))
    for name, values in (
        ("γ", numbers.scales(spot.column)),
        ("β", numbers.shifts(spot.column)),
        (tr("running mean"), numbers.running(spot.column, "mean")),
        (tr("running variance"), numbers.running(spot.column, "var")),
    ):
        if values is not None:
            shown = range_text(values if spot.unit < 0 else values[spot.unit : spot.unit + 1])
            rows.append((name, shown, tokens.text))
    return rows


def range_text(values: np.ndarray) -> str:
    """The least and the most of some numbers: "0.93 … 1.12"; one, where they are the same."""
    ends = short(float(values.min())), short(float(values.max()))
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)


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
    draw_ring(painter, theme, at)
    draw_readout(painter, theme, rows, place, within)


def draw_ring(painter: QPainter, theme: Theme, at: QPointF) -> None:
    """A ring on an edge."""
    painter.setPen(QPen(theme.tokens.text, 1.6))
    painter.setBrush(theme.tokens.panel)
    painter.drawEllipse(at, MARKER, MARKER)
