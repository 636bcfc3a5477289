"""The first rows of a table, with what each column holds and which role it has."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.app.controls.focus import FocusRing
from playground.app.panels.csv_draft import ROLES, Draft, barred
from playground.app.theme import Theme
from playground.app.words import tr
from playground.data.csv_file import Column

WORDS = {"input": "Input", "class": "Class", "value": "Value", "ignore": "Ignore"}
KINDS = {
    "number": "numbers",
    "text": "words",
    "date": "dates",
    "constant": "all the same",
    "empty": "empty",
}
ROLE, KIND = 0, 1  # rows above those of the file
ROW = 26
ROLE_ROW = 34
NARROWEST, WIDEST = 86, 190
Index = QModelIndex | QPersistentModelIndex

STYLE = """
QTableView {{ background: {panel}; border: 1px solid {line}; border-radius: 8px;
              gridline-color: {line}; outline: 0; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{ background: {sunk}; color: {text}; border: 0; padding: 4px 8px;
                        border-right: 1px solid {line}; }}
QTableCornerButton::section {{ background: {sunk}; border: 0; }}
"""


class TableModel(QAbstractTableModel):
    """A draft as a table: a row of roles, one of kinds, and the first rows of the file."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.draft: Draft | None = None

    def show(self, draft: Draft | None) -> None:
        """Show another draft."""
        same = self.draft and draft and draft.preview is self.draft.preview
        if same:
            self.draft = draft
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.draft = draft
        self.endResetModel()

    def column(self, place: int) -> Column:
        """One of the columns of the file."""
        assert self.draft is not None
        return self.draft.preview.columns.columns[place]

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.draft.preview.columns.head) + 2 if self.draft else 0

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.draft.preview.columns.columns) if self.draft else 0

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return self.column(section).name
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        draft = self.draft
        if draft is None:
            return None
        column = self.column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(draft, index.row(), index.column(), column)
        if role == Qt.ItemDataRole.ForegroundRole:
            ignored = draft.role(column.name) == "ignore" or index.row() == KIND
            return self._theme.tokens.text3 if ignored else self._theme.tokens.text
        if role == Qt.ItemDataRole.TextAlignmentRole and index.row() > KIND:
            right = column.kind == "number"
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, draft: Draft, row: int, place: int, column: Column) -> str:
        if row == ROLE:
            return tr(WORDS[draft.role(column.name)])
        if row == KIND:
            kind = tr(KINDS[column.kind])
            lacking = tr("{count:,} missing", count=column.missing) if column.missing else ""
            return f"{kind}, {lacking}" if lacking else kind
        cells = draft.preview.columns.head[row - 2]
        return cells[place] if place < len(cells) else ""


class TablePreview(QTableView):
    """Shows a draft; a click on a column's role, or Enter in the column, offers others."""

    role_chosen = Signal(str, str)  # of a column by its name

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.table = TableModel(theme, self)
        self.setModel(self.table)
        self.setItemDelegateForRow(ROLE, _RoleCell(theme, self))
        self.setAccessibleName(tr("Preview of the table"))
        self.setFont(theme.font(12))
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW))
        header = self.horizontalHeader()
        header.setFont(theme.font(12, 600))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        tokens = theme.tokens
        self.setStyleSheet(
            STYLE.format(
                panel=tokens.panel.name(),
                line=tokens.line.name(),
                sunk=tokens.sunk.name(),
                text=tokens.text.name(),
            )
        )
        FocusRing(theme, self, 8)
        self.clicked.connect(self._click)

    def show_draft(self, draft: Draft | None) -> None:
        """Show another draft, or nothing."""
        before = self.table.draft
        self.table.show(draft)
        if draft is not None and (before is None or before.preview is not draft.preview):
            scaled = self._theme.scaled
            self.setRowHeight(ROLE, scaled(ROLE_ROW))
            self.resizeColumnsToContents()
            for place in range(self.table.columnCount()):
                wish = max(self.columnWidth(place) + 8, scaled(NARROWEST))
                width = min(wish, scaled(WIDEST))
                self.setColumnWidth(place, width)
            self.setCurrentIndex(self.table.index(ROLE, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2):
            self.offer_roles(self.currentIndex().column())
        else:
            super().keyPressEvent(event)

    def _click(self, index: QModelIndex) -> None:
        if index.row() == ROLE:
            self.offer_roles(index.column())

    def offer_roles(self, place: int) -> None:
        """Open the menu with the roles a column may have."""
        if self.table.draft is None or place < 0:
            return
        column = self.table.column(place)
        reasons = dict(barred(column))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for role in ROLES:
            action = menu.addAction(tr(WORDS[role]))
            action.setEnabled(role not in reasons)
            action.setToolTip(tr(reasons.get(role, WORDS[role])))
            action.triggered.connect(
                lambda _=False, role=role: self.role_chosen.emit(column.name, role)
            )
        cell = self.visualRect(self.table.index(ROLE, place))
        menu.popup(self.viewport().mapToGlobal(cell.bottomLeft()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.HoverMove:
            self.viewport().update()
        return super().viewportEvent(event)


class _RoleCell(QStyledItemDelegate):
    """A role as a button that opens a menu."""

    def __init__(self, theme: Theme, view: TablePreview) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRectF(option.rect).adjusted(4, 4, -4, -4)  # type: ignore[attr-defined]
        draft = self._view.table.draft
        if draft is None:
            return
        fill, ink = self._colours(draft.role(self._view.table.column(index.column()).name))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, 7, 7)
        painter.setPen(ink)
        painter.setFont(self._theme.font(12, 600))
        painter.drawText(rect.adjusted(9, 0, -20, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
        chevron = QRectF(rect.right() - 20, rect.center().y() - 6, 12, 12)
        self._theme.draw_icon(painter, "chevron-down", ink, chevron)
        painter.restore()

    def _colours(self, role: str) -> tuple[QColor, QColor]:
        tokens = self._theme.tokens
        if role == "ignore":
            return tokens.sunk, tokens.text2
        if role == "input":
            return tokens.accent_tint, tokens.accent
        return tokens.accent_fill, tokens.on_accent
