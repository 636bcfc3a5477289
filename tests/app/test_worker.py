"""The worker: what is asked for is done in order, the newest picture wins, and it survives."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.messages import (
    Apply,
    Begin,
    Epoch,
    Load,
    Message,
    Pace,
    Pause,
    Reset,
    RevealTest,
    Save,
    Step,
    Train,
)
from playground.app.worker import Worker
from playground.experiment import Experiment
from playground.export import load_model
from playground.snapshot import Snapshot

PATIENCE_MS = 300_000  # the very first start compiles

SPIRAL = Experiment.example("spiral")
TRAIN_SAMPLES = 350
STEPS_PER_EPOCH = math.ceil(TRAIN_SAMPLES / SPIRAL.batch_size)

Ask = Callable[..., Snapshot]


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(SPIRAL)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def ask(qtbot: QtBot, worker: Worker) -> Ask:
    """Give messages, and wait for the picture that answers the last of them."""

    def ask(*messages: Message) -> Snapshot:
        serial = [worker.give(message) for message in messages][-1]
        return picture(qtbot, worker, lambda shown: shown.serial >= serial)

    return ask


def picture(qtbot: QtBot, worker: Worker, fits: Callable[[Snapshot], bool]) -> Snapshot:
    """Look into the box until a picture fits."""
    found: list[Snapshot] = []

    def look() -> bool:
        shown = worker.take()
        if shown is not None and fits(shown):
            found.append(shown)
        return bool(found)

    qtbot.waitUntil(look, timeout=PATIENCE_MS)
    return found[0]


def test_the_first_picture_comes_without_being_asked_for(qtbot: QtBot, worker: Worker) -> None:
    shown = picture(qtbot, worker, lambda _: True)
    assert (shown.serial, shown.step, shown.status) == (0, 0, "ready")
    assert shown.experiment == SPIRAL


def test_commands_given_before_the_start_are_kept(qtbot: QtBot) -> None:
    worker = Worker(SPIRAL)
    worker.give(Step())
    serial = worker.give(Step())
    worker.start()
    shown = picture(qtbot, worker, lambda shown: shown.serial >= serial)
    worker.stop()
    assert shown.step == 2


def test_it_trains_from_run_to_pause(qtbot: QtBot, worker: Worker, ask: Ask) -> None:
    assert ask(Train()).status == "running"
    later = picture(qtbot, worker, lambda shown: shown.epoch >= 5)
    assert later.samples_per_second > 0
    paused = ask(Pause())
    assert paused.status == "ready"
    assert paused.samples_per_second == 0
    assert ask(Step()).step == paused.step + 1


def test_an_epoch_ends_where_the_samples_do(ask: Ask) -> None:
    assert ask(Step()).step == 1
    shown = ask(Epoch())
    assert (shown.step, shown.epoch, shown.status) == (STEPS_PER_EPOCH, 1, "ready")
    assert ask(Epoch()).step == 2 * STEPS_PER_EPOCH


def test_a_pace_is_kept_from_one_moment_to_the_next(qtbot: QtBot, worker: Worker, ask: Ask) -> None:
    ask(Pace(20.0))
    begun = perf_counter()
    worker.give(Train())
    shown = picture(qtbot, worker, lambda shown: shown.epoch >= 4)
    assert shown.step <= 1 + (perf_counter() - begun) * 20 * STEPS_PER_EPOCH
    free = ask(Pace(None))
    picture(qtbot, worker, lambda shown: shown.epoch > free.epoch + 100)


def test_the_same_numbers_at_any_pace(qtbot: QtBot, worker: Worker, ask: Ask) -> None:
    ends = []
    for pace in (20.0, None):
        ask(Reset(), Pace(pace))
        worker.give(Epoch())
        ends.append(picture(qtbot, worker, lambda shown: shown.epoch == 1))
    slow, fast = ends
    assert slow.step == fast.step == STEPS_PER_EPOCH
    np.testing.assert_array_equal(slow.parameters["0.weight"], fast.parameters["0.weight"])


def test_reset_gives_the_same_run_again(ask: Ask) -> None:
    first = ask(Epoch())
    start = ask(Reset())
    assert (start.step, start.epoch) == (0, 0)
    again = ask(Epoch())
    for name, array in first.parameters.items():
        assert np.array_equal(array, again.parameters[name])


def test_a_picture_is_shown_once_and_the_newest_wins(qtbot: QtBot, worker: Worker) -> None:
    rates = [0.001 * count for count in range(1, 101)]
    for rate in rates:
        serial = worker.give(Apply(SPIRAL.with_("optimizer.learning_rate", rate)))
    qtbot.waitUntil(lambda: worker.answered >= serial, timeout=PATIENCE_MS)
    shown = worker.take()
    assert shown is not None
    assert shown.serial == serial
    assert shown.experiment.optimizer.learning_rate == rates[-1]
    assert worker.take() is None


def test_a_learning_rate_changed_in_the_middle_keeps_what_was_learned(
    qtbot: QtBot, worker: Worker, ask: Ask
) -> None:
    ask(Train())
    before = picture(qtbot, worker, lambda shown: shown.epoch >= 3)
    after = ask(Apply(SPIRAL.with_("optimizer.learning_rate", 0.01)))
    assert after.status == "running"
    assert after.step > before.step


def test_another_experiment_begins_at_step_0(ask: Ask) -> None:
    ask(Train())
    circle = Experiment.example("circle")
    shown = ask(Begin(circle))
    assert (shown.step, shown.status, shown.experiment) == (0, "ready", circle)


def test_the_test_score_is_shown_when_it_is_asked_for(ask: Ask) -> None:
    assert "test" not in ask(Epoch()).metrics
    assert "test" in ask(RevealTest(True)).metrics
    assert "test" not in ask(RevealTest(False)).metrics


def test_a_saved_model_brings_its_weights_back(ask: Ask, worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "spiral.safetensors"
    trained = ask(Epoch())
    ask(Save(path))
    ((kind, sentence),) = worker.notices()
    assert kind == "info"
    assert sentence.startswith("spiral.safetensors saved, 1,000 predictions agree")
    ask(Begin(Experiment.example("circle")))
    opened = ask(Load(load_model(path)))
    assert opened.experiment == SPIRAL
    for name, array in trained.parameters.items():
        assert np.array_equal(array, opened.parameters[name])


def test_what_fails_is_said_and_the_worker_goes_on(
    ask: Ask, worker: Worker, tmp_path: Path
) -> None:
    ask(Save(tmp_path / "missing" / "model.npz"))
    assert [kind for kind, _ in worker.notices()] == ["error"]
    assert ask(Step()).step == 1


def test_divergence_stops_it_with_a_sentence(qtbot: QtBot, worker: Worker, ask: Ask) -> None:
    plane = Experiment.example("plane").with_("optimizer.type", "sgd")
    ask(Begin(plane.with_("optimizer.learning_rate", 100.0)))
    worker.give(Train())
    shown = picture(qtbot, worker, lambda shown: shown.status == "diverged")
    assert "100" in shown.message
    assert all(np.isfinite(array).all() for array in shown.parameters.values())


def test_closing_ends_a_compilation(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    worker = Worker(SPIRAL)
    worker.start()
    qtbot.waitUntil(lambda: worker.compiling)
    worker.stop()
    assert not worker.alive
    assert worker.take() is None
