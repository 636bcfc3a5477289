"""The training card beyond loss and rate: schedule, stopping, what is seldom set; perceptrons."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.controls.entry import Entry
from playground.app.controls.parameters import SettingsButton
from playground.app.controls.popover import Popover
from playground.app.controls.slider import Slider
from playground.app.controls.switch import Switch
from playground.app.panels.training import TrainingCard
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.window import MainWindow
from playground.engine.optimizers import Perceptron
from playground.engine.schedules import SCHEDULES, Cosine
from playground.experiment import EarlyStopping, Experiment, Regularization, Stop

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 20_000
COMPILING_MS = 300_000  # the very first start on a machine
RULE = "the perceptron rule is for the perceptron loss and no hidden layers"


@pytest.fixture
def session() -> Session:
    """A session that edits, and does not train."""
    return Session(Experiment())


@pytest.fixture
def card(qtbot: QtBot, theme: Theme, session: Session) -> TrainingCard:
    card = TrainingCard(theme, session)
    qtbot.addWidget(card)
    card.resize(480, 164)
    card.show()
    return card


@pytest.fixture
def perceptron(qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:
    """The window with two clouds apart for a perceptron, and its first picture."""
    experiment = Experiment.example("gauss").with_("data.noise", 0.0)
    experiment = replace(experiment, layers=(), loss="perceptron", optimizer=Perceptron())
    window = MainWindow(theme, Session(experiment))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: window.session.snapshot is not None, timeout=COMPILING_MS)
    yield window
    window.close()


def opened(qtbot: QtBot, button: SettingsButton) -> Popover:
    """The popover that a click on the button opens."""
    qtbot.mouseClick(button, LEFT)
    popover = button.findChild(Popover)
    qtbot.waitUntil(popover.isVisible)
    return popover


def named(popover: QWidget, name: str) -> Slider | Entry:
    fields = [*popover.findChildren(Slider), *popover.findChildren(Entry)]
    return next(each for each in fields if each.label.text() == name)


def enter(qtbot: QtBot, popover: QWidget, name: str, text: str) -> None:
    edit = named(popover, name).edit
    edit.start()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


# Schedule


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_schedule_is_chosen_and_drawn(
    qtbot: QtBot, session: Session, card: TrainingCard, name: str
) -> None:
    card.schedule.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(list(SCHEDULES).index(name)):
        qtbot.keyClick(card.schedule, Qt.Key.Key_Down)
    assert session.experiment.schedule == SCHEDULES[name]()
    card.grab()
    popover = opened(qtbot, card.schedule_parameters)
    enter(qtbot, popover, "Warm-up", "5")
    assert session.experiment.schedule.warmup == 5
    popover.close()


def test_the_learning_rate_shown_is_the_one_that_was_set(
    session: Session, card: TrainingCard
) -> None:
    session.edit("schedule.type", "cosine")
    assert session.experiment.schedule == Cosine()
    assert card.learning_rate.edit.text() == "0.001"


# Stopping


def test_the_switch_turns_early_stopping_on_and_off(
    qtbot: QtBot, session: Session, card: TrainingCard
) -> None:
    assert not card.patience.isVisible()
    qtbot.mouseClick(card.early_stopping, LEFT)
    assert session.experiment.stop == Stop(early_stopping=EarlyStopping())
    popover = opened(qtbot, card.patience)
    enter(qtbot, popover, "Patience", "7")
    enter(qtbot, popover, "Minimum change", "0.01")
    qtbot.mouseClick(popover.findChild(Switch), LEFT)
    assert session.experiment.stop.early_stopping == EarlyStopping(7, 0.01, restore_best=False)
    with qtbot.waitSignal(popover.destroyed):
        popover.close()
    assert card.early_stopping.isChecked()
    card.activateWindow()
    qtbot.waitUntil(card.isActiveWindow)
    card.early_stopping.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(card.early_stopping, Qt.Key.Key_Return)
    assert session.experiment.stop == Stop()
    assert not card.patience.isVisible()


def test_without_validation_samples_early_stopping_is_refused_in_words(
    qtbot: QtBot, session: Session, card: TrainingCard
) -> None:
    data = session.experiment.data
    session.edit("data", replace(data, split=replace(data.split, train=0.85, validation=0)))
    qtbot.mouseClick(card.early_stopping, LEFT)
    assert not card.early_stopping.isChecked()
    assert card.note.text.startswith("Early stopping: there are no validation samples")


def test_the_chip_says_what_has_room_and_its_tip_the_rest(qtbot: QtBot, theme: Theme) -> None:
    experiment = Experiment.example("spiral").with_("stop.early_stopping.patience", 3)
    window = MainWindow(theme, Session(experiment.with_("optimizer.learning_rate", 1.0)))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    session = window.session
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=COMPILING_MS)
    assert session.snapshot is not None
    best = session.snapshot.best_epoch
    chip = window.transport.state
    assert chip.accessibleName() == "Stopped early"
    assert f"epoch {best} was best" in chip.toolTip()
    window.resize(1024, 700)
    assert chip.accessibleName() == "Finished"
    window.resize(1440, 900)
    session.edit("stop", Stop(epochs=1))
    qtbot.waitUntil(lambda: session.snapshot.stopped_by == "epochs", timeout=PATIENCE_MS)
    assert chip.accessibleName() == "Finished"
    window.close()


# What is seldom set


def test_what_is_seldom_set_is_in_one_popover(
    qtbot: QtBot, session: Session, card: TrainingCard
) -> None:
    assert not card.more.remarkable
    popover = opened(qtbot, card.more)
    for name, text in (
        ("Weight decay", "0.02"),
        ("Clip norm", "5"),
        ("Max-norm", "3,5"),
        ("Label smoothing", "0.1"),
        ("Class weights", "1 2.5"),
        ("Epochs", "1,000"),
        ("Target loss", "0.01"),
    ):
        enter(qtbot, popover, name, text)
    experiment = session.experiment
    limits = Regularization(weight_decay=0.02, clip_norm=5.0, max_norm=3.5)
    assert experiment.regularization == limits
    assert experiment.stop == Stop(epochs=1000, target_loss=0.01)
    assert (experiment.label_smoothing, experiment.class_weights) == (0.1, (1.0, 2.5))
    assert card.more.remarkable
    assert "Epochs 1,000" in card.more.accessibleDescription()
    enter(qtbot, popover, "Epochs", "none")
    enter(qtbot, popover, "Max-norm", " ")
    enter(qtbot, popover, "Class weights", "none")
    assert session.experiment.stop.epochs is None
    assert session.experiment.regularization.max_norm is None
    assert session.experiment.class_weights == ()
    popover.close()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("Class weights", "1 2 3", "3 weights for 2 classes"),
        ("Clip norm", "0", "above 0"),
        ("Steps", "many", "“many” is not a number."),
        ("Label smoothing", "none", "is not a number"),
    ],
)
def test_what_does_not_fit_is_explained_in_the_popover(
    qtbot: QtBot, session: Session, card: TrainingCard, name: str, text: str, sentence: str
) -> None:
    before = session.experiment
    popover = opened(qtbot, card.more)
    shown = named(popover, name).edit.text()
    enter(qtbot, popover, name, text)
    assert session.experiment == before
    assert named(popover, name).edit.text() == shown
    notes = [each.accessibleName() for each in popover.findChildren(QWidget) if each.isVisible()]
    assert any(sentence in note for note in notes)
    popover.close()


# Perceptrons


def test_the_rule_is_offered_where_it_fits(session: Session, card: TrainingCard) -> None:
    def offered() -> bool:
        index = card.optimizer.findData("perceptron")
        return bool(card.optimizer.model().index(index, 0).flags() & Qt.ItemFlag.ItemIsEnabled)

    assert not offered()
    index = card.optimizer.findData("perceptron")
    tip = card.optimizer.itemData(index, Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{RULE[:1].upper()}{RULE[1:]}."
    session.replace(replace(session.experiment, layers=(), loss="perceptron"))
    assert offered()


def test_what_the_rule_does_not_fit_is_refused_in_a_sentence(perceptron: MainWindow) -> None:
    session, card = perceptron.session, perceptron.settings.training
    session.edit("loss", "hinge")
    assert card.note.text == f"Loss: {RULE} (optimizer)."
    assert card.loss.value == "perceptron"
    session.add_layer(0)
    assert perceptron.toast.text == f"{RULE[:1].upper()}{RULE[1:]} (optimizer)."
    session.edit("optimizer.type", "adam")
    session.add_layer(0)
    assert not session.edit("optimizer.type", "perceptron")
    assert card.note.text == f"Optimizer: {RULE}."


def test_a_step_turns_the_line_and_a_run_ends_without_mistakes(
    qtbot: QtBot, perceptron: MainWindow
) -> None:
    session = perceptron.session
    assert session.snapshot is not None
    before = session.snapshot
    field = perceptron.boundary.plot.grab().toImage()
    qtbot.mouseClick(perceptron.transport.step, LEFT)
    qtbot.waitUntil(lambda: session.snapshot.step == 1, timeout=PATIENCE_MS)
    after = session.snapshot
    assert (before.parameters["0.weight"] != after.parameters["0.weight"]).any()
    assert len(after.contour)
    assert perceptron.boundary.plot.grab().toImage() != field
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=PATIENCE_MS)
    assert "no mistakes left" in perceptron.transport.state.toolTip()
    assert session.snapshot.metrics["train"]["accuracy"] == 1
    perceptron.grab()


def test_the_field_of_a_perceptron_has_two_colours_and_says_classes(
    qtbot: QtBot, perceptron: MainWindow
) -> None:
    session, plot = perceptron.session, perceptron.boundary.plot
    session.run()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=PATIENCE_MS)
    assert session.snapshot is not None
    assert set(session.snapshot.field.ravel().tolist()) == {1, 255}
    for x1, x2, name in ((-4.0, -4.0, "class A"), (4.0, 4.0, "class B")):
        assert plot.reading(plot.position(x1, x2))[-1][:2] == ("output", name)
    weight, bias = (session.snapshot.parameters[f"0.{kind}"][0] for kind in ("weight", "bias"))
    line = session.snapshot.contour[:, :2]
    inside = line[(np.abs(line) < 5.96).all(axis=1)]  # beyond, the picture goes on as it is
    assert len(inside) > 50
    assert inside @ weight + bias == pytest.approx(0, abs=1e-3)
