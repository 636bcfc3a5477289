"""The window as a user has it: keys, clicks and typing, and what is seen of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QFileSystemModel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.app.controls.button import Button, Pressable
from playground.app.controls.card import SHADOW
from playground.app.controls.focus import ROOM
from playground.app.controls.tile import Tile
from playground.app.export_sheet import ExportSheet
from playground.app.panels.transport import count_text, short_number
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.experiment import Experiment
from playground.export import FORMATS
from playground.snapshot import Snapshot

# Menus and dialogs ask of a window system what the offscreen one cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: object = NO_MODIFIER) -> None:
    """A key goes to what has the focus, as it does for a user."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, LEFT)


def settle(qtbot: QtBot, window: MainWindow) -> Snapshot:
    """Wait until everything asked for is done."""
    qtbot.waitUntil(lambda: not window.session.awake, timeout=PATIENCE_MS)
    return shown(window)


def shown(window: MainWindow) -> Snapshot:
    assert window.session.snapshot is not None
    return window.session.snapshot


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    """Press Space and wait for some epochs."""
    begin = shown(window).epoch
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown(window).epoch >= begin + epochs, timeout=PATIENCE_MS)


def trains_on(qtbot: QtBot, window: MainWindow) -> bool:
    """Whether it trains the experiment that is set, now."""
    qtbot.waitUntil(
        lambda: shown(window).experiment == window.session.experiment, timeout=PATIENCE_MS
    )
    step = shown(window).step
    qtbot.waitUntil(lambda: shown(window).step > step, timeout=PATIENCE_MS)
    return window.session.state == "running"


def named(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    """The visible widget that a screen reader calls `name`."""
    (found,) = (
        widget
        for widget in window.findChildren(kind)
        if widget.accessibleName() == name and widget.isVisible()
    )
    return found


def type_into(qtbot: QtBot, edit: QLineEdit, text: str) -> None:
    """Click a value, and type another over it."""
    click(qtbot, edit)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


# Running


def test_space_runs_and_pauses(qtbot: QtBot, window: MainWindow) -> None:
    transport, before = window.transport, picture(window.boundary)
    assert transport.run.text() == "Run"
    train(qtbot, window, 20)
    assert transport.run.text() == "Pause"
    assert not transport.step.isEnabled()
    assert not transport.epoch.isEnabled()
    assert picture(window.boundary) != before
    press(qtbot, window, Qt.Key.Key_Space)
    epoch = settle(qtbot, window).epoch
    assert transport.run.text() == "Run"
    assert transport.step.isEnabled()
    assert transport.epochs.number.text() == f"{epoch:,}"
    assert transport.speed.number.text() == count_text(shown(window).step)


def test_the_bar_steps_trains_an_epoch_and_resets(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window.transport.step)
    assert settle(qtbot, window).step == 1
    assert window.transport.speed.number.text() == "1"
    assert window.transport.epochs.toolTip() == "Epoch 0, step 1"
    click(qtbot, window.transport.epoch)
    assert settle(qtbot, window).step == 35
    click(qtbot, window.transport.run)
    qtbot.waitUntil(lambda: shown(window).epoch > 2, timeout=PATIENCE_MS)
    click(qtbot, window.transport.reset)
    assert settle(qtbot, window).step == 0
    assert window.transport.epochs.number.text() == "0"


def test_single_letters_step_and_reset(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_S)
    assert settle(qtbot, window).step == 1
    press(qtbot, window, Qt.Key.Key_E)
    assert settle(qtbot, window).epoch == 1
    press(qtbot, window, Qt.Key.Key_R)
    assert settle(qtbot, window).step == 0
    seed = window.session.experiment.seed
    while window.session.experiment.seed == seed:  # one of ten thousand draws gives the same
        press(qtbot, window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert window.transport.seed.number.text() == str(window.session.experiment.seed)
    press(qtbot, window, Qt.Key.Key_3)
    assert window.session.experiment.data.features == ("x1", "x2", "x1^2")
    press(qtbot, window, Qt.Key.Key_L)
    assert window.curves.axis.value == "linear"


def test_keys_are_letters_in_a_field(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.settings.training.learning_rate.edit
    click(qtbot, edit)
    qtbot.keyClicks(edit, "rse 1 l")
    assert edit.text() == "rse 1 l"
    assert settle(qtbot, window).step == 0
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    type_into(qtbot, edit, "0.07")
    assert window.session.experiment.optimizer.learning_rate == 0.07
    train(qtbot, window, 1)


# Edits while it trains


def test_a_layer_is_added_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 3)
    layers = len(window.session.experiment.layers)
    before = picture(window.network)
    click(qtbot, window.network.diagram.controls.adds[1])
    assert len(window.session.experiment.layers) == layers + 1
    assert trains_on(qtbot, window)
    assert f"{2 * layers + 2}.weight" in shown(window).parameters
    assert picture(window.network) != before
    assert window.settings.layer.title.text() == "Dense layer 2"
    click(qtbot, window.settings.layer.remove)
    assert len(window.session.experiment.layers) == layers
    assert trains_on(qtbot, window)


def test_units_are_added_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 3)
    units = window.session.experiment.layers[0].units
    click(qtbot, window.network.diagram.controls.steppers[0].more)
    assert trains_on(qtbot, window)
    assert shown(window).parameters["0.weight"].shape == (units + 1, 2)


def test_the_data_are_changed_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 3)
    for name in ("Circle", "4 blobs", "Iris"):
        if name == "Iris":
            click(qtbot, named(window, Button, "More data"))
        click(qtbot, named(window, Tile, name))
        assert trains_on(qtbot, window)
    assert shown(window).data.dataset.x.shape == (150, 4)
    assert window.transport.title.accessibleDescription().endswith("4 · 8 · 6 · 4 · 3")


