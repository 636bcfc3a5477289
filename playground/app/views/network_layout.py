"""Where everything of the network diagram lies: plain geometry, in logical pixels.

What is around text is larger by the scale of the text; tiles and edges have the room that is left.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import floor
from types import MappingProxyType

import numpy as np

TILE = 32
PITCH = 39.5
OUTPUT_TILE = 54
OUTPUT_PITCH = 66.0
FEW_OUTPUTS = 4  # so many are drawn large
USUAL_TILES = 8  # in a column; where these leave room, all tiles grow
MOST_GROWTH = 2.0
TILE_SHARE = 0.36  # of a column's width, for tiles that grow
MOST_TILES = 12  # beyond, the last place says how many more there are
MORE_HEIGHT = 16  # of "+n"
MORE_WIDTH, MORE_REACH = 64, 26  # where it can be hit
NOWHERE = MappingProxyType[int, int]({})

TITLE = 20  # height of the middles of the header's two lines
SECOND = 44
ROWS_TOP = 70  # the tiles lie between here …
ROWS_BOTTOM = 38  # … and so far above the lower edge
BOX_TOP = 6
BOX_WIDTH = 88
BOX_GAP = 8  # beside a tile, at least
LEGEND = 18  # of its middle, above the lower edge
NO_LEGEND = 8  # as ROWS_BOTTOM, where there is none
ADD = 20  # diameter of an add button
STEPPER = 72
LARGE_HIT, LARGE_DIGIT = 33, 9.5  # where it is presented: of a stepper's buttons, of its number
LARGE_DIGITS = 30
PILL = 18  # width of a layer without units
PILL_TEXT = 96  # height of a pill at least, for its name
PILL_REACH = 26  # width in which a pill can be hit
PILL_UNIT = 14  # of a pill's height, where one unit goes through it

LEFT, RIGHT = 88, 64  # from the edges to the middles of the outer columns
TIGHT_LEFT, TIGHT_RIGHT = 44, 44  # … where there are many
LABEL_GAP = 10
WIDEST = 240  # between the middles of two columns
BESIDE_PILL = 0.82  # of a column's distance from a pill, compared with that of two columns
PILLS = 26  # between the middles of two pills
ROOMY = 100  # from here on, steppers and add buttons stand side by side
NARROWEST = 68  # below, the diagram scrolls …
SCROLLED = 84  # … and its columns stand so far apart

DOT = 2.75  # radius of a bias
DOT_RAISED = 2.5  # of a bias's middle, above the lower edge of its tile
DOT_REACH = 6.0  # from a bias's middle, where the pointer still means it
EDGE_REACH = 4.0  # from an edge's side


@dataclass(frozen=True)
class Spot:
    """A part of the diagram: a column, its "+n", a unit, its bias, or its edge from `source`."""

    kind: str  # "column", "more", "unit", "bias" or "edge"
    column: int
    unit: int = -1
    source: int = -1


@dataclass(frozen=True)
class Column:
    """A layer's tiles, one above the other around `middle`, from its unit `first` on.

    A pill has no tiles, but an upper and a lower end. Edges begin and end at the `centres` of its
    tiles, or of those before the pill.
    """

    middle: float
    side: float
    tops: tuple[float, ...]
    units: int
    more_at: float  # height of the middle of "+n"
    centres: tuple[float, ...]
    first: int
    pill: tuple[float, float] | None = None

    @property
    def more(self) -> int:
        """How many units have no tile in a column that has some."""
        return 0 if self.pill else self.units - len(self.tops)

    @property
    def shown(self) -> slice:
        """The units that are shown, or go through the pill."""
        return slice(self.first, self.first + len(self.centres))

    @property
    def left(self) -> float:
        return self.middle - self.side / 2

    @property
    def right(self) -> float:
        return self.middle + self.side / 2

    def centre(self, unit: int) -> float:
        """The height of the middle of a tile."""
        return self.centres[unit - self.first]

    def dot(self, unit: int) -> tuple[float, float]:
        """The middle of a unit's bias."""
        return self.left, self.tops[unit - self.first] + self.side - DOT_RAISED


