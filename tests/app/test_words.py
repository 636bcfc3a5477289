"""Every text a user sees goes through Qt's translation: in a made-up language none is left."""

import re
import runpy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    QTranslator,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QGraphicsScene,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.app import words
from playground.app.controls.parameters import SettingsButton
from playground.app.controls.popover import Popover
from playground.app.overlay import Overlay
from playground.app.panels.csv_dialog import TableDialog
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.data.origin import source_of
from playground.data.points import Points
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import EarlyStopping, Experiment
from playground.sentence import Sentence

MAKE = Path(__file__).parents[1] / "make_translation.py"
TEXTS: set[str] = runpy.run_path(str(MAKE))["to_translate"]()
# What the mathematics, the processor, the program and keys are called.
SAME = {"CPU", "tanh", "sin", "float", "inf", "MAE", "RMSE", "Playground", "Space", "Shift", "Ctrl"}
SAME |= {"weight", "bias", "linear", "sigmoid", "softmax", "relu"}
SAME |= {"json", "npz", "onnx", "safetensors", "torch", "keras"}  # endings of files
PATIENCE_MS = 20_000
COMPILING_MS = 300_000
# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Brackets(QTranslator):
    """A language in which every text that a translator is given stands in brackets."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        return f"⟦{text}⟧" if context == words.CONTEXT and text in TEXTS else None

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@pytest.fixture
def brackets(qapp: QCoreApplication) -> Iterator[None]:
    translator = Brackets()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


class Foreign:
    """A window in that language, what it says, and which of its texts are left over."""

    def __init__(self, qtbot: QtBot, window: MainWindow, painted: list[str]) -> None:
        self.qtbot = qtbot
        self.window = window
        self.session = window.session
        self.said: list[str] = []
        self.left: dict[str, str] = {}
        self._painted = painted
        self.session.notice.connect(self._hear)
        self.session.refused.connect(self._hear)

    def settle(self) -> None:
        """Wait until the worker has answered everything."""
        self.qtbot.waitUntil(lambda: not self.session.awake, timeout=PATIENCE_MS)
        QApplication.processEvents()

    def train(self) -> None:
        """Train to the end."""
        self.session.run()
        ended = ("finished", "diverged")
        self.qtbot.waitUntil(lambda: self.session.state in ended, timeout=PATIENCE_MS)
        self.settle()

    def look(self, *names: str, only: Sequence[QWidget] | None = None) -> None:
        """Look at everything that is seen now; `names` are those that the user gave."""
        self._painted.clear()
        found = [(text, "said") for text in self.said]
        for top in QApplication.topLevelWidgets() if only is None else only:
            if top.isVisible():
                top.grab()
                found += [(text, type(each).__name__) for text, each in texts(top)]
        found += [(text, "painted") for text in self._painted]
        experiment = self.session.experiment
        source = source_of(experiment.data)
        theirs = [each for each in source.class_names if not isinstance(each, Sentence)]
        own = (experiment.name, *theirs, *source.input_names, *names)
        self.left |= {text: whose for text, whose in found if outside(text, own)}

    def _hear(self, _: str, sentence: str) -> None:
        self.said.append(sentence)


@pytest.fixture
def foreign(
    qtbot: QtBot, theme: Theme, brackets: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Foreign]:
    """The window on two spirals; no text may be left over at the end of the test."""
    painted, draw = [], QPainter.drawText

    def drawText(painter: QPainter, *given: object) -> object:  # noqa: N802
        painted.extend(each for each in given if isinstance(each, str))
        return draw(painter, *given)

    monkeypatch.setattr(QPainter, "drawText", drawText)
    window = MainWindow(theme, Session(Experiment.example("spiral")))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: window.session.snapshot is not None, timeout=COMPILING_MS)
    found = Foreign(qtbot, window, painted)
    yield found
    window.close()
    assert found.left == {}


def texts(root: QWidget) -> Iterator[tuple[str, QObject]]:
    """Every text of the widgets in a window, of its menus and for screen readers."""
    for each in [root, *root.findChildren(QObject)]:
        if isinstance(each, QWidget):
            spoken = (each.accessibleName(), each.accessibleDescription())
            yield from ((text, each) for text in (each.toolTip(), each.windowTitle(), *spoken))
        if isinstance(each, QLabel | QAbstractButton) or is_offered(each):
            yield each.text(), each
        if isinstance(each, QMenu | QGroupBox):
            yield each.title(), each
        if isinstance(each, QLineEdit):
            yield each.placeholderText(), each
        if isinstance(each, QComboBox):
            yield from ((each.itemText(index), each) for index in range(each.count()))
        if isinstance(each, QAbstractItemView) and not isinstance(each, QHeaderView):
            yield from ((text, each) for text in cells(each))


def is_offered(action: QObject) -> TypeGuard[QAction]:
    """Whether an action is in a menu that can be opened; pyqtgraph has others."""
    return isinstance(action, QAction) and not isinstance(action.parent(), QGraphicsScene)


def cells(view: QAbstractItemView) -> Iterator[str]:
    """The texts of a list or a table, with its heads."""
    model, root = view.model(), QModelIndex()
    if model is None:
        return
    for column in range(model.columnCount(root) if isinstance(view, QTableView) else 1):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(root)):
            cell = model.index(row, column, root)
            yield str(cell.data() or "")
            yield str(cell.data(Qt.ItemDataRole.ToolTipRole) or "")


def outside(text: str, names: tuple[str, ...] = ()) -> set[str]:
    """The words of a text that stand outside brackets and are no names."""
    for name in sorted(names, key=len, reverse=True):
        for written in (name, name.lower(), name.replace(" ", "\n")):
            text = text.replace(written, "")
    left, depth = [], 0
    for character in text:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        if depth == 0:
            left.append(character)
    return set(re.findall(r"[A-Za-z]{3,}", "".join(left))) - SAME


ENDS: dict[str, dict[str, Any]] = {
    "epochs": {"stop.epochs": 2},
    "steps": {"stop.steps": 3},
    "seconds": {"stop.seconds": 0.01},
    "target loss": {"stop.target_loss": 100},
    "early stopping": {"stop.early_stopping": EarlyStopping(1, 1e6)},
    "early, kept": {"stop.early_stopping": EarlyStopping(1, 1e6, restore_best=False)},
    "no samples": {"data.points": Points(), "data.source": "points"},
    "divergence": {
        "data.source": "plane",
        "loss": "mse",
        "optimizer.type": "sgd",
        "optimizer.learning_rate": 30,
    },
}


@pytest.mark.parametrize("end", ENDS)
def test_ends_of_training(foreign: Foreign, end: str) -> None:
    session = foreign.session
    experiment = session.experiment
    for path, value in ENDS[end].items():
        experiment = experiment.with_(path, value)
    assert session.replace(experiment)
    foreign.train()
    session.step()
    foreign.look()
    assert session.snapshot is not None
    assert session.snapshot.message


def test_the_drawer(foreign: Foreign) -> None:
    session, explorer = foreign.session, foreign.session.explorer
    foreign.look()
    session.edit("stop.epochs", 5)
    foreign.train()
    for key, button in foreign.window.drawer.tabs.items():
        button.click()
        foreign.settle()
        foreign.look()
        if key == "landscape":
            for directions in ("path", "random", "weights"):
                session.edit("view.landscape", directions)
                explorer.explore(directions, session.experiment.view.landscape_weights)
                foreign.qtbot.waitUntil(lambda: explorer.progress is None, timeout=PATIENCE_MS)
                foreign.look()
            explorer.explore("weights", (0, 0, 0, 0, 0, 0))
            foreign.qtbot.waitUntil(lambda: explorer.progress is None, timeout=PATIENCE_MS)
        if key == "runs":
            session.reset()
            foreign.settle()
            foreign.look()
            session.return_to(1)
            foreign.settle()
        if key == "confusion":
            session.open_example("sine")
            foreign.settle()
            foreign.look()
    foreign.look()


def test_cards_of_every_layer(foreign: Foreign) -> None:
    session = foreign.session
    layers = (Dense(3), Dropout(), BatchNorm(), LayerNorm(), Dense(4, frozen=True))
    session.replace(replace(session.experiment, layers=layers))
    foreign.settle()
    for index in range(len(layers) + 1):
        session.select_layer(index if index < len(layers) else None)
        foreign.look()


def test_settings_behind_buttons(foreign: Foreign) -> None:
    window = foreign.window
    foreign.session.edit("stop.early_stopping", EarlyStopping())
    foreign.session.edit("optimizer.type", "momentum")
    foreign.session.edit("schedule.type", "cosine")
    foreign.settle()
    buttons = [each for each in window.findChildren(SettingsButton) if each.isVisible()]
    assert len(buttons) > 3
    for button in buttons:
        button.click()
        foreign.look()
        for popover in window.findChildren(Popover):
            popover.close()


DIALOGS_OF_QT = ("open", "save", "curves")


def test_every_action(foreign: Foreign) -> None:
    window = foreign.window
    for action in window.actions_:
        if action.name in ("quit", *DIALOGS_OF_QT):
            continue
        action.act()
        foreign.session.pause()
        foreign.settle()
        foreign.look()
        if window.presentation is not None:
            window.toggle_presentation()
        for each in window.findChildren(Overlay):
            if each.isVisible():
                each.close_()
        for each in window.findChildren(QDialog):
            each.reject()


@pytest.mark.parametrize("data", ["spiral", "blobs", "plane", "sine"])
def test_the_pointer_over_plots(foreign: Foreign, data: str) -> None:
    window = foreign.window
    foreign.session.open_example(data)
    foreign.session.edit("stop.epochs", 3)
    foreign.train()
    for button in window.drawer.tabs.values():
        button.click()
        foreign.settle()
        wholes = (window.boundary, window.curves, window.drawer)
        plots = [each for whole in wholes for each in whole.findChildren(QWidget)]
        for plot in (each for each in plots if each.isVisible() and each.hasMouseTracking()):
            for place in (0.3, 0.5, 0.8):
                QTest.mouseMove(plot, QPoint(int(plot.width() * place), plot.height() // 2))
                foreign.look(only=(plot,))


def test_the_pointer_over_the_network(foreign: Foreign) -> None:
    session, diagram = foreign.session, foreign.window.network.diagram
    session.edit("stop.steps", 5)
    session.replace(replace(session.experiment, layers=(Dense(3), Dropout(), BatchNorm())))
    foreign.train()
    for x in range(10, diagram.width(), 30):
        for y in range(10, diagram.height(), 30):
            place = QPoint(x, y)
            QTest.mouseMove(diagram, place)
            foreign.look(only=(diagram,))
            reason = QContextMenuEvent.Reason.Mouse
            event = QContextMenuEvent(reason, place, diagram.mapToGlobal(place))
            QApplication.sendEvent(diagram, event)
            menus = [each for each in diagram.findChildren(QMenu) if each.isVisible()]
            foreign.look(only=menus)
            for menu in menus:
                menu.close()


BAD_FILES = {
    "missing.json": None,
    "not.json": "this is not JSON",
    "unknown.json": '{"playground": 1, "colour": "red", "size": 3}',
    "nan.json": '{"playground": 1, "batch_size": NaN}',
    "huge.json": '{"playground": 1, "layers": [{"type": "dense", "units": 1000000000}]}',
    "deep.json": "[" * 1000,
    "later.json": '{"playground": 2}',
    "list.json": '{"playground": 1, "layers": 3}',
    "model.json": '{"playground": 1, "tensors": {}}',
    "torn.safetensors": "0000",
    "torn.npz": "PK",
    "torn.onnx": "PK",
}
TABLES = {
    "fish.csv": "size;day;kind\n" + "1,5;2024-01-01;a\n;2024-01-02;b\nlong;2024-01-03;a\n" * 9,
    "empty.csv": "",
    "head.csv": "a,b",
    "bytes.csv": "a\0b",
    "odd.csv": "a,b,c\n1,2\n3,4,5\n1,2,x\n",
    "wide.csv": ",".join("a" * 1001),
    "words.csv": "a,b\nxx,yy\nzz,xx\n",
}
FORMULAS = ("x1 +", "sin x1", "x1 = 2", "(x1", "foo", "1/0", "x1 and x2", "x1)", "3", "log(x1)")
EDITS: tuple[tuple[str, Any], ...] = (
    ("optimizer.learning_rate", -1),
    ("optimizer.learning_rate", "x"),
    ("optimizer.type", "perceptron"),
    ("regularization.clip_norm", 0),
    ("layers", 3),
    ("data.features", ()),
    ("data.features", ("x1", "x9")),
    ("data.features", ("x1)",)),
    ("data.source", "sea"),
    ("data.split.train", 0.5),
    ("loss", "guess"),
    ("class_weights", (1.0,)),
    ("name", "x" * 300),
)


def test_files_that_cannot_be_opened(foreign: Foreign, tmp_path: Path) -> None:
    for name, content in BAD_FILES.items():
        if content is not None:
            (tmp_path / name).write_text(content)
        foreign.window.files.open(tmp_path / name)
        foreign.look(name)
    assert len(foreign.said) == len(BAD_FILES)


def test_edits_that_are_refused(foreign: Foreign) -> None:
    for path, value in EDITS:
        assert not foreign.session.edit(path, value)
        foreign.look()
    assert len(foreign.said) == len(EDITS)


def test_models_that_are_saved_and_not(foreign: Foreign, tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    names = ("mine.npz", "mine.h", "mine.zip", "folder.npz", "nowhere/mine.json")
    for name in names:
        foreign.session.save_model(tmp_path / name)
        foreign.settle()
    foreign.window.files.save(tmp_path / "nowhere" / "mine.json")
    foreign.window.files.save_curves(tmp_path / "curves.csv")
    foreign.session.put("0.weight", (0, 0), 1e300)
    foreign.settle()
    foreign.look("mine", "folder", "curves")
    assert len(foreign.said) == len(names) + 3


def test_tables(foreign: Foreign, tmp_path: Path) -> None:
    window = foreign.window
    for name, content in TABLES.items():
        path = tmp_path / name
        path.write_text(content)
        window.files.open(path)
        (dialog,) = (each for each in window.findChildren(TableDialog) if each.isVisible())
        busy = ("", words.tr("Reading…"))
        foreign.qtbot.waitUntil(lambda notes=dialog.notes, busy=busy: notes.text() not in busy)
        foreign.look(name, "size", "day", "kind", "long")
        for place in range(3 if name == "fish.csv" else 0):
            dialog.preview.offer_roles(place)
            foreign.look(name, "size", "day", "kind", "long")
            for menu in dialog.preview.findChildren(QMenu):
                menu.close()
        dialog.reject()


def test_formulas(foreign: Foreign) -> None:
    foreign.session.replace(foreign.session.experiment.with_source("formula", formula="x1 > 0"))
    foreign.settle()
    field = foreign.window.data.formula
    for formula in FORMULAS:
        field.edit.selectAll()
        foreign.qtbot.keyClicks(field.edit, formula)
        assert field.fault is not None
        foreign.look()
