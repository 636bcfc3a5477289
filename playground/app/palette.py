"""The command palette: everything the user can do, found by a few letters (Ctrl+K)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from playground.app.controls.text import label, set_colour
from playground.app.fuzzy import score
from playground.app.overlay import Overlay
from playground.app.theme import Theme
from playground.app.words import tr

WIDTH = 560
ROW = 34
ROWS = 10
FIELD = 36
INSET = 12
OF_GROUP = 4.0  # points off where letters are found in the name of the group only
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -9, Qt.Key.Key_PageDown: 9}

COMMAND = Qt.ItemDataRole.UserRole
LIST = "QListView {{ background: transparent; border: none; outline: 0; }}"
FIELD_STYLE = """
QLineEdit {{ background: {sunk}; border: none; border-radius: 8px; padding: 0 12px; }}
"""


@dataclass(frozen=True)
class Command:
    """A line of the palette: what it says, on its right a group and keys, and what it does."""

    words: str
    group: str
    act: Callable[[], object]
    keys: str = ""


def found(commands: Iterable[Command], typed: str) -> list[Command]:
    """Those that answer what was typed, the best first; in their order where nothing was."""
    if not typed.strip():
        return list(commands)
    hits = []
    for command in commands:
        points = score(typed, command.words)
        if points is None:
            points = score(typed, f"{command.words} {command.group}")
            points = None if points is None else points - OF_GROUP
        if points is not None:
            hits.append((points, command))
    return [each for _, each in sorted(hits, key=lambda hit: -hit[0])]


class CommandPalette(Overlay):
    """Type to find, arrows to choose, Enter to do; Escape closes it."""

    def __init__(self, theme: Theme, commands: Iterable[Command], window: QWidget) -> None:
        super().__init__(theme, tr("Commands"), window, WIDTH)
        self._commands = list(commands)
        tokens = theme.tokens
        self.field = QLineEdit()
        self.field.setFont(theme.font(14))
        self.field.setFixedHeight(theme.scaled(FIELD))
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.setAccessibleName(tr("Find a command"))
        self.field.setStyleSheet(FIELD_STYLE.format(sunk=tokens.sunk.name()))
        set_colour(self.field, tokens.text)
        self.list = QListView()
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet(LIST.format())
        self.list.setItemDelegate(_Line(theme, self.list))
        self.list.setMouseTracking(True)
        self._model = QStandardItemModel(self.list)
        self.list.setModel(self._model)
        self.content.setSpacing(8)
        self.content.addWidget(self.field)
        self.content.addWidget(self.list, 1)
        self.nothing = label(theme, tr("Nothing is called so"), 13, 400, tokens.text3)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.content.addWidget(self.nothing, 1)
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._take)
        self._find("")

    def open(self) -> None:
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def least_height(self) -> int:
        return 2 * 16 + 8 + self._theme.scaled(FIELD) + ROWS * self._theme.scaled(ROW)

    @property
    def shown(self) -> list[str]:
        """What the lines say, from the top."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.field
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            key = Qt.Key(event.key())
            if key in ENTER:
                self._take(self.list.currentIndex())
                return True
            if key in MOVES:
                self._move(MOVES[key])
                return True
        return super().eventFilter(watched, event)

    def _find(self, typed: str) -> None:
        self._model.clear()
        for command in found(self._commands, typed):
            item = QStandardItem(command.words)
            item.setEditable(False)
            item.setData(command, COMMAND)
            self._model.appendRow(item)
        self.list.setCurrentIndex(self._model.index(0, 0))
        nothing = self._model.rowCount() == 0
        self.nothing.setVisible(nothing)
        self.list.setHidden(nothing)
        self.setAccessibleDescription(self.nothing.text() if nothing else "")

    def _move(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = self.list.currentIndex().row() + by
            row = row % rows if abs(by) == 1 else min(max(row, 0), rows - 1)
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _take(self, index: QModelIndex) -> None:
        command = index.data(COMMAND)
        if command is not None:
            self.close_()
            command.act()


class _Line(QStyledItemDelegate):
    """Draws a command: its words, its group, and its keys on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._theme.scaled(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens, theme = self._theme.tokens, self._theme
        command: Command = index.data(COMMAND)
        area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue]
        state = option.state  # pyright: ignore[reportAttributeAccessIssue]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(tokens.accent_tint)
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 8, 8)
        body = area.adjusted(INSET, 0, -INSET, 0)
        painter.setFont(theme.font(12, 500))
        painter.setPen(tokens.text3 if not command.keys else tokens.text2)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(body, right, command.keys or command.group)
        used = painter.fontMetrics().horizontalAdvance(command.keys or command.group) + INSET
        painter.setFont(theme.font(13, 600 if chosen else 500))
        painter.setPen(tokens.text)
        room = body.adjusted(0, 0, -used, 0)
        words = painter.fontMetrics().elidedText(
            command.words, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
