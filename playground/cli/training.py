"""What the commands that train have in common: the experiment, stop rules, kernels, Ctrl-C."""

import argparse
import math
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from playground.cli.reading import EXPERIMENT_HELP, changed, read_experiment
from playground.engine import cache
from playground.engine.settings import MOST_THREADS
from playground.experiment import Experiment, Stop

RULES = ("epochs", "steps", "seconds")
DEFAULT_EPOCHS = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """EXPERIMENT, the stop rules, and what changes the experiment."""
    parser.add_argument("experiment", metavar="EXPERIMENT", help=EXPERIMENT_HELP)
    stop = parser.add_argument_group("stop rules")
    stop.add_argument("--epochs", metavar="N", type=count, help="passes through the training data")
    stop.add_argument("--steps", metavar="N", type=count, help="updates of the weights")
    stop.add_argument("--seconds", metavar="S", type=duration, help="time spent training")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        help="change one field: --set optimizer.learning_rate=0.1 (repeatable)",
    )
    parser.add_argument("--seed", metavar="N", type=int, help="the same as --set seed=N")


def add_threads(parser: argparse.ArgumentParser) -> None:
    """--threads, for many runs."""
    parser.add_argument(
        "--threads",
        metavar="N",
        type=threads,
        help="runs at once, one for each core if not said; the scores are the same for any number",
    )


def count(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return number


def threads(text: str) -> int:
    """A number of threads that a machine can be asked for."""
    number = count(text)
    if number > MOST_THREADS:
        raise argparse.ArgumentTypeError(f"{text} threads are too many; at most {MOST_THREADS}")
    return number


def duration(text: str) -> float:
    """A number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def experiment_of(arguments: argparse.Namespace) -> Experiment:
    """The experiment that the command line names, with the changes it asks for."""
    experiment = read_experiment(arguments.experiment)
    seed = [] if arguments.seed is None else [f"seed={arguments.seed}"]
    return changed(experiment, arguments.set + seed)


def rules_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The stop rules that were given."""
    return {name: getattr(arguments, name) for name in RULES if getattr(arguments, name)}


def ending(arguments: argparse.Namespace) -> Experiment:
    """The experiment that the command line names, with stop rules by which it ends."""
    experiment = experiment_of(arguments)
    if rules := rules_of(arguments):
        return experiment.with_("stop", rules)
    if experiment.stop != Stop():
        return experiment
    say_default()
    return experiment.with_("stop.epochs", DEFAULT_EPOCHS)


def say_default() -> None:
    """That no stop rule was given, and what is done then."""
    print(f"no stop rule was given: training for {DEFAULT_EPOCHS:,} epochs", file=sys.stderr)


def with_rules(experiments: list[Experiment], rules: dict[str, Any]) -> list[Experiment]:
    """The experiments, ready for runs that end.

    Rules of the command line take the place of their own; one without any ends after
    `DEFAULT_EPOCHS`, and that is said.
    """
    if rules:
        return [experiment.with_("stop", {}) for experiment in experiments]
    endless = [experiment.stop == Stop() for experiment in experiments]
    if any(endless):
        say_default()
    return [
        experiment.with_("stop.epochs", DEFAULT_EPOCHS) if without_end else experiment
        for experiment, without_end in zip(experiments, endless, strict=True)
    ]


def prepare_kernels(precisions: Iterable[str]) -> None:
    """Compile what training in these number formats needs, unless it was done before."""
    for precision in sorted(set(precisions)):
        if not cache.is_complete(precision) and cache.prepare():
            if sys.stderr.isatty():
                text = "compiling the kernels; this happens once and takes a minute"
                print(text, file=sys.stderr)
            from playground.engine.warm import compile_kernels

            compile_kernels(precision)


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
