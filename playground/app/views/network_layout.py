"""Where everything of the network diagram lies: plain geometry, in logical pixels."""

from dataclasses import dataclass
from math import floor

import numpy as np

TILE = 32
PITCH = 39.5
OUTPUT_TILE = 54
OUTPUT_PITCH = 66.0
FEW_OUTPUTS = 4  # so many are drawn large
USUAL_TILES = 8  # in a column; where these leave room, all tiles grow
MOST_GROWTH = 1.45
TILE_SHARE = 0.36  # of a column's width, for tiles that grow
MOST_TILES = 12  # beyond, the last place says how many more there are

TITLE = 20  # height of the middles of the header's two lines
SECOND = 44
ROWS_TOP = 70  # the tiles lie between here …
ROWS_BOTTOM = 38  # … and so far above the lower edge
BOX_TOP = 6
BOX_WIDTH = 88
LEGEND = 18  # of its middle, above the lower edge
ADD = 20  # diameter of an add button
STEPPER = 72

LEFT, RIGHT = 88, 64  # from the edges to the middles of the outer columns
TIGHT_LEFT, TIGHT_RIGHT = 44, 44  # … where there are many
LABEL_GAP = 10
WIDEST = 200  # between the middles of two columns
ROOMY = 100  # from here on, steppers and add buttons stand side by side
NARROWEST = 68  # below, the diagram scrolls

DOT = 2.75  # radius of a bias
DOT_RAISED = 2.5  # of a bias's middle, above the lower edge of its tile
DOT_REACH = 6.0  # from a bias's middle, where the pointer still means it
EDGE_REACH = 4.0  # from an edge's side


@dataclass(frozen=True)
class Spot:
    """A part of the diagram: a column, a unit of it, a unit's bias, or its edge from `source`."""

    kind: str  # "column", "unit", "bias" or "edge"
    column: int
    unit: int = -1
    source: int = -1


@dataclass(frozen=True)
class Column:
    """A layer's tiles, one above the other around `middle`; `more` units are not shown."""

    middle: float
    side: float
    tops: tuple[float, ...]
    more: int
    more_at: float  # height of the middle of "+n"

    @property
    def left(self) -> float:
        return self.middle - self.side / 2

    @property
    def right(self) -> float:
        return self.middle + self.side / 2

    def centre(self, unit: int) -> float:
        """The height of the middle of a tile."""
        return self.tops[unit] + self.side / 2

    def dot(self, unit: int) -> tuple[float, float]:
        """The middle of a unit's bias."""
        return self.left, self.tops[unit] + self.side - DOT_RAISED


