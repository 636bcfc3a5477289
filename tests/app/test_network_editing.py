"""The network diagram is edited where it is: weights, biases, the order of layers, what is said."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views import network_diagram
from playground.app.views.network_diagram import Diagram
from playground.app.views.network_edges import DASH
from playground.app.views.network_layout import Spot, edge_heights
from playground.app.views.network_model import short
from playground.app.window import MainWindow
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, Layer, LayerNorm

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PATIENCE_MS = 20_000
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NO_KEYS = Qt.KeyboardModifier.NoModifier
STACK: tuple[Layer, ...] = (Dense(8), BatchNorm(), Dropout(0.25), Dense(5, "relu"), LayerNorm())


@pytest.fixture
def diagram(window: MainWindow, qtbot: QtBot) -> Diagram:
    """The diagram of a window with a network 2-8-6-4-1, with its first weights."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window.network.diagram


@pytest.fixture
def stacked(diagram: Diagram, window: MainWindow, qtbot: QtBot) -> Diagram:
    """The same with layers of every kind."""
    session = window.session
    session.replace(replace(session.experiment, layers=STACK))
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)
    return diagram


@pytest.fixture
def trained(diagram: Diagram, window: MainWindow, qtbot: QtBot) -> Diagram:
    """The diagram after an epoch, paused."""
    window.session.step_epoch()
    qtbot.waitUntil(lambda: epoch(window.session) == 1, timeout=PATIENCE_MS)
    return diagram


def fits(session: Session) -> bool:
    return session.snapshot is not None and session.snapshot.experiment == session.experiment


def epoch(session: Session) -> int:
    return session.snapshot.epoch if session.snapshot and not session.running else -1


def held(session: Session, name: str) -> np.ndarray:
    assert session.snapshot is not None
    return session.snapshot.parameters[name]


def edge_place(diagram: Diagram, spot: Spot, share: float = 0.5) -> QPoint:
    line = diagram.places.line(spot)
    x = round(line[0] + share * (line[2] - line[0]))
    heights, _ = edge_heights(line[None], x)
    return QPoint(x, round(heights[0]))


def free_edge(diagram: Diagram, column: int) -> tuple[Spot, QPoint]:
    """An edge into a column, and a place that is its own."""
    at = edge_place(diagram, Spot("edge", column, 0, 0), 0.3)
    spot = diagram.spot_at(at.toPointF())
    assert spot is not None
    assert spot.kind == "edge"
    return spot, at


def tile_place(diagram: Diagram, column: int, unit: int) -> QPoint:
    there = diagram.places.columns[column]
    return QPoint(round(there.middle), round(there.centre(unit)))


def header(diagram: Diagram, column: int) -> QPoint:
    left, top, width, _ = diagram.places.box(column)
    return QPoint(round(left + width / 2), round(top + 10))


def keys(diagram: Diagram, *pressed: Qt.Key, held_key: Qt.KeyboardModifier = NO_KEYS) -> None:
    for key in pressed:
        QTest.keyClick(diagram, key, held_key)


def focus(diagram: Diagram, column: int, downs: int = 0) -> None:
    """Go by keyboard to a column, and down to a unit of it."""
    diagram.clearFocus()
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    keys(diagram, *[Qt.Key.Key_Left] * 20, *[Qt.Key.Key_Right] * column)
    keys(diagram, *[Qt.Key.Key_Down] * downs)


