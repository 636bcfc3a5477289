"""The network diagram: its layers, units, weights and biases, drawn as they are learned.

Columns are layers. The pointer reads off what it is over; a click selects a layer, or opens a
weight or a bias to be changed; a column can be dragged to another place. A wide layer shows some of
its units; a click on "+n", the wheel or the arrows bring the others. With the keyboard, arrows
move between layers and neurons, Shift with them walks a neuron's weights, Ctrl moves the layer, +
and − change the units, Enter types a number, Insert adds a layer, Delete removes one.
"""

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QScrollBar, QWidget

from playground.app.controls.button import IconButton
from playground.app.controls.focus import KEYBOARD
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views import network_drag, network_keys, network_marks, network_words
from playground.app.views.live import Live
from playground.app.views.network_controls import HeaderControls
from playground.app.views.network_drag import Drag
from playground.app.views.network_edges import EdgePicture
from playground.app.views.network_layout import (
    BOX_TOP,
    Layout,
    Spot,
    lay_out,
)
from playground.app.views.network_menu import gap_menu, layer_menu
from playground.app.views.network_model import Numbers, structure_of
from playground.app.views.network_paint import UnitPainter
from playground.app.views.network_readout import reading
from playground.app.views.network_still import RENDER, Scene, StillPicture
from playground.app.views.network_value import ValueField
from playground.app.views.network_window import Windows
from playground.app.views.readout import Row
from playground.app.words import tr
from playground.snapshot import Snapshot

