"""Small drawings of functions, for combo boxes."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from playground.app.controls.combo import DrawGlyph

REACH = 3.0  # functions are drawn over -REACH … REACH
POINTS = 49
HEIGHT = 0.6  # of the box


def function_glyph(functions: Mapping[str, Callable[[float], float]]) -> DrawGlyph:
    """A glyph for each key: the curve of its function, as tall for every one."""

    def draw(painter: QPainter, box: QRectF, key: str, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(_curve(functions[key], box))

    return draw


def _curve(function: Callable[[float], float], box: QRectF) -> QPolygonF:
    inputs = [REACH * (2 * index / (POINTS - 1) - 1) for index in range(POINTS)]
    values = [function(z) for z in inputs]
    low, high = min(values), max(values)
    tall = HEIGHT * box.height()
    bottom = box.center().y() + tall / 2
    return QPolygonF(
        [
            QPointF(
                box.left() + box.width() * index / (POINTS - 1),
                bottom - tall * (value - low) / (high - low),
            )
            for index, value in enumerate(values)
        ]
    )
