"""Export a saved model to another format.

The new file is read back, or run where this machine can, and its predictions are compared with the
model's on 1,000 random inputs before it takes an old file's place.
"""

import argparse
from pathlib import Path

from playground.cli.errors import WRONG_USAGE, CommandError
from playground.export import (
    FORMATS,
    ExportError,
    Model,
    ModelError,
    format_of,
    load_model,
    save_model,
)

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


def run(arguments: argparse.Namespace) -> int:
    """Write the model anew, and say how near its predictions are."""
    output: Path = arguments.output
    if format_of(output) is None:
        message = f"--output {output}: the ending is none of {', '.join(FORMATS)}"
        raise CommandError(message, WRONG_USAGE)
    model = read_model(arguments.model)
    try:
        print(f"{output}: {save_model(model, output)}")
    except ExportError as error:
        raise CommandError(str(error)) from error
    return 0


def read_model(path: Path) -> Model:
    """The model in a file; what there is to know about it goes to standard error."""
    try:
        return load_model(path)
    except ModelError as error:
        raise CommandError(str(error)) from error
