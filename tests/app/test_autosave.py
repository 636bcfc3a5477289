"""Work that was not saved comes back after a crash: with real processes that are really killed."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app import autosave
from playground.app.autosave import Autosave, Slot, encode, left_behind, read, write
from playground.app.session import Session
from playground.experiment import Experiment

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
        trained = work.moment and int(work.moment["progress"][EPOCH])
        if work.experiment.name == sys.argv[1] and trained == 3:
            print(trained, float(work.moment["all"][0]).hex(), flush=True)
timer = QTimer(window, interval=100)
timer.timeout.connect(tell)
timer.start()
application.show(None)
"""
RETURN = """
def look(snapshot):
    if snapshot.experiment != session.experiment:
        return
    print(session.experiment.name)
    print(snapshot.epoch, float(snapshot.parameters["0.weight"][0, 0]).hex())
    print(window.toast.text)
    window.close()
session.snapshot_changed.connect(look)
application.show(None)
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose settings and program data are empty."""
    return os.environ | {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def start(home: dict[str, str], code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + code, *arguments]
    return subprocess.Popen(command, env=home, stdout=subprocess.PIPE, text=True)


def working(home: dict[str, str], name: str) -> tuple[subprocess.Popen[str], str]:
    """A program that trained an experiment of this name and kept it; its epochs and a weight."""
    program = start(home, TRAIN, name)
    assert program.stdout is not None
    return program, program.stdout.readline().strip()


def lines_of(program: subprocess.Popen[str]) -> list[str]:
    """What a program printed, once it has ended in order."""
    said, _ = program.communicate(timeout=PROCESS_SECONDS)
    assert program.returncode == 0
    return said.splitlines()


def test_work_is_back_after_a_kill_and_gone_after_a_close(home: dict[str, str]) -> None:
    program, trained = working(home, "Mine")
    program.kill()
    program.communicate()
    assert program.returncode == -9
    name, first, toast = lines_of(start(home, RETURN))
    assert (name, first) == ("Mine", trained)
    assert trained.startswith("3 ")
    assert toast.startswith("Your work from ")
    assert toast.endswith(" is back")
    name, _, toast = lines_of(start(home, RETURN))  # that one was closed in order
    assert (name, toast) == ("Two spirals", "")


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
        write(path, encode(Experiment.example(name), {}))
        os.utime(path, (number, number))
    (tmp_path / "torn.work").write_bytes(encode(Experiment(), {})[:-40])
    first, second = left_behind(tmp_path), left_behind(tmp_path)
    assert first is not None
    assert second is not None
    assert first[1].experiment == Experiment.example("circle")
    assert second[1].experiment == Experiment.example("xor")
    assert left_behind(tmp_path) is None
    assert not (tmp_path / "torn.work").exists()
    second[0].clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle.lock", "circle.work"]
    first[0].clear()


def test_numbers_come_back_bit_for_bit(tmp_path: Path) -> None:
    experiment = Experiment.example("spiral")
    moment = {"all": np.array([0.1, -np.pi, 1e-30, 3e7], np.float32)}
    write(tmp_path / "a.work", encode(experiment, moment))
    work = read(tmp_path / "a.work")
    assert work.experiment == experiment
    assert work.moment.keys() == moment.keys()
    assert work.moment["all"].tobytes() == moment["all"].tobytes()


def test_work_that_does_not_change_is_kept_once(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "EVERY_MS", 20)
    keeper = Autosave(session, tmp_path)
    session.step_epoch()
    qtbot.waitUntil(lambda: any(read(path).moment for path in tmp_path.glob("*.work")))
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
    assert read(kept).experiment.name == "First"
    assert not list(tmp_path.glob("*.fresh"))
    keeper.close()
    assert not list(tmp_path.iterdir())


def test_a_slot_is_held_by_one(tmp_path: Path) -> None:
    first, second = Slot(tmp_path / "a.work"), Slot(tmp_path / "a.work")
    assert first.take()
    assert not second.take()
    first.clear()
    assert second.take()
    second.clear()
