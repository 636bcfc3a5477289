"""The drawer as a user has it: its tabs, what they show, and views as windows of their own."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from playground.app.theme import Theme
from playground.app.views.confusion import ConfusionView
from playground.app.views.drawer import Drawer, Place
from playground.app.views.drawer_gradients import GradientsView, apart
from playground.app.views.drawer_landscape import LandscapeView
from playground.app.views.drawer_runs import RunsView, run_look, sparkline
from playground.app.views.drawer_view import spread
from playground.app.views.drawer_weights import WeightsView
from playground.app.views.landscape_map import violets
from playground.app.views.run_rows import COLUMNS, RunRow
from playground.app.views.weight_choice import WeightChoice
from playground.app.window import MainWindow
from playground.engine.layers import Dense
from playground.snapshot import Snapshot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
TABS = ("gradients", "landscape", "confusion", "weights", "runs")


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, LEFT)


def shown(window: MainWindow) -> Snapshot:
    assert window.session.snapshot is not None
    return window.session.snapshot


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the worker has answered everything."""
    qtbot.waitUntil(lambda: not window.session.awake, timeout=20_000)
    QApplication.processEvents()


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    """Run for some epochs more, and pause."""
    session = window.session
    session.edit("stop.epochs", shown(window).epoch + epochs)
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=20_000)
    settle(qtbot, window)


def open_tab(qtbot: QtBot, window: MainWindow, key: str) -> QWidget:
    click(qtbot, window.drawer.tabs[key])
    settle(qtbot, window)
    return window.drawer.views[key]


def test_the_tabs_stand_in_their_order_and_show_their_views(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert tuple(window.drawer.tabs) == TABS
    lefts = [window.drawer.tabs[key].x() for key in TABS]
    assert lefts == sorted(lefts)
    for key in TABS:
        view = open_tab(qtbot, window, key)
        assert [each for each in window.drawer.views.values() if each.isVisible()] == [view]
        assert window.session.experiment.view.drawer == key


def test_what_no_one_sees_is_not_asked_of_the_worker(qtbot: QtBot, window: MainWindow) -> None:
    open_tab(qtbot, window, "gradients")
    assert shown(window).diagnosis is not None
    open_tab(qtbot, window, "weights")
    assert (shown(window).diagnosis, shown(window).weights is None) == (None, False)
    click(qtbot, window.drawer.toggle)
    settle(qtbot, window)
    found = shown(window)
    assert (found.diagnosis, found.weights, found.confusion) == (None, None, None)
    click(qtbot, window.drawer.tabs["confusion"])
    settle(qtbot, window)
    assert window.drawer.is_open
    assert shown(window).confusion is not None


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
@pytest.mark.parametrize("example", ["spiral", "iris", "polynomial"])
def test_every_view_has_room(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], example: str
) -> None:
    window.session.open_example(example)
    train(qtbot, window, 5)
    window.session.reset()
    window.resize(*size)
    for key in TABS:
        open_tab(qtbot, window, key)
        assert not squeezed(window.drawer)


def squeezed(whole: QWidget) -> list[str]:
    """What reaches out of its parent, or is smaller than it can be."""
    found = []
    for widget in whole.findChildren(QWidget):
        parent = widget.parentWidget()
        table = any(isinstance(each, QTableWidget) for each in ancestors(widget))
        if not widget.isVisible() or table:
            continue
        least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
        if widget.width() < least.width() or widget.height() < least.height():
            found.append(f"{type(widget).__name__} has {widget.size()}, needs {least}")
        scrolled = parent.parentWidget() is not None and parent.objectName() == (
            "qt_scrollarea_viewport"
        )
        room = parent.rect().adjusted(-2, -2, 2, 2)
        if not scrolled and not room.contains(widget.geometry()):
            found.append(f"{type(widget).__name__} {widget.geometry()} leaves {parent.rect()}")
    return found


def ancestors(widget: QWidget) -> list[QWidget]:
    found = []
    while (widget := widget.parentWidget()) is not None:
        found.append(widget)
    return found


# Gradients


def gradients(qtbot: QtBot, window: MainWindow) -> GradientsView:
    view = open_tab(qtbot, window, "gradients")
    assert isinstance(view, GradientsView)
    return view


