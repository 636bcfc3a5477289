"""The runs: those that were left, and the present one; one can go back to each."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.app.controls.button import IconButton
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer_view import BOTTOM, PADDING, DrawerView, draw_empty
from playground.app.views.run_rows import COLUMNS, CURVE, RunRow, present_row, run_row
from playground.app.views.strokes import dashed, draw_segments, joined, thinned
from playground.app.words import tr
from playground.snapshot import Run, Snapshot

ROW = 28
ACTIONS = 60  # the width of the buttons
SWATCH = 14
MARGIN = 14  # of a cell, beside its words
LEAST = {0: 54, CURVE: 40}  # widths of columns that hold a line
GIVEN_UP = (  # with less room than so much
    (600, tuple(map(COLUMNS.index, ("Data", "Train loss")))),
    (420, tuple(map(COLUMNS.index, ("Network", "Optimizer", "State")))),
)
DASHES = ((6.0, 3.0), (2.0, 2.0), (10.0, 3.0), (3.0, 3.0))  # dash and gap
LINE = 1.4
STYLE = """
QTableWidget {{ background: {panel}; border: none; color: {text}; selection-color: {text};
                selection-background-color: {accent_tint}; outline: 0; }}
QTableWidget::item {{ padding: 0 6px 0 0; border: none; }}
QHeaderView::section {{ background: {panel}; color: {text3}; border: none; padding: 0 6px 0 0; }}
QHeaderView {{ background: {panel}; border: none; }}
"""


class RunsView(DrawerView):
    """A table with a row for each run, the present one first. Enter goes back, Delete forgets."""

    name = "Runs"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, session)
        self._runs: tuple[Run, ...] | None = None
        self.table = RunTable(theme)
        self.table.returned.connect(session.return_to)
        self.table.forgotten.connect(session.forget_run)
        self._empty = Empty(theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 4, PADDING, BOTTOM - 4)
        column.addWidget(self._pages)

    @property
    def badge(self) -> str:
        snapshot = self.session.snapshot
        return str(len(snapshot.runs)) if snapshot is not None and snapshot.runs else ""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._pages.setCurrentIndex(1 if snapshot.runs else 0)
        if not snapshot.runs:
            self._runs = None
            return
        present = present_row(snapshot, self.session.state)
        if snapshot.runs != self._runs:
            self._runs = snapshot.runs
            self.table.show_runs([present, *map(run_row, reversed(snapshot.runs))])
        else:
            self.table.renew(present)


class Empty(QWidget):
    """What is shown as long as no run was left."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(tr("Finished runs appear here"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        within = self.rect().toRectF()
        draw_empty(painter, self._theme, within, "reset", tr("Finished runs appear here"))


