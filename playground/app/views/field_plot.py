"""The square plot of what the network says about each place, with the samples on it."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from playground.app.controls.formula import Formula
from playground.app.theme import Theme, class_table, diverging_table, faded, mix
from playground.app.views.points import draw_points
from playground.app.views.readout import Row, draw_readout, fixed
from playground.app.views.strokes import draw_segments
from playground.data.features import FEATURES, feature_of
from playground.engine.losses import output_activation
from playground.snapshot import Snapshot

RADIUS = 10
CONTOUR_WIDTH = 1.2
CONTOUR_SHARE = 0.5
DIVERGED_OPACITY = 0.4
SMALLEST = 160


class FieldPlot(QWidget):
    """Field, boundary and samples of a snapshot; the pointer reads off the value under it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values_table = diverging_table(theme.tokens, theme.tokens.field_share)
        self._classes_table = class_table(theme.tokens)
        self._snapshot: Snapshot | None = None
        self._split = "train"
        self._samples_shown = True
        self._message = ""
        self._field = QImage()
        self._contour: np.ndarray | None = None
        self._points: QPixmap | None = None
        self._points_key: tuple[object, ...] = ()
        self._pointer: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(SMALLEST, SMALLEST)

    def sizeHint(self) -> QSize:
        return QSize(372, 372)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another picture of training."""
        self._snapshot = snapshot
        self._contour = None
        field = np.ascontiguousarray(snapshot.field)
        rows, columns = field.shape
        image = QImage(field.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        several = snapshot.data.dataset.task == "classes"
        image.setColorTable(self._classes_table if several else self._values_table)
        self._field = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def show_split(self, split: str) -> None:
        """Draw the samples of another split: "train", "validation" or "test"."""
        self._split = split
        self.update()

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
        places = zip(axis_names(self._snapshot), self._centre(row, column), strict=True)
        rows: list[Row] = [(name, fixed(place, 2), text) for name, place in places]
        values = self._snapshot.field_values[:, row, column].tolist()
        class_names = self._snapshot.data.dataset.class_names
        if len(class_names) == 2:
            name = value_name(self._snapshot)
            likelier = int(values[0] >= (0.0 if name == "score" else 0.5))
            said = class_names[likelier] if name == "output" else fixed(values[0], 3)
            rows.append((name, said, self._theme.class_colour(likelier, 2)))
        else:
            names = class_names or ["output"] * len(values)
            rows += [
                (name, fixed(value, 3), text) for name, value in zip(names, values, strict=True)
            ]
        return rows

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

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
            painter.drawPixmap(0, 0, self._points_picture(self._snapshot))
        self._draw_axis_names(painter, self._snapshot)
        if self._pointer is not None:
            self._draw_cross_hair(painter, self._pointer)
        self._round_corners(painter)
        if self._pointer is not None:
            rows = self.reading(self._pointer)
            draw_readout(painter, self._theme, rows, self._pointer, self.rect().toRectF())

    def _draw_well(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.tokens.sunk)
        self._round_corners(painter)
        painter.setPen(self._theme.tokens.text3)
        painter.setFont(self._theme.font(13))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)

    def _draw_field(self, painter: QPainter, snapshot: Snapshot) -> None:
        if snapshot.status == "diverged":
            painter.fillRect(self.rect(), self._theme.tokens.panel)
            painter.setOpacity(DIVERGED_OPACITY)
        painter.drawImage(self.rect(), self._field)
        if self._contour is None:
            self._contour = self._contour_segments(snapshot)
        # Where the boundary runs, the field has the colour of zero.
        tokens = self._theme.tokens
        pen = QPen(mix(tokens.text, tokens.diverging[2], CONTOUR_SHARE), CONTOUR_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        draw_segments(painter, self._contour)
        painter.setOpacity(1.0)

    def _points_picture(self, snapshot: Snapshot) -> QPixmap:
        side, ratio = self.width(), self.devicePixelRatioF()
        key = (snapshot.data, self._split, snapshot.field_scale, side, ratio)
        if self._points is None or key != self._points_key:
            self._points_key = key
            self._points = draw_points(
                self._theme, snapshot.data, self._split, snapshot.field_scale, side, ratio
            )
        return self._points

    def _contour_segments(self, snapshot: Snapshot) -> np.ndarray:
        """The boundary in the widget's pixels."""
        origin, unit = self.position(0, 0), self.position(1, 1)
        start = np.array([origin.x(), origin.y()] * 2)
        return start + snapshot.contour * (np.array([unit.x(), unit.y()] * 2) - start)

    def _draw_axis_names(self, painter: QPainter, snapshot: Snapshot) -> None:
        first, second = axis_names(snapshot)
        side, ink = self.width(), self._theme.tokens.text2
        if len(first) == len(second) == 2:
            Formula(self._theme, second, 15).draw(painter, ink, QPointF(14, 14))
            Formula(self._theme, first, 15).draw(painter, ink, QPointF(side - 17, side - 14))
            return
        painter.setFont(self._theme.font(11, 500))
        painter.setPen(ink)
        inside = self.rect().toRectF().adjusted(10, 7, -10, -7)
        painter.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, second)
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, first)

    def _draw_cross_hair(self, painter: QPainter, pointer: QPointF) -> None:
        centre = self.position(*self._centre(*self._cell_at(pointer)))
        painter.setPen(QPen(faded(self._theme.tokens.text, 0.4), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, centre.y()), QPointF(self.width(), centre.y()))
        painter.drawLine(QPointF(centre.x(), 0), QPointF(centre.x(), self.height()))

    def _round_corners(self, painter: QPainter) -> None:
        """Cover what lies outside the round corners, and draw the edge."""
        square = self.rect().toRectF()
        outside = QPainterPath()
        outside.addRect(square)
        outside.addRoundedRect(square, RADIUS, RADIUS)
        painter.fillPath(outside, self._theme.tokens.panel)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(self._theme.tokens.text, 0.14), 1))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)


def axis_names(snapshot: Snapshot) -> tuple[str, str]:
    """What the two plotted inputs are called: x₁ and x₂, or the names that real data have."""
    dataset = snapshot.data.dataset
    first, second = (*dataset.input_names, "value")[:2]
    return _axis_name(first), _axis_name(second)


def _axis_name(name: str) -> str:
    return feature_of(name).label if name in FEATURES else name


def value_name(snapshot: Snapshot) -> str:
    """What the output for two classes is: "p", the probability of the second; a "score"; or an
    "output" that is one of them.
    """
    activation = output_activation(snapshot.experiment.loss, "binary")
    return {"linear": "score", "threshold": "output"}.get(activation, "p")
