"""The first start on a machine, while kernels are compiled: what is said, and what can be asked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.app.panels.transport import Transport
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.boundary import BoundaryView
from playground.experiment import Experiment

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def compiling() -> Session:
    """A session whose worker compiles, and will not be through."""
    session = Session(Experiment.example("spiral"))
    session._worker.compiling = True
    return session


def message_of(card: BoundaryView) -> QImage:
    return card.plot.grab().toImage()


def test_it_is_said_and_run_is_taken_for_then(
    qtbot: QtBot, theme: Theme, compiling: Session
) -> None:
    bar, card = Transport(theme, compiling), BoundaryView(theme, compiling)
    for widget in (bar, card):
        qtbot.addWidget(widget)
    assert bar.state.accessibleName() == "Getting ready (once)…"
    assert not bar.state.isHidden()
    before = message_of(card)
    qtbot.mouseClick(bar.run, Qt.MouseButton.LeftButton)
    compiling.state_changed.emit()  # as the timer does, which looks once the worker has started
    assert bar.run.text() == "Pause"
    assert message_of(card) != before  # and training begins then