@dataclass(frozen=True)
class Layout:
    """The diagram within `width` and `height`; its `span` is wider where it must be scrolled."""

    width: float
    height: float
    span: float
    spacing: float
    roomy: bool  # whether add buttons have room beside the steppers
    columns: tuple[Column, ...]
    scale: float = 1.0  # of the text
    presented: bool = False

    @property
    def title(self) -> float:
        """The height of the middle of the header's first line."""
        return TITLE * self.scale

    @property
    def second(self) -> float:
        """The height of the middle of its second line."""
        return SECOND * self.scale

    @property
    def legend(self) -> float:
        """The height of the middle of the legend."""
        return self.height - LEGEND * self.scale

    @property
    def bottom(self) -> float:
        """Where the frames around columns end."""
        return self.height - _below_rows(self.presented) * self.scale

    @property
    def stepper_width(self) -> int:
        wish = 2 * LARGE_HIT + LARGE_DIGITS if self.presented else STEPPER
        return int(min(wish * self.scale, self.spacing - 4))

    @property
    def rows(self) -> tuple[float, float]:
        """Top and bottom of the part that changes with every snapshot."""
        return ROWS_TOP * self.scale - 8, self.bottom + 8

    def box(self, column: int) -> tuple[float, float, float, float]:
        """The frame around a column, or the pill: left, top, width, height."""
        if pill := self.columns[column].pill:
            return self.columns[column].left, pill[0], self.columns[column].side, pill[1] - pill[0]
        around = self.columns[column].side + 2 * BOX_GAP
        width = max(BOX_WIDTH * self.scale, self.stepper_width, around)
        width = min(width, self.spacing - 4)
        left = self.columns[column].middle - width / 2
        return left, BOX_TOP, width, self.bottom - BOX_TOP

    def add_button(self, column: int) -> tuple[float, float]:
        """The middle of the button that adds a layer before a column."""
        middle = (self.columns[column - 1].middle + self.columns[column].middle) / 2
        return middle, self.second if self.roomy else self.title

    def unit_box(self, spot: Spot) -> tuple[float, float, float, float]:
        """A tile, or the part of a pill that one unit goes through: left, top, width, height."""
        column = self.columns[spot.column]
        height = PILL_UNIT if column.pill else column.side
        return column.left, column.centre(spot.unit) - height / 2, column.side, height

    def lines(self, column: int) -> np.ndarray:
        """The ends x0, y0, x1, y1 of the edges into a column: (units, sources, 4), those shown."""
        before, after = self.columns[column - 1], self.columns[column]
        lines = np.empty((len(after.centres), len(before.centres), 4), np.float32)
        lines[:, :, 0], lines[:, :, 2] = before.right, after.left
        lines[:, :, 1] = before.centres
        lines[:, :, 3] = np.array(after.centres)[:, None]
        return lines

    def line(self, spot: Spot) -> np.ndarray:
        """The ends x0, y0, x1, y1 of one edge."""
        before, after = self.columns[spot.column - 1], self.columns[spot.column]
        return self.lines(spot.column)[spot.unit - after.first, spot.source - before.first]

    def more_at(self, x: float, y: float) -> int | None:
        """The column whose "+n" is at a place."""
        for index, column in enumerate(self.columns):
            beside, below = abs(x - column.middle), abs(y - column.more_at)
            if column.more and beside <= MORE_WIDTH / 2 and below <= MORE_REACH / 2:
                return index
        return None

    def column_at(self, x: float) -> int | None:
        """The column in whose frame x lies, or the pill that it is near."""
        for index in range(len(self.columns)):
            left, _, width, _ = self.box(index)
            if abs(x - left - width / 2) <= max(width, PILL_REACH) / 2:
                return index
        return None

    def gap_at(self, x: float) -> int:
        """The column before which a layer goes that is added at x."""
        return min(max(sum(column.middle < x for column in self.columns), 1), len(self.columns) - 1)

    def unit_at(self, x: float, y: float) -> Spot | None:
        """The bias or the tile at a place, or the unit that goes through a pill there."""
        for index, column in enumerate(self.columns):
            if column.pill and abs(x - column.middle) <= PILL_REACH / 2:
                for unit, centre in enumerate(column.centres, column.first):
                    if abs(y - centre) <= PILL_UNIT / 2:
                        return Spot("unit", index, unit)
            if column.pill or not column.left - DOT_REACH <= x <= column.right:
                continue
            for unit, top in enumerate(column.tops, column.first):
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
                first, before = self.columns[index].first, self.columns[index - 1].first
                return Spot("edge", index, first + int(unit), before + int(source))
        return None


