"""The sheet of keys (?), and the log of what was said: overlays that are only read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.app.actions import Action
from playground.app.controls.button import Button, IconButton
from playground.app.controls.text import label, title
from playground.app.overlay import Overlay
from playground.app.theme import Theme
from playground.app.words import tr

SHEET_WIDTH = 940
LOG_WIDTH = 640
LOG_HEIGHT = 420
COLUMNS = 3
CAP = 22
CAP_PADDING = 7
IN_NETWORK = "In the network"
NETWORK_KEYS = (
    ("Other layer or neuron", ("← → ↑ ↓",)),
    ("More or fewer units", ("+", "−")),
    ("Type a number", ("Enter",)),
    ("Add a layer", ("Insert",)),
    ("Remove the layer", ("Delete",)),
)
IN_OUTPUT = "In the output"
OUTPUT_KEYS = (
    ("Zoom", ("+", "−")),
    ("Move", ("Shift", "← → ↑ ↓")),
    ("The whole plane", ("Home",)),
    ("Select a sample", ("← → ↑ ↓",)),
)

Line = tuple[str, Sequence[str]]  # what a key does, and its names


def lines_by_group(actions: Iterable[Action]) -> dict[str, list[Line]]:
    """What can be done by a key, by group; features share a line."""
    groups: dict[str, list[Line]] = {}
    places: list[str] = []
    for action in actions:
        if not action.keys:
            continue
        if action.name.startswith("feature"):
            places += action.key_names
            if len(places) == 1:
                groups.setdefault(action.group, []).append(("Input features", places))
            continue
        groups.setdefault(action.group, []).append((action.label, action.key_names))
    if len(places) > 1:
        places[:] = [f"{places[0]} – {places[-1]}"]
    groups[IN_NETWORK] = list(NETWORK_KEYS)
    groups[IN_OUTPUT] = list(OUTPUT_KEYS)
    return groups


class Cap(QWidget):
    """A key as it looks on a keyboard."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.text = text
        self.setFont(theme.font(11, 600))
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text) + 2 * CAP_PADDING
        cap = self._theme.scaled(CAP)
        return QSize(max(round(width), cap), cap)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.line)
        painter.setBrush(tokens.sunk)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(tokens.text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)


class ShortcutSheet(Overlay):
    """Every key and what it does."""

    def __init__(self, theme: Theme, actions: Iterable[Action], window: QWidget) -> None:
        super().__init__(theme, tr("Keys"), window, SHEET_WIDTH)
        _add_head(self, theme, tr("Keys"))
        columns = QHBoxLayout()
        columns.setSpacing(32)
        stacks = [QVBoxLayout() for _ in range(COLUMNS)]
        heights = [0] * COLUMNS
        for group, lines in lines_by_group(actions).items():
            shortest = heights.index(min(heights))
            heights[shortest] += len(lines) + 2
            stacks[shortest].addLayout(self._group(tr(group), lines))
            stacks[shortest].addSpacing(12)
        for stack in stacks:
            stack.addStretch(1)
            columns.addLayout(stack, 1)
        self.content.addLayout(columns)

    def _group(self, name: str, lines: list[Line]) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(5)
        grid.addWidget(title(self._theme, name), 0, 0)
        for row, (words, keys) in enumerate(lines, 1):
            said = label(self._theme, tr(words))
            caps = QHBoxLayout()
            caps.setSpacing(4)
            caps.addStretch(1)
            for key in map(tr, keys):
                caps.addWidget(Cap(self._theme, key))
            said.setAccessibleName(f"{tr(words)}: {', '.join(map(tr, keys))}")
            grid.addWidget(said, row, 0)
            grid.addLayout(caps, row, 1)
        grid.setColumnStretch(0, 1)
        return grid


class LogSheet(Overlay):
    """What the window said, the newest first."""

    def __init__(
        self, theme: Theme, said: Sequence[tuple[datetime, str, str]], window: QWidget
    ) -> None:
        super().__init__(theme, tr("Log"), window, LOG_WIDTH)
        self._said = said
        _add_head(self, theme, tr("Log"))
        inside = QWidget()
        lines = QGridLayout(inside)
        lines.setContentsMargins(0, 0, 12, 0)
        lines.setVerticalSpacing(8)
        lines.setHorizontalSpacing(12)
        colours = {"error": theme.tokens.error, "warn": theme.tokens.warn}
        for row, (time, kind, sentence) in enumerate(reversed(said)):
            clock = label(theme, f"{time:%H:%M:%S}", colour=theme.tokens.text3)
            words = label(theme, sentence, 13, 400, colours.get(kind, theme.tokens.text))
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            lines.addWidget(clock, row, 0, Qt.AlignmentFlag.AlignTop)
            lines.addWidget(words, row, 1)
        if not said:
            lines.addWidget(label(theme, tr("Nothing went wrong so far."), 13, 400), 0, 0)
        lines.setColumnStretch(1, 1)
        lines.setRowStretch(len(said) + 1, 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: none; }")
        scroll.setWidget(inside)
        self.content.addWidget(scroll, 1)
        copy = Button(theme, tr("Copy"))
        copy.clicked.connect(self._copy)
        self.content.addWidget(copy, 0, Qt.AlignmentFlag.AlignRight)

    def least_height(self) -> int:
        return self._theme.scaled(LOG_HEIGHT)

    def _copy(self) -> None:
        text = "\n".join(f"{time:%H:%M:%S} {sentence}" for time, _, sentence in self._said)
        QApplication.clipboard().setText(text)


def _add_head(overlay: Overlay, theme: Theme, text: str) -> None:
    row = QHBoxLayout()
    words = label(theme, text, 14, 600, theme.tokens.text)
    close = IconButton(theme, "close", tr("Close"))
    close.clicked.connect(overlay.close_)
    row.addWidget(words, 1)
    row.addWidget(close)
    overlay.content.addLayout(row)
