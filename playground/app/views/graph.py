"""Graph: lines over a few horizontal lines, in the look of the window.

pyqtgraph draws it. Loading that takes a while, so that it is done once a graph that has nothing to
draw yet is on the screen, or else the first line has to wait for it. A thread may not do it: PySide
makes its classes when they are looked up first, and two threads that do crash the program.
"""

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from playground.app.controls.text import number_text
from playground.app.theme import Theme, faded
from playground.app.views.axes import Axes, choose_lines
from playground.app.views.graph_marks import (
    DIAMOND,
    DOT,
    Line,
    Mark,
    draw_dot,
    draw_hint,
    draw_mark,
)
from playground.app.views.readout import Row, draw_readout
from playground.app.views.strokes import dashed, joined, thinned
from playground.app.views.ticks import epoch_labels

TOP = 7  # room for half a label above the first line; this and the next scale with the text
BOTTOM = 20  # for the labels of x
LEFT = 28  # for the values, at least
LABEL_GAP = 7
LABEL_HEIGHT = 12
WIDTH = 1.8
FAINT = 0.3
DASH, GAP = 5.4, 2.8
RIGHT = DIAMOND + 1  # so that a mark of the newest x is whole
NEAR = 6  # from the pointer to a mark whose text it reads
MOST_MARKS = 4  # whose text is read at once


