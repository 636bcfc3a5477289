"""The trainer as a user of the Python interface meets it."""

import dataclasses

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.initializers import INITIALIZERS, Zeros
from playground.engine.layers import Dense
from playground.experiment import ExperimentError

SMALL = Experiment.example("moons").with_("data.samples", 100)


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def test_same_seed_gives_the_same_bits_however_the_steps_are_cut() -> None:
    whole, parts = Trainer(SMALL), Trainer(SMALL)
    whole.advance(steps=1000)
    for steps in (1, 2, 333, 664):
        assert parts.advance(steps=steps) == steps
    assert same(whole.parameters, parts.parameters)
    assert same(whole.history, parts.history)
    assert (whole.step, whole.epoch) == (parts.step, parts.epoch) == (1000, 142)


def test_another_seed_gives_other_numbers() -> None:
    other = dataclasses.replace(SMALL, seed=SMALL.seed + 1)
    assert not same(Trainer(SMALL).parameters, Trainer(other).parameters)
    assert not np.array_equal(Trainer(SMALL).data("train")[0], Trainer(other).data("train")[0])


def test_reset_gives_the_run_again() -> None:
    trainer = Trainer(SMALL)
    first = trainer.parameters
    trainer.advance(epochs=5)
    learned = trainer.parameters
    trainer.reset()
    assert (trainer.step, trainer.epoch) == (0, 0)
    assert same(trainer.parameters, first)
    trainer.advance(epochs=5)
    assert same(trainer.parameters, learned)


