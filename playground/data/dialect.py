"""How a text file writes its table: the separator, the decimal sign, the encoding, the header."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from playground.data.cells import is_missing, plain_number_in
from playground.fields import setting
from playground.sentence import Sentence

SEPARATORS = (",", ";", "\t", "|", " ")
DECIMALS = (".", ",")
ENCODINGS = ("utf-8", "utf-16", "latin-1")
LOOKED_AT = 100  # rows
CONSISTENT = 0.9  # share of rows that have the usual number of cells
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n')  # Excel says so in a line of its own


@dataclass(frozen=True)
class Dialect:
    """What must be known of a CSV file to read it; the file itself does not say.

    "latin-1" is read as Windows means it, with curly quotes and the euro sign. Without a header the
    columns are called "column 1", "column 2", ….
    """

    separator: str = setting(",", "Separator", choices=lambda: SEPARATORS)
    decimal: str = setting(".", "Decimal sign", choices=lambda: DECIMALS)
    encoding: str = setting("utf-8", "Encoding", choices=lambda: ENCODINGS)
    header: bool = setting(True, "Header", help="Whether the first row names the columns")

    def __str__(self) -> Sentence:
        blanks = {"\t": Sentence("tabs"), " ": Sentence("spaces")}
        return Sentence(
            "{cells} between cells, decimal {sign}, {encoding}, {header}",
            cells=blanks.get(self.separator, f'"{self.separator}"'),
            sign=Sentence("points" if self.decimal == "." else "commas"),
            encoding=self.encoding.upper().replace("LATIN", "Latin"),
            header=Sentence("with a header" if self.header else "without a header"),
        )


def decode(content: bytes, encoding: str) -> str:
    """The text in a file, without its byte-order mark. Raises UnicodeDecodeError."""
    if encoding == "latin-1":
        return content.decode("cp1252", "replace")
    return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)


def encoding_of(content: bytes) -> str:
    """UTF-16 where a byte-order mark says so, UTF-8 where the bytes are that, else Latin-1."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def detect(text: str, encoding: str = "utf-8") -> Dialect:
    """The dialect in which most rows have the same number of cells, and most cells are numbers."""
    said = _SEP_LINE.match(text)
    start = text[body_start(text) :]
    separators = (said[1],) if said and said[1] in SEPARATORS else SEPARATORS
    best, best_score, best_rows = Dialect(encoding=encoding), (0.0, 0.0, 0.0), []
    for separator in separators:
        rows = _first_rows(start, separator)
        for decimal in DECIMALS if separator != "," else DECIMALS[:1]:
            score = _score(rows, decimal)
            if score > best_score:
                best, best_score = Dialect(separator, decimal, encoding), score
                best_rows = rows
    header = _has_header(best_rows, best.decimal)
    return Dialect(best.separator, best.decimal, encoding, header)


def body_start(text: str) -> int:
    """Where the table begins: after Excel's separator line, and comments with a #."""
    said = _SEP_LINE.match(text)
    place = said.end() if said else 0
    while text.startswith("#", place):
        place = text.find("\n", place) + 1 or len(text)
    return place


def _first_rows(text: str, separator: str) -> list[list[str]]:
    # Lines first, so that no more than they is parsed; a quoted line break may cut the last row.
    lines = text[:200_000].splitlines(keepends=True)[: 2 * LOOKED_AT]
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        return list(islice((row for row in reader if any(row)), LOOKED_AT))
    except csv.Error:
        return []


def _score(rows: list[list[str]], decimal: str) -> tuple[float, float, float]:
    """How well rows look like a table: consistent, of numbers, with several columns."""
    if not rows:
        return (0.0, 0.0, 0.0)
    width, count = Counter(map(len, rows)).most_common(1)[0]
    cells = [cell for row in rows[1:] for cell in row] or rows[0]
    numbers = sum(plain_number_in(cell, decimal) is not None or is_missing(cell) for cell in cells)
    consistent = count / len(rows) >= CONSISTENT and width > 1
    return (float(consistent), numbers / len(cells), count / len(rows))


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    """Whether the first row holds no number, and its words are not values of their columns."""
    if not rows:
        return False
    first, rest = rows[0], rows[1:]
    if any(plain_number_in(cell, decimal) is not None for cell in first):
        return False
    for place, cell in enumerate(first):
        below = [row[place] for row in rest if place < len(row)]
        if any(plain_number_in(each, decimal) is not None for each in below):
            return True
        if cell.strip() and cell in below:
            return False
    return True
