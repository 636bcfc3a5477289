"""What keys do on the network diagram."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from playground.app.controls.button import ENTER
from playground.app.session import Session
from playground.app.views.network_layout import Layout, Spot
from playground.app.views.network_model import Numbers

if TYPE_CHECKING:
    from playground.app.views.network import Diagram

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
STEPS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def press(diagram: "Diagram", session: Session, at: Spot, event: QKeyEvent) -> bool:
    """Do what a key asks for where the focus is; False where it asks for nothing."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    if key in ARROWS:
        return _arrow(diagram, session, at, ARROWS[key], modifiers)
    if key in ENTER:
        return _enter(diagram, at)
    if key == Qt.Key.Key_Escape and at.kind == "edge":
        diagram.go_to(Spot("unit", at.column, at.unit))
        return True
    return _edit(diagram, session, at, key)


def _arrow(
    diagram: "Diagram",
    session: Session,
    at: Spot,
    way: tuple[int, int],
    modifiers: Qt.KeyboardModifier,
) -> bool:
    across, down = way
    layer = diagram.structure.layer(at.column)
    if modifiers & CONTROL:
        to = -1 if layer is None else layer + across
        if across and layer is not None and 0 <= to < len(diagram.structure.layers):
            session.move_layer(layer, to)
        return bool(across)
    if modifiers & SHIFT and down and at.unit >= 0:
        source = at.source + down
        diagram.go_to(Spot("edge" if source >= 0 else "unit", at.column, at.unit, max(source, -1)))
    elif at.kind == "edge" and across:  # along the edge to one of its ends
        column, unit = (at.column - 1, at.source) if across < 0 else (at.column, at.unit)
        diagram.go_to(Spot("unit", column, unit))
    else:
        unit = at.unit + down
        diagram.go_to(Spot("unit" if unit >= 0 else "column", at.column + across, unit))
    return True


def _enter(diagram: "Diagram", at: Spot) -> bool:
    """Type what has the focus: a weight, a bias, or how many units a layer has."""
    if at.unit < 0:
        return diagram.controls.type_units(at.column)
    diagram.edit_value(at)
    return True


def _edit(diagram: "Diagram", session: Session, at: Spot, key: Qt.Key) -> bool:
    structure = diagram.structure
    layer = structure.layer(at.column)
    if key == Qt.Key.Key_Insert:
        session.add_layer(min(at.column, len(structure.layers)))
    elif layer is not None and at.column in structure.dense and key in STEPS:
        session.set_units(layer, structure.units[at.column] + STEPS[key])
    elif layer is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        session.remove_layer(layer)
    else:
        return False
    return True


def within(places: Layout, numbers: Numbers, spot: Spot) -> Spot:
    """The nearest part that there is: a column, a unit of it, or an edge into that."""
    column = min(max(spot.column, 0), len(places.columns) - 1)
    unit = min(max(spot.unit, -1), places.columns[column].units - 1)
    if unit < 0:
        return Spot("column", column)
    if spot.kind == "edge" and numbers.weights(column) is not None:
        sources = places.columns[column - 1].units
        return Spot("edge", column, unit, min(spot.source, sources - 1))
    return Spot("unit", column, unit)