def edge_heights(lines: np.ndarray, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Height and slope of edges at x, shaped (…) for lines of shape (…, 4); see `engine.raster`."""
    x0, y0, x1, y1 = np.moveaxis(lines.astype(float), -1, 0)
    m = np.sinh(np.arcsinh(4.0 * ((x - x0) / (x1 - x0) - 0.5)) / 3.0)
    height = y0 + (y1 - y0) * (0.5 + 1.5 * m - 2.0 * m**3)
    slope = (y1 - y0) * (1.5 - 6.0 * m * m) / ((x1 - x0) * (0.75 + 3.0 * m * m))
    return height, slope


def lay_out(
    units: tuple[int, ...],
    width: float,
    height: float,
    label_width: float = 0.0,
    pills: Container[int] = (),
    firsts: Mapping[int, int] = NOWHERE,
    scale: float = 1.0,
    presented: bool = False,
) -> Layout:
    """Place the columns of a network; `label_width` is that of the widest name beside an input.

    `pills` are the columns that are drawn as such; `firsts`, the first unit to show of those
    columns that have more than there is room for; `scale` is that of the text. Where it is
    `presented`, all of it grows as text does, and no column is narrower than its stepper.
    """
    last = len(units) - 1
    grown = scale if presented else 1.0
    top = ROWS_TOP * scale
    room = height - _below_rows(presented) * scale - top
    growth = max(min(room / (USUAL_TILES * PITCH), MOST_GROWTH * grown), 1.0)
    beside = 12 + label_width + LABEL_GAP + growth * TILE / 2
    # The distance before each column, in spacings; pills are a fixed one apart.
    shares = [_share(index - 1 in pills, index in pills) for index in range(1, last + 1)]
    fixed = PILLS * shares.count(0.0)
    gaps, least = sum(shares), min(share for share in shares if share)
    left, right = max(LEFT, beside), RIGHT
    spacing = (width - left - right - fixed) / gaps
    roomy = spacing * least >= ROOMY * scale
    if spacing > WIDEST * grown:
        spacing = WIDEST * grown
        left = (width - gaps * spacing - fixed) / 2
    elif not roomy:
        left, right = max(TIGHT_LEFT, beside), TIGHT_RIGHT
        spacing = (width - left - right - fixed) / gaps
        narrowest = _large_stepper(units) if presented else NARROWEST
        spacing = min(spacing, (ROOMY * scale - 1) / least)
        if spacing < narrowest * scale / least:
            spacing = max(SCROLLED, narrowest) * scale / least
    middles = list(accumulate((share * spacing or PILLS for share in shares), initial=left))
    growth = max(min(growth, TILE_SHARE * spacing / TILE), 1.0)
    columns: list[Column] = []
    for index, (count, middle) in enumerate(zip(units, map(floor, middles), strict=True)):
        if index in pills:
            columns.append(_pill(columns[-1], middle, scale))
        else:
            first = firsts.get(index, 0)
            columns.append(_column(count, middle, (top, room), growth, index == last, first))
    span = max(middles[-1] + right, width)
    return Layout(width, height, span, spacing, roomy, tuple(columns), scale, presented)


def _below_rows(presented: bool) -> int:
    """What is left free below the tiles, without the scale of the text."""
    return NO_LEGEND if presented else ROWS_BOTTOM


def _large_stepper(units: tuple[int, ...]) -> float:
    """The distance of columns that have the steppers of a presentation, with these numbers."""
    digits = max(len(str(max(units))), 2)
    return 2 * LARGE_HIT + LARGE_DIGIT * digits + 3


def _share(after_pill: bool, pill: bool) -> float:
    """The distance of a column from the one before, in spacings; 0 between pills."""
    if after_pill and pill:
        return 0.0
    return BESIDE_PILL if after_pill or pill else 1.0


def _pill(before: Column, middle: float, scale: float) -> Column:
    """A pill as high as the column before it."""
    if before.pill:
        top, bottom = before.pill
    else:
        top, bottom = before.tops[0], before.tops[-1] + before.side
        bottom = before.more_at + MORE_HEIGHT / 2 if before.more else bottom
        lacking = max(PILL_TEXT * scale - (bottom - top), 0) / 2
        top, bottom = top - lacking, bottom + lacking
    centres, first = before.centres, before.first
    return Column(middle, round(PILL * scale), (), before.units, 0.0, centres, first, (top, bottom))


def _column(
    count: int, middle: float, rows: tuple[float, float], growth: float, output: bool, first: int
) -> Column:
    above, room = rows
    large = output and count <= FEW_OUTPUTS
    places = min(count, MOST_TILES)
    most, tile = (OUTPUT_PITCH, OUTPUT_TILE) if large else (PITCH, TILE)
    pitch = min(growth * most, room / places)
    # Gaps shrink with the tiles, but do not grow with them. Whole pixels: pictures stay sharp.
    side = 2 * floor(max(tile * pitch / most, pitch - (most - tile)) / 2)
    shown = count if count <= MOST_TILES else MOST_TILES - 1
    top = above + (room - places * pitch) / 2 + (pitch - side) / 2
    tops = tuple(float(round(top + place * pitch)) for place in range(shown))
    centres = tuple(top + side / 2 for top in tops)
    more_at, first = top + shown * pitch + side / 2, min(max(first, 0), count - shown)
    return Column(middle, side, tops, count, more_at, centres, first)
