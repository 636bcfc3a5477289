"""The split bar: three shares of the samples, with two handles between them."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from playground.app.controls.focus import FocusRing
from playground.app.controls.text import label
from playground.app.theme import Theme, faded
from playground.app.words import tr
from playground.experiment import Split

ROW = 18
BAR = 24
TOP = 24  # of the bar, below the row with label and percentages
HANDLE = QSize(5, 28)
HIT = 26
RADIUS = 6
DRAG_STEP = 5  # percent; the keys go by 1
LEAST_TRAIN = 5


class Handle(QSlider):
    """Where one share ends and the next begins, in percent."""

    dragged = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.ring = FocusRing(theme, self, 3, ((HIT - HANDLE.width()) // 2, 1, 11, 1))
        self.setRange(0, 100)
        self.setPageStep(10)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setFixedSize(HIT, HANDLE.height() + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.dragged.emit(self.mapToParent(event.position().toPoint()).x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(0, 0, HANDLE.width(), HANDLE.height())
        rect.moveCenter(self.rect().toRectF().center())
        painter.setPen(QPen(faded(tokens.ctl, 0.75), 1))
        painter.setBrush(tokens.on_accent)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)


class SplitBar(QWidget):
    """The shares for training, validation and test. `changed` tells a `Split`."""

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._value = Split()
        self._ends = (0, 0)  # of training and of validation, in percent
        self._counts = (0, 0, 0)
        self.label = label(theme, tr("Split"), parent=self)
        self.percent = label(theme, "", 12, 600, theme.tokens.text, self)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.handles = (
            Handle(theme, tr("End of the training share"), self),
            Handle(theme, tr("End of the validation share"), self),
        )
        for index, handle in enumerate(self.handles):
            handle.valueChanged.connect(lambda value, index=index: self._offer(index, value))
            handle.dragged.connect(lambda x, index=index: self._drag(index, x))
        self._top = theme.scaled(TOP)
        self.setFixedHeight(self._top + BAR + 3)
        self.set_value(self._value)

    @property
    def value(self) -> Split:
        """The shares shown."""
        return self._value

    def set_value(self, split: Split) -> None:
        """Show other shares."""
        self._value = split
        self._ends = round(100 * split.train), round(100 * (split.train + split.validation))
        self._refresh()

    def set_counts(self, counts: tuple[int, int, int]) -> None:
        """Say how many samples each share has."""
        self._counts = counts
        words = tr("Training {:,}, validation {:,}, test {:,}")
        self.setToolTip(words.format(*counts))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        left, row = self._theme.scaled(60), self._theme.scaled(ROW)
        self.label.setGeometry(0, 0, left, row)
        self.percent.setGeometry(left, 0, self.width() - left, row)
        self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0, self._top, self.width(), BAR)
        painter.setBrush(tokens.line)
        painter.drawRoundedRect(bar, RADIUS, RADIUS)
        train = QRectF(0, self._top, self._x(self._ends[0]), BAR)
        painter.setBrush(tokens.accent_tint)
        painter.drawRoundedRect(train, RADIUS, RADIUS)
        if self._ends[0] < 100:
            painter.drawRect(train.adjusted(min(RADIUS, train.width()), 0, 0, 0))
        painter.setFont(self._theme.font(11, 600))
        places = (0, *map(self._x, self._ends), self.width())
        for index, count in enumerate(self._counts):
            left, right = places[index], places[index + 1]
            ink = tokens.text2 if index else tokens.accent
            part = QRectF(left, self._top, right - left, BAR)
            self._draw_count(painter, part, index, count, ink)

    def _draw_count(
        self, painter: QPainter, part: QRectF, index: int, count: int, ink: QColor
    ) -> None:
        metrics = QFontMetricsF(painter.font())
        gap = HANDLE.width() + 2
        shorter = (
            (tr("Train {count:,}", count=count), f"{count:,}") if index == 0 else (f"{count:,}",)
        )
        for text in shorter:
            if metrics.horizontalAdvance(text) + gap <= part.width():
                painter.setPen(ink)
                if index == 0 and part.width() > self._theme.scaled(90):
                    painter.drawText(
                        part.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text
                    )
                else:
                    painter.drawText(part, Qt.AlignmentFlag.AlignCenter, text)
                return

    def _x(self, percent: int) -> float:
        return self.width() * percent / 100

    def _drag(self, index: int, x: int) -> None:
        steps = round(100 * x / max(self.width(), 1) / DRAG_STEP)
        self._offer(index, min(max(steps * DRAG_STEP, 0), 100))

    def _offer(self, index: int, percent: int) -> None:
        first, second = self._ends
        ends = (
            (min(max(percent, LEAST_TRAIN), second), second)
            if index == 0
            else (first, max(percent, first))
        )
        first, second = ends
        moved = ends != self._ends
        self.set_value(Split(first / 100, (second - first) / 100, (100 - second) / 100))
        if moved:
            self.changed.emit(self._value)

    def _refresh(self) -> None:
        first, second = self._ends
        self.percent.setText(f"{first} / {second - first} / {100 - second} %")
        for handle, percent in zip(self.handles, self._ends, strict=True):
            handle.blockSignals(True)
            handle.setValue(percent)
            handle.blockSignals(False)
            x = min(max(round(self._x(percent)), 3), self.width() - 3)
            middle = QPoint(x, self._top + BAR // 2)
            place = QRect(QPoint(0, 0), handle.size())
            place.moveCenter(middle)
            handle.move(place.topLeft())
        # Where both lie at the right end, only the first can go anywhere.
        self.handles[0 if first == second == 100 else 1].raise_()
        self.update()
