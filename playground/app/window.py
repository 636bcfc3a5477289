"""The main window: where everything stands, the keys, the menu and the file dialogs."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
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

from playground.app.action_list import MENU, all_actions
from playground.app.actions import Actions
from playground.app.columns import Centre, Columns, RightColumn, Settings
from playground.app.controls.card import SHADOW
from playground.app.panels.data import DataPanel
from playground.app.panels.transport import Transport
from playground.app.session import Session
from playground.app.theme import DARK, Theme
from playground.app.toast import Toast
from playground.app.views.boundary import BoundaryView
from playground.app.views.curves import CurvesView
from playground.app.views.drawer import Drawer
from playground.app.views.network import NetworkView
from playground.app.words import tr
from playground.experiment import SUFFIX, Experiment
from playground.shipped import EXAMPLES

FIRST_SIZE = QSize(1440, 900)
SMALLEST = QSize(1024, 700)
NARROW_BAR = 1200
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

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self.session = session
        self._folder = Path.cwd()
        self._painted = False
        self.actions_ = Actions(self, all_actions(self))
        self.rebuild()
        session.notice.connect(self._say)
        session.refused.connect(self._say_refused)
        session.experiment_changed.connect(self._show_title)
        self._show_title()
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST))

    def rebuild(self) -> None:
        """Make everything in the window anew, in the theme and for the session as they are now."""
        theme, session = self._theme, self.session
        self.transport = Transport(theme, session)
        self.data = DataPanel(theme, session)
        self.network = NetworkView(theme, session)
        self.settings = Settings(theme, session)
        self.drawer = Drawer(theme, session)
        self.boundary = BoundaryView(theme, session)
        self.curves = CurvesView(theme, session)
        self.toast = Toast(theme, self._lay_out())
        self.transport.set_narrow(self.width() < NARROW_BAR)
        self._fill_menu()

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
            Centre(self.network, self.settings, self.drawer),
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
        for group in MENU:
            menu.addSeparator()
            menu.addActions([self.actions_.of_menu(name) for name in group])
        self.transport.export_asked.connect(self.ask_export)

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

    def ask_picture(self) -> None:
        """Ask what to save a picture of, and save it."""
        from playground.app.picture_dialog import PictureDialog  # not needed for the first picture

        PictureDialog(self._theme, self.session, self._folder, self).open()

    def ask_curves(self) -> None:
        """Ask where to save the curves as a table, and save it."""
        dialog = self._dialog(tr("Save curves"), [f"{tr('Table')} (*.csv)"])
        self._let_save(dialog, ".csv")
        dialog.fileSelected.connect(self.session.save_curves)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused control took for itself, as a field being typed in does."""
        if not self.actions_.take(event):
            super().keyPressEvent(event)

    def toggle_log(self) -> None:
        """Change between a linear and a logarithmic axis of the loss."""
        self.session.edit("view.log_loss", not self.session.experiment.view.log_loss)

    def toggle_drawer(self) -> None:
        """Open the drawer, or close it."""
        self.session.edit("view.drawer_open", not self.session.experiment.view.drawer_open)

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.theme_chosen.emit("light" if self._theme.tokens is DARK else "dark")

    def toggle_feature(self, place: int) -> None:
        """Take the feature at a place of the gallery in, or leave it out."""
        self.data.toggle_feature(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the controls ends typing."""
        if focused := self.focusWidget():
            focused.clearFocus()

    # What is said, in toasts and in the title

    def _say(self, kind: str, sentence: str) -> None:
        self.toast.say(kind, sentence)

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
