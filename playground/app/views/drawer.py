"""The drawer: views that look closer at training, one tab at a time; each can be a window."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton, Pressable
from playground.app.controls.card import RADIUS, SHADOW, draw_panel
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.confusion import ConfusionView
from playground.app.views.drawer_gradients import GradientsView
from playground.app.views.drawer_landscape import LandscapeView
from playground.app.views.drawer_runs import RunsView
from playground.app.views.drawer_view import DrawerView
from playground.app.views.drawer_weights import WeightsView
from playground.app.words import tr
from playground.snapshot import Snapshot

TAB_ROW = 39
OPEN = 200  # without the shadow
PADDING, END = 16, 10
TAB_GAP = 24
NARROW = 560  # a drawer that has short titles, nearer to each other and without badges
NARROW_GAP = 6
BADGE = 18
BADGE_GAP = 6
BAR = 2  # of what is being computed
WINDOW_SIZE = QSize(760, 320)
VIEWS: Mapping[str, type[DrawerView]] = {
    "gradients": GradientsView,
    "landscape": LandscapeView,
    "confusion": ConfusionView,
    "weights": WeightsView,
    "runs": RunsView,
}


class Tab(Pressable):
    """A word, and perhaps a badge, over a line, which is drawn where its view is shown."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent=parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self._badge, self._word = "", 0
        self.show_text(text)

    def show_text(self, text: str, badge: str = "") -> None:
        """Change the word and the badge."""
        if (text, badge) == (self.text(), self._badge):
            return
        self.setText(text)
        self._badge = badge
        self.setAccessibleName(f"{text} {badge}".strip())
        self._word = word_width(self.theme, text)
        beside = BADGE_GAP + self._badge_width() if badge else 0
        self.setFixedSize(self._word + beside, self.theme.scaled(TAB_ROW))
        self.update()

    @property
    def badge(self) -> str:
        """What stands beside the word."""
        return self._badge

    def _badge_width(self) -> int:
        width = QFontMetricsF(self.theme.font(11, 600)).horizontalAdvance(self._badge)
        return max(self.theme.scaled(BADGE), round(width) + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        chosen = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.font(12, 600 if chosen else 500))
        painter.setPen(tokens.text if chosen or self.underMouse() else tokens.text2)
        word = QRectF(0, 0, self._word, self.height())
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, self.text())
        if self._badge:
            high = self.theme.scaled(BADGE)
            pill = QRectF(0, (self.height() - high) / 2, self._badge_width(), high)
            pill.moveRight(self.width())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.sunk)
            painter.drawRoundedRect(pill, high / 2, high / 2)
            painter.setPen(tokens.text2)
            painter.setFont(self.theme.font(11, 600))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self._badge)
        if chosen:
            painter.fillRect(0, self.height() - 2, self.width(), 2, tokens.accent)


def word_width(theme: Theme, text: str) -> int:
    """How wide the word of a tab is."""
    return round(QFontMetricsF(theme.font(12, 600)).horizontalAdvance(text)) + 2


