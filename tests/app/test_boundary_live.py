"""The card of the output with a session at work: zoom, selection, marks and slices."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.popover import Popover
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.boundary import BoundaryView
from playground.app.views.output_settings import SliceForm
from playground.app.views.points import has_shapes, positions, shape
from playground.experiment import Experiment
from playground.snapshot import FIELD_CELLS, Snapshot
from playground.trainer import Trainer
from playground.view import View

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton


def drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def is_orange(colour: QColor) -> bool:
    return colour.red() > colour.blue() + 40


def is_blue(colour: QColor) -> bool:
    return colour.blue() > colour.red() + 40


@pytest.fixture
def live(qtbot: QtBot, theme: Theme, session: Session) -> BoundaryView:
    """The card of a session that runs."""
    view = BoundaryView(theme, session)
    qtbot.addWidget(view)
    view.resize(412, 474)
    view.show()
    qtbot.waitExposed(view)
    return view


def begin(qtbot: QtBot, session: Session, experiment: Experiment) -> Snapshot:
    """The first picture of another experiment."""
    session.begin(experiment)
    qtbot.waitUntil(lambda: session.snapshot.experiment.data == experiment.data)
    assert session.snapshot is not None
    return session.snapshot


def turn(view: BoundaryView, place: QPointF, notches: int) -> None:
    """Turn the wheel over the plot."""
    event = QWheelEvent(
        place,
        view.plot.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.plot, event)


def test_the_wheel_zooms_around_the_pointer_and_a_button_shows_all(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    assert not live.whole.isVisible()
    turn(live, QPointF(93, 93), 3)
    qtbot.waitUntil(lambda: session.snapshot.limits != session.snapshot.plane.limits)
    (left, right), (low, high) = session.snapshot.limits
    assert right - left == pytest.approx(12 / 1.25**3)
    assert left + 0.25 * (right - left) == pytest.approx(-3)
    assert high - 0.25 * (high - low) == pytest.approx(3)
    qtbot.mouseClick(live.whole, LEFT)
    qtbot.waitUntil(lambda: session.snapshot.limits == session.snapshot.plane.limits)
    assert not live.whole.isVisible()


def test_the_field_can_be_dragged(qtbot: QtBot, live: BoundaryView, session: Session) -> None:
    qtbot.mousePress(live.plot, LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(live.plot, QPoint(193, 100))
    qtbot.mouseRelease(live.plot, LEFT, pos=QPoint(193, 100))
    qtbot.waitUntil(lambda: session.snapshot.limits[0][0] < -8.9)
    (left, right), vertical = session.snapshot.limits
    assert (left, right) == pytest.approx((-9, 3))
    assert vertical == (-6, 6)
    assert session.wanted.sample is None
    qtbot.mouseDClick(live.plot, LEFT)
    qtbot.waitUntil(lambda: session.snapshot.limits == session.snapshot.plane.limits)


def test_keys_zoom_and_move_the_field(qtbot: QtBot, live: BoundaryView, session: Session) -> None:
    live.plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        qtbot.keyClick(live.plot, key)
    side = 12 / 1.25**2
    qtbot.waitUntil(lambda: session.snapshot.limits[0] == pytest.approx((-side / 2, side / 2)))
    qtbot.keyClick(live.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(live.plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    seen = -0.4 * side, 0.6 * side
    qtbot.waitUntil(lambda: session.snapshot.limits[0] == pytest.approx(seen))
    qtbot.waitUntil(lambda: session.snapshot.limits[1] == pytest.approx(seen))
    qtbot.keyClick(live.plot, Qt.Key.Key_Minus)
    qtbot.waitUntil(lambda: session.snapshot.limits[0][1] > 0.6 * side)
    qtbot.keyClick(live.plot, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: session.snapshot.limits == session.snapshot.plane.limits)
    assert not live.whole.isVisible()


def test_arrows_go_from_sample_to_sample(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    x = session.snapshot.data.dataset.x
    qtbot.keyClick(live.plot, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: session.snapshot.sample is not None)
    first = session.snapshot.sample
    train = session.snapshot.data.splits["train"]
    assert np.hypot(*x[first]) == np.hypot(*x[train].T).min()
    seen = [first]
    for key, way in ((Qt.Key.Key_Right, (1, 0)), (Qt.Key.Key_Up, (0, 1))):
        for _ in range(4):
            qtbot.keyClick(live.plot, key)
            qtbot.waitUntil(lambda: session.snapshot.sample != seen[-1])
            assert (x[session.snapshot.sample] - x[seen[-1]]) @ way > 0
            seen.append(session.snapshot.sample)
    qtbot.keyClick(live.plot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: session.snapshot.sample is None)


def test_other_data_are_seen_whole(qtbot: QtBot, live: BoundaryView, session: Session) -> None:
    turn(live, QPointF(50, 50), 2)
    qtbot.waitUntil(lambda: session.snapshot.limits != session.snapshot.plane.limits)
    begin(qtbot, session, Experiment.example("circle"))
    qtbot.waitUntil(lambda: session.wanted.limits is None)
    qtbot.waitUntil(lambda: session.snapshot.limits == session.snapshot.plane.limits)


def test_a_click_selects_a_sample_and_says_its_values(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    snapshot = session.snapshot
    sample = int(snapshot.data.splits["train"][3])
    place = positions(snapshot, np.array([sample]), live.plot.width())[0]
    qtbot.mouseClick(live.plot, LEFT, pos=QPointF(*place).toPoint())
    qtbot.waitUntil(lambda: session.snapshot.sample is not None)
    chosen = session.snapshot.sample
    x1, x2 = snapshot.data.dataset.x[chosen]
    assert np.abs(snapshot.data.dataset.x[sample] - (x1, x2)).max() < 0.5
    rows = {name: text.replace("−", "-") for name, text, _ in live.plot.sample_rows()}
    assert float(rows["x₁"]) == pytest.approx(x1, abs=6e-3)
    assert rows["class"] == snapshot.data.dataset.class_names[snapshot.data.dataset.y[chosen]]
    exact = Trainer(snapshot.experiment).predict(np.array([[x1, x2]]))[0, 0]
    assert float(rows["p"]) == pytest.approx(exact, abs=6e-4)
    qtbot.mouseClick(live.plot, LEFT, pos=QPoint(3, 3))
    qtbot.waitUntil(lambda: session.snapshot.sample is None)
    assert live.plot.sample_rows() == []


def test_mistakes_are_ringed(qtbot: QtBot, live: BoundaryView, session: Session) -> None:
    assert session.snapshot.mistakes is None
    before = drawn(live.plot)
    session.edit("view.mark_mistakes", True)
    qtbot.waitUntil(lambda: session.snapshot.mistakes is not None)
    accuracy = session.snapshot.metrics["train"]["accuracy"]
    train = session.snapshot.data.splits["train"]
    assert len(session.snapshot.mistakes) == round((1 - accuracy) * len(train)) > 0
    assert drawn(live.plot) != before
    assert session.to_undo is None


def test_mistakes_of_the_test_are_as_hidden_as_its_score(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    session.edit("view.mark_mistakes", True)
    qtbot.mouseClick(live.splits.segment("test"), LEFT)
    qtbot.waitUntil(lambda: session.snapshot.experiment.view.split == "test")
    assert len(session.snapshot.mistakes) == 0
    session.reveal_test()
    qtbot.waitUntil(lambda: len(session.snapshot.mistakes) > 0)


def test_discretized_there_are_two_colours(live: BoundaryView, session: Session) -> None:
    field = np.tile(np.linspace(0, 255, FIELD_CELLS).astype(np.uint8), (FIELD_CELLS, 1))
    session.edit("view.discretize", True)
    live.plot.show_samples(False)
    nothing = np.zeros((0, 4), np.float32)
    live.show_snapshot(replace(session.snapshot, field=field, contour=nothing))
    image = drawn(live.plot)
    left = {image.pixelColor(x, 200).name() for x in range(20, 150, 10)}
    right = {image.pixelColor(x, 200).name() for x in range(220, 340, 10)}
    assert len(left) == len(right) == 1
    assert left != right


def test_all_splits_have_marks_of_their_own(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    qtbot.mouseClick(live.splits.segment("all"), LEFT)
    assert session.experiment.view.split == "all"
    assert "hollow" in live.note.toolTip()
    snapshot = session.snapshot
    dataset = snapshot.data.dataset
    middles = {}
    for split in ("train", "validation"):
        rows = snapshot.data.splits[split]
        apart = np.abs(dataset.x[rows][:, None] - dataset.x[None]).sum(axis=2)
        apart[np.arange(len(rows)), rows] = 9
        row = rows[apart.min(axis=1).argmax()]  # the one that stands most alone
        x, y = positions(snapshot, np.array([row]), live.plot.width())[0]
        middles[split] = drawn(live.plot).pixelColor(round(x - 0.5), round(y - 0.5))
    assert is_blue(middles["train"]) or is_orange(middles["train"])
    assert middles["validation"].lightness() > 220


def test_many_classes_have_shapes_by_themselves() -> None:
    assert not has_shapes(View(), 2)
    assert has_shapes(View(marker_shapes=True), 2)
    assert has_shapes(View(), 5)
    assert not has_shapes(View(marker_shapes=True), 0)
    outlines = [shape(index, QPointF()) for index in range(8)]
    assert outlines[0] is None
    assert len({tuple((p.x(), p.y()) for p in each) for each in outlines[1:]}) == 7


# Slices


def test_inputs_beyond_two_are_axes_or_held(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    begin(qtbot, session, Experiment.example("iris"))
    assert "petal length (cm) = " in live.note.toolTip()
    qtbot.mouseClick(live.settings, LEFT)
    form = live.settings.findChild(Popover).findChild(SliceForm)
    assert list(form.entries) == [2, 3]
    form.entries[2].edit.setText("2.5")
    qtbot.keyClick(form.entries[2].edit, Qt.Key.Key_Return)
    assert session.experiment.view.held == (None, None, 2.5)
    qtbot.waitUntil(lambda: "petal length (cm) = 2.5" in live.note.toolTip())
    form.axes[0].setCurrentIndex(3)
    form.axes[0].activated.emit(3)
    assert session.experiment.view.axes == (3, 1)
    qtbot.waitUntil(lambda: session.snapshot.plane.names[0] == "petal width (cm)")
    assert list(form.entries) == [0, 2]
    x = session.snapshot.data.dataset.x
    assert np.array_equal(session.snapshot.plane.places, x[:, [3, 1]])
    name, _, _ = live.plot.reading(QPointF(100, 100))[0]
    assert name == "petal width (cm)"
    assert session.to_undo != "Axes"
    form.parentWidget().close()


def test_the_plane_of_principal_components_is_shown(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    begin(qtbot, session, Experiment.example("iris"))
    session.edit("view.plane", "components")
    qtbot.waitUntil(lambda: session.snapshot.plane.names == ("PC 1", "PC 2"))
    assert "variance" in live.note.toolTip()
    plane, snapshot = session.snapshot.plane, session.snapshot
    u, v = plane.places.T
    lost = snapshot.data.dataset.x - plane.inputs(u, v)
    x = snapshot.data.dataset.x
    assert (lost / x.std(axis=0)).var() < 0.1
    (left, right), (low, high) = snapshot.limits
    cell = FIELD_CELLS
    across, up = left + 0.5 * (right - left) / cell, high - 0.5 * (high - low) / cell
    inputs = plane.inputs(np.array([across]), np.array([up]))
    exact = Trainer(snapshot.experiment).predict(inputs)[0]
    assert snapshot.field_values[:, 0, 0] == pytest.approx(exact, abs=1e-4)


def test_one_input_is_a_curve_with_the_share_of_each_unit(
    qtbot: QtBot, live: BoundaryView, session: Session
) -> None:
    snapshot = begin(qtbot, session, Experiment.example("sine"))
    assert snapshot.shares is not None
    *_, bias = snapshot.parameters.values()
    assert snapshot.shares.sum(axis=0) + bias[0] == pytest.approx(
        snapshot.field_values[0, 0], abs=1e-4
    )
    image = drawn(live.plot)
    for column in (20, 75, 130):
        x = -6 + (column + 0.5) * 12 / 150
        at = live.plot.position(x, float(snapshot.field_values[0, 0, column])).toPoint()
        assert image.pixelColor(at).lightness() < 90
    assert [name for name, _, _ in live.plot.reading(QPointF(100, 100))] == ["x₁", "output"]
