"""What a file format of trained models is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground.export.model import Model
from playground.export.stack import Stack
from playground.sentence import SentenceError


class UncheckedError(SentenceError):
    """A file's own predictions cannot be had on this machine; the text is a clause that says why.

    "PyTorch is not installed", "no C compiler was found".
    """


@dataclass(frozen=True)
class Format:
    """A row of the list of formats.

    `about` says in a sentence what the format is for. `encode` makes the file's content, which is a
    text in UTF-8 where `text` says so. `predict(path, x)` gives what the file by itself predicts
    for raw inputs x: (n, inputs) → (n, outputs); it raises `UncheckedError` where that cannot be
    found out, and is None for a format that predicts nothing by itself. `read` opens such a file
    again, or one of another program as a `Stack`; None where it cannot be.
    """

    ending: str
    label: str
    about: str
    encode: Callable[[Model], bytes]
    predict: Callable[[Path, np.ndarray], np.ndarray] | None = None
    read: Callable[[Path], Model | Stack] | None = None
    text: bool = False
