"""Commands, keys, the menu's words, files that were used, dropped or pasted: as a user has them."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from playground.app.fuzzy import score
from playground.app.palette import CommandPalette
from playground.app.paths import look_up
from playground.app.recent import MOST, RecentFiles
from playground.app.shortcuts import Cap, LogSheet, ShortcutSheet
from playground.app.window import MainWindow
from playground.engine.layers import Dropout
from playground.engine.optimizers import SGD
from playground.experiment import Experiment

# Menus ask of a window system what the offscreen one cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CONTROL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: object = PLAIN) -> None:
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.session.awake, timeout=20_000)


def opened(window: MainWindow, kind: type) -> list:
    return [each for each in window.findChildren(kind) if each.isVisible()]


def palette(qtbot: QtBot, window: MainWindow) -> CommandPalette:
    press(qtbot, window, Qt.Key.Key_K, CONTROL)
    (found,) = opened(window, CommandPalette)
    return found


def say(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Open the palette, type words and press Enter."""
    field = palette(qtbot, window).field
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Qt.Key.Key_Return)


# Finding


@pytest.mark.parametrize(
    ("typed", "best", "others"),
    [
        ("new seed", "New random seed", ["Reset to step 0", "Train one step"]),
        ("tos", "Train one step", ["Reset to step 0", "Two spirals"]),
        ("dark", "Light or dark", ["Restore the best weights"]),
        ("spir", "Two spirals", ["Open or close the drawer"]),
    ],
)
def test_the_best_answer_to_a_few_letters(typed: str, best: str, others: list[str]) -> None:
    found = score(typed, best)
    assert found is not None
    assert all(found > (score(typed, other) or -99) for other in others)


def test_letters_that_are_not_there_find_nothing() -> None:
    assert score("xyz", "New random seed") is None
    assert score("dees", "New seed") is None  # the order counts


def test_the_palette_works_by_the_keyboard_alone(qtbot: QtBot, window: MainWindow) -> None:
    first = palette(qtbot, window)
    assert "Run or pause" in first.shown
    assert window.focusWidget() is first.field
    qtbot.keyClicks(first.field, "random seed")
    assert first.shown[0] == "New random seed"
    seed = window.session.experiment.seed
    qtbot.keyClick(first.field, Qt.Key.Key_Return)
    assert not opened(window, CommandPalette)
    assert window.session.experiment.seed != seed
    say(qtbot, window, "iris")
    settle(qtbot, window)
    assert window.session.experiment.data.source == "iris"


