"""Reading the EXPERIMENT and the settings that a command line names."""

import json
from pathlib import Path
from typing import Any

from playground.cli.errors import WRONG_USAGE, CommandError, sentence_of
from playground.experiment import Experiment
from playground.fields import ExperimentError
from playground.shipped import EXAMPLES

EXPERIMENT_HELP = "an experiment file, or the name of an example (`playground list examples`)"


def read_experiment(name: str) -> Experiment:
    """The experiment in a file, or the example of that name (a file of that name is ./NAME)."""
    if name in EXAMPLES:
        return Experiment.example(name)
    try:
        return Experiment.load(name)
    except FileNotFoundError:
        raise no_such_file(name) from None
    except (ExperimentError, OSError) as error:
        raise CommandError(sentence_of(error, name)) from error


def no_such_file(name: str) -> CommandError:
    """The error for a file that is not there, which may be a mistyped name of an example."""
    hint = "" if Path(name).suffix else f", nor an example; those are {', '.join(EXAMPLES)}"
    return CommandError(f"{name}: there is no such file{hint}")


def changed(experiment: Experiment, changes: list[str]) -> Experiment:
    """The experiment with each PATH=VALUE of `--set`; a value is JSON, or else a text."""
    try:
        for change in changes:
            path, equals, text = change.partition("=")
            if not equals:
                raise CommandError(f"--set {change}: it is PATH=VALUE, as in seed=7", WRONG_USAGE)
            experiment = experiment.with_(path, value_of(text))
        return experiment.check()
    except ExperimentError as error:
        raise CommandError(sentence_of(error, "--set"), WRONG_USAGE) from error


def value_of(text: str) -> Any:
    """What a value on the command line means: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
