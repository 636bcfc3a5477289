"""Points drawn by hand: kept in the experiment, sound from the first one on."""

import dataclasses
import time

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.data.points import MOST_POINTS, NAMES, Points
from playground.data.prepare import prepare
from playground.engine.optimizers import Perceptron
from playground.fields import ExperimentError


def drawn(classes: int = 2, count: int = 40) -> Points:
    rng = np.random.default_rng(3)
    x = rng.uniform(-5, 5, (count, 2))
    y = np.arange(count) % classes if classes else x[:, 0] - x[:, 1]
    return Points.of(x, y, NAMES[:classes])


@pytest.mark.parametrize("classes", [0, 2, 3, 6])
def test_an_experiment_carries_its_points_through_a_file(classes: int) -> None:
    experiment = Experiment().with_source("points", points=drawn(classes))
    assert experiment.problems() == ()
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert experiment.to_json().count("\n") < 100
    dataset = prepare(experiment.data, 1).dataset
    x, y = drawn(classes).arrays()
    np.testing.assert_array_equal(dataset.x, x)
    np.testing.assert_array_equal(dataset.y, y)
    assert dataset.class_names == NAMES[:classes]


@pytest.mark.parametrize("classes", [0, 2, 6])
def test_drawing_begins_with_nothing_and_training_goes_on_with_each_point(classes: int) -> None:
    points = Points(classes)
    trainer = Trainer(Experiment(batch_size=4).with_source("points", points=points))
    assert trainer.advance(steps=5) == 0
    assert trainer.status == "finished"
    assert "place some points" in trainer.message
    assert trainer.model().predict(np.zeros((3, 2))).shape[0] == 3
    before = trainer.parameters["0.weight"]
    for place in range(7):
        points = points.added([(place, -place)], place % max(classes, 1))
        trainer.apply(trainer.experiment.with_source("points", points=points))
        assert trainer.status == "ready"
        if not place:
            np.testing.assert_array_equal(trainer.parameters["0.weight"], before)
        assert trainer.advance(steps=3) == 3
    assert np.isfinite(trainer.metrics()["train"]["loss"])
    assert trainer.step == 21
    trainer.apply(trainer.experiment.with_source("points", points=Points(classes)))
    assert trainer.advance(epochs=1) == 0


@pytest.mark.parametrize("normalize", ["none", "standard", "minmax"])
def test_no_points_are_sound_under_every_normalisation(normalize: str) -> None:
    experiment = Experiment().with_("data.normalize", normalize)
    trainer = Trainer(experiment.with_source("points"))
    assert np.isfinite(trainer.predict(np.ones((4, 2)))).all()


def test_another_number_of_classes_takes_a_loss_and_outputs_that_fit() -> None:
    experiment = Experiment(loss="perceptron", layers=(), optimizer=Perceptron())
    experiment = experiment.with_source("points", points=drawn(2))
    assert experiment.problems() == ()
    assert experiment.loss == "perceptron"
    trainer = Trainer(experiment)
    for classes in (3, 2, 6, 0, 4):
        points = trainer.experiment.data.points
        assert points is not None
        points = points.with_classes(classes)
        trainer.apply(trainer.experiment.with_source("points", points=points))
        assert trainer.predict(np.zeros((1, 2))).shape[1] == (classes if classes > 2 else 1)
        assert not isinstance(trainer.experiment.optimizer, Perceptron)
        trainer.advance(steps=10)


def test_fewer_classes_drop_the_points_that_had_them() -> None:
    points = drawn(4, 40).with_classes(3)
    assert len(points) == 30
    assert set(points.targets) == {0, 1, 2}
    values = points.with_classes(0).with_classes(2)
    assert values.targets == tuple(float(target > 0) for target in points.targets)


def test_points_are_added_moved_and_taken_away() -> None:
    points = Points().added([(1, 2), (3, 4)], 1).added([(5, 6)], 0)
    assert points == Points(2, (1, 3, 5), (2, 4, 6), (1, 1, 0))
    assert points.moved(1, (7, 8)) == Points(2, (1, 7, 5), (2, 8, 6), (1, 1, 0))
    assert points.without([0, 2]) == Points(2, (3,), (4,), (1,))
    assert points.without([]) == points


def test_the_axes_rest_until_a_point_lies_beyond_them() -> None:
    near = Points().added([(1, 2)], 0)
    assert near.source().limits == Points().source().limits == ((-6, 6), (-6, 6))
    assert near.added([(9, -7)], 1).source().limits == ((-6, 9), (-7, 6))


@pytest.mark.parametrize(
    ("points", "path", "said"),
    [
        (Points(2, names=("one", "one")), "data.points.names", "a class is listed twice"),
        (Points(1), "data.points.classes", "one class leaves nothing to tell"),
        (Points(7), "data.points.classes", "7 is out of range; possible is 0 to 6"),
        (Points(2, (1.0,), (), (0.0,)), "data.points", "1 x1, 0 x2 and 1 targets"),
        (Points(3, (1.0,), (1.0,), (3.0,)), "data.points.targets.0", "with 3 they are 0 to 2"),
        (Points(2, (1.0,), (1.0,), (0.5,)), "data.points.targets.0", "0.5 is no class"),
        (Points(2, (float("nan"),), (1.0,), (0.0,)), "data.points.x1.0", "NaN is out of range"),
        (Points(2, (1e7,), (1.0,), (0.0,)), "data.points.x1.0", "is out of range"),
        (Points(2, (True,), (1.0,), (0.0,)), "data.points.x1.0", "is not a number"),
    ],
)
def test_points_that_cannot_be_are_refused(points: Points, path: str, said: str) -> None:
    experiment = Experiment().with_source("points")
    data = dataclasses.replace(experiment.data, points=points)
    (problem,) = dataclasses.replace(experiment, data=data).problems()
    assert problem.path == path
    assert said in problem.message


def test_more_points_than_anyone_draws_are_refused() -> None:
    full = drawn(2, MOST_POINTS)
    assert Experiment().with_source("points", points=full).problems() == ()
    with pytest.raises(ExperimentError, match="the list has length 20,001"):
        Experiment().with_source("points", points=full.added([(0, 0)], 1))


def test_thousands_of_points_are_checked_between_two_frames() -> None:
    experiment = Experiment().with_source("points", points=drawn(2, MOST_POINTS))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        experiment.check()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1


@pytest.mark.parametrize(("classes", "task"), [(0, "regression"), (2, "binary"), (6, "classes")])
def test_no_points_yet_are_of_the_task_they_were_begun_for(classes: int, task: str) -> None:
    assert Experiment().with_source("points", points=Points(classes)).task == task


def test_classes_have_the_names_they_are_given() -> None:
    points = Points.of(np.zeros((1, 2)), np.zeros(1), ("setosa", "virginica"))
    assert points.source().class_names == ("setosa", "virginica")
    assert points.with_classes(3).class_names == ("setosa", "virginica", "class C")
    assert points.with_classes(0).class_names == ()
    assert points.with_classes(0).with_classes(2).class_names == ("setosa", "virginica")
    experiment = Experiment().with_source("points", points=points)
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert drawn(2).names == ()
