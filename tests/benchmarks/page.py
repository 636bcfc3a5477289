"""The page with the last results, `RESULTS.md`: each benchmark writes a section of its own."""

import datetime
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from playground.engine.machine import cores, processor

PAGE = Path(__file__).with_name("RESULTS.md")


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is aligned to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(row: list[str]) -> str:
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        return f"| {' | '.join([row[0].ljust(widths[0]), *rest])} |"

    return "\n".join(map(line, [heads, rule, *rows]))


def conditions(*packages: str) -> str:
    """The machine, the versions and the day, for a line below the tables."""
    found = ", ".join(f"{name} {_version(name)}" for name in ("numba", *packages))
    day = datetime.date.today()
    return f"{processor()}, {cores()} cores; {found}; {day.day} {day:%B %Y}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def write(section: str, text: str) -> None:
    """Put the text between the marks of its section, where the last one was."""
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    page = PAGE.read_text("utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda found: f"{begin}\n\n{text}\n\n{end}", page), "utf-8")
