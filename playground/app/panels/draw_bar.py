"""The tools for drawing points, in the head of the plot's card, and a palette over its key."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton, Pressable
from playground.app.controls.combo import Combo
from playground.app.controls.scale import Linear
from playground.app.controls.slider import Slider
from playground.app.panels.draw_layer import DrawLayer
from playground.app.panels.drawing import Drawing
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.boundary import BoundaryView
from playground.app.words import named, tr
from playground.data.points import MOST_CLASSES_DRAWN, NAMES

WORDS = {
    "point": ("point", "Single points"),
    "spray": ("spray", "Spray points"),
    "erase": ("eraser", "Erase"),
    "move": ("move", "Move points"),
}
SIDE = 28
SWATCH = 26
LEAST_SWATCH, BESIDE_NAME = 29, 22  # widths: of a swatch, of all in it but the name
RADIUS = 7
COMBO_WIDTH = 92
BETWEEN = 6  # from what is drawn to the number of classes


def put_drawing_on(theme: Theme, session: Session, drawing: Drawing, card: BoundaryView) -> None:
    """Let points be drawn on a card's plot, with tools in its head and a palette below."""
    DrawLayer(theme, session, drawing, card.plot, np.random.default_rng())
    tools = DrawTools(theme, drawing, card)
    session.experiment_changed.connect(tools.refresh)  # after the card's own, which shows its head
    Palette(theme, drawing, card)


