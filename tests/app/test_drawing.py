"""Drawing one's own points: with the mouse, with the keys, while training runs, and undone."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app.panels.draw_bar import DrawTools, Palette, beginnings
from playground.app.panels.draw_layer import DrawLayer
from playground.app.theme import DARK, LIGHT
from playground.app.window import MainWindow
from playground.data.origin import source_of
from playground.data.points import MOST_POINTS, NAMES, Points

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def layer(qtbot: QtBot, window: MainWindow) -> DrawLayer:
    """The sheet over the plot, after D was pressed."""
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: shows(window, 0))
    return layer_of(window)


def layer_of(window: MainWindow) -> DrawLayer:
    found = window.boundary.findChild(DrawLayer)
    assert isinstance(found, DrawLayer)
    return found


def tools_of(window: MainWindow) -> DrawTools:
    found = window.boundary.findChild(DrawTools)
    assert isinstance(found, DrawTools)
    return found


def palette_of(window: MainWindow) -> Palette:
    found = window.boundary.findChild(Palette)
    assert isinstance(found, Palette)
    return found


def shows(window: MainWindow, count: int) -> bool:
    """Whether the worker trains on so many drawn points."""
    snapshot = window.session.snapshot
    assert snapshot is not None
    return snapshot.experiment.data.source == "points" and len(snapshot.data.dataset.x) == count


def points(window: MainWindow) -> Points:
    drawn = window.session.experiment.data.points
    assert drawn is not None
    return drawn


def at(layer: DrawLayer, across: float, down: float) -> QPoint:
    return QPoint(round(across * layer.width()), round(down * layer.height()))


def test_a_click_places_class_a_and_a_right_click_class_b(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.25, 0.25))
    qtbot.mouseClick(layer, RIGHT, pos=at(layer, 0.75, 0.75))
    assert points(window).targets == (0, 1)
    np.testing.assert_allclose(points(window).x1, (-3, 3), atol=0.05)
    np.testing.assert_allclose(points(window).x2, (3, -3), atol=0.05)
    qtbot.waitUntil(lambda: shows(window, 2))


def test_each_stroke_is_undone_as_one(qtbot: QtBot, window: MainWindow, layer: DrawLayer) -> None:
    tools_of(window).tools["spray"].click()
    counts = [0]
    for across in (0.3, 0.7):
        before = counts[-1]
        qtbot.mousePress(layer, LEFT, pos=at(layer, across, 0.4))
        qtbot.mouseMove(layer, at(layer, across, 0.6))
        qtbot.waitUntil(lambda before=before: len(points(window)) >= before + 8)
        qtbot.mouseRelease(layer, LEFT, pos=at(layer, across, 0.6))
        counts.append(len(points(window)))
    for count in (counts[1], counts[0]):
        qtbot.keyClick(layer, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(points(window)) == count
    window.session.redo()
    assert len(points(window)) == counts[1]


def test_points_are_sprayed_near_the_pointer_and_inside_the_plot(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    tools_of(window).tools["spray"].click()
    qtbot.mousePress(layer, LEFT, pos=QPoint(3, 3))
    qtbot.waitUntil(lambda: len(points(window)) >= 6)
    qtbot.mouseRelease(layer, LEFT, pos=QPoint(3, 3))
    assert min(points(window).x1) >= -6
    assert max(points(window).x2) <= 6
    assert max(points(window).x1) < -4.5


def test_points_are_moved_and_erased(qtbot: QtBot, window: MainWindow, layer: DrawLayer) -> None:
    for across in (0.2, 0.5, 0.8):
        qtbot.mouseClick(layer, LEFT, pos=at(layer, across, 0.5))
    tools_of(window).tools["move"].click()
    qtbot.mousePress(layer, LEFT, pos=at(layer, 0.5, 0.5) + QPoint(3, 2))
    for down in (0.4, 0.3, 0.25):
        qtbot.mouseMove(layer, at(layer, 0.5, down))
    qtbot.mouseRelease(layer, LEFT, pos=at(layer, 0.5, 0.25))
    assert points(window).x2[1] == pytest.approx(3, abs=0.05)
    assert points(window).x2[0] == pytest.approx(0, abs=0.05)
    window.session.undo()
    assert points(window).x2[1] == pytest.approx(0, abs=0.05)
    tools_of(window).tools["erase"].click()
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.2, 0.5))
    assert len(points(window)) == 2
    tools_of(window).clear.click()
    assert len(points(window)) == 0
    window.session.undo()
    assert len(points(window)) == 2


def test_drawing_goes_on_while_training_runs(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    qtbot.mouseClick(layer, RIGHT, pos=at(layer, 0.7, 0.7))
    qtbot.waitUntil(lambda: shows(window, 2))
    session = window.session
    session.run()
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.epoch > 3)
    qtbot.mouseClick(layer, RIGHT, pos=at(layer, 0.3, 0.6))
    qtbot.waitUntil(lambda: shows(window, 3))
    assert session.running
    assert session.snapshot is not None
    assert session.snapshot.epoch > 3  # what was learned is kept
    session.pause()


def test_everything_can_be_drawn_with_the_keys(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_2):
        qtbot.keyClick(layer, key)
    qtbot.keyClick(layer, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(layer, Qt.Key.Key_Enter)
    assert points(window).targets == (0, 1)
    assert points(window).x1[0] == pytest.approx(0.25, abs=0.01)
    assert 0 < points(window).x1[0] - points(window).x1[1] < 0.1
    qtbot.keyClick(layer, Qt.Key.Key_Delete)
    assert len(points(window)) == 1
    qtbot.keyClick(layer, Qt.Key.Key_Escape)
    assert not window.drawing.on
    assert not layer.isVisible()


def test_the_number_of_classes_and_values_are_chosen_below_the_plot(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    palette = palette_of(window)
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    palette.classes.activated.emit(palette.classes.findData("6"))
    assert [swatch.isVisible() for swatch in palette.swatches] == [True] * 6
    palette.swatches[4].click()
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.5, 0.5))
    qtbot.mouseClick(layer, RIGHT, pos=at(layer, 0.6, 0.5))
    assert points(window).targets == (0, 4, 5)
    assert not window.session.experiment.problems()
    palette.classes.activated.emit(palette.classes.findData("0"))
    assert window.session.experiment.task == "regression"
    assert window.data.task.value == "regress"
    palette.value.edit.start()
    qtbot.keyClicks(palette.value.edit, "0.5")
    qtbot.keyClick(palette.value.edit, Qt.Key.Key_Return)
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.2, 0.5))
    qtbot.mouseClick(layer, RIGHT, pos=at(layer, 0.8, 0.5))
    assert points(window).targets[-2:] == (0.5, -0.5)


def test_drawing_in_the_gallery_of_the_other_task_makes_the_points_fit_it(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    for task, classes, loss in (("regress", 0, "mse"), ("classify", 2, "cross_entropy")):
        qtbot.mouseClick(window.data.task.segment(task), LEFT)
        qtbot.mouseClick(window.data.sources.tiles["points"], LEFT)
        assert points(window).classes == classes
        assert window.session.experiment.loss == loss
        assert len(points(window)) == 1


def test_while_nothing_is_drawn_nothing_is_finished(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    qtbot.waitUntil(lambda: shows(window, 0))
    assert window.session.snapshot.stopped_by == "no samples"
    assert not window.transport.state.isVisible()
    assert not window.curves.finished.isVisible()
    assert not window.boundary.settings.isVisible()
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    qtbot.waitUntil(lambda: shows(window, 1))
    assert window.session.state == "ready"
    assert not window.boundary.settings.isVisible()  # its place is that of the tools


def test_drawing_starts_from_the_data_there_were(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    assert "Spiral" in layer.start_from.text()
    qtbot.mouseClick(layer.start_from, LEFT)
    assert len(points(window)) == 500
    assert not layer.start_from.isVisible()
    window.session.undo()
    window.session.undo()
    assert window.session.experiment.data.source == "spiral"
    assert not layer.isVisible()
    assert window.boundary.splits.isVisible()


def test_classes_keep_their_names_when_drawing_begins(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.replace(session.experiment.with_source("iris"))
    names = source_of(session.experiment.data).class_names
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: shows(window, 0))
    assert source_of(session.experiment.data).class_names == names
    palette = palette_of(window)
    shown = [each for each in palette.swatches if each.isVisible()]
    assert [each.accessibleName() for each in shown] == [f"Draw {name}" for name in names]
    qtbot.mouseClick(layer_of(window), LEFT, pos=QPoint(60, 60))
    tools_of(window).clear.click()
    assert points(window).class_names == names


def test_swatches_tell_classes_apart_by_name_or_by_the_least_of_it() -> None:
    assert beginnings(("setosa", "versicolor", "virginica")) == ("s", "ve", "vi")
    assert beginnings(("class A", "class B")) == ("A", "B")
    assert beginnings(("a", "ab", "b")) == ("a", "ab", "b")


def test_swatches_say_names_where_there_is_room(qtbot: QtBot, window: MainWindow) -> None:
    names = ("setosa", "versicolor", "virginica")
    window.session.replace(window.session.experiment.with_source("iris"))
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: shows(window, 0))
    palette = palette_of(window)
    for width, words in ((1440, names), (1024, beginnings(names))):
        window.resize(width, 700)
        QApplication.processEvents()
        assert [swatch.word for swatch in palette.swatches[:3]] == list(words)
        assert palette.swatches[2].geometry().right() < palette.classes.x()


def test_the_zoom_stays_while_points_are_drawn(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    session, plot = window.session, window.boundary.plot
    for _ in range(3):
        qtbot.keyClick(layer, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: session.snapshot.limits != session.snapshot.plane.limits)
    limits = session.snapshot.limits
    for count, across in enumerate((0.25, 0.75), 1):
        qtbot.mouseClick(layer, LEFT, pos=at(layer, across, 0.25))
        qtbot.waitUntil(lambda count=count: shows(window, count))
    assert session.snapshot.limits == session.wanted.limits == limits
    assert points(window).x1[0] == pytest.approx(-3 / 1.25**3, abs=0.05)
    whole = window.boundary.whole
    assert whole.isVisible()
    clicked = whole.mapTo(plot, whole.rect().center())
    assert plot.childAt(clicked) is whole
    qtbot.mouseClick(whole, LEFT)
    qtbot.waitUntil(lambda: session.snapshot.limits == session.snapshot.plane.limits)
    assert len(points(window)) == 2


def test_values_are_drawn_from_the_gallery_of_values(qtbot: QtBot, window: MainWindow) -> None:
    window.data.task.segment("regress").click()
    qtbot.mouseClick(window.data.sources.tiles["points"], LEFT)
    assert window.drawing.on
    assert points(window).classes == 0
    assert window.data.sources.tiles["points"].isChecked()


def test_the_drawing_survives_another_theme(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    window._theme.use(DARK)
    window.rebuild()
    qtbot.waitUntil(lambda: layer_of(window).isVisible())
    qtbot.mouseClick(layer_of(window), LEFT, pos=QPoint(60, 60))
    assert len(points(window)) == 2
    window._theme.use(LIGHT)
    window.rebuild()
    tools_of(window).done.click()
    assert not layer_of(window).isVisible()
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert len(points(window)) == 2


def test_more_points_than_there_can_be_are_said(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer
) -> None:
    full = Points.of(np.zeros((MOST_POINTS, 2)), np.zeros(MOST_POINTS), NAMES[:2])
    window.session.replace(window.session.experiment.with_source("points", points=full))
    with qtbot.waitSignal(window.session.notice) as said:
        qtbot.mouseClick(layer, LEFT, pos=at(layer, 0.3, 0.3))
    assert said.args is not None
    assert "20,000" in said.args[1]
    assert len(points(window)) == MOST_POINTS


def test_drawing_shows_both_inputs_where_others_were_plotted(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    session.replace(session.experiment.with_source("iris"))
    session.edit("view.axes", (1, 0))
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: shows(window, 0))
    qtbot.mouseClick(layer_of(window), LEFT, pos=at(layer_of(window), 0.75, 0.25))
    assert points(window).x1[0] == pytest.approx(3, abs=0.05)
    qtbot.waitUntil(lambda: shows(window, 1))
    assert session.snapshot is not None
    assert session.snapshot.plane.places[0] == pytest.approx((3, 3), abs=0.05)


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
def test_the_tools_have_room_for_every_class(
    qtbot: QtBot, window: MainWindow, layer: DrawLayer, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.drawing.set_classes(6)
    qtbot.waitUntil(lambda: palette_of(window).swatches[5].isVisible())
    for bar in (tools_of(window), palette_of(window)):
        assert bar.width() >= bar.minimumSizeHint().width()
        assert bar.parentWidget().rect().contains(bar.geometry())
    assert palette_of(window).geometry().contains(window.boundary.key.geometry())