def test_each_layer_has_a_line_with_its_name(qtbot: QtBot, window: MainWindow) -> None:
    view = gradients(qtbot, window)
    assert view.graph.axes is None
    train(qtbot, window, 10)
    assert [line.name for line in view.graph.lines] == ["Dense 1", "Dense 2", "Dense 3", "Output"]
    assert view.graph.axes is not None
    diagnosis = shown(window).diagnosis
    assert diagnosis is not None
    np.testing.assert_array_equal(view.graph.lines[1].y, diagnosis.rms[:, 1])
    assert view.warning.isHidden()
    assert view.units.text == ""


def test_gradients_that_are_not_there_are_not_drawn_as_zeros(
    qtbot: QtBot, window: MainWindow
) -> None:
    view = gradients(qtbot, window)
    train(qtbot, window, 2)
    drawn = view.histograms.grab().toImage()
    window.session.edit("layers", window.session.experiment.layers[:2])
    settle(qtbot, window)
    view.histograms.show_layers(())
    empty = view.histograms.grab().toImage()
    view.show_snapshot(shown(window))
    assert view.histograms.grab().toImage() == empty != drawn


def test_it_is_said_from_where_gradients_are_measured(qtbot: QtBot, window: MainWindow) -> None:
    open_tab(qtbot, window, "weights")
    train(qtbot, window, 6)
    view = gradients(qtbot, window)
    train(qtbot, window, 6)
    assert view.caption.text() == "Gradient RMS per layer, measured from epoch 6"
    assert view.graph.lines[0].x[0] > 6
    window.session.reset()
    train(qtbot, window, 6)
    assert view.caption.text() == "Gradient RMS per layer"


