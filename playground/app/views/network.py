"""The card of the network: its layers, units, weights and biases, drawn as they are learned.

Columns are layers. The pointer reads off what it is over; a click selects the layer. With the
keyboard, arrows move between layers and neurons, + and − change the units, Enter types their
number, Insert adds a layer, Delete removes one.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QVBoxLayout, QWidget

from playground.app.controls.button import ENTER
from playground.app.controls.card import SHADOW, draw_panel
from playground.app.controls.focus import DISTANCE as FOCUS_DISTANCE
from playground.app.controls.focus import KEYBOARD
from playground.app.controls.focus import WIDTH as FOCUS_WIDTH
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network_controls import HeaderControls
from playground.app.views.network_edges import EdgePicture
from playground.app.views.network_layout import (
    BOX_TOP,
    PILL,
    ROWS_BOTTOM,
    Layout,
    Spot,
    edge_heights,
    lay_out,
)
from playground.app.views.network_model import Numbers, short, structure_of
from playground.app.views.network_paint import UnitPainter
from playground.app.views.network_readout import draw_edge_readout, reading
from playground.app.views.network_still import (
    BOX_RADIUS,
    RENDER,
    TILE_RADIUS,
    Scene,
    StillPicture,
)
from playground.app.views.readout import Row, draw_readout
from playground.snapshot import Snapshot

INSET = 4  # of the diagram in its card: as much as the round corners need
SCROLL_BAR = """
QScrollBar {{ height: 6px; background: transparent; }}
QScrollBar::handle {{ background: {}; border-radius: 3px; min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


class NetworkView(QWidget):
    """The network's card, filled by its diagram."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.diagram = Diagram(theme, session, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[SHADOW + INSET] * 4)
        column.addWidget(self.diagram)

    def paintEvent(self, event: QPaintEvent) -> None:
        panel = self.rect().toRectF().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        draw_panel(QPainter(self), self._theme, panel)


class Diagram(QWidget):
    """The network as a session's experiment has it, with the numbers of its newest snapshot."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tokens = theme.tokens
        self._session = session
        self._still = StillPicture(theme)
        self._units = UnitPainter(theme)
        self._edges = EdgePicture(self._tokens)
        self._drawn: object = None  # what the picture of the edges was drawn of
        self._hover: Spot | None = None
        self._pointer = QPointF()
        self._focus = Spot("column", 1)
        self._ring = False  # whether the focus is shown: it came by the keyboard
        self.controls = HeaderControls(theme, session, self)
        self.bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self.bar.setStyleSheet(SCROLL_BAR.format(theme.tokens.ctl.name()))
        self.bar.valueChanged.connect(self._scroll)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.experiment_changed.connect(self._show_structure)
        session.selection_changed.connect(self._show_selection)
        session.snapshot_changed.connect(self._show_snapshot)
        self._show_structure()

    def sizeHint(self) -> QSize:
        return QSize(724, 424)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 240)

    # What is shown

    @property
    def selected(self) -> int:
        """The column of the selected layer; the output's when no hidden layer is."""
        layer = self._session.selected_layer
        return self.structure.last if layer is None else min(layer + 1, self.structure.last)

    def _show_structure(self) -> None:
        """The experiment is another one: draw its columns, with what still fits of the snapshot."""
        self.structure = structure_of(self._session.experiment)
        self.controls.show(self.structure)
        self._hover = None
        self.numbers = Numbers(self.structure, self._session.snapshot)
        self._arrange()
        self._put_focus(self._focus.column, self._focus.unit)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        """Other numbers for the same columns."""
        self.numbers = Numbers(self.structure, snapshot)
        self._edges.show(self.places, self.numbers)
        self._drawn = None
        self.update(self._rows().toAlignedRect())
        if self.hasFocus() and not self._session.running:
            self._say_focus()

    def _arrange(self) -> None:
        """Place everything anew."""
        widest = max(self._still.label(each).width for each in self.structure.features)
        structure = self.structure
        self.places: Layout = lay_out(
            structure.units, self.width(), self.height(), widest, structure.pills
        )
        self._edges.show(self.places, self.numbers)
        beyond = round(self.places.span - self.width())
        self.bar.setRange(0, max(beyond, 0))
        self.bar.setPageStep(self.width())
        self.bar.setVisible(beyond > 0)
        self.bar.setGeometry(12, self.height() - ROWS_BOTTOM + 4, self.width() - 24, 6)
        self.controls.place(self.places, self.bar.value())
        self._drawn = None
        self.update()

    def _show_selection(self) -> None:
        if self._focus.column != self.selected:
            self._put_focus(self.selected, -1)
        self._reveal(self.selected)
        self.update()

    def _scroll(self) -> None:
        self.controls.place(self.places, self.bar.value())
        self._drawn = None
        self.update()

    def _reveal(self, column: int) -> None:
        """Scroll a column into view."""
        left, _, width, _ = self.places.box(column)
        low, high = left + width + 8 - self.width(), left - 8
        self.bar.setValue(round(min(max(self.bar.value(), low), high)))

    def _rows(self) -> QRectF:
        """The part that changes with every snapshot."""
        top, bottom = self.places.rows
        return QRectF(0, top, self.width(), max(bottom - top, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    # The pointer

    @property
    def readout(self) -> list[Row]:
        """What is read off: of what is under the pointer, or else of what the keyboard is at."""
        spot = self._read
        return [] if spot is None else reading(self._tokens, self.structure, self.numbers, spot)

    @property
    def _read(self) -> Spot | None:
        return self._hover or (self._focus if self._ring else None)

    def spot_at(self, position: QPointF) -> Spot | None:
        """What lies under a position on the widget."""
        x, y = position.x() + self.bar.value(), position.y()
        layout = self.places
        found = layout.unit_at(x, y) or layout.edge_at(x, y, self._edges.widths)
        if found is None and BOX_TOP <= y <= self.height() - ROWS_BOTTOM:
            column = layout.column_at(x)
            found = Spot("column", column) if column else None  # the inputs are chosen elsewhere
        return found

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.spot_at(event.position()), event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None, self._pointer)

    def _point(self, spot: Spot | None, position: QPointF) -> None:
        if spot == self._hover and (spot is None or spot.kind != "edge"):
            return
        if spot != self._hover:
            self._drawn = None
        self._hover, self._pointer = spot, position
        clickable = spot is not None and spot.kind != "edge" and spot.column > 0
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        )
        self.setToolTip(self._about(spot.column) if spot and spot.kind == "column" else "")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position())
        self._ring = False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if spot is not None and spot.kind != "edge":
            self._move_focus(spot.column, spot.unit)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.bar.isVisible():
            event.ignore()
            return
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        self.bar.setValue(self.bar.value() - (turned.x() or turned.y()))

    # The keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in KEYBOARD:
            self._ring = True
            self._move_focus(self.selected, -1)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at = event.key(), self._focus
        layer = self.structure.layer(at.column)
        arrows = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
        if key in arrows:
            across, down = arrows[Qt.Key(key)]
            self._move_focus(at.column + across, at.unit + down)
        elif key == Qt.Key.Key_Insert:
            self._session.add_layer(min(at.column, len(self.structure.layers)))
        elif layer is not None and at.column in self.structure.dense and key in steps:
            units = self.structure.units[at.column]
            self._session.set_units(layer, units + steps[Qt.Key(key)])
        elif layer is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._session.remove_layer(layer)
        elif key not in ENTER or not self.controls.type_units(at.column):
            event.ignore()
            return
        self._ring = True
        self.update()

    def _move_focus(self, column: int, unit: int) -> None:
        """Put the focus on a unit, or with -1 on its column, and select its layer."""
        self._put_focus(column, unit)
        if self._focus.column > 0:
            self._session.select_layer(self.structure.layer(self._focus.column))
        self._reveal(self._focus.column)
        self.update()

    def _put_focus(self, column: int, unit: int) -> None:
        column = min(max(column, 0), self.structure.last)
        unit = min(max(unit, -1), len(self.places.columns[column].tops) - 1)
        self._focus = Spot("column" if unit < 0 else "unit", column, unit)
        self._say_focus()

    def _about(self, column: int) -> str:
        return f"{self.structure.name(column)}, {self.structure.about(column)}"

    def _say_focus(self) -> None:
        """Tell screen readers what has the focus."""
        column, unit = self._focus.column, self._focus.unit
        name = self.structure.name(column)
        if unit < 0:
            self.setAccessibleName(self._about(column))
            self.setAccessibleDescription("Network diagram")
            return
        words = [name, self.structure.unit_name(column, unit)]
        biases, weights = self.numbers.biases(column), self.numbers.weights(column)
        if biases is not None:
            words.append(f"bias {short(float(biases[unit]))}")
        self.setAccessibleName(", ".join(words))
        described = []
        if weights is not None:
            shown = len(self.places.columns[column - 1].centres)
            described = [
                f"{self.structure.unit_name(column - 1, source)} {short(float(weight))}"
                for source, weight in enumerate(weights[unit, :shown])
            ]
        self.setAccessibleDescription("Weights: " + ", ".join(described) if described else "")

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(RENDER)
        over = self._hover.column if self._hover and self._hover.kind != "edge" else 0
        offset, ratio = self.bar.value(), painter.deviceTransform().m11()
        self._still.show(
            Scene(self.structure, self.places, self.selected, over or None, offset, ratio)
        )
        painter.drawImage(QPointF(), self._still.below)
        painter.translate(-offset, 0)
        self._draw_edges(painter, self._rows().translated(offset, 0), ratio)
        for index, column in enumerate(self.places.columns):
            self._units.tiles(painter, column, self.numbers.pictures(index))
        painter.drawImage(QPointF(offset, 0), self._still.above)
        for index, column in enumerate(self.places.columns):
            self._units.dots(painter, column, self.numbers.biases(index))
        if self._ring:
            self._draw_focus(painter)
        if self._read is not None:
            self._draw_readout(painter, self._read, self.readout)

    def _draw_edges(self, painter: QPainter, part: QRectF, ratio: float) -> None:
        if (part, ratio) != self._drawn:
            self._edges.draw(part, ratio, self._hover)
            self._drawn = (part, ratio)
        painter.drawImage(part.topLeft(), self._edges.image)

    def _draw_focus(self, painter: QPainter) -> None:
        """A ring around what has the keyboard's focus."""
        around, radius = QRectF(*self.places.box(self._focus.column)), BOX_RADIUS
        if self.places.columns[self._focus.column].pill:
            radius = PILL / 2
        if self._focus.unit >= 0:
            column = self.places.columns[self._focus.column]
            top = column.tops[self._focus.unit]
            around, radius = QRectF(column.left, top, column.side, column.side), TILE_RADIUS
        painter.setPen(QPen(self._tokens.accent, FOCUS_WIDTH))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        out = FOCUS_DISTANCE
        painter.drawRoundedRect(around.adjusted(-out, -out, out, out), radius + out, radius + out)

    def _draw_readout(self, painter: QPainter, spot: Spot, rows: list[Row]) -> None:
        if not rows:
            return
        within = self._rows().translated(self.bar.value(), 0)
        column = self.places.columns[spot.column]
        if spot.kind == "edge":
            x = self._pointer.x() + self.bar.value()
            heights, slopes = edge_heights(self.places.lines(spot.column), x)
            at = QPointF(x, heights[spot.unit, spot.source])
            rising = bool(slopes[spot.unit, spot.source] <= 0)
            draw_edge_readout(painter, self._theme, rows, at, rising, within)
        elif spot.kind == "bias":
            draw_readout(painter, self._theme, rows, QPointF(*column.dot(spot.unit)), within)
        else:
            at = QPointF(column.right, column.centre(spot.unit))
            draw_readout(painter, self._theme, rows, at, within)
