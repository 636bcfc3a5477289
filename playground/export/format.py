"""What a file format of trained models is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground.export.model import Model


@dataclass(frozen=True)
class Format:
    """A row of the list of formats.

    `encode` makes the file's content. `predict(path, x)` gives what the file by itself predicts for
    raw inputs x: (n, inputs) → (n, outputs). `read` opens such a file again; None where it cannot
    be.
    """

    ending: str
    label: str
    about: str
    encode: Callable[[Model], bytes]
    predict: Callable[[Path, np.ndarray], np.ndarray]
    read: Callable[[Path], Model] | None = None
