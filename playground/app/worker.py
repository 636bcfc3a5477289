"""The worker: one thread that owns the trainer. Commands go in by a queue, pictures come by a box.

The box holds one snapshot and the newest wins, so that a slow window lowers its own frame rate and
never that of training. Numba is imported in the thread alone: the window is painted before.
"""

import contextlib
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from playground.engine import cache
from playground.experiment import Experiment
from playground.snapshot import Snapshot

if TYPE_CHECKING:  # what imports Numba is imported by the thread
    from playground.camera import Camera
    from playground.export.model import Model
    from playground.trainer import Trainer

# Seconds from a look of the window into the box to the making of the next picture. The window looks
# every 16 ms and then draws; a picture that is made meanwhile waits for the interpreter.
PAUSE = 0.0105
PACED_WAIT = 0.004  # seconds between two looks at the inbox while no step is due
SHOWN_SHARE = 0.2  # of the thread's time: pictures that take long come less often
SPEED_SPAN = 1.0  # seconds over which the speed is measured


@dataclass(frozen=True)
class Apply:
    """Go on with other settings."""

    experiment: Experiment


@dataclass(frozen=True)
class Begin:
    """Another experiment from step 0, paused."""

    experiment: Experiment


@dataclass(frozen=True)
class Load:
    """A model's experiment and weights, paused."""

    model: "Model"


@dataclass(frozen=True)
class Run:
    """Train until something else is said."""


@dataclass(frozen=True)
class Pause:
    """Stop training."""


@dataclass(frozen=True)
class Step:
    """Train one step."""


@dataclass(frozen=True)
class Epoch:
    """Train to the end of the epoch."""


@dataclass(frozen=True)
class Pace:
    """Train at most so many epochs a second; as fast as it goes with None."""

    epochs_per_second: float | None


@dataclass(frozen=True)
class Reset:
    """Back to step 0 from the seed, paused."""


@dataclass(frozen=True)
class RevealTest:
    """Let pictures hold the test score, or not."""

    shown: bool


@dataclass(frozen=True)
class Save:
    """Write the trained model to a file."""

    path: Path


@dataclass(frozen=True)
class Stop:
    """End the thread."""


Command = (
    Apply | Begin | Load | Run | Pause | Step | Epoch | Pace | Reset | RevealTest | Save | Stop
)


