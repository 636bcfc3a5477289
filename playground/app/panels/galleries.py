"""The gallery of data sets: the first of them, one's own, and a panel with all."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.button import Button
from playground.app.controls.card import SHADOW
from playground.app.controls.popover import PADDING, Popover
from playground.app.controls.scroll import scrolled
from playground.app.controls.text import label
from playground.app.controls.tile import BLEED, Draw, Gallery, Tile
from playground.app.panels.pictures import draw_dashed, draw_samples
from playground.app.theme import Theme
from playground.app.words import tr
from playground.data import SOURCES
from playground.data.dataset import Dataset, task_of
from playground.data.origin import is_file, source_of
from playground.data.points import POINTS
from playground.data.settings import Data
from playground.data.sources import Source
from playground.data.typed import TYPED
from playground.fields import ExperimentError

THUMBNAIL_SAMPLES = 240
THUMBNAIL_NOISE = 0.08
THUMBNAIL_SEED = 1
MOST_PICTURED = 500
FIRST = 6  # data sets that are always there; the rest is a click away
TABLE = "table"  # the tile of a CSV file
OWN = {
    POINTS: ("Draw", "pencil", "Draw points of your own  (D)"),
    TABLE: ("CSV…", "table", "Open a table in a CSV file, or paste one  (Ctrl+O)"),
    TYPED: ("Formula", "formula", "Type a formula that says what is where"),
}
ALL_COLUMNS = 8
ALL_WIDTH, ALL_HEAD = 520, 72  # of the panel; of what is around the tiles
MORE_HEIGHT = 26


def few_samples(source: Source) -> Dataset | None:
    """Samples enough for a picture; None where there are none to be had."""
    rng = np.random.default_rng(THUMBNAIL_SEED)
    try:
        return few_of(source.dataset(THUMBNAIL_SAMPLES, THUMBNAIL_NOISE, rng))
    except ExperimentError:
        return None


def few_of(dataset: Dataset) -> Dataset:
    """Samples spread evenly over a data set, no more than a picture can show."""
    every = -(-len(dataset.x) // MOST_PICTURED)
    return replace(dataset, x=dataset.x[::every], y=dataset.y[::every]) if every > 1 else dataset


def is_regression(source: Source) -> bool:
    """Whether a source asks for values, not classes."""
    return task_of(len(source.class_names)) == "regression"


def groups() -> dict[str, tuple[str, ...]]:
    """All data sets by group: classes and values that are made, what was measured, one's own."""
    made = {name: is_regression(row) for name, row in SOURCES.items() if not row.fixed}
    return {
        "Classify": tuple(name for name, values in made.items() if not values),
        "Regress": tuple(name for name, values in made.items() if values),
        "Real data": tuple(name for name, row in SOURCES.items() if row.fixed),
        "Your own": tuple(OWN),
    }


class SourceTiles:
    """Makes tiles of data sets, with pictures of their samples."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._drawn: dict[str, Draw] = {}

    def tile(self, name: str) -> Tile:
        """A tile for a data set of the catalogue, or for one of one's own."""
        if name in OWN:
            words, icon, about = OWN[name]
            tile = Tile(self._theme, tr(words), tr(words), draw_dashed(self._theme, icon))
            tile.setToolTip(tr(about))
            return tile
        source = SOURCES[name]
        if name not in self._drawn:
            samples = few_samples(source)
            drawn = draw_samples(self._theme, samples) if samples else None
            self._drawn[name] = drawn or draw_dashed(self._theme, "alert")
        lines = tr(source.label)
        tile = Tile(self._theme, lines, _in_lines(lines), self._drawn[name])
        tile.setToolTip(f"{tr(source.about)}.")
        return tile


def _in_lines(words: str) -> str:
    """A label that is too long for one line, in two."""
    return words.replace(" ", "\n", 1) if len(words) > 9 else words


def tile_of(data: Data) -> str:
    """The name of the tile that stands for an experiment's data."""
    return TABLE if is_file(data) else data.source


