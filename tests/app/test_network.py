"""The network diagram: everything has its place, can be read off, and can be edited."""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network import Diagram, NetworkView
from playground.app.views.network_layout import NARROWEST, Spot, edge_heights, lay_out
from playground.app.views.network_model import short, structure_of
from playground.engine.layers import Dense
from playground.experiment import Experiment

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PATIENCE_MS = 10_000
COMPILING_MS = 300_000  # the very first start on a machine

Show = Callable[[Session], Diagram]


def idle(*units: int) -> Session:
    """A session on two spirals that was not started: there is no snapshot."""
    layers = tuple(Dense(each) for each in units)
    return Session(dataclasses.replace(Experiment.example("spiral"), layers=layers))


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Show:
    """Shows a session's network at the size it has in the design."""
    views = []

    def show(session: Session) -> Diagram:
        view = NetworkView(theme, session)
        views.append(view)
        qtbot.addWidget(view)
        view.resize(740, 440)
        with qtbot.waitActive(view):
            view.show()
            view.activateWindow()
        return view.diagram

    return show


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """Two spirals for a network of 2-8-8-1, with its first weights."""
    session = idle(8, 8)
    session.start()
    qtbot.waitUntil(lambda: session.snapshot is not None, timeout=COMPILING_MS)
    yield session
    session.stop()


@pytest.fixture
def diagram(session: Session, show: Show) -> Diagram:
    return show(session)


