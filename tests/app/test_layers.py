"""Layers of every kind in the window: seen, chosen, added, frozen, removed and trained."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.controls.slider import Slider
from playground.app.panels.layer import DenseForm, LayerForm, NormForm, OutputFacts
from playground.app.panels.transport import architecture
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.network import Diagram, NetworkView
from playground.app.views.network_layout import Spot
from playground.app.window import MainWindow
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import Experiment

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PATIENCE_MS = 20_000
COMPILING_MS = 300_000  # the very first start on a machine
LEFT = Qt.MouseButton.LeftButton
STACK = (
    Dropout(0.1),
    Dense(8, frozen=True),
    BatchNorm(),
    Dropout(0.25),
    Dense(14, "relu"),
    Dense(3),
    LayerNorm(frozen=True),
)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[MainWindow]:
    """The window with an experiment of every kind of layer, opened from a file."""
    path = tmp_path / "all.playground.json"
    path.write_text(replace(Experiment.example("spiral"), layers=STACK).to_json(), "utf-8")
    window = MainWindow(theme, Session(Experiment.example("spiral")))
    qtbot.addWidget(window)
    window.files.open(path)
    window.resize(1440, 900)
    window.show()
    session = window.session
    qtbot.waitUntil(lambda: fits(session), timeout=COMPILING_MS)
    yield window
    window.close()


def fits(session: Session) -> bool:
    """Whether the newest picture is of what is set."""
    return session.snapshot is not None and session.snapshot.experiment == session.experiment


def click_on(diagram: Diagram, column: int) -> None:
    left, top, width, height = diagram.places.box(column)
    place = QPoint(round(left + width / 2), round(top + height / 2))
    diagram.bar.setValue(0)
    QTest.mouseClick(diagram, LEFT, pos=place)


def pills_of(diagram: Diagram) -> list[int]:
    return [index for index, column in enumerate(diagram.places.columns) if column.pill]


# What is seen


def test_the_diagram_shows_what_each_layer_has(window: MainWindow) -> None:
    diagram, snapshot = window.network.diagram, window.session.snapshot
    assert snapshot is not None
    numbers, structure = diagram.numbers, diagram.structure
    assert structure.units == (2, 2, 8, 8, 8, 14, 3, 3, 1)
    assert pills_of(diagram) == [1, 3, 4, 7]
    for column, units in enumerate(structure.units):
        pictures = numbers.pictures(column)
        assert pictures is not None
        assert len(pictures) == units
    for column, module in ((2, "1"), (5, "5"), (6, "7"), (8, "10")):
        for shown, kind in ((numbers.weights(column), "weight"), (numbers.biases(column), "bias")):
            assert shown is snapshot.parameters[f"{module}.{kind}"]
    for column in pills_of(diagram):
        assert numbers.weights(column) is None
        assert numbers.biases(column) is None
    trained = [name for name in snapshot.parameters if "running" not in name]
    assert structure.parameters == sum(snapshot.parameters[name].size for name in trained)


def test_edges_begin_at_the_pill_where_its_lines_end(window: MainWindow) -> None:
    places = window.network.diagram.places
    lines = places.lines(5)  # from eight units through two pills to fourteen, of which 11 are seen
    assert lines.shape == (11, 8, 4)
    assert set(lines[0, :, 0]) == {np.float32(places.columns[4].right)}
    assert lines[0, :, 1] == pytest.approx(places.columns[2].centres)


def test_it_is_trained_and_drawn(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    before = window.network.grab().toImage()
    session.run()
    qtbot.waitUntil(
        lambda: session.snapshot is not None and session.snapshot.epoch > 3, timeout=PATIENCE_MS
    )
    assert window.network.grab().toImage() != before
    window.resize(1024, 700)
    window.grab()
    session.pause()
    qtbot.waitUntil(lambda: not session.awake, timeout=PATIENCE_MS)


def test_the_title_counts_units_of_dense_layers(window: MainWindow) -> None:
    assert architecture(window.session.experiment) == "2 · 8 · 14 · 3 · 1"


def test_a_pill_is_drawn_with_lines_into_it(qtbot: QtBot, theme: Theme) -> None:
    session = Session(
        replace(Experiment.example("spiral"), layers=(Dense(4), BatchNorm(), Dense(4)))
    )
    view = NetworkView(theme, session)
    qtbot.addWidget(view)
    view.resize(740, 440)
    view.show()
    diagram = view.diagram
    first, pill, second = diagram.places.columns[1:4]
    assert pill.pill is not None
    image: QImage = diagram.grab().toImage()
    assert image.pixelColor(round(pill.left + 3), round(pill.pill[0] + 12)) == theme.tokens.sunk
    middle = round((first.right + pill.left) / 2)
    heights = [
        y
        for y in range(round(pill.pill[0]), round(pill.pill[1]))
        if image.pixelColor(middle, y) != theme.tokens.panel
    ]
    assert {round(y - 0.5) for y in first.centres} <= {*heights}
    assert len(heights) <= 2 * len(first.centres)
    assert second.left > pill.right


@pytest.mark.parametrize("stack", [STACK, (Dropout(),), (LayerNorm(), BatchNorm()), STACK * 2])
@pytest.mark.parametrize("size", [(740, 440), (410, 420), (1100, 700)])
def test_any_stack_is_laid_out(
    qtbot: QtBot, theme: Theme, stack: tuple[Dense | Dropout, ...], size: tuple[int, int]
) -> None:
    view = NetworkView(theme, Session(replace(Experiment.example("spiral"), layers=stack)))
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.grab()
    diagram = view.diagram
    steppers = [each.geometry() for each in diagram.controls.steppers]
    adds = [each.geometry().adjusted(3, 3, -3, -3) for each in diagram.controls.adds]
    assert len(steppers) == len(adds) - 1 == sum(isinstance(layer, Dense) for layer in stack)
    drawn = steppers + adds
    for index, one in enumerate(drawn):
        assert not any(one.intersects(other) for other in drawn[index + 1 :])


# What can be done


def test_a_click_on_a_pill_shows_it_in_the_card(window: MainWindow) -> None:
    diagram, card = window.network.diagram, window.settings.layer
    click_on(diagram, 3)
    assert window.session.selected_layer == 2
    assert card.title.text() == "Batch norm"
    assert isinstance(card.body, NormForm)
    click_on(diagram, 4)
    assert card.title.text() == "Dropout 0.25"
    assert isinstance(card.body, LayerForm)
    click_on(diagram, 5)
    assert card.title.text() == "Dense layer 2"
    assert isinstance(card.body, DenseForm)
    assert diagram.spot_at(QPointF(*diagram.places.box(3)[:2])) == Spot("column", 3)


def test_the_trash_and_the_key_remove_any_layer(qtbot: QtBot, window: MainWindow) -> None:
    session, card = window.session, window.settings.layer
    for index in (6, 2):
        session.select_layer(index)
        qtbot.mouseClick(card.remove, LEFT)
    kinds = [type(layer) for layer in session.experiment.layers]
    assert kinds == [Dropout, Dense, Dropout, Dense, Dense]
    diagram = window.network.diagram
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        QTest.keyClick(diagram, Qt.Key.Key_Left)
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert diagram.accessibleName() == "Dropout 0.1, of 2 inputs"
    for _ in range(5):
        QTest.keyClick(diagram, Qt.Key.Key_Delete)
    assert session.experiment.layers == ()
    assert isinstance(card.body, OutputFacts)
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)


@pytest.mark.parametrize("place", range(len(LAYERS)))
def test_the_menu_adds_a_layer_after_the_selected_one(
    qtbot: QtBot, window: MainWindow, place: int
) -> None:
    session, card = window.session, window.settings.layer
    session.select_layer(1)
    card.add.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(card.add, Qt.Key.Key_Return)
    qtbot.waitUntil(card.menu.isVisible)
    for _ in range(place):
        qtbot.keyClick(card.menu, Qt.Key.Key_Down)
    qtbot.keyClick(card.menu, Qt.Key.Key_Return)
    cls = tuple(LAYERS.values())[place]
    assert session.experiment.layers[2] == cls()
    assert len(session.experiment.layers) == len(STACK) + 1
    assert session.selected_layer == 2
    qtbot.waitUntil(lambda: fits(session), timeout=PATIENCE_MS)


def test_beside_the_output_the_menu_adds_before_it(window: MainWindow) -> None:
    window.session.select_layer(None)
    window.settings.layer.menu.actions()[1].trigger()
    assert window.session.experiment.layers == (*STACK, Dropout())


def test_plus_between_columns_adds_a_dense_layer_like_its_neighbour(window: MainWindow) -> None:
    diagram = window.network.diagram
    assert diagram.controls.adds[1].accessibleName() == (
        "Add a layer between dropout 0.25 and dense layer 2"
    )
    QTest.mouseClick(diagram.controls.adds[1], LEFT)
    layers = window.session.experiment.layers
    assert layers[3:6] == (Dropout(0.25), Dense(8), Dense(14, "relu"))  # and is not frozen


def test_steppers_change_their_own_layer(window: MainWindow) -> None:
    diagram = window.network.diagram
    QTest.mouseClick(diagram.controls.steppers[2].more, LEFT)
    assert window.session.experiment.layers[5] == Dense(4)
    assert window.session.selected_layer == 5
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    QTest.keyClick(diagram, Qt.Key.Key_Plus)  # a norm has no units to change
    QTest.keyClick(diagram, Qt.Key.Key_Return)
    assert window.session.experiment.layers[6:] == STACK[6:]


def test_a_layer_is_frozen_and_said_to_be(qtbot: QtBot, window: MainWindow) -> None:
    session, card, diagram = window.session, window.settings.layer, window.network.diagram
    session.select_layer(4)
    assert not card.frozen.isChecked()
    qtbot.mouseClick(card.frozen, LEFT)
    assert session.experiment.layers[4] == Dense(14, "relu", frozen=True)
    assert diagram.structure.about(5) == "14 neurons, relu, frozen"
    session.select_layer(3)
    assert not card.frozen.isVisible()  # a dropout learns nothing
    session.select_layer(6)
    assert card.frozen.isChecked()
    qtbot.mouseClick(card.frozen, LEFT)
    assert session.experiment.layers[6] == LayerNorm()


def test_settings_of_a_norm_are_edited(qtbot: QtBot, window: MainWindow) -> None:
    session, card = window.session, window.settings.layer
    session.select_layer(2)
    assert isinstance(card.body, NormForm)
    session.edit("layers.2.momentum", 0.3)
    popover = card.body.parameters.open()
    sliders = {each.label.text(): each for each in popover.findChildren(Slider)}
    assert sliders.keys() == {"Momentum", "ε"}
    assert sliders["Momentum"].edit.text() == "0.3"
    sliders["ε"].edit.start()
    qtbot.keyClicks(sliders["ε"].edit, "0.001")
    qtbot.keyClick(sliders["ε"].edit, Qt.Key.Key_Return)
    assert session.experiment.layers[2] == BatchNorm(0.3, 0.001)
    popover.close()


def test_the_card_changes_the_kind_of_a_layer(qtbot: QtBot, window: MainWindow) -> None:
    session, card = window.session, window.settings.layer
    session.select_layer(4)
    assert card.kind.value == "dense"
    qtbot.mouseClick(card.kind.segment("norm"), LEFT)
    assert session.experiment.layers[4] == BatchNorm()
    assert card.title.text() == "Batch norm"
    assert isinstance(card.body, NormForm)
    qtbot.mouseClick(card.body.over.segment("layer_norm"), LEFT)
    assert session.experiment.layers[4] == LayerNorm()
    assert card.kind.value == "norm"
    qtbot.mouseClick(card.kind.segment("dropout"), LEFT)
    assert session.experiment.layers[4] == Dropout()
    session.undo()
    session.undo()
    session.undo()
    assert session.experiment.layers == STACK
    assert card.kind.value == "dense"
    session.select_layer(None)
    assert not card.kind.isVisible()


def test_the_card_shows_a_norm_s_numbers_as_they_are_learned(
    qtbot: QtBot, window: MainWindow
) -> None:
    session, card = window.session, window.settings.layer
    session.select_layer(2)
    assert isinstance(card.body, NormForm)
    assert (card.body.scales.text(), card.body.shifts.text()) == ("γ  1.00", "β  0.00")
    session.step_epoch()
    qtbot.waitUntil(lambda: "…" in card.body.scales.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "…" in card.body.shifts.text(), timeout=PATIENCE_MS)


def test_a_batch_norm_that_does_not_fit_is_explained(qtbot: QtBot, window: MainWindow) -> None:
    session, card = window.session, window.settings.layer
    session.replace(replace(session.experiment, layers=(Dense(4),), batch_size=1))
    session.select_layer(0)
    card.menu.actions()[2].trigger()
    assert session.experiment.layers == (Dense(4),)
    assert "at least 2 samples" in window.toast.text
    frozen = (Dense(4), BatchNorm(frozen=True))
    assert session.replace(replace(session.experiment, layers=frozen))
    session.select_layer(1)
    window.toast.say("info", "")
    qtbot.mouseClick(card.frozen, LEFT)
    assert session.experiment.layers == frozen
    assert card.frozen.isChecked()
    assert "at least 2 samples" in window.toast.text
