"""What a single cell of a CSV file holds: a number, nothing, a date, or words."""

import math
import re

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", ".", "missing")
)
_GROUPS = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?:[ '\u00a0\u202f]\d{3})+)(?:\.\d+)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:[ '\u00a0\u202f]\d{3})+)(?:,\d+)?"),
}
_SEPARATES = {each: re.compile(f"[^0-9+{re.escape(each)}-]") for each in ".,"}
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,4}([./])\d{1,2}\2\d{2,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or says that there is nothing: NA, null, ?, ….

    A dash and a point are among them; so is NaN, and nothing infinite is.
    """
    return cell.strip().lower() in MISSING


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time, in one of the usual ways to write them."""
    return _DATE.fullmatch(cell.strip()) is not None


def number_in(cell: str, decimal: str) -> float | None:
    """The finite number that a cell holds, thousands in groups or not; None for anything else."""
    text = cell.strip()
    if _GROUPS[decimal].fullmatch(text):
        text = _SEPARATES[decimal].sub("", text)
    return plain_number_in(text, decimal)


def plain_number_in(cell: str, decimal: str) -> float | None:
    """As `number_in`, but for thousands in groups: 1,234 may be less than two, or more than 1,000.

    A dot is no part of a number where the decimal sign is a comma, but of a date or a version.
    """
    if decimal == "," and "." in cell:
        return None
    try:
        number = float(cell.replace(",", ".") if decimal == "," else cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None