def test_an_epoch_uses_every_sample_once_and_the_last_batch_is_a_step_of_its_own() -> None:
    trainer = Trainer(SMALL.with_("batch_size", 32))
    samples = len(trainer.data("train")[0])
    assert samples % 32 != 0
    assert trainer.advance(epochs=1) == -(-samples // 32)
    assert sorted(trainer.network._order) == list(range(samples))


def test_every_epoch_has_another_order() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(steps=1)
    first = trainer.network._order.copy()
    trainer.advance(epochs=1)
    trainer.advance(steps=1)
    assert not np.array_equal(first, trainer.network._order)


def test_advance_says_how_far_it_went_and_stops_at_the_nearest_limit() -> None:
    trainer = Trainer(SMALL)
    assert trainer.advance(steps=5, epochs=1) == 5
    assert trainer.advance(steps=100, epochs=1) == 2
    assert trainer.advance(steps=0) == 0
    assert trainer.advance(seconds=0.01) > 0
    with pytest.raises(ValueError, match="say how far"):
        trainer.advance()


def test_stop_rule_finishes_the_training() -> None:
    trainer = Trainer(SMALL.with_("stop.epochs", 3))
    trainer.advance(epochs=10)
    assert (trainer.epoch, trainer.status) == (3, "finished")
    assert trainer.message == "Finished after 3 epochs."
    assert trainer.advance(steps=1) == 0


def test_one_that_is_finished_stays_so_when_only_its_looks_change() -> None:
    trainer = Trainer(SMALL.with_("stop.epochs", 3))
    trainer.advance(epochs=10)
    looks = trainer.experiment.with_("view.drawer", "weights").with_("name", "Another")
    trainer.apply(looks)
    assert trainer.experiment == looks
    assert (trainer.status, trainer.message) == ("finished", "Finished after 3 epochs.")
    trainer.apply(looks.with_("stop.epochs", 4))
    assert trainer.advance(epochs=10) > 0


def test_history_holds_the_scores_of_the_weights_at_that_epoch() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(epochs=7)
    history, metrics = trainer.history, trainer.metrics()
    assert history["epoch"].tolist() == list(range(8))
    assert history["train_loss"][-1] == metrics["train"]["loss"]
    assert history["validation_accuracy"][-1] == metrics["validation"]["accuracy"]


def test_long_history_is_thinned_evenly() -> None:
    trainer = Trainer(SMALL.with_("layers", ()).with_("batch_size", 100))
    trainer.advance(epochs=10_000)
    epochs = trainer.history["epoch"]
    assert 1024 <= len(epochs) <= 2048
    assert epochs[0] == 0
    assert len(set(np.diff(epochs))) == 1
    assert 10_000 - epochs[-1] < np.diff(epochs)[0]


def test_accuracy_is_the_share_of_predictions_that_are_right() -> None:
    for name in ("moons", "iris", "blobs"):
        trainer = Trainer(Experiment.example(name))
        trainer.advance(epochs=3)
        x, y = trainer.prepared.samples("validation")
        outputs = trainer.predict(x)
        guesses = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > 0.5
        assert trainer.metrics()["validation"]["accuracy"] == pytest.approx(np.mean(guesses == y))


def test_an_empty_split_has_no_score() -> None:
    shares = {"train": 1.0, "validation": 0.0, "test": 0.0}
    trainer = Trainer(SMALL.with_("data.split", shares))
    trainer.advance(epochs=2)
    assert np.isnan(trainer.metrics()["validation"]["loss"])
    assert np.isnan(trainer.history["validation_loss"]).all()
    assert trainer.metrics()["train"]["loss"] > 0


def test_divergence_keeps_the_last_finite_weights_and_says_why() -> None:
    trainer = Trainer(
        Experiment.example("plane")
        .with_("layers", (Dense(8, "linear"), Dense(8, "linear")))
        .with_("optimizer", {"type": "sgd", "learning_rate": 100.0})
    )
    trainer.advance(steps=1000)
    assert trainer.status == "diverged"
    assert "Learning rate 100 is too high." in trainer.message
    assert all(np.isfinite(each).all() for each in trainer.parameters.values())
    assert trainer.advance(steps=1) == 0
    trainer.apply(trainer.experiment.with_("optimizer.learning_rate", 1e-5))
    assert trainer.status == "ready"
    trainer.reset()
    assert trainer.advance(steps=10) == 10


def test_huge_but_finite_gradients_do_not_reach_the_weights_as_infinity() -> None:
    trainer = Trainer(SMALL.with_("loss", "mse").with_("layers", (Dense(2, "linear"),)))
    trainer.load_parameters({name: each + 1e18 for name, each in trainer.parameters.items()})
    trainer.apply(trainer.experiment.with_("optimizer", {"type": "sgd", "learning_rate": 100.0}))
    trainer.advance(steps=50)
    assert all(np.isfinite(each).all() for each in trainer.parameters.values())


def test_training_settings_change_without_losing_weights() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(epochs=2)
    learned = trainer.parameters
    changed = trainer.experiment
    for path, value in {
        "optimizer.learning_rate": 0.5,
        "regularization.l2": 0.1,
        "batch_size": 3,
        "data.noise": 0.4,
        "data.samples": 200,
    }.items():
        changed = changed.with_(path, value)
        trainer.apply(changed)
        assert same(trainer.parameters, learned)
    assert trainer.epoch == 2
    trainer.advance(epochs=1)
    assert not same(trainer.parameters, learned)


def test_penalties_act_on_weights_and_not_on_biases() -> None:
    still = SMALL.with_("optimizer", {"type": "sgd", "learning_rate": 0.0})
    plain = Trainer(still)
    penalised = Trainer(still.with_("regularization", {"l1": 0.5, "l2": 0.25}))
    for trainer in (plain, penalised):
        trainer.advance(steps=1)
    for name, weight in plain.parameters.items():
        added = penalised.gradients[name] - plain.gradients[name]
        expected = 0.25 * weight + 0.5 * np.sign(weight) if name.endswith("weight") else 0
        np.testing.assert_allclose(added, np.broadcast_to(expected, added.shape), atol=1e-6)


def test_weights_that_fit_stay_when_the_stack_is_edited() -> None:
    trainer = Trainer(SMALL.with_("layers", (Dense(4), Dense(3))))
    trainer.advance(epochs=2)
    old = trainer.parameters
    trainer.apply(trainer.experiment.with_("layers", (Dense(6), Dense(3))))
    grown = trainer.parameters
    assert np.array_equal(grown["0.weight"][:4], old["0.weight"])
    assert np.array_equal(grown["2.weight"][:, :4], old["2.weight"])
    assert np.array_equal(grown["4.weight"], old["4.weight"])
    trainer.apply(trainer.experiment.with_("layers", (Dense(6), Dense(5, "relu"), Dense(3))))
    inserted = trainer.parameters
    assert np.array_equal(inserted["0.weight"], grown["0.weight"])
    assert np.array_equal(inserted["6.weight"], grown["4.weight"])
    trainer.apply(trainer.experiment.with_("layers", (Dense(6), Dense(3))))
    assert np.array_equal(trainer.parameters["0.weight"], grown["0.weight"])
    assert trainer.epoch == 2


def test_weights_follow_their_features() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(epochs=1)
    old = trainer.parameters["0.weight"]
    trainer.apply(trainer.experiment.with_("data.features", ["sin(x1)", "x2", "x1"]))
    new = trainer.parameters["0.weight"]
    assert np.array_equal(new[:, 1], old[:, 1])
    assert np.array_equal(new[:, 2], old[:, 0])


def test_edits_while_training_go_on_from_any_stack_to_any_other() -> None:
    trainer = Trainer(SMALL)
    rng = np.random.default_rng(0)
    for _ in range(30):
        units = rng.integers(1, 20, rng.integers(0, 6))
        layers = tuple(Dense(int(each), "relu") for each in units)
        experiment = trainer.experiment.with_source(str(rng.choice(["moons", "iris", "plane"])))
        trainer.apply(experiment.with_("layers", layers))
        trainer.advance(steps=20)
        assert all(np.isfinite(each).all() for each in trainer.parameters.values())


def test_a_setting_that_does_not_fit_changes_nothing() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(steps=3)
    learned = trainer.parameters
    with pytest.raises(ExperimentError, match="loss"):
        trainer.apply(trainer.experiment.with_("data.source", "plane"))
    assert trainer.experiment.data.source == "moons"
    trainer.advance(steps=0)
    assert same(trainer.parameters, learned)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_draw_what_they_say(name: str) -> None:
    initializer = INITIALIZERS[name]()
    weights = initializer.weights(np.random.default_rng(1), 400, 600)
    expected = {
        "zeros": 0.0,
        "normal": 1.0,
        "uniform": 1 / np.sqrt(12),
        "xavier": np.sqrt(2 / 1000),
        "he": np.sqrt(2 / 600),
        "lecun": np.sqrt(1 / 600),
    }
    assert weights.mean() == pytest.approx(0, abs=0.005)
    assert weights.std() == pytest.approx(expected[name], rel=0.01)


def test_zero_weights_keep_the_units_of_a_layer_the_same() -> None:
    zeros = SMALL.with_("layers", (Dense(5, "tanh", Zeros()), Dense(4, "tanh", Zeros())))
    trainer = Trainer(zeros)
    trainer.advance(epochs=5)
    assert np.ptp(trainer.parameters["0.weight"], axis=0).max() == 0


def test_biases_start_at_zero() -> None:
    parameters = Trainer(SMALL).parameters
    assert all(not each.any() for name, each in parameters.items() if name.endswith("bias"))


def test_loaded_parameters_are_checked_by_name_shape_and_value() -> None:
    trainer = Trainer(SMALL)
    before = trainer.parameters
    for wrong, said in (
        ({"9.weight": np.zeros(1)}, "9.weight"),
        ({"0.weight": np.zeros((3, 3))}, "shape"),
        ({"0.bias": np.full_like(before["0.bias"], np.nan)}, "finite"),
        ({"0.bias": np.full(before["0.bias"].shape, 1e300)}, "finite"),
    ):
        with pytest.raises(ValueError, match=said):
            trainer.load_parameters(before | wrong)
    assert same(trainer.parameters, before)


def test_a_running_variance_below_zero_is_refused() -> None:
    trainer = Trainer(SMALL.with_("layers", ["dense", "batch_norm"]))
    before = trainer.parameters
    with pytest.raises(ValueError, match=r'"2\.running_var" holds numbers below 0'):
        trainer.load_parameters({"2.running_var": np.full(8, -1.0)})
    assert same(trainer.parameters, before)


def test_devices_and_threads_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="cuda"):
        Trainer(SMALL, device="cuda")
    with pytest.raises(ValueError, match="1 to 64 threads"):
        Trainer(SMALL, threads=0)
    assert Trainer(SMALL, device="auto").experiment == SMALL


