"""How large the gradients are, layer by layer, and which units pass none on."""

from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from playground.app.controls.chip import HEIGHT, Chip
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer_view import (
    BOTTOM,
    PADDING,
    TOP,
    DrawerView,
    dense_name,
    layer_colour,
    spread,
    unit_names,
)
from playground.app.views.graph import Graph
from playground.app.views.graph_marks import Line
from playground.app.views.histogram import draw_histogram
from playground.app.words import tr
from playground.snapshot import Diagnosis, LayerHealth, Snapshot

NAMES_WIDTH = 74  # of the layers' names beside their lines
NAME_HEIGHT = 15
DOT = 4
FEWEST_WIDTH = 62  # of a histogram
GAP = 14
LABELS = 16  # the height of the limits below a histogram
WARNINGS = MappingProxyType(
    {"vanishing": "Gradients vanish in {layers}", "exploding": "Gradients explode in {layers}"}
)


class GradientsView(DrawerView):
    """The RMS of each layer's gradients over time, their histograms, and what is wrong."""

    name = "Gradients"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self.graph = Graph(theme, tr("Gradient RMS per layer"), tr("epoch"), log=True)
        self.names = LineNames(theme, self.graph)
        self.graph.show_lines((), tr("Press Run or Space"))
        self.histograms = Histograms(theme)
        self.warning = Chip(theme, kind="warn", icon="alert")
        self.units = Remark(theme)
        self.warning.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        self.caption = label(theme, tr("Gradient RMS per layer"))
        self.caption.setToolTip(tr("Steps are measured only while this is open: it takes time"))
        head.addWidget(self.caption)
        head.addWidget(self.warning)
        head.addWidget(self.units, 1)
        head.addStrut(theme.scaled(HEIGHT))
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.graph, 5)
        body.addWidget(self.names)
        body.addSpacing(GAP)
        body.addWidget(self.histograms, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, TOP, PADDING, BOTTOM)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(body, 1)

    @property
    def wants(self) -> MappingProxyType[str, bool]:
        return MappingProxyType({"diagnosis": True})

    def show_snapshot(self, snapshot: Snapshot) -> None:
        found = snapshot.diagnosis
        if found is None:
            return
        count = len(found.layers)
        lines = [
            Line(
                dense_name(place, count),
                found.epochs,
                found.rms[:, place],
                layer_colour(self.theme, place, count),
            )
            for place in range(count)
        ]
        measured = len(found.epochs) > 0
        self._say_since(found.since)
        hint = tr("Measured while it trains") if snapshot.step else tr("Press Run or Space")
        self.graph.show_lines(lines if measured else (), hint)
        self.names.show_lines(lines if measured else [])
        self.histograms.show_layers(found.layers)
        self.units.show_text("  ·  ".join(blocked_units(found)))
        self._warn(found)

    def _say_since(self, since: float) -> None:
        """Where the lines begin: before, nobody looked."""
        words = tr("Gradient RMS per layer")
        if since >= 1:
            words = tr("Gradient RMS per layer, measured from epoch {epoch:,}", epoch=int(since))
        self.caption.setText(words)

    def _warn(self, found: Diagnosis) -> None:
        text = warning(found)
        if text:
            self.warning.set_state(text, "warn", "alert")
        self.warning.setVisible(bool(text))
        self.warning.setToolTip(text and tr(EXPLANATIONS[_worst(found)[0]]))


EXPLANATIONS = MappingProxyType(
    {
        "vanishing": "Their RMS is less than a hundredth of the output layer's: the layer hardly "
        "learns. Try ReLU, fewer layers, a norm, or another initializer.",
        "exploding": "Their RMS is more than ten times that of the layer's weights. Try smaller "
        "first weights, normalised data, or a limit to the gradients.",
    }
)


def warning(found: Diagnosis) -> str:
    """Which layers' gradients vanish or explode, in a sentence; empty when none do."""
    flow, places = _worst(found)
    if not places:
        return ""
    names = [dense_name(place, len(found.layers)) for place in places]
    if len(names) > 2 and places == list(range(places[0], places[-1] + 1)):
        names = [tr("{first} to {last}", first=names[0], last=names[-1])]
    return tr(WARNINGS[flow], layers=", ".join(names))


