"""What looks into a training: measured steps, one sample's trace, the loss around the weights."""

from itertools import pairwise

import numpy as np
import pytest

from playground import Experiment, Trainer, landscape
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import EarlyStopping
from playground.trace import trace

STACK = (Dense(6, "relu"), BatchNorm(), Dropout(0.3), Dense(5, "tanh"), LayerNorm(), Dense(4))
SPIRAL = Experiment.example("spiral").with_("layers", STACK).with_("precision", "float64")


def trained(experiment: Experiment = SPIRAL, epochs: int = 8, threads: int = 1) -> Trainer:
    trainer = Trainer(experiment, threads=threads)
    trainer.advance(epochs=epochs)
    return trainer


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in one)


# Measured steps


def test_measuring_does_not_disturb_the_training() -> None:
    plain, watched = trained(), Trainer(SPIRAL)
    watched.measure_steps(True)
    watched.advance(epochs=8)
    assert same(plain.parameters, watched.parameters)
    assert same(plain.history, watched.history)
    assert not len(plain.statistics["step"])
    assert watched.statistics["step"].tolist() == list(range(1, watched.step + 1))


def test_the_newest_gradients_stay_when_measuring_begins_or_ends() -> None:
    trainer = trained()
    before = trainer.gradients
    trainer.measure_steps(True)
    trainer.metrics()
    assert same(before, trainer.gradients)
    trainer.measure_steps(False)
    assert same(before, trainer.gradients)


def test_parameters_that_no_step_led_to_are_known() -> None:
    trainer = trained()
    first = trainer.parameters
    for change in (
        lambda: trainer.set_parameter("0.weight", (0, 0), 0.5),
        lambda: trainer.load_parameters(first),
        lambda: trainer.redraw(0, 3),
        lambda: trainer.go_to(2),
        lambda: trainer.restore_best(),
        lambda: trainer.apply(trainer.experiment.with_("layers.0.units", 3)),
        lambda: trainer.reset(),
    ):
        trainer.advance(steps=1)
        assert trainer.stepped
        change()
        assert not trainer.stepped
    back = Trainer(SPIRAL.with_("stop.early_stopping", EarlyStopping(patience=1)))
    back.advance(epochs=200)
    assert back.stopped_by == "early stopping"
    assert not back.stepped


def test_what_has_diverged_or_is_finished_stays_so_when_measuring_begins() -> None:
    plane = Experiment.example("plane").with_("optimizer.type", "sgd")
    wild = plane.with_("optimizer.learning_rate", 100.0)
    early = SPIRAL.with_("stop.early_stopping", EarlyStopping(patience=1))
    for experiment, status in ((wild, "diverged"), (early, "finished")):
        trainer = Trainer(experiment)
        trainer.advance(epochs=200)
        before = trainer.status, trainer.message
        assert before[0] == status
        trainer.measure_steps(True)
        assert (trainer.status, trainer.message) == before
        trainer.reset()
        trainer.advance(steps=2)
        assert trainer.statistics["step"].tolist() == [1, 2]


def test_what_is_measured_of_a_step_is_what_happened() -> None:
    trainer = Trainer(SPIRAL.with_("batch_size", 350).with_("layers", (Dense(6, "relu"), Dense(3))))
    trainer.measure_steps(True)
    trainer.advance(steps=3)
    before = trainer.parameters
    trainer.advance(steps=1)
    after, gradients = trainer.parameters, trainer.gradients
    found = {name: values[-1] for name, values in trainer.statistics.items()}
    for layer, name in enumerate(("0.weight", "2.weight", "4.weight")):
        for what, expected in (
            ("weight", after[name]),
            ("gradient", gradients[name]),
            ("update", after[name] - before[name]),
        ):
            assert found[f"{what}_mean"][layer] == pytest.approx(expected.mean(), abs=1e-15)
            assert found[f"{what}_rms"][layer] == pytest.approx(np.sqrt(np.mean(expected**2)))
    trainer.load_parameters(before)
    raw, _ = trainer.prepared.samples("train")  # the batch is all of them
    for layer, rows in enumerate(trainer.activations(raw)[1:]):
        assert found["activation_mean"][layer] == pytest.approx(rows.mean())
        assert found["activation_rms"][layer] == pytest.approx(np.sqrt(np.mean(rows**2)))


