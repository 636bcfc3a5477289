"""Starts the window, and looks after what there is one of in the process."""

import gc
import signal
import socket
import sys
import traceback
from datetime import datetime
from types import TracebackType

from PySide6.QtCore import QObject, QSettings, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from playground.app import words
from playground.app.autosave import Autosave, Work, recovery_folder
from playground.app.recent import RecentFiles
from playground.app.session import Session
from playground.app.theme import DARK, LIGHT, Theme, Tokens, system_text_scale
from playground.app.window import MainWindow
from playground.app.words import tr
from playground.experiment import Experiment

FIRST_EXAMPLE = "spiral"
THEME_SETTING = "theme"  # "system", "light" or "dark"
TEXT_SETTING = "text"  # how large it is, or 0 for as large as the system has it
MOTION_SETTING = "motion"  # Qt does not know whether the system asks for little of it
COLLECT_MS = 500
# The worker needs the interpreter for moments, but soon: Python's 5 ms are as long as it trains.
SWITCH_SECONDS = 0.0005


def run(path: str | None, debug: bool = False) -> int:
    """Open the window, with the file at `path` if there is one; the exit code once it is closed."""
    return Application(debug).show(path)


class Application:
    """Makes everything there is one of; `show` runs it."""

    def __init__(self, debug: bool = False) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._debug = debug
        self._app = QApplication(sys.argv[:1])
        self._app.setOrganizationName("Playground")
        self._app.setApplicationName("Playground")
        words.install(self._app)
        self._theme = Theme()
        self._choice = QSettings().value(THEME_SETTING, "system")
        self._text = float(str(QSettings().value(TEXT_SETTING, 0.0)))
        self._theme.use(self._tokens())
        self._theme.text_scale = self._text or system_text_scale()
        self._theme.motion = bool(QSettings().value(MOTION_SETTING, True, bool))
        self._theme.apply(self._app)
        self.session = Session(Experiment.example(FIRST_EXAMPLE), debug)
        self.window = MainWindow(self._theme, self.session, RecentFiles(QSettings()))
        self.autosave = Autosave(self.session, recovery_folder())
        self.autosave.failed.connect(self._say_not_kept)
        self.window.theme_chosen.connect(self._choose_theme)
        self.window.text_chosen.connect(self._choose_text)
        self.window.system_changed.connect(self._show_theme)
        self.window.motion_chosen.connect(self._keep_motion)
        self._app.styleHints().colorSchemeChanged.connect(self._show_theme)
        self._collector = Collector()
        self._interrupts = Interrupts(self.window)
        sys.excepthook = self._explain

    def show(self, path: str | None) -> int:
        """Show the window, with the file at `path` in it; the exit code, once it is closed."""
        self.window.show()
        if path is not None:
            self.window.files.open(path)
        elif work := self.autosave.recover():
            self._bring_back(work)
        code = self._app.exec()
        self.autosave.close()
        return code

    def _bring_back(self, work: Work) -> None:
        self.session.recover(work.trainings)
        today = work.time.date() == datetime.now().date()
        when = work.time.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
        sentence = tr("Your work from {time} is back", time=when)
        self.window.say("info", sentence, (tr("Start fresh"), self._start_fresh))

    def _start_fresh(self) -> None:
        self.session.open_example(FIRST_EXAMPLE)

    def _say_not_kept(self, sentence: str) -> None:
        self.window.say("warn", sentence)

    def _tokens(self) -> Tokens:
        """The colours that were chosen, or else the system's."""
        system = self._app.styleHints().colorScheme()
        dark = system == Qt.ColorScheme.Dark if self._choice == "system" else self._choice == "dark"
        return DARK if dark else LIGHT

    def _choose_theme(self, choice: str) -> None:
        self._choice = choice
        QSettings().setValue(THEME_SETTING, choice)
        self._show_theme()

    def _choose_text(self, scale: float) -> None:
        self._text = scale
        QSettings().setValue(TEXT_SETTING, scale)
        self._show_theme()

    def _keep_motion(self, on: bool) -> None:
        QSettings().setValue(MOTION_SETTING, on)

    def _show_theme(self) -> None:
        look = self._tokens(), self._text or system_text_scale()
        if look != (self._theme.tokens, self._theme.text_scale):
            self._theme.use(look[0])
            self._theme.text_scale = look[1]
            self._theme.apply(self._app)
            self.window.rebuild()

    def _explain(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception in a slot is said in the window, which goes on."""
        details = "".join(traceback.format_exception(kind, error, trace))
        if self._debug or not self.window.isVisible():  # no one would see the sentence
            print(details, file=sys.stderr)
        sentence = tr("Something went wrong here: {error}", error=str(error) or kind.__name__)
        copy = (tr("Copy details"), lambda: self._app.clipboard().setText(details))
        self.window.say("error", sentence, copy)


class Collector(QObject):
    """Collects garbage on the GUI thread only: elsewhere it might destroy Qt's objects."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self, interval=COLLECT_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        pairs = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(pairs) if count > most]
        if due:
            gc.collect(due[-1])


class Interrupts(QObject):
    """Ctrl-C in the terminal closes the window.

    Python looks at signals between two of its own instructions, and Qt's loop has none; the signal
    therefore also writes to a socket, which wakes the loop.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._ends = socket.socketpair()
        for end in self._ends:
            end.setblocking(False)
        signal.set_wakeup_fd(self._ends[0].fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._ends[1].fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(lambda: self._ends[1].recv(64))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: window.close())
