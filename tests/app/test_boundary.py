"""The card of the decision boundary: what is drawn, and what the pointer reads off."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.boundary import BoundaryView
from playground.camera import Camera
from playground.experiment import Experiment
from playground.snapshot import FIELD_CELLS, LEVELS_PER_CLASS, MOST_SHOWN, Snapshot
from playground.trainer import Trainer

# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton


def picture_of(experiment: Experiment) -> Snapshot:
    """What the window is shown of an experiment before training."""
    return Camera().take(Trainer(experiment))


@pytest.fixture(scope="module")
def spiral() -> Snapshot:
    return picture_of(Experiment.example("spiral"))


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> BoundaryView:
    """The card as large as in a window of 1440 × 900."""
    view = BoundaryView(theme, Session(Experiment.example("spiral")))
    qtbot.addWidget(view)
    view.resize(412, 474)
    view.show()
    qtbot.waitExposed(view)
    return view


def drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def with_field(snapshot: Snapshot, field: np.ndarray) -> Snapshot:
    """The snapshot with another field, without boundary and samples."""
    splits = {name: indices[:0] for name, indices in snapshot.data.splits.items()}
    data = replace(snapshot.data, splits=splits)
    return replace(snapshot, field=field, contour=np.zeros((0, 4), np.float32), data=data)


def is_orange(colour: QColor) -> bool:
    return colour.red() > colour.blue() + 40


def is_blue(colour: QColor) -> bool:
    return colour.blue() > colour.red() + 40


def test_the_plot_fills_its_place_in_the_design(view: BoundaryView, spiral: Snapshot) -> None:
    view.show_snapshot(spiral)
    assert view.plot.size().toTuple() == (372, 372)


def test_the_field_stands_upright(view: BoundaryView, spiral: Snapshot) -> None:
    field = np.full((FIELD_CELLS, FIELD_CELLS), 255, np.uint8)
    field[:75, :75] = 0  # top left: low x1, high x2
    view.show_snapshot(with_field(spiral, field))
    image = drawn(view.plot)
    assert is_orange(image.pixelColor(90, 90))
    assert all(is_blue(image.pixelColor(x, y)) for x, y in ((280, 90), (90, 280), (280, 280)))


def test_samples_lie_where_their_numbers_say(view: BoundaryView, spiral: Snapshot) -> None:
    plain = with_field(spiral, np.full((FIELD_CELLS, FIELD_CELLS), 128, np.uint8))
    dataset = spiral.data.dataset
    highest = {label: dataset.x[dataset.y == label][:, 1].argmax() for label in (0, 1)}
    for label, row in highest.items():
        index = np.flatnonzero(dataset.y == label)[row]
        data = replace(plain.data, splits=plain.data.splits | {"train": np.array([index])})
        view.show_snapshot(replace(plain, data=data))
        x1, x2 = dataset.x[index]
        place = QPoint(round((x1 + 6) / 12 * 372 - 0.5), round((6 - x2) / 12 * 372 - 0.5))
        colour = drawn(view.plot).pixelColor(place)
        assert is_blue(colour) if label else is_orange(colour)


def test_another_split_shows_other_samples(
    qtbot: QtBot, view: BoundaryView, spiral: Snapshot
) -> None:
    view.show_snapshot(spiral)
    train = drawn(view.plot)
    qtbot.mouseClick(view.splits.segment("validation"), LEFT)
    validation = drawn(view.plot)
    qtbot.mouseClick(view.splits.segment("train"), LEFT)
    assert validation != train
    assert drawn(view.plot) == train


def test_a_split_without_samples_is_not_offered(qtbot: QtBot, view: BoundaryView) -> None:
    experiment = Experiment.example("spiral").with_("data.split.validation", 0.0)
    experiment = experiment.with_("data.split.test", 0.0).with_("data.split.train", 1.0)
    qtbot.mouseClick(view.splits.segment("test"), LEFT)
    view.show_snapshot(picture_of(experiment))
    assert view.splits.value == "train"
    assert view.splits.segment("train").isVisible()
    assert not view.splits.segment("validation").isVisible()
    assert not view.splits.segment("test").isVisible()


def test_the_boundary_is_drawn(view: BoundaryView, spiral: Snapshot) -> None:
    plain = with_field(spiral, np.full((FIELD_CELLS, FIELD_CELLS), 128, np.uint8))
    line = np.array([[-6, 3, 6, 3]], np.float32)
    view.show_snapshot(replace(plain, contour=line))
    image = drawn(view.plot)
    assert image.pixelColor(186, 93).lightness() < 200
    assert image.pixelColor(186, 279).lightness() > 230


@pytest.mark.parametrize("place", [(0, 0), (371, 371), (100, 250), (186, 93)])
def test_the_read_out_says_what_the_network_says_there(
    view: BoundaryView, spiral: Snapshot, place: tuple[int, int]
) -> None:
    view.show_snapshot(spiral)
    rows = {name: text for name, text, _ in view.plot.reading(QPointF(*place))}
    x1, x2, p = (float(text.replace("−", "-")) for text in rows.values())
    column, row = (int(each / 372 * FIELD_CELLS) for each in place)
    assert list(rows) == ["x₁", "x₂", "p"]
    assert p == pytest.approx(spiral.field_values[0, row, column], abs=5e-4)
    assert (x1, x2) == pytest.approx((-6 + (column + 0.5) * 0.08, 6 - (row + 0.5) * 0.08), abs=5e-3)
    exact = Trainer(spiral.experiment).predict(np.array([[x1, x2]]))[0, 0]
    assert p == pytest.approx(exact, abs=6e-4)


def test_the_read_out_follows_the_pointer(
    qtbot: QtBot, view: BoundaryView, spiral: Snapshot
) -> None:
    view.show_snapshot(spiral)
    before = drawn(view.plot)
    qtbot.mouseMove(view.plot, QPoint(150, 200))
    qtbot.waitUntil(lambda: drawn(view.plot) != before)
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.waitUntil(lambda: drawn(view.plot) == before)


def test_several_classes_have_names_and_probabilities(view: BoundaryView) -> None:
    iris = picture_of(Experiment.example("iris"))
    view.show_snapshot(iris)
    rows = view.plot.reading(QPointF(200, 100))
    assert [name for name, _, _ in rows[:2]] == ["sepal length (cm)", "sepal width (cm)"]
    assert [name for name, _, _ in rows[2:]] == ["setosa", "versicolor", "virginica"]
    assert sum(float(text) for _, text, _ in rows[2:]) == pytest.approx(1, abs=2e-3)
    assert view.note.isVisible()
    assert view.note.toolTip() == iris.plane.note
    assert "setosa" in view.key.accessibleName()


def test_classes_have_their_own_colours(view: BoundaryView, theme: Theme) -> None:
    iris = picture_of(Experiment.example("iris"))
    field = np.full((FIELD_CELLS, FIELD_CELLS), LEVELS_PER_CLASS - 1, np.uint8)
    field[:, 75:] += 2 * LEVELS_PER_CLASS
    view.show_snapshot(with_field(iris, field))
    image = drawn(view.plot)
    assert is_orange(image.pixelColor(90, 200))
    right = image.pixelColor(280, 200)
    assert right.green() > max(right.red(), right.blue())


def test_a_regression_shows_values_and_their_scale(view: BoundaryView) -> None:
    plane = picture_of(Experiment.example("plane"))
    view.show_snapshot(plane)
    assert view.title.text() == "Output"
    assert view.key.accessibleName().startswith("Colours: −")
    name, text, _ = view.plot.reading(QPointF(10, 20))[2]
    value = plane.field_values[0, int(20 / 372 * 150), int(10 / 372 * 150)]
    assert name == "output"
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=6e-4)


def test_what_is_left_out_of_many_samples_is_said(view: BoundaryView) -> None:
    experiment = Experiment.example("spiral").with_("data.samples", 100_000)
    snapshot = picture_of(experiment)
    view.show_snapshot(snapshot)
    assert view.note.text() == f"showing {MOST_SHOWN:,} of 70,000"


def test_after_divergence_the_field_is_pale(view: BoundaryView, spiral: Snapshot) -> None:
    field = np.full((FIELD_CELLS, FIELD_CELLS), 255, np.uint8)
    view.show_snapshot(with_field(spiral, field))
    before = drawn(view.plot).pixelColor(186, 186)
    view.show_snapshot(replace(with_field(spiral, field), status="diverged"))
    after = drawn(view.plot).pixelColor(186, 186)
    assert after.hslSaturationF() * 255 < before.hslSaturationF() * 255 + 1
    assert after.lightness() > before.lightness() + 20


def test_before_the_first_picture_there_is_an_empty_well(view: BoundaryView, theme: Theme) -> None:
    assert drawn(view.plot).pixelColor(186, 40) == theme.tokens.sunk
    assert view.plot.reading(QPointF(10, 10)) == []


def test_the_field_of_a_live_session_changes_as_it_trains(
    qtbot: QtBot, theme: Theme, session: Session
) -> None:
    view = BoundaryView(theme, session)
    qtbot.addWidget(view)
    view.resize(412, 474)
    view.show()
    before = drawn(view.plot)
    session.step_epoch()
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.epoch == 1)
    assert drawn(view.plot) != before
