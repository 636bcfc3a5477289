"""Whatever is done in whatever order, while it trains: nothing breaks, and all of it is undone."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from playground.app.messages import Kept
from playground.app.session import Session
from playground.app.theme import DARK, LIGHT, Theme
from playground.app.window import MainWindow
from playground.data import SOURCES
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.plan import EPOCH
from playground.engine.schedules import SCHEDULES
from playground.experiment import Experiment
from playground.view import View

COMPILING_MS = 300_000  # the very first start on a machine
PATIENCE_MS = 20_000
STEPS = 40
# What the offscreen platform says of any window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZES = ((1440, 900), (1024, 700), (1100, 820), (1920, 1080))
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_E, Qt.Key.Key_R, Qt.Key.Key_L, Qt.Key.Key_1)
KEYS += (Qt.Key.Key_3, Qt.Key.Key_Tab, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Plus)
KEYS += (Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Escape, Qt.Key.Key_Return)
KINDS = tuple(kind for kind in OPTIMIZERS if kind != "perceptron")
INDEX = st.integers(0, 11)

EDITS: dict[str, st.SearchStrategy[Any]] = {
    "optimizer.learning_rate": st.sampled_from((0.0, 1e-4, 0.01, 0.3, 10.0, 1e6)),
    "optimizer.type": st.sampled_from(KINDS),
    "schedule.type": st.sampled_from(tuple(SCHEDULES)),
    "regularization.l1": st.sampled_from((0.0, 0.01, 10.0)),
    "regularization.l2": st.sampled_from((0.0, 0.01, 10.0)),
    "regularization.clip_norm": st.sampled_from((None, 0.1)),
    "batch_size": st.sampled_from((1, 2, 10, 33, 350, 100_000)),
    "data.noise": st.sampled_from((0.0, 0.1, 0.5)),
    "data.samples": st.sampled_from((10, 50, 500, 3000)),
    "data.normalize": st.sampled_from(("none", "standard", "min_max")),
    "data.features": st.sampled_from((("x1",), ("x1", "x2"), ("x1", "x2", "x1*x2", "sin(x1)"))),
    "data.split": st.sampled_from(((0.7, 0.15, 0.15), (1.0, 0.0, 0.0), (0.1, 0.1, 0.8))).map(
        lambda shares: dict(zip(("train", "validation", "test"), shares, strict=True))
    ),
    "loss": st.sampled_from(tuple(LOSSES)),
    "label_smoothing": st.sampled_from((0.0, 0.2)),
    "seed": st.integers(0, 5),
    "stop.epochs": st.sampled_from((None, 1, 1000)),
    "stop.early_stopping": st.sampled_from((None, {"patience": 2})),
    "view.log_loss": st.booleans(),
    "view.discretize": st.booleans(),
    "view.mark_mistakes": st.booleans(),
    "view.marker_shapes": st.booleans(),
    "view.split": st.sampled_from(("train", "validation", "test", "all")),
    "view.drawer": st.sampled_from(("gradients", "landscape", "confusion", "weights", "runs")),
    "view.drawer_open": st.booleans(),
    "view.smoothing": st.sampled_from((0.0, 0.9)),
}
OF_DENSE = {
    "units": st.sampled_from((1, 3, 8, 40)),
    "activation": st.sampled_from(tuple(ACTIVATIONS)),
    "initializer.type": st.sampled_from(tuple(INITIALIZERS)),
    "frozen": st.booleans(),
}


@st.composite
def edits(draw: Callable[[Any], Any]) -> tuple[str, Any]:
    """The path of a value, and another value for it."""
    path = draw(st.sampled_from(sorted(EDITS)))
    return path, draw(EDITS[path])


class Monkey(RuleBasedStateMachine):
    """Does what a user may do. `make` gives a window, which is closed at the end."""

    make: Callable[[], MainWindow]
    theme: Theme
    qtbot: QtBot

    def __init__(self) -> None:
        super().__init__()
        self.window = type(self).make()
        self.session: Session = self.window.session
        self.first = self.session.experiment
        self.session.run()

    def settled(self) -> bool:
        shown = self.session.snapshot
        return shown is not None and shown.serial >= self.session.serial

    @rule(edit=edits())
    def edits_a_value(self, edit: tuple[str, Any]) -> None:
        self.session.edit(*edit)

    @rule(index=INDEX, name=st.sampled_from(sorted(OF_DENSE)), data=st.data())
    def edits_a_layer(self, index: int, name: str, data: st.DataObject) -> None:
        layers = self.session.experiment.layers
        if layers and hasattr(layers[index % len(layers)], name.partition(".")[0]):
            self.session.edit(f"layers.{index % len(layers)}.{name}", data.draw(OF_DENSE[name]))

    @rule(index=INDEX, kind=st.sampled_from(sorted(LAYERS)))
    def adds_a_layer(self, index: int, kind: str) -> None:
        count = len(self.session.experiment.layers)
        self.session.add_layer(min(index, count), LAYERS[kind]())

    @rule(index=INDEX)
    def removes_a_layer(self, index: int) -> None:
        if count := len(self.session.experiment.layers):
            self.session.remove_layer(index % count)

    @rule(index=INDEX)
    def selects_a_layer(self, index: int) -> None:
        if count := len(self.session.experiment.layers):
            self.session.select_layer(index % count)

    @rule(name=st.sampled_from(sorted(SOURCES)))
    def takes_other_data(self, name: str) -> None:
        self.session.replace(self.session.experiment.with_source(name))

    @rule(act=st.sampled_from(("run", "pause", "step", "step_epoch", "reset", "new_seed")))
    def trains(self, act: str) -> None:
        getattr(self.session, act)()

    @rule(act=st.sampled_from(("undo", "redo", "restore_best", "reveal_test")))
    def goes_back(self, act: str) -> None:
        getattr(self.session, act)()

    @rule(index=st.integers(0, 2000))
    def shows_an_earlier_epoch(self, index: int) -> None:
        assert self.session.snapshot is not None
        if len(kept := self.session.snapshot.kept_epochs):
            self.session.go_to(int(kept[index % len(kept)]))

    @rule(index=INDEX, forget=st.booleans())
    def goes_back_to_a_run(self, index: int, forget: bool) -> None:
        assert self.session.snapshot is not None
        if runs := self.session.snapshot.runs:
            number = runs[index % len(runs)].number
            (self.session.forget_run if forget else self.session.return_to)(number)

    @rule(index=INDEX, value=st.sampled_from((0.0, -3.0, 1e4)))
    def types_a_weight(self, index: int, value: float) -> None:
        assert self.session.snapshot is not None
        names = sorted(self.session.snapshot.parameters)
        name = names[index % len(names)]
        if not name.endswith("running_var"):
            place = (0,) * self.session.snapshot.parameters[name].ndim
            self.session.put(name, place, value)

    @rule()
    def comes_back_after_a_crash(self) -> None:
        kept: SimpleQueue[tuple[Kept, ...] | None] = SimpleQueue()
        self.session.keep(kept)
        trainings = kept.get(timeout=PATIENCE_MS / 1000)
        assert trainings is not None
        self.session.recover(trainings)
        type(self).qtbot.waitUntil(self.settled, timeout=PATIENCE_MS)
        assert self.session.snapshot is not None
        assert self.session.snapshot.epoch == trainings[-1].moment["progress"][EPOCH]
        assert len(self.session.snapshot.runs) >= len(trainings) - 1

    @rule(size=st.sampled_from(SIZES))
    def resizes(self, size: tuple[int, int]) -> None:
        self.window.resize(*size)

    @rule()
    def changes_the_theme(self) -> None:
        dark = type(self).theme.tokens is DARK
        type(self).theme.use(LIGHT if dark else DARK)
        self.window.rebuild()

    @rule(key=st.sampled_from(KEYS))
    def presses_a_key(self, key: Qt.Key) -> None:
        type(self).qtbot.keyClick(self.window.focusWidget() or self.window, key)

    @rule(x=st.floats(0.01, 0.99), y=st.floats(0.01, 0.99))
    def clicks_somewhere(self, x: float, y: float) -> None:
        place = QPoint(int(x * self.window.width()), int(y * self.window.height()))
        under: QWidget = self.window.childAt(place) or self.window
        inside = under.mapFrom(self.window, place)
        type(self).qtbot.mouseMove(under, inside)
        type(self).qtbot.mouseClick(under, Qt.MouseButton.LeftButton, pos=inside)
        self._close_what_opened()

    def _close_what_opened(self) -> None:
        while popup := QApplication.activePopupWidget() or QApplication.activeModalWidget():
            popup.close()

    @invariant()
    def nothing_is_broken(self) -> None:
        type(self).qtbot.waitUntil(self.settled, timeout=PATIENCE_MS)
        shown = self.session.snapshot
        assert shown is not None
        assert shown.experiment == self.session.experiment
        assert all(np.isfinite(each).all() for each in shown.parameters.values())
        assert self.session.experiment.problems() == ()

    def teardown(self) -> None:
        while self.session.to_undo is not None:
            self.session.undo()
        undone = replace(self.session.experiment, view=View())
        assert undone == replace(self.first, view=View())
        type(self).qtbot.waitUntil(self.settled, timeout=PATIENCE_MS)
        self.window.close()
        self.window.deleteLater()
        gc.collect()


@pytest.fixture
def window_maker(qtbot: QtBot, theme: Theme) -> Iterator[Callable[[], MainWindow]]:
    def make() -> MainWindow:
        session = Session(Experiment.example("spiral"))
        window = MainWindow(theme, session)
        window.resize(1440, 900)
        window.show()
        qtbot.waitUntil(lambda: session.snapshot is not None, timeout=COMPILING_MS)
        return window

    yield make
    theme.use(LIGHT)


def let_loose(make: Callable[[], MainWindow], theme: Theme, qtbot: QtBot, examples: int) -> None:
    """Run the monkey; an exception in any of Qt's slots fails it too."""
    monkey = type("LetLoose", (Monkey,), {"make": staticmethod(make), "theme": theme})
    monkey.qtbot = qtbot
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=False,
    )
    with capture_exceptions() as exceptions:
        run_state_machine_as_test(monkey, settings=chosen)
    assert not exceptions


def test_a_few_hundred_actions(
    window_maker: Callable[[], MainWindow], theme: Theme, qtbot: QtBot
) -> None:
    let_loose(window_maker, theme, qtbot, examples=4)


@pytest.mark.slow
def test_tens_of_thousands_of_actions(
    window_maker: Callable[[], MainWindow], theme: Theme, qtbot: QtBot
) -> None:
    let_loose(window_maker, theme, qtbot, examples=600)
