"""Many runs in one call: the same bits as alone, and scores that can be checked by hand."""

import threading
from time import perf_counter

import numpy as np
import pytest

from playground import Experiment, ExperimentError, Trainer
from playground.data.folds import bootstrap, k_fold
from playground.runs import (
    Ending,
    compare,
    cross_validate,
    hold_out,
    rate_range_test,
    rate_range_tests,
    train_together,
    vary,
)

SMALL = Experiment.example("moons").with_("data.samples", 100)
DIVERGING = (
    Experiment.example("plane").with_("optimizer", "sgd").with_("optimizer.learning_rate", 100.0)
)
MIXED = [
    SMALL,
    Experiment.example("iris").with_("optimizer", "sgd"),
    SMALL.with_("layers", ()).with_("batch_size", 1),
    Experiment.example("plane").with_("data.samples", 60),
    SMALL.with_("seed", 3).with_("precision", "float64"),
    DIVERGING,
    SMALL.with_("stop.epochs", 2),
]


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[k], other[k], equal_nan=True) for k in one
    )


# Data in place of the experiment's own


def test_given_data_are_trained_on_and_stay_while_other_settings_change() -> None:
    fold = next(k_fold(SMALL.data, SMALL.seed, 4))
    trainer = Trainer(SMALL, data=fold)
    np.testing.assert_array_equal(trainer.data("validation")[1], fold.samples("validation")[1])
    trainer.apply(SMALL.with_("optimizer.learning_rate", 0.5).with_("layers", ()))
    assert trainer.prepared is fold
    trainer.reset()
    trainer.advance(epochs=1)
    assert trainer.prepared is fold
    assert trainer.step == -(-len(fold.splits["train"]) // SMALL.batch_size)
    trainer.apply(SMALL.with_("data.noise", 0.5))
    assert trainer.prepared is not fold


@pytest.mark.parametrize("other", ["iris", "plane", "features"])
def test_data_of_another_experiment_are_refused(other: str) -> None:
    wrong = (
        SMALL.with_("data.features", ["x1"]) if other == "features" else Experiment.example(other)
    )
    with pytest.raises(ValueError, match="other features or classes"):
        Trainer(SMALL, data=Trainer(wrong).prepared)


# Together


@pytest.mark.parametrize("threads", [1, 2, 3, None])
def test_runs_together_give_the_bits_of_each_alone(threads: int | None) -> None:
    alone, together = ([Trainer(experiment) for experiment in MIXED] for _ in range(2))
    done = [trainer.advance(steps=700) for trainer in alone]
    endings = train_together(together, steps=700, threads=threads)
    assert [ending.steps for ending in endings] == done
    for one, other in zip(alone, together, strict=True):
        assert same(one.parameters, other.parameters)
        assert same(one.history, other.history)
        assert one.metrics(("test",)) == other.metrics(("test",))
    assert [ending.stopped_by for ending in endings] == ["steps"] * 5 + ["divergence", "finished"]


def test_limits_count_from_where_each_run_is_and_the_nearest_ends_it() -> None:
    trainers = [Trainer(SMALL), Trainer(SMALL)]
    trainers[0].advance(epochs=3)
    endings = train_together(trainers, epochs=2, steps=1000)
    assert [trainer.epoch for trainer in trainers] == [5, 2]
    assert [ending.stopped_by for ending in endings] == ["epochs", "epochs"]
    assert [ending.steps for ending in train_together(trainers, epochs=2, steps=5)] == [5, 5]
    timed = train_together(trainers, seconds=0.05)
    assert {ending.stopped_by for ending in timed} == {"seconds"}
    assert all(ending.steps > 0 and ending.seconds >= 0.05 for ending in timed)
    assert train_together([], steps=1) == []


def test_long_runs_and_short_ones_end_in_the_order_they_were_given() -> None:
    experiments = vary(SMALL, "stop.epochs", [900, 1, 300, 2])
    trainers = [Trainer(experiment) for experiment in experiments]
    told: list[int] = []
    endings = train_together(trainers, threads=2, progress=told.append)
    assert [trainer.epoch for trainer in trainers] == [900, 1, 300, 2]
    assert [ending.steps for ending in endings] == [trainer.step for trainer in trainers]
    assert told == sorted(told)
    assert told[-1] == 4


def test_an_interruption_ends_every_run_and_keeps_what_was_learned() -> None:
    trainers = [Trainer(experiment) for experiment in vary(SMALL, "seed", range(5))]
    asked_by = []

    def interrupted() -> bool:
        asked_by.append(threading.current_thread())
        return True

    begun = perf_counter()
    endings = train_together(trainers, seconds=60.0, threads=2, interrupted=interrupted)
    assert perf_counter() - begun < 10
    assert set(asked_by) == {threading.main_thread()}
    assert [ending.stopped_by for ending in endings] == ["interruption"] * 5
    assert [ending.steps for ending in endings] == [trainer.step for trainer in trainers]
    assert [ending.steps > 0 for ending in endings] == [True, True, False, False, False]
    assert endings[4] == Ending()


def test_what_a_run_raises_ends_the_others_and_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(**_: object) -> int:
        raise MemoryError

    trainers = [Trainer(experiment) for experiment in vary(SMALL, "seed", range(3))]
    monkeypatch.setattr(trainers[1], "advance", no_memory)
    begun = perf_counter()
    with pytest.raises(MemoryError):
        train_together(trainers, seconds=60.0, threads=2)
    assert perf_counter() - begun < 10
    assert trainers[2].step == 0


def test_a_second_ctrl_c_leaves_no_thread_behind() -> None:
    def interrupted() -> bool:
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        train_together([Trainer(SMALL)], seconds=60.0, interrupted=interrupted)
    assert threading.active_count() == before


def test_runs_that_cannot_be_are_refused() -> None:
    trainer = Trainer(SMALL)
    with pytest.raises(ValueError, match="listed twice"):
        train_together([trainer, trainer], steps=1)
    with pytest.raises(ValueError, match="say how far"):
        train_together([trainer])
    with pytest.raises(ValueError, match="say how far"):
        compare([SMALL])
    with pytest.raises(ValueError, match="say how far"):
        cross_validate(SMALL, 3)
    for refused in (
        lambda: train_together([trainer], steps=1, threads=0),
        lambda: compare([SMALL], 0, steps=1),
    ):
        with pytest.raises(ValueError, match="1 or more"):
            refused()
    with pytest.raises(ValueError, match="from 0 on"):
        train_together([trainer], steps=-1)
    with pytest.raises(ValueError, match="from 0 on"):
        train_together([trainer], seconds=float("nan"))
    assert trainer.step == 0


# Variants


def test_vary_makes_one_experiment_of_each_value() -> None:
    rates = [0.001, 0.1]
    made = vary(SMALL, "optimizer.learning_rate", rates)
    assert [each.optimizer.learning_rate for each in made] == rates
    assert [each.with_("optimizer.learning_rate", 1.0) for each in made] == [
        SMALL.with_("optimizer.learning_rate", 1.0)
    ] * 2
    with pytest.raises(ExperimentError, match="loss"):
        vary(SMALL, "loss", ["mse", "huber", "nonsense"])
    with pytest.raises(ExperimentError, match="speed"):
        vary(SMALL, "optimizer.speed", [1])


def test_compare_trains_each_variant_with_each_seed() -> None:
    variants = vary(SMALL, "optimizer.learning_rate", [0.003, 0.03])
    scores = compare(variants, 3, epochs=5, threads=2)
    assert len(scores) == 2
    for variant, one in zip(variants, scores, strict=True):
        seeds = [run.experiment.seed for run in one.runs]
        assert seeds == [SMALL.seed, SMALL.seed + 1, SMALL.seed + 2]
        losses = []
        for run in one.runs:
            trainer = Trainer(variant.with_("seed", run.experiment.seed))
            trainer.advance(epochs=5)
            assert run.metrics == trainer.metrics()
            assert (run.ending.steps, run.epochs) == (trainer.step, 5)
            losses.append(run.metrics["test"]["loss"])
        assert one.by_run["test"]["loss"].tolist() == losses
        assert one.mean["test"]["loss"] == pytest.approx(sum(losses) / 3, rel=1e-12)
        mean = sum(losses) / 3
        deviation = (sum((loss - mean) ** 2 for loss in losses) / 2) ** 0.5
        assert one.deviation["test"]["loss"] == pytest.approx(deviation, rel=1e-12)


def test_runs_that_diverged_have_no_score() -> None:
    calm = DIVERGING.with_("optimizer.learning_rate", 0.001)
    good, bad = compare([calm, DIVERGING], 2, steps=100)
    assert [run.diverged for run in bad.runs] == [True, True]
    assert all("Learning rate 100 is too high" in run.message for run in bad.runs)
    assert np.isnan(bad.by_run["train"]["loss"]).all()
    assert np.isnan(bad.mean["train"]["loss"])
    mixed = type(good)((good.runs[0], *bad.runs))
    assert mixed.mean["train"]["loss"] == good.runs[0].metrics["train"]["loss"]
    assert np.isnan(mixed.deviation["train"]["loss"])


def test_an_interrupted_comparison_gives_the_runs_that_had_begun() -> None:
    variants = vary(SMALL, "batch_size", [5, 10, 20])
    scores = compare(variants, 4, seconds=60.0, threads=2, interrupted=lambda: True)
    assert [len(one.runs) for one in scores] == [1, 1, 0]
    assert scores[2].mean == {}
    assert scores[0].runs[0].ending.stopped_by == "interruption"
    assert scores[0].mean["train"]["loss"] > 0


# Validation


def test_cross_validation_scores_each_fold_as_training_it_alone_does() -> None:
    iris = Experiment.example("iris")
    scores = cross_validate(iris, 3, 2, epochs=4, threads=2)
    folds = list(k_fold(iris.data, iris.seed, 3, 2))
    assert len(scores.runs) == len(folds) == 6
    for run, fold in zip(scores.runs, folds, strict=True):
        trainer = Trainer(iris, data=fold)
        trainer.advance(epochs=4)
        assert run.metrics == trainer.metrics()
        guesses = trainer.predict(fold.samples("validation")[0]).argmax(axis=1)
        right = np.mean(guesses == fold.samples("validation")[1])
        assert run.metrics["validation"]["accuracy"] == pytest.approx(right)
    accuracies = [run.metrics["validation"]["accuracy"] for run in scores.runs]
    assert scores.by_run["validation"]["accuracy"].tolist() == accuracies
    assert scores.mean["validation"]["accuracy"] == pytest.approx(np.mean(accuracies))
    assert scores.deviation["validation"]["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))


def test_folds_do_not_depend_on_the_number_of_threads() -> None:
    first, *others = (cross_validate(SMALL, 5, epochs=3, threads=n).by_run for n in (1, 2, 3))
    for other in others:
        assert all(same(first[split], other[split]) for split in ("train", "validation", "test"))


def test_a_fold_without_a_class_is_refused_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="a fold would be without the class"):
        cross_validate(SMALL, 60, epochs=1)


def test_hold_out_is_one_run_on_the_experiments_own_split() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(epochs=5)
    scores = hold_out(SMALL, epochs=5)
    assert scores.mean == trainer.metrics()
    assert len(scores.runs) == 1
    shares = {"train": 0.8, "validation": 0.0, "test": 0.2}
    with pytest.raises(ExperimentError, match="no validation samples"):
        hold_out(SMALL.with_("data.split", shares), epochs=5)


def test_an_empty_part_has_no_score_and_no_warning() -> None:
    shares = {"train": 0.8, "validation": 0.2, "test": 0.0}
    scores = cross_validate(SMALL.with_("data.split", shares), 3, epochs=1)
    assert np.isnan(scores.mean["test"]["loss"])
    assert scores.mean["validation"]["loss"] > 0


def test_networks_trained_on_resamples_differ_and_are_none_the_worse_for_it() -> None:
    resamples = bootstrap(SMALL.data, SMALL.seed, 4)
    trainers = [Trainer(SMALL, data=each) for each in resamples]
    train_together(trainers, epochs=100)
    x, y = trainers[0].prepared.samples("test")
    predictions = np.array([trainer.predict(x)[:, 0] for trainer in trainers])
    assert predictions.std(axis=0).max() > 1e-3
    assert np.mean((predictions.mean(axis=0) > 0.5) == y) > 0.8


# The range of rates


def test_a_range_test_finds_where_learning_begins_and_where_it_ends() -> None:
    seen = rate_range_test(Experiment.example("plane").with_("optimizer", "sgd"))
    assert seen.stopped_by == "divergence"
    assert len(seen.rates) == len(seen.losses) == len(seen.smoothed) < 200
    np.testing.assert_allclose(np.diff(np.log(seen.rates)), np.log(1e7) / 199)
    assert seen.rates[0] == 1e-6
    assert seen.losses[:20] == pytest.approx(seen.losses[0], rel=0.01)
    assert seen.losses.min() < 0.1 * seen.losses[0]
    assert seen.suggested is not None
    assert 1e-5 < seen.suggested < 1
    trainer = Trainer(DIVERGING.with_("optimizer.learning_rate", seen.suggested))
    before = trainer.metrics()["train"]["loss"]
    trainer.advance(epochs=10)
    assert trainer.metrics()["train"]["loss"] < 0.1 * before


@pytest.mark.parametrize("name", ["circle", "xor", "spiral", "iris", "multi-gauss"])
def test_the_suggested_rate_learns(name: str) -> None:
    experiment = Experiment.example(name).with_("optimizer", "adam")
    seen = rate_range_test(experiment)
    assert seen.suggested is not None
    trainer = Trainer(experiment.with_("optimizer.learning_rate", seen.suggested))
    before = trainer.metrics()["train"]["loss"]
    trainer.advance(epochs=100)
    assert trainer.status == "ready"
    assert trainer.metrics()["train"]["loss"] < 0.9 * before


def test_range_tests_at_once_give_what_each_gives_alone_and_leave_no_trace() -> None:
    experiments = vary(SMALL.with_("stop.epochs", 1), "seed", range(3))
    random_state = np.random.get_state()[1].copy()  # type: ignore[union-attr]
    together = rate_range_tests(experiments, steps=40, threads=2)
    for experiment, seen in zip(experiments, together, strict=True):
        alone = rate_range_test(experiment, steps=40)
        np.testing.assert_array_equal(seen.losses, alone.losses)
        assert seen.suggested == alone.suggested
    assert np.array_equal(random_state, np.random.get_state()[1])  # type: ignore[index]
    assert experiments == vary(SMALL.with_("stop.epochs", 1), "seed", range(3))


def test_a_range_at_which_nothing_is_learned_suggests_nothing() -> None:
    hopeless = DIVERGING.with_("data.samples", 50)
    seen = rate_range_test(hopeless, 50.0, 100.0, 10)
    assert seen.suggested is None
    assert seen.stopped_by == "divergence"
    assert len(seen.losses) == len(seen.smoothed) < 10


def test_an_interrupted_range_test_gives_what_it_saw() -> None:
    (seen,) = rate_range_tests([SMALL], steps=10**6, interrupted=lambda: True)
    assert seen.stopped_by == "interruption"
    assert 0 < len(seen.losses) < 10**6


@pytest.mark.parametrize(
    ("low", "high", "steps", "sentence"),
    [
        (0.0, 1.0, 10, "above 0"),
        (1.0, 1.0, 10, "above 0"),
        (1.0, float("nan"), 10, "above 0"),
        (1e-3, 1.0, 1, "2 steps or more"),
        (1e-3, 1e30, 10, "possible is 0 to 100"),
    ],
)
def test_ranges_that_are_none_are_refused(
    low: float, high: float, steps: int, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        rate_range_test(SMALL, low, high, steps)
