"""What the colours of a field mean: a bar between the ends of the map, or a dot per class."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.controls.text import MINUS, number_text
from playground.app.theme import Theme, diverging_colour
from playground.app.views.points import has_shapes, shape
from playground.app.views.sample_rows import value_name
from playground.app.words import named, tr
from playground.snapshot import Snapshot
from playground.view import View

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
        self._inset = 0
        text = QFontMetricsF(theme.font(12, 500)).height()
        self.setFixedHeight(
            max(theme.scaled(HEIGHT), round(BAR + MARKS_GAP + text))
        )  # a projector's is larger
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def set_inset(self, inset: int) -> None:
        """Stand below a plot that is narrower on either side; only many names reach beyond it."""
        if inset != self._inset:
            self._inset = inset
            self.update()

    @property
    def _below_plot(self) -> QRectF:
        return self.rect().toRectF().adjusted(self._inset, 0, -self._inset, 0)

    def show_snapshot(self, snapshot: Snapshot, view: View) -> None:
        """Show what the colours of the field mean in a picture of training."""
        names = tuple(map(named, snapshot.data.dataset.class_names))
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
            self.setToolTip(", ".join(class_names))  # there may be no room for all of them
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
        bar = self._below_plot
        bar.setHeight(BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        share = self._theme.tokens.field_share
        stops = ((0.0, -share), (0.5, 0.0), (1.0, share))
        if self._steps:
            stops = ((0.4999, -share), (0.5, share))
        for place, value in stops:
            gradient.setColorAt(place, diverging_colour(tokens, value))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)

    def _draw_marks(self, painter: QPainter) -> None:
        left, middle, right = self._marks
        line = self._below_plot.adjusted(0, BAR + MARKS_GAP, 0, 0)
        centre = line.center().y()
        indent = DOT + DOT_GAP if self._class_names else 0
        painter.setPen(self._theme.tokens.text2)
        side, metrics = Qt.AlignmentFlag.AlignVCenter, QFontMetricsF(painter.font())
        room = line.width() / 2 - indent - LEAST_CLASS_GAP / 2
        left, right = (
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) for name in (left, right)
        )
        within = line.adjusted(indent, 0, -indent, 0)
        painter.drawText(within, side | Qt.AlignmentFlag.AlignLeft, left)
        painter.drawText(within, side | Qt.AlignmentFlag.AlignRight, right)
        advance = metrics.horizontalAdvance
        ends = 2 * (indent + max(advance(left), advance(right)) + LEAST_CLASS_GAP)
        if ends + advance(middle) <= line.width():
            painter.setFont(self._theme.font(12))
            painter.drawText(line, side | Qt.AlignmentFlag.AlignHCenter, middle)
        if self._class_names:
            first, second = (self._theme.class_colour(index, 2) for index in (0, 1))
            self._draw_dot(painter, line.left() + DOT / 2, centre, first, 0)
            self._draw_dot(painter, line.right() - DOT / 2, centre, second, 1)

    def _draw_classes(self, painter: QPainter) -> None:
        """A dot and a name for each class, in two rows where one has too little room."""
        names, area = self._class_names, self._below_plot
        if self._room_for(names) <= area.width():
            self._draw_row(painter, 0, names, area)
            return
        first = (len(names) + 1) // 2
        rows = names[:first], names[first:]
        if max(map(self._room_for, rows)) > area.width():
            area = self.rect().toRectF()
        area.setHeight(area.height() / 2)
        self._draw_row(painter, 0, rows[0], area)
        self._draw_row(painter, first, rows[1], area.translated(0, area.height()))

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