def test_arrows_choose_and_escape_closes(qtbot: QtBot, window: MainWindow) -> None:
    shown = palette(qtbot, window)
    qtbot.keyClicks(shown.field, "train")
    second = shown.shown[1]
    assert second == "Train one epoch"
    qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    qtbot.keyClick(shown.field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.session.snapshot.epoch == 1
    shown = palette(qtbot, window)
    qtbot.keyClick(shown.field, Qt.Key.Key_Escape)
    assert not opened(window, CommandPalette)
    press(qtbot, window, Qt.Key.Key_E)  # the keys are the window's again
    settle(qtbot, window)
    assert window.session.snapshot.epoch == 2


def test_the_palette_offers_only_what_can_be_done(qtbot: QtBot, window: MainWindow) -> None:
    assert not any(words.startswith("Undo") for words in palette(qtbot, window).shown)
    opened(window, CommandPalette)[0].close_()
    window.session.edit("optimizer.learning_rate", 0.1)
    assert "Undo learning rate 0.1" in palette(qtbot, window).shown


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_a_setting_is_found_and_typed(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    for words, path in (
        ("learning rate", "optimizer.learning_rate"),
        ("noise", "data.noise"),
        ("clip norm", "regularization.clip_norm"),
    ):
        say(qtbot, window, words)
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        assert field.isVisible()
        qtbot.keyClicks(field, "0.25")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert look_up(window.session.experiment, path)[1] == 0.25, words
        if popover := QApplication.activePopupWidget():
            popover.close()


def test_a_choice_a_layer_and_data_are_found(qtbot: QtBot, window: MainWindow) -> None:
    for words, done in (
        ("relu", lambda now: now.layers[0].activation == "relu"),
        ("optimizer sgd", lambda now: isinstance(now.optimizer, SGD)),
        ("early stopping", lambda now: now.stop.early_stopping is not None),
        ("add layer dropout", lambda now: type(now.layers[1]) is Dropout),
        ("remove layer", lambda now: len(now.layers) == 3),
        ("add neuron", lambda now: now.layers[0].units == 9),
        ("dataset xor", lambda now: now.data.source == "xor"),
    ):
        window.session.select_layer(1 if words == "remove layer" else 0)
        say(qtbot, window, words)
        assert done(window.session.experiment), words


def test_what_is_put_away_is_not_found(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("data", "optimizer.learning_rate", "layers.*.activation"):
        window.teacher.put_away(name, True)
    shown = palette(qtbot, window)
    assert not {"Learning rate", "Data set: XOR", "Activation: ReLU"} & set(shown.shown)
    assert "Noise" in shown.shown
    qtbot.keyClicks(shown.field, "qqq")
    assert shown.nothing.isVisible()


def test_every_action_has_its_line_and_every_key_its_cap(qtbot: QtBot, window: MainWindow) -> None:
    shown = set(palette(qtbot, window).shown)
    for action in window.actions_:
        assert action.words in shown or not action.possible() or action.name == "palette"
    opened(window, CommandPalette)[0].close_()
    press(qtbot, window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    (sheet,) = opened(window, ShortcutSheet)
    caps = {cap.text for cap in sheet.findChildren(Cap)}
    for action in window.actions_:
        if not action.name.startswith("feature"):
            assert set(action.key_names) <= caps
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not opened(window, ShortcutSheet)


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
def test_the_sheet_of_keys_is_seen_whole(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    press(qtbot, window, Qt.Key.Key_Question)
    (sheet,) = opened(window, ShortcutSheet)
    assert sheet.panel.horizontalScrollBar().maximum() == 0
    assert sheet.panel.verticalScrollBar().maximum() == 0


def test_no_two_actions_have_one_key(window: MainWindow) -> None:
    keys = [key for action in window.actions_ for key in action.keys]
    assert len(keys) == len(set(keys))


def test_a_sheet_closes_with_a_click_beside_it(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Question)
    (sheet,) = opened(window, ShortcutSheet)
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.panel.geometry().center())
    assert opened(window, ShortcutSheet)
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert not opened(window, ShortcutSheet)


# The menu


def test_undo_and_redo_say_what(window: MainWindow) -> None:
    undo, redo = (window.actions_.of_menu(name) for name in ("undo", "redo"))
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    window.session.edit("optimizer.learning_rate", 0.1)
    window.session.edit("regularization.l1", 0.01)
    assert (undo.text(), undo.isEnabled()) == ("Undo L1 0.01", True)
    undo.trigger()
    assert undo.text() == "Undo learning rate 0.1"
    assert redo.text() == "Redo L1 0.01"
    undo.trigger()
    assert not undo.isEnabled()
    assert window.session.experiment.optimizer.learning_rate != 0.1


def submenu(window: MainWindow, name: str) -> QMenu:
    (entry,) = (each for each in window.transport.title.menu.actions() if each.text() == name)
    below = entry.menu()
    assert isinstance(below, QMenu)
    return below


def test_files_that_were_used_can_be_opened_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    recent = submenu(window, "Recent files")
    recent.aboutToShow.emit()
    assert [each.text() for each in recent.actions()] == ["No files yet"]
    for name in ("xor", "circle"):
        Experiment.example(name).save(tmp_path / f"{name}.playground.json")
        window.files.open(tmp_path / f"{name}.playground.json")
    (tmp_path / "bad.json").write_text("{}")
    window.files.open(tmp_path / "bad.json")
    recent.aboutToShow.emit()
    names = [each.text() for each in recent.actions() if each.text()]
    assert names == ["circle.playground.json", "xor.playground.json", "Forget these"]
    recent.actions()[1].trigger()
    settle(qtbot, window)
    assert window.session.experiment.data.source == "xor"
    assert palette(qtbot, window).shown[-2:] == ["xor.playground.json", "circle.playground.json"]
    recent.aboutToShow.emit()
    recent.actions()[-1].trigger()
    assert window.files.recent.paths == []


def test_recent_files_are_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    def settings() -> QSettings:
        return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    paths = [tmp_path / f"{number}.json" for number in range(MOST + 2)]
    for path in paths:
        path.touch()
        RecentFiles(settings()).add(path)
    assert RecentFiles(settings()).paths == paths[:1:-1]
    paths[-1].unlink()  # a file that is gone is not offered
    assert RecentFiles(settings()).paths == paths[-2:1:-1]


def test_the_log_keeps_what_went_wrong(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.files.open(tmp_path / "none.json")
    window.say("info", "All is well")
    assert [kind for _, kind, _ in window.log] == ["error"]
    say(qtbot, window, "log of errors")
    (sheet,) = opened(window, LogSheet)
    (copy,) = (each for each in sheet.findChildren(type(window.transport.export)))
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert '"none.json" cannot be opened' in QApplication.clipboard().text()


# Files from elsewhere


def drop(window: MainWindow, *paths: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, PLAIN
    enter = QDragEnterEvent(QPoint(600, 400), *rest)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(600, 400), *rest))
    return enter.isAccepted()


def test_a_dropped_experiment_is_opened(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.playground.json"
    Experiment.example("xor").save(path)
    assert drop(window, path)
    settle(qtbot, window)
    assert window.session.experiment.data.source == "xor"
    assert not drop(window, path, path)


def test_a_dropped_file_that_is_none_is_said(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG")
    before = window.session.experiment
    assert drop(window, path)
    assert '"picture.png" cannot be opened' in window.toast.text
    assert window.session.experiment is before


def test_an_experiment_is_copied_and_pasted_as_text(qtbot: QtBot, window: MainWindow) -> None:
    window.session.edit("layers.0.units", 3)
    before = window.session.experiment
    press(qtbot, window, Qt.Key.Key_C, CONTROL)
    assert json.loads(QApplication.clipboard().text())["layers"][0]["units"] == 3
    window.session.open_example("xor")
    press(qtbot, window, Qt.Key.Key_V, CONTROL)
    settle(qtbot, window)
    assert window.session.experiment == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no text on the clipboard"),
        ("{", "The text on the clipboard is not an experiment"),
        ('{"playground": 1, "seed": "x"}', "seed"),
    ],
)
def test_a_wrong_text_that_is_pasted_is_said(
    qtbot: QtBot, window: MainWindow, text: str, said: str
) -> None:
    QApplication.clipboard().setText(text)
    before = window.session.experiment
    press(qtbot, window, Qt.Key.Key_V, CONTROL)
    assert said in window.toast.text
    assert window.session.experiment is before


def test_copy_in_a_field_copies_the_field(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.settings.training.learning_rate.edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "0.001"
