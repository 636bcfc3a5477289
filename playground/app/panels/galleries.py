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
from playground.data.features import FEATURES, inputs_needed
from playground.experiment import Data

THUMBNAIL_SAMPLES = 240
THUMBNAIL_NOISE = 0.08
THUMBNAIL_SEED = 1
PLANE_INPUTS = 2
KEYS = 9  # features that a digit key toggles


def few_samples(source: str) -> Dataset:
    """Samples enough for a picture; every row, where the data are fixed."""
    rng = np.random.default_rng(THUMBNAIL_SEED)
    return SOURCES[source].dataset(THUMBNAIL_SAMPLES, THUMBNAIL_NOISE, rng)


def is_regression(source: str) -> bool:
    """Whether a source asks for values, not classes."""
    return task_of(len(SOURCES[source].class_names)) == "regression"


def offered_features(data: Data) -> tuple[str, ...]:
    """The features to choose from: those of the plane, or else the inputs; and any chosen ones."""
    inputs = len(SOURCES[data.source].input_names)
    if inputs == PLANE_INPUTS:
        offered = [name for name in FEATURES if inputs_needed(name) <= inputs]
    else:
        offered = [f"x{index + 1}" for index in range(inputs)]
    return tuple(offered + [name for name in data.features if name not in offered])


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
            names = [name for name in SOURCES if is_regression(name) == regression]
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

    def __init__(
        self, theme: Theme, session: Session, samples: Mapping[str, Dataset], note: Note
    ) -> None:
        super().__init__(gap=6)
        self._theme = theme
        self._session = session
        self._samples = samples
        self.note = note
        self._source = ""
        self.tiles: dict[str, Tile] = {}

    def refresh(self) -> None:
        """Show the features of the experiment's data."""
        data = self._session.experiment.data
        offered = offered_features(data)
        if data.source != self._source or offered != tuple(self.tiles):
            self._source = data.source
            self.tiles = {name: self._tile(index, name) for index, name in enumerate(offered)}
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

    def _tile(self, index: int, name: str) -> Tile:
        source, feature = SOURCES[self._source], FEATURES[name]
        measured = len(source.input_names) != PLANE_INPUTS and feature.kind == "input"
        if measured:
            words = source.input_names[feature.inputs[0]]
            draw = draw_input(self._theme, self._samples[self._source], feature.inputs[0])
            lines = words.partition(" (")[0].replace(" ", "\n", 1)
        else:
            words = lines = feature.label
            draw = draw_feature(self._theme, name, source.limits)
        tile = Tile(self._theme, words, lines, draw, several=True, formula=not measured)
        tile.setToolTip(f"{words}  (key {index + 1})" if index < KEYS else words)
        tile.clicked.connect(lambda: self.toggle(index))
        return tile
