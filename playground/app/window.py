"""The main window: where everything stands, the keys, the menu and the file dialogs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.app.columns import Centre, Columns, RightColumn, Settings
from playground.app.controls.card import SHADOW
from playground.app.panels.data import DataPanel
from playground.app.panels.transport import Transport
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.toast import Toast
from playground.app.views.boundary import BoundaryView
from playground.app.views.curves import CurvesView
from playground.app.views.network import NetworkView
from playground.experiment import SUFFIX, Experiment
from playground.shipped import EXAMPLES

FIRST_SIZE = QSize(1440, 900)
SMALLEST = QSize(1024, 700)
NARROW_BAR = 1200
FEATURE_KEYS = 7
EDGE = 16 - SHADOW  # from the window to what stands in it; a card reaches beyond its panel

SCROLL_BAR = """
QScrollBar {{ width: 8px; background: transparent; }}
QScrollBar::handle {{ background: {}; border-radius: 2px; min-height: 32px; margin: 0 0 0 4px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


class MainWindow(QMainWindow):
    """Everything in its place. The session starts once the window was painted."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self.session = session
        self._folder = Path.cwd()
        self._painted = False
        self.transport = Transport(theme, session)
        self.data = DataPanel(theme, session)
        self.network = NetworkView(theme, session)
        self.settings = Settings(theme, session)
        self.boundary = BoundaryView(theme, session)
        self.curves = CurvesView(theme, session)
        self.toast = Toast(theme, self._lay_out())
        self._fill_menu()
        self._keys = self._key_table()
        session.notice.connect(self.toast.say)
        session.refused.connect(self._say_refused)
        session.experiment_changed.connect(self._show_title)
        self._show_title()
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST))

    def _lay_out(self) -> QWidget:
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.verticalScrollBar().setStyleSheet(SCROLL_BAR.format(self._theme.tokens.ctl.name()))
        scroll.setWidget(self.data)
        self.columns = Columns(
            self._theme,
            scroll,
            Centre(self.network, self.settings),
            RightColumn(self.boundary, self.curves),
        )
        body = QVBoxLayout()
        body.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        body.addWidget(self.columns)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addLayout(body, 1)
        self.setCentralWidget(whole)
        return whole

    # Menu and files

    def _fill_menu(self) -> None:
        menu = self.transport.title.menu
        examples = menu.addMenu("Examples")
        for name in EXAMPLES:
            action = examples.addAction(Experiment.example(name).name)
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, name=name: self.session.open_example(name))
        menu.addSeparator()
        self._add(menu.addAction("Open…"), "Ctrl+O", self.ask_open)
        self._add(menu.addAction("Save experiment…"), "Ctrl+S", self.ask_save)
        self._add(menu.addAction("Export model…"), "Ctrl+E", self.ask_export)
        menu.addSeparator()
        self._add(menu.addAction("Quit"), "Ctrl+Q", self.close)
        self.transport.export_asked.connect(self.ask_export)

    def _add(self, action: QAction, keys: str, act: Callable[[], object]) -> None:
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: act())
        self.addAction(action)  # the keys work while the menu is closed

    def ask_open(self) -> None:
        """Ask which file to open, and open it."""
        from playground.export import FORMATS  # not needed for the first picture

        models = [f"*{row.ending}" for row in FORMATS.values() if row.read]
        endings = " ".join(("*.json", *models))
        dialog = self._dialog("Open", [f"Experiments and models ({endings})", "All files (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.session.open)
        dialog.open()

    def ask_save(self) -> None:
        """Ask where to save the experiment, and save it."""
        dialog = self._dialog("Save experiment", [f"Experiment (*{SUFFIX})"])
        self._let_save(dialog, SUFFIX)
        dialog.fileSelected.connect(self.session.save_experiment)
        dialog.open()

    def ask_export(self) -> None:
        """Ask where and in which format to save the trained model, and save it."""
        from playground.export import FORMATS  # not needed for the first picture

        endings = {f"{row.label} (*{row.ending})": row.ending for row in FORMATS.values()}
        dialog = self._dialog("Export model", list(endings))
        self._let_save(dialog, next(iter(endings.values())))
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(endings[chosen].lstrip("."))
        )
        dialog.fileSelected.connect(self.session.save_model)
        dialog.open()

    def _dialog(self, title: str, filters: list[str]) -> QFileDialog:
        dialog = QFileDialog(self, title, str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(filters)
        dialog.fileSelected.connect(self._remember_folder)
        return dialog

    def _let_save(self, dialog: QFileDialog, ending: str) -> None:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.lstrip("."))
        plain = "".join(c if c.isalnum() else "-" for c in self.session.experiment.name.lower())
        dialog.selectFile((plain.strip("-") or "model") + ending)

    def _remember_folder(self, path: str) -> None:
        self._folder = Path(path).parent

    # Keys

    def _key_table(self) -> dict[tuple[Qt.Key, bool], Callable[[], object]]:
        """What a key does, by the key and whether Shift is held."""
        session, key = self.session, Qt.Key
        table: dict[tuple[Qt.Key, bool], Callable[[], object]] = {
            (key.Key_Space, False): session.toggle,
            (key.Key_S, False): session.step,
            (key.Key_E, False): session.step_epoch,
            (key.Key_R, False): session.reset,
            (key.Key_R, True): session.new_seed,
            (key.Key_L, False): self.curves.toggle_log,
        }
        for place in range(FEATURE_KEYS):
            toggle = partial(self.data.toggle_feature, place)
            table[(key(key.Key_1 + place), False)] = toggle
        return table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused control took for itself, as a field being typed in does."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = modifiers == Qt.KeyboardModifier.ShiftModifier
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        act = self._keys.get((Qt.Key(event.key()), shift)) if shift or plain else None
        if act is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() or act == self.session.step:
            act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the controls ends typing."""
        if focused := self.focusWidget():
            focused.clearFocus()

    # What is said, in toasts and in the title

    def _say_refused(self, path: str, sentence: str) -> None:
        """Say what has no field to be said beside."""
        first, *others = path.split(".")
        of_layer = first == "layers" and (len(others) < 2 or others[-1] == "frozen")
        if not path or of_layer:
            self.toast.say("error", f"{sentence[:1].upper()}{sentence[1:]}.")

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.session.experiment.name}[*] – Playground")
        self.setWindowModified(self.session.modified)

    # Life

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.transport.set_narrow(self.width() < NARROW_BAR)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.session.start)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.session.stop()
        super().closeEvent(event)