def test_units_that_get_no_gradient_are_counted_as_dead() -> None:
    trainer = Trainer(SPIRAL.with_("layers", (Dense(4, "relu"), Dense(3))))
    bias = np.array([-1e3, 5.0, -1e3, 5.0])  # two of them are off for every sample
    trainer.load_parameters({"0.bias": bias})
    trainer.measure_steps(True)
    trainer.advance(steps=1)
    assert trainer.statistics["dead"][-1].tolist() == [0.5, 0.0, 0.0]


def test_measured_steps_are_thinned_evenly() -> None:
    trainer = Trainer(SPIRAL.with_("layers", (Dense(2),)))
    trainer.measure_steps(True)
    trainer.advance(steps=5000)
    steps = trainer.statistics["step"]
    assert len(steps) < 2048
    assert steps[0] == 1
    assert set(np.diff(steps)) == {4}


# One sample


@pytest.mark.parametrize("source", ["spiral", "blobs", "plane"])
def test_every_derivative_of_a_trace_is_that_of_the_loss(source: str) -> None:
    trainer = trained(SPIRAL.with_source(source))
    before = trainer.parameters
    x, y = trainer.prepared.samples("validation")

    def loss() -> float:
        found = trainer.predict(x[3:4])[0]
        if source == "plane":
            return float((found[0] - y[3, 0]) ** 2)
        share = found[y[3]] if source == "blobs" else found[0] if y[3] else 1 - found[0]
        return -float(np.log(share))

    found = trace(trainer, "validation", 3)
    assert found.loss == pytest.approx(loss())
    assert list(found.gradients) == [name for name in before if "running" not in name]
    for name, slopes in found.gradients.items():
        for place in np.ndindex(slopes.shape):
            sides = []
            for h in (1e-6, -1e-6):
                moved = before[name].copy()
                moved[place] += h
                trainer.load_parameters({name: moved})
                sides.append(loss())
            trainer.load_parameters({name: before[name]})
            assert slopes[place] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-8), name


def test_a_trace_holds_the_numbers_of_each_layer_and_changes_nothing() -> None:
    trainer = trained()
    before, step = trainer.parameters, trainer.step
    found = trace(trainer, "train", 0)
    raw, _ = trainer.prepared.samples("train")
    rows = trainer.activations(raw[:1])
    assert len(found.layers) == len(STACK) + 1
    for layer, (given, gives) in zip(found.layers, pairwise(rows), strict=True):
        np.testing.assert_allclose(layer.x, given[:, 0], rtol=1e-12)
        np.testing.assert_allclose(layer.a, gives[:, 0], rtol=1e-12)
    np.testing.assert_allclose(np.tanh(found.layers[3].z), found.layers[3].a)
    weights = before["0.weight"]
    np.testing.assert_allclose(weights @ found.layers[0].x + before["0.bias"], found.layers[0].z)
    assert same(before, trainer.parameters)
    assert trainer.step == step
    with pytest.raises(IndexError, match="none at 75"):
        trace(trainer, "validation", 75)


# The loss around the weights


def test_the_middle_of_a_landscape_is_the_loss_itself() -> None:
    trainer = trained(threads=2)
    before = trainer.parameters
    u, v = np.linspace(-1, 1, 5), np.linspace(-2, 2, 7)
    for plane in (
        landscape.random_plane(trainer),
        landscape.path_plane(landscape.path_of(trainer)),
        landscape.weights_plane(trainer, ("0.weight", 3), ("4.bias", 1)),
    ):
        for split in ("train", "validation"):
            found = landscape.losses(trainer, plane, u, v, split)
            assert found.shape == (7, 5)
            assert found[3, 2] == pytest.approx(trainer.metrics()[split]["loss"], rel=1e-12)
    assert same(before, trainer.parameters)


