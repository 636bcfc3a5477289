"""The square plot of what the network says about each place, with the samples on it."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from playground.app.controls.focus import FocusRing
from playground.app.theme import Theme, class_table, diverging_table, faded, mix
from playground.app.views.field_frame import RADIUS, Frame, axis_names, draw_edge
from playground.app.views.field_keys import press
from playground.app.views.input_curve import draw_output, draw_shares
from playground.app.views.limits import moved_by, zoomed
from playground.app.views.points import draw_points, draw_rings, mark_size, positions
from playground.app.views.readout import Row, draw_readout, fixed
from playground.app.views.sample_rows import sample_rows, value_name
from playground.app.views.strokes import draw_segments
from playground.app.words import named, tr
from playground.snapshot import LEVELS_PER_CLASS, Limits, Snapshot, shown_samples
from playground.view import View

DRAG = 4  # pixels that a click may stray
HIT = 9  # from a click to the sample that it hits
SELECTED = 7.5  # radius of the ring
ZOOM = 1.25  # for a notch of the wheel, or a key
CONTOUR_WIDTH = 1.2
CONTOUR_SHARE = 0.5
DIVERGED_OPACITY = 0.4
SMALLEST = 160
KEYS = (
    "Plus and minus zoom, Shift and arrows move, Home shows the whole plane; arrows go from sample "
    "to sample, Escape leaves it"
)


class FieldPlot(QWidget):
    """Field, boundary and samples of a snapshot; the pointer reads off the value under it.

    The wheel zooms, dragging moves, a double click shows all again: `limits_asked` tells for which
    part of the plane, None for all. A click tells the sample it hits, or None: `sample_asked`. Keys
    do the same, see `field_keys`. A unit that the snapshot holds enlarged is shown in place of the
    output.
    """

    limits_asked = Signal(object)
    sample_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = View()
        self._tables = self._colour_tables()
        self._snapshot: Snapshot | None = None
        self._asked: Limits | None = None
        self._pressed: QPointF | None = None
        self._pressed_limits: Limits | None = None
        self._dragged = False
        self._samples_shown = True
        self._message = ""
        self._field = QImage()
        self._contour: np.ndarray | None = None
        self._frame = Frame(theme)
        self._points: QPixmap | None = None
        self._points_key: tuple[object, ...] = ()
        self._pointer: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(SMALLEST, SMALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(theme, self, RADIUS)
        self.setAccessibleDescription(tr(KEYS))

    def sizeHint(self) -> QSize:
        return QSize(372, 372)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another picture of training."""
        self._snapshot = snapshot
        self._contour = None
        unit = snapshot.unit_field
        field = np.ascontiguousarray(snapshot.field if unit is None else unit)
        rows, columns = field.shape
        image = QImage(field.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        several = unit is None and snapshot.data.dataset.task == "classes"
        image.setColorTable(self._tables[several])
        self._field = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def show_view(self, view: View) -> None:
        """Draw other samples, or the field otherwise."""
        if view != self._view:
            self._view = view
            self._tables = self._colour_tables()
            if self._snapshot is not None:
                self.show_snapshot(self._snapshot)

    def _colour_tables(self) -> tuple[list[int], list[int]]:
        """The colours of values or two classes, and those of more classes."""
        tokens = self._theme.tokens
        values = diverging_table(tokens, tokens.field_share)
        classes = class_table(tokens)
        if self._view.discretize:
            values = [values[0]] * 128 + [values[-1]] * 128
            last = LEVELS_PER_CLASS - 1
            of_class = [classes[k - k % LEVELS_PER_CLASS + last] for k in range(256 - 4)]
            classes = [*of_class, *classes[len(of_class) :]]
        return values, classes

    def show_samples(self, shown: bool) -> None:
        """Draw the samples, or leave them to what lies over the plot."""
        self._samples_shown = shown
        self.update()

    def show_message(self, message: str) -> None:
        """A line to show while there is no snapshot."""
        self._message = message
        self.update()

    # Places

    def position(self, x1: float, x2: float) -> QPointF:
        """Where a place of the axes lies on the widget."""
        if self._snapshot is None:
            return QPointF()
        (x_low, x_high), (y_low, y_high) = self._snapshot.limits
        return QPointF(
            (x1 - x_low) / (x_high - x_low) * self.width(),
            (y_high - x2) / (y_high - y_low) * self.height(),
        )

    def _cell_at(self, position: QPointF) -> tuple[int, int]:
        """Row and column of the field under a position on the widget."""
        row = int(position.y() / self.height() * self._field.height())
        column = int(position.x() / self.width() * self._field.width())
        return (
            min(max(row, 0), self._field.height() - 1),
            min(max(column, 0), self._field.width() - 1),
        )

    def _centre(self, row: int, column: int) -> tuple[float, float]:
        """The place of the axes at the centre of a cell."""
        assert self._snapshot is not None
        (x_low, x_high), (y_low, y_high) = self._snapshot.limits
        x1 = x_low + (column + 0.5) / self._field.width() * (x_high - x_low)
        x2 = y_high - (row + 0.5) / self._field.height() * (y_high - y_low)
        return x1, x2

    # Reading off

    def reading(self, position: QPointF) -> list[Row]:
        """What the read-out says at a position: the centre of its cell and the values there."""
        if self._snapshot is None:
            return []
        text = self._theme.tokens.text
        row, column = self._cell_at(position)
        places = list(zip(axis_names(self._snapshot), self._centre(row, column), strict=True))
        inputs = len(self._snapshot.data.dataset.input_names)
        rows: list[Row] = [(name, fixed(place, 2), text) for name, place in places[:inputs]]
        if self._snapshot.unit is not None:
            return rows
        values = self._snapshot.field_values[:, row, column].tolist()
        class_names = tuple(map(named, self._snapshot.data.dataset.class_names))
        if len(class_names) == 2:
            name = value_name(self._snapshot)
            likelier = int(values[0] >= (0.0 if name == "score" else 0.5))
            said = class_names[likelier] if name == "output" else fixed(values[0], 3)
            rows.append((tr(name), said, self._theme.class_colour(likelier, 2)))
        else:
            names = class_names or [tr("output")] * len(values)
            rows += [
                (name, fixed(value, 3), text) for name, value in zip(names, values, strict=True)
            ]
        return rows

    def show_limits(self, limits: Limits | None) -> None:
        """The part of the plane that was asked for; None for all of it."""
        self._asked = limits

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._snapshot is not None:
            self._pressed, self._dragged = event.position(), False
            self._pressed_limits = self._asked or self._snapshot.plane.limits

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._pressed is not None and self._pressed_limits is not None:
            moved = event.position() - self._pressed
            self._dragged = self._dragged or moved.manhattanLength() >= DRAG
            if self._dragged:
                self.look_at(moved_by(self._pressed_limits, moved / self.width()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self.sample_asked.emit(self.sample_at(event.position()))
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.look_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(event.angleDelta().y() / 120, event.position() / self.width())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._snapshot is None or not press(self, self._snapshot, event):
            event.ignore()

    def zoom(self, notches: float, place: QPointF) -> None:
        """Ask for nearer limits, or farther ones, around a place in shares of the side."""
        if self._snapshot is not None and notches:
            whole = self._snapshot.plane.limits
            self.look_at(zoomed(self._asked or whole, whole, ZOOM**-notches, place))

    def pan(self, by: QPointF) -> None:
        """Ask for limits beside these; `by` is where the field goes, in shares of the side."""
        if self._snapshot is not None:
            self.look_at(moved_by(self._asked or self._snapshot.plane.limits, by))

    def look_at(self, limits: Limits | None) -> None:
        """Ask for a part of the plane, or all of it."""
        self._asked = limits
        self.limits_asked.emit(limits)

    def shown_samples(self) -> np.ndarray:
        """Indices of the samples that are drawn."""
        if self._snapshot is None or not self._samples_shown:
            return np.empty(0, np.int64)
        return shown_samples(self._snapshot.data, self._view.split)

    def places(self, samples: np.ndarray) -> np.ndarray:
        """Where samples lie on the widget: (n, 2)."""
        assert self._snapshot is not None
        return positions(self._snapshot, samples, self.width())

    def sample_at(self, position: QPointF) -> int | None:
        """The sample that is seen at a position, or None."""
        shown = self.shown_samples()
        if not len(shown):
            return None
        distances = np.hypot(*(self.places(shown) - position.toTuple()).T)
        within = distances.min() <= HIT
        return int(shown[distances.argmin()]) if within else None

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    # Drawing

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._contour = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if self._snapshot is None:
            self._draw_well(painter)
            return
        self._draw_field(painter, self._snapshot)
        if self._samples_shown:
            ratio = (
                painter.deviceTransform().m11()
            )  # of a saved picture too, not the screen's alone
            painter.drawPixmap(0, 0, self._points_picture(self._snapshot, ratio))
            draw_rings(painter, self._theme, self._snapshot, self.width())
        if len(self._snapshot.data.dataset.input_names) == 1:
            draw_output(painter, self._theme, self._snapshot, self.position)
        if self._samples_shown:
            self._draw_selected(painter, self._snapshot)
        if self._pointer is not None:
            self._draw_cross_hair(painter, self._pointer)
        self._frame.draw(painter, self._snapshot, self.rect().toRectF())
        place, rows = self._said(self._snapshot)
        if rows:
            draw_readout(painter, self._theme, rows, place, self.rect().toRectF())

    def _draw_well(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.tokens.sunk)
        draw_edge(painter, self._theme, self.rect().toRectF())
        painter.setPen(self._theme.tokens.text3)
        painter.setFont(self._theme.font(13))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(8, 0, -8, 0), flags, self._message)

    def _draw_field(self, painter: QPainter, snapshot: Snapshot) -> None:
        if snapshot.status == "diverged":
            painter.fillRect(self.rect(), self._theme.tokens.panel)
            painter.setOpacity(DIVERGED_OPACITY)
        if len(snapshot.data.dataset.input_names) == 1:
            whole = self.rect().toRectF()
            draw_shares(painter, self._theme, snapshot, whole, self.position)
            painter.setOpacity(1.0)
            return
        painter.drawImage(self.rect(), self._field)
        if snapshot.unit is not None:
            painter.setOpacity(1.0)
            return
        if self._contour is None:
            self._contour = self._contour_segments(snapshot)
        # Where the boundary runs, the field has the colour of zero.
        tokens = self._theme.tokens
        pen = QPen(mix(tokens.text, tokens.diverging[2], CONTOUR_SHARE), CONTOUR_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        draw_segments(painter, self._contour)
        painter.setOpacity(1.0)

    def _points_picture(self, snapshot: Snapshot, ratio: float) -> QPixmap:
        side, view = self.width(), self._view
        looks = view.split, view.marker_shapes, snapshot.limits, snapshot.field_scale
        key = (snapshot.data, snapshot.plane, looks, side, ratio)
        if self._points is None or key != self._points_key:
            self._points_key = key
            self._points = draw_points(self._theme, snapshot, view, side, ratio)
        return self._points

    def _draw_selected(self, painter: QPainter, snapshot: Snapshot) -> None:
        if snapshot.sample is None:
            return
        at = QPointF(*positions(snapshot, np.array([snapshot.sample]), self.width())[0])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.tokens.panel, 5.0), (self._theme.tokens.accent, 2.4)):
            painter.setPen(QPen(colour, width))
            radius = SELECTED * mark_size(self.width())
            painter.drawEllipse(at, radius, radius)

    def _said(self, snapshot: Snapshot) -> tuple[QPointF, list[Row]]:
        """What the read-out says, and where: of the place under the pointer, or of the sample that
        is selected."""
        if self._pointer is not None:
            hit = self.sample_at(self._pointer)
            chosen = hit is not None and hit == snapshot.sample
            return self._pointer, self.sample_rows() if chosen else self.reading(self._pointer)
        if snapshot.sample is None or not self._samples_shown:
            return QPointF(), []
        at = positions(snapshot, np.array([snapshot.sample]), self.width())[0]
        return QPointF(*at), self.sample_rows()

    def sample_rows(self) -> list[Row]:
        """What there is to say of the selected sample."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.sample is None or snapshot.sample_outputs is None:
            return []
        return sample_rows(self._theme, snapshot, snapshot.sample, snapshot.sample_outputs)

    def _contour_segments(self, snapshot: Snapshot) -> np.ndarray:
        """The boundary in the widget's pixels."""
        origin, unit = self.position(0, 0), self.position(1, 1)
        start = np.array([origin.x(), origin.y()] * 2)
        return start + snapshot.contour * (np.array([unit.x(), unit.y()] * 2) - start)

    def _draw_cross_hair(self, painter: QPainter, pointer: QPointF) -> None:
        centre = self.position(*self._centre(*self._cell_at(pointer)))
        painter.setPen(QPen(faded(self._theme.tokens.text, 0.4), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, centre.y()), QPointF(self.width(), centre.y()))
        painter.drawLine(QPointF(centre.x(), 0), QPointF(centre.x(), self.height()))