def test_a_changed_batch_size_does_not_hold_up_the_next_call() -> None:
    """The time of a step is measured anew: a call made for the old one would be of 1,000 steps."""
    many = SMALL.with_("data.samples", 20_000).with_("batch_size", 1)
    trainer = Trainer(many)
    trainer.advance(seconds=0.05)
    trainer.apply(many.with_("batch_size", 14_000))
    assert trainer.advance(seconds=0.001) < 50


def test_an_edit_of_the_stack_does_not_begin_the_epoch_again() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(steps=4)
    trainer.apply(trainer.experiment.with_("layers.0.units", 7))
    assert trainer.advance(epochs=1) == 3


def test_another_loss_begins_another_history() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(epochs=5)
    trainer.apply(trainer.experiment.with_("loss", "mse"))
    trainer.advance(epochs=1)
    assert trainer.history["epoch"].tolist() == [5, 6]


def test_a_state_of_the_optimizer_that_overflows_is_a_divergence() -> None:
    experiment = SMALL.with_("optimizer", {"type": "adagrad", "learning_rate": 0.1})
    trainer = Trainer(experiment.with_("loss", "mae").with_("layers", (Dense(8, "linear"),) * 8))
    huge = {name: np.full_like(each, 1e4) for name, each in trainer.parameters.items()}
    trainer.load_parameters(huge)
    trainer.advance(steps=50)
    assert trainer.status == "diverged"
    assert trainer.message.startswith(("A weight became", "Loss became", "The loss of the first"))


