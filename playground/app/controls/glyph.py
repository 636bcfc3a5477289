"""Small drawings of functions, for combo boxes."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from playground.app.controls.combo import DrawGlyph
from playground.engine.schedules import Plateau, Schedule

REACH = 3.0  # functions are drawn over -REACH … REACH
POINTS = 49
HEIGHT = 0.6  # of the box
EPOCHS = 300  # of a schedule that tells no number of its own
SHORTER = 0.1  # of those, for one that waits for the loss
STEPS = 10.0  # of an epoch


def function_glyph(functions: Mapping[str, Callable[[float], float]]) -> DrawGlyph:
    """A glyph for each key: the curve of its function, as tall for every one."""

    def draw(painter: QPainter, box: QRectF, key: str, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(_curve(functions[key], box))

    return draw


def schedule_glyph(schedules: Mapping[str, Schedule]) -> DrawGlyph:
    """A glyph for each key: how the rate changes, over as many epochs as tell."""

    def rate(schedule: Schedule) -> Callable[[float], float]:
        epochs = getattr(schedule, "epochs", EPOCHS)

        def at(z: float) -> float:
            epoch = epochs * (z + REACH) / (2 * REACH)
            if isinstance(schedule, Plateau):  # as if the loss never fell
                return schedule.reduction ** (epoch * SHORTER // (schedule.patience + 1))
            steps = epoch * STEPS
            return schedule.factor(epoch, steps, STEPS, *schedule.parameters())

        return at

    return function_glyph({name: rate(schedule) for name, schedule in schedules.items()})


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
                bottom - tall * ((value - low) / (high - low) if high > low else 0.5),
            )
            for index, value in enumerate(values)
        ]
    )