def _worst(found: Diagnosis) -> tuple[str, list[int]]:
    """What there is to warn of, and the places of the layers; what explodes comes first."""
    for flow in ("exploding", "vanishing"):
        places = [place for place, layer in enumerate(found.layers) if layer.flow == flow]
        if places:
            return flow, places
    return "", []


def blocked_units(found: Diagnosis) -> list[str]:
    """ "Dense 1: neurons 3, 7 are dead" and the like."""
    sentences = []
    for place, layer in enumerate(found.layers):
        name = dense_name(place, len(found.layers))
        for units, one, more in (
            (layer.dead, "{layer}: {units} is dead", "{layer}: {units} are dead"),
            (layer.saturated, "{layer}: {units} is saturated", "{layer}: {units} are saturated"),
        ):
            if units:
                text = one if len(units) == 1 else more
                sentences.append(tr(text, layer=name, units=unit_names(units)))
    return sentences


class Remark(QWidget):
    """A line of text that is cut where there is no room; the whole of it in the tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(12, 500))
        painter.setPen(self._theme.tokens.warn)
        mode = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self.text, mode, self.width())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), side, text)


class LineNames(QWidget):
    """The names of a graph's lines, each as near to the end of its line as there is room."""

    def __init__(self, theme: Theme, graph: Graph) -> None:
        super().__init__()
        self._theme = theme
        self._graph = graph
        self._lines: list[Line] = []
        self.setFixedWidth(theme.scaled(NAMES_WIDTH))

    def show_lines(self, lines: list[Line]) -> None:
        """Name other lines, or the same as they are now."""
        self._lines = lines
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        axes = self._graph.axes
        if axes is None or not self._lines:
            return
        high = self._theme.scaled(NAME_HEIGHT)
        most = max(int(self.height() / high), 1)
        lines = [self._lines[place] for place in spread(len(self._lines), most)]
        ends = np.array([_last(line.y) for line in lines])
        ends = np.nan_to_num(axes.y(ends), nan=axes.area.bottom())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(11, 500))
        for line, y in zip(lines, apart(ends, high, self.height()).tolist(), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(line.colour)
            painter.drawEllipse(QPointF(8 + DOT, y), DOT, DOT)
            painter.setPen(self._theme.tokens.text2)
            painter.drawText(QPointF(8 + 3 * DOT, y + self._theme.scaled(4)), line.name)


def apart(places: np.ndarray, distance: float, height: float) -> np.ndarray:
    """Places from 0 to `height` that are at least `distance` apart, near the given ones."""
    order = np.argsort(places, kind="stable")
    steps = distance * np.arange(len(places))
    room = max(height - distance, steps[-1])
    # From the top each as low as the one before asks, then from the bottom each as high.
    down = np.maximum.accumulate(np.clip(places[order], distance / 2, None) - steps) + steps
    last = distance / 2 + room - steps[::-1]
    found = np.empty(len(places))
    found[order] = np.minimum(down, last)
    return found


def _last(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else np.nan


class Histograms(QWidget):
    """The newest gradients of each layer, side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layers: tuple[LayerHealth, ...] = ()
        self._fewest = theme.scaled(FEWEST_WIDTH)
        self.setMinimumWidth(2 * self._fewest)
        self.setAccessibleName(tr("Histograms of the newest gradients"))

    def show_layers(self, layers: tuple[LayerHealth, ...]) -> None:
        """Show other gradients; nothing while all are zero, as before the first step."""
        self._layers = layers if any(layer.gradients.high for layer in layers) else ()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * self._fewest, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count, scaled = len(self._layers), self._theme.scaled
        places = spread(count, int((self.width() + GAP) / (self._fewest + GAP)))
        wide = (self.width() + GAP) / max(len(places), 1)
        for column, place in enumerate(places):
            area = QRectF(column * wide, 0, wide - GAP, self.height())
            colour = layer_colour(self._theme, place, count)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(area.left() + DOT, scaled(8)), DOT, DOT)
            painter.setFont(self._theme.font(11, 500))
            painter.setPen(self._theme.tokens.text2)
            painter.drawText(QPointF(area.left() + 4 * DOT, scaled(12)), dense_name(place, count))
            bars = area.adjusted(0, scaled(20), 0, 0)
            draw_histogram(painter, self._theme, bars, self._layers[place].gradients, colour)
