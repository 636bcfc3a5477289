"""The input features: a gallery with pictures of them, or, where there are many, a list."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from playground.app.controls.button import Button, IconButton
from playground.app.controls.note import Note
from playground.app.controls.popover import Popover
from playground.app.controls.text import label
from playground.app.controls.tile import BLEED, Gallery, Tile
from playground.app.panels.formula_edit import Fault, FormulaEdit
from playground.app.panels.galleries import few_of, few_samples
from playground.app.panels.pictures import draw_dashed, draw_feature, draw_input
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr
from playground.data.dataset import Dataset
from playground.data.features import (
    FEATURES,
    LONGEST,
    feature_matrix,
    feature_of,
    inputs_needed,
    raw_features,
)
from playground.data.origin import is_file, source_of
from playground.data.parser import FormulaError
from playground.data.settings import Data
from playground.data.sources import PLANE, Source
from playground.sentence import Sentence
from playground.snapshot import Snapshot

PLANE_INPUTS = 2
KEYS = 9  # features that a digit key toggles
MOST_TILES = 12  # more features are in a list
ROW = 24
ROWS = 8  # of the list that are seen at once

LIST = """
QListWidget {{ background: {panel}; border: 1px solid {line}; border-radius: 8px; padding: 3px;
               outline: 0; }}
QListWidget::item {{ color: {text}; border-radius: 5px; padding-left: 4px; }}
QListWidget::item:hover {{ background: {sunk}; }}
QListWidget::item:selected {{ background: {accent_tint}; color: {text}; }}
"""


def offered_features(data: Data) -> tuple[str, ...]:
    """The features to choose from: those of the plane, or else the inputs; and any chosen ones."""
    inputs = len(source_of(data).input_names)
    offered = FEATURES if inputs == PLANE_INPUTS else raw_features(inputs)
    return offered + tuple(name for name in data.features if name not in offered)


class FeatureChooser(QWidget):
    """The input features of the session's data; a click takes one in or leaves it out.

    Any other one can be typed.
    """

    def __init__(self, theme: Theme, session: Session, note: Note) -> None:
        super().__init__()
        self._theme, self._session = theme, session
        self.note = note
        self._shown: tuple[object, ...] = ()
        self._seen: object = None  # the data of the newest picture
        self.tiles: dict[str, Tile] = {}
        self._gallery = Gallery(gap=6)
        self.list = FeatureList(theme)
        self.list.toggled.connect(self._toggle)
        self.list.all_asked.connect(self._take)
        self.list.typing_asked.connect(self._ask_formula)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._gallery)
        column.addWidget(self.list)
        session.snapshot_changed.connect(self._look)

    @property
    def count(self) -> int:
        """How many features there are to choose from."""
        return len(offered_features(self._session.experiment.data))

    def refresh(self) -> None:
        """Show the features of the experiment's data."""
        data = self._session.experiment.data
        offered, source = offered_features(data), source_of(data)
        samples = self._samples(data, source)
        shown = (data.source, source.input_names, data.formula, offered, samples is None)
        if shown != self._shown:
            self._shown = shown
            self._show(offered, source, samples)
        for name, tile in self.tiles.items():
            tile.set_chosen(name in data.features)
        self.list.mark(data.features)

    def _samples(self, data: Data, source: Source) -> Dataset | None:
        """Samples for pictures of the inputs, where those are not the plane; of a file, once the
        worker has read it.
        """
        if len(source.input_names) == PLANE_INPUTS and source.limits is not None:
            return None
        snapshot = self._session.snapshot
        if not is_file(data):
            return few_samples(source)
        if snapshot is None or snapshot.experiment.data.source != data.source:
            return None
        return few_of(snapshot.data.dataset)

    def _look(self, snapshot: Snapshot) -> None:
        """The first picture of other data brings the samples of a file."""
        if snapshot.data is not self._seen:
            self._seen = snapshot.data
            self.refresh()

    def _show(self, offered: tuple[str, ...], source: Source, samples: Dataset | None) -> None:
        many = len(offered) > MOST_TILES
        self.tiles = {}
        self._gallery.setVisible(not many)
        self.list.setVisible(many)
        if many:
            self.list.offer({name: _words(name, source) for name in offered})
            return
        self.tiles = {
            name: self._tile(index, name, source, samples) for index, name in enumerate(offered)
        }
        self.list.offer({})
        self._gallery.set_tiles((*self.tiles.values(), self._typing_tile()))

    def toggle(self, index: int) -> None:
        """Take the feature at a place in, or leave it out; beyond the last, nothing."""
        offered = offered_features(self._session.experiment.data)
        if index < len(offered):
            self._toggle(offered[index])

    def _toggle(self, name: str) -> None:
        self._take(set(self._session.experiment.data.features) ^ {name})

    def _take(self, chosen: Iterable[str]) -> None:
        """Have these features, in the order in which they are offered."""
        before, chosen = self._session.experiment.data.features, set(chosen)
        offered = offered_features(self._session.experiment.data)
        if chosen:
            self.note.clear()
            self._session.edit("data.features", tuple(each for each in offered if each in chosen))
        else:
            beside = self.tiles.get(before[0], self.list)
            sentence = tr("The network needs at least one input feature.")
            self.note.show_beside(beside, sentence)
            self.list.mark(before)

    def _tile(self, index: int, name: str, source: Source, samples: Dataset | None) -> Tile:
        feature = feature_of(name)
        words = lines = _words(name, source)
        measured = samples is not None and feature.is_input
        if samples is not None and measured:
            draw = draw_input(self._theme, samples, feature.inputs[0])
            lines = words.partition(" (")[0].replace(" ", "\n", 1)
        elif max(feature.inputs) < PLANE_INPUTS:
            draw = draw_feature(self._theme, name, source.limits or PLANE)
        else:
            draw = draw_dashed(self._theme, "table")
        tile = Tile(self._theme, words, lines, draw, several=True, formula=words == feature.label)
        key = tr("{feature}  (key {key})", feature=words, key=index + 1)
        tile.setToolTip(key if index < KEYS else words)
        tile.clicked.connect(lambda: self.toggle(index))
        return tile

    def _typing_tile(self) -> Tile:
        tile = Tile(
            self._theme, tr("Type a feature"), tr("Type…"), draw_dashed(self._theme, "plus")
        )
        tile.setToolTip(tr("Type a feature of your own, as x1^3"))
        tile.clicked.connect(self._ask_formula)
        return tile

    def _ask_formula(self) -> None:
        popover = FeaturePopover(self._theme, self._session, self.window())
        popover.open_below(self.list if self.list.isVisible() else self._gallery)
        popover.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _words(name: str, source: Source) -> str:
    """What a feature is called: an input by its name, if it has one, and others as in print."""
    feature = feature_of(name)
    named = source.input_names[feature.inputs[0]] if feature.is_input else ""
    return feature.label if named in ("", name) else named


