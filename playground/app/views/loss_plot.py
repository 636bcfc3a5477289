"""The plot of the loss by epoch, on the training and on the validation samples."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
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
from playground.app.views.readout import Row, draw_readout
from playground.app.views.strokes import dashed, draw_segments, joined, thinned
from playground.app.views.ticks import epoch_labels

TOP = 7  # room for half a label above the first line
BOTTOM = 20  # for the epochs
LEFT = 28  # for the values, at least
LABEL_GAP = 7
WIDTH = 1.6
DOT = 4
DASH, GAP = 5.4, 2.8
SPLITS = ("train", "validation")


class LossPlot(QWidget):
    """Curves over horizontal lines; the pointer reads off the epoch nearest to it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        # The last is painted over the first.
        self._colours = {"validation": theme.tokens.accent, "train": theme.tokens.text}
        self._history: dict[str, np.ndarray] = {}
        self._hint = ""
        self._log = True
        self._pointer: QPointF | None = None
        self._axes: Axes | None = None
        self._strokes: dict[str, np.ndarray] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("Loss by epoch")

    def sizeHint(self) -> QSize:
        return QSize(372, 205)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 84)

    @property
    def log(self) -> bool:
        """Whether the axis of the loss is logarithmic."""
        return self._log

    def set_log(self, log: bool) -> None:
        """Make the axis of the loss logarithmic, or linear."""
        self._log = log
        self._arrange()

    def show_history(self, history: dict[str, np.ndarray], hint: str = "") -> None:
        """Draw other curves, or the hint while no epoch is complete; for columns see `Trainer`."""
        self._history = history
        self._hint = hint
        self._arrange()
        if self._axes is not None:
            train, validation = (loss_text(history[f"{split}_loss"][-1]) for split in SPLITS)
            self.setAccessibleDescription(f"Train loss {train}, validation loss {validation}")

    @property
    def axes(self) -> Axes | None:
        """Where values lie on the widget; None while no epoch is complete."""
        return self._axes

    def reading(self, position: QPointF) -> list[Row]:
        """What the read-out says at a position: the nearest epoch and its losses."""
        if self._axes is None:
            return []
        row = self._axes.nearest(self._history["epoch"], position.x())
        rows = [("epoch", f"{int(self._history['epoch'][row]):,}", self._theme.tokens.text)]
        for split in SPLITS:
            losses = self._history[f"{split}_loss"]
            if not np.isnan(losses).all():
                rows.append((split, loss_text(losses[row]), self._colours[split]))
        return rows

    def _arrange(self) -> None:
        """Lay out axes and curves for what is shown now."""
        self._axes = None
        if any(self._history.get("epoch", ())):
            self._axes = self._new_axes()
            self._strokes = {split: self._stroke(self._axes, split) for split in self._colours}
        self.update()

    def _new_axes(self) -> Axes:
        lines = choose_lines(self._history, self._log)
        advance = QFontMetricsF(self._theme.font(11)).horizontalAdvance
        widest = max(advance(number_text(line)) for line in lines)
        left = max(LEFT, math.ceil(widest) + LABEL_GAP)
        area = QRectF(left, TOP, self.width() - left - 1, self.height() - TOP - BOTTOM)
        last = float(self._history["epoch"][-1])
        first = min(float(self._history["epoch"][0]), last - 1)
        return Axes(area, (first, last), lines, self._log)

    def _stroke(self, axes: Axes, split: str) -> np.ndarray:
        """The segments of a curve, with about one point on each pixel at most."""
        y = axes.y(self._history[f"{split}_loss"])
        rows = thinned(y, most=max(round(axes.area.width()), 1))
        line = joined(axes.x(self._history["epoch"][rows]), y[rows])
        return dashed(line, DASH, GAP) if split == "validation" else line

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.tokens.panel)
        if self._axes is None:
            if self._hint:
                self._draw_hint(painter)
            return
        self._draw_lines(painter, self._axes)
        self._draw_epochs(painter, self._axes)
        for split, colour in self._colours.items():
            painter.setPen(curve_pen(colour, split == "validation"))
            draw_segments(painter, self._strokes[split])
            if len(self._history["epoch"]) == 1:
                self._draw_dot(painter, self._axes, split, 0)
        if self._pointer is not None:
            self._draw_pointer(painter, self._axes, self._pointer)

    # Drawing

    def _draw_hint(self, painter: QPainter) -> None:
        centre = self.rect().toRectF().center()
        icon = QRectF(centre.x() - 10, centre.y() - 22, 20, 20)
        self._theme.draw_icon(painter, "play", self._theme.tokens.ctl, icon)
        painter.setPen(self._theme.tokens.text3)
        painter.setFont(self._theme.font(13))
        line = QRectF(0, centre.y() + 6, self.width(), 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._hint)

    def _draw_lines(self, painter: QPainter, axes: Axes) -> None:
        painter.setFont(self._theme.font(11))
        painter.setPen(self._theme.tokens.text3)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left, width = axes.area.left(), axes.area.width()
        above = math.inf
        for line, y in zip(axes.lines, axes.y(np.array(axes.lines)).round(), strict=True):
            painter.fillRect(QRectF(left, y, width, 1), self._theme.tokens.line)
            if above - y >= 12:  # in a low plot labels would touch
                above = y
                label = QRectF(0, y - 7, left - LABEL_GAP, 15)
                painter.drawText(label, side, number_text(line))

    def _draw_epochs(self, painter: QPainter, axes: Axes) -> None:
        advance = QFontMetricsF(painter.font()).horizontalAdvance
        labels = epoch_labels(axes.epochs[1])
        for epoch, x in zip(labels, axes.x(np.array(labels)).tolist(), strict=True):
            half = advance(f"{epoch:,}") / 2
            if axes.area.left() < x - half and x + half < axes.area.right():
                painter.drawText(QPointF(x - half, axes.area.bottom() + 17), f"{epoch:,}")

    def _draw_pointer(self, painter: QPainter, axes: Axes, pointer: QPointF) -> None:
        """Mark the epoch under the pointer and say its losses."""
        tokens, epochs = self._theme.tokens, self._history["epoch"]
        row = axes.nearest(epochs, pointer.x())
        x = float(axes.x(epochs[row]))
        painter.setPen(QPen(faded(tokens.text, 0.25), 1))
        painter.drawLine(QPointF(x, axes.area.top()), QPointF(x, axes.area.bottom()))
        for split in self._colours:
            self._draw_dot(painter, axes, split, row)
        within = self.rect().toRectF()
        draw_readout(painter, self._theme, self.reading(pointer), pointer, within)

    def _draw_dot(self, painter: QPainter, axes: Axes, split: str, row: int) -> None:
        """Mark one epoch of a curve."""
        x = float(axes.x(self._history["epoch"][row]))
        y = float(axes.y(self._history[f"{split}_loss"][row]))
        if math.isfinite(y):
            painter.setPen(QPen(self._theme.tokens.panel, 1.5))
            painter.setBrush(self._colours[split])
            painter.drawEllipse(QPointF(x, y), DOT, DOT)


def curve_pen(colour: QColor, dashes: bool) -> QPen:
    """The pen for the pieces of a curve; where it is solid, their ends reach into the bends."""
    cap = Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.SquareCap
    return QPen(colour, WIDTH, Qt.PenStyle.SolidLine, cap)


def loss_text(loss: float) -> str:
    """A loss with three digits; a dash where there is none."""
    return number_text(float(f"{loss:.3g}")) if math.isfinite(loss) else "–"