def test_vanishing_gradients_are_said_with_the_layers_names(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.edit("layers", (Dense(8, "sigmoid"),) * 6)
    view = gradients(qtbot, window)
    train(qtbot, window, 5)
    assert view.warning.isVisible()
    assert view.warning.accessibleName() == "Gradients vanish in Dense 1 to Dense 4"
    assert "hundredth" in view.warning.toolTip()
    window.session.edit("layers", (Dense(8, "tanh"),))
    window.session.reset()
    train(qtbot, window, 5)
    assert view.warning.isHidden()


def test_dead_units_are_named(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.edit("layers", (Dense(4, "relu"), Dense(4, "tanh")))
    view = gradients(qtbot, window)
    session.put("0.bias", (2,), -1e3)
    settle(qtbot, window)
    assert view.units.text == "Dense 1: neuron 3 is dead"
    session.put("0.bias", (0,), -1e3)
    session.put("2.bias", (1,), 4.0)
    settle(qtbot, window)
    assert view.units.text == "Dense 1: neurons 1, 3 are dead  ·  Dense 2: neuron 2 is saturated"


def test_names_beside_lines_do_not_touch() -> None:
    found = apart(np.array([50.0, 52.0, 51.0, 2.0, 119.0]), 15, 120)
    assert sorted(np.diff(np.sort(found)).round(9))[0] >= 15
    assert found.argsort().tolist() == [3, 0, 2, 1, 4]
    assert (found.min(), found.max()) >= (7.5, 7.5)
    assert found.max() <= 112.5


def test_of_many_layers_the_first_and_the_last_are_shown() -> None:
    assert spread(4, 6) == [0, 1, 2, 3]
    assert spread(12, 4) == [0, 4, 7, 11]


# Weights


def weights(qtbot: QtBot, window: MainWindow) -> WeightsView:
    view = open_tab(qtbot, window, "weights")
    assert isinstance(view, WeightsView)
    return view


def test_a_layer_is_chosen_and_its_weights_are_read(qtbot: QtBot, window: MainWindow) -> None:
    view = weights(qtbot, window)
    middle = view.histograms.place_of(2).center().toPoint()
    qtbot.mouseClick(view.histograms, LEFT, pos=middle)
    settle(qtbot, window)
    assert view.layer.value == "2"
    found = shown(window)
    assert found.weights is not None
    assert found.weights.shown == 2
    matrix = found.parameters["4.weight"]
    units, inputs = matrix.shape
    area = view.matrix.area
    for unit, source in ((0, 0), (units - 1, 0), (1, inputs - 1)):
        at = QPointF(
            area.left() + (source + 0.5) * area.width() / inputs,
            area.top() + (unit + 0.5) * area.height() / units,
        )
        name, value = view.matrix.reading(at) or ("", 0.0)
        assert name == f"neuron {source + 1} to neuron {unit + 1}"
        assert value == matrix[unit, source]
    assert view.matrix.reading(QPointF(0, 0)) is None


def test_the_chosen_layer_may_be_taken_away(qtbot: QtBot, window: MainWindow) -> None:
    view = weights(qtbot, window)
    view.layer.changed.emit("3")
    window.session.edit("layers", (Dense(3),))
    settle(qtbot, window)
    found = shown(window).weights
    assert found is not None
    assert (found.shown, view.layer.value) == (1, "1")
    assert view.layer.count() == 2


# Confusion matrix and residuals


def confusion(qtbot: QtBot, window: MainWindow) -> ConfusionView:
    view = open_tab(qtbot, window, "confusion")
    assert isinstance(view, ConfusionView)
    return view


def test_the_counts_are_those_of_the_chosen_samples(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 20)
    view = confusion(qtbot, window)
    for split, samples in (("validation", 75), ("train", 350)):
        click(qtbot, view.split.segment(split))
        settle(qtbot, window)
        counts = shown(window).confusion
        assert counts is not None
        assert counts.sum() == samples
        accuracy = shown(window).metrics[split]["accuracy"]
        assert view.facts.rows[0] == ("Accuracy", f"{100 * accuracy:.1f} %")
        assert view.facts.rows[2] == ("Right", f"{np.trace(counts)} of {samples}")


def test_the_test_samples_are_shown_after_reveal_alone(qtbot: QtBot, window: MainWindow) -> None:
    view = confusion(qtbot, window)
    click(qtbot, view.split.segment("test"))
    settle(qtbot, window)
    assert shown(window).confusion is None
    assert view.facts.rows == ()
    assert "hidden" in view.matrix.accessibleDescription()
    assert not window.session.test_revealed
    click(qtbot, view.reveal)
    settle(qtbot, window)
    assert window.session.test_revealed
    assert view.reveal.isHidden()
    assert view.facts.rows[2][1].endswith("of 75")
    window.session.reset()
    settle(qtbot, window)
    assert view.reveal.isVisible()
    assert view.facts.rows == ()


def test_a_regression_has_residuals(qtbot: QtBot, window: MainWindow) -> None:
    view = confusion(qtbot, window)
    assert window.drawer.tabs["confusion"].text() == "Confusion matrix"
    window.session.open_example("plane")
    train(qtbot, window, 3)
    assert window.drawer.tabs["confusion"].text() == "Residuals"
    assert view.residuals.isVisible()
    pairs = shown(window).confusion
    assert pairs is not None
    off = pairs[:, 1] - pairs[:, 0]
    names = [name for name, _ in view.facts.rows]
    assert names == ["R²", "RMSE", "MAE", "Samples"]
    assert float(view.facts.rows[1][1]) == pytest.approx(np.sqrt(np.mean(off**2)), rel=0.01)
    assert float(view.facts.rows[2][1]) == pytest.approx(np.abs(off).mean(), rel=0.01)


# Loss landscape


def landscape(qtbot: QtBot, window: MainWindow) -> LandscapeView:
    view = open_tab(qtbot, window, "landscape")
    assert isinstance(view, LandscapeView)
    return view


def test_the_landscape_is_computed_while_training_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    view, session = landscape(qtbot, window), window.session
    assert not view.compute.isEnabled()
    session.run()
    qtbot.waitUntil(view.compute.isEnabled)
    qtbot.waitUntil(lambda: shown(window).epoch >= 10, timeout=20_000)
    before = shown(window).step
    click(qtbot, view.compute)
    assert view.compute.text() == "Cancel"
    assert session.explorer.progress == 0
    qtbot.waitUntil(lambda: session.explorer.landscape is not None, timeout=20_000)
    assert session.running
    qtbot.waitUntil(lambda: shown(window).step > before)
    found = session.explorer.landscape
    assert found is not None
    assert found.epoch >= 10
    assert view.facts.rows[0][0] == f"Loss at epoch {found.epoch:,}"
    assert view.compute.text() == "Recompute around current weights"
    session.pause()


def test_computing_a_landscape_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    window.session.edit("layers", (Dense(256), Dense(256), Dense(256)))
    view, explorer = landscape(qtbot, window), window.session.explorer
    train(qtbot, window, 3)
    click(qtbot, view.compute)
    qtbot.waitUntil(lambda: (explorer.progress or 0) > 0, timeout=20_000)
    click(qtbot, view.compute)
    qtbot.waitUntil(lambda: explorer.progress is None)
    assert explorer.landscape is None
    assert view.compute.text() == "Compute around current weights"
    assert view.compute.isEnabled()


def test_the_landscape_over_two_weights_that_the_user_chose(
    qtbot: QtBot, window: MainWindow
) -> None:
    view, session = landscape(qtbot, window), window.session
    assert view.choose_weights.isHidden()
    view.directions.changed.emit("weights")
    assert view.choose_weights.isVisible()
    click(qtbot, view.choose_weights)
    choice = view.findChild(WeightChoice)
    assert choice is not None
    choice.layers[1].changed.emit("1")
    click(qtbot, choice.units[1].more)
    click(qtbot, choice.inputs[0].more)
    assert session.experiment.view.landscape_weights == (0, 0, 1, 1, 1, 1)
    choice.close()
    click(qtbot, view.compute)
    qtbot.waitUntil(lambda: session.explorer.landscape is not None, timeout=20_000)
    found = session.explorer.landscape
    assert found is not None
    assert found.names == (
        "Dense 1, input 2 to neuron 1",
        "Dense 2, input 2 to neuron 2",
    )


def test_the_same_weight_twice_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    said: list[str] = []
    window.session.notice.connect(lambda kind, sentence: said.append(sentence))
    window.session.explorer.explore("weights", (0, 1, 1, 0, 1, 1))
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Choose two different weights."]
    assert window.session.explorer.landscape is None


def test_a_map_takes_the_place_of_one_with_the_same_names(qtbot: QtBot, window: MainWindow) -> None:
    view, explorer = landscape(qtbot, window), window.session.explorer
    window.session.edit("view.landscape", "random")
    for epochs in (3, 4):
        train(qtbot, window, epochs)
        click(qtbot, view.compute)
        qtbot.waitUntil(lambda: explorer.progress is None, timeout=20_000)
        assert view.facts.rows[0][0] == f"Loss at epoch {shown(window).epoch}"


@pytest.mark.parametrize("directions", ["path", "random", "weights"])
def test_every_kind_of_direction_is_drawn(
    qtbot: QtBot, window: MainWindow, directions: str
) -> None:
    view, explorer = landscape(qtbot, window), window.session.explorer
    train(qtbot, window, 4)
    view.directions.changed.emit(directions)
    click(qtbot, view.compute)
    qtbot.waitUntil(lambda: explorer.landscape is not None, timeout=20_000)
    image = view.map.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, 100, 5)}
    assert len(colours) > 50


