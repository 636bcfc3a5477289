"""Where an experiment's samples come from: the catalogue, the experiment itself, or a file."""

from typing import TYPE_CHECKING

from playground.data import SOURCES, typed
from playground.data.points import POINTS, Points
from playground.data.sources import Source
from playground.data.table import Table, source
from playground.data.typed import TYPED

if TYPE_CHECKING:
    from playground.data.settings import Data

OWN = (POINTS, TYPED)  # what is in the experiment itself


def source_of(data: "Data") -> Source:
    """The source that `data` names: its inputs, classes and what makes its samples.

    No file is read for it; a table's columns are those the experiment says it has. Raises
    `FormulaError` for a formula that is none.
    """
    if data.source == POINTS:
        return (Points() if data.points is None else data.points).source()  # empty ones are false
    if data.source == TYPED:
        return typed.source(data.formula or typed.FIRST)
    return SOURCES.get(data.source) or source(data.source, data.table or Table())


def is_file(data: "Data") -> bool:
    """Whether the samples are in a file, whose path is `data.source`."""
    return data.source not in (*SOURCES, *OWN)