@dataclass(frozen=True)
class Layout:
    """The diagram within `width` and `height`; its `span` is wider where it must be scrolled."""

    width: float
    height: float
    span: float
    spacing: float
    columns: tuple[Column, ...]

    @property
    def roomy(self) -> bool:
        """Whether add buttons have room beside the steppers."""
        return self.spacing >= ROOMY

    @property
    def stepper_width(self) -> int:
        return int(min(STEPPER, self.spacing - 4))

    @property
    def rows(self) -> tuple[float, float]:
        """Top and bottom of the part that changes with every snapshot."""
        return ROWS_TOP - 8, self.height - ROWS_BOTTOM + 8

    def box(self, column: int) -> tuple[float, float, float, float]:
        """The frame around a column: left, top, width, height."""
        width = min(BOX_WIDTH, self.spacing - 4)
        left = self.columns[column].middle - width / 2
        return left, BOX_TOP, width, self.height - ROWS_BOTTOM - BOX_TOP

    def add_button(self, gap: int) -> tuple[float, float]:
        """The middle of the button that adds a layer between columns `gap` and `gap` + 1."""
        middle = (self.columns[gap].middle + self.columns[gap + 1].middle) / 2
        return middle, SECOND if self.roomy else TITLE

    def lines(self, column: int) -> np.ndarray:
        """The ends x0, y0, x1, y1 of the edges into a column: (units, sources, 4), those shown."""
        before, after = self.columns[column - 1], self.columns[column]
        lines = np.empty((len(after.tops), len(before.tops), 4), np.float32)
        lines[:, :, 0], lines[:, :, 2] = before.right, after.left
        lines[:, :, 1] = np.add(before.tops, before.side / 2)
        lines[:, :, 3] = np.add(after.tops, after.side / 2)[:, None]
        return lines

    def column_at(self, x: float) -> int | None:
        """The column in whose frame x lies."""
        for index in range(len(self.columns)):
            left, _, width, _ = self.box(index)
            if left <= x <= left + width:
                return index
        return None

    def unit_at(self, x: float, y: float) -> Spot | None:
        """The bias or the tile at a place."""
        for index, column in enumerate(self.columns):
            if not column.left - DOT_REACH <= x <= column.right:
                continue
            for unit, top in enumerate(column.tops):
                across, down = (a - b for a, b in zip(column.dot(unit), (x, y), strict=True))
                if index and across * across + down * down <= DOT_REACH * DOT_REACH:
                    return Spot("bias", index, unit)
                if x >= column.left and top <= y <= top + column.side:
                    return Spot("unit", index, unit)
        return None

    def edge_at(self, x: float, y: float, widths: tuple[np.ndarray | None, ...]) -> Spot | None:
        """The edge nearest to a place. widths: of the edges into each column, (units, sources)."""
        for index in range(1, len(self.columns)):
            width = widths[index]
            if width is None or not self.columns[index - 1].right < x < self.columns[index].left:
                continue
            height, slope = edge_heights(self.lines(index), x)
            aside = np.abs(y - height) / np.hypot(1.0, slope) - width / 2
            unit, source = np.unravel_index(np.argmin(aside), aside.shape)
            if aside[unit, source] <= EDGE_REACH:
                return Spot("edge", index, int(unit), int(source))
        return None


def edge_heights(lines: np.ndarray, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Height and slope of edges at x, shaped (…) for lines of shape (…, 4); see `engine.raster`."""
    x0, y0, x1, y1 = np.moveaxis(lines.astype(float), -1, 0)
    m = np.sinh(np.arcsinh(4.0 * ((x - x0) / (x1 - x0) - 0.5)) / 3.0)
    height = y0 + (y1 - y0) * (0.5 + 1.5 * m - 2.0 * m**3)
    slope = (y1 - y0) * (1.5 - 6.0 * m * m) / ((x1 - x0) * (0.75 + 3.0 * m * m))
    return height, slope


def lay_out(
    units: tuple[int, ...], width: float, height: float, label_width: float = 0.0
) -> Layout:
    """Place the columns of a network; `label_width` is that of the widest name beside an input."""
    gaps = len(units) - 1
    beside = 12 + label_width + LABEL_GAP + MOST_GROWTH * TILE / 2
    left, right = max(LEFT, beside), RIGHT
    spacing = (width - left - right) / gaps
    if spacing > WIDEST:
        spacing = WIDEST
        left = (width - gaps * spacing) / 2
    elif spacing < ROOMY:
        left, right = max(TIGHT_LEFT, beside), TIGHT_RIGHT
        spacing = max(min((width - left - right) / gaps, ROOMY - 1), NARROWEST)
    room = height - ROWS_BOTTOM - ROWS_TOP
    growth = min(room / (USUAL_TILES * PITCH), TILE_SHARE * spacing / TILE, MOST_GROWTH)
    columns = tuple(
        _column(count, floor(left + index * spacing), room, max(growth, 1), index == gaps)
        for index, count in enumerate(units)
    )
    return Layout(width, height, max(left + gaps * spacing + right, width), spacing, columns)


def _column(count: int, middle: float, room: float, growth: float, output: bool) -> Column:
    large = output and count <= FEW_OUTPUTS
    places = min(count, MOST_TILES)
    most, tile = (OUTPUT_PITCH, OUTPUT_TILE) if large else (PITCH, TILE)
    pitch = min(growth * most, room / places)
    side = 2 * floor(tile * pitch / most / 2)  # whole pixels: pictures stay sharp
    shown = count if count <= MOST_TILES else MOST_TILES - 1
    first = ROWS_TOP + (room - places * pitch) / 2 + (pitch - side) / 2
    tops = tuple(float(round(first + place * pitch)) for place in range(shown))
    return Column(middle, side, tops, count - shown, first + shown * pitch + side / 2)