DASH_SPEED = 28.0  # pixels a second: dashes pass a place twice in it, far from flashing
FILL_SIDE = 26  # of the button that lets the network fill the centre
SCROLL_BAR = """
QScrollBar {{ height: 6px; background: transparent; }}
QScrollBar::handle {{ background: {}; border-radius: 3px; min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


class Diagram(QWidget):
    """The network as a session's experiment has it, with the numbers of its newest snapshot.

    `presented`: to a room, in which case it has the whole widget, and what is hit is larger.
    """

    def __init__(
        self, theme: Theme, session: Session, parent: QWidget, presented: bool = False
    ) -> None:
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
        self._drag: Drag | None = None
        self._windows = Windows()
        self._presented = presented
        self._edited_at = QPointF()  # in the layout's pixels
        self.menu: QMenu | None = None  # the context menu, while it is open
        self.controls = HeaderControls(theme, session, self, presented)
        self.fill = IconButton(theme, "expand", tr("Fill the centre"), 15, FILL_SIDE, self)
        self.fill.setVisible(not presented)  # which fills it already
        self.value = ValueField(theme, session, self)
        self.value.closed.connect(self._return_focus)
        self.bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self.bar.setStyleSheet(SCROLL_BAR.format(theme.tokens.ctl.name()))
        self.bar.valueChanged.connect(self._scroll)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.experiment_changed.connect(self._show_structure)
        session.selection_changed.connect(self._show_selection)
        session.state_changed.connect(self._show_state)
        session.want(unit=None)
        self.structure = structure_of(session.experiment)
        self._take_structure()
        Live(session, self, self._show_snapshot)

    def sizeHint(self) -> QSize:
        return QSize(724, 424)

    def minimumSizeHint(self) -> QSize:
        scaled = self._theme.scaled
        return QSize(scaled(340), scaled(240))

    # What is shown

    @property
    def selected(self) -> int:
        """The column of the selected layer; the output's when no hidden layer is."""
        layer = self._session.selected_layer
        return self.structure.last if layer is None else min(layer + 1, self.structure.last)

    def _show_structure(self) -> None:
        """The experiment is another one, perhaps with other columns."""
        structure = structure_of(self._session.experiment)
        if structure != self.structure:
            if len(structure.units) != len(self.structure.units):
                self._windows = Windows()
            self.structure = structure
            self._take_structure()

    def _take_structure(self) -> None:
        """Draw the columns, with what still fits of the snapshot."""
        self.value.close_field()
        self._drag = None
        self.controls.show(self.structure)
        self._hover = None
        self.numbers = Numbers(self.structure, self._session.snapshot)
        self._arrange()
        self._put_focus(self._focus)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        """Other numbers for the same columns."""
        self.numbers = Numbers(self.structure, snapshot)
        self._edges.show(self.places, self.numbers)
        self._drawn = None
        self.update(self._rows().toAlignedRect())
        if self.value.spot is not None:
            self.value.show_value(self._number_at(self.value.spot))
        if self.hasFocus() and not self._session.running:
            self._say_focus()

    def _show_state(self) -> None:
        """Dashes move while it trains."""
        self._drawn = None
        self.update(self._rows().toAlignedRect())

    def _arrange(self) -> None:
        """Place everything anew."""
        widest = max(self._still.label(each).width for each in self.structure.features)
        structure = self.structure
        self.places: Layout = lay_out(
            structure.units,
            self.width(),
            self.height(),
            widest,
            structure.pills,
            self._windows.firsts,
            self._theme.text_scale,
            self._presented,
        )
        self._edges.show(self.places, self.numbers)
        beyond = round(self.places.span - self.width())
        self.bar.setRange(0, max(beyond, 0))
        self.bar.setPageStep(self.width())
        self.bar.setVisible(beyond > 0)
        self.bar.setGeometry(12, round(self.places.bottom) + 4, self.width() - 24, 6)
        side = self.fill.width()
        self.fill.move(self.width() - side - 6, round(self.places.legend) - side // 2)
        self.controls.place(self.places, self.bar.value())
        self._drawn = None
        self.update()

    def _show_selection(self) -> None:
        if self._focus.column != self.selected:
            self._put_focus(Spot("column", self.selected))
        self._reveal(self.selected)
        self.update()

    def _scroll(self) -> None:
        self.controls.place(self.places, self.bar.value())
        self.value.close_field()
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

    def hideEvent(self, event: QHideEvent) -> None:
        self._point(None, self._pointer)

    # The pointer

    @property
    def readout(self) -> list[Row]:
        """What is read off: of what is under the pointer, or else of what the keyboard is at."""
        spot = self._read
        return [] if spot is None else reading(self._tokens, self.structure, self.numbers, spot)

    @property
    def _read(self) -> Spot | None:
        if self._drag is not None and self._drag.begun:
            return None
        return self.value.spot or self._hover or (self._focus if self._ring else None)

    def spot_at(self, position: QPointF) -> Spot | None:
        """What lies under a position on the widget."""
        x, y = position.x() + self.bar.value(), position.y()
        layout = self.places
        if (wide := layout.more_at(x, y)) is not None:
            return Spot("more", wide)
        found = layout.unit_at(x, y) or layout.edge_at(x, y, self._edges.widths)
        if found is None and BOX_TOP <= y <= self.places.bottom:
            column = layout.column_at(x)
            found = Spot("column", column) if column else None  # the inputs are chosen elsewhere
        return found

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag_to(event.position())
        else:
            self._point(self.spot_at(event.position()), event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None, self._pointer)

    def _point(self, spot: Spot | None, position: QPointF) -> None:
        if spot == self._hover and (spot is None or spot.kind != "edge"):
            return
        if spot != self._hover:
            self._drawn = None
        self._hover, self._pointer = spot, position
        clickable = spot is not None and (spot.column > 0 or spot.kind in ("edge", "more"))
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        )
        self.setToolTip(network_words.tooltip(self.structure, self.places, spot))
        self._enlarge()
        self.update()

    def _enlarge(self) -> None:
        """Have the unit that is read off drawn large, in place of the outputs."""
        spot = self._read
        shown = spot is not None and spot.kind == "unit" and spot.column < self.structure.last
        self._session.want(unit=(spot.column, spot.unit) if spot and shown else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position())
        self._ring = False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.value.close_field()
        if spot is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if spot.kind == "more":
            self._look_through(self._windows.turn(self.places, spot.column))
            return
        if spot.kind in ("edge", "bias"):
            self._point(spot, event.position())
            self.edit_value(spot)
            return
        self.go_to(spot)
        if self.structure.layer(spot.column) is not None:
            x = event.position().x() + self.bar.value()
            self._drag = Drag(spot.column, x, x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or not drag.begun:
            return
        place = network_drag.target(self.places, self.structure, drag)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()
        self._session.move_layer(drag.column - 1, place)

    def _drag_to(self, position: QPointF) -> None:
        assert self._drag is not None
        if position.x() < network_drag.SCROLLED:
            self.bar.setValue(self.bar.value() - network_drag.SCROLL_STEP)
        elif position.x() > self.width() - network_drag.SCROLLED:
            self.bar.setValue(self.bar.value() + network_drag.SCROLL_STEP)
        self._drag = self._drag.at(position.x() + self.bar.value())
        if self._drag.begun:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._enlarge()
        self.update()

    def _look_through(self, other: bool) -> None:
        """Draw other units of a wide layer."""
        if other:
            self._point(None, self._pointer)
            self.value.close_field()
            self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        column = self.places.column_at(event.position().x() + self.bar.value())
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        if column is not None and self.places.columns[column].more and turned.y():
            by = -1 if turned.y() > 0 else 1
            self._look_through(self._windows.move(self.places, column, by))
            return
        if not self.bar.isVisible():
            event.ignore()
            return
        self.bar.setValue(self.bar.value() - (turned.x() or turned.y()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a layer, or in the gap that is meant."""
        at, column = event.globalPos(), self._focus.column
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            x = event.pos().x() + self.bar.value()
            within = self.places.column_at(x)
            column = self.places.gap_at(x) if within is None else within
            layer = None if within is None else self.structure.layer(within)
        else:
            layer = self.structure.layer(column)
            left, top, width, _ = self.places.box(column)
            at = self.mapToGlobal(QPoint(round(left + width - self.bar.value()), round(top)))
        if layer is not None:
            self.go_to(Spot("column", column))
            self.menu = layer_menu(self._session, layer, self)
        else:
            self.menu = gap_menu(self._session, self.structure, max(column, 1), self)
        self._point(None, self._pointer)
        self.menu.popup(at)

    # Weights and biases

    def edit_value(self, spot: Spot) -> None:
        """Let the weight of an edge, or a unit's bias, be typed where it is."""
        edge = spot.kind == "edge"
        held = (self.numbers.weights if edge else self.numbers.biases)(spot.column)
        if held is None:
            return
        words = network_words.weight_name if edge else network_words.bias_name
        name, number = words(self.structure, spot), self.numbers.number(spot)
        largest = float(abs(held).max())
        self._edited_at = self._place_of(spot)
        self.value.open(spot, name, number, self._number_at(spot), largest)
        self.value.stand(self._edited_at - QPointF(self.bar.value(), 0))
        self._drawn = None
        self._enlarge()
        self.update()

    def _number_at(self, spot: Spot) -> float:
        held = (self.numbers.weights if spot.kind == "edge" else self.numbers.biases)(spot.column)
        _, index = self.numbers.number(spot)
        return 0.0 if held is None else float(held[index])

    def _place_of(self, spot: Spot) -> QPointF:
        """Where what is said of a spot belongs, in the layout's pixels."""
        pointer = self._pointer + QPointF(self.bar.value(), 0)
        return network_marks.place_of(self.places, spot, pointer if spot == self._hover else None)

    def _return_focus(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._drawn = None
        self._enlarge()
        self.update()

    # The keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in KEYBOARD:
            self._ring = True
            self.go_to(Spot("column", self.selected))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if not self.value.isVisible():
            self._ring = False
            self._enlarge()
        self._drag = None
        self._drawn = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cancel():
            return
        if network_keys.press(self, self._session, self._focus, event):
            self._ring = True
            self._enlarge()
            self._drawn = None
            self.update()
        else:
            event.ignore()

    def cancel(self) -> bool:
        """End what is being done, a drag or typing; whether there was anything."""
        if self.value.spot is not None:
            self.value.leave()
            return True
        if self._drag is None:
            return False
        self._drag = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()
        return True

    def go_to(self, spot: Spot) -> None:
        """Put the focus on a part, and select its layer."""
        self._put_focus(spot)
        if self._focus.column > 0:
            self._session.select_layer(self.structure.layer(self._focus.column))
        self._reveal(self._focus.column)
        self.update()

    def _put_focus(self, spot: Spot) -> None:
        self._focus = network_keys.within(self.places, self.numbers, spot)
        self._look_through(self._windows.reveal(self.places, self._focus))
        self._say_focus()

    def _say_focus(self) -> None:
        """Tell screen readers what has the focus."""
        self.setAccessibleName(network_words.name_of(self.structure, self.numbers, self._focus))
        self.setAccessibleDescription(
            network_words.description_of(self.structure, self.numbers, self.places, self._focus)
        )

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
        self._draw_marks(painter)

    def _draw_edges(self, painter: QPainter, part: QRectF, ratio: float) -> None:
        if (part, ratio) != self._drawn:
            moving = self._session.running and self._theme.motion
            moved = monotonic() * DASH_SPEED if moving else None
            self._edges.draw(part, ratio, self._read, moved)
            self._drawn = (part, ratio)
        painter.drawImage(part.topLeft(), self._edges.image)

    def _draw_marks(self, painter: QPainter) -> None:
        if self._drag is not None and self._drag.begun:
            place = network_drag.mark(self.places, self.structure, self._drag)
            by = self._drag.x - self._drag.start
            network_marks.draw_drag(painter, self._theme, self.places, self._drag.column, by, place)
            return
        if self._ring:
            network_marks.draw_focus(painter, self._theme, self.places, self._focus)
        spot = self._read
        if spot is None:
            return
        if spot == self.value.spot:
            network_marks.draw_place(painter, self._theme, spot, self._edited_at)
            return
        at = self._place_of(spot)
        within = self._rows().translated(self.bar.value(), 0)
        network_marks.draw_reading(
            painter, self._theme, self.places, spot, self.readout, at, within
        )