def test_the_maps_colours_go_from_light_to_dark(theme: Theme) -> None:
    lightness = [colour.lightness() for colour in violets(theme.tokens)]
    assert lightness == sorted(lightness, reverse=True)


# Runs


def runs(qtbot: QtBot, window: MainWindow) -> RunsView:
    view = open_tab(qtbot, window, "runs")
    assert isinstance(view, RunsView)
    return view


def leave_runs(qtbot: QtBot, window: MainWindow) -> None:
    """Two runs that were left, and a third one."""
    for rate in (0.01, 0.02):
        window.session.edit("optimizer.learning_rate", rate)
        train(qtbot, window, 3)
        window.session.reset()
        settle(qtbot, window)
    train(qtbot, window, 2)


def test_the_runs_that_were_left_are_counted_and_listed(qtbot: QtBot, window: MainWindow) -> None:
    view = runs(qtbot, window)
    assert not view.table.isVisible()
    leave_runs(qtbot, window)
    assert window.drawer.tabs["runs"].badge == "2"
    assert [row.number for row in view.table.rows] == [0, 2, 1]
    words = view.table.rows[2].words
    assert words[:5] == ("1", "Spiral", "2·8·6·4·1", "Adam 0.01", "3")
    assert words[-1] == "finished"
    shown_words = [view.table.item(2, column).text() for column in range(len(words))]
    assert shown_words == list(words)


def test_numbers_of_long_runs_are_whole(qtbot: QtBot, window: MainWindow) -> None:
    view = runs(qtbot, window)
    leave_runs(qtbot, window)
    row = view.table.rows[0]
    words = (*row.words[:4], "139,912", "2.67e−11", "2.35e−6", "100.0 %", "", "stopped early")
    view.table.renew(RunRow(0, words, row.losses))
    for column in range(len(words)):
        needed = view.table.sizeHintForColumn(column)
        assert needed <= view.table.columnWidth(column), COLUMNS[column]


