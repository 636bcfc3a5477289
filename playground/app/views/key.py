"""What the colours of a field mean: a bar between the ends of the map, or a dot per class."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.controls.text import MINUS, number_text
from playground.app.theme import Theme, diverging_colour
from playground.app.views.points import has_shapes, shape
from playground.app.views.sample_rows import value_name
from playground.app.words import tr
from playground.experiment import View
from playground.snapshot import Snapshot

BAR = 8
HEIGHT = 28
MARKS_GAP = 3  # below the bar
DOT = 8
DOT_GAP = 5  # from a dot to its name
CLASS_GAP, LEAST_CLASS_GAP = 16, 6  # between classes
MIDDLES = {"p": "p = 0.5", "score": "score = 0", "output": "z = 0"}  # where two classes meet


def is_enlarged(snapshot: Snapshot) -> bool:
    """Whether a unit is shown in place of the output: the network diagram has the pointer on it."""
    outputs = len(snapshot.unit_pictures) - 1
    several = len(snapshot.data.dataset.input_names) > 1
    return several and snapshot.unit is not None and snapshot.unit[0] < outputs


class ColourKey(QWidget):
    """The key of a field: classes by name, or the scale of values."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._class_names: tuple[str, ...] = ()
        self._marks = ("", "", "")
        self._steps = self._shapes = False
        text = QFontMetricsF(theme.font(12, 500)).height()
        self.setFixedHeight(
            max(theme.scaled(HEIGHT), round(BAR + MARKS_GAP + text))
        )  # a projector's is larger
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def show_snapshot(self, snapshot: Snapshot, view: View) -> None:
        """Show what the colours of the field mean in a picture of training."""
        names = snapshot.data.dataset.class_names
        if is_enlarged(snapshot):
            self.show_scale(snapshot.unit_scale)
        elif names:
            value = value_name(snapshot)
            steps = value == "output" or view.discretize
            shapes = has_shapes(view, len(names))
            self.show_classes(names, tr(MIDDLES[value]), steps, shapes)
        else:
            self.show_scale(snapshot.field_scale)

    def show_classes(
        self, names: tuple[str, ...], middle: str, steps: bool = False, shapes: bool = False
    ) -> None:
        """Show class names; of two, a bar between them with `middle` where neither is likelier.

        The bar has two colours only where the output `steps` from one class to the other. With
        `shapes` each class is marked as its samples are.
        """
        if (steps, shapes) != (self._steps, self._shapes):
            self._steps, self._shapes = steps, shapes
            self.update()
        marks = (names[0], middle, names[1]) if len(names) == 2 else ("", "", "")
        self._show(names, marks)

    def show_scale(self, scale: float) -> None:
        """Show values from -scale to +scale."""
        self._steps = False
        end = number_text(float(f"{scale:.3g}"))
        self._show((), (f"{MINUS}{end}", "0", f"+{end}"))

    def _show(self, class_names: tuple[str, ...], marks: tuple[str, str, str]) -> None:
        if (class_names, marks) != (self._class_names, self._marks):
            self._class_names, self._marks = class_names, marks
            self.setAccessibleName(tr("Colours: {names}", names=", ".join(class_names or marks)))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(12, 500))
        if len(self._class_names) > 2:
            self._draw_classes(painter)
        elif self._marks[1]:
            self._draw_bar(painter)
            self._draw_marks(painter)

    def _draw_bar(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        gradient = QLinearGradient(0, 0, self.width(), 0)
        share = self._theme.tokens.field_share
        stops = ((0.0, -share), (0.5, 0.0), (1.0, share))
        if self._steps:
            stops = ((0.4999, -share), (0.5, share))
        for place, value in stops:
            gradient.setColorAt(place, diverging_colour(tokens, value))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(0, 0, self.width(), BAR), BAR / 2, BAR / 2)

    def _draw_marks(self, painter: QPainter) -> None:
        left, middle, right = self._marks
        top = BAR + MARKS_GAP
        line = QRectF(0, top, self.width(), self.height() - top)
        centre = line.center().y()
        indent = DOT + DOT_GAP if self._class_names else 0
        painter.setPen(self._theme.tokens.text2)
        side = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line.adjusted(indent, 0, 0, 0), side | Qt.AlignmentFlag.AlignLeft, left)
        painter.drawText(line.adjusted(0, 0, -indent, 0), side | Qt.AlignmentFlag.AlignRight, right)
        advance = QFontMetricsF(painter.font()).horizontalAdvance
        ends = 2 * (indent + max(advance(left), advance(right)) + LEAST_CLASS_GAP)
        if ends + advance(middle) <= self.width():
            painter.setFont(self._theme.font(12))
            painter.drawText(line, side | Qt.AlignmentFlag.AlignHCenter, middle)
        if self._class_names:
            first, second = (self._theme.class_colour(index, 2) for index in (0, 1))
            self._draw_dot(painter, DOT / 2, centre, first, 0)
            self._draw_dot(painter, self.width() - DOT / 2, centre, second, 1)

    def _draw_classes(self, painter: QPainter) -> None:
        """A dot and a name for each class, in two rows where one has too little room."""
        if self._room_for(self._class_names) <= self.width():
            self._draw_row(painter, 0, self._class_names, self.rect().toRectF())
            return
        first = (len(self._class_names) + 1) // 2
        upper = QRectF(0, 0, self.width(), self.height() / 2)
        self._draw_row(painter, 0, self._class_names[:first], upper)
        lower = upper.translated(0, upper.height())
        self._draw_row(painter, first, self._class_names[first:], lower)

    def _room_for(self, names: tuple[str, ...]) -> float:
        """The width that these need in a row."""
        advance = QFontMetricsF(self._theme.font(12, 500)).horizontalAdvance
        gaps = (len(names) - 1) * LEAST_CLASS_GAP
        return sum(map(advance, names)) + len(names) * (DOT + DOT_GAP) + gaps

    def _draw_row(self, painter: QPainter, first: int, names: tuple[str, ...], row: QRectF) -> None:
        """Some of the classes, the names cut where there is too little room even so."""
        metrics, gaps = QFontMetricsF(painter.font()), max(len(names) - 1, 1)
        spare = row.width() - 1 - self._room_for(names)
        gap = min(LEAST_CLASS_GAP + max(spare / gaps, 0), CLASS_GAP)
        most = (row.width() - gaps * gap) / len(names) - DOT - DOT_GAP
        left, middle = row.left(), row.center().y()
        for index, name in enumerate(names, first):
            width = metrics.horizontalAdvance(name)
            width = width if spare >= 0 else min(width, most)
            colour = self._theme.class_colour(index, len(self._class_names))
            self._draw_dot(painter, left + DOT / 2, middle, colour, index)
            painter.setPen(self._theme.tokens.text2)
            painter.drawText(
                QRectF(left + DOT + DOT_GAP, row.top(), width + 1, row.height()),
                Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(name, Qt.TextElideMode.ElideRight, width + 1),
            )
            left += DOT + DOT_GAP + width + gap

    def _draw_dot(self, painter: QPainter, x: float, y: float, colour: QColor, index: int) -> None:
        """Mark a class as its samples are marked."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        corners = shape(index, QPointF(x, y), DOT / 2) if self._shapes else None
        if corners is None:
            painter.drawEllipse(QPointF(x, y), DOT / 2, DOT / 2)
        else:
            painter.drawPolygon(corners)
