"""Work that was not saved comes back after a crash: with real processes that are really killed."""

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app import autosave
from playground.app.autosave import Autosave, Slot, encode, left_behind, read, write
from playground.app.messages import Kept
from playground.app.session import Session
from playground.experiment import Experiment
from playground.snapshot import Snapshot

PROCESS_SECONDS = 120
START = """
import sys
from PySide6.QtCore import QTimer
from playground.app.autosave import DAMAGES, read, recovery_folder
from playground.app.main import Application
from playground.engine.plan import EPOCH
application = Application()
window, session = application.window, application.session
"""
TRAIN = """
session.edit("layers.0.units", 3)
session.edit("name", sys.argv[1])
session.edit("stop.epochs", 3)
session.run()
def tell():
    for path in recovery_folder().glob("*.work"):
        try:
            work = read(path)
        except DAMAGES:
            continue
        newest = work.trainings[-1]
        trained = newest.moment and int(newest.moment["progress"][EPOCH])
        if newest.experiment.name == sys.argv[1] and trained == 3:
            print(trained, float(newest.moment["all"][0]).hex(), flush=True)
timer = QTimer(window, interval=100)
timer.timeout.connect(tell)
timer.start()
QTimer.singleShot(1000 * int(sys.argv[2]), window.close)  # nothing is waited for any longer
application.show(None)
"""
RETURN = """
def look(snapshot):
    if snapshot.experiment != session.experiment:
        return
    session.snapshot_changed.disconnect(look)  # another may come before the window is closed
    print(session.experiment.name)
    print(snapshot.epoch, float(snapshot.parameters["0.weight"][0, 0]).hex())
    print(window.toast.text)
    window.close()
session.snapshot_changed.connect(look)
application.show(None)
"""
FRESH = RETURN.replace("window.close()", 'session.open_example("spiral"); window.close()')


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose settings and program data are empty."""
    return os.environ | {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def start(home: dict[str, str], code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + code, *arguments]
    return subprocess.Popen(command, env=home, stdout=subprocess.PIPE, text=True)


def working(home: dict[str, str], name: str) -> tuple[subprocess.Popen[str], str]:
    """A program that trained an experiment of this name and kept it; its epochs and a weight."""
    program = start(home, TRAIN, name, str(PROCESS_SECONDS))
    assert program.stdout is not None
    return program, program.stdout.readline().strip()


def lines_of(program: subprocess.Popen[str]) -> list[str]:
    """What a program printed, once it has ended in order."""
    said, _ = program.communicate(timeout=PROCESS_SECONDS)
    assert program.returncode == 0
    return said.splitlines()


def test_work_is_back_after_a_kill_and_after_a_close(home: dict[str, str]) -> None:
    program, trained = working(home, "Mine")
    program.kill()
    program.communicate()
    assert program.returncode == -9
    name, first, toast = lines_of(start(home, RETURN))
    assert (name, first) == ("Mine", trained)
    assert trained.startswith("3 ")
    assert toast.startswith("Your work from ")
    assert toast.endswith(" is back")
    name, first, _ = lines_of(start(home, FRESH))  # that one was closed in order, and not saved
    assert (name, first) == ("Mine", trained)
    name, _, toast = lines_of(start(home, RETURN))
    assert (name, toast) == ("Two spirals", "")


def test_few_works_that_nobody_came_back_to_are_kept(session: Session, tmp_path: Path) -> None:
    for number in range(8):
        path = tmp_path / f"{number}.work"
        write(path, encode((Kept(Experiment(name=str(number)), {}),)))
        os.utime(path, (number, number))
    keeper = Autosave(session, tmp_path)
    work = keeper.recover()
    assert work is not None
    session.recover(work.trainings)
    session.stop()
    keeper.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{k}.work" for k in range(3, 8)]


def test_a_program_that_runs_keeps_its_work(home: dict[str, str]) -> None:
    program, _ = working(home, "Still here")
    name, _, _ = lines_of(start(home, RETURN))
    assert name == "Two spirals"
    program.kill()
    program.communicate()
    name, _, _ = lines_of(start(home, RETURN))
    assert name == "Still here"


def test_two_that_crashed_come_back_one_after_the_other(tmp_path: Path) -> None:
    for number, name in enumerate(("xor", "circle")):
        path = tmp_path / f"{name}.work"
        write(path, encode((Kept(Experiment.example(name), {}),)))
        os.utime(path, (number, number))
    (tmp_path / "torn.work").write_bytes(encode((Kept(Experiment(), {}),))[:-40])
    first, second = left_behind(tmp_path), left_behind(tmp_path)
    assert first is not None
    assert second is not None
    assert first[1].trainings[0].experiment == Experiment.example("circle")
    assert second[1].trainings[0].experiment == Experiment.example("xor")
    assert left_behind(tmp_path) is None
    assert not (tmp_path / "torn.work").exists()
    second[0].clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle.lock", "circle.work"]
    first[0].clear()


def test_numbers_come_back_bit_for_bit(tmp_path: Path) -> None:
    experiment = Experiment.example("spiral")
    moment = {"all": np.array([0.1, -np.pi, 1e-30, 3e7], np.float32)}
    write(tmp_path / "a.work", encode((Kept(experiment, moment),)))
    (kept,) = read(tmp_path / "a.work").trainings
    assert kept.experiment == experiment
    assert kept.moment.keys() == moment.keys()
    assert kept.moment["all"].tobytes() == moment["all"].tobytes()


def test_runs_and_what_was_changed_come_back_too(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    train_an_epoch(qtbot, session)
    session.edit("optimizer.learning_rate", 0.003)
    session.reveal_test()
    train_an_epoch(qtbot, session)
    session.new_seed()
    session.edit("batch_size", 5)
    train_an_epoch(qtbot, session)
    session.edit("batch_size", 10)
    before = train_an_epoch(qtbot, session)
    kept: SimpleQueue[tuple[Kept, ...] | None] = SimpleQueue()
    session.keep(kept)
    trainings = kept.get(timeout=10)
    assert trainings is not None
    write(tmp_path / "a.work", encode(trainings))
    session.open_example("xor")
    for number in (1, 2):
        session.forget_run(number)
    session.recover(read(tmp_path / "a.work").trainings)
    after = train_an_epoch(qtbot, session)
    assert (session.experiment, after.epoch) == (before.experiment, before.epoch + 1)
    assert after.events == before.events != ()
    (mine,), (run,) = before.runs, after.runs
    assert run.test_revealed
    assert replace(run, history={}, number=mine.number) == replace(mine, history={})
    assert run.history["train_loss"].tolist() == mine.history["train_loss"].tolist()


def test_what_came_back_is_not_replaced_by_less_while_kernels_compile(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "EVERY_MS", 20)
    moment = {"all": np.ones(3, np.float32)}
    write(tmp_path / "a.work", encode((Kept(Experiment.example("xor"), moment),)))
    session = Session(Experiment.example("spiral"))
    session._worker.compiling = True
    keeper = Autosave(session, tmp_path)
    work = keeper.recover()
    assert work is not None
    session.recover(work.trainings)
    assert session.state == "compiling"
    qtbot.wait(100)
    assert read(tmp_path / "a.work").trainings[0].moment.keys() == moment.keys()
    keeper.close()
    session.stop()


def train_an_epoch(qtbot: QtBot, session: Session) -> Snapshot:
    session.step_epoch()
    qtbot.waitUntil(lambda: not session.awake, timeout=20_000)
    assert session.snapshot is not None
    return session.snapshot


def test_work_that_does_not_change_is_kept_once(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "EVERY_MS", 20)
    keeper = Autosave(session, tmp_path)
    session.step_epoch()
    qtbot.waitUntil(lambda: any(read(path).trainings[0].moment for path in tmp_path.glob("*.work")))
    qtbot.waitUntil(lambda: not session.awake)
    serial = session.serial
    qtbot.wait(100)
    assert (session.serial, session.awake) == (serial, False)
    keeper.close()


def test_a_full_disk_is_said_once_and_the_old_file_stays(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "EVERY_MS", 20)
    keeper = Autosave(session, tmp_path)
    said: list[str] = []
    keeper.failed.connect(said.append)
    session.edit("name", "First")
    qtbot.waitUntil(lambda: [read(path) for path in tmp_path.glob("*.work")] != [])

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    session.edit("name", "Second")
    qtbot.waitUntil(lambda: len(said) == 1)
    assert said == [
        "Your work cannot be kept for after a crash (no space left on device); save it yourself"
    ]
    session.edit("name", "Third")
    qtbot.wait(100)
    assert len(said) == 1
    (kept,) = tmp_path.glob("*.work")
    assert read(kept).trainings[0].experiment.name == "First"
    assert not list(tmp_path.glob("*.fresh"))
    keeper.close()
    assert list(tmp_path.iterdir()) == [kept]


def test_a_slot_is_held_by_one(tmp_path: Path) -> None:
    first, second = Slot(tmp_path / "a.work"), Slot(tmp_path / "a.work")
    assert first.take()
    assert not second.take()
    first.clear()
    assert second.take()
    second.clear()
