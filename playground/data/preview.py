"""A look into a CSV file before it becomes an experiment's data: what is in it, and how to take it.

    look = preview(Path("penguins.csv"))      # or preview_text(pasted)
    look.dialect, look.columns.rows, look.columns.head
    [(each.name, each.kind, each.missing) for each in look.columns.columns]
    table = look.suggested                    # or look.table(inputs, target, classes=True)
    samples_of(look.columns, table).notes     # what is left out, and why; or TableError
    experiment.with_source(str(path), table=table)

Pasted text is treated as a file that was not saved yet: the user keeps it as a CSV file, UTF-8, and
that file is the experiment's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playground.data.csv_file import (
    MOST_BYTES,
    Column,
    Columns,
    TableError,
    content_of,
    read_file,
    read_text,
)
from playground.data.dialect import Dialect, decode, detect, encoding_of
from playground.data.formula import MOST_INPUTS
from playground.data.table import Table

LIKELY_TARGETS = ("target", "class", "label", "species", "outcome", "y")
MOST_LIKELY_CLASSES = 20
NUMBERED_CLASSES = 10  # that a column of whole numbers may have, to be taken for classes
ROWS_PER_CLASS = 5


@dataclass(frozen=True, eq=False)
class Preview:
    """A file that was read, and what its columns probably mean."""

    dialect: Dialect
    columns: Columns
    suggested: Table

    def table(
        self, inputs: Sequence[str], target: str, *, classes: bool, missing: str = "drop"
    ) -> Table:
        """These roles as a description; the classes are those that the target's column holds.

        Raises `TableError` for a target that is not there, or has too many classes or one alone.
        """
        names = class_names(self.columns.column(target)) if classes else ()
        return Table(tuple(inputs), target, names, missing, self.dialect)


def preview(path: Path, dialect: Dialect | None = None) -> Preview:
    """Look into a file, read in the dialect given or found. Raises `TableError`."""
    if dialect is None:
        content = content_of(path)
        encoding = encoding_of(content)
        try:
            dialect = detect(decode(content, encoding), encoding)
        except UnicodeDecodeError:
            raise TableError("{name} is not a text", name=path.name) from None
    columns = read_file(path, dialect)
    return Preview(dialect, columns, suggest(columns, dialect))


def preview_text(text: str, dialect: Dialect | None = None) -> Preview:
    """Look into pasted text. Raises `TableError`."""
    if len(text) > MOST_BYTES:
        raise TableError("it has more than {most} million characters", most=MOST_BYTES // 10**6)
    dialect = dialect or detect(text)
    columns = read_text(text, dialect)
    return Preview(dialect, columns, suggest(columns, dialect))


def class_names(column: Column) -> tuple[str, ...]:
    """The classes in a column: numbers by size, then words by the alphabet.

    Raises `TableError` when there are too many, or not two.
    """
    if not column.words:
        message = (
            '"{name}" is empty'
            if column.kind == "empty"
            else '"{name}" holds too many different words for classes'
        )
        raise TableError(message, name=column.name)
    if len(column.words) == 1:
        raise TableError(
            '"{name}" holds only {word}: nothing to tell apart',
            name=column.name,
            word=column.words[0],
        )
    return tuple(sorted(column.words, key=_order))


def suggest(columns: Columns, dialect: Dialect) -> Table:
    """The likeliest roles: a target by its name or else the last column, and all numbers as inputs.

    Without a column that could be a target, or an input, that role stays empty.
    """
    usable = [each for each in columns.columns if each.kind == "number" or _few_words(each)]
    named = [each for each in usable if each.name.lower() in LIKELY_TARGETS]
    target = next(iter(named or usable[::-1]), None)
    inputs = [
        each.name
        for each in columns.columns
        if each.kind == "number" and each is not target and not _counts_rows(each)
    ]
    names = class_names(target) if target and _are_classes(target) else ()
    return Table(tuple(inputs[:MOST_INPUTS]), target.name if target else "", names, dialect=dialect)


def _order(word: str) -> tuple[bool, float, str]:
    try:
        return False, float(word.replace(",", ".")), word
    except ValueError:
        return True, 0.0, word.casefold()


def _few_words(column: Column) -> bool:
    return column.kind == "text" and 2 <= len(column.words) <= MOST_LIKELY_CLASSES


def _are_classes(column: Column) -> bool:
    if column.kind != "number":
        return _few_words(column)
    numbers = column.numbers[~np.isnan(column.numbers)]
    few = 2 <= len(column.words) <= min(NUMBERED_CLASSES, len(numbers) // ROWS_PER_CLASS)
    return bool(few and not column.strange and (numbers == np.rint(numbers)).all())


def _counts_rows(column: Column) -> bool:
    """Whether the numbers are those of the rows: 0, 1, 2, … or from another start."""
    with np.errstate(over="ignore"):
        return len(column.numbers) > 2 and bool(np.all(np.diff(column.numbers) == 1))
