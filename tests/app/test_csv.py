"""The dialog that makes data of a table: opened, dropped, pasted, looked at, used or cancelled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from playground.app.controls.combo import Combo
from playground.app.panels.csv_dialog import TableDialog
from playground.app.window import MainWindow
from playground.experiment import Experiment

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def fish_row(k: int) -> str:
    length = "" if k % 10 == 3 else f"{k % 9},5"
    return f"{length};{k % 5};2024-01-{k % 28 + 1:02};{'ab'[k % 2]}"


FISH = "\n".join(["length;width;day;kind", *map(fish_row, range(40))])


@pytest.fixture
def fish(tmp_path: Path) -> Path:
    path = tmp_path / "fish.csv"
    path.write_text(FISH, "utf-8")
    return path


@pytest.fixture(autouse=True)
def clipboard(qapp: QApplication) -> Iterator[None]:
    """The clipboard is empty again after a test."""
    yield
    QApplication.clipboard().clear()


def opened(window: MainWindow) -> TableDialog:
    (dialog,) = [each for each in window.findChildren(TableDialog) if each.isVisible()]
    return dialog


def looked_into(qtbot: QtBot, window: MainWindow) -> TableDialog:
    """The dialog, once it has said what would become of the table."""
    dialog = opened(window)
    qtbot.waitUntil(lambda: dialog.notes.text() not in ("", "Reading…"))
    return dialog


def choose(combo: Combo, key: str) -> None:
    combo.activated.emit(combo.findData(key))


def role_menu(dialog: TableDialog) -> QMenu:
    """The menu of roles that is open."""
    return [menu for menu in dialog.preview.findChildren(QMenu) if menu.isVisible()][-1]


def offered(dialog: TableDialog, name: str) -> dict[str, QAction]:
    """The roles in the menu of a column, which is opened."""
    table = dialog.preview.table
    names = [table.column(place).name for place in range(table.columnCount())]
    dialog.preview.offer_roles(names.index(name))
    return {action.text(): action for action in role_menu(dialog).actions()}


def give_role(qtbot: QtBot, dialog: TableDialog, name: str, role: str) -> None:
    action = offered(dialog, name)[role]
    menu = role_menu(dialog)
    menu.setActiveAction(action)
    with qtbot.waitSignal(dialog.shown):
        qtbot.keyClick(menu, Qt.Key.Key_Return)


def roles(dialog: TableDialog) -> list[str]:
    table = dialog.preview.table
    return [str(table.index(0, place).data()) for place in range(table.columnCount())]


def test_a_file_is_looked_into_and_used(qtbot: QtBot, window: MainWindow, fish: Path) -> None:
    before = window.session.experiment
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    assert roles(dialog) == ["Input", "Input", "Ignore", "Class"]
    assert (dialog.separator.value, dialog.decimal.value) == (";", ",")
    assert "36 of 40 rows" in dialog.notes.text()
    assert "4 rows lacked an input and were left out" in dialog.notes.text()
    assert window.session.experiment == before
    qtbot.mouseClick(dialog.use, LEFT)
    data = window.session.experiment.data
    assert data.source == str(fish)
    assert data.table is not None
    assert data.table.inputs == ("length", "width")
    assert window.data.sources.tiles["table"].isChecked()

    def trained() -> bool:
        snapshot = window.session.snapshot
        return snapshot is not None and len(snapshot.data.dataset.x) == 36

    qtbot.waitUntil(trained)
    qtbot.waitUntil(lambda: window.data.points.edit.text() == "36")
    names = [tile.accessibleName() for tile in window.data.features.tiles.values()]
    assert names[:2] == ["length", "width"]
    window.session.undo()
    assert window.session.experiment.data == before.data


def test_enter_uses_the_data_and_the_file_is_among_those_used_last(
    qtbot: QtBot, window: MainWindow, fish: Path
) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    assert window.session.experiment.data.source == str(fish)
    assert window.files.recent.paths == [fish]


def test_cancelling_loses_nothing(qtbot: QtBot, window: MainWindow, fish: Path) -> None:
    before = window.session.experiment
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    give_role(qtbot, dialog, "width", "Ignore")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.session.experiment == before
    assert window.session.to_undo is None


def test_roles_are_chosen_and_what_cannot_be_says_why(
    qtbot: QtBot, window: MainWindow, fish: Path
) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    menu = offered(dialog, "day")
    assert [words for words, action in menu.items() if not action.isEnabled()] == ["Input", "Value"]
    assert "dates" in menu["Input"].toolTip()
    role_menu(dialog).close()
    give_role(qtbot, dialog, "width", "Value")
    assert roles(dialog) == ["Input", "Value", "Ignore", "Ignore"]
    give_role(qtbot, dialog, "width", "Ignore")
    assert "no column is the target" in dialog.notes.text().lower()
    assert not dialog.use.isEnabled()
    give_role(qtbot, dialog, "width", "Value")
    qtbot.mouseClick(dialog.use, LEFT)
    assert window.session.experiment.task == "regression"


def test_a_role_is_chosen_with_the_keys(qtbot: QtBot, window: MainWindow, fish: Path) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    dialog.preview.setFocus()
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Right)
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Return)
    menu = role_menu(dialog)
    with qtbot.waitSignal(dialog.shown):
        for _ in range(4):
            qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert roles(dialog)[1] == "Ignore"
    assert dialog.isVisible()


def test_the_axes_are_the_first_inputs(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = (f"{k},{k * k % 7},{k % 3},{k % 2}" for k in (5, 3, 8, 1, 9, 2, 6, 4, 7, 0, 11, 10))
    path.write_text("\n".join(["a,b,c,class", *rows]), "utf-8")
    window.files.open(path)
    dialog = looked_into(qtbot, window)
    with qtbot.waitSignal(dialog.shown):
        choose(dialog.axes[1], "c")
    with qtbot.waitSignal(dialog.shown):
        choose(dialog.axes[0], "c")  # the two change places
    assert (dialog.axes[0].value, dialog.axes[1].value) == ("c", "a")
    qtbot.mouseClick(dialog.use, LEFT)
    data = window.session.experiment.data
    assert data.table is not None
    assert data.table.inputs == ("c", "a", "b")


def test_missing_inputs_are_filled(qtbot: QtBot, window: MainWindow, fish: Path) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    with qtbot.waitSignal(dialog.shown):
        qtbot.mouseClick(dialog.missing.segment("mean"), LEFT)
    assert "40 of 40 rows" in dialog.notes.text()
    assert "got the mean" in dialog.notes.text()


def test_another_format_is_read_again_and_keeps_the_roles(
    qtbot: QtBot, window: MainWindow, fish: Path
) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    give_role(qtbot, dialog, "width", "Ignore")
    with qtbot.waitSignal(dialog.shown):
        choose(dialog.encoding, "latin-1")
    assert roles(dialog) == ["Input", "Ignore", "Ignore", "Class"]
    with qtbot.waitSignal(dialog.shown):
        choose(dialog.separator, "|")
    assert dialog.preview.table.columnCount() == 1
    assert not dialog.use.isEnabled()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing in it"),
        (b"a,b\n1,\x002\n", "zero bytes"),
        (b"a,b\n", "no rows"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    window.files.open(path)
    dialog = looked_into(qtbot, window)
    assert said in dialog.notes.text()
    assert dialog.notes.text().count("\n") == 0
    assert not dialog.use.isEnabled()


def test_a_file_that_is_gone_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.files.open(tmp_path / "gone.csv")
    assert "gone.csv" in looked_into(qtbot, window).notes.text()


def test_the_tile_opens_a_place_to_drop_a_file(
    qtbot: QtBot, window: MainWindow, fish: Path
) -> None:
    qtbot.mouseClick(window.data.sources.tiles["table"], LEFT)
    dialog = opened(window)
    assert dialog.drop.isVisible()
    assert not dialog.use.isEnabled()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(fish))])
    rest = Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), *rest)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(dialog, QDropEvent(QPointF(50, 50), *rest))
    looked_into(qtbot, window)
    assert not dialog.drop.isVisible()
    qtbot.mouseClick(dialog.use, LEFT)
    qtbot.mouseClick(window.data.sources.tiles["table"], LEFT)  # again: the table there is
    assert "fish.csv" in looked_into(qtbot, window).title.text()


def test_a_pasted_table_is_kept_in_a_file(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    QApplication.clipboard().setText(FISH.replace(";", "\t"))
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    dialog = looked_into(qtbot, window)
    assert "36 of 40 rows" in dialog.notes.text()
    qtbot.mouseClick(dialog.use, LEFT)
    (asked,) = dialog.findChildren(QFileDialog)
    target = tmp_path / "pasted.csv"
    asked.fileSelected.emit(str(target))
    asked.close()
    assert not dialog.isVisible()
    assert window.session.experiment.data.source == str(target)
    assert target.read_text("utf-8").startswith("length\twidth")


def test_a_table_is_saved_with_the_experiment(
    qtbot: QtBot, window: MainWindow, fish: Path, tmp_path: Path
) -> None:
    window.files.open(fish)
    qtbot.mouseClick(looked_into(qtbot, window).use, LEFT)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    window.files.save(folder / "mine.playground.json")
    again = Experiment.load(folder / "mine.playground.json")
    assert again.data.source == str(folder / "fish.csv")
    assert again.data.table == window.session.experiment.data.table


def test_a_click_on_a_role_opens_its_menu(qtbot: QtBot, window: MainWindow, fish: Path) -> None:
    window.files.open(fish)
    dialog = looked_into(qtbot, window)
    cell = dialog.preview.visualRect(dialog.preview.table.index(0, 1))
    qtbot.mouseClick(dialog.preview.viewport(), LEFT, pos=cell.center() + QPoint(1, 0))
    menu = role_menu(dialog)
    assert [action.text() for action in menu.actions()] == ["Input", "Class", "Value", "Ignore"]
    menu.close()
