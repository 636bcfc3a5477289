"""Train variants of an experiment, many at once, and print a table of their scores.

Each --vary names a field and the values that it takes; several of them give every combination. A
value is JSON or a text; commas inside brackets and quotes belong to it. With --runs each variant is
trained so many times, with the seed of the experiment and those after it: the table shows mean ±
standard deviation. Runs that diverged are said and left out of both.

Each run ends by itself, as one of `playground train` does. The table has no scores on the test
part, which is not for choosing; they are in --json.
"""

import argparse
import json
import math
import re
from dataclasses import dataclass
from itertools import product
from time import perf_counter
from typing import TYPE_CHECKING, Any

from playground.cli import scores as shown
from playground.cli import training
from playground.cli.errors import DIVERGED, WRONG_USAGE, CommandError, sentence_of
from playground.cli.reading import value_of
from playground.experiment import Experiment
from playground.fields import ExperimentError

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.runs import Run, Scores

MOST_RUNS = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    training.add_arguments(parser)
    parser.add_argument(
        "--vary",
        metavar="PATH=V1,V2,…",
        action="append",
        required=True,
        help="the values of one field: --vary optimizer.type=sgd,adam (repeatable)",
    )
    parser.add_argument(
        "--runs", metavar="N", type=training.count, default=1, help="seeds for each variant"
    )
    training.add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


@dataclass(frozen=True)
class Variant:
    """An experiment, and what was set to come to it: path and value, as they were written."""

    experiment: Experiment
    changes: tuple[tuple[str, str], ...]


def run(arguments: argparse.Namespace) -> int:
    """Train every variant with every seed, print the scores."""
    rules = training.rules_of(arguments)
    experiment = training.experiment_of(arguments)
    variants = _variants(experiment, arguments, rules)
    experiments = training.with_rules([each.experiment for each in variants], rules)
    training.prepare_kernels(each.precision for each in experiments)
    from playground.runs import compare

    begun = perf_counter()
    total = len(variants) * arguments.runs
    with training.interrupts() as interrupted, shown.RunsProgress(total) as progress:
        scores = compare(
            experiments,
            arguments.runs,
            **rules,
            threads=arguments.threads,
            interrupted=interrupted,
            progress=progress.show,
        )
    seconds = perf_counter() - begun
    report = _as_json if arguments.json else _as_text
    print(report(experiment, variants, scores, arguments.runs, seconds))
    runs = [each for one in scores for each in one.runs]
    if all(each.diverged for each in runs):
        who = f"all {len(runs)} runs diverged; the first: " if len(runs) > 1 else ""
        raise CommandError(who + runs[0].message, DIVERGED)
    return 0


def _variants(
    experiment: Experiment, arguments: argparse.Namespace, rules: dict[str, Any]
) -> list[Variant]:
    axes = [_axis(text) for text in arguments.vary]
    paths = [path for path, _ in axes]
    for path in paths:
        if paths.count(path) > 1:
            raise CommandError(f"--vary {path}: it is varied twice", WRONG_USAGE)
        if rules and path.split(".")[0] == "stop":
            message = f"--vary {path}: --{next(iter(rules))} takes its place; leave one of them out"
            raise CommandError(message, WRONG_USAGE)
    number = math.prod(len(values) for _, values in axes) * arguments.runs
    if number > MOST_RUNS:
        message = f"these are {number:,} runs; at most {MOST_RUNS:,} are possible"
        raise CommandError(message, WRONG_USAGE)
    variants = []
    try:
        for values in product(*(values for _, values in axes)):
            changed = experiment
            for path, text in zip(paths, values, strict=True):
                changed = changed.with_(path, value_of(text))
            changed = changed.check()
            changed.with_("seed", changed.seed + arguments.runs - 1)  # the last seed, too
            variants.append(Variant(changed, tuple(zip(paths, values, strict=True))))
    except ExperimentError as error:
        raise CommandError(sentence_of(error, "--vary"), WRONG_USAGE) from error
    return variants


def _axis(text: str) -> tuple[str, list[str]]:
    path, equals, values = text.partition("=")
    if not equals:
        message = f"--vary {text}: it is PATH=V1,V2,…, as in optimizer.type=sgd,adam"
        raise CommandError(message, WRONG_USAGE)
    return path, values_of(values)


_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[^"\[\]{},]+|.', re.DOTALL)


def values_of(text: str) -> list[str]:
    """The values between commas; a comma inside brackets, braces or double quotes is none."""
    values, depth = [""], 0
    for token in _TOKENS.findall(text):
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        if token == "," and depth <= 0:
            values.append("")
        else:
            values[-1] += token
    return [value.strip() for value in values]


def _as_json(
    experiment: Experiment,
    variants: list[Variant],
    scores: list["Scores"],
    wanted: int,
    seconds: float,
) -> str:
    """One JSON object on one line; null where there is no score."""
    rows = [
        {
            "set": {path: value_of(text) for path, text in variant.changes},
            "runs": [shown.plain_run(each) for each in one.runs],
            "diverged": sum(each.diverged for each in one.runs),
            **shown.plain_scores(one),
        }
        for variant, one in zip(variants, scores, strict=True)
    ]
    described = {
        "name": experiment.name,
        "runs": wanted,
        "seconds": round(seconds, 3),
        "interrupted": _interrupted(scores, wanted),
        "variants": rows,
    }
    return json.dumps(described, allow_nan=False)


def _as_text(
    experiment: Experiment,
    variants: list[Variant],
    scores: list["Scores"],
    wanted: int,
    seconds: float,
) -> str:
    """A line on the whole, a row for each variant, and which has the least validation loss."""
    first: Run = next(each for one in scores for each in one.runs)
    columns = shown.columns(first)
    head = [path for path, _ in variants[0].changes]
    rows = [[*head, *(f"{split} {name}" for split, name in columns), ""]]
    for variant, one in zip(variants, scores, strict=True):
        texts = [text for _, text in variant.changes]
        rows.append([*texts, *shown.cells(columns, one), shown.faults(one.runs, wanted)])
    many = f", {wanted} runs each" if wanted > 1 else ""
    early = ", stopped by Ctrl-C" if _interrupted(scores, wanted) else ""
    lines = [f"{experiment.name}: {len(variants)} variants{many}, in {seconds:.2f} s{early}"]
    return "\n".join([*lines, *shown.aligned(rows, len(head)), *_best(variants, scores)])


def _interrupted(scores: list["Scores"], wanted: int) -> bool:
    return any(
        len(one.runs) < wanted or any(shown.cut_short(each) for each in one.runs) for one in scores
    )


def _best(variants: list[Variant], scores: list["Scores"]) -> list[str]:
    losses = [one.mean["validation"]["loss"] if one.runs else math.nan for one in scores]
    known = [loss for loss in losses if math.isfinite(loss)]
    if len(known) < 2:
        return []
    best = variants[losses.index(min(known))]
    changes = ", ".join(f"{path}={text}" for path, text in best.changes)
    return [f"least validation loss: {changes}"]
