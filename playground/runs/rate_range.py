"""The learning-rate range test: one run whose rate grows from step to step."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.data.prepare import PreparedData, prepare
from playground.experiment import Experiment
from playground.runs.together import Asked, in_threads, never
from playground.trainer import Trainer

STEPS = 200
WARM_UP = 50  # steps at rate 0, for what an optimizer or a layer averages over steps
JUDGED = 1000  # training samples at most, whose loss is taken after each step
HOPELESS = 4.0  # times the first loss: from there on nothing more is learned


@dataclass(frozen=True, eq=False)
class RateRange:
    """What a range test saw: a row for each step done.

    `rates`, `losses` and `smoothed` are (steps,) float64: the learning rate of a step, the loss on
    training samples after it, and that loss averaged over the steps around. `suggested` is the rate
    at which the least loss so far falls most steeply over the logarithm of the rate; None where it
    never falls. `stopped_by` is "steps" (the whole range was tried), "divergence" or
    "interruption".
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggested: float | None
    stopped_by: str


def rate_range_test(
    experiment: Experiment, low: float = 1e-6, high: float = 10.0, steps: int = STEPS
) -> RateRange:
    """Train once from the first weights, at rates that grow from `low` to `high` by equal factors.

    Where the loss begins to fall the rate is high enough, and where it rises too high. The loss is
    not that of the batch but of the same training samples (1,000 of them at most) after each step,
    so that what is seen is learning, not which samples a batch holds. The test ends early when that
    loss is infinite, NaN or four times the first. The schedule and the stop rules of the experiment
    are put aside. The test has a network of its own: nothing else is touched, and several tests may
    run at once (`rate_range_tests`).

    Raises ValueError for a range or a number of steps that is none, and `ExperimentError` for a
    rate that the optimizer does not take. Source: Smith, "Cyclical learning rates for training
    neural networks" (2017), section 3.3, where the rate grows by equal differences; equal factors
    and the steepest descent as the rate to take are later practice, a rule of thumb.
    """
    return _test(experiment, _rates(low, high, steps), never)


def rate_range_tests(
    experiments: Sequence[Experiment],
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = STEPS,
    *,
    threads: int | None = None,
    interrupted: Asked = never,
) -> list[RateRange]:
    """`rate_range_test` of each experiment, several at once; the results in order.

    After an interruption the tests that had begun are given, as far as they came.
    """
    rates = _rates(low, high, steps)
    jobs = (partial(_test, experiment, rates) for experiment in experiments)
    return in_threads(jobs, threads, interrupted)


def _rates(low: float, high: float, steps: int) -> np.ndarray:
    if not 0 < low < high < np.inf:
        raise ValueError(f"rates grow from above 0 to a higher one, not from {low:g} to {high:g}")
    if steps < 2:
        raise ValueError(f"a range has 2 steps or more, not {steps}")
    return np.geomspace(low, high, steps)


def _test(experiment: Experiment, rates: np.ndarray, interrupted: Asked) -> RateRange:
    experiment = experiment.with_("schedule", "constant").with_("stop", {})
    for rate in (rates[-1], 0.0):  # a rate out of limits is refused before the first step
        experiment = experiment.with_("optimizer.learning_rate", float(rate))
    trainer = Trainer(experiment, data=_judged(experiment))
    trainer.advance(steps=WARM_UP)
    first = _loss(trainer)
    losses: list[float] = []
    stopped_by = "steps"
    for rate in rates:
        trainer.apply(experiment.with_("optimizer.learning_rate", float(rate)))
        trainer.advance(steps=1)
        loss = _loss(trainer)
        if trainer.status == "diverged" or not loss <= HOPELESS * first:
            stopped_by = "divergence"
            break
        losses.append(loss)
        if interrupted():
            stopped_by = "interruption"
            break
    return _seen(rates[: len(losses)], np.array(losses), max(1, len(rates) // 20), stopped_by)


def _judged(experiment: Experiment) -> PreparedData:
    """The experiment's data, with some of the training samples in place of the validation part.

    The training part is mixed: any stretch of it holds each class in its share.
    """
    own = prepare(experiment.data, experiment.seed)
    judged = {"validation": own.splits["train"][:JUDGED]}
    return dataclasses.replace(own, splits=own.splits | judged)


def _loss(trainer: Trainer) -> float:
    return trainer.metrics(("validation",))["validation"]["loss"]


def _seen(rates: np.ndarray, losses: np.ndarray, window: int, stopped_by: str) -> RateRange:
    smoothed = _smoothed(losses, window) if len(losses) else losses
    best = np.minimum.accumulate(smoothed)  # a fall from a peak back to it is no progress
    suggested = None
    if len(best) and best[-1] < best[0]:
        suggested = float(rates[np.gradient(best, np.log(rates)).argmin()])
    return RateRange(rates, losses, smoothed, suggested, stopped_by)


def _smoothed(losses: np.ndarray, window: int) -> np.ndarray:
    """Means over up to `window` steps on each side, the nearer the heavier (a Hann window)."""
    weights = np.hanning(2 * window + 3)[1:-1]
    middle = slice(window, window + len(losses))
    heights = np.convolve(np.ones(len(losses)), weights)[middle]
    return np.convolve(losses, weights)[middle] / heights
