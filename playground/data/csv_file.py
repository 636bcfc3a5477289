"""Reading CSV files: Python's own csv module for the cells, NumPy for the numbers.

It is the reader with the most users there is, knows quotes and line breaks in them, runs nothing,
and adds no dependency; Polars and PyArrow are several times as fast and 40 MB each. A million cells
take about 0.3 s here.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from playground.data.cells import MISSING, is_date, is_missing, number_in
from playground.data.dialect import Dialect, body_start, decode
from playground.sentence import Sentence, SentenceError, reason_of

MOST_BYTES = 100_000_000
MOST_COLUMNS = 1000
MOST_CELLS = 20_000_000
MOST_WORDS = 1000  # different texts in a column that are told apart
WORDS_LENGTH = 200
BLOCK = 4096  # rows that are converted at once
HEAD = 20  # rows that are kept as they stand
NAN = "nan"
PLAINLY_MISSING = MISSING | {word.upper() for word in MISSING}
MOSTLY = 0.9  # the share of a column's cells that makes it one of numbers, or of dates


class TableError(SentenceError):
    """A file that cannot be read as a table, or not as it was asked for; in a sentence."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column, both ways it may be read.

    `numbers`: (rows,) float64, NaN where there is none. `codes`: (rows,) int32 places in `words`,
    -1 where the cell is missing; both are empty when there are more than `MOST_WORDS` different
    ones. `strange` cells are neither missing nor numbers; `dates` of them are dates.
    """

    name: str
    numbers: np.ndarray
    codes: np.ndarray
    words: tuple[str, ...]
    missing: int
    strange: int
    dates: int

    @property
    def kind(self) -> str:
        """ "empty", "constant", "number", "date" or "text"."""
        there = len(self.numbers) - self.missing
        if there == 0:
            return "empty"
        if len(self.words) == 1:
            return "constant"
        if there - self.strange >= MOSTLY * there:
            return "number"
        return "date" if self.dates >= MOSTLY * self.strange else "text"


@dataclass(frozen=True, eq=False)
class Columns:
    """A file as it was read. `head` are its first rows as they stand, `notes` what was odd."""

    columns: tuple[Column, ...]
    rows: int
    head: tuple[tuple[str, ...], ...]
    notes: tuple[Sentence, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises `TableError` when there is none."""
        found = next((each for each in self.columns if each.name == name), None)
        if found is None:
            names = ", ".join(each.name for each in self.columns[:20])
            raise TableError(
                'there is no column "{name}"; there are {names}', name=name, names=names
            )
        return found


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises `TableError` when it is too large, no file, or not readable."""
    try:
        if not path.is_file():
            if path.exists():
                raise TableError("{name} is not a file", name=path.name)
            folder = path.absolute().parent
            raise TableError("{name} is not in {folder}", name=path.name, folder=folder)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableError(
            "{name} cannot be read: {reason}", name=path.name, reason=reason_of(error)
        ) from None
    if len(content) > MOST_BYTES:
        raise TableError(
            "{name} is larger than {most} MB", name=path.name, most=MOST_BYTES // 10**6
        )
    return content


def read_file(path: Path, dialect: Dialect) -> Columns:
    """A CSV file; read again only when the file has changed. Raises `TableError`."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return _read(path, dialect, 0, 0)
    return _read(path, dialect, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, dialect: Dialect, changed: int, size: int) -> Columns:
    content = content_of(path)
    try:
        text = decode(content, dialect.encoding)
    except UnicodeDecodeError:
        message = "{name} is not a text in {encoding}"
        encoding = dialect.encoding.upper()
        raise TableError(message, name=path.name, encoding=encoding) from None
    return read_text(text, dialect)


def read_text(text: str, dialect: Dialect) -> Columns:
    """A CSV text. Raises `TableError`."""
    if "\0" in text:
        raise TableError("this is not a text: it holds zero bytes")
    body = io.StringIO(text, newline="")
    body.seek(body_start(text))
    reader = csv.reader(body, delimiter=dialect.separator, skipinitialspace=True)
    rows = (row for row in reader if any(row))
    try:
        return _columns(rows, dialect)
    except csv.Error as error:
        message = "line {line:,} cannot be read: a cell has more than {most:,} characters"
        most = csv.field_size_limit()
        raise TableError(message, line=reader.line_num, most=most) from error


