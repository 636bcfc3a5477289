"""A table in a CSV file as samples: which of its columns are inputs, and which the target."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import numpy as np

from playground.data.csv_file import Column, Columns, TableError, read_file
from playground.data.dialect import Dialect
from playground.data.formula import MOST_INPUTS
from playground.data.sources import Source
from playground.fields import ExperimentError, Problem, setting
from playground.sentence import Sentence, joined

MOST_CLASSES = 1000
MOST_CHARACTERS = 300
LARGEST = 1e30  # of a number; float32, which networks calculate with, ends at 3e38
MISSING = {"drop": "Leave out", "mean": "Fill with the mean"}
NONE, OTHER = -1, -2  # in place of the index of a class
ENDINGS = r"\.([cC][sS][vV]|[tT][sS][vV]|[tT][xX][tT])$"


@dataclass(frozen=True)
class Table:
    """What the columns of a CSV file mean; the rest of the file is not looked at.

    `classes` are the words (or numbers, as they are written) in the target's column, in the order
    of their indices; rows with another word are left out. Without them the target is a value.
    A row without its target is left out; one without an input too, or (`missing` "mean") it gets
    the mean of that column.
    """

    inputs: tuple[str, ...] = setting(
        (), "Inputs", maximum=MOST_CHARACTERS, many=(0, MOST_INPUTS), help="Names of columns"
    )
    target: str = setting("", "Target", maximum=MOST_CHARACTERS, help="The name of a column")
    classes: tuple[str, ...] = setting(
        (), "Classes", maximum=MOST_CHARACTERS, many=(0, MOST_CLASSES), help="None for a value"
    )
    missing: str = setting("drop", "Missing inputs", choices=lambda: tuple(MISSING))
    dialect: Dialect = setting(Dialect(), "Format")

    def misfits(self, path: str) -> Iterator[Problem]:
        """What in the description cannot be, whatever the file holds."""
        if not self.inputs:
            yield Problem(f"{path}.inputs", "no column is an input; choose one at least")
        if not self.target:
            yield Problem(f"{path}.target", "no column is the target; choose one")
        if self.target in self.inputs:
            message = '"{target}" is an input already; a network would only copy it'
            yield Problem(f"{path}.target", message, target=self.target)
        if len(set(self.inputs)) < len(self.inputs):
            yield Problem(f"{path}.inputs", "a column is listed twice")
        if len(set(self.classes)) < len(self.classes):
            yield Problem(f"{path}.classes", "a class is listed twice")
        if len(self.classes) == 1:
            message = '"{word}" alone leaves nothing to tell'
            yield Problem(f"{path}.classes", message, word=self.classes[0])


@dataclass(frozen=True, eq=False)
class TableSamples:
    """x: (samples, inputs) float64 and y as `Dataset` has it; `notes` say what was left out."""

    x: np.ndarray
    y: np.ndarray
    notes: tuple[Sentence, ...]


def source(path: str, table: Table) -> Source:
    """Where a data set comes from whose samples are the rows of a file.

    The file is read when the data set is made; that raises `ExperimentError` when it cannot be.
    """

    def generate(
        samples: int, noise: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        try:
            found = samples_of(read_file(Path(path), table.dialect), table)
        except TableError as error:
            raise ExperimentError([Problem("data.source", error.sentence)]) from None
        return found.x, found.y

    name = Path(path).name
    return Source(
        path,
        name,
        Sentence("The table in {name}", name=name),
        generate,
        input_names=table.inputs,
        class_names=table.classes,
        limits=None,
        fixed=True,
    )


def samples_of(columns: Columns, table: Table) -> TableSamples:
    """The rows of a table as samples. Raises `TableError` when it has none that can be used."""
    for problem in table.misfits(""):
        raise TableError(problem.message)
    notes = list(columns.notes)
    y, there = _target(columns.column(table.target), table, notes)
    inputs = [columns.column(name) for name in table.inputs]
    for column in inputs:
        _check_input(column, notes)
    x = np.stack([column.numbers for column in inputs], axis=1)
    absent = np.isnan(x)
    if table.missing == "mean":
        counts = absent[there].sum(axis=0)
        means = np.nan_to_num(np.nanmean(np.where(there[:, None], x, np.nan), axis=0))
        x = np.where(absent, means, x)
        notes += [
            _counted(
                count,
                '"{name}": 1 cell without a number got the mean, {mean:.4g}',
                '"{name}": {count:,} cells without a number got the mean, {mean:.4g}',
                name=column.name,
                mean=mean,
            )
            for column, count, mean in zip(inputs, counts.tolist(), means.tolist(), strict=True)
            if count
        ]
    else:
        whole = ~absent.any(axis=1)
        if lost := int(np.sum(there & ~whole)):
            one = "1 row lacked an input and was left out"
            notes.append(_counted(lost, one, "{count:,} rows lacked an input and were left out"))
        there = there & whole
    if not there.any():
        raise TableError("no row is left: {why}", why=joined(notes, "; "))
    return TableSamples(x[there], y[there], tuple(notes))


def _target(column: Column, table: Table, notes: list[Sentence]) -> tuple[np.ndarray, np.ndarray]:
    """The targets of all rows, and which rows have one that counts."""
    if table.classes:
        y, there = _classes(column, table.classes, notes)
    else:
        _check_values(column)
        y, there = column.numbers[:, None], ~np.isnan(column.numbers)
        if lost := len(there) - int(there.sum()):
            one = '1 row without a number in "{name}" was left out'
            several = '{count:,} rows without a number in "{name}" were left out'
            notes.append(_counted(lost, one, several, name=column.name))
    return y, there


def _classes(
    column: Column, names: tuple[str, ...], notes: list[Sentence]
) -> tuple[np.ndarray, np.ndarray]:
    if not len(column.codes):
        raise TableError('"{name}" holds too many different words for classes', name=column.name)
    index = {name: place for place, name in enumerate(names)}
    indices = np.array([index.get(word, OTHER) for word in column.words] + [NONE], np.int64)
    y = indices[column.codes]  # the code of a missing cell is -1, the last place
    if others := int(np.sum(y == OTHER)):
        one = "1 row of other classes was left out"
        notes.append(_counted(others, one, "{count:,} rows of other classes were left out"))
    if lost := int(np.sum(y == NONE)):
        one = '1 row without "{name}" was left out'
        several = '{count:,} rows without "{name}" were left out'
        notes.append(_counted(lost, one, several, name=column.name))
    return y, y >= 0


def _check_size(column: Column) -> None:
    sizes = np.abs(column.numbers)
    if np.nanmax(sizes, initial=0) > LARGEST:
        raise TableError(
            '"{name}" holds numbers as large as {largest:.3g}; they can be at most {most:.0e}',
            name=column.name,
            largest=np.nanmax(sizes),
            most=LARGEST,
        )


def _check_values(column: Column) -> None:
    if column.kind in ("date", "text"):
        message = (
            '"{name}" holds dates, not values to predict'
            if column.kind == "date"
            else '"{name}" holds words, not values to predict'
        )
        raise TableError(message, name=column.name)
    _check_size(column)


def _check_input(column: Column, notes: list[Sentence]) -> None:
    if column.kind == "empty":
        raise TableError('"{name}" is empty, so it cannot be an input', name=column.name)
    if column.kind == "date":
        raise TableError(
            '"{name}" holds dates, which a network cannot be given; make a number of them '
            "first, as days since a start",
            name=column.name,
        )
    if column.kind == "text" or np.isnan(column.numbers).all():
        raise TableError('"{name}" holds words; an input needs numbers', name=column.name)
    _check_size(column)
    if column.kind == "constant":
        notes.append(
            Sentence('"{name}" is the same in every row, so it tells nothing', name=column.name)
        )
    if column.strange:
        one, several = '"{name}": 1 cell held no number', '"{name}": {count:,} cells held no number'
        notes.append(_counted(column.strange, one, several, name=column.name))


def _counted(count: int, one: LiteralString, several: LiteralString, **values: object) -> Sentence:
    return Sentence(one if count == 1 else several, count=count, **values)