class Graph(QWidget):
    """Lines over a common axis, `x_name`; the pointer reads off the x nearest to it."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        x_name: str,
        log: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._x_name = x_name
        self._log = log
        self._lines: tuple[Line, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._hint = ""
        self._pointer: QPointF | None = None
        self._axes: Axes | None = None
        self._plot: Any = None  # pyqtgraph has no types
        self._grid: Any = None
        self._curves: list[Any] = []
        self._laid_out = QRectF()  # for which area
        self._ticks: dict[str, list[tuple[float, str]]] = {}  # by the side of their axis
        self._top, self._bottom, self._left = map(theme.scaled, (TOP, BOTTOM, LEFT))
        self._over = _Over(self, self._draw_over)
        self.setMouseTracking(True)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(372, 205)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 84)

    @property
    def log(self) -> bool:
        """Whether the axis of the values is logarithmic."""
        return self._log

    def set_log(self, log: bool) -> None:
        """Make the axis of the values logarithmic, or linear."""
        if log != self._log:
            self._log = log
            self._arrange()

    def show_lines(self, lines: Sequence[Line], hint: str = "") -> None:
        """Draw other lines, the first over the last; without any point in them, the hint."""
        self._lines = tuple(lines)
        self._hint = hint
        self._arrange()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark other places."""
        self._marks = tuple(marks)
        self._over.update()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is marked."""
        return self._marks

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are drawn."""
        return self._lines

    @property
    def axes(self) -> Axes | None:
        """Where values lie on the widget; None while there is nothing to draw."""
        return self._axes

    def reading(self, position: QPointF) -> list[Row]:
        """What the read-out says at a position: the nearest x and the values there."""
        if self._axes is None:
            return []
        x = self._x_at(self._axes, position)
        rows: dict[str, Row] = {}
        for line in self._lines:
            if not np.isnan(line.y).all():
                y = line.y[np.abs(line.x - x).argmin()]
                rows[line.name] = (line.name, value_text(y), line.colour)
        near = np.array([mark.x for mark in self._marks])
        near = np.flatnonzero(np.abs(self._axes.x(near) - position.x()) <= NEAR)
        marks = [(self._marks[k].text, "", self._marks[k].colour) for k in near[-MOST_MARKS:]]
        here = (self._x_name, number_text(int(x)), self._theme.tokens.text)
        return [here, *rows.values(), *marks]

    # Layout

    def _arrange(self) -> None:
        """Lay out axes and lines for what is shown now."""
        drawn = any(len(line.x) for line in self._lines) and self.width() > self._left + DOT
        self._axes = self._new_axes() if drawn else None
        if self._axes is not None:
            self._plot = self._plot or self._new_plot()
            self._show_axes(self._plot, self._axes)
            self._show_curves(self._plot, self._axes)
        if self._plot is not None:
            self._plot.setVisible(self._axes is not None)
            self._plot.viewport().update()
        self._over.update()

    def _new_axes(self) -> Axes:
        lines = choose_lines((line.y for line in self._lines), self._log)
        advance = QFontMetricsF(self._theme.font(11)).horizontalAdvance
        widest = max(advance(number_text(line)) for line in lines)
        left = max(self._left, math.ceil(widest) + LABEL_GAP)
        height = self.height() - self._top - self._bottom
        area = QRectF(left, self._top, self.width() - left - RIGHT, height)
        last = max(float(line.x[-1]) for line in self._lines if len(line.x))
        first = min(float(line.x[0]) for line in self._lines if len(line.x))
        return Axes(area, (min(first, last - 1), last), lines, self._log)

    def _new_plot(self) -> Any:
        import pyqtgraph

        plot: Any = pyqtgraph.PlotWidget(self, enableMenu=False)
        plot.setBackground(self._theme.tokens.panel)
        # Else it is painted twice: for what lies over it, and later for each change of its own.
        plot.setViewportUpdateMode(plot.ViewportUpdateMode.NoViewportUpdate)
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAccessibleName(self.accessibleName())
        item = plot.plotItem
        item.hideButtons()
        item.layout.setContentsMargins(0, self._top, RIGHT, 0)
        item.vb.disableAutoRange()
        item.vb.setMouseEnabled(False, False)
        item.vb.invertY()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(None)
            axis.setTextPen(self._theme.tokens.text3)
            axis.setTickFont(self._theme.font(11))
            axis.setStyle(
                tickLength=0,
                tickAlpha=0,
                tickTextOffset=LABEL_GAP,
                autoExpandTextSpace=False,
                hideOverlappingLabels=False,
            )
        # The axis's own grid would cut off the labels at its ends.
        self._grid = pyqtgraph.PlotCurveItem(pen=self._theme.tokens.line, connect="pairs")
        self._grid.setZValue(-100)
        plot.addItem(self._grid)
        item.getAxis("bottom").setHeight(self._bottom)
        plot.setGeometry(self.rect())
        self._over.raise_()
        return plot

    def _show_axes(self, plot: Any, axes: Axes) -> None:
        """Axes in pixels: nothing is scaled then, which lines are drawn four times as fast without,
        and the axes themselves only change where their labels do.
        """
        area, item = axes.area, plot.plotItem
        labels: list[tuple[float, str]] = []
        above = -math.inf
        for y, line in zip(axes.y(np.array(axes.lines)).tolist(), axes.lines, strict=True):
            # In a low plot labels would touch.
            free = abs(above - y) >= self._theme.scaled(LABEL_HEIGHT)
            labels.append((y, number_text(line) if free else ""))
            above = y if free else above
        ends = np.tile([area.left(), area.right()], len(labels))
        self._grid.setData(x=ends, y=np.repeat([y for y, _ in labels], 2))
        if area != self._laid_out:
            self._laid_out = area
            item.getAxis("left").setWidth(area.left())
            item.layout.activate()
            across, down = (area.left(), area.right()), (area.top(), area.bottom())
            item.vb.setRange(xRange=across, yRange=down, padding=0, disableAutoRange=True)
        ticks = {"left": labels, "bottom": self._x_labels(axes)}
        for side in ticks:
            if ticks[side] != self._ticks.get(side):
                item.getAxis(side).setTicks([ticks[side]])
        self._ticks = ticks

    def _x_labels(self, axes: Axes) -> list[tuple[float, str]]:
        advance = QFontMetricsF(self._theme.font(11)).horizontalAdvance
        labels, free = [], axes.area.left()
        for x in epoch_labels(axes.span[1]):
            place, half = float(axes.x(np.array(x))), advance(f"{x:,}") / 2
            if free < place - half and place + half < axes.area.right():
                labels.append((place, f"{x:,}"))
                free = place + half + LABEL_GAP
        return labels

    def _show_curves(self, plot: Any, axes: Axes) -> None:
        import pyqtgraph

        while len(self._curves) < len(self._lines):
            curve = pyqtgraph.PlotCurveItem(antialias=True, connect="pairs", skipFiniteCheck=True)
            curve.setSegmentedLineMode("on")
            curve.setZValue(-len(self._curves))
            plot.addItem(curve)
            self._curves.append(curve)
        for index, curve in enumerate(self._curves):
            there = index < len(self._lines)
            curve.setVisible(there)
            if there:
                line = self._lines[index]
                points = _segments(axes, line).reshape(-1, 2)
                colour = faded(line.colour, FAINT) if line.faint else line.colour
                pen = curve_pen(colour, line.dashed)
                curve.setData(x=points[:, 0], y=points[:, 1], pen=pen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        for child in (self._plot, self._over):
            if child is not None:
                child.setGeometry(self.rect())
        self._arrange()

    # The pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._over.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._over.update()

    def _x_at(self, axes: Axes, position: QPointF) -> float:
        x = next(line.x for line in self._lines if len(line.x))
        return float(x[axes.nearest(x, position.x())])

    def _draw_over(self, painter: QPainter) -> None:
        if self._axes is None:
            QTimer.singleShot(0, _load)
            if self._hint:
                draw_hint(painter, self._theme, self._hint, self.rect().toRectF())
            return
        for line in reversed(self._lines):
            if len(line.x) == 1:
                draw_dot(painter, self._theme, self._axes, line, float(line.x[0]))
        for mark in self._marks:
            if self._axes.span[0] <= mark.x <= self._axes.span[1]:
                draw_mark(painter, self._theme, self._axes, mark, self._lines)
        if self._pointer is not None:
            self._draw_pointer(painter, self._axes, self._pointer)

    def _draw_pointer(self, painter: QPainter, axes: Axes, pointer: QPointF) -> None:
        """Mark the x under the pointer and say the values there."""
        x = self._x_at(axes, pointer)
        place = float(axes.x(np.array(x)))
        painter.setPen(QPen(faded(self._theme.tokens.text, 0.25), 1))
        painter.drawLine(QPointF(place, axes.area.top()), QPointF(place, axes.area.bottom()))
        for line in reversed(self._lines):
            if not line.faint and len(line.x):
                draw_dot(painter, self._theme, axes, line, x)
        within = self.rect().toRectF()
        draw_readout(painter, self._theme, self.reading(pointer), pointer, within)


class _Over(QWidget):
    """What lies over the plot, and lets the pointer through."""

    def __init__(self, parent: QWidget, draw: Callable[[QPainter], None]) -> None:
        super().__init__(parent)
        self._draw = draw
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter)


def _load() -> None:
    importlib.import_module("pyqtgraph")


def _segments(axes: Axes, line: Line) -> np.ndarray:
    """A line's pieces in pixels, with about one point on each: x, y, x, y."""
    y = axes.y(line.y)
    rows = thinned(y, most=max(round(axes.area.width()), 1))
    pieces = joined(axes.x(line.x[rows]), y[rows])
    return dashed(pieces, DASH, GAP) if line.dashed else pieces


def curve_pen(colour: QColor, dashes: bool) -> QPen:
    """The pen for the pieces of a line; where it is solid, their ends reach into the bends."""
    cap = Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.SquareCap
    return QPen(colour, WIDTH, Qt.PenStyle.SolidLine, cap)


def value_text(value: float) -> str:
    """A value with three digits; a dash where there is none."""
    return number_text(float(f"{value:.3g}")) if math.isfinite(value) else "–"