class DrawTools(QWidget):
    """The tools, what clears and what ends the drawing; in place of title and splits of a card."""

    def __init__(self, theme: Theme, drawing: Drawing, card: BoundaryView) -> None:
        super().__init__()
        self._drawing, self._card = drawing, card
        self.tools: dict[str, ToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for tool, (icon, name) in WORDS.items():
            button = ToolButton(theme, icon, tr(name), side=SIDE)
            button.clicked.connect(lambda _=False, tool=tool: drawing.take(tool))
            self.tools[tool] = button
            row.addWidget(button)
        row.addStretch(1)
        self.clear = IconButton(theme, "trash", tr("Clear all points"), side=SIDE)
        self.clear.clicked.connect(drawing.clear)
        self.done = Button(theme, tr("Done"))
        self.done.setFixedHeight(theme.scaled(SIDE))
        self.done.setToolTip(tr("Stop drawing; the points stay  (D)"))
        self.done.clicked.connect(drawing.finish)
        row.addWidget(self.clear)
        row.addWidget(self.done)
        card.add_to_head(self, 1)
        drawing.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the tools while points are drawn, and nothing else."""
        on = self._drawing.on
        self.setVisible(on)
        for hidden in (self._card.title, self._card.splits, self._card.settings):
            hidden.setVisible(not on)
        for tool, button in self.tools.items():
            button.setChecked(tool == self._drawing.tool)
        self.clear.setEnabled(len(self._drawing.points) > 0)


class ToolButton(IconButton):
    """An icon that has a tint while its tool is the one in hand."""

    def __init__(self, theme: Theme, icon: str, name: str, side: int) -> None:
        super().__init__(theme, icon, name, side=side)
        self.setCheckable(True)

    def nextCheckState(self) -> None:
        """A click leaves the choice to the listener."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isChecked():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.tokens.accent_tint)
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
            painter.end()
        super().paintEvent(event)


class Palette(QWidget):
    """Which class is drawn, or which value, and how many classes there are; covers the key."""

    def __init__(self, theme: Theme, drawing: Drawing, card: BoundaryView) -> None:
        body = card.key.parentWidget()
        assert body is not None  # the key stands in the card
        super().__init__(body)
        self._body = body
        self._theme, self._drawing, self._key = theme, drawing, card.key
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self.swatches = [Swatch(theme, drawing, index) for index in range(MOST_CLASSES_DRAWN)]
        for swatch in self.swatches:
            row.addWidget(swatch)
        self.value = Slider(theme, tr("Value"), Linear(-1, 1, 0.05), label_width=44)
        self.value.changed.connect(drawing.choose)
        row.addWidget(self.value, 1)
        row.addSpacing(BETWEEN)
        row.addStretch(0)
        counts = {"0": tr("Values")} | {
            str(count): tr("{count} classes", count=count)
            for count in range(2, MOST_CLASSES_DRAWN + 1)
        }
        self.classes = Combo(theme, tr("Number of classes"), counts)
        self.classes.setFixedWidth(theme.scaled(COMBO_WIDTH))
        self.classes.changed.connect(self._set_classes)
        row.addWidget(self.classes)
        card.key.installEventFilter(self)
        drawing.changed.connect(self._refresh)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._cover()
        return False

    def _cover(self) -> None:
        """Take the key's place, and what is beside it: the plot may be narrow."""
        width = self._body.width()
        self.setGeometry(0, self._key.y(), width, self._key.height())
        names = tuple(map(named, self._drawing.points.class_names))
        for swatch, name, word in zip(self.swatches, names, self._words(names), strict=False):
            swatch.show_name(name, word)

    def _words(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """What tells the classes apart: their names, how these begin, or else their numbers."""
        room = self.width() - self.classes.width() - len(names)
        for words in (names, beginnings(self._drawing.points.class_names)):
            if sum(map(self.swatches[0].width_for, words)) <= room:
                return words
        return tuple(str(number + 1) for number in range(len(names)))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.panel)

    def _set_classes(self, count: str) -> None:
        self._drawing.set_classes(int(count))

    def _refresh(self) -> None:
        drawing = self._drawing
        on, points = drawing.on, drawing.points
        self.setVisible(on)
        if not on:
            return
        self._cover()
        self.raise_()
        for index, swatch in enumerate(self.swatches):
            swatch.setVisible(index < points.classes)
            swatch.setChecked(index == self._drawing.target)
        self.value.setVisible(not points.classes)
        if not points.classes:
            largest = max(map(abs, (1.0, self._drawing.target, *points.targets)))
            self.value.set_scale(Linear(-largest, largest, largest / 20))
            self.value.set_value(self._drawing.target)
        self.classes.set_value(str(points.classes))


def beginnings(names: tuple[str, ...]) -> tuple[str, ...]:
    """The least of each name that no other begins with; of those not chosen, the letter."""
    found = []
    for name in names:
        others = [each for each in names if each != name]
        ends = range(1, len(name) + 1)
        least = (name[:end] for end in ends if not any(o.startswith(name[:end]) for o in others))
        found.append(name[-1:] if name in NAMES else next(least, name))
    return tuple(found)


class Swatch(Pressable):
    """One class to draw: its colour and a word for it."""

    def __init__(self, theme: Theme, drawing: Drawing, index: int) -> None:
        super().__init__(theme, "", RADIUS)
        self._drawing, self._index = drawing, index
        self.word = ""
        self.setCheckable(True)
        self.setFixedHeight(theme.scaled(SWATCH))
        self.clicked.connect(lambda: drawing.choose(index))

    def width_for(self, word: str) -> int:
        """How wide it is with a word."""
        width = QFontMetricsF(self.theme.font(12, 600)).horizontalAdvance(word)
        return max(self.theme.scaled(LEAST_SWATCH), round(width) + BESIDE_NAME)

    def show_name(self, name: str, word: str) -> None:
        """Show a word for the class, and tell what it is called."""
        self.word = word
        self.setFixedWidth(self.width_for(word))
        self.setAccessibleName(tr("Draw {name}", name=name))
        self.setToolTip(tr("Draw {name}  (key {key})", name=name, key=self._index + 1))
        self.update()

    def nextCheckState(self) -> None:
        """A click leaves the choice to the listener."""

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.rect().toRectF().adjusted(1, 1, -1, -1)
        if self.isChecked():
            painter.setPen(QPen(tokens.accent, 1.5))
            painter.setBrush(tokens.accent_tint)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.sunk)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.class_colour(self._index, self._drawing.points.classes))
        painter.drawEllipse(QPointF(9, self.height() / 2), 4.2, 4.2)
        painter.setPen(tokens.text)
        painter.setFont(self.theme.font(12, 600 if self.isChecked() else 500))
        letter = QRectF(16, 0, self.width() - 18, self.height())
        painter.drawText(letter, Qt.AlignmentFlag.AlignVCenter, self.word)
