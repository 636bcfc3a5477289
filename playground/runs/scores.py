"""Runs and their scores: variants of an experiment compared, one experiment tried on folds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Unpack

import numpy as np

from playground.data.folds import k_fold
from playground.data.prepare import PreparedData, prepare
from playground.experiment import Experiment
from playground.fields import ExperimentError, Problem
from playground.runs.together import Asked, Ending, How, Limits, in_threads, never, train, unseen
from playground.trainer import Trainer

ByMetric = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Run:
    """What came of training an experiment from its first weights.

    `metrics` are those of `Trainer.metrics`, by split; after a divergence of the last finite
    weights. `message` says why it diverged or is finished, in a sentence.
    """

    experiment: Experiment
    ending: Ending
    epochs: int
    message: str
    metrics: ByMetric

    @property
    def diverged(self) -> bool:
        return self.ending.stopped_by == "divergence"


@dataclass(frozen=True)
class Scores:
    """Runs that differ by chance alone (seeds, folds), and their scores in numbers.

    A run that diverged has no score: it stands as NaN in `by_run`, and `mean` and `deviation` are
    those of the others. `deviation` is the standard deviation of the sample (n − 1), NaN for less
    than two runs. All are empty where no run had begun before an interruption. Folds share most of
    their training samples, so the deviation says how much scores vary and not how sure the mean is
    (Bengio and Grandvalet 2004).
    """

    runs: tuple[Run, ...]

    @cached_property
    def by_run(self) -> dict[str, dict[str, np.ndarray]]:
        """split → metric → (runs,) float64."""
        first = self.runs[0].metrics if self.runs else {}
        return {
            split: {name: self._scores(split, name) for name in metrics}
            for split, metrics in first.items()
        }

    def _scores(self, split: str, name: str) -> np.ndarray:
        scores = [np.nan if run.diverged else run.metrics[split][name] for run in self.runs]
        return np.array(scores, np.float64)

    @property
    def mean(self) -> ByMetric:
        """split → metric → mean over the runs; NaN where there is no score."""
        return self._over_runs(_mean)

    @property
    def deviation(self) -> ByMetric:
        """split → metric → standard deviation over the runs."""
        return self._over_runs(_deviation)

    def _over_runs(self, statistic: Callable[[np.ndarray], float]) -> ByMetric:
        with np.errstate(invalid="ignore"):  # an infinite loss has no deviation
            return {
                split: {name: statistic(each[~np.isnan(each)]) for name, each in metrics.items()}
                for split, metrics in self.by_run.items()
            }


def _mean(scores: np.ndarray) -> float:
    return float(scores.mean()) if len(scores) else np.nan


def _deviation(scores: np.ndarray) -> float:
    return float(scores.std(ddof=1)) if len(scores) > 1 else np.nan


def vary(experiment: Experiment, path: str, values: Iterable[Any]) -> list[Experiment]:
    """The experiment with each of `values` at `path`: `vary(e, "optimizer.type", ["sgd", "adam"])`.

    Raises `ExperimentError` when one of them does not fit.
    """
    return [experiment.with_(path, value).check() for value in values]


def compare(experiments: Sequence[Experiment], runs: int = 1, **how: Unpack[How]) -> list[Scores]:
    """Train each experiment `runs` times from its first weights, with its seed and those after it.

    `how` are the keywords of `train_together`. All the runs share the threads; as many networks are
    in memory as there are threads. Gives the scores of each experiment, in order; after an
    interruption of those runs that had begun.

    Raises ValueError where a run would never end and for less than one run, and `ExperimentError`
    for a seed out of range.
    """
    if runs < 1:
        raise ValueError(f"{runs} runs of each give no scores; take 1 or more")
    variants = [
        experiment.with_("seed", experiment.seed + index).check()
        for index in range(runs)  # so that an early end leaves each experiment some of its seeds
        for experiment in experiments
    ]
    done = _train_each(((variant, None) for variant in variants), how, variants)
    return [Scores(tuple(done[place :: len(experiments)])) for place in range(len(experiments))]


def cross_validate(
    experiment: Experiment, folds: int, repeat: int = 1, **how: Unpack[How]
) -> Scores:
    """Train on all folds but one, and score on that one: for each fold in its turn.

    `repeat` deals the folds anew so many times. The scores on the fold are those of "validation";
    "test" is the experiment's own test part, which is in no fold. Run r·folds + f is fold f of
    repetition r; all begin with the same weights. `how` are the keywords of `train_together`. A
    stop rule that watches the validation loss watches the fold, whose scores are then a little too
    good.

    Raises `ExperimentError` where `data.folds.k_fold` does, and ValueError where a run would never
    end.
    """
    experiment = experiment.check()
    parts = k_fold(experiment.data, experiment.seed, folds, repeat)
    return Scores(tuple(_train_each(((experiment, data) for data in parts), how, [experiment])))


def hold_out(experiment: Experiment, **how: Unpack[How]) -> Scores:
    """Train on the training part and score on the validation part: one run, the quickest look.

    Raises `ExperimentError` where there is no validation part, and ValueError where the run would
    never end.
    """
    experiment = experiment.check()
    data = prepare(experiment.data, experiment.seed)
    if not len(data.splits["validation"]):
        message = "there are no validation samples to score on; give them a share of the split"
        raise ExperimentError([Problem("data.split.validation", message)])
    return Scores(tuple(_train_each([(experiment, data)], how, [experiment])))


def _train_each(
    pairs: Iterable[tuple[Experiment, PreparedData | None]],
    how: How,
    checked: Sequence[Experiment],
) -> list[Run]:
    """A run of each experiment on the data given (None: its own), as far as `how` says."""
    limits = Limits(how.get("epochs"), how.get("steps"), how.get("seconds"))
    for experiment in checked:
        limits.check(experiment)
    jobs = (partial(_run, Trainer(experiment, data=data), limits) for experiment, data in pairs)
    return in_threads(
        jobs, how.get("threads"), how.get("interrupted", never), how.get("progress", unseen)
    )


def _run(trainer: Trainer, limits: Limits, interrupted: Asked) -> Run:
    ending = train(trainer, limits, interrupted)
    return Run(trainer.experiment, ending, trainer.epoch, trainer.message, trainer.metrics())
