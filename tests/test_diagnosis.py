"""What is said of gradients and units, and the scores by class."""

import math

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.class_scores import class_scores
from playground.diagnosis import Examiner, diagnose, histogram
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import Normal
from playground.engine.layers import BatchNorm, Dense, Dropout
from playground.shipped import EXAMPLES
from playground.snapshot import Diagnosis
from playground.weights import weights_of

SPIRAL = Experiment.example("spiral")


def trained(experiment: Experiment, epochs: int = 10) -> Trainer:
    trainer = Trainer(experiment)
    trainer.measure_steps(True)
    trainer.advance(epochs=epochs)
    return trainer


def flows(found: Diagnosis) -> list[str]:
    return [layer.flow for layer in found.layers]


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "digits"])
def test_the_examples_are_healthy(name: str) -> None:
    trainer = trained(Experiment.example(name), epochs=20)
    found = diagnose(trainer)
    assert not any(flows(found))


def test_many_sigmoids_let_the_gradients_of_the_first_layers_vanish() -> None:
    found = diagnose(trained(SPIRAL.with_("layers", (Dense(8, "sigmoid"),) * 6)))
    assert flows(found) == ["vanishing"] * 4 + [""] * 3
    assert np.median(found.rms[:, 0]) < np.median(found.rms[:, -1]) / 100


def test_large_first_weights_let_gradients_explode() -> None:
    layers = (Dense(8, "relu", Normal(0, 3)),) * 6
    assert "exploding" in flows(diagnose(trained(SPIRAL.with_("layers", layers))))


def test_a_warning_does_not_flicker_around_its_limit() -> None:
    trainer = trained(SPIRAL.with_("layers", (Dense(8, "sigmoid"),) * 4), epochs=5)
    said, turns = None, 0
    for _ in range(60):  # the network learns to let gradients through by and by
        found = diagnose(trainer, said)
        turns += said is not None and flows(found) != flows(said)
        said = found
        trainer.advance(epochs=1)
    assert turns <= 4


def test_a_frozen_layer_is_not_warned_of() -> None:
    layers = (Dense(8, "tanh", frozen=True), Dense(8), Dense(8))
    found = diagnose(trained(SPIRAL.with_("layers", layers)))
    assert not any(flows(found))
    assert np.isnan(found.rms[:, 0]).all()


def test_dead_and_saturated_units_are_named() -> None:
    layers = (Dense(4, "relu"), BatchNorm(), Dropout(0.2), Dense(4, "tanh"))
    trainer = trained(SPIRAL.with_("layers", layers), epochs=1)
    names = [name for name in trainer.parameters if name.endswith("bias")]
    trainer.load_parameters({names[0]: np.array([0.5, -1e3, 0.5, -1e3])})
    trainer.load_parameters({names[2]: np.array([0.0, 0.0, 6.0, 1e3])})
    first, second, output = diagnose(trainer).layers
    assert (first.dead, first.saturated) == ((1, 3), ())
    assert (second.dead, second.saturated) == ((3,), (2,))
    assert (output.dead, output.saturated) == ((), ())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_small_first_weights_leave_no_unit_dead_or_saturated(activation: str) -> None:
    trainer = Trainer(SPIRAL.with_("layers", (Dense(8, activation, Normal(0, 0.3)),)))
    layer, _ = diagnose(trainer).layers
    assert (layer.dead, layer.saturated) == ((), ())


def test_a_diagnosis_is_renewed_at_most_ten_times_a_second_while_training() -> None:
    trainer, examiner = trained(SPIRAL), Examiner()
    first = examiner.look(trainer, running=True)
    trainer.advance(steps=1)
    assert examiner.look(trainer, running=True) is first
    assert examiner.look(trainer, running=False) is not first
    trainer.reset()
    assert not len(examiner.look(trainer, running=True).epochs)


def test_a_time_without_measuring_is_a_gap_in_the_series() -> None:
    trainer = Trainer(SPIRAL)
    trainer.advance(epochs=10)
    trainer.measure_steps(True)
    trainer.advance(epochs=20)
    found = diagnose(trainer)
    assert found.since == pytest.approx(10, abs=0.1)
    assert np.isfinite(found.rms).all()
    trainer.measure_steps(False)
    trainer.advance(epochs=20)
    trainer.measure_steps(True)
    trainer.advance(epochs=20)
    found = diagnose(trainer)
    assert found.since == pytest.approx(10, abs=0.1)
    (gap,) = np.flatnonzero(np.isnan(found.rms[:, 0]))
    assert 30 < found.epochs[gap] < 50
    assert (np.diff(found.epochs) > 0).all()


def test_the_series_ends_at_the_newest_step_and_has_few_points() -> None:
    trainer = trained(SPIRAL, epochs=60)
    found = diagnose(trainer)
    assert found.epochs[-1] == pytest.approx(60, abs=0.2)
    assert len(found.epochs) == len(found.rms) <= 120
    assert (np.diff(found.epochs) > 0).all()


def test_a_histogram_counts_every_finite_number() -> None:
    found = histogram(np.array([-2.0, 0.0, 0.1, 1.0, np.nan]), parts=5)
    assert (found.low, found.high) == (-2.0, 2.0)
    assert found.counts.tolist() == [1, 0, 2, 1, 0]
    assert histogram(np.zeros(3)).counts.sum() == 3


def test_the_weights_of_one_layer_are_a_picture() -> None:
    trainer = trained(SPIRAL.with_("layers", (Dense(3), Dropout(0.1), Dense(5))), epochs=1)
    found = weights_of(trainer, 1)
    matrix = trainer.parameters["3.weight"]
    assert [each.counts.sum() for each in found.histograms] == [6, 15, 5]
    assert found.picture.shape == matrix.shape == (5, 3)
    np.testing.assert_allclose(found.picture / 127 - 128 / 127, matrix / found.scale, atol=0.01)
    assert weights_of(trainer, 9).shown == 2


# Scores by class


def test_scores_by_class_are_those_done_by_hand() -> None:
    found = class_scores(np.array([[3, 1, 0], [2, 4, 0], [0, 0, 0]]))
    np.testing.assert_allclose(found.precision, [3 / 5, 4 / 5, math.nan])
    np.testing.assert_allclose(found.recall, [3 / 4, 4 / 6, math.nan])
    np.testing.assert_allclose(found.f1, [2 / 3, 8 / 11, math.nan])
    assert found.accuracy == pytest.approx(0.7)
    assert math.isnan(class_scores(np.zeros((2, 2), np.int64)).accuracy)


def test_scores_by_class_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    own, put = rng.integers(0, 5, 300), rng.integers(0, 5, 300)
    found = class_scores(metrics.confusion_matrix(own, put))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(own, put)
    for ours, theirs in ((found.precision, precision), (found.recall, recall), (found.f1, f1)):
        np.testing.assert_allclose(ours, theirs)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(own, put))
