"""The main window: where everything stands, the keys, the menu and the file dialogs."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from playground.app.action_list import HELP, MENU, all_actions
from playground.app.actions import Actions
from playground.app.columns import Centre, Columns, RightColumn, Settings
from playground.app.controls.card import SHADOW
from playground.app.controls.scroll import scrolled
from playground.app.files import Files
from playground.app.palette import Command, CommandPalette
from playground.app.panels.csv_dialog import Tables
from playground.app.panels.data import DataPanel
from playground.app.panels.draw_bar import put_drawing_on
from playground.app.panels.drawing import Drawing
from playground.app.panels.transport import REDUCED, Transport
from playground.app.presentation import Presentation, enlargement
from playground.app.recent import RecentFiles
from playground.app.session import Session
from playground.app.setting_commands import setting_commands
from playground.app.shortcuts import LogSheet, ShortcutSheet
from playground.app.teacher import Teacher, TeacherSheet
from playground.app.theme import DARK, Theme
from playground.app.toast import Action as Offer
from playground.app.toast import Toast
from playground.app.views.boundary import BoundaryView
from playground.app.views.curves import CurvesView
from playground.app.views.drawer import Drawer
from playground.app.views.network import NetworkView
from playground.app.words import as_sentence, tr
from playground.experiment import Experiment
from playground.shipped import EXAMPLES

FIRST_SIZE = QSize(1440, 900)
SMALLEST = QSize(1024, 700)
TEXT_SIZES = (1.0, 1.25, 1.5)
MOST_LOGGED = 200
EDGE = 16 - SHADOW  # from the window to what stands in it; a card reaches beyond its panel

SCROLL_BAR = """
QScrollBar {{ width: 8px; background: transparent; }}
QScrollBar::handle {{ background: {}; border-radius: 2px; min-height: 32px; margin: 0 0 0 4px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


class MainWindow(QMainWindow):
    """Everything in its place. The session starts once the window was painted."""

    theme_chosen = Signal(str)
    motion_chosen = Signal(bool)
    text_chosen = Signal(float)  # how large, or 0 for as large as the system has it
    system_changed = Signal()  # its look: perhaps its text is of another size

    def __init__(self, theme: Theme, session: Session, recent: RecentFiles | None = None) -> None:
        super().__init__()
        self._theme = theme
        self.session = session
        self.log: list[tuple[datetime, str, str]] = []  # when, kind and sentence of what went wrong
        self._painted = False
        self._full_before = False
        self.files = Files(self, session, recent or RecentFiles())
        self.drawing = Drawing(session)
        self.tables = Tables(self, theme, session, self.files)
        self.files.open_table, self.files.paste_table = self.tables.open, self.tables.paste
        self.actions_ = Actions(self, all_actions(self))
        self.teacher = Teacher(self, session)
        self.presentation: Presentation | None = None
        self.setAcceptDrops(True)
        self.rebuild()
        for changed in (session.experiment_changed, session.state_changed):
            changed.connect(self._show_possible)
        session.notice.connect(self.say)
        session.refused.connect(self._say_refused)
        session.experiment_changed.connect(self._show_title)
        self._show_title()
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST))

    def rebuild(self) -> None:
        """Make everything in the window anew, in the theme and for the session as they are now."""
        theme, session = self._theme, self.session
        if self.presentation is not None:
            self.toggle_presentation()
        windows = self.drawer.close_windows() if hasattr(self, "drawer") else {}
        self.transport = Transport(theme, session)
        self.data = DataPanel(theme, session)
        self.network = NetworkView(theme, session)
        self.settings = Settings(theme, session)
        self.drawer = Drawer(theme, session)
        self.boundary = BoundaryView(theme, session)
        self.curves = CurvesView(theme, session)
        put_drawing_on(theme, session, self.drawing, self.boundary)
        self.data.draw_asked.connect(self.drawing.start)
        self.data.table_asked.connect(self.tables.ask)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._lay_out())
        self.setCentralWidget(self.pages)
        self.toast = Toast(theme, self.pages)
        self._fit()
        for key, place in windows.items():
            self.drawer.open_window(key, place)
        self._fill_menu()
        self.teacher.apply()

    def _lay_out(self) -> QWidget:
        scroll = scrolled(self.data)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.verticalScrollBar().setStyleSheet(SCROLL_BAR.format(self._theme.tokens.ctl.name()))
        self.columns = Columns(
            self._theme,
            scroll,
            Centre(self._theme, self.network, self.settings, self.drawer),
            RightColumn(self._theme, self.boundary, self.curves),
        )
        self._body = body = QVBoxLayout()
        body.addWidget(scrolled(self.columns))  # large text in a small window needs it
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addLayout(body, 1)
        return whole

    def _fit(self) -> None:
        """Arrange for the size of the window."""
        shown = self.presentation
        if shown is not None and shown.enlargement != enlargement(self.size()):
            self._present()
        rail = self.width() < self._theme.scaled(REDUCED)
        self.transport.fit(self.width())
        self._body.setContentsMargins(0 if rail else EDGE, EDGE, EDGE, EDGE)
        self.columns.set_rail(rail)

    # Menu and commands

    def _fill_menu(self) -> None:
        menu = self.transport.title.menu
        examples = menu.addMenu(tr("Examples"))
        for name in EXAMPLES:
            action = examples.addAction(tr(Experiment.example(name).name))
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, name=name: self.session.open_example(name))
        recent = menu.addMenu(tr("Recent files"))
        recent.aboutToShow.connect(lambda: self.files.fill_recent(recent))
        for group in MENU:
            menu.addSeparator()
            menu.addActions([self.actions_.of_menu(name) for name in group])
        help_ = menu.addMenu(tr("Help"))
        help_.addActions([self.actions_.of_menu(name) for name in HELP])
        menu.addAction(self.actions_.of_menu("quit"))
        self.transport.export_asked.connect(self.ask_export)
        self.transport.theme_asked.connect(self.toggle_theme)
        self.transport.presentation_asked.connect(self.toggle_presentation)

    def commands(self) -> Iterator[Command]:
        """What can be done now, for the palette: actions, examples, files and settings."""
        for action in self.actions_:
            if action.possible() and action.name != "palette":
                keys = "  ".join(action.key_names[:1])
                yield Command(action.words, tr(action.group), action.act, keys)
        for name in EXAMPLES:
            open_it = partial(self.session.open_example, name)
            yield Command(tr(Experiment.example(name).name), tr("Example"), open_it)
        yield from setting_commands(self)
        for path in self.files.recent.paths:
            yield Command(path.name, tr("Recent file"), partial(self.files.open, path))

    def _show_possible(self) -> None:
        self.actions_.refresh()

    def show_palette(self) -> None:
        """Let the user find a command by its letters."""
        CommandPalette(self._theme, self.commands(), self).open()

    def show_keys(self) -> None:
        """Show every key and what it does."""
        ShortcutSheet(self._theme, self.actions_, self).open()

    def show_teacher(self) -> None:
        """Let a teacher choose what students see."""
        TeacherSheet(self._theme, self.teacher, self).open()

    def show_log(self) -> None:
        """Show what went wrong so far."""
        LogSheet(self._theme, self.log, self).open()

    def ask_export(self) -> None:
        """Ask in which format and where to save the trained model, and save it."""
        # Not needed for the first picture, hence imported here.
        from playground.app.export_sheet import ExportSheet
        from playground.export import FORMATS

        sheet = ExportSheet(self._theme, self.session, FORMATS, self)
        sheet.chosen.connect(self.files.ask_export)
        sheet.open()

    def ask_picture(self) -> None:
        """Ask what to save a picture of, and save it."""
        from playground.app.picture_dialog import PictureDialog  # not needed for the first picture

        PictureDialog(self._theme, self.session, self.files, self).open()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused control took for itself, as a field being typed in does."""
        escape = event.key() == Qt.Key.Key_Escape
        if escape and self.presentation is not None:
            self.toggle_presentation()
        elif not self.actions_.take(event) and not (escape and self.columns.flyout.close_()):
            super().keyPressEvent(event)

    def toggle_log(self) -> None:
        """Change between a linear and a logarithmic axis of the loss."""
        self.session.edit("view.log_loss", not self.session.experiment.view.log_loss)

    def toggle_drawer(self) -> None:
        """Open the drawer, or close it."""
        self.drawer.switch()

    def toggle_presentation(self) -> None:
        """Show the network and its output large, over the whole screen; or be as before."""
        shown, self.presentation = self.presentation, None
        if shown is None:
            self._full_before = self.isFullScreen()
            self.showFullScreen()  # first, so that it is made for that size, where it is known
            self._present()
        else:
            self.pages.removeWidget(shown)
            shown.deleteLater()
            if not self._full_before:
                self.showNormal()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _present(self) -> None:
        """Show a presentation for a window as large as it is now, in place of one for another."""
        before = self.presentation
        self.presentation = Presentation(self._theme, self.session, self.size())
        self.presentation.left.connect(self.toggle_presentation)
        self.pages.addWidget(self.presentation)
        self.pages.setCurrentWidget(self.presentation)
        self.teacher.apply()
        if before is not None:
            self.pages.removeWidget(before)
            before.deleteLater()

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.theme_chosen.emit("light" if self._theme.tokens is DARK else "dark")

    def toggle_motion(self) -> None:
        """Let dashes move along the edges while it trains, or nothing move but what is learned."""
        self._theme.motion = not self._theme.motion
        self.motion_chosen.emit(self._theme.motion)

    def enlarge_text(self) -> None:
        """Have text of the next larger size."""
        larger = [size for size in TEXT_SIZES if size > self._theme.text_scale]
        self.text_chosen.emit(min(larger, default=TEXT_SIZES[-1]))

    def reduce_text(self) -> None:
        """Have text of the next smaller size."""
        smaller = [size for size in TEXT_SIZES if size < self._theme.text_scale]
        self.text_chosen.emit(max(smaller, default=TEXT_SIZES[0]))

    def follow_text(self) -> None:
        """Have text as large as the system has it."""
        self.text_chosen.emit(0.0)

    def toggle_feature(self, place: int) -> None:
        """Take the feature at a place of the gallery in, or leave it out."""
        self.data.toggle_feature(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the controls ends typing."""
        if focused := self.focusWidget():
            focused.clearFocus()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.teacher.menu_for(self.childAt(event.pos()))
        if menu is not None:
            menu.popup(event.globalPos())

    # What is said, in toasts and in the title

    def say(self, kind: str, sentence: str, action: Offer | None = None) -> None:
        """Say a sentence at the bottom ("info", "warn" or "error"); what went wrong is kept too."""
        if kind != "info":
            self.log.append((datetime.now(), kind, sentence))
            del self.log[:-MOST_LOGGED]
        self.toast.say(kind, sentence, action)

    def _say_refused(self, path: str, sentence: str) -> None:
        """Say what has no field to be said beside."""
        first, *others = path.split(".")
        of_layer = first == "layers" and (len(others) < 2 or others[-1] == "frozen")
        if not path or of_layer:
            self.say("error", as_sentence(sentence))

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.session.experiment.name}[*] – Playground")
        self.setWindowModified(self.session.modified)

    # Files from elsewhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.files.dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self.files.dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.files.open(path)

    # Life

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ThemeChange:
            self.system_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.session.start)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.drawer.close_windows()
        self.session.stop()
        super().closeEvent(event)