def press(diagram: Diagram, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(diagram, key)


def point(diagram: Diagram, x: float, y: float) -> None:
    QTest.mouseMove(diagram, QPoint(round(x), round(y)))


def place_on(diagram: Diagram, spot: Spot, share: float = 0.5) -> QPointF:
    """A place on an edge, a share of the way from its first end."""
    line = diagram.places.line(spot)
    x = line[0] + share * (line[2] - line[0])
    heights, _ = edge_heights(line[None], x)
    return QPointF(round(x), round(heights[0]))  # the mouse is moved by whole pixels


def click(diagram: Diagram, x: float, y: float) -> None:
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


def turn_wheel(diagram: Diagram, at: QPointF, notches: int) -> None:
    event = QWheelEvent(
        at,
        diagram.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(diagram, event)


def picture(diagram: Diagram) -> QImage:
    return diagram.grab().toImage()


def units(session: Session) -> list[int]:
    return [layer.units for layer in session.experiment.layers]


# Places


@pytest.mark.parametrize(
    "network",
    [
        (2, 1),
        (7, 4),
        (2, 8, 8, 1),
        (4, 12, 3),
        (2, *[8] * 6, 1),
        (64, 512, 1, 3),
        (2, *[9] * 12, 1),
    ],
    ids=lambda network: "-".join(map(str, network)),
)
@pytest.mark.parametrize("size", [(724, 424), (604, 385), (1100, 700)])
def test_tiles_fit_and_keep_apart(network: tuple[int, ...], size: tuple[int, int]) -> None:
    width, height = size
    for pills in ((), {1}, {1, 2}, {2}):
        assert_all_fits(network, width, height, {pill for pill in pills if pill < len(network) - 1})


def assert_all_fits(network: tuple[int, ...], width: int, height: int, pills: set[int]) -> None:
    places = lay_out(network, width, height, label_width=40, pills=pills)
    assert places.span >= width
    for index, (column, count) in enumerate(zip(places.columns, network, strict=True)):
        assert places.span >= column.right
        if index in pills:
            assert column.pill
            assert height - 38 >= column.pill[1] > column.pill[0] >= 62
            continue
        assert len(column.tops) + column.more == count
        assert len(column.tops) <= 12
        left, top, box_width, box_height = places.box(index)
        assert left <= column.left < column.right <= left + box_width
        assert 0 <= left < left + box_width <= places.span
        lowest = column.more_at + 8 if column.more else column.tops[-1] + column.side
        assert top < column.tops[0] < lowest <= top + box_height
        assert all(b - a > column.side for a, b in pairwise(column.tops))
    for index, (a, b) in enumerate(pairwise(places.columns)):
        between_pills = {index, index + 1} <= pills
        assert b.left - a.right >= 8 if between_pills else b.left - a.right > 12
        assert between_pills or b.middle - a.middle >= NARROWEST - 1


@pytest.mark.parametrize("hidden", [(), (8,), (8, 8), (8,) * 6, (8,) * 8, (8,) * 12])
def test_controls_do_not_cover_each_other(show: Show, hidden: tuple[int, ...]) -> None:
    diagram = show(idle(*hidden))
    steppers = [stepper.geometry() for stepper in diagram.controls.steppers]
    adds = [
        QRect(button.geometry().adjusted(3, 3, -3, -3)) for button in diagram.controls.adds
    ]  # as they are drawn
    assert len(steppers) == len(hidden)
    assert len(adds) == (len(hidden) + 1 if len(hidden) < 12 else 0)
    shown = steppers + adds
    for index, one in enumerate(shown):
        assert not any(one.intersects(other) for other in shown[index + 1 :])


def test_the_number_of_parameters_is_that_of_the_network(diagram: Diagram) -> None:
    snapshot = diagram.numbers
    sizes = [
        snapshot.weights(column).size + snapshot.biases(column).size  # type: ignore[union-attr]
        for column in range(1, len(diagram.places.columns))
    ]
    assert diagram.structure.parameters == sum(sizes) == 2 * 8 + 8 + 8 * 8 + 8 + 8 + 1


def test_many_layers_scroll(show: Show) -> None:
    diagram = show(idle(*[4] * 12))
    assert diagram.bar.isVisible()
    last = diagram.places.columns[-1]
    assert last.right > diagram.width()
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    press(diagram, *[Qt.Key.Key_Right] * 13)
    assert diagram.bar.value() > 0
    assert last.right - diagram.bar.value() <= diagram.width()
    assert diagram.spot_at(QPointF(last.middle - diagram.bar.value(), last.centre(0))) == Spot(
        "unit", 13, 0
    )


def test_eight_layers_fit_without_scrolling(show: Show) -> None:
    assert not show(idle(*[8] * 8)).bar.isVisible()


# Reading off


@pytest.mark.parametrize(
    "spot", [Spot("edge", 1, 7, 0), Spot("edge", 2, 0, 5), Spot("edge", 3, 0, 6)]
)
@pytest.mark.parametrize("share", [0.15, 0.9])
def test_an_edge_shows_its_weight_and_after_a_step_its_gradient(
    qtbot: QtBot, session: Session, diagram: Diagram, spot: Spot, share: float
) -> None:
    at = place_on(diagram, spot, share)
    point(diagram, at.x(), at.y())
    assert [row[0] for row in diagram.readout] == ["weight"]
    session.step()
    qtbot.waitUntil(lambda: not session.awake)
    at = place_on(diagram, spot, share)
    point(diagram, at.x(), at.y())
    found = diagram.spot_at(at)
    assert found is not None
    assert found.kind == "edge"
    assert found.column == spot.column
    weights, gradients = (
        diagram.numbers.weights(spot.column),
        diagram.numbers.gradients(spot.column),
    )
    assert weights is not None
    assert gradients is not None
    values = weights[found.unit, found.source], gradients[found.unit, found.source]
    assert [row[:2] for row in diagram.readout] == [
        ("weight", short(values[0])),
        ("gradient", short(values[1])),
    ]


def test_the_edge_under_the_pointer_is_the_nearest(diagram: Diagram) -> None:
    for spot in (Spot("edge", 1, 0, 0), Spot("edge", 1, 7, 1), Spot("edge", 3, 0, 0)):
        at = place_on(diagram, spot, 0.6)
        found = diagram.spot_at(at)
        assert found is not None
        other = place_on(diagram, found, 0.6)
        assert abs(other.y() - at.y()) < 4


def test_biases_are_read_off_the_output_s_too(diagram: Diagram) -> None:
    for column, unit in ((1, 2), (2, 7), (3, 0)):
        x, y = diagram.places.columns[column].dot(unit)
        point(diagram, x - 1, y + 1)
        biases = diagram.numbers.biases(column)
        assert biases is not None
        assert [row[:2] for row in diagram.readout] == [("bias", short(biases[unit]))]


def test_neurons_and_features_are_named(diagram: Diagram) -> None:
    inputs, first = diagram.places.columns[:2]
    point(diagram, first.middle, first.centre(4))
    assert [name for name, _, _ in diagram.readout] == ["neuron", "bias"]
    assert diagram.readout[0][1] == "5"
    point(diagram, inputs.middle, inputs.centre(1))
    assert [row[:2] for row in diagram.readout] == [("feature", "x₂")]
    point(diagram, 3, 3)
    assert diagram.readout == []
    assert structure_of(Experiment.example("iris")).unit_name(0, 1) == "x₂ · sepal width (cm)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1.648, "−1.65"),
        (0.0, "0.00"),
        (-0.004, "−0.0040"),
        (0.0347, "0.035"),
        (123.4, "123.40"),
        (-3.14e-7, "−3.1e−7"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


# What is drawn


def test_edges_have_the_colour_of_their_sign(diagram: Diagram, theme: Theme) -> None:
    image = picture(diagram)
    for column in (1, 2, 3):
        weights = diagram.numbers.weights(column)
        assert weights is not None
        for sign, colour in ((-1, theme.tokens.negative), (1, theme.tokens.positive)):
            unit, source = np.unravel_index(np.argmax(sign * weights), weights.shape)
            if sign * weights[unit, source] < 0.5 * np.abs(weights).max():
                continue  # too faint among the others
            at = place_on(diagram, Spot("edge", column, int(unit), int(source)), 0.35)
            found = image.pixelColor(at.toPoint())
            assert (found.red() > found.blue()) == (colour.red() > colour.blue())


def test_a_marked_edge_is_dark(diagram: Diagram) -> None:
    spot = diagram.spot_at(place_on(diagram, Spot("edge", 3, 0, 0), 0.3))
    assert spot is not None
    at = place_on(diagram, spot, 0.3)
    point(diagram, at.x(), at.y())
    beside = place_on(diagram, spot, 0.55).toPoint()
    assert darkest(picture(diagram), beside) < 90
    point(diagram, 3, 3)
    assert darkest(picture(diagram), beside) > 90


def darkest(image: QImage, around: QPoint) -> int:
    """The lightness of the darkest of nine pixels."""
    return min(
        image.pixelColor(around + QPoint(x, y)).lightness() for x in (-1, 0, 1) for y in (-1, 0, 1)
    )


def test_biases_are_dots_of_their_sign(
    diagram: Diagram, theme: Theme, session: Session, qtbot: QtBot
) -> None:
    session.step_epoch()  # the first biases are all zero
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.epoch == 1)
    image = picture(diagram)
    for column in (1, 3):
        biases = diagram.numbers.biases(column)
        assert biases is not None
        for unit, bias in enumerate(biases):
            x, y = diagram.places.columns[column].dot(unit)
            colour = theme.tokens.negative if bias < 0 else theme.tokens.positive
            assert image.pixelColor(round(x), round(y)) == colour


def test_tiles_show_the_pictures_of_the_snapshot(diagram: Diagram) -> None:
    inputs = diagram.places.columns[0]
    image = picture(diagram)
    left = image.pixelColor(round(inputs.left + 3), round(inputs.centre(0)))
    right = image.pixelColor(round(inputs.right - 3), round(inputs.centre(0)))
    assert left.red() > left.blue()  # x₁ is negative at the left
    assert right.blue() > right.red()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_tiles_are_round_at_any_pixel_ratio(diagram: Diagram, ratio: float) -> None:
    image = QImage(diagram.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    diagram.render(image)
    for column in diagram.places.columns:
        for top in column.tops:
            for corner, away in ((column.left, -3), (column.right - 1, 3)):
                inside, outside = QPointF(corner, top), QPointF(corner + away, top - 3)
                shown = [image.pixelColor((at * ratio).toPoint()) for at in (inside, outside)]
                assert shown[0].getRgb() == pytest.approx(shown[1].getRgb(), abs=4)


def test_without_a_snapshot_the_structure_is_drawn(show: Show, theme: Theme) -> None:
    diagram = show(idle(8, 8))
    image = picture(diagram)
    for column in diagram.places.columns:
        assert image.pixelColor(round(column.middle), round(column.centre(0))) == theme.tokens.sunk
    gap = diagram.places.columns[2].right + 20
    column = [image.pixelColor(round(gap), y) for y in range(80, 380)]
    assert set(map(QColor.name, column)) == {theme.tokens.panel.name()}
    assert diagram.spot_at(QPointF(gap, 200)) != Spot("edge", 3, 0, 0)


def test_after_an_edit_what_still_fits_stays(
    diagram: Diagram, session: Session, theme: Theme
) -> None:
    session.set_units(1, 5)  # no snapshot of it yet
    image = picture(diagram)
    first, second = diagram.places.columns[1:3]
    assert diagram.structure.units == (2, 8, 5, 1)
    assert image.pixelColor(round(second.middle), round(second.centre(0))) == theme.tokens.sunk
    assert image.pixelColor(round(first.middle), round(first.centre(0))) != theme.tokens.sunk
    assert diagram.numbers.weights(1) is not None
    assert diagram.numbers.weights(2) is None


def test_the_next_snapshot_fills_the_new_structure(
    diagram: Diagram, session: Session, qtbot: QtBot
) -> None:
    session.replace(dataclasses.replace(session.experiment, layers=(Dense(3), Dense(20), Dense(2))))
    qtbot.waitUntil(lambda: diagram.numbers.weights(4) is not None, timeout=PATIENCE_MS)
    assert diagram.structure.units == (2, 3, 20, 2, 1)
    assert all(diagram.numbers.pictures(column) is not None for column in range(5))
    assert diagram.places.columns[2].more == 9
    picture(diagram)


# Wide layers


@pytest.fixture
def wide(session: Session, diagram: Diagram, qtbot: QtBot) -> Diagram:
    """2-30-20-1: of both layers 11 neurons are seen at a time."""
    session.replace(dataclasses.replace(session.experiment, layers=(Dense(30), Dense(20))))
    qtbot.waitUntil(lambda: diagram.numbers.weights(3) is not None, timeout=PATIENCE_MS)
    return diagram


def test_a_click_on_how_many_more_brings_them(wide: Diagram, session: Session) -> None:
    seen, before = [], picture(wide)
    for _ in range(4):
        column = wide.places.columns[1]
        seen.append((column.first, column.shown.stop))
        spot = wide.spot_at(QPointF(column.middle, column.centre(column.first)))
        assert spot == Spot("unit", 1, column.first)
        click(wide, column.middle, column.more_at)
    assert seen == [(0, 11), (11, 22), (19, 30), (0, 11)]
    assert picture(wide) != before
    assert session.to_undo is not None
    assert units(session) == [30, 20]


def test_a_neuron_that_was_not_seen_has_its_own_picture_and_weights(
    wide: Diagram, session: Session, qtbot: QtBot
) -> None:
    for column in (1, 2):
        click(wide, wide.places.columns[column].middle, wide.places.columns[column].more_at)
    first, second = wide.places.columns[1:3]
    assert (first.first, second.first) == (11, 9)
    spot = Spot("edge", 2, 15, 17)
    at = place_on(wide, spot)
    point(wide, at.x(), at.y())
    read = wide.spot_at(at)
    assert read is not None
    weights = session.snapshot.parameters["2.weight"]
    assert (wide.readout[0][1]) == short(float(weights[read.unit, read.source]))
    assert read.unit >= 9
    assert read.source >= 11
    x, y = first.dot(20)
    assert wide.spot_at(QPointF(x, y)) == Spot("bias", 1, 20)
    point(wide, first.middle, first.centre(20))
    qtbot.waitUntil(lambda: session.snapshot.unit == (1, 20), timeout=PATIENCE_MS)


def test_the_wheel_and_the_arrows_go_through_a_wide_layer(wide: Diagram, session: Session) -> None:
    column = wide.places.columns[1]
    turn_wheel(wide, QPointF(column.middle, column.centre(5)), -1)
    assert wide.places.columns[1].first == 1
    turn_wheel(wide, QPointF(column.middle, column.centre(5)), 1)
    assert wide.places.columns[1].first == 0
    wide.setFocus(Qt.FocusReason.TabFocusReason)
    session.select_layer(0)
    press(wide, *[Qt.Key.Key_Down] * 13)
    assert wide.places.columns[1].first == 2
    assert wide.accessibleName().startswith("Dense layer 1, neuron 13,")
    press(wide, Qt.Key.Key_Right)
    assert wide.places.columns[2].shown.stop == 13
    for _ in range(30):
        QTest.keyClick(wide, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert wide.places.columns[1].shown.stop == 30
    assert "neuron 30 to neuron 13" in wide.accessibleName()
    picture(wide)
    session.set_units(0, 5)
    assert wide.places.columns[1].first == 0
    picture(wide)


# Editing


def test_a_click_on_a_column_selects_its_layer(diagram: Diagram, session: Session) -> None:
    second, output = diagram.places.columns[2:4]
    click(diagram, second.middle + 30, second.tops[0] - 4)
    assert session.selected_layer == 1
    click(diagram, output.middle, output.centre(0))
    assert session.selected_layer is None
    first = diagram.places.columns[1]
    click(diagram, first.middle, first.centre(3))
    assert session.selected_layer == 0


def test_the_steppers_change_the_units(show: Show) -> None:
    session = idle(8, 8)
    diagram = show(session)
    stepper = diagram.controls.steppers[1]
    QTest.mouseClick(stepper.more, Qt.MouseButton.LeftButton)
    assert units(session) == [8, 9]
    assert session.selected_layer == 1
    QTest.mouseClick(diagram.controls.steppers[0].less, Qt.MouseButton.LeftButton)
    assert units(session) == [7, 9]
    QTest.mouseClick(stepper.edit, Qt.MouseButton.LeftButton)
    stepper.edit.selectAll()
    QTest.keyClicks(stepper.edit, "9999")
    QTest.keyClick(stepper.edit, Qt.Key.Key_Return)
    assert units(session) == [7, 512]
    assert stepper.edit.text() == "512"


def test_one_unit_is_the_least(show: Show) -> None:
    session = idle(1)
    diagram = show(session)
    assert not diagram.controls.steppers[0].less.isEnabled()
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    press(diagram, Qt.Key.Key_Minus)
    assert units(session) == [1]


def test_buttons_between_columns_add_layers(show: Show) -> None:
    session = idle()
    diagram = show(session)
    assert len(diagram.places.columns) == 2
    QTest.mouseClick(diagram.controls.adds[0], Qt.MouseButton.LeftButton)
    assert units(session) == [8]
    session.set_units(0, 3)
    QTest.mouseClick(diagram.controls.adds[1], Qt.MouseButton.LeftButton)
    assert units(session) == [3, 3]
    assert session.selected_layer == 1
    assert diagram.selected == 2


def test_the_keyboard_does_it_all(show: Show) -> None:
    session = idle(8, 6)
    diagram = show(session)
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    assert diagram.accessibleName() == "Dense layer 1, 8 neurons, tanh"
    press(diagram, Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Plus)
    assert units(session) == [8, 8]
    assert session.selected_layer == 1
    press(diagram, Qt.Key.Key_Minus, Qt.Key.Key_Insert)
    assert units(session) == [8, 7, 7]
    assert session.selected_layer == 2
    press(diagram, Qt.Key.Key_Right)
    assert session.selected_layer is None
    press(diagram, Qt.Key.Key_Delete)  # the output stays
    assert units(session) == [8, 7, 7]
    press(diagram, Qt.Key.Key_Left, Qt.Key.Key_Delete, Qt.Key.Key_Left, Qt.Key.Key_Delete)
    assert units(session) == [7]
    press(diagram, Qt.Key.Key_Delete)
    assert units(session) == []
    press(diagram, Qt.Key.Key_Left, Qt.Key.Key_Insert)
    assert units(session) == [8]


def test_enter_types_the_number_of_units(show: Show) -> None:
    session = idle(8)
    diagram = show(session)
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    press(diagram, Qt.Key.Key_Return)
    edit = diagram.controls.steppers[0].edit
    assert edit.hasFocus()
    QTest.keyClicks(edit, "11")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert units(session) == [11]
    assert diagram.hasFocus()


def test_screen_readers_hear_what_has_the_focus(diagram: Diagram) -> None:
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    press(diagram, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down)
    biases, weights = diagram.numbers.biases(1), diagram.numbers.weights(1)
    assert biases is not None
    assert weights is not None
    assert diagram.accessibleName() == f"Dense layer 1, neuron 3, bias {short(biases[2])}"
    first, second = map(short, weights[2])
    assert diagram.accessibleDescription() == f"Weights: x₁ {first}, x₂ {second}"
    press(diagram, Qt.Key.Key_Left)
    assert diagram.accessibleName() == "Input, x₂"


def test_other_keys_are_left_to_the_window(
    diagram: Diagram, session: Session, qtbot: QtBot
) -> None:
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    heard: list[int] = []
    diagram.window().keyPressEvent = lambda event: heard.append(event.key())  # type: ignore[method-assign]
    press(diagram, Qt.Key.Key_Space)
    assert heard == [Qt.Key.Key_Space]


def test_a_running_network_is_drawn_anew(diagram: Diagram, session: Session, qtbot: QtBot) -> None:
    before = picture(diagram)
    session.run()
    qtbot.waitUntil(
        lambda: session.snapshot is not None and session.snapshot.epoch > 5, timeout=PATIENCE_MS
    )
    session.pause()
    qtbot.waitUntil(lambda: session.state == "paused", timeout=PATIENCE_MS)
    assert picture(diagram) != before