class SourceGallery(QWidget):
    """The first data sets of one task, or those for one's own data; a button leads to all.

    A data set that is chosen and not among the first has the last of their places.
    """

    chosen = Signal(str)  # a data set of the catalogue, or a key of `OWN`

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._make = SourceTiles(theme)
        self._gallery = Gallery(parent=self)
        self._regression = False
        self._data: Data | None = None
        self.tiles: dict[str, Tile] = {}
        self.more = Button(theme, tr("More data"), "chevron-down")
        self.more.setFixedHeight(theme.scaled(MORE_HEIGHT))
        self.more.setToolTip(tr("All data sets, real ones and a formula too"))
        self.more.clicked.connect(self._open_all)
        row = QHBoxLayout()
        row.setContentsMargins(BLEED, 0, BLEED, 0)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._gallery)
        column.addLayout(row)

    def show_task(self, regression: bool) -> None:
        """Show the data sets with values, or those with classes."""
        self._regression = regression
        self._show()

    def mark(self, data: Data) -> None:
        """Show which one is chosen."""
        self._data = data
        self._show()

    def _marked(self) -> str:
        """The tile that is chosen, if it is one of this task."""
        here = self._data and is_regression(source_of(self._data)) == self._regression
        return tile_of(self._data) if self._data and here else ""

    def _show(self) -> None:
        names = self._names()
        if names != tuple(self.tiles):
            self.tiles = _tiles(self._make, names, self.chosen.emit)
            self._gallery.set_tiles(tuple(self.tiles.values()))
        for name, tile in self.tiles.items():
            tile.set_chosen(name == self._marked())

    def _names(self) -> tuple[str, ...]:
        of_task = [name for name, row in SOURCES.items() if is_regression(row) == self._regression]
        first = of_task[:FIRST]
        if (marked := self._marked()) in (*of_task[FIRST:], TYPED):
            first[-1] = marked
        return (*first, POINTS, TABLE)

    def _open_all(self) -> None:
        marked = tile_of(self._data) if self._data else ""
        every = AllSources(self._theme, self._make, marked, self.window())
        every.chosen.connect(self.chosen)
        every.open_beside(self)


class AllSources(Popover):
    """All data sets there are, in groups."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, make: SourceTiles, marked: str, parent: QWidget) -> None:
        super().__init__(theme, tr("Data"), parent, width=ALL_WIDTH)
        self.tiles: dict[str, Tile] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.content.spacing())
        for group, names in groups().items():
            column.addWidget(label(theme, tr(group), 12, 600))
            gallery = Gallery(columns=ALL_COLUMNS)
            tiles = _tiles(make, names, self.chosen.emit)
            gallery.set_tiles(tuple(tiles.values()))
            column.addWidget(gallery)
            self.tiles |= tiles
        area, wish = scrolled(inside), inside.sizeHint().height()
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        least = parent.screen().availableGeometry().height() - theme.scaled(ALL_HEAD)
        area.setFixedSize(theme.scaled(ALL_WIDTH) - 2 * PADDING, min(wish, least))
        self.content.addWidget(area)
        for name, tile in self.tiles.items():
            tile.set_chosen(name == marked)
        self.chosen.connect(self.close)

    def open_beside(self, widget: QWidget) -> None:
        """Show it to the right of a widget, as high as the screen lets it."""
        self.adjustSize()
        screen = widget.screen().availableGeometry()
        place = widget.mapToGlobal(QPoint(widget.width() + 2 * SHADOW, -3 * SHADOW))
        lowest = max(screen.bottom() - self.height(), screen.top())
        rightmost = max(screen.right() - self.width(), screen.left())
        self.move(min(place.x(), rightmost), min(place.y(), lowest))
        self.show()


def _tiles(
    make: SourceTiles, names: Iterable[str], chosen: Callable[[str], object]
) -> dict[str, Tile]:
    """A tile for each name, which calls `chosen` with it when clicked."""
    tiles = {name: make.tile(name) for name in names}
    for name, tile in tiles.items():
        tile.clicked.connect(lambda _=False, name=name: chosen(name))
    return tiles
