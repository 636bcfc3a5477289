"""The galleries of data sets and of input features."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Signal

from playground.app.controls.note import Note
from playground.app.controls.tile import Gallery, Tile
from playground.app.panels.pictures import draw_feature, draw_input, draw_samples
from playground.app.session import Session
from playground.app.theme import Theme
from playground.data import SOURCES
from playground.data.dataset import Dataset, task_of
from playground.data.features import FEATURES, feature_of, raw_features
from playground.data.origin import source_of
from playground.data.sources import PLANE, Source
from playground.experiment import Data
from playground.fields import ExperimentError

THUMBNAIL_SAMPLES = 240
THUMBNAIL_NOISE = 0.08
THUMBNAIL_SEED = 1
PLANE_INPUTS = 2
KEYS = 9  # features that a digit key toggles


def few_samples(source: Source) -> Dataset | None:
    """Samples enough for a picture, or every row where the data are fixed; None where there are
    none to be had.
    """
    rng = np.random.default_rng(THUMBNAIL_SEED)
    try:
        return source.dataset(THUMBNAIL_SAMPLES, THUMBNAIL_NOISE, rng)
    except ExperimentError:
        return None


def is_regression(source: Source) -> bool:
    """Whether a source asks for values, not classes."""
    return task_of(len(source.class_names)) == "regression"


def offered_features(data: Data) -> tuple[str, ...]:
    """The features to choose from: those of the plane, or else the inputs; and any chosen ones."""
    inputs = len(source_of(data).input_names)
    offered = FEATURES if inputs == PLANE_INPUTS else raw_features(inputs)
    return offered + tuple(name for name in data.features if name not in offered)


class SourceGallery(Gallery):
    """The data sets of one task, with pictures of their samples."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, samples: Mapping[str, Dataset]) -> None:
        super().__init__()
        self._theme = theme
        self._samples = samples
        self._regression: bool | None = None
        self.tiles: dict[str, Tile] = {}

    def show_task(self, regression: bool) -> None:
        """Show the data sets with values, or those with classes."""
        if regression != self._regression:
            self._regression = regression
            names = [name for name, row in SOURCES.items() if is_regression(row) == regression]
            self.tiles = {name: self._tile(name) for name in names}
            self.set_tiles(tuple(self.tiles.values()))

    def mark(self, source: str) -> None:
        """Show which one is chosen."""
        for name, tile in self.tiles.items():
            tile.set_chosen(name == source)

    def _tile(self, name: str) -> Tile:
        source = SOURCES[name]
        draw = draw_samples(self._theme, self._samples[name])
        tile = Tile(self._theme, source.label, source.label, draw)
        tile.setToolTip(f"{source.about}.")
        tile.clicked.connect(lambda: self.chosen.emit(name))
        return tile


class FeatureGallery(Gallery):
    """The input features of the session's data; a click takes one in or leaves it out."""

    def __init__(self, theme: Theme, session: Session, note: Note) -> None:
        super().__init__(gap=6)
        self._theme = theme
        self._session = session
        self.note = note
        self._origin: tuple[str, tuple[str, ...]] | None = None
        self.tiles: dict[str, Tile] = {}

    def refresh(self) -> None:
        """Show the features of the experiment's data."""
        data = self._session.experiment.data
        offered, source = offered_features(data), source_of(data)
        origin = (data.source, source.input_names)
        if origin != self._origin or offered != tuple(self.tiles):
            self._origin = origin
            measured = len(source.input_names) != PLANE_INPUTS
            samples = few_samples(source) if measured else None
            self.tiles = {
                name: self._tile(index, name, source, samples) for index, name in enumerate(offered)
            }
            self.set_tiles(tuple(self.tiles.values()))
        for name, tile in self.tiles.items():
            tile.set_chosen(name in data.features)

    def toggle(self, index: int) -> None:
        """Take the feature at a place in, or leave it out; beyond the last, nothing."""
        offered = tuple(self.tiles)
        if index >= len(offered):
            return
        name = offered[index]
        chosen = set(self._session.experiment.data.features) ^ {name}
        if chosen:
            self.note.clear()
            features = tuple(each for each in offered if each in chosen)
            self._session.edit("data.features", features)
        else:
            sentence = "The network needs at least one input feature."
            self.note.show_beside(self.tiles[name], sentence)

    def _tile(self, index: int, name: str, source: Source, samples: Dataset | None) -> Tile:
        feature = feature_of(name)
        measured = samples is not None and feature.is_input
        if samples is not None and measured:
            words = source.input_names[feature.inputs[0]]
            draw = draw_input(self._theme, samples, feature.inputs[0])
            lines = words.partition(" (")[0].replace(" ", "\n", 1)
        else:
            words = lines = feature.label
            draw = draw_feature(self._theme, name, source.limits or PLANE)
        tile = Tile(self._theme, words, lines, draw, several=True, formula=not measured)
        tile.setToolTip(f"{words}  (key {index + 1})" if index < KEYS else words)
        tile.clicked.connect(lambda: self.toggle(index))
        return tile
