"""Data: where samples come from, and how they are put before a network."""

from playground.data.bundled import BUNDLED
from playground.data.generators import GENERATORS
from playground.data.sources import Source

SOURCES: dict[str, Source] = GENERATORS | BUNDLED
