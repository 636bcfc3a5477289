"""Export a saved model to another format.

The new file is read back, or run where this machine can, and its predictions are compared with the
model's on 1,000 random inputs before it takes an old file's place.
"""

import argparse
import sys
from pathlib import Path

from playground.cli.errors import WRONG_USAGE, CommandError
from playground.engine.activations import ACTIVATIONS
from playground.export import (
    FORMATS,
    ExportError,
    Model,
    ModelError,
    format_of,
    load_model,
    save_model,
)
from playground.export.stack import DEFAULT_ACTIVATION

MODEL_HELP = "a saved model: " + ", ".join(each for each, row in FORMATS.items() if row.read)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help=MODEL_HELP)
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help=f"the new file; its ending says the format: {', '.join(FORMATS)}",
    )
    add_activation(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the model anew, and say how near its predictions are."""
    output: Path = arguments.output
    if format_of(output) is None:
        message = f"--output {output}: the ending is none of {', '.join(FORMATS)}"
        raise CommandError(message, WRONG_USAGE)
    model = read_model(arguments.model, arguments.activation)
    try:
        print(f"{output}: {save_model(model, output)}")
    except ExportError as error:
        raise CommandError(str(error)) from error
    return 0


def add_activation(parser: argparse.ArgumentParser) -> None:
    """--activation, for files that do not say theirs."""
    parser.add_argument(
        "--activation",
        metavar="NAME",
        choices=tuple(ACTIVATIONS),
        default=DEFAULT_ACTIVATION,
        help="of hidden layers, where MODEL is a torch.nn.Sequential's state, which has none; "
        f"{DEFAULT_ACTIVATION} if not said",
    )


def read_model(path: Path, activation: str) -> Model:
    """The model in a file; what had to be assumed about it goes to standard error."""
    try:
        model = load_model(path, activation=activation)
    except ModelError as error:
        raise CommandError(str(error)) from error
    for notice in model.notices:
        print(f"playground: {path}: {notice}", file=sys.stderr)
    return model
