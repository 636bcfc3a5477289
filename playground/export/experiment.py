"""Saving an experiment, and the file its data are in with it."""

from itertools import chain, count
from pathlib import Path

from playground.data.csv_file import TableError, content_of
from playground.data.origin import is_file
from playground.data.paths import within
from playground.experiment import Experiment
from playground.export import atomic
from playground.export.errors import ExportError


def save(experiment: Experiment, path: Path, anywhere: bool) -> Experiment:
    """See `Experiment.save`."""
    folder, saved, written = path.absolute().parent, experiment, experiment
    if is_file(experiment.data):
        source = str(Path(experiment.data.source).absolute())
        name = None if anywhere else within(folder, source) or _copied(Path(source), folder, path)
        saved = experiment.with_("data.source", str(folder / name) if name else source)
        written = experiment.with_("data.source", name or source)
    content = written.to_json().encode()
    atomic.write(path, content, lambda fresh: Experiment.load(fresh, anywhere=anywhere))
    return saved


def _copied(source: Path, folder: Path, path: Path) -> str:
    """The name of the data's file in `folder`: one with the same content, or a new copy."""
    try:
        content = content_of(source)
        names = (f"{source.stem}-{number}{source.suffix}" for number in count(2))
        for name in chain([source.name], names):
            there = folder / name
            if not there.exists():
                atomic.write(there, content, lambda fresh: None)
                break
            if there.is_file() and there.read_bytes() == content:
                break
        return name
    except (TableError, OSError) as error:
        message = "{name} was not saved: its data cannot be copied, {why}"
        raise ExportError(message, name=path.name, why=str(error)) from None
