"""Chooses the command, and turns whatever goes wrong into a sentence and an exit code.

A command is a module of this folder: its docstring is its help, `add_arguments` says what it takes,
and `run` does it and gives the exit code. Only the module that was asked for is imported.
"""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from playground.cli.errors import FAILED, WRONG_USAGE, CommandError, sentence_of

COMMANDS = {
    "train": "train without a window, then print the scores",
    "compare": "train many variants at once, and print a table of their scores",
    "crossvalidate": "scores by fold, their mean and deviation",
    "convert": "export a saved model to another format",
    "render": "train without a window, and draw what it would show",
    "predict": "predictions of a saved model for the rows of a CSV file",
    "list": "what there is to choose from: data, activations, optimizers, …",
    "schema": "the JSON schema of an experiment file",
    "doctor": "what this machine offers, and what it lacks",
    "bench": "how fast the engine is on this machine",
}


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the words of a command."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message} (see {self.prog} --help)", WRONG_USAGE)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that the words say; the exit code."""
    words = list(sys.argv[1:] if words is None else words)
    debug = "--debug" in words
    _print_any_character()
    try:
        code = _run([word for word in words if word != "--debug"], debug)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader had enough, as in `playground list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        print("playground:", sentence_of(error), file=sys.stderr)
        return error.code if isinstance(error, CommandError) else FAILED


def _run(words: list[str], debug: bool) -> int:
    name = words.pop(0) if words and words[0] in COMMANDS else "window"
    command = import_module(f"playground.cli.{name}")
    parser = Parser(
        prog="playground" if name == "window" else f"playground {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        epilog=_commands_help() if name == "window" else None,
    )
    command.add_arguments(parser)
    parser.add_argument(
        "--debug", action="store_true", default=debug, help="show where an error came from"
    )
    return command.run(parser.parse_args(words))


def _commands_help() -> str:
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  playground {name:<{width}}  {help}" for name, help in COMMANDS.items())
    return f"without a window:\n{rows}\n\nplayground COMMAND --help says more about each."


def _print_any_character() -> None:
    """Formulas have letters that an old terminal lacks: print "?" there rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
