"""The worker: one thread that owns the trainer. Messages go in by a queue, pictures come by a box.

The box holds one snapshot and the newest wins, so that a slow window lowers its own frame rate and
never that of training.
"""

import contextlib
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import perf_counter

from playground.app.exploration import Exploration
from playground.app.messages import Message, Stop
from playground.engine import cache
from playground.experiment import Experiment
from playground.sentence import Sentence
from playground.snapshot import Snapshot


class Worker:
    """The thread and its two mailboxes; what the GUI thread calls returns at once.

    `answered` is the serial of the newest message dealt with (-1 before the first picture);
    it is set after the picture and the notices that answer it. `compiling` tells that kernels are
    being compiled, which happens once.
    """

    def __init__(self, experiment: Experiment, debug: bool = False) -> None:
        self.answered = -1
        self.compiling = False
        self.debug = debug
        self.taken_at = 0.0  # when a picture was taken from the box last
        self.closing = threading.Event()
        self.exploration: Exploration | None = None  # the newest one
        self.inbox: SimpleQueue[tuple[int, Message]] = SimpleQueue()
        self._experiment = experiment
        self._serial = 0
        self._lock = threading.Lock()
        self._box: Snapshot | None = None
        self._notices: SimpleQueue[tuple[str, Sentence]] = SimpleQueue()
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
        """Begin to work, on the messages given so far first."""
        self._thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """End the thread, and wait for that at most `patience` seconds."""
        self.closing.set()
        self.give(Stop())
        if self.exploration is not None:
            self.exploration.cancel()
            self.exploration.wait(patience)
        if self.started:
            self._thread.join(patience)

    def give(self, message: Message) -> int:
        """Put a message into the inbox; returns its serial number."""
        self._serial += 1
        self.inbox.put((self._serial, message))
        return self._serial

    def take(self) -> Snapshot | None:
        """The newest picture, once."""
        with self._lock:
            newest, self._box = self._box, None
            if newest is not None:
                self.taken_at = perf_counter()
        return newest

    def notices(self) -> Iterator[tuple[str, Sentence]]:
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

    def tell(self, kind: str, sentence: Sentence) -> None:
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
                raise Closed
        if process.returncode < 0:
            raise RuntimeError(Sentence("the compiler crashed; `playground doctor` says more"))

    def _live(self) -> None:
        try:
            with contextlib.suppress(Closed):
                from playground.app.training import Training

                Training(self, self._experiment).work()
        except Exception as error:
            why = str(error) or type(error).__name__
            message = "Training has ended, please start the program again: {why}"
            self.tell("error", Sentence(message, why=why))


class Closed(BaseException):
    """The window went while there was something to wait for; not an error to be explained."""