def test_the_learning_rate_is_moved_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 3)
    step = shown(window).step
    track = window.settings.training.learning_rate.track
    middle = track.height() // 2
    qtbot.mousePress(track, LEFT, pos=QPoint(track.width() // 2, middle))
    qtbot.mouseMove(track, QPoint(track.width() // 2 + 8, middle))
    qtbot.mouseRelease(track, LEFT, pos=QPoint(track.width() // 2 + 8, middle))
    assert window.session.experiment.optimizer.learning_rate > 0.001
    assert trains_on(qtbot, window)
    assert shown(window).step > step


def test_the_test_score_is_revealed(qtbot: QtBot, window: MainWindow) -> None:
    before = picture(window.curves.scores)
    click(qtbot, window.curves.scores.reveal)
    assert "test" in settle(qtbot, window).metrics
    assert not window.curves.scores.reveal.isVisible()
    assert picture(window.curves.scores) != before


def test_divergence_says_what_happened_and_offers_a_way_out(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.open_example("plane")
    window.session.edit("optimizer.type", "sgd")
    type_into(qtbot, window.settings.training.learning_rate.edit, "30")
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.state == "diverged", timeout=PATIENCE_MS)
    assert window.transport.state.isVisible()
    assert window.transport.state.accessibleName() == "Diverged"
    assert window.transport.run.text() == "Run"
    assert "30" in window.curves.trouble.accessibleName()
    click(qtbot, window.curves.trouble.buttons[-1])
    settle(qtbot, window)
    assert window.session.experiment.optimizer.learning_rate == 3
    assert not window.transport.state.isVisible()


# Files


def answer(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """Type a path into the file dialog that is open, and click Open or Save."""
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    dialog = window.findChild(QFileDialog)
    files = dialog.findChild(QFileSystemModel)
    folder = dialog.directory().path()
    qtbot.waitUntil(lambda: files.rowCount(files.index(folder)) > 0)  # else it forgets the name
    edit = dialog.findChild(QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, str(path))
    (accept,) = (
        button
        for button in dialog.findChild(QDialogButtonBox).buttons()
        if button.text().strip("&") in ("Open", "Save")
    )
    click(qtbot, accept)
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)
    window.activateWindow()


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
def test_a_model_is_exported_and_opened_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"mine{ending}"
    train(qtbot, window, 5)
    press(qtbot, window, Qt.Key.Key_Space)
    trained = settle(qtbot, window)
    click(qtbot, window.transport.export)
    (sheet,) = window.findChildren(ExportSheet)
    click(qtbot, sheet.rows[ending])
    assert not sheet.copy.isEnabled()
    click(qtbot, sheet.save)
    answer(qtbot, window, path)
    qtbot.waitUntil(lambda: window.toast.text.startswith(f"{path.name} saved"))
    assert window.files.recent.paths == [path]
    choose(qtbot, window, "Examples", "xor")
    assert settle(qtbot, window).experiment.data.source == "xor"
    press(qtbot, window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window, path)
    opened = settle(qtbot, window)
    assert opened.experiment == trained.experiment
    assert (opened.parameters["0.weight"] == trained.parameters["0.weight"]).all()


def test_a_text_format_is_seen_and_copied_before_it_is_saved(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(qtbot, window.transport.export)
    (sheet,) = window.findChildren(ExportSheet)
    for ending, row in FORMATS.items():
        click(qtbot, sheet.rows[ending])
        assert sheet.about.text() == f"{row.about}."
        assert sheet.copy.isEnabled() == row.text
    click(qtbot, sheet.rows[".py"])
    assert "def predict" in sheet.preview.toPlainText()
    click(qtbot, sheet.copy)
    assert "def predict" in QApplication.clipboard().text()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def choose(qtbot: QtBot, window: MainWindow, submenu: str, name: str) -> None:
    """Open the menu at the program's name, and click an entry of one of its menus."""
    click(qtbot, window.transport.title)
    menu = window.transport.title.menu
    qtbot.waitUntil(menu.isVisible)
    (entry,) = (action for action in menu.actions() if action.text() == submenu)
    click_in_menu(qtbot, menu, entry)
    below = entry.menu()
    assert isinstance(below, QMenu)
    qtbot.waitUntil(below.isVisible)
    (entry,) = (action for action in below.actions() if action.objectName() == name)
    click_in_menu(qtbot, below, entry)
    window.activateWindow()


def click_in_menu(qtbot: QtBot, menu: QMenu, entry: object) -> None:
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())


def test_an_experiment_is_saved_with_its_ending(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.session.edit("layers.0.units", 3)
    assert window.isWindowModified()
    press(qtbot, window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window, tmp_path / "mine")
    qtbot.waitUntil(lambda: window.toast.text == "mine.playground.json saved")
    assert not window.isWindowModified()
    assert (tmp_path / "mine.playground.json").exists()
    assert window.session.experiment.name == "mine"  # and its title, and what is offered next
    window.files.ask_save()
    (dialog,) = (each for each in window.findChildren(QFileDialog) if each.isVisible())
    assert [Path(name).name for name in dialog.selectedFiles()] == ["mine.playground.json"]
    dialog.close()


def test_what_cannot_be_opened_is_said_at_the_bottom(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text("{}")
    before = window.session.experiment
    press(qtbot, window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window, tmp_path / "bad.json")
    qtbot.waitUntil(window.toast.isVisible)
    assert '"bad.json" cannot be opened' in window.toast.text
    assert window.session.experiment is before
    top = window.toast.mapTo(window, QPoint(0, 0)).y()
    assert top > window.height() / 2
    click(qtbot, window.toast)
    assert not window.toast.isVisible()


# What is seen


@pytest.mark.parametrize("size", [(1024, 700), (1200, 760), (1360, 800), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("example", ["spiral", "iris", "multi-gauss"])
def test_nothing_is_cut_off_or_squeezed(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], example: str
) -> None:
    window.session.open_example(example)
    settle(qtbot, window)
    window.resize(*size)
    QApplication.processEvents()
    for tab in ("layer", "training"):
        if window.settings.choice.isVisible():
            click(qtbot, window.settings.choice.segment(tab))
        assert not misfits(window.centralWidget())


def test_a_window_that_opens_small_has_its_plots_whole(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme, Session(Experiment.example("spiral").with_("stop.epochs", 5)))
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state == "finished", timeout=20_000)
    settle(qtbot, window)
    assert not misfits(window.centralWidget())
    assert window.boundary.plot.width() == 288
    assert window.curves.finished.isVisible()
    window.close()


def test_a_window_that_was_narrow_looks_as_before(qtbot: QtBot, window: MainWindow) -> None:
    window.session.open_example("plane")
    settle(qtbot, window)
    cards = (window.network, window.settings, window.boundary, window.curves, window.transport.run)
    before = [card.geometry() for card in cards]
    for size in ((1024, 700), (1440, 900)):
        window.resize(*size)
        QApplication.processEvents()
    assert [card.geometry() for card in cards] == before


def misfits(whole: QWidget) -> list[str]:
    """What reaches out of its parent, or is smaller than it can be."""
    found = []
    for widget in whole.findChildren(QWidget):
        parent = widget.parentWidget()
        scrolled = isinstance(parent.parentWidget(), QScrollArea)
        if not widget.isVisible() or scrolled:
            continue
        least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
        if isinstance(widget, QLineEdit):  # its text scrolls
            continue
        if widget.width() < least.width() or widget.height() < least.height():
            found.append(f"{describe(widget)} has {widget.size()}, needs {least}")
        if not parent.rect().adjusted(-ROOM, -ROOM, ROOM, ROOM).contains(widget.geometry()):
            found.append(f"{describe(widget)} at {widget.geometry()} leaves {parent.rect()}")
    return found


def describe(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, Pressable) else widget.accessibleName()
    return f"{type(widget).__name__} {text!r}"


def test_a_grip_makes_a_column_wider_within_its_limits(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1600, 900)
    grip, width = window.columns.grips[1], window.curves.width()
    for distance, wider in ((40, 40), (1000, 116), (-2000, -84)):
        middle = grip.rect().center()
        qtbot.mousePress(grip, LEFT, pos=middle)
        qtbot.mouseMove(grip, middle - QPoint(distance, 0))
        qtbot.mouseRelease(grip, LEFT, pos=middle)
        assert window.curves.width() == width + wider


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (18_400, "18.4k"), (999_499, "999k"), (999_500, "1M"), (2e9, "2G")],
)
def test_speeds_stay_short(value: float, text: str) -> None:
    assert short_number(value) == text


def test_the_speed_can_be_turned_down_to_watch(qtbot: QtBot, window: MainWindow) -> None:
    pace, session = window.transport.pace, window.session
    pace.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(pace, Qt.Key.Key_End)
    assert pace.currentText() == "1 epoch/s"
    qtbot.mouseClick(window.transport.run, LEFT)
    qtbot.waitUntil(lambda: shown(window).step >= 3)
    assert shown(window).epoch == 0
    assert session.running
    qtbot.keyClick(pace, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: shown(window).epoch >= 50)


# The process around it

STARTED = """
import os, signal, sys
from PySide6.QtCore import QStandardPaths, QTimer
from playground.app.main import Application
QStandardPaths.setTestModeEnabled(True)  # nobody's own work is touched
application = Application()
def then(act):
    QTimer.singleShot(0, application.window, act)
def fail():
    raise ValueError("out of cheese")
"""


def run_program(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", STARTED + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_ctrl_c_closes_the_window() -> None:
    done = run_program(
        "then(lambda: os.kill(os.getpid(), signal.SIGINT)); sys.exit(application.show(None))"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_in_a_slot_is_said_and_the_window_goes_on() -> None:
    done = run_program(
        "then(fail); then(lambda: print(application.window.toast.text));"
        "then(application.window.close); sys.exit(application.show(None))"
    )
    assert done.stdout.strip() == "Something went wrong here: out of cheese"
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_before_there_is_a_window_is_said_in_the_terminal() -> None:
    done = run_program("fail()")
    assert done.returncode == 1
    assert "ValueError: out of cheese" in done.stderr


def test_a_file_that_cannot_be_opened_leaves_the_first_example(tmp_path: Path) -> None:
    done = run_program(
        "then(lambda: print(application.session.experiment.name, application.window.toast.text));"
        f"then(application.window.close); sys.exit(application.show({str(tmp_path)!r}))"
    )
    assert done.stdout.startswith("Two spirals ")
    assert "cannot be opened" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_the_data_fly_out_of_the_rail_of_a_narrow_window(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.columns.rail.isVisible()
    assert window.data.isVisible()
    window.resize(1280, 800)
    assert not window.data.isVisible()
    click(qtbot, window.columns.rail.data)
    click(qtbot, named(window, Tile, "Circle"))
    assert window.session.experiment.data.source == "circle"
    assert window.data.isVisible()
    click(qtbot, window.transport.title)  # elsewhere
    window.transport.title.menu.close()
    assert not window.data.isVisible()
    click(qtbot, window.columns.rail.data)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.data.isVisible()
    window.resize(1440, 900)
    assert window.data.isVisible()


def test_the_drawer_of_a_low_window_is_folded_and_opens_over_the_centre(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert window.drawer.is_open
    window.resize(1024, 700)
    assert not window.drawer.is_open
    card = window.settings.geometry()
    press(qtbot, window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert window.drawer.is_open
    assert window.settings.geometry() == card
    press(qtbot, window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert not window.drawer.is_open
    window.resize(1440, 900)
    press(qtbot, window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert window.drawer.is_open


def test_the_smallest_window_is_as_designed(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1024, 700)
    QApplication.processEvents()
    inside = 2 * SHADOW
    assert window.network.width() - inside == 612
    assert window.network.height() - inside == 393
    assert window.settings.height() - inside == 156
    assert window.boundary.width() - inside == 320
    assert window.settings.choice.isVisible()
    assert window.settings.choice.segment("layer").text() == "Dense layer 1"
    assert not window.transport.speed.isVisible()
    assert window.transport.title.width() < 80


def test_a_window_that_was_closed_looks_for_no_picture_any_more(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.run()
    qtbot.waitUntil(lambda: window.session.snapshot.step > 0)
    window.close()
    assert not window.session.awake
