"""The weights: how they are spread in each layer, and the matrix of one layer in colours."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.combo import Combo
from playground.app.session import Session
from playground.app.theme import Theme, diverging_colour, diverging_table
from playground.app.views.drawer_view import (
    BOTTOM,
    PADDING,
    TOP,
    DrawerView,
    dense_name,
    layer_colour,
    spread,
)
from playground.app.views.histogram import draw_histogram, two_digits
from playground.app.views.network_model import short, structure_of
from playground.app.views.readout import draw_readout
from playground.app.words import tr
from playground.engine.layers import Dense
from playground.engine.program import module_names
from playground.snapshot import Histogram, Snapshot, Weights

FEWEST_WIDTH = 62
GAP = 14
WIDEST, HIGHEST = 64, 28  # of a cell
WORD = 34, 13  # a cell that is smaller holds no number
LIGHT_GROUND = 0.6  # of the scale, from which on a number stands on a strong colour
BAR = 60  # the length of the bar of colours
LABELS = 16  # below and left of the matrix


class WeightsView(DrawerView):
    """Histograms of all layers, of which one is chosen, and its matrix: a row for each neuron."""

    name = "Weights"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self.layer = Combo(theme, tr("Layer"), {"0": dense_name(0, 1)})
        self.layer.changed.connect(self._choose)
        self.histograms = WeightHistograms(theme)
        self.histograms.chosen.connect(self._choose)
        self.matrix = Matrix(theme)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.layer, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.histograms, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, TOP + 2, PADDING, BOTTOM)
        row.setSpacing(2 * GAP)
        row.addLayout(left, 5)
        row.addWidget(self.matrix, 4)

    @property
    def wants(self) -> dict[str, int]:
        return {"weights": self.session.experiment.view.weights_layer}

    def show_settings(self) -> None:
        layers = self.session.experiment.layers
        count = sum(isinstance(layer, Dense) for layer in layers) + 1
        names = {str(place): dense_name(place, count) for place in range(count)}
        chosen = min(self.session.experiment.view.weights_layer, count - 1)
        self.layer.set_choices(names, {})
        self.layer.set_value(str(chosen))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.weights is not None:
            self.histograms.show_layers(snapshot.weights.histograms, snapshot.weights.shown)
            self.matrix.show_weights(snapshot.weights, snapshot)

    def _choose(self, place: str) -> None:
        self.session.edit("view.weights_layer", int(place))


class WeightHistograms(QWidget):
    """The weights of each layer, side by side; a click chooses a layer."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layers: tuple[Histogram, ...] = ()
        self._shown = 0
        self._fewest = theme.scaled(FEWEST_WIDTH)
        self.setAccessibleName(tr("Histograms of the weights"))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * self._fewest, 40)

    def show_layers(self, layers: tuple[Histogram, ...], shown: int) -> None:
        """Show other weights; `shown` is the chosen layer."""
        self._layers, self._shown = layers, shown
        self.update()

    def place_of(self, layer: int) -> QRectF:
        """Where a layer's histogram is; empty when there is no room for it."""
        places = self._places()
        if layer not in places:
            return QRectF()
        wide = (self.width() + GAP) / len(places)
        return QRectF(places.index(layer) * wide, 0, wide - GAP, self.height())

    def _places(self) -> list[int]:
        return spread(len(self._layers), int((self.width() + GAP) / (self._fewest + GAP)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for layer in self._places():
            if self.place_of(layer).contains(event.position()):
                self.chosen.emit(str(layer))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count, scaled = len(self._layers), self._theme.scaled
        for layer in self._places():
            area = self.place_of(layer)
            chosen = layer == self._shown
            painter.setFont(self._theme.font(11, 600 if chosen else 500))
            tokens = self._theme.tokens
            painter.setPen(tokens.text if chosen else tokens.text2)
            painter.drawText(QPointF(area.left(), scaled(10)), dense_name(layer, count))
            if chosen:
                painter.fillRect(QRectF(area.left(), scaled(14), area.width(), 2), tokens.accent)
            colour = layer_colour(self._theme, layer, count)
            bars = area.adjusted(0, scaled(21), 0, 0)
            draw_histogram(painter, self._theme, bars, self._layers[layer], colour)


class Matrix(QWidget):
    """Weights in colours, a row for each neuron and a column for each input; hover reads one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = diverging_table(theme.tokens)
        self._labels = theme.scaled(LABELS)
        self._weights: Weights | None = None
        self._values = np.zeros((0, 0))
        self._inputs: tuple[str, ...] = ()
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Weights of the chosen layer"))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 60)

    def show_weights(self, weights: Weights, snapshot: Snapshot) -> None:
        """Show other weights, which are those of the snapshot."""
        layers = (*snapshot.experiment.layers, Dense())  # the last stands for the output's
        dense = [place for place, layer in enumerate(layers) if isinstance(layer, Dense)]
        column = dense[weights.shown]
        name = module_names(layers)[column]
        structure = structure_of(snapshot.experiment)
        self._weights, self._values = weights, snapshot.parameters[f"{name}.weight"]
        self._inputs = tuple(
            structure.unit_name(column, unit) for unit in range(self._values.shape[1])
        )
        units, inputs = self._values.shape
        self.setAccessibleDescription(
            tr("{units} neurons of {inputs} inputs", units=units, inputs=inputs)
        )
        self.update()

    @property
    def area(self) -> QRectF:
        """Where the matrix is painted."""
        units, inputs = max(self._values.shape[0], 1), max(self._values.shape[1], 1)
        room = self.rect().toRectF().adjusted(self._labels, self._labels, 0, -self._labels)
        wide = min(room.width(), WIDEST * inputs)
        high = min(room.height(), HIGHEST * units)
        return QRectF(room.left(), room.top(), wide, high)

    def reading(self, position: QPointF) -> tuple[str, float] | None:
        """The weight at a position: its name and its value."""
        area = self.area
        if not self._values.size or not area.contains(position):
            return None
        units, inputs = self._values.shape
        unit = min(int((position.y() - area.top()) / area.height() * units), units - 1)
        source = min(int((position.x() - area.left()) / area.width() * inputs), inputs - 1)
        name = tr("{source} to neuron {unit}", source=self._inputs[source], unit=unit + 1)
        return name, float(self._values[unit, source])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._weights is None:
            return
        painter = QPainter(self)
        area, tokens = self.area, self._theme.tokens
        rows, columns = self._weights.picture.shape
        # Rows of an indexed image begin at whole bytes, as long as it is told how long they are.
        image = QImage(
            self._weights.picture.data, columns, rows, columns, QImage.Format.Format_Indexed8
        )
        image.setColorTable(self._table)
        painter.drawImage(area, image)
        painter.setPen(QPen(tokens.line, 1))
        painter.drawRect(area)
        self._draw_numbers(painter, area)
        painter.setFont(self._theme.font(11))
        painter.setPen(tokens.text3)
        above = QRectF(area.left(), 0, self.width() - area.left(), self._labels - 2)
        painter.drawText(above, Qt.AlignmentFlag.AlignVCenter, tr("inputs →"))
        painter.save()
        painter.translate(0, area.top())
        painter.rotate(90)
        left = QRectF(0, 2 - self._labels, self.height() - area.top(), self._labels - 2)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, tr("neurons →"))
        painter.restore()
        self._draw_scale(painter, self._weights.scale)
        found = self.reading(self._pointer) if self._pointer is not None else None
        if found is not None and self._pointer is not None:
            name, value = found
            colour = tokens.negative if value < 0 else tokens.positive
            row = (name, short(value), colour)
            draw_readout(painter, self._theme, [row], self._pointer, self.rect().toRectF())

    def _draw_numbers(self, painter: QPainter, area: QRectF) -> None:
        units, inputs = self._values.shape
        wide, high = area.width() / inputs, area.height() / units
        least_wide, least_high = map(self._theme.scaled, WORD)
        if wide < least_wide or high < least_high:
            return
        tokens = self._theme.tokens
        painter.setFont(self._theme.font(11, 500))
        for unit, source in np.ndindex(units, inputs):
            value = float(self._values[unit, source])
            strong = abs(value) > LIGHT_GROUND * self._weights.scale if self._weights else False
            painter.setPen(tokens.panel if strong else tokens.text)
            cell = QRectF(area.left() + source * wide, area.top() + unit * high, wide, high)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, short(value))

    def _draw_scale(self, painter: QPainter, scale: float) -> None:
        """The colours from the lowest to the highest, below the matrix."""
        area, top = self.area, self.height() - self._labels + 5
        ends = two_digits(-scale), two_digits(scale)
        wide = painter.fontMetrics().horizontalAdvance(ends[0]) + 6
        for part in range(BAR):
            place = QRectF(area.left() + wide + part, top, 1, 6)
            painter.fillRect(place, diverging_colour(self._theme.tokens, 2 * part / (BAR - 1) - 1))
        baseline = top + 3 + self._theme.scaled(5)
        painter.drawText(QPointF(area.left(), baseline), ends[0])
        painter.drawText(QPointF(area.left() + wide + BAR + 6, baseline), ends[1])
