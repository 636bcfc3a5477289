"""Train without a window, and draw what it would show.

The file's ending says what it becomes: .png, .svg or .pdf a picture of the end, .gif the training
as moving pictures. Training ends as with `playground train`.
"""

import argparse
import os
from pathlib import Path

from playground.cli import training
from playground.cli.errors import WRONG_USAGE, CommandError
from playground.doctor import qt_sentence

ENDINGS = (".png", ".svg", ".pdf", ".gif")
PARTS = ("window", "output", "network", "curves")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    training.add_arguments(parser)
    parser.add_argument(
        "--output", metavar="FILE", type=Path, required=True, help=", ".join(ENDINGS)
    )
    parser.add_argument(
        "--part", choices=PARTS, default="window", help="of what it is (the window)"
    )
    parser.add_argument(
        "--size", metavar="WxH", type=_size, help="in pixels of a screen at scale 1"
    )
    parser.add_argument(
        "--scale",
        metavar="S",
        type=_scale,
        help="pixels of the file for one of it: 2, of films 1",
    )


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 12):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1440x900")
    return int(width), int(height)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 8:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0.25 to 8")
    return scale


def run(arguments: argparse.Namespace) -> int:
    """Train, and write the picture."""
    path: Path = arguments.output
    if path.suffix.lower() not in ENDINGS:
        message = f"--output {path}: the ending is none of {', '.join(ENDINGS)}"
        raise CommandError(message, WRONG_USAGE)
    if not path.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {path.parent}")
    if sentence := qt_sentence():
        raise CommandError(f"nothing can be drawn: {sentence}")
    experiment = training.ending(arguments)
    training.prepare_kernels([experiment.precision])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from playground.app.offscreen import render

    scale = arguments.scale or (1.0 if path.suffix.lower() == ".gif" else 2.0)
    if failure := render(experiment, path, arguments.part, arguments.size, scale):
        raise CommandError(failure)
    print(path)
    return 0