def type_over(diagram: Diagram, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    slider = diagram.value.slider
    assert slider is not None
    assert slider.edit.hasFocus()
    QTest.keyClicks(slider.edit, text)
    QTest.keyClick(slider.edit, key)


# Weights and biases


def test_a_clicked_weight_is_typed_and_taken_back(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    spot, at = free_edge(diagram, 2)
    name, index = diagram.numbers.number(spot)
    assert name == "2.weight"
    before = float(held(session, name)[index])
    QTest.mouseClick(diagram, LEFT, pos=at)
    assert diagram.value.isVisible()
    assert diagram.rect().contains(diagram.value.geometry())
    type_over(diagram, "-3,5")
    assert not diagram.value.isVisible()
    assert diagram.hasFocus()
    qtbot.waitUntil(lambda: held(session, name)[index] == -3.5, timeout=PATIENCE_MS)
    session.undo()
    qtbot.waitUntil(lambda: held(session, name)[index] == np.float32(before), timeout=PATIENCE_MS)
    session.redo()
    qtbot.waitUntil(lambda: held(session, name)[index] == -3.5, timeout=PATIENCE_MS)


def test_a_clicked_bias_changes_the_output_at_once(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session, last = window.session, diagram.structure.last
    assert session.snapshot is not None
    field = session.snapshot.field_values.copy()
    x, y = diagram.places.columns[last].dot(0)
    QTest.mouseClick(diagram, LEFT, pos=QPoint(round(x), round(y)))
    assert diagram.value.slider is not None
    assert diagram.value.slider.track.accessibleName() == "Bias of neuron 1"
    type_over(diagram, "2")
    qtbot.waitUntil(lambda: held(session, "6.bias")[0] == 2, timeout=PATIENCE_MS)
    assert session.snapshot.field_values.mean() > field.mean() + 0.1


def test_a_weight_is_drawn_while_training_goes_on(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.edit("layers.0.frozen", True)  # so that it stays as it is put
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)
    session.run()
    qtbot.waitUntil(lambda: session.state == "running", timeout=PATIENCE_MS)
    spot, at = free_edge(diagram, 1)
    QTest.mouseClick(diagram, LEFT, pos=at)
    slider = diagram.value.slider
    assert slider is not None
    track = slider.track
    QTest.mouseClick(track, LEFT, pos=QPoint(track.width() - 8, track.height() // 2))
    most = slider.value
    assert most > 1.9
    name, index = diagram.numbers.number(spot)
    qtbot.waitUntil(lambda: held(session, name)[index] == np.float32(most), timeout=PATIENCE_MS)
    assert session.running
    QTest.keyClick(track, Qt.Key.Key_Escape)
    assert not diagram.value.isVisible()


def test_arrows_change_a_number_in_one_step_to_undo(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    focus(diagram, 1, 1)
    keys(diagram, Qt.Key.Key_Return)
    assert diagram.value.slider is not None
    for _ in range(3):
        QTest.keyClick(diagram.value.slider.edit, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: held(session, "0.bias")[0] == np.float32(0.3), timeout=PATIENCE_MS)
    session.undo()
    qtbot.waitUntil(lambda: held(session, "0.bias")[0] == 0, timeout=PATIENCE_MS)
    assert session.to_undo is None


def test_escape_and_a_click_elsewhere_leave_a_number_as_it_was(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    _, at = free_edge(diagram, 2)
    QTest.mouseClick(diagram, LEFT, pos=at)
    type_over(diagram, "7", Qt.Key.Key_Escape)
    assert not diagram.value.isVisible()
    QTest.mouseClick(diagram, LEFT, pos=at)
    QTest.mouseClick(diagram, LEFT, pos=QPoint(3, 3))
    assert not diagram.value.isVisible()
    QTest.mouseClick(diagram, LEFT, pos=at)
    window.data.setFocus()
    diagram.controls.steppers[0].edit.setFocus()
    assert not diagram.value.isVisible()
    assert window.session.to_undo is None


def test_what_is_no_number_is_said(diagram: Diagram, window: MainWindow, qtbot: QtBot) -> None:
    _, at = free_edge(diagram, 2)
    QTest.mouseClick(diagram, LEFT, pos=at)
    type_over(diagram, "abc")
    assert "not a number" in window.toast.text
    assert window.session.to_undo is None


def test_a_neuron_s_weights_are_walked_and_typed_by_keyboard(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.step()
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)
    focus(diagram, 1, 3)
    keys(diagram, Qt.Key.Key_Down, held_key=SHIFT)
    weights = diagram.numbers.weights(1)
    assert weights is not None
    assert diagram.accessibleName() == f"Weight x₁ to neuron 3, {short(float(weights[2, 0]))}"
    assert [name for name, _, _ in diagram.readout] == ["weight", "gradient"]
    keys(diagram, Qt.Key.Key_Down, Qt.Key.Key_Down, held_key=SHIFT)  # there are two
    assert diagram.accessibleName() == f"Weight x₂ to neuron 3, {short(float(weights[2, 1]))}"
    keys(diagram, Qt.Key.Key_Return)
    type_over(diagram, "1.25")
    qtbot.waitUntil(lambda: held(session, "0.weight")[2, 1] == 1.25, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: diagram.accessibleName() == "Weight x₂ to neuron 3, 1.25")
    assert [name for name, _, _ in diagram.readout] == ["weight"]  # no gradient led to it
    assert session.to_undo == "Weight x₂ to neuron 3, 1.25"
    keys(diagram, Qt.Key.Key_Escape)
    assert diagram.accessibleName().startswith("Dense layer 1, neuron 3, bias ")
    keys(diagram, Qt.Key.Key_Down, held_key=SHIFT)
    keys(diagram, Qt.Key.Key_Left)
    assert diagram.accessibleName() == "Input, x₁"


# The neuron under the pointer


def test_the_neuron_under_the_pointer_is_shown_large(
    trained: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session, boundary = window.session, window.boundary
    before = boundary.plot.grab().toImage()
    QTest.mouseMove(trained, tile_place(trained, 2, 3))
    qtbot.waitUntil(lambda: boundary.plot.accessibleName() == "Dense layer 2, neuron 4")
    assert session.snapshot is not None
    assert session.snapshot.unit == (2, 3)
    assert boundary.plot.grab().toImage() != before
    QTest.mouseMove(trained, QPoint(3, 3))
    qtbot.waitUntil(lambda: boundary.plot.accessibleName() == "Decision boundary")
    assert boundary.plot.grab().toImage() == before


def test_the_neuron_in_focus_is_shown_large(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    focus(diagram, 1, 2)
    qtbot.waitUntil(lambda: window.boundary.plot.accessibleName() == "Dense layer 1, neuron 2")
    diagram.clearFocus()
    qtbot.waitUntil(lambda: window.boundary.plot.accessibleName() == "Decision boundary")


# The order of layers


def test_a_layer_is_dragged_to_another_place_with_its_weights(
    trained: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    before = session.experiment.layers
    biases = held(session, "4.bias").copy()
    start, end = header(trained, 3), header(trained, 1) - QPoint(40, 0)
    QTest.mousePress(trained, LEFT, pos=start)
    QTest.mouseMove(trained, start - QPoint(3, 0))
    still = trained.grab().toImage()
    QTest.mouseMove(trained, end)
    assert trained.grab().toImage() != still
    assert session.experiment.layers == before
    QTest.mouseRelease(trained, LEFT, pos=end)
    assert session.experiment.layers == (before[2], before[0], before[1])
    assert session.selected_layer == 0
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)
    assert np.array_equal(held(session, "0.bias"), biases)
    session.undo()
    assert session.experiment.layers == before


def test_the_mark_stands_where_a_dragged_layer_goes_in(diagram: Diagram, theme: Theme) -> None:
    places = diagram.places
    start = header(diagram, 1)
    QTest.mousePress(diagram, LEFT, pos=start)
    beyond = round(places.columns[2].middle) + 12
    QTest.mouseMove(diagram, QPoint(beyond, start.y()))
    image: QImage = diagram.grab().toImage()
    gap = round((places.columns[2].right + places.columns[3].left) / 2)
    row = [image.pixelColor(x, 30) for x in (gap - 1, gap)]
    assert theme.tokens.accent in row
    QTest.mouseMove(diagram, QPoint(start.x() + 12, start.y()))  # back in its own place
    image = diagram.grab().toImage()
    assert theme.tokens.accent not in [image.pixelColor(x, 30) for x in (gap - 1, gap)]
    QTest.mouseRelease(diagram, LEFT, pos=start + QPoint(12, 0))


def test_escape_ends_a_drag(diagram: Diagram, window: MainWindow) -> None:
    before = window.session.experiment.layers
    start, end = header(diagram, 1), header(diagram, 3) + QPoint(20, 0)
    QTest.mousePress(diagram, LEFT, pos=start)
    QTest.mouseMove(diagram, end)
    keys(diagram, Qt.Key.Key_Escape)
    QTest.mouseRelease(diagram, LEFT, pos=end)
    assert window.session.experiment.layers == before


def test_control_with_the_arrows_moves_a_layer(stacked: Diagram, window: MainWindow) -> None:
    session = window.session
    focus(stacked, 2)
    keys(stacked, Qt.Key.Key_Right, Qt.Key.Key_Right, held_key=CONTROL)
    assert session.experiment.layers == (STACK[0], *STACK[2:4], STACK[1], STACK[4])
    assert session.selected_layer == 3
    assert stacked.accessibleName() == "Batch norm, of 5 inputs"
    keys(stacked, *[Qt.Key.Key_Left] * 5, held_key=CONTROL)
    assert session.experiment.layers == (STACK[1], STACK[0], *STACK[2:])


# The menus


def menu_at(diagram: Diagram, at: QPoint) -> QMenu:
    """The context menu that a right click opens."""
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, diagram.mapToGlobal(at))
    QTest.mouseClick(diagram, RIGHT, pos=at)
    QApplication.sendEvent(diagram, event)  # as the platform does after a press
    assert diagram.menu is not None
    assert diagram.menu.isVisible()
    return diagram.menu


def choose(menu: QMenu, words: str) -> None:
    """Choose from a menu by the keyboard."""
    offered = [action for action in menu.actions() if not action.isSeparator()]
    chosen = next(action for action in offered if action.text() == words)
    menu.setActiveAction(chosen)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_the_menu_duplicates_freezes_and_removes(stacked: Diagram, window: MainWindow) -> None:
    session = window.session
    choose(menu_at(stacked, header(stacked, 4)), "Freeze")
    assert session.experiment.layers[3] == Dense(5, "relu", frozen=True)
    choose(menu_at(stacked, header(stacked, 4)), "Duplicate")
    assert session.experiment.layers[3:5] == (Dense(5, "relu", frozen=True), Dense(5, "relu"))
    assert session.selected_layer == 4
    choose(menu_at(stacked, header(stacked, 4)), "Unfreeze")
    assert session.experiment.layers[3] == Dense(5, "relu")
    choose(menu_at(stacked, header(stacked, 4)), "Remove")
    assert session.experiment.layers == STACK
    choose(menu_at(stacked, header(stacked, 4)), "Move left")
    assert session.experiment.layers[2:4] == (STACK[3], STACK[2])


def test_the_menu_of_a_pill_offers_what_it_can(stacked: Diagram) -> None:
    left, top, _, height = stacked.places.box(3)
    menu = menu_at(stacked, QPoint(round(left + 9), round(top + height - 6)))
    offered = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert offered == ["Duplicate", "Move left", "Move right", "Remove"]  # a dropout learns nothing
    menu.close()


def test_one_layer_s_weights_are_drawn_anew_and_had_back(
    trained: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first, second = held(session, "0.weight").copy(), held(session, "2.weight").copy()
    focus(trained, 2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(trained, event)
    assert trained.menu is not None
    choose(trained.menu, "Draw new weights")
    qtbot.waitUntil(lambda: (held(session, "2.weight") != second).all(), timeout=PATIENCE_MS)
    assert (held(session, "2.bias") == 0).all()
    assert np.array_equal(held(session, "0.weight"), first)
    drawn = held(session, "2.weight").copy()
    session.undo()
    qtbot.waitUntil(lambda: (held(session, "2.weight") == second).all(), timeout=PATIENCE_MS)
    session.redo()
    qtbot.waitUntil(lambda: (held(session, "2.weight") == drawn).all(), timeout=PATIENCE_MS)


@pytest.mark.parametrize("name", LAYERS)
def test_the_menu_of_a_gap_adds_any_layer(diagram: Diagram, window: MainWindow, name: str) -> None:
    before, cls = window.session.experiment.layers, LAYERS[name]
    places = diagram.places
    x = round((places.columns[1].right + places.columns[2].left) / 2)
    x = next(x for x in range(x, x + 40) if places.column_at(x) is None)
    choose(menu_at(diagram, QPoint(x, 30)), f"Add {cls.label.lower()}")
    assert window.session.experiment.layers == (before[0], cls(), *before[1:])


# Pills


def test_a_pill_says_what_it_holds(stacked: Diagram, window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.step_epoch()
    qtbot.waitUntil(lambda: epoch(session) == 1, timeout=PATIENCE_MS)
    left, top, width, _ = stacked.places.box(2)
    QTest.mouseMove(stacked, QPoint(round(left + width / 2), round(top + 3)))
    rows = {name: value for name, value, _ in stacked.readout}
    scales = held(session, "2.weight")
    ends = f"{short(float(scales.min()))} … {short(float(scales.max()))}"
    assert rows.keys() == {"γ", "β", "running mean", "running variance"}
    assert rows["γ"] == ends
    QTest.mouseMove(stacked, tile_place(stacked, 2, 4))
    rows = {name: value for name, value, _ in stacked.readout}
    assert rows["of"] == "neuron 5"
    assert rows["running mean"] == short(float(held(session, "2.running_mean")[4]))
    qtbot.waitUntil(lambda: window.boundary.plot.accessibleName() == "Batch norm, neuron 5")
    QTest.mouseMove(stacked, tile_place(stacked, 3, 4))
    assert [row[:2] for row in stacked.readout] == [("dropped in training", "25 %")]
    QTest.mouseMove(stacked, tile_place(stacked, 5, 0))
    assert [name for name, _, _ in stacked.readout] == ["of", "γ", "β"]


def test_the_keyboard_reads_a_pill_unit_by_unit(stacked: Diagram) -> None:
    focus(stacked, 2, 2)
    assert stacked.accessibleName() == "Batch norm, neuron 2, γ 1.00, β 0.00"
    keys(stacked, Qt.Key.Key_Return)
    assert not stacked.value.isVisible()


# Motion


def test_dashes_move_while_it_trains_and_rest_with_little_motion(
    diagram: Diagram,
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    theme: Theme,
) -> None:
    session, now = window.session, [0.0]
    monkeypatch.setattr(network_diagram, "monotonic", lambda: now[0])
    for index in range(3):
        session.edit(f"layers.{index}.frozen", True)  # so that only dashes differ
    gap = diagram.places.columns[1].right, diagram.places.columns[2].left
    part = diagram.rect().adjusted(round(gap[0]), 70, round(gap[1]) - diagram.width(), -40)

    def seen(at: float) -> QImage:
        now[0] = at
        assert session.snapshot is not None
        session.snapshot_changed.emit(session.snapshot)
        return diagram.grab(part).toImage()

    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)
    still = seen(0.0)
    assert seen(0.1) == still
    session.run()
    qtbot.waitUntil(lambda: session.state == "running", timeout=PATIENCE_MS)
    first = seen(0.2)
    assert first != still
    assert seen(0.3) != first
    window.actions_["motion"].act()
    assert not theme.motion
    try:
        assert seen(0.4) == still
    finally:
        window.actions_["motion"].act()
    session.pause()
    qtbot.waitUntil(lambda: session.state == "paused", timeout=PATIENCE_MS)
    assert seen(0.5) == still


def test_dashes_do_not_flash() -> None:
    assert network_diagram.DASH_SPEED / DASH < 3  # a second


# Room


def test_the_network_fills_the_centre_until_escape(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    low = window.network.height()
    QTest.mouseClick(window.network.fill, LEFT)
    assert window.network.height() > low + 300
    assert not window.settings.isVisible()
    assert not window.drawer.isVisible()
    _, at = free_edge(diagram, 2)
    QTest.mouseClick(diagram, LEFT, pos=at)
    QTest.keyClick(window, Qt.Key.Key_Escape)  # ends the typing first
    assert not diagram.value.isVisible()
    assert not window.settings.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.settings.isVisible()
    assert window.drawer.isVisible()
    assert window.network.height() == low


def test_the_presented_network_has_all_the_room_there_is(window: MainWindow) -> None:
    window.toggle_presentation()
    assert window.presentation is not None
    assert window.presentation.network.isVisible()
    assert not window.presentation.network.fill.isVisible()
    window.toggle_presentation()
    assert window.network.fill.isVisible()


def test_without_hidden_layers_the_plus_pulses_once(
    diagram: Diagram, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.edit("layers", ())
    plus = diagram.controls.adds[0]
    assert plus.glow.state() == plus.glow.State.Running
    assert plus.glow.loopCount() == 1
    qtbot.waitUntil(lambda: plus.glow.state() == plus.glow.State.Stopped, timeout=PATIENCE_MS)
    session.edit("name", "Another")
    assert plus.glow.state() == plus.glow.State.Stopped
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)
    weights = diagram.numbers.weights(1)
    assert weights is not None
    assert weights.shape == (1, 2)  # the inputs join the output
