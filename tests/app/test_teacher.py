"""A teacher puts controls away; students do not find them, and the teacher does."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.app.palette import CommandPalette
from playground.app.session import Session
from playground.app.teacher import TeacherSheet
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.experiment import Experiment

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

RATE = "optimizer.learning_rate"


def sheet(window: MainWindow) -> TeacherSheet:
    window.actions_.of_menu("teacher").trigger()
    (found,) = (each for each in window.findChildren(TeacherSheet) if each.isVisible())
    return found


def activations(window: MainWindow) -> list[QWidget]:
    """The combo box of the layer's activation and its label, where they are seen."""
    found = window.settings.layer.findChildren(QWidget)
    return [
        each
        for each in found
        if each.isVisible()
        and (
            each.accessibleName() == "Activation"
            or (isinstance(each, QLabel) and each.text() == "Activation")
        )
    ]


def put_away(qtbot: QtBot, window: MainWindow, *names: str) -> None:
    shown = sheet(window)
    for name in names:
        qtbot.mouseClick(shown.switches[name], Qt.MouseButton.LeftButton)
    shown.close_()


def test_what_is_put_away_is_neither_seen_nor_reached(qtbot: QtBot, window: MainWindow) -> None:
    rate = window.settings.training.learning_rate
    assert activations(window)
    put_away(qtbot, window, RATE, "step", "layers.*.activation")
    assert not rate.isVisible()
    assert not window.transport.step.isVisible()
    assert not activations(window)
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not window.session.awake, timeout=20_000)
    assert window.session.snapshot.step == 0
    put_away(qtbot, window, "data")
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert not window.drawing.on
    window.show_palette()
    (palette,) = (each for each in window.findChildren(CommandPalette) if each.isVisible())
    assert "Train one step" not in palette.shown
    assert "Draw data" not in palette.shown
    assert "Train one epoch" in palette.shown
    palette.close_()
    rate.show()  # whatever a panel does
    assert not rate.isVisible()
    window.session.select_layer(1)
    assert not activations(window)


def test_it_is_kept_with_the_experiment_and_comes_back(
    qtbot: QtBot, window: MainWindow, theme: Theme, tmp_path: Path
) -> None:
    put_away(qtbot, window, RATE, "drawer")
    window.files.save(tmp_path / "lesson.playground.json")
    other = MainWindow(theme, Session(Experiment.example("xor")))
    qtbot.addWidget(other)
    other.resize(1440, 900)
    other.show()
    other.files.open(tmp_path / "lesson.playground.json")
    assert not other.settings.training.learning_rate.isVisible()
    assert not other.drawer.isVisible()
    other.rebuild()
    qtbot.waitUntil(other.settings.training.loss.isVisible)
    assert not other.settings.training.learning_rate.isVisible()
    shown = sheet(other)
    assert not shown.switches[RATE].value
    qtbot.mouseClick(shown.all, Qt.MouseButton.LeftButton)
    assert other.settings.training.learning_rate.isVisible()
    assert other.drawer.isVisible()
    other.close()


def test_every_control_has_a_name_in_the_list(qtbot: QtBot, window: MainWindow) -> None:
    words = [switch.text() for switch in sheet(window).switches.values()]
    assert all(words)
    assert len(words) > 20
    assert {"Learning rate", "Noise", "Drawer", "Activation"} <= set(words)


def right_click(widget: QWidget) -> list[QAction]:
    """The actions of the menu that a right click opens."""
    window, place = widget.window(), widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menus = [each for each in window.findChildren(QMenu) if each.isVisible()]
    actions = [action for menu in menus for action in menu.actions()]
    for menu in menus:
        menu.close()
    return actions


def test_a_right_click_puts_a_control_away(window: MainWindow) -> None:
    training, bar = window.settings.training, window.transport
    for clicked, name, control in (
        (training.learning_rate.track, RATE, training.learning_rate),
        (bar.step, "step", bar.step),
        (window.data.sources.tiles["xor"], "data", window.data.sources),
        (training.loss, "loss", training.loss),
    ):
        hide, more = right_click(clicked)
        assert hide.text().startswith("Hide “")
        assert more is window.actions_.of_menu("teacher")
        hide.trigger()
        assert name in window.session.experiment.view.hidden
        assert not control.isVisible()
    assert right_click(window.boundary.plot) == []