def test_first_weights_too_large_are_not_blamed_on_the_learning_rate() -> None:
    trainer = Trainer(SMALL.with_("loss", "mse").with_("layers", (Dense(8, "linear"),) * 12))
    trainer.load_parameters(
        {name: np.full_like(each, 1e6) for name, each in trainer.parameters.items()}
    )
    trainer.apply(trainer.experiment.with_("loss", "cross_entropy"))
    trainer.advance(steps=1)
    assert trainer.status == "diverged"
    assert trainer.message.endswith("Choose another initializer.")


@pytest.mark.parametrize(
    "limits", [{"steps": -1}, {"epochs": -1}, {"seconds": -1.0}, {"seconds": float("nan")}]
)
def test_limits_that_are_none_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="from 0 on"):
        Trainer(SMALL).advance(**limits)
    with pytest.raises(TypeError):
        Trainer(SMALL).advance(steps=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "x", [np.zeros((4, 5)), np.zeros(3), np.zeros((4, 1)), np.zeros((2, 2, 2))]
)
def test_raw_inputs_of_another_shape_are_refused(x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"\(n, 2\) is needed: x1, x2"):
        Trainer(SMALL).predict(x)


def test_an_apply_that_fails_half_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(SMALL)
    trainer.advance(steps=5)
    before = trainer.parameters

    def no_memory(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr("playground.trainer.network_of", no_memory)
        with pytest.raises(MemoryError):
            trainer.apply(SMALL.with_("data.features", ["x1", "x2", "x1^2"]))
    assert trainer.experiment == SMALL
    assert same(trainer.parameters, before)
    assert trainer.advance(steps=5) == 5


def test_lists_and_names_become_what_the_experiment_means() -> None:
    trainer = Trainer(dataclasses.replace(SMALL, layers=[Dense(4)], optimizer="sgd"))  # type: ignore[arg-type]
    assert trainer.experiment.layers == (Dense(4),)
    assert Experiment.from_json(trainer.experiment.to_json()) == trainer.experiment
