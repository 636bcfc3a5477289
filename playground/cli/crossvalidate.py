"""Train on all folds but one, score on that one, for each in its turn; print the scores by fold.

What is dealt into folds are the training and the validation samples of the experiment, shuffled by
its seed, each class in its share; its test samples are in none. --repeat deals them anew so many
times. Every training part has a normalisation of its own, and every run begins with the same
weights. Folds that diverged are said and left out of mean and standard deviation.

Each run ends by itself, as one of `playground train` does. The table has no scores on the test
part, which is not for choosing; they are in --json.
"""

import argparse
import json
from time import perf_counter
from typing import TYPE_CHECKING

from playground.cli import scores as shown
from playground.cli import training
from playground.cli.errors import DIVERGED, WRONG_USAGE, CommandError, sentence_of
from playground.data.folds import k_fold
from playground.experiment import Experiment
from playground.fields import ExperimentError

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.runs import Scores


def add_arguments(parser: argparse.ArgumentParser) -> None:
    training.add_arguments(parser)
    parser.add_argument(
        "--folds", metavar="K", type=training.count, required=True, help="parts to deal into"
    )
    parser.add_argument(
        "--repeat", metavar="N", type=training.count, default=1, help="times to deal them anew"
    )
    training.add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Train once for each fold, print the scores."""
    rules = training.rules_of(arguments)
    experiment = training.experiment_of(arguments)
    try:  # before minutes of compiling, not after
        k_fold(experiment.data, experiment.seed, arguments.folds, arguments.repeat)
    except ExperimentError as error:
        raise CommandError(sentence_of(error, "--folds"), WRONG_USAGE) from error
    (experiment,) = training.with_rules([experiment], rules)
    training.prepare_kernels([experiment.precision])
    from playground.runs import cross_validate

    begun = perf_counter()
    total = arguments.folds * arguments.repeat
    with training.interrupts() as interrupted, shown.RunsProgress(total) as progress:
        scores = cross_validate(
            experiment,
            arguments.folds,
            arguments.repeat,
            **rules,
            threads=arguments.threads,
            interrupted=interrupted,
            progress=progress.show,
        )
    seconds = perf_counter() - begun
    report = _as_json if arguments.json else _as_text
    print(report(arguments, experiment, scores, seconds))
    diverged = [each for each in scores.runs if each.diverged]
    if diverged:
        who = f"{len(diverged)} of {len(scores.runs)} runs diverged; the first: "
        raise CommandError(who + diverged[0].message, DIVERGED)
    return 0


def _as_json(
    arguments: argparse.Namespace, experiment: Experiment, scores: "Scores", seconds: float
) -> str:
    """One JSON object on one line; null where there is no score."""
    places = (divmod(index, arguments.folds) for index in range(len(scores.runs)))
    runs = [
        {"repetition": repetition + 1, "fold": fold + 1, **shown.plain_run(each)}
        for (repetition, fold), each in zip(places, scores.runs, strict=True)
    ]
    described = {
        "name": experiment.name,
        "seed": experiment.seed,
        "folds": arguments.folds,
        "repeat": arguments.repeat,
        "seconds": round(seconds, 3),
        "interrupted": _interrupted(arguments, scores),
        "runs": runs,
        "diverged": sum(each.diverged for each in scores.runs),
        **shown.plain_scores(scores),
    }
    return json.dumps(described, allow_nan=False)


def _as_text(
    arguments: argparse.Namespace, experiment: Experiment, scores: "Scores", seconds: float
) -> str:
    """A line on the whole, a row for each fold, and mean ± standard deviation."""
    from playground.runs import Scores

    columns = shown.columns(scores.runs[0])
    rows = [["fold", *(f"{split} {name}" for split, name in columns), ""]]
    for index, each in enumerate(scores.runs):
        repetition, fold = divmod(index, arguments.folds)
        place = f"{repetition + 1}.{fold + 1}" if arguments.repeat > 1 else f"{fold + 1}"
        one = Scores((each,))
        rows.append(
            [place, *shown.cells(columns, one), shown.faults(one.runs, 1)[len("1 of 1 ") :]]
        )
    total = arguments.folds * arguments.repeat
    rows.append(["mean", *shown.cells(columns, scores), shown.faults(scores.runs, total)])
    times = f", {arguments.repeat} times" if arguments.repeat > 1 else ""
    early = ", stopped by Ctrl-C" if _interrupted(arguments, scores) else ""
    head = f"{experiment.name}: {arguments.folds} folds{times}, in {seconds:.2f} s{early}"
    return "\n".join([head, *shown.aligned(rows, 1)])


def _interrupted(arguments: argparse.Namespace, scores: "Scores") -> bool:
    wanted = arguments.folds * arguments.repeat
    return len(scores.runs) < wanted or any(shown.cut_short(each) for each in scores.runs)
