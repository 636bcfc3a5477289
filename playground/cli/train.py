"""Train without a window, then print the scores on each split.

Training ends at the first of the stop rules that is reached. Given here, they take the place of the
experiment's own; where there is none at all, it ends after 1,000 epochs. Ctrl-C ends it cleanly:
what was learned is kept, and the files that were asked for are written.
"""

import argparse
import math
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING

from tqdm import tqdm

from playground.cli.errors import DIVERGED, WRONG_USAGE, CommandError
from playground.cli.outcome import Outcome
from playground.cli.reading import EXPERIMENT_HELP, changed, read_experiment
from playground.engine import cache
from playground.experiment import Experiment
from playground.export import FORMATS, format_of

if TYPE_CHECKING:  # imports Numba
    from playground.trainer import Trainer

RULES = ("epochs", "steps", "seconds")
DEFAULT_EPOCHS = 1000
ENDLESS = 10**12
BUDGET = 0.1  # seconds of training between two looks at Ctrl-C and the progress bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("experiment", metavar="EXPERIMENT", help=EXPERIMENT_HELP)
    stop = parser.add_argument_group("stop rules")
    stop.add_argument("--epochs", metavar="N", type=_count, help="passes through the training data")
    stop.add_argument("--steps", metavar="N", type=_count, help="updates of the weights")
    stop.add_argument("--seconds", metavar="S", type=_duration, help="time spent training")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        help="change one field: --set optimizer.learning_rate=0.1 (repeatable)",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="the same as --set seed=N")
    parser.add_argument(
        "--device", metavar="auto|cpu", type=_device, default="cpu", help="where to compute"
    )
    parser.add_argument("--threads", metavar="N", type=_count, default=1, help=argparse.SUPPRESS)
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


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return number


def _duration(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def _device(name: str) -> str:
    if name == "cuda":
        message = "training on a GPU is not built into this version; use cpu"
        raise argparse.ArgumentTypeError(message)
    if name not in ("auto", "cpu"):
        raise argparse.ArgumentTypeError(f"{name} is not one of auto, cpu")
    return name


@dataclass(frozen=True)
class Limits:
    """When training ends: at the first of these that is reached."""

    epochs: int = ENDLESS
    steps: int = ENDLESS
    seconds: float = math.inf


def run(arguments: argparse.Namespace) -> int:
    """Train, write the files that were asked for, print the scores."""
    _check_targets(arguments)
    experiment = read_experiment(arguments.experiment)
    seed = [] if arguments.seed is None else [f"seed={arguments.seed}"]
    experiment = changed(experiment, arguments.set + seed)
    rules = {name: getattr(arguments, name) for name in RULES if getattr(arguments, name)}
    if rules:
        experiment = experiment.with_("stop.epochs", arguments.epochs)
    trainer = _trainer(experiment, arguments)
    limits = Limits(**rules) if rules else _own_limits(experiment)
    outcome = Outcome()
    with interrupts() as interrupted:
        _train(trainer, limits, interrupted, outcome)
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


def _own_limits(experiment: Experiment) -> Limits:
    if experiment.stop.epochs is not None:
        return Limits(experiment.stop.epochs)
    print(f"no stop rule was given: training for {DEFAULT_EPOCHS:,} epochs", file=sys.stderr)
    return Limits(DEFAULT_EPOCHS)


def _trainer(experiment: Experiment, arguments: argparse.Namespace) -> "Trainer":
    if not cache.is_complete(experiment.precision) and cache.prepare():
        if sys.stderr.isatty():
            print("compiling the kernels; this happens once and takes a minute", file=sys.stderr)
        from playground.engine.warm import compile_kernels

        compile_kernels(experiment.precision)
    from playground.trainer import Trainer

    try:
        return Trainer(experiment, arguments.device, arguments.threads)
    except ValueError as error:  # a device or a number of threads that is not built
        raise CommandError(str(error), WRONG_USAGE) from error


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Within it Ctrl-C is noted, for whoever asks the function given; a second one aborts."""
    noted = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal noted
        noted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: noted
    finally:
        signal.signal(signal.SIGINT, before)


def _train(
    trainer: "Trainer", limits: Limits, interrupted: Callable[[], bool], outcome: Outcome
) -> None:
    begin = perf_counter()
    with Progress(limits) as progress:
        while not (reason := _reason_to_stop(trainer, limits, outcome.seconds, interrupted())):
            trainer.advance(
                epochs=limits.epochs - trainer.epoch,
                steps=limits.steps - trainer.step,
                seconds=min(BUDGET, limits.seconds - outcome.seconds),
            )
            outcome.seconds = perf_counter() - begin
            progress.show(trainer, outcome.seconds)
    outcome.stopped_by = reason


def _reason_to_stop(trainer: "Trainer", limits: Limits, seconds: float, interrupted: bool) -> str:
    reasons = {
        "divergence": trainer.status == "diverged",
        "epochs": trainer.epoch >= limits.epochs,
        "steps": trainer.step >= limits.steps,
        "seconds": seconds >= limits.seconds,
        "Ctrl-C": interrupted,
    }
    return next((name for name, holds in reasons.items() if holds), "")


class Progress:
    """A bar on standard error, where that is a terminal: how near the end is, and the loss."""

    def __init__(self, limits: Limits) -> None:
        self._rule = next(name for name in RULES if getattr(limits, name) < ENDLESS)
        places = 1 if self._rule == "seconds" else 0
        count = f"{{n:,.{places}f}} of {{total:,.{places}f}} {self._rule}"
        form = f"{{percentage:3.0f}}% |{{bar}}| {count} [{{elapsed}}<{{remaining}}{{postfix}}]"
        self._bar = tqdm(total=getattr(limits, self._rule), bar_format=form, disable=None)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def show(self, trainer: "Trainer", seconds: float) -> None:
        if self._bar.disable:
            return
        done = {"epochs": trainer.epoch, "steps": trainer.step, "seconds": seconds}
        losses = trainer.history["train_loss"]
        if len(losses):
            self._bar.set_postfix_str(f"loss {losses[-1]:.4g}", refresh=False)
        self._bar.update(min(done[self._rule], self._bar.total) - self._bar.n)