def test_a_landscape_is_the_loss_at_the_moved_weights_on_any_number_of_threads() -> None:
    u, v = np.array([0.0, 0.5]), np.array([-0.25, 1.0])
    found = []
    for threads in (1, 2, 3):
        trainer = trained(threads=threads)
        plane = landscape.weights_plane(trainer, ("0.weight", 3), ("4.bias", 1))
        found.append(landscape.losses(trainer, plane, u, v))
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert plane.names == ("0.weight[1, 1]", "4.bias[1]")
    moved = {name: trainer.parameters[name] for name in ("0.weight", "4.bias")}
    moved["0.weight"][1, 1] += 0.5
    moved["4.bias"][1] += 1.0
    trainer.load_parameters(moved)
    assert found[0][1, 1] == pytest.approx(trainer.metrics()["train"]["loss"], rel=1e-12)


def test_random_directions_are_as_long_as_each_units_own_weights() -> None:
    trainer = trained()
    plane = landscape.random_plane(trainer, seed=3)
    for tensor in trainer.network.program.tensors:
        moved, own = tensor.of(plane.one), tensor.of(trainer.network.p)
        if moved.ndim == 1:
            assert not moved.any()
        else:
            np.testing.assert_allclose(*(np.linalg.norm(each, axis=1) for each in (moved, own)))
    assert not np.array_equal(plane.one, landscape.random_plane(trainer, seed=4).one)


def test_the_path_lies_on_its_own_plane_as_well_as_two_directions_can() -> None:
    trainer = trained(epochs=20)
    away = landscape.path_of(trainer)
    plane = landscape.path_plane(away)
    places = landscape.coordinates(plane, away)
    assert len(places) == len(trainer.kept_epochs) == 21
    np.testing.assert_allclose(places[-1], 0, atol=1e-12)
    near = places @ np.stack([plane.one, plane.two])
    left = np.sum((away - near) ** 2) / np.sum(away**2)
    singular = np.linalg.svd(away, compute_uv=False) ** 2
    assert left == pytest.approx(singular[2:].sum() / singular.sum(), rel=1e-6)


def test_a_survey_shows_the_path_and_the_losses_on_it() -> None:
    trainer = trained(epochs=20)
    still = landscape.still_of(trainer)
    trainer.advance(epochs=5)
    told: list[float] = []
    found = landscape.survey(
        still, landscape.path_plane(still.away), lambda done: not told.append(done)
    )
    assert found is not None
    assert told == sorted(told)
    assert told[-1] == 1
    assert found.here == pytest.approx(trained(epochs=20).metrics()["train"]["loss"])
    assert found.epoch == 20
    assert found.start == pytest.approx(Trainer(SPIRAL).metrics()["train"]["loss"])
    assert found.lowest <= found.here * 1.01 < found.highest
    assert found.shares is not None
    assert sum(found.shares) <= 1
    (left, right), (bottom, top) = found.limits
    inside = (found.path > (left, bottom)) & (found.path < (right, top))
    assert inside.all()
    assert found.path[-1].tolist() == [0, 0]
    # Row 0 is at the top: what the colours say at the present place is the loss there.
    rows, columns = found.picture.shape
    row = round((top - 0) / (top - bottom) * (rows - 1))
    column = round((0 - left) / (right - left) * (columns - 1))
    share = np.log(found.here / found.lowest) / np.log(found.highest / found.lowest)
    assert found.picture[row, column] / 255 == pytest.approx(share, abs=0.05)


def test_a_survey_ends_when_it_is_told_to() -> None:
    trainer = trained()
    plane, still = landscape.random_plane(trainer), landscape.still_of(trainer)
    assert landscape.survey(still, plane, lambda done: done < 0.5) is None


def test_what_has_no_landscape_is_said() -> None:
    with pytest.raises(ValueError, match="a few epochs first"):
        landscape.path_plane(landscape.path_of(Trainer(SPIRAL)))
    with pytest.raises(ValueError, match=r'parameter 99 of "0\.weight"'):
        landscape.weights_plane(Trainer(SPIRAL), ("0.weight", 99), ("0.weight", 0))
