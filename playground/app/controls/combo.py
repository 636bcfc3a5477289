"""The combo box: one of many choices, each with a word and perhaps a small drawn glyph."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from playground.app.controls.focus import FocusRing
from playground.app.theme import Theme, mix
from playground.app.words import tr

HEIGHT = 28
RADIUS = 8
PADDING = 10
GLYPH = 19
ROW = 28
MOST_ROWS = 14

DrawGlyph = Callable[[QPainter, QRectF, str, QColor], None]  # into a box, for a key, in a colour

POPUP = """
QListView {{ background: {panel}; border: 1px solid {line}; border-radius: 8px; padding: 4px;
             outline: 0; }}
"""


class Combo(QComboBox):
    """One of several choices, given as key → word; `hints` are tooltips of the list, by key."""

    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Mapping[str, str],
        hints: Mapping[str, str] | None = None,
        glyph: DrawGlyph | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.draw_glyph = glyph
        self.ring = FocusRing(theme, self, RADIUS)
        self.setAccessibleName(name)
        self.setFont(theme.font(12, 500))
        self.setFixedHeight(theme.scaled(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMaxVisibleItems(MOST_ROWS)
        # A list below the box, not one laid over it as Fusion has it.
        self.setStyleSheet("QComboBox { combobox-popup: 0; }")
        self._make_popup()
        self._value = next(iter(choices))
        self.set_choices(choices, hints or {})
        self.activated.connect(self._choose)

    @property
    def value(self) -> str:
        """The key of the chosen one."""
        return self._value

    @property
    def choices(self) -> dict[str, str]:
        """What can be chosen now, key → word."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)  # as Qt makes it
        able = (index for index in range(self.count()) if model.item(index).isEnabled())
        return {self.itemData(index): self.itemText(index) for index in able}

    def set_value(self, key: str) -> None:
        """Show another choice."""
        self._value = key
        self.setCurrentIndex(self.findData(key))

    def set_choices(self, choices: Mapping[str, str], hints: Mapping[str, str]) -> None:
        """Offer others."""
        choices = {key: tr(word) for key, word in choices.items()}
        offered = {self.itemData(index): self.itemText(index) for index in range(self.count())}
        if choices != offered:
            self.clear()
            for key, word in choices.items():
                self.addItem(word, key)
                self.setItemData(
                    self.count() - 1, tr(hints.get(key, "")), Qt.ItemDataRole.ToolTipRole
                )
            metrics = QFontMetrics(self.theme.font(12, 600))
            widest = max(map(metrics.horizontalAdvance, choices.values()))
            extra = 2 * PADDING + 28 + (GLYPH + 8 if self.draw_glyph else 0)
            self.view().setMinimumWidth(widest + extra + 10)
            self.setCurrentIndex(self.findData(self._value))

    def bar(self, reasons: Mapping[str, str], hints: Mapping[str, str]) -> None:
        """Let some not be chosen, and say why in place of their hints."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)  # as Qt makes it
        for index in range(self.count()):
            key = self.itemData(index)
            model.item(index).setEnabled(key not in reasons)
            model.item(index).setToolTip(reasons.get(key) or tr(hints.get(key, "")))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.scaled(64), self.minimumHeight())

    def sizeHint(self) -> QSize:
        return QSize(self.theme.scaled(120), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.ring.visible:
            self.showPopup()
        else:
            event.ignore()  # the keys stay the window's own

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()  # QComboBox would keep it from the window, which has a menu

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        lit = self.isEnabled() and self.underMouse()
        painter.setBrush(mix(tokens.sunk, tokens.text, 0.04 if lit else 0))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        ink = tokens.text if self.isEnabled() else tokens.ctl
        body = self.rect().toRectF().adjusted(PADDING, 0, -PADDING - 18, 0)
        draw_choice(painter, self, body, self._value, self.currentText(), ink)
        chevron = QRectF(self.width() - PADDING - 12, (self.height() - 14) / 2, 14, 14)
        self.theme.draw_icon(painter, "chevron-down", tokens.text2, chevron)

    def _make_popup(self) -> None:
        view = QListView(self)
        view.setItemDelegate(_Row(self))
        view.setMouseTracking(True)
        tokens = self.theme.tokens
        view.setStyleSheet(POPUP.format(panel=tokens.panel.name(), line=tokens.line.name()))
        self.setView(view)
        popup = view.window()
        popup.setWindowFlags(
            Qt.WindowType.Popup
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.NoDropShadowWindowHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def _choose(self, index: int) -> None:
        key = self.itemData(index)
        if key != self._value:
            self._value = key
            self.changed.emit(key)


def draw_choice(
    painter: QPainter, combo: Combo, body: QRectF, key: str, word: str, ink: QColor
) -> None:
    """Paint glyph and word of one choice; the word alone where both have too little room."""
    font = combo.theme.font(12, 500)
    needed = GLYPH + 8 + QFontMetrics(font).horizontalAdvance(word)
    if combo.draw_glyph is not None and needed <= body.width():
        box = QRectF(body.left(), body.center().y() - GLYPH / 2, GLYPH, GLYPH)
        combo.draw_glyph(painter, box, key, combo.theme.tokens.text2)
        body = body.adjusted(GLYPH + 8, 0, 0, 0)
    painter.setPen(ink)
    painter.setFont(font)
    text = painter.fontMetrics().elidedText(
        word, Qt.TextElideMode.ElideRight, int(body.width()) + 1
    )
    painter.drawText(body, Qt.AlignmentFlag.AlignVCenter, text)


class _Row(QStyledItemDelegate):
    """A row of the list that drops down."""

    def __init__(self, combo: Combo) -> None:
        super().__init__(combo)
        self._combo = combo

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._combo.theme.scaled(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens = self._combo.theme.tokens
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setBrush(tokens.sunk)
            painter.drawRoundedRect(rect, 6, 6)
        key = index.data(Qt.ItemDataRole.UserRole)
        body = rect.adjusted(8, 0, -26, 0)
        enabled = index.flags() & Qt.ItemFlag.ItemIsEnabled
        ink = tokens.text if enabled else tokens.ctl
        draw_choice(painter, self._combo, body, key, index.data(), ink)
        if key == self._combo.value:
            check = QRectF(rect.right() - 22, rect.center().y() - 7, 14, 14)
            self._combo.theme.draw_icon(painter, "check", tokens.accent, check)
        painter.restore()
