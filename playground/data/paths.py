"""Paths of data files: relative in an experiment's file, and never out of its folder."""

import os
from pathlib import Path, PureWindowsPath

from playground.fields import ExperimentError, Problem


def inside(folder: Path, written: str) -> str:
    """The path of a file as an experiment in `folder` has it written.

    Raises `ExperimentError` for a path that is absolute, on any system, or leaves the folder: who
    opens a file from a stranger is not led to files of his own.
    """
    path = PureWindowsPath(written)  # which knows both kinds of slashes
    normal = os.path.normpath("/".join(path.parts))
    if path.anchor or Path(written).is_absolute() or Path(normal).parts[0] == "..":
        message = '"{path}" leads out of the folder of the experiment; put the file beside it'
        raise ExperimentError([Problem("data.source", message, path=written)])
    return str(folder.absolute() / normal)


def within(folder: Path, path: str) -> str | None:
    """How an experiment in `folder` writes the path of a file in it; None for one elsewhere."""
    try:
        relative = Path(path).resolve().relative_to(folder.resolve())
    except ValueError:
        return None
    return relative.as_posix()
