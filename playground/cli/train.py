"""Train without a window, then print the scores on each split.

Training ends at the first of the stop rules that is reached. Given here, they take the place of the
experiment's own; where there is none at all, it ends after 1,000 epochs. Ctrl-C ends it cleanly:
what was learned is kept, and the files that were asked for are written.
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tqdm import tqdm

from playground.cli import training
from playground.cli.errors import DIVERGED, WRONG_USAGE, CommandError
from playground.cli.outcome import Outcome
from playground.engine.settings import MOST_THREADS
from playground.experiment import Experiment, Stop
from playground.export import FORMATS, format_of

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.trainer import Trainer

BUDGET = 0.1  # seconds of training between two looks at Ctrl-C and the progress bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    training.add_arguments(parser)
    parser.add_argument(
        "--device", metavar="auto|cpu", type=_device, default="cpu", help="where to compute"
    )
    parser.add_argument(
        "--threads",
        metavar="N",
        type=training.threads,
        help="threads that share large steps, one for each core if not said",
    )
    parser.add_argument(
        "--export",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help=f"save the model in the format of its ending: {', '.join(FORMATS)} (repeatable)",
    )
    parser.add_argument(
        "--history", metavar="FILE.csv", type=Path, help="save loss and accuracy by epoch"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def _device(name: str) -> str:
    if name == "cuda":
        message = "training on a GPU is not built into this version; use cpu"
        raise argparse.ArgumentTypeError(message)
    if name not in ("auto", "cpu"):
        raise argparse.ArgumentTypeError(f"{name} is not one of auto, cpu")
    return name


def run(arguments: argparse.Namespace) -> int:
    """Train, write the files that were asked for, print the scores."""
    _check_targets(arguments)
    experiment = training.ending(arguments)
    trainer = _trainer(experiment, arguments)
    outcome = Outcome()
    with training.interrupts() as interrupted:
        _train(trainer, interrupted, outcome)
        outcome.write(trainer, arguments.export, arguments.history)
    print(outcome.as_json(trainer) if arguments.json else outcome.as_text(trainer))
    if outcome.failures:
        raise CommandError("\n".join(outcome.failures))
    if outcome.stopped_by == "divergence":
        raise CommandError(trainer.message, DIVERGED)
    return 0


def _check_targets(arguments: argparse.Namespace) -> None:
    """Refuse a file that cannot be written before hours of training, not after."""
    for path in arguments.export:
        if format_of(path) is None:
            message = f"--export {path}: the ending is none of {', '.join(FORMATS)}"
            raise CommandError(message, WRONG_USAGE)
    for path in (*arguments.export, arguments.history):
        if path is not None and not path.parent.is_dir():
            raise CommandError(f"{path}: there is no folder {path.parent}")


def _trainer(experiment: Experiment, arguments: argparse.Namespace) -> "Trainer":
    training.prepare_kernels([experiment.precision])
    from playground.engine.machine import cores
    from playground.trainer import Trainer

    threads = arguments.threads or min(cores(), MOST_THREADS)
    try:
        return Trainer(experiment, arguments.device, threads)
    except ValueError as error:  # a device that is not built, a network too large for the memory
        raise CommandError(str(error), WRONG_USAGE) from error


def _train(trainer: "Trainer", interrupted: Callable[[], bool], outcome: Outcome) -> None:
    begin = perf_counter()
    with Progress(trainer.experiment.stop) as progress:
        while trainer.status == "ready" and not interrupted():
            trainer.advance(seconds=BUDGET)
            outcome.seconds = perf_counter() - begin
            progress.show(trainer, outcome.seconds)
    outcome.stopped_by = trainer.stopped_by or "Ctrl-C"


class Progress:
    """A bar on standard error, where that is a terminal: how near the end is, and the loss."""

    def __init__(self, stop: Stop) -> None:
        self._rule = next((name for name in training.RULES if getattr(stop, name)), "epochs")
        total = getattr(stop, self._rule)
        places = 1 if self._rule == "seconds" else 0
        count, rest = f"{{n:,.{places}f}}", ""
        if total is not None:
            count += f" of {{total:,.{places}f}}"
            rest = "<{remaining}"
        share = "" if total is None else "{percentage:3.0f}% |{bar}| "
        form = f"{share}{count} {self._rule} [{{elapsed}}{rest}{{postfix}}]"
        self._bar = tqdm(total=total, bar_format=form, disable=None)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def show(self, trainer: "Trainer", seconds: float) -> None:
        if self._bar.disable:
            return
        done = {"epochs": trainer.epoch, "steps": trainer.step, "seconds": seconds}[self._rule]
        losses = trainer.history["train_loss"]
        if len(losses):
            self._bar.set_postfix_str(f"loss {losses[-1]:.4g}", refresh=False)
        self._bar.update(min(done, self._bar.total or math.inf) - self._bar.n)