class Drawer(QWidget):
    """The tab row, which stays, over the chosen view. Which one, and whether it is open, is part
    of the experiment's view. What no one sees is not asked of the worker.
    """

    opened = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self.closed_height = theme.scaled(TAB_ROW) + 2 * SHADOW
        self.open_height = theme.scaled(OPEN) + 2 * SHADOW
        self._folded = False
        self._windows: dict[str, ViewWindow] = {}
        self.views = {key: view(theme, session) for key, view in VIEWS.items()}
        self.tabs = {key: Tab(theme, view.title) for key, view in self.views.items()}
        self.pop_out = IconButton(theme, "pop-out", tr("Open as a window"))
        self.toggle = IconButton(theme, "chevron-down", tr("Open or close the drawer (Ctrl+J)"))
        self._pages = QStackedWidget()
        self._places: dict[str, Place] = {}
        self._lay_out()
        self.pop_out.clicked.connect(self._pop_out)
        self.toggle.clicked.connect(self.switch)
        session.experiment_changed.connect(self._show)
        session.explorer.changed.connect(self.update)
        session.snapshot_changed.connect(self._show_snapshot)
        self._show()

    @property
    def is_open(self) -> bool:
        """Whether the view is shown, and not the tab row alone."""
        return self._session.experiment.view.drawer_open and not self._folded

    @property
    def current(self) -> str:
        """The key of the chosen view."""
        wish = self._session.experiment.view.drawer
        return wish if wish in self.views else next(iter(self.views))

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout()
        row.setContentsMargins(PADDING, 0, END, 0)
        for key, tab in self.tabs.items():
            tab.clicked.connect(lambda _=False, key=key: self.choose(key))
            row.addWidget(tab)
        row.addStretch(1)
        self._buttons = buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.pop_out)
        buttons.addWidget(self.toggle)
        row.addLayout(buttons)
        for key, view in self.views.items():
            self._places[key] = Place(self._theme, view)
            self._places[key].taken_back.connect(lambda key=key: self._take_back(key))
            self._pages.addWidget(self._places[key])
        column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW, SHADOW, SHADOW, SHADOW)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._pages, 1)

    def choose(self, key: str) -> None:
        """Show another view; a closed drawer opens."""
        if key != self._session.experiment.view.drawer:
            self._session.edit("view.drawer", key)
        if not self.is_open:
            self.switch()

    def switch(self) -> None:
        """Open it, or close it."""
        opened = not self.is_open
        self._folded = False
        self._session.edit("view.drawer_open", opened)
        self._show()

    def fold(self, folded: bool) -> None:
        """Be closed until it is opened here, whatever the experiment's view says; or no longer."""
        self._folded = folded
        self._show()

    def _show(self) -> None:
        """Show what the experiment's view says."""
        self.tabs[self.current].setChecked(True)
        self._pages.setCurrentWidget(self._places[self.current])
        if self.is_open == self._pages.isHidden():
            self._pages.setVisible(self.is_open)
            self.toggle.set_icon("chevron-down" if self.is_open else "chevron-up")
            self.opened.emit()
        self.pop_out.setVisible(self.current not in self._windows)
        self._name_tabs()

    @property
    def _narrow(self) -> bool:
        return self.width() < self._theme.scaled(NARROW)

    def minimumSizeHint(self) -> QSize:
        """With room for the short titles."""
        words = [word_width(self._theme, view.short_title) for view in self.views.values()]
        gaps = PADDING + (len(words) + 1) * NARROW_GAP + END + 2 * SHADOW
        width = sum(words) + gaps + self._buttons.minimumSize().width()
        return QSize(width, self.closed_height)

    def _name_tabs(self) -> None:
        for key, view in self.views.items():
            if self._narrow:
                self.tabs[key].show_text(view.short_title)
            else:
                self.tabs[key].show_text(view.title, view.badge)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        for view in self.views.values():
            if view.isVisible():
                view.offer(snapshot)
        self._name_tabs()

    def close_windows(self) -> dict[str, QRect]:
        """Close the windows that views have of their own; tells which, and where they were."""
        places = {key: window.geometry() for key, window in self._windows.items()}
        for window in list(self._windows.values()):
            window.close()
        return places

    def _pop_out(self) -> None:
        self.open_window(self.current)

    def open_window(self, key: str, place: QRect | None = None) -> None:
        """Give a view a window of its own, where there was one before."""
        self._windows[key] = window = ViewWindow(self._theme, self.views[key], self)
        window.closed.connect(lambda: self._take_back(key))
        if place is not None:
            window.setGeometry(place)
        window.show()
        self._places[key].show_away(True)
        self._show()

    def _take_back(self, key: str) -> None:
        window = self._windows.pop(key, None)
        if window is not None:
            self._places[key].take(self.views[key])
            window.deleteLater()
            self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._row.setSpacing(NARROW_GAP if self._narrow else TAB_GAP)
        self._name_tabs()

    def paintEvent(self, event: QPaintEvent) -> None:
        panel = self.rect().toRectF().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        painter = QPainter(self)
        draw_panel(painter, self._theme, panel)
        if (done := self._session.explorer.progress) is not None:
            bar = panel.adjusted(RADIUS, 0, -RADIUS, 0)
            bar.setSize(QSizeF(bar.width() * done, BAR))
            painter.fillRect(bar, self._theme.tokens.accent)
        if self.is_open:
            painter.setPen(QPen(self._theme.tokens.line, 1))
            y = SHADOW + self._theme.scaled(TAB_ROW) + 0.5
            painter.drawLine(QPointF(SHADOW, y), QPointF(self.width() - SHADOW, y))


class Place(QWidget):
    """Where a view stands in the drawer; while it is a window, a line and a way to have it back."""

    taken_back = Signal()

    def __init__(self, theme: Theme, view: DrawerView) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._away = QWidget()
        said = label(theme, tr("This view has a window of its own."), colour=theme.tokens.text3)
        self.back = Button(theme, tr("Bring it back"))
        self.back.clicked.connect(self.taken_back)
        lines = QVBoxLayout(self._away)
        lines.addStretch()
        for each in (said, self.back):
            lines.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addStretch()
        self._column.addWidget(self._away)
        self.take(view)

    def take(self, view: DrawerView) -> None:
        """Put the view here."""
        self._column.addWidget(view)
        view.show()
        self.show_away(False)

    def show_away(self, away: bool) -> None:
        """Say that the view is elsewhere, or not."""
        self._away.setVisible(away)


class ViewWindow(QWidget):
    """A view by itself; closing it, by Escape too, brings the view back."""

    closed = Signal()

    def __init__(self, theme: Theme, view: DrawerView, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._theme = theme
        self.setWindowTitle(view.title)
        self.resize(WINDOW_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        view.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.panel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