class FeatureList(QWidget):
    """Many features to check; all or none at once."""

    toggled = Signal(str)
    all_asked = Signal(object)
    typing_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.all = Button(theme, tr("All"))
        self.first = Button(theme, tr("First only"))
        self.type = IconButton(theme, "plus", tr("Type a feature of your own, as x1^3"))
        self.all.clicked.connect(lambda: self.all_asked.emit(self._names))
        self.first.clicked.connect(lambda: self.all_asked.emit(self._names[:1]))
        self.type.clicked.connect(self.typing_asked)
        head = QHBoxLayout()
        for button in (self.all, self.first):
            button.setFixedHeight(theme.scaled(26))
            head.addWidget(button)
        head.addStretch(1)
        head.addWidget(self.type)
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Input features"))
        self.rows.setFont(theme.font(12, 500))
        self.rows.setUniformItemSizes(True)
        self._row = theme.scaled(ROW)
        self.rows.setFixedHeight(ROWS * self._row + 8)
        tokens = theme.tokens
        self.rows.setStyleSheet(
            LIST.format(
                panel=tokens.panel.name(),
                line=tokens.line.name(),
                text=tokens.text.name(),
                sunk=tokens.sunk.name(),
                accent_tint=tokens.accent_tint.name(),
            )
        )
        self.rows.itemChanged.connect(self._tell)
        column = QVBoxLayout(self)
        column.setContentsMargins(BLEED, 0, BLEED, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.rows)

    def offer(self, words: dict[str, str]) -> None:
        """Show these features, by name."""
        self._names = tuple(words)
        self.rows.blockSignals(True)
        self.rows.clear()
        for word in words.values():
            item = QListWidgetItem(word)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, self._row))
            item.setToolTip(word)
            self.rows.addItem(item)
        self.rows.blockSignals(False)

    def mark(self, chosen: tuple[str, ...]) -> None:
        """Show which are taken in."""
        taken = set(chosen)
        self.rows.blockSignals(True)
        for index, name in enumerate(self._names):
            state = Qt.CheckState.Checked if name in taken else Qt.CheckState.Unchecked
            self.rows.item(index).setCheckState(state)
        self.rows.blockSignals(False)
        self.rows.viewport().update()

    def _tell(self, item: QListWidgetItem) -> None:
        self.toggled.emit(self._names[self.rows.row(item)])


class FeaturePopover(Popover):
    """A field to type a feature in, which is then taken in."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(theme, tr("A feature of your own"), parent)
        self._session = session
        self.field = FormulaEdit(theme, tr("Formula of the feature"), self._fault, False)
        self.field.edit.setPlaceholderText("x1^3")
        self.field.entered.connect(self._add)
        hint = tr("Of x1, x2, …, + − * / ^ and sin, cos, tanh, exp, log, sqrt, abs. Enter adds it.")
        words = label(theme, hint, 11, 400, theme.tokens.text3)
        words.setWordWrap(True)
        self.content.addWidget(self.field)
        self.content.addWidget(words)

    def _fault(self, text: str) -> Fault | None:
        """Why a text is no feature of the data there are."""
        data = self._session.experiment.data
        try:
            feature = feature_of(text.strip())
        except FormulaError as error:
            return Fault.of(error)
        inputs = len(source_of(data).input_names)
        if inputs_needed(feature.name) > inputs:
            many = Sentence("the data have {count} inputs, x1 to x{count}", count=inputs)
            return Fault(many if inputs > 1 else Sentence("the data have one input, x1"))
        there = {feature_of(name).formula for name in data.features}
        if feature.formula in there:
            return Fault(Sentence("this feature is there already"))
        if len(text) > LONGEST:
            return Fault(Sentence("it is too long"))
        return self._lacking(feature.name)

    def _lacking(self, name: str) -> Fault | None:
        """Whether it has no value for some of the samples."""
        snapshot, source = self._session.snapshot, self._session.experiment.data.source
        if snapshot is None or snapshot.experiment.data.source != source:
            return None
        values = feature_matrix(snapshot.data.dataset.x, [name])
        if lost := len(values) - int(np.isfinite(values).sum()):
            message = "it has no finite value at {count:,} of the samples"
            return Fault(Sentence(message, count=lost))
        return None

    def _add(self, text: str) -> None:
        data = self._session.experiment.data
        formula = feature_of(text).formula
        same = [name for name in offered_features(data) if feature_of(name).formula == formula]
        if self._session.edit("data.features", (*data.features, *(same or [text])[:1])):
            self.close()
