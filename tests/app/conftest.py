"""What the tests of the window share: a session with its worker, and the window around it."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.app.files import Files
from playground.app.recent import RecentFiles
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.experiment import Experiment

COMPILING_MS = 300_000  # the very first start on a machine


def pytest_addoption(parser: pytest.Parser) -> None:
    help_ = "keep the pictures of the window as they are drawn now"
    parser.addoption("--renew-pictures", action="store_true", help=help_)


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Garbage goes on this thread only, as in the program: a worker's would take Qt's objects."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    theme = Theme()
    theme.apply(qapp)
    return theme


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session on two spirals, which has shown its first picture."""
    session = Session(Experiment.example("spiral"))
    session.start()
    qtbot.waitUntil(lambda: session.snapshot is not None, timeout=COMPILING_MS)
    yield session
    session.stop()


@pytest.fixture
def files(qtbot: QtBot, session: Session) -> Files:
    """Files for the session."""
    window = QWidget()
    qtbot.addWidget(window)
    return Files(window, session, RecentFiles())


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:
    """The window at its design size, which has shown its first picture."""
    window = MainWindow(theme, Session(Experiment.example("spiral")))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: window.session.snapshot is not None, timeout=COMPILING_MS)
    yield window
    window.close()
