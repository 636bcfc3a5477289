"""The card of the loss: its curves, the scores below them, and the way out of a divergence."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.popover import Popover
from playground.app.controls.switch import Switch
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.curves import CurvesView, smaller_rate
from playground.app.views.graph import Graph, Line
from playground.app.views.smoothing import smoothed
from playground.app.views.strokes import dashed, joined, thinned
from playground.app.views.ticks import epoch_labels, linear_lines, log_lines
from playground.camera import Camera, Circumstances
from playground.experiment import Experiment
from playground.snapshot import Snapshot
from playground.trainer import Trainer

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
COMPILING_MS = 300_000  # the very first start on a machine


def picture_of(experiment: Experiment, epochs: int = 0, reveal_test: bool = False) -> Snapshot:
    """What the window is shown of an experiment after so many epochs."""
    trainer = Trainer(experiment)
    trainer.advance(epochs=epochs)
    return Camera().take(trainer, Circumstances(status=trainer.status), reveal_test=reveal_test)


@pytest.fixture(scope="module")
def spiral() -> Snapshot:
    return picture_of(Experiment.example("spiral"), epochs=20)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> CurvesView:
    """The card as large as in a window of 1440 × 900."""
    return shown(qtbot, CurvesView(theme, Session(Experiment.example("spiral"))))


def shown(qtbot: QtBot, view: CurvesView) -> CurvesView:
    qtbot.addWidget(view)
    view.resize(412, 342)
    view.show()
    qtbot.waitExposed(view)
    return view


def with_losses(snapshot: Snapshot, train: list[float], validation: list[float]) -> Snapshot:
    """The snapshot with a history of these losses, from epoch 1 on."""
    columns = {"train_loss": np.array(train), "validation_loss": np.array(validation)}
    accuracies = dict.fromkeys(("train_accuracy", "validation_accuracy"), np.ones(len(train)))
    epochs = np.arange(1.0, len(train) + 1)
    return replace(snapshot, history={"epoch": epochs} | columns | accuracies)


def drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def place(view: CurvesView, epoch: float, loss: float) -> QPoint:
    axes = view.plot.axes
    assert axes is not None
    return QPointF(axes.x(np.array(epoch)), axes.y(np.array(loss))).toPoint()


def near(image: QImage, centre: QPoint, colour: QColor) -> bool:
    """Whether the colour is seen within two pixels."""
    around = [(x, y) for x in range(-2, 3) for y in range(-2, 3)]
    seen = (image.pixelColor(centre + QPoint(x, y)) for x, y in around)
    return any(
        max(abs(a - b) for a, b in zip(each.getRgb(), colour.getRgb(), strict=True)) < 60
        for each in seen
    )


# Curves


def test_curves_go_through_the_losses(view: CurvesView, theme: Theme, spiral: Snapshot) -> None:
    view.show_snapshot(with_losses(spiral, [0.9, 0.5, 0.1, 0.1], [0.9, 0.9, 0.8, 0.8]))
    image = drawn(view.plot)
    for epoch, loss in ((2, 0.5), (3, 0.1), (3.5, 0.1)):
        assert near(image, place(view, epoch, loss), theme.tokens.text)
        assert not near(image, place(view, epoch, loss), theme.tokens.accent)
    level = [place(view, 3 + share / 50, 0.8) for share in range(50)]
    seen = [near(image, each, theme.tokens.accent) for each in level]
    assert any(seen)
    assert not all(image.pixelColor(each) == image.pixelColor(level[0]) for each in level)


def test_the_history_of_a_run_is_drawn_to_its_last_epoch(
    view: CurvesView, theme: Theme, spiral: Snapshot
) -> None:
    view.show_snapshot(spiral)
    loss = float(spiral.history["train_loss"][-1])
    assert near(drawn(view.plot), place(view, 20, loss), theme.tokens.text)


def test_the_axis_changes_between_linear_and_logarithmic(
    qtbot: QtBot, view: CurvesView, theme: Theme, spiral: Snapshot
) -> None:
    view.show_snapshot(with_losses(spiral, [1.0, 0.5, 0.1], [1.0, 0.5, 0.1]))
    assert view.axis.value == "log"
    logarithmic = place(view, 2, 0.5)
    qtbot.mouseClick(view.axis.segment("linear"), LEFT)
    linear = place(view, 2, 0.5)
    assert linear.y() > logarithmic.y() + 10
    assert near(drawn(view.plot), linear, theme.tokens.text)
    qtbot.mouseClick(view.axis.segment("log"), LEFT)
    assert place(view, 2, 0.5) == logarithmic


def test_the_read_out_says_the_epoch_and_its_losses(
    qtbot: QtBot, view: CurvesView, spiral: Snapshot
) -> None:
    view.show_snapshot(spiral)
    before = drawn(view.plot)
    assert view.plot.axes is not None
    pointer = QPointF(view.plot.axes.x(np.array(7.3)), 50)
    rows = {name: text for name, text, _ in view.plot.reading(pointer)}
    assert rows["epoch"] == "7"
    row = int(np.flatnonzero(spiral.history["epoch"] == 7)[0])
    for split in ("train", "validation"):
        assert float(rows[split]) == pytest.approx(spiral.history[f"{split}_loss"][row], rel=5e-3)
    qtbot.mouseMove(view.plot, pointer.toPoint())
    qtbot.waitUntil(lambda: drawn(view.plot) != before)
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.waitUntil(lambda: drawn(view.plot) == before)


def test_before_training_it_says_how_to_begin(view: CurvesView) -> None:
    snapshot = picture_of(Experiment.example("spiral"))
    view.show_snapshot(snapshot)
    with_hint = drawn(view.plot)
    view.show_snapshot(replace(snapshot, status="running"))
    assert drawn(view.plot) != with_hint
    assert view.plot.axes is None
    assert view.plot.reading(QPointF(100, 100)) == []


def test_every_line_is_labelled(view: CurvesView, theme: Theme, spiral: Snapshot) -> None:
    view.show_snapshot(with_losses(spiral, [1.0, 0.5, 0.01], [1.0, 0.5, 0.01]))
    image, axes = drawn(view.plot), view.plot.axes
    assert axes is not None
    for y in axes.y(np.array(axes.lines)).round().astype(int).tolist():
        beside = (QPoint(x, y + dy) for x in range(2, 24) for dy in (-2, 0, 2))
        assert any(near(image, each, theme.tokens.text3) for each in beside)
        assert near(image, QPoint(200, y), theme.tokens.line)


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ([0.7], [0.8]),
        ([0.7], [math.nan]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([1.0, 0.0, 0.5], [math.nan] * 3),
        ([0.7, math.inf, 0.5, math.nan], [0.7, 1e30, math.inf, math.nan]),
        ([math.nan, math.nan], [math.inf, math.inf]),
        ([1e-300, 1e300], [1e-45, 3e38]),
    ],
)
def test_any_history_can_be_drawn(
    qtbot: QtBot, view: CurvesView, spiral: Snapshot, train: list[float], validation: list[float]
) -> None:
    view.show_snapshot(with_losses(spiral, train, validation))
    for axis in ("log", "linear"):
        qtbot.mouseClick(view.axis.segment(axis), LEFT)
        drawn(view.plot)
        view.plot.reading(QPointF(100, 100))


def test_one_epoch_is_a_dot(view: CurvesView, theme: Theme, spiral: Snapshot) -> None:
    view.show_snapshot(with_losses(spiral, [0.7], [math.nan]))
    assert near(drawn(view.plot), place(view, 1, 0.7), theme.tokens.text)


# Scores


def test_scores_are_those_of_the_picture(view: CurvesView, spiral: Snapshot) -> None:
    view.show_snapshot(spiral)
    for score, split in ((view.scores.train, "train"), (view.scores.validation, "validation")):
        assert float(score.value) == pytest.approx(
            100 * spiral.metrics[split]["accuracy"], abs=0.05
        )
        assert score.unit == "%"


def test_the_test_score_is_hidden_until_asked_for(
    qtbot: QtBot, theme: Theme, session: Session
) -> None:
    view = shown(qtbot, CurvesView(theme, session))
    assert view.scores.test.name == "Test (hidden)"
    assert view.scores.test.value == ""
    qtbot.mouseClick(view.scores.reveal, LEFT)
    qtbot.waitUntil(lambda: view.scores.test.value != "")
    assert session.test_revealed
    assert session.snapshot is not None
    accuracy = session.snapshot.metrics["test"]["accuracy"]
    assert float(view.scores.test.value) == pytest.approx(100 * accuracy, abs=0.05)
    assert not view.scores.reveal.isVisible()
    session.reset()
    qtbot.waitUntil(view.scores.reveal.isVisible)
    assert view.scores.test.value == ""


def test_a_regression_has_r2_and_more_in_the_tooltip(view: CurvesView) -> None:
    snapshot = picture_of(Experiment.example("plane"), epochs=20)
    view.show_snapshot(snapshot)
    scores = snapshot.metrics["train"]
    assert view.scores.train.name == "Train R²"
    assert view.scores.validation.name == "Validation R²"
    shown = view.scores.train.value.replace("−", "-")
    assert float(shown) == pytest.approx(scores["r2"], rel=5e-3, abs=1e-3)
    assert view.scores.train.unit == ""
    names = [each.split()[0] for each in view.scores.train.toolTip().split(", ")]
    assert names == ["Loss", "MAE", "RMSE", "R²"]


@pytest.mark.parametrize(
    ("r2", "text"),
    [(0.98765, "0.988"), (-12.5, "−12.500"), (-1.2345e7, "−1.23e7"), (-math.inf, "−∞")],
)
def test_a_bad_r2_stays_short(view: CurvesView, r2: float, text: str) -> None:
    snapshot = picture_of(Experiment.example("plane"))
    view.show_snapshot(replace(snapshot, metrics={"train": {"loss": 1.0, "r2": r2}}))
    assert view.scores.train.value == text
    assert view.scores.validation.value == "–"


def test_without_validation_samples_there_is_no_score_and_no_curve(
    view: CurvesView, theme: Theme
) -> None:
    experiment = Experiment.example("spiral").with_("data.split.validation", 0.0)
    experiment = experiment.with_("data.split.test", 0.0).with_("data.split.train", 1.0)
    view.show_snapshot(picture_of(experiment, epochs=5))
    assert view.scores.validation.value == "–"
    assert view.scores.test.value == "–"
    assert not view.scores.reveal.isVisible()
    names = [name for name, _, _ in view.plot.reading(QPointF(100, 100))]
    assert names == ["epoch", "train"]
    image = drawn(view.plot)
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width())
        for y in range(0, image.height())
    }
    assert theme.tokens.accent.name() not in colours


# Divergence


@pytest.fixture
def diverging(qtbot: QtBot) -> Iterator[Session]:
    """A session on a plane, with a learning rate that is far too high."""
    experiment = Experiment.example("plane").with_("optimizer.type", "sgd")
    session = Session(experiment.with_("optimizer.learning_rate", 3.0))
    session.start()
    session.run()
    qtbot.waitUntil(lambda: session.state == "diverged", timeout=COMPILING_MS)
    yield session
    session.stop()


def test_divergence_is_explained_and_taken_back(
    qtbot: QtBot, theme: Theme, diverging: Session
) -> None:
    view = shown(qtbot, CurvesView(theme, diverging))
    assert diverging.snapshot is not None
    assert view.trouble.isVisible()
    assert view.trouble.accessibleName() == diverging.snapshot.message
    assert near(drawn(view.trouble), QPoint(200, 4), theme.tokens.error_tint)
    undo, _ = view.trouble.buttons
    kept = int(diverging.snapshot.kept_epochs[-1])
    assert undo.text() == (f"Undo to epoch {kept}" if kept else "Reset")
    qtbot.mouseClick(undo, LEFT)
    qtbot.waitUntil(lambda: not view.trouble.isVisible())
    assert diverging.snapshot.epoch == kept
    assert diverging.snapshot.status == "ready"
    assert diverging.experiment.optimizer.learning_rate == 3.0


def test_a_smaller_rate_is_one_click_away(qtbot: QtBot, theme: Theme, diverging: Session) -> None:
    view = shown(qtbot, CurvesView(theme, diverging))
    _, lower = view.trouble.buttons
    assert lower.text() == "Try 0.3"
    qtbot.mouseClick(lower, LEFT)
    assert diverging.experiment.optimizer.learning_rate == 0.3
    qtbot.waitUntil(lambda: not view.trouble.isVisible() and not diverging.awake)
    assert diverging.snapshot is not None
    assert diverging.snapshot.step == 0
    (left,) = diverging.snapshot.runs
    assert (left.experiment.optimizer.learning_rate, left.stopped_by) == (3.0, "divergence")


@pytest.mark.parametrize(
    ("rate", "smaller"), [(3, 0.3), (10, 1), (0.03, 0.003), (0.5, 0.03), (1e-5, 1e-6)]
)
def test_the_smaller_rate_is_on_offer(rate: float, smaller: float) -> None:
    assert smaller_rate(rate) == pytest.approx(smaller)


# History


@pytest.fixture
def trained(qtbot: QtBot, theme: Theme) -> Iterator[tuple[CurvesView, Session]]:
    """The card of a session that has trained to its end, epoch 30."""
    session = Session(Experiment.example("spiral").with_("stop.epochs", 30))
    view = shown(qtbot, CurvesView(theme, session))
    session.start()
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=COMPILING_MS)
    yield view, session
    session.stop()


def press(qtbot: QtBot, view: CurvesView, epoch: int) -> None:
    """Click on the slider of history below an epoch."""
    x = place(view, epoch, 0.5).x() - view.history.track.x()
    qtbot.mouseClick(view.history.track, LEFT, pos=QPoint(x, view.history.track.height() // 2))


def test_an_earlier_epoch_comes_back_and_goes_again(
    qtbot: QtBot, trained: tuple[CurvesView, Session]
) -> None:
    view, session = trained
    newest = session.snapshot
    assert newest is not None
    assert not view.earlier.isVisible()
    press(qtbot, view, 12)
    qtbot.waitUntil(lambda: session.snapshot.epoch == 12)
    assert view.earlier.isVisible()
    assert not view.finished.isVisible()
    assert "12" in view.earlier.accessibleName()
    assert any(mark.x == 12 and mark.text.startswith("seen") for mark in view.plot.marks)
    assert len(view.plot.lines[0].x) == len(newest.history["epoch"])
    assert not np.array_equal(session.snapshot.field, newest.field)
    qtbot.mouseClick(view.earlier.buttons[0], LEFT)
    qtbot.waitUntil(lambda: session.snapshot.epoch == 30)
    assert np.array_equal(session.snapshot.field, newest.field)
    assert not view.earlier.isVisible()


def test_the_keys_go_from_epoch_to_epoch(qtbot: QtBot, trained: tuple[CurvesView, Session]) -> None:
    view, session = trained
    qtbot.keyClick(view.history.track, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: session.snapshot.epoch == 29)
    qtbot.keyClick(view.history.track, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: session.snapshot.epoch <= 1)
    qtbot.keyClick(view.history.track, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: session.snapshot.epoch == 30)


def test_training_goes_on_from_an_earlier_epoch(
    qtbot: QtBot, trained: tuple[CurvesView, Session]
) -> None:
    view, session = trained
    press(qtbot, view, 10)
    qtbot.waitUntil(lambda: session.snapshot.epoch == 10)
    session.step_epoch()
    qtbot.waitUntil(lambda: session.snapshot.epoch == 11)
    assert session.snapshot.newest_epoch == 11
    assert view.plot.lines[0].x[-1] == 11


def test_before_training_there_is_no_history(qtbot: QtBot, theme: Theme, session: Session) -> None:
    view = shown(qtbot, CurvesView(theme, session))
    assert not view.history.track.isEnabled()


def test_at_the_end_the_best_epoch_can_be_restored(
    qtbot: QtBot, trained: tuple[CurvesView, Session]
) -> None:
    view, session = trained
    assert session.snapshot is not None
    best = session.snapshot.best_epoch
    assert best < 30
    assert view.finished.isVisible()
    assert f"epoch {best}" in view.finished.accessibleName()
    diamond = next(mark for mark in view.plot.marks if mark.on)
    assert diamond.x == best
    qtbot.mouseClick(view.finished.buttons[0], LEFT)
    loss = session.snapshot.history["validation_loss"].min()
    qtbot.waitUntil(
        lambda: session.snapshot.metrics["validation"]["loss"] == pytest.approx(loss, rel=1e-6)
    )
    assert not view.finished.buttons[0].isVisible()
    assert not session.best_differs
    press(qtbot, view, 12)
    qtbot.waitUntil(lambda: session.best_differs)


def test_the_mark_of_a_best_epoch_that_is_the_newest_is_whole(
    view: CurvesView, theme: Theme, spiral: Snapshot
) -> None:
    losses = [1.0, 0.5, 0.2]
    view.show_snapshot(replace(with_losses(spiral, losses, losses), best_epoch=3, newest_epoch=3))
    image, centre = drawn(view.plot), place(view, 3, 0.2)
    assert near(image, centre + QPoint(3, 0), theme.tokens.ok)
    assert centre.x() + 6 < view.plot.width()


def test_what_was_changed_stands_on_the_time_axis(
    qtbot: QtBot, theme: Theme, session: Session
) -> None:
    view = shown(qtbot, CurvesView(theme, session))
    session.step_epoch()
    qtbot.waitUntil(lambda: session.snapshot.epoch == 1)
    session.edit("optimizer.learning_rate", 0.03)
    session.step_epoch()
    qtbot.waitUntil(lambda: session.snapshot.epoch == 2)
    assert any(mark.text == "Learning rate 0.03" and mark.x == 1 for mark in view.plot.marks)
    near_it = place(view, 1, 0.5).toPointF() + QPointF(3, 0)
    assert "Learning rate 0.03" in [name for name, _, _ in view.plot.reading(near_it)]
    far = place(view, 2, 0.5).toPointF()
    assert "Learning rate 0.03" not in [name for name, _, _ in view.plot.reading(far)]


def test_in_a_low_card_the_scores_stand_in_the_title_row(
    qtbot: QtBot, trained: tuple[CurvesView, Session]
) -> None:
    view, session = trained
    view.resize(328, 240)
    assert not view.scores.isVisible()
    assert view.plot.isVisible()
    train, validation = view.scores.in_short
    assert (train, validation) == (
        f"{view.scores.train.value} %",
        f"{view.scores.validation.value} %",
    )
    words = drawn(view.legend)
    session.reveal_test()
    qtbot.waitUntil(lambda: len(view.scores.in_short) == 3)
    assert drawn(view.legend) != words
    view.resize(412, 342)
    assert view.scores.isVisible()
    assert view.title.isVisible()


# What is shown


def test_accuracy_takes_the_place_of_the_loss(
    qtbot: QtBot, trained: tuple[CurvesView, Session]
) -> None:
    view, session = trained
    session.edit("view.accuracy", True)
    assert view.title.text() == "Accuracy"
    assert not view.axis.isVisible()
    assert not view.plot.log
    accuracy = session.snapshot.history["train_accuracy"]
    assert view.plot.lines[0].y == pytest.approx(100 * accuracy)
    session.edit("view.accuracy", False)
    assert view.title.text() == "Loss"
    assert view.axis.isVisible()


def test_a_regression_has_no_accuracy_to_show(qtbot: QtBot, theme: Theme) -> None:
    experiment = Experiment.example("plane").with_("view.accuracy", True)
    view = shown(qtbot, CurvesView(theme, Session(experiment)))
    view.show_snapshot(picture_of(experiment, epochs=5))
    assert view.title.text() == "Loss"
    assert "Accuracy" not in view.settings.toolTip()


def test_the_settings_are_switches_in_a_popover(
    qtbot: QtBot, theme: Theme, session: Session
) -> None:
    view = shown(qtbot, CurvesView(theme, session))
    qtbot.mouseClick(view.settings, LEFT)
    popover = view.settings.findChild(Popover)
    switch = next(each for each in popover.findChildren(Switch) if each.text() == "Accuracy")
    qtbot.mouseClick(switch, LEFT)
    assert session.experiment.view.accuracy
    assert session.to_undo is None
    popover.close()


def test_smoothed_curves_stand_over_the_raw_ones(
    view: CurvesView, theme: Theme, spiral: Snapshot
) -> None:
    noisy = [0.9, 0.1] * 20
    view._session.edit("view.smoothing", 0.9)
    view.show_snapshot(with_losses(spiral, noisy, noisy))
    train, _, raw, _ = view.plot.lines
    assert raw.faint
    assert raw.y.tolist() == noisy
    assert np.ptp(train.y[20:]) < 0.2
    axes = view.plot.axes
    assert axes is not None
    rows = {name: text for name, text, _ in view.plot.reading(QPointF(axes.x(np.array(10)), 50))}
    assert rows["train"] == "0.1"


def test_smoothing_is_the_weighted_mean_of_what_came_before() -> None:
    y = np.array([1.0, 3.0, math.nan, 5.0, math.inf, 2.0])
    means = smoothed(y, 0.5)
    assert means[0] == 1
    assert means[1] == pytest.approx((3 + 0.5) / 1.5)
    assert math.isnan(means[2])
    assert means[3] == pytest.approx((5 + 0.25 * 3 + 0.125) / 1.375)
    assert means[4] == math.inf
    assert smoothed(y, 0.0) is y
    assert smoothed(np.ones(3000), 0.99) == pytest.approx(np.ones(3000))


# Lines


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (0.045, 0.68, [0.03, 0.1, 0.3, 1]),
        (0.69, 0.693, [0.5, 0.7]),
        (0.01, 1e6, [0.01, 1, 100, 1e4, 1e6]),
        (1, 1, [1, 1.5]),
    ],
)
def test_logarithmic_lines_are_round(low: float, high: float, lines: list[float]) -> None:
    assert log_lines(low, high) == lines


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (0, 0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (0.9, 0.99, [0.9, 0.925, 0.95, 0.975, 1]),
        (-1, 1, [-1, -0.5, 0, 0.5, 1]),
        (3, 3, [3, 4]),
    ],
)
def test_linear_lines_are_round(low: float, high: float, lines: list[float]) -> None:
    assert linear_lines(low, high) == lines


@pytest.mark.parametrize("span", [1.0, 1.3, 9.9, 1e3, 1e20, 1e60])
@pytest.mark.parametrize("low", [1e-30, 0.07, 1.0, 512.0])
def test_lines_lie_around_what_is_shown(low: float, span: float) -> None:
    high = low * span
    for lines in (log_lines(low, high), linear_lines(low, high)):
        assert lines[0] <= low
        assert lines[-1] >= high * (1 - 1e-9)
        assert lines == sorted(set(lines))
        assert 2 <= len(lines) <= 5


@pytest.mark.parametrize(
    ("last", "labels"),
    [(0, []), (1, [1]), (4, [1, 2, 3, 4]), (240, [50, 100, 150, 200]), (1000, [200, 400])],
)
def test_epochs_have_a_few_round_labels(last: int, labels: list[int]) -> None:
    assert epoch_labels(last)[: len(labels)] == labels
    assert len(epoch_labels(last)) <= 5


def test_labels_of_many_epochs_keep_apart(qtbot: QtBot, theme: Theme) -> None:
    graph = Graph(theme, "RMS", "epoch")
    qtbot.addWidget(graph)
    graph.resize(230, 110)
    x = np.array([0.0, 4.3e6])
    graph.show_lines([Line("loss", x, x + 1, theme.tokens.text)])
    drawn(graph)
    places = [place for place, _ in graph._ticks["bottom"]]
    wide = QFontMetricsF(theme.font(11)).horizontalAdvance("4,000,000")
    assert len(places) > 1
    assert np.diff(places).min() > wide


# Strokes


def test_dashes_run_on_around_corners() -> None:
    line = joined(np.array([0.0, 3.0, 3.0]), np.array([0.0, 0.0, 10.0]))
    pieces = dashed(line, 4, 2)
    lengths = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1])
    assert pieces[:2] == pytest.approx(np.array([[0, 0, 3, 0], [3, 0, 3, 1]]))
    assert lengths.sum() == pytest.approx(4 + 4 + 1)


def test_there_are_no_strokes_beside_what_is_not_finite() -> None:
    y = np.array([1.0, 2.0, math.nan, 3.0, 4.0])
    assert joined(np.arange(5.0), y).tolist() == [[0, 1, 1, 2], [3, 3, 4, 4]]
    assert dashed(np.zeros((0, 4)), 4, 2).shape == (0, 4)


def test_thinning_keeps_both_ends_and_every_peak() -> None:
    y = np.sin(np.arange(2048) * 0.7)
    y[700], y[1301] = 9, -9
    y[100:120] = math.nan
    kept = thinned(y, 300)
    assert len(kept) < 320
    assert {0, 700, 1301, 2047} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
