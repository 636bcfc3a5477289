"""Build a neural network, train it, watch it learn, take its weights away."""

import argparse
from pathlib import Path

import playground
from playground.cli.errors import CommandError
from playground.cli.reading import no_such_file
from playground.doctor import qt_sentence
from playground.shipped import EXAMPLES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="an experiment, a model or a table to open, or the name of an example",
    )
    version = f"playground {playground.__version__}"
    parser.add_argument("--version", action="version", version=version)


def run(arguments: argparse.Namespace) -> int:
    """Open the window; the exit code once it is closed."""
    name: str | None = arguments.file
    if name in EXAMPLES:
        name = str(EXAMPLES[name])
    elif name is not None and not Path(name).exists():
        raise no_such_file(name)
    if sentence := qt_sentence():
        raise CommandError(f"the window cannot be opened: {sentence}")
    try:
        from playground.app import main
    except ImportError as error:
        message = f"Qt cannot be loaded ({error}); `playground doctor` says more"
        raise CommandError(message) from error
    return main.run(name, arguments.debug)