def test_one_can_go_back_to_a_run_and_forget_another(qtbot: QtBot, window: MainWindow) -> None:
    view, session = runs(qtbot, window), window.session
    leave_runs(qtbot, window)
    buttons = view.table.cellWidget(2, view.table.columnCount() - 1).findChildren(QWidget)
    names = {button.accessibleName(): button for button in buttons}
    click(qtbot, names["Go back to run 1"])
    settle(qtbot, window)
    assert session.experiment.optimizer.learning_rate == 0.01
    assert shown(window).epoch == 3
    assert [row.number for row in view.table.rows] == [0, 3, 2]
    view.table.setFocus(Qt.FocusReason.TabFocusReason)
    view.table.setCurrentCell(1, 0)
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert [row.number for row in view.table.rows] == [0, 2]
    view.table.setCurrentCell(1, 0)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert session.experiment.optimizer.learning_rate == 0.02


def test_neighbouring_runs_differ_by_colour_and_by_dash(theme: Theme) -> None:
    looks = [run_look(theme, number) for number in range(10)]
    assert looks[0] == (theme.tokens.text, None)
    for one, two in pairwise(looks):
        assert one[0] != two[0]
        assert one[1] != two[1]


def test_a_small_curve_takes_its_place_and_no_more() -> None:
    area = QRectF(10, 5, 60, 16)
    found = sparkline(np.array([1.0, 0.5, np.nan, 0.25, 0.1]), area)
    assert len(found) == 2
    assert found.min() >= 5
    assert (found[:, [0, 2]] <= 70).all()
    assert not len(sparkline(np.array([np.nan, 1.0]), area))


# Windows of their own


def window_of(drawer: Drawer, key: str) -> QWidget:
    found = drawer.views[key].window()
    assert found is not drawer.window()
    return found


@pytest.mark.parametrize("key", TABS)
def test_a_view_is_a_window_until_that_is_closed(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    train(qtbot, window, 4)
    view = open_tab(qtbot, window, key)
    click(qtbot, window.drawer.pop_out)
    own = window_of(window.drawer, key)
    assert own.isVisible()
    assert own.windowTitle() == view.title
    for size in ((560, 230), (900, 600)):
        own.resize(*size)
        QApplication.processEvents()
        assert not squeezed(own)
    click(qtbot, window.drawer.tabs["runs" if key != "runs" else "weights"])
    train(qtbot, window, 2)
    assert view.isVisible()
    own.close()
    QApplication.processEvents()
    assert view.window() is window
    click(qtbot, window.drawer.tabs[key])
    assert view.isVisible()


def test_a_view_comes_back_by_a_button_and_by_escape(qtbot: QtBot, window: MainWindow) -> None:
    view = open_tab(qtbot, window, "weights")
    click(qtbot, window.drawer.pop_out)
    places = window.drawer.findChildren(Place)
    (back,) = (each.back for each in places if each.back.isVisible())
    click(qtbot, back)
    assert view.window() is window
    assert view.isVisible()
    assert not back.isVisible()
    click(qtbot, window.drawer.pop_out)
    qtbot.keyClick(window_of(window.drawer, "weights"), Qt.Key.Key_Escape)
    assert view.window() is window


def test_windows_stay_open_and_in_place_when_the_theme_changes(
    qtbot: QtBot, window: MainWindow
) -> None:
    open_tab(qtbot, window, "gradients")
    click(qtbot, window.drawer.pop_out)
    window_of(window.drawer, "gradients").move(QPoint(40, 30))
    window.rebuild()
    QApplication.processEvents()
    own = window_of(window.drawer, "gradients")
    assert own.isVisible()
    assert own.pos() == QPoint(40, 30)
    assert len([each for each in QApplication.topLevelWidgets() if each.isVisible()]) == 2
    train(qtbot, window, 3)
    view = window.drawer.views["gradients"]
    assert isinstance(view, GradientsView)
    assert view.graph.lines


def test_the_windows_go_with_the_main_window(qtbot: QtBot, window: MainWindow) -> None:
    open_tab(qtbot, window, "weights")
    click(qtbot, window.drawer.pop_out)
    own = window_of(window.drawer, "weights")
    window.close()
    assert not own.isVisible()
