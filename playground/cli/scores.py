"""Scores of many runs: as JSON values, as a table, and how far the runs are on a terminal."""

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from playground.cli.outcome import plain

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.runs import Run, Scores

Column = tuple[str, str]  # split and metric


def plain_run(run: "Run") -> dict[str, Any]:
    """A run as JSON has it, by the names of `train --json`."""
    return {
        "seed": run.experiment.seed,
        "steps": run.ending.steps,
        "epochs": run.epochs,
        "seconds": round(run.ending.seconds, 3),
        "stopped_by": "Ctrl-C" if cut_short(run) else run.ending.stopped_by,
        "metrics": plain(run.metrics),
    }


def plain_scores(scores: "Scores") -> dict[str, Any]:
    """Mean and standard deviation over the runs, as JSON has them."""
    return {"mean": plain(scores.mean), "deviation": plain(scores.deviation)}


def cut_short(run: "Run") -> bool:
    """Whether Ctrl-C ended it."""
    return run.ending.stopped_by == "interruption"


def fault(run: "Run") -> str:
    """What a reader of its scores must know; mostly nothing."""
    return "diverged" if run.diverged else "cut short" if cut_short(run) else ""


def faults(runs: "tuple[Run, ...]", wanted: int) -> str:
    """What a reader of their mean must know: how many diverged, were cut short, or never begun."""
    kinds = Counter(fault(run) for run in runs) + Counter({"not begun": wanted - len(runs)})
    return ", ".join(f"{number} of {wanted} {kind}" for kind, number in kinds.items() if kind)


def columns(run: "Run") -> list[Column]:
    """What a table shows: the loss on the training part, and every score on the validation part."""
    return [("train", "loss"), *(("validation", name) for name in run.metrics["validation"])]


def cells(columns: list[Column], scores: "Scores") -> list[str]:
    """Mean ± standard deviation for each column; the mean alone of one run."""
    mean, deviation = scores.mean, scores.deviation
    return [
        _cell(name, mean[split][name], deviation[split][name]) if scores.runs else "–"
        for split, name in columns
    ]


def _cell(name: str, mean: float, deviation: float) -> str:
    if math.isnan(mean):
        return "–"
    share = name == "accuracy"
    shown = f"{mean:.1%}" if share else f"{mean:.4g}"
    if math.isnan(deviation):
        return shown
    return f"{shown} ± {deviation:.1%}" if share else f"{shown} ± {deviation:.2g}"


def aligned(rows: list[list[str]], names: int) -> list[str]:
    """The rows as lines: the first `names` columns and the last begin left, numbers end right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = {*range(names), len(widths) - 1}
    return [
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


class RunsProgress:
    """A bar on standard error, where that is a terminal: how many runs have ended."""

    def __init__(self, runs: int) -> None:
        form = "{percentage:3.0f}% |{bar}| {n:,} of {total:,} runs [{elapsed}<{remaining}]"
        self._bar = tqdm(total=runs, bar_format=form, disable=None)

    def __enter__(self) -> "RunsProgress":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def show(self, ended: int) -> None:
        if not self._bar.disable:
            self._bar.update(ended - self._bar.n)