def _columns(rows: Iterator[list[str]], dialect: Dialect) -> Columns:
    first = next(rows, None)
    if first is None:
        raise TableError("there is nothing in it")
    block = [] if dialect.header else [first]
    names = first if dialect.header else [""] * len(first)
    if len(names) > MOST_COLUMNS:
        raise TableError(
            "it has {count:,} columns; at most {most:,} can be read",
            count=len(names),
            most=MOST_COLUMNS,
        )
    makers = [_Maker(name, dialect.decimal) for name in _unique(names)]
    count = odd = 0
    head: list[tuple[str, ...]] = []
    while block := block + list(islice(rows, BLOCK - len(block))):
        odd += _straighten(block, len(makers))
        count += len(block)
        if count * len(makers) > MOST_CELLS:
            raise TableError("it has more than {most:,} cells", most=MOST_CELLS)
        head += map(tuple, block[: HEAD - len(head)])
        for maker, cells in zip(makers, zip(*block, strict=True), strict=True):
            maker.add(cells)
        block = []
    if not count:
        raise TableError("it has a header and no rows")
    columns = tuple(maker.column() for maker in makers)
    return Columns(columns, count, tuple(head), (_oddness(odd),) if odd else ())


def _oddness(rows: int) -> Sentence:
    if rows == 1:
        return Sentence("1 row has more or fewer cells than the first")
    return Sentence("{rows:,} rows have more or fewer cells than the first", rows=rows)


def _unique(names: list[str]) -> list[str]:
    """Names of columns, all different and none empty."""
    unique: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        base = " ".join(name.split())[:WORDS_LENGTH] or f"column {place}"
        chosen, again = base, 1
        while chosen in unique:
            again += 1
            chosen = f"{base} ({again})"
        unique[chosen] = None
    return list(unique)


def _straighten(rows: list[list[str]], width: int) -> int:
    """Cut or fill rows to the width; gives how many of them had another, but for empty cells."""
    odd = 0
    if {*map(len, rows)} != {width}:
        for row in rows:
            odd += len(row) < width or any(row[width:])
            row[width:] = []
            row += [""] * (width - len(row))
    return odd


class _Maker:
    """A column in the making, one block of cells after the other."""

    def __init__(self, name: str, decimal: str) -> None:
        self._name = name
        self._decimal = decimal
        self._numbers: list[np.ndarray] = []
        self._codes: list[np.ndarray] | None = []
        self._places: dict[str, int] = {}  # of words, and of cells as they stand
        self._words: dict[str, int] = {}
        self._missing = self._strange = self._dates = 0

    def add(self, cells: tuple[str, ...]) -> None:
        self._numbers.append(self._converted(cells))
        if self._codes is not None:
            self._add_words(cells)

    def column(self) -> Column:
        codes = np.concatenate(self._codes) if self._codes is not None else np.zeros(0, np.int32)
        words = tuple(self._words) if self._codes is not None else ()
        numbers = np.concatenate(self._numbers)
        for array in (codes, numbers):
            array.setflags(write=False)
        return Column(self._name, numbers, codes, words, self._missing, self._strange, self._dates)

    def _converted(self, cells: tuple[str, ...]) -> np.ndarray:
        numbers = self._at_once(cells, 0)
        if numbers is None:
            given = [NAN if cell in PLAINLY_MISSING else cell for cell in cells]
            gaps = given.count(NAN)
            numbers = self._at_once(given, gaps)
            if numbers is None:
                return self._one_by_one(cells)
            self._missing += gaps
        return numbers

    def _at_once(self, cells: Sequence[str], gaps: int) -> np.ndarray | None:
        """All numbers of a block, so many of them NaN; None where a cell needs a closer look."""
        try:
            if self._decimal == ".":
                numbers = np.fromiter(map(float, cells), np.float64, len(cells))
                odd = "_" in "".join(cells)
            else:
                joined = "\0".join(cells)
                numbers = np.array(joined.replace(",", ".").split("\0"), np.float64)
                odd = "_" in joined or "." in joined
        except ValueError:
            return None
        # Python reads 1_000, infinity and NaN as numbers too.
        return None if odd or np.isfinite(numbers).sum() != len(cells) - gaps else numbers

    def _one_by_one(self, cells: tuple[str, ...]) -> np.ndarray:
        found: dict[str, float] = {}
        for cell, count in Counter(cells).items():
            number = number_in(cell, self._decimal)
            found[cell] = np.nan if number is None else number
            if is_missing(cell):
                self._missing += count
            elif number is None:
                self._strange += count
                self._dates += count * is_date(cell)
        return np.fromiter(map(found.__getitem__, cells), np.float64, len(cells))

    def _add_words(self, cells: tuple[str, ...]) -> None:
        assert self._codes is not None
        for cell in dict.fromkeys(cells):
            if cell not in self._places:
                word = " ".join(cell.split())[:WORDS_LENGTH]
                place = -1 if is_missing(cell) else self._words.setdefault(word, len(self._words))
                self._places[cell] = place
        if len(self._words) > MOST_WORDS:
            self._codes = None
            return
        codes = np.fromiter(map(self._places.__getitem__, cells), np.int32, len(cells))
        self._codes.append(codes)
