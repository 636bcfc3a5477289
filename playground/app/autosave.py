"""What is being worked on, kept in a file: a crash, a power cut or a hasty close take little of it.

Each process has a file of its own in the program's folder, and a lock beside it that goes with the
process. A file whose lock nobody holds was left behind; the next start takes it over.
"""

import contextlib
import io
import json
import os
import secrets
import threading
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from PySide6.QtCore import QLockFile, QObject, QStandardPaths, QTimer, Signal

from playground.app.messages import Kept
from playground.app.session import Session
from playground.app.words import tr
from playground.experiment import Experiment
from playground.fields import ExperimentError
from playground.sentence import reason_of
from playground.snapshot import Event

EVERY_MS = 2000
BYTES_PER_MS = 1000  # written at most: large networks are kept less often
MOST_LEFT = 5  # works that were left behind are kept
ENDING = ".work"
LOCK = ".lock"
ABOUT = "about"  # the entry that is not of the moment
DAMAGES = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    ExperimentError,
)


def recovery_folder() -> Path:
    """Where the program keeps work that is not saved."""
    place = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "recovery"


@dataclass(frozen=True)
class Work:
    """Runs that were left and, last, the training that went on; and when they were kept."""

    trainings: tuple[Kept, ...]
    time: datetime


def encode(trainings: tuple[Kept, ...]) -> bytes:
    """The file's content: a NumPy archive without pickles, its entries named "0/about", ...."""
    entries: dict[str, np.ndarray] = {}
    for number, kept in enumerate(trainings):
        about = {
            "experiment": kept.experiment.to_json(),
            "events": [(event.epoch, event.what) for event in kept.events],
            "test_revealed": kept.test_revealed,
        }
        text = np.frombuffer(json.dumps(about).encode(), np.uint8)
        for name, array in {**kept.moment, ABOUT: text}.items():
            entries[f"{number}/{name}"] = array
    buffer = io.BytesIO()
    # No allow_pickle: NumPy 2.0 would take it for another array.
    np.savez(buffer, **entries)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()


def read(path: Path) -> Work:
    """Read what `encode` made; raises one of `DAMAGES`."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        entries = {name: archive[name] for name in archive.files}
    time = datetime.fromtimestamp(path.stat().st_mtime)
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, array in entries.items():
        number, _, entry = name.partition("/")
        found.setdefault(number, {})[entry] = array
    count = max(len(found), 1)  # there is one at least
    return Work(tuple(_kept(found[str(number)]) for number in range(count)), time)


def _kept(moment: dict[str, np.ndarray]) -> Kept:
    about = json.loads(moment.pop(ABOUT).tobytes())
    return Kept(
        Experiment.from_json(about["experiment"]).check(),
        moment,
        tuple(Event(epoch, what) for epoch, what in about["events"]),
        about["test_revealed"],
    )


def write(path: Path, content: bytes) -> None:
    """Replace a file whole, down to the disk. Raises `OSError`; the old file then stays."""
    fresh = path.with_suffix(".fresh")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        with contextlib.suppress(OSError):  # a folder cannot be opened everywhere
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


class Slot:
    """The file of one process, locked as long as the process lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = QLockFile(str(path.with_suffix(LOCK)))
        self._lock.setStaleLockTime(0)  # a process that lives holds it, however long

    def take(self) -> bool:
        """Take it, unless another process that lives has it."""
        return self._lock.tryLock(0)

    def leave(self) -> None:
        """Give the lock back; the file stays for the next start."""
        self._lock.unlock()

    def clear(self) -> None:
        """Remove the file, and give the lock back."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._lock.unlock()


def left_behind(folder: Path) -> tuple[Slot, Work] | None:
    """The newest work that no living process has, now taken; None where there is none.

    What cannot be read is removed.
    """
    ages = []
    for path in folder.glob(f"*{ENDING}"):
        with contextlib.suppress(OSError):  # it may go at any moment: its process was closed
            ages.append((path.stat().st_mtime, path))
    for _, path in sorted(ages, reverse=True):
        slot = Slot(path)
        if slot.take():
            try:
                return slot, read(path)
            except DAMAGES:
                slot.clear()
    return None


class Autosave(QObject):
    """Keeps a session's experiment and training in a file, every few seconds while they change.

    Files are written by a thread of its own. `failed` says in a sentence, once, that one could not
    be.
    """

    failed = Signal(str)

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self._session = session
        self._folder = folder
        self._slot: Slot | None = None
        self._said = False
        self._written = 0  # bytes, the last time
        self._kept_at = 0, 0  # what was asked of the worker until then, and the step
        self._jobs: SimpleQueue[tuple[Kept, ...] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="autosave", daemon=True)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._keep)
        session.experiment_changed.connect(self._wait)
        session.snapshot_changed.connect(self._wait)
        session.stopping.connect(self._keep)

    def recover(self) -> Work | None:
        """The newest work that was left behind, which from now on is this process's own."""
        found = left_behind(self._folder)
        if found is None:
            return None
        self._slot, work = found
        return work

    def close(self) -> None:
        """The window was closed: what is in no file of the user's is there at the next start."""
        self._timer.stop()
        if self._thread.ident is not None:
            self._jobs.put(None)
            self._thread.join(EVERY_MS / 1000)
        if self._slot is None:
            return
        if self._session.modified:
            self._slot.leave()
            self._clear_old()
        else:
            self._slot.clear()
        self._slot = None

    def _clear_old(self) -> None:
        with contextlib.suppress(OSError):
            paths = sorted(self._folder.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime)
            for slot in map(Slot, paths[:-MOST_LEFT]):
                if slot.take():
                    slot.clear()

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start(EVERY_MS + self._written // BYTES_PER_MS)

    def _keep(self) -> None:
        """Have what there is now given to the thread, once anything was done."""
        session = self._session
        step = session.snapshot.step if session.snapshot else 0
        if (session.to_undo is None and step == 0) or self._kept_at == (session.serial, step):
            return
        if self._thread.ident is None:
            self._thread.start()
        if session.state != "compiling":
            session.keep(self._jobs)
        elif self._slot is None or self._written:  # its worker has no time to answer
            self._jobs.put((Kept(session.experiment, {}),))
        else:  # what came back stays until there is as much again
            self._wait()
            return
        self._kept_at = session.serial, step

    # In the thread

    def _write(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                content = encode(job)
                write(self._path(), content)
                self._written = len(content)
            except OSError as error:
                if not self._said:
                    self._said = True
                    reason = tr(reason_of(error))
                    sentence = tr(
                        "Your work cannot be kept for after a crash ({why}); save it yourself",
                        why=reason[:1].lower() + reason[1:],
                    )
                    self.failed.emit(sentence)  # the window hears of it on its own thread

    def _path(self) -> Path:
        if self._slot is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            slot = Slot(self._folder / f"{secrets.token_hex(8)}{ENDING}")
            slot.take()
            self._slot = slot
        return self._slot.path