class RunTable(QTableWidget):
    """`returned` and `forgotten` tell the number of a run that was left."""

    returned = Signal(int)
    forgotten = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(COLUMNS) + 1)
        self._theme = theme
        self.rows: list[RunRow] = []
        names = {
            each: getattr(theme.tokens, each).name()
            for each in ("panel", "text", "text3", "accent_tint")
        }
        self.setStyleSheet(STYLE.format(**names))
        self.setFont(theme.font(12, 500))
        self.setAccessibleName(tr("Runs"))
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setItemDelegate(RunCells(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW))
        self.verticalHeader().setMinimumSectionSize(theme.scaled(ROW))
        header = self.horizontalHeader()
        header.setFont(theme.font(11, 500))
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        header.setFixedHeight(theme.scaled(24))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalHeaderLabels([*(tr(name) for name in COLUMNS), ""])
        self.cellDoubleClicked.connect(self._return_to_row)
        self._needs: list[float] = []
        self._measure_anew()

    def show_runs(self, rows: list[RunRow]) -> None:
        """Show other rows; the first is the present run."""
        self.rows = rows
        self._measure_anew()
        self.setRowCount(0)
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            for column in range(len(COLUMNS)):
                self.setItem(place, column, QTableWidgetItem())
            self._fill(place)
            if row.number:
                self.setCellWidget(place, len(COLUMNS), self._buttons(row.number))
        self._arrange()

    def renew(self, present: RunRow) -> None:
        """Show the present run as it is now."""
        self.rows[0] = present
        if self._fill(0):
            self._arrange()
        self.viewport().update(self.visualRect(self.model().index(0, CURVE)))

    def _fill(self, place: int) -> bool:
        """Put a row's words in; whether any of them needs more room than there was need for."""
        grown = False
        for column, word in enumerate(self.rows[place].words):
            item = self.item(place, column)
            if item is not None and item.text() != word:
                item.setText(word)
                item.setToolTip(word)
                need = self.fontMetrics().horizontalAdvance(word) + MARGIN
                grown = grown or need > self._needs[column]
                self._needs[column] = max(self._needs[column], need)
        return grown

    def _measure_anew(self) -> None:
        """The least that columns need is that of their heads."""
        least = [self._theme.scaled(LEAST.get(column, 0)) for column in range(len(COLUMNS))]
        head = self.horizontalHeader().fontMetrics().horizontalAdvance
        names = zip(least, COLUMNS, strict=True)
        self._needs = [max(wide, head(tr(name)) + MARGIN) for wide, name in names]

    def _buttons(self, number: int) -> QWidget:
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        back = IconButton(self._theme, "reset", tr("Go back to run {number}", number=number))
        back.clicked.connect(lambda: self.returned.emit(number))
        forget = IconButton(self._theme, "trash", tr("Forget run {number}", number=number))
        forget.clicked.connect(lambda: self.forgotten.emit(number))
        row.addStretch(1)
        row.addWidget(back)
        row.addWidget(forget)
        return place

    def _return_to_row(self, place: int) -> None:
        if number := self.rows[place].number:
            self.returned.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        number = self.rows[row].number if 0 <= row < len(self.rows) else 0
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and number:
            self.returned.emit(number)
        elif event.key() == Qt.Key.Key_Delete and number:
            self.forgotten.emit(number)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()  # other keys are the window's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        """Share the room out as the columns need it; too little room is for the more important."""
        actions = self._theme.scaled(ACTIONS)
        room = self.viewport().width() - actions
        scaled = self._theme.scaled
        away = [each for least, given in GIVEN_UP if room < scaled(least) for each in given]
        kept = sum(need for column, need in enumerate(self._needs) if column not in away)
        for column, need in enumerate(self._needs):
            self.setColumnHidden(column, column in away)
            self.setColumnWidth(column, int(need * room / kept))
        self.setColumnWidth(len(COLUMNS), actions)


class RunCells(QStyledItemDelegate):
    """Paints a run's own line beside its number, and its losses."""

    def __init__(self, theme: Theme, table: RunTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        row = self._table.rows[index.row()]
        colour, dash = run_look(self._theme, row.number)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        if index.column() == 0:
            line = np.array([[rect.right() - SWATCH - 6, 0, rect.right() - 6, 0]])
            line[:, 1::2] = rect.center().y()
            draw_segments(painter, dashed(line, *dash) if dash else line)
        if index.column() == CURVE:
            curve = sparkline(row.losses, rect.adjusted(0, 6, -8, -6))
            draw_segments(painter, dashed(curve, *dash) if dash and len(curve) else curve)
        painter.restore()


def run_look(theme: Theme, number: int) -> tuple[QColor, tuple[float, float] | None]:
    """The colour and the dash of a run's line; the present one, 0, is solid."""
    colours = theme.tokens.runs
    if not number:
        return theme.tokens.text, None
    others = [colour for colour in colours if colour != theme.tokens.text]
    place = number - 1
    return others[place % len(others)], DASHES[(place // len(others) + place) % len(DASHES)]


def sparkline(losses: np.ndarray, area: QRectF) -> np.ndarray:
    """Segments of the losses over their own range, logarithmic: (n, 4)."""
    usable = np.isfinite(losses) & (losses > 0)
    heights = np.where(usable, np.log(np.where(usable, losses, 1.0)), np.nan)
    if usable.sum() < 2:
        return np.zeros((0, 4))
    low, high = np.nanmin(heights), np.nanmax(heights)
    rows = thinned(heights, most=max(int(area.width()), 8))
    x = area.left() + rows / (len(losses) - 1) * area.width()
    y = area.bottom() - (heights[rows] - low) / ((high - low) or 1.0) * area.height()
    return joined(x, y)