class Worker:
    """The thread and its two mailboxes; what the GUI thread calls returns at once.

    `answered` is the serial of the newest command dealt with (-1 before the first picture);
    it is set after the picture and the notices that answer it. `compiling` tells that kernels are
    being compiled, which happens once.
    """

    def __init__(self, experiment: Experiment, debug: bool = False) -> None:
        self.answered = -1
        self.compiling = False
        self.debug = debug
        self.taken_at = 0.0  # when the box was looked into last
        self.closing = threading.Event()
        self.inbox: SimpleQueue[tuple[int, Command]] = SimpleQueue()
        self._experiment = experiment
        self._serial = 0
        self._lock = threading.Lock()
        self._box: Snapshot | None = None
        self._notices: SimpleQueue[tuple[str, str]] = SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="trainer", daemon=True)

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._thread.ident is not None

    @property
    def alive(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to work, on the commands given so far first."""
        self._thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """End the thread, and wait for that at most `patience` seconds."""
        self.closing.set()
        self.give(Stop())
        if self.started:
            self._thread.join(patience)

    def give(self, command: Command) -> int:
        """Put a command into the inbox; returns its serial number."""
        self._serial += 1
        self.inbox.put((self._serial, command))
        return self._serial

    def take(self) -> Snapshot | None:
        """The newest picture, once."""
        with self._lock:
            newest, self._box = self._box, None
            self.taken_at = perf_counter()
        return newest

    def notices(self) -> Iterator[tuple[str, str]]:
        """Sentences for the user since the last look: (kind "error" or "info", sentence)."""
        with contextlib.suppress(Empty):
            while True:
                yield self._notices.get_nowait()

    # For the thread

    def show(self, snapshot: Snapshot) -> None:
        """Put a picture into the box, in place of one that nobody took."""
        with self._lock:
            self._box = snapshot

    @property
    def box_is_empty(self) -> bool:
        """Whether the last picture was taken."""
        return self._box is None

    def tell(self, kind: str, sentence: str) -> None:
        """Send a sentence to the user; the traceback of an error goes to the log with `debug`."""
        self._notices.put((kind, sentence))
        if self.debug and kind == "error":
            traceback.print_exc()

    def prepare(self, precision: str) -> None:
        """Have the kernels for a number format in the disk cache; compiling takes a while, once.

        It is done by another process, because it holds the interpreter's lock. Where that fails,
        the kernels are compiled here when they are first used; but raises `RuntimeError` when that
        process crashed, because this one would too.
        """
        if cache.is_complete(precision):
            return
        self.compiling = True
        if cache.prepare() is None:
            return
        log = None if self.debug else subprocess.DEVNULL
        command = [sys.executable, "-m", "playground.engine.warm", precision]
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        except OSError:
            return
        while process.poll() is None:
            if self.closing.wait(0.05):
                process.terminate()
                process.wait()
                raise _Closed
        if process.returncode < 0:
            raise RuntimeError("the compiler crashed; `playground doctor` says more")

    def _live(self) -> None:
        try:
            with contextlib.suppress(_Closed):
                _Training(self, self._experiment).work()
        except Exception as error:
            self.tell("error", f"Training has ended, please start the program again: {error}")


class _Closed(BaseException):
    """The window went while there was something to wait for; not an error to be explained."""


class _Training:
    """What happens in the thread: commands change it, and while it runs it trains and shows."""

    def __init__(self, worker: Worker, experiment: Experiment) -> None:
        self._worker = worker
        self._experiment = experiment
        self._trainer: Trainer | None = None
        self._camera: Camera | None = None
        self._serial = 0
        self._running = False
        self._until_epoch: int | None = None
        self._reveal_test = False
        self._rested_at = 0.0  # when another picture may be made
        self._speed = _Speed()
        self._pacer = _Pacer(None)

    def work(self) -> None:
        """Obey, train and show, until told to stop."""
        self._show()
        while not self._worker.closing.is_set():
            commands = self._commands()
            for serial, command in commands:
                with self._explained():
                    self._obey(command)
                self._serial = serial
            if self._running:
                with self._explained():
                    self._train()
            if not self._running or self._until_picture() == 0:
                self._show()

    def _commands(self) -> list[tuple[int, Command]]:
        """What is in the inbox; waits for something when there is nothing else to do."""
        inbox = self._worker.inbox
        found = [] if self._running else [inbox.get()]
        with contextlib.suppress(Empty):
            while True:
                found.append(inbox.get_nowait())
        kept: list[tuple[int, Command]] = []
        for serial, command in found:
            # Of settings that follow each other (a slider is moved) only the last one counts.
            if kept and isinstance(command, Apply) and isinstance(kept[-1][1], Apply):
                kept.pop()
            kept.append((serial, command))
        return kept

    def _obey(self, command: Command) -> None:
        match command:
            case Apply(experiment):
                self._apply(experiment)
            case Begin(experiment):
                self._begin(experiment)
            case Load(model):
                self._load(model)
            case Run():
                self._run(until_epoch=None)
            case Pause():
                self._running = False
            case Step():
                self._needed().advance(steps=1)
            case Epoch():
                self._run(until_epoch=self._needed().epoch + 1)
            case Pace(epochs_per_second):
                self._pacer = _Pacer(epochs_per_second)
            case Reset():
                self._running = False
                self._needed().reset()
            case RevealTest(shown):
                self._reveal_test = shown
            case Save(path):
                self._save(path)

    def _apply(self, experiment: Experiment) -> "Trainer":
        trainer = self._trainer
        if trainer is None or trainer.experiment.precision != experiment.precision:
            self._worker.prepare(experiment.precision)
        from playground.engine.machine import cores
        from playground.trainer import MOST_THREADS, Trainer

        if trainer is None:
            threads = max(1, min(cores() - 1, MOST_THREADS))  # the window needs a core too
            self._trainer = trainer = Trainer(experiment, threads=threads)
        else:
            trainer.apply(experiment)
        return trainer

    def _begin(self, experiment: Experiment) -> "Trainer":
        self._running = False
        trainer = self._apply(experiment)
        trainer.reset()
        return trainer

    def _load(self, model: "Model") -> None:
        trainer = self._begin(model.experiment)
        trainer.load_parameters(model.parameters)
        if not model.description.normalization.fitted().agrees_with(trainer.prepared.normalization):
            self._worker.tell(
                "error", "The data here are not those of the model: their normalisation differs."
            )

    def _needed(self) -> "Trainer":
        return self._trainer or self._apply(self._experiment)

    def _run(self, until_epoch: int | None) -> None:
        if not self._running:
            self._rested_at = perf_counter() + PAUSE
            self._speed = _Speed()
            self._pacer = _Pacer(self._pacer.epochs_per_second)
        self._running = True
        self._until_epoch = until_epoch

    def _train(self) -> None:
        trainer = self._needed()
        epochs = None if self._until_epoch is None else self._until_epoch - trainer.epoch
        seconds = max(self._until_picture(), 0.0)
        samples = len(trainer.prepared.splits["train"])
        steps_per_epoch = -(-samples // trainer.experiment.batch_size)
        due = self._pacer.steps_due(steps_per_epoch)
        if due == 0:
            self._worker.closing.wait(PACED_WAIT)
        steps = trainer.advance(steps=due, epochs=epochs, seconds=seconds)
        self._speed.add(steps * samples / steps_per_epoch)
        reached = self._until_epoch is not None and trainer.epoch >= self._until_epoch
        if trainer.status != "ready" or reached:
            self._running = False

    def _until_picture(self) -> float:
        """Seconds until the next picture is due, at most `PAUSE`; 0 if it is."""
        if not self._worker.box_is_empty:
            return PAUSE
        due = max(self._worker.taken_at + PAUSE, self._rested_at)
        return min(max(due - perf_counter(), 0.0), PAUSE)

    def _save(self, path: Path) -> None:
        from playground.export import ExportError

        try:
            saved = self._needed().save(path)
        except ExportError as error:
            self._worker.tell("error", str(error))
        else:
            self._worker.tell("info", f"{path.name} {saved}")

    def _show(self) -> None:
        begin, used = perf_counter(), thread_time()
        with self._explained():
            trainer = self._needed()
            from playground.camera import Camera
            from playground.engine import raster  # noqa: F401  (loaded here, the views draw with it)

            self._camera = self._camera or Camera()
            snapshot = self._camera.take(
                trainer,
                serial=self._serial,
                status="running" if self._running else trainer.status,
                samples_per_second=self._speed.value() if self._running else 0.0,
                reveal_test=self._reveal_test,
            )
            self._worker.show(snapshot)
        self._rested_at = begin + (thread_time() - used) / SHOWN_SHARE
        self._worker.compiling = False
        self._worker.answered = self._serial

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever fails is said in the window, and the thread lives on, paused."""
        try:
            yield
        except Exception as error:
            self._running = False
            kind = type(error).__name__
            self._worker.tell("error", f"Training was paused by an error: {error or kind}")


class _Pacer:
    """How many steps are due, at a given number of epochs per second."""

    def __init__(self, epochs_per_second: float | None) -> None:
        self.epochs_per_second = epochs_per_second
        self._at = perf_counter()
        self._owed = 0.0

    def steps_due(self, steps_per_epoch: int) -> int | None:
        """Steps to make now; None when there is no limit. What is late is not made up for."""
        if self.epochs_per_second is None:
            return None
        per_second = self.epochs_per_second * steps_per_epoch
        now = perf_counter()
        self._owed = min(self._owed + (now - self._at) * per_second, 1 + PAUSE * per_second)
        self._at = now
        due = int(self._owed)
        self._owed -= due
        return due


class _Speed:
    """Samples per second over about the last second."""

    def __init__(self) -> None:
        self._total = 0.0
        self._marks = deque([(perf_counter(), 0.0)])  # (time, samples until then)

    def add(self, samples: float) -> None:
        self._total += samples
        now = perf_counter()
        self._marks.append((now, self._total))
        while len(self._marks) > 2 and self._marks[1][0] < now - SPEED_SPAN:
            self._marks.popleft()

    def value(self) -> float:
        (begin, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - begin) if end > begin else 0.0
