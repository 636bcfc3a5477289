"""Windows that were opened, trained in and closed leave nothing behind."""

import gc
import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.experiment import Experiment

COMPILING_MS = 300_000  # the very first start on a machine
PATIENCE_MS = 20_000
# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def cycle(qtbot: QtBot, theme: Theme) -> None:
    """Open a window, train in it, change its looks, close it."""
    session = Session(Experiment.example("xor"))
    window = MainWindow(theme, session)
    window.show()
    qtbot.waitUntil(lambda: session.snapshot is not None, timeout=COMPILING_MS)
    session.run()
    qtbot.waitUntil(lambda: session.snapshot.step > 0, timeout=PATIENCE_MS)
    window.rebuild()
    window.close()
    window.deleteLater()


def swept(qapp: QApplication) -> tuple[int, int]:
    """How many widgets and threads there are, once everything that can go is gone."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
        gc.collect()
    return len(qapp.allWidgets()), threading.active_count()


def goes_without_a_trace(qtbot: QtBot, qapp: QApplication, theme: Theme, cycles: int) -> None:
    for _ in range(2):  # what is made once is made now
        cycle(qtbot, theme)
    before, nones = swept(qapp), sys.getrefcount(None)
    for _ in range(cycles):
        cycle(qtbot, theme)
    assert swept(qapp) == before
    # PySide 6.11 keeps a reference of None with each `setParent(None)`, which does no harm; one
    # that drops them ends the process.
    assert sys.getrefcount(None) > nones - 1000


def test_a_few_windows_leave_nothing(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    goes_without_a_trace(qtbot, qapp, theme, 4)


@pytest.mark.slow
def test_a_thousand_windows_leave_nothing(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    goes_without_a_trace(qtbot, qapp, theme, 1000)
