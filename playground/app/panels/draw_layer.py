"""The sheet that is laid over the plot while points are drawn, and takes the mouse and the keys."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from playground.app.controls.button import Button
from playground.app.panels.drawing import Drawing
from playground.app.session import Session
from playground.app.theme import Theme, diverging_colour, faded
from playground.app.views.field_plot import FieldPlot
from playground.app.views.points import RADIUS, has_shapes, shape
from playground.app.words import tr

HALF = 7.0  # half the side of a mark's picture
REACH = 9.0  # pixels from the pointer to what it grabs
SPRAY = 20.0  # pixels from the pointer to the outermost sprayed point
ERASER = 14.0
SPRAYED = 2  # at once
EVERY_MS = 50
STEP = 1 / 48  # of an axis, that the arrow keys go
SHADES = 32  # steps of colour for values, on either side of zero
ICON = 20
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class DrawLayer(QWidget):
    """Covers the plot while the drawing is on; shows all points, and what the tool would do.

    The left button draws the chosen class or value, the right one the other. From the keyboard:
    arrows, with Shift in small steps; Enter draws, Delete erases, a digit chooses the class, Escape
    ends.
    """

    def __init__(
        self,
        theme: Theme,
        session: Session,
        drawing: Drawing,
        plot: FieldPlot,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(plot)
        self._theme, self._session = theme, session
        self._drawing, self._plot = drawing, plot
        self._rng = rng
        self._pointer: QPointF | None = None
        self._button = Qt.MouseButton.NoButton
        self._held: int | None = None  # the point that is moved
        self._picture = QPixmap()
        self._picture_key: tuple[object, ...] = ()
        self._repeat = QTimer(self, interval=EVERY_MS)
        self._repeat.timeout.connect(self._draw_on)
        self.start_from = Button(theme, "", "pencil", parent=self)
        self.start_from.clicked.connect(drawing.take_offered)
        self.setAccessibleName(tr("Sheet to draw points on"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        plot.installEventFilter(self)
        drawing.changed.connect(self._refresh)
        self.hide()
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _refresh(self) -> None:
        """Show the drawing as it is now."""
        on = self._drawing.on
        self._plot.show_samples(not on)
        offered = self._drawing.offered
        if on and self.isHidden():
            self._cover()
            self.show()
            self.raise_()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not on:
            self._end()
            self.hide()
        empty = on and not len(self._drawing.points)
        if offered:
            self.start_from.set_face(tr("Start from {data}", data=offered), "pencil")
            self.start_from.resize(self.start_from.sizeHint())
        self.start_from.setVisible(empty and bool(offered))
        self._cover()
        self.update()

    def _cover(self) -> None:
        self.setGeometry(self._plot.rect())
        button = self.start_from
        button.move((self.width() - button.width()) // 2, self.height() // 2 + 34)

    # Places

    def _axes(self) -> tuple[QPointF, QPointF]:
        """Where the origin lies, and how far from it one unit goes; zero without a plot."""
        origin = self._plot.position(0, 0)
        return origin, self._plot.position(1, 1) - origin

    def _place(self, position: QPointF) -> tuple[float, float]:
        """The place of the axes at a position on the sheet."""
        origin, unit = self._axes()
        return (position.x() - origin.x()) / unit.x(), (position.y() - origin.y()) / unit.y()

    def _positions(self) -> np.ndarray:
        """Where the points lie on the sheet: (n, 2)."""
        origin, unit = self._axes()
        x, _ = self._drawing.points.arrays()
        return x * (unit.x(), unit.y()) + (origin.x(), origin.y())

    def _distances(self, position: QPointF) -> np.ndarray:
        """From a position to each point, in pixels."""
        return np.hypot(*(self._positions() - (position.x(), position.y())).T)

    def _nearest(self, position: QPointF) -> int | None:
        distances = self._distances(position)
        within = len(distances) and distances.min() <= REACH
        return int(distances.argmin()) if within else None

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if event.button() not in buttons or self._axes()[1].isNull():
            return
        self._pointer, self._button = event.position(), event.button()
        self._drawing.begin_stroke()
        if self._drawing.tool == "move":
            self._held = self._nearest(self._pointer)
        elif self._drawing.tool == "point":
            self._drawing.add([self._place(self._pointer)], self._target())
        else:
            self._draw_on()
            self._repeat.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._held is not None:
            inside = self.rect().adjusted(1, 1, -1, -1)
            x = min(max(self._pointer.x(), inside.left()), inside.right())
            y = min(max(self._pointer.y(), inside.top()), inside.bottom())
            self._drawing.move(self._held, self._place(QPointF(x, y)))
        elif self._repeat.isActive() and self._drawing.tool == "erase":
            self._draw_on()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def _end(self) -> None:
        self._held = None
        self._button = Qt.MouseButton.NoButton
        self._repeat.stop()

    def _target(self) -> float:
        right = self._button == Qt.MouseButton.RightButton
        return self._drawing.other if right else self._drawing.target

    def _draw_on(self) -> None:
        """Spray or erase at the pointer, again and again while the button is held."""
        if self._pointer is None:
            return
        if self._drawing.tool == "erase":
            self._drawing.erase(np.flatnonzero(self._distances(self._pointer) <= ERASER).tolist())
            return
        radius = SPRAY * np.sqrt(self._rng.random(SPRAYED))
        angle = self._rng.uniform(0, 2 * np.pi, SPRAYED)
        across = self._pointer.x() + radius * np.cos(angle)
        down = self._pointer.y() + radius * np.sin(angle)
        positions = map(QPointF, across.tolist(), down.tolist())
        inside = [each for each in positions if self.rect().toRectF().contains(each)]
        if inside:
            self._drawing.add(map(self._place, inside), self._target())

    # The keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        digit = event.key() - Qt.Key.Key_1
        if key in ARROWS:
            self._step(ARROWS[key], STEP / (4 if event.modifiers() else 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._draw_at_cursor()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._drawing.begin_stroke()
            nearest = None if self._pointer is None else self._nearest(self._pointer)
            self._drawing.erase([] if nearest is None else [nearest])
        elif 0 <= digit < self._drawing.points.classes and not event.modifiers():
            self._drawing.choose(digit)
        elif key == Qt.Key.Key_Escape:
            self._drawing.finish()
        else:
            super().keyPressEvent(event)

    def _step(self, direction: tuple[int, int], share: float) -> None:
        if self._pointer is None:
            self._pointer = self.rect().toRectF().center()
        x = self._pointer.x() + direction[0] * share * self.width()
        y = self._pointer.y() + direction[1] * share * self.height()
        self._pointer = QPointF(min(max(x, 0), self.width()), min(max(y, 0), self.height()))
        self.update()

    def _draw_at_cursor(self) -> None:
        if self._pointer is None or self._axes()[1].isNull():
            self._pointer = self._pointer or self.rect().toRectF().center()
            self.update()
            return
        self._drawing.begin_stroke()
        if self._drawing.tool in ("point", "spray"):
            self._drawing.add([self._place(self._pointer)], self._drawing.target)
        elif self._drawing.tool == "erase":
            self._draw_on()
        elif self._held is not None:
            self._drawing.move(self._held, self._place(self._pointer))
            self._held = None
        else:
            self._held = self._nearest(self._pointer)
        self.update()

    # Painting

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._axes()[1].isNull():
            return
        if not len(self._drawing.points):
            self._draw_invitation(painter)
        painter.drawPixmap(0, 0, self._points_picture())
        if self._pointer is not None:
            self._draw_tool(painter, self._pointer)

    def _draw_invitation(self, painter: QPainter) -> None:
        tokens, centre = self._theme.tokens, self.rect().toRectF().center()
        icon = QRectF(0, 0, ICON, ICON)
        icon.moveCenter(centre - QPointF(0, 26))
        self._theme.draw_icon(painter, "pencil", tokens.text, icon)
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font(12, 500))
        words = tr(
            "Click to place {first}, right-click for {second}",
            first=self._drawing.name_of(self._drawing.target),
            second=self._drawing.name_of(self._drawing.other),
        )
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        needed = painter.boundingRect(self.rect().adjusted(8, 0, -8, 0), wrapped, words)
        middle = round(centre.y() - 8) + self._theme.scaled(22) // 2
        needed.moveTop(middle - needed.height() // 2)
        painter.drawText(needed, wrapped, words)

    def _points_picture(self) -> QPixmap:
        """All points, drawn once and laid over many fields."""
        points, ratio = self._drawing.points, self.devicePixelRatioF()
        origin, unit = self._axes()
        shapes = has_shapes(self._session.experiment.view, points.classes)
        key = (points, shapes, origin.toTuple(), unit.toTuple(), self.size().toTuple(), ratio)
        if key != self._picture_key:
            self._picture_key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            dots: dict[float, QPixmap] = {}
            largest = max(map(abs, points.targets), default=0.0) or 1.0
            shade: Callable[[float], float] = (
                float if points.classes else lambda value: round(SHADES * value / largest) / SHADES
            )
            half = QPointF(HALF, HALF)
            for place, target in zip(self._positions().tolist(), points.targets, strict=True):
                colour = shade(target)
                if colour not in dots:
                    dots[colour] = self._dot(colour, shapes, ratio)
                painter.drawPixmap(QPointF(*place) - half, dots[colour])
            painter.end()
        return self._picture

    def _colour(self, shade: float) -> QColor:
        classes = self._drawing.points.classes
        if classes:
            return self._theme.class_colour(int(shade), classes)
        return diverging_colour(self._theme.tokens, shade)

    def _dot(self, shade: float, shapes: bool, ratio: float) -> QPixmap:
        side = 2 * HALF
        dot = QPixmap(round(2 * side * ratio), round(2 * side * ratio))
        dot.setDevicePixelRatio(2 * ratio)
        dot.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, centre = self._theme.tokens, QPointF(side / 2, side / 2)
        outline = tokens.panel if self._drawing.points.classes else faded(tokens.text, 0.4)
        painter.setPen(QPen(outline, 1))
        painter.setBrush(self._colour(shade))
        polygon = shape(int(shade), centre) if shapes else None
        if polygon is None:
            painter.drawEllipse(centre, RADIUS, RADIUS)
        else:
            painter.drawPolygon(polygon)
        painter.end()
        return dot

    def _draw_tool(self, painter: QPainter, at: QPointF) -> None:
        """What the tool would do: the reach of brush and eraser, the point that would be placed."""
        tool, ink = self._drawing.tool, self._theme.tokens.text
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(ink, 0.7), 1))
        if tool in ("spray", "erase"):
            reach = SPRAY if tool == "spray" else ERASER
            painter.drawEllipse(at, reach, reach)
        if tool == "move":
            grabbed = self._held if self._held is not None else self._nearest(at)
            if grabbed is not None:
                painter.setPen(QPen(ink, 1.5))
                painter.drawEllipse(QPointF(*self._positions()[grabbed]), 7, 7)
            return
        if tool != "erase":
            target = self._target()
            largest = max(map(abs, (target, *self._drawing.points.targets)))
            shade = target if self._drawing.points.classes else target / (largest or 1.0)
            painter.setPen(QPen(self._colour(shade), 1.5))
            painter.drawEllipse(at, RADIUS + 1.5, RADIUS + 1.5)
