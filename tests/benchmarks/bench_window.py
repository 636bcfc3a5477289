"""What the window costs: time between frames, training speed beside it, its answers, its memory.

    python tests/benchmarks/bench_window.py [--seconds 5] [--repeats 3] [--minutes 0]
        [--size 1440x900] [--scale 1] [--write]

Without a display (Qt's offscreen platform), while it trains the spiral of the examples. Training
with and without the window take turns; the medians of the repeats are printed. With --minutes it
goes on so long with random edits, and tells whether the memory it takes grows.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "--scale" in sys.argv:  # Qt reads it when it is loaded
    os.environ["QT_SCALE_FACTOR"] = sys.argv[sys.argv.index("--scale") + 1]

import numpy as np
import page
from PySide6.QtCore import QEvent, QEventLoop, QObject, QStandardPaths, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from playground import Experiment, Trainer
from playground.app.main import Application
from playground.app.pacing import PAUSE

EDITS = 200
ANSWERS = 20

# Prints the seconds from the start of the process, which is given, to the end of the first paint.
STARTING = """
import sys, time
from playground.cli import command, window
from playground.app import main
from PySide6.QtCore import QStandardPaths, QTimer
QStandardPaths.setTestModeEnabled(True)
application = main.Application()
paint = application.window.paintEvent
def painted(event):
    paint(event)
    QTimer.singleShot(0, done)
def done():
    print(time.time() - float(sys.argv[1]))
    application.window.close()
application.window.paintEvent = painted
application.show(None)
"""


def experiment() -> Experiment:
    """What is trained."""
    return Experiment.example("spiral")


class Frames(QObject):
    """Notes when a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.times: list[float] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.times.append(perf_counter())
        return False


def run_loop(until: Callable[[], bool]) -> None:
    """Let Qt work until something is so."""
    loop, timer = QEventLoop(), QTimer(interval=1)
    timer.timeout.connect(lambda: loop.quit() if until() else None)
    timer.start()
    loop.exec()


def run_for(seconds: float) -> None:
    """Let Qt work for a while, with nothing beside it that takes the interpreter."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def speed_without(seconds: float) -> float:
    """Steps a second of a trainer alone."""
    trainer = Trainer(experiment())
    trainer.advance(seconds=0.5)
    begin, done = perf_counter(), 0
    while perf_counter() - begin < seconds:
        done += trainer.advance(seconds=PAUSE)
    return done / (perf_counter() - begin)


def speed_with(application: Application, seconds: float) -> tuple[float, np.ndarray, float]:
    """Steps a second beside the window, the milliseconds between its frames, and those that the
    window's thread works for a frame.
    """
    session = application.session
    session.run()
    run_for(0.5)
    frames = Frames(application.window.boundary.plot)
    assert session.snapshot is not None
    begin, first, worked = perf_counter(), session.snapshot.step, thread_time()
    run_for(seconds)
    steps, elapsed = session.snapshot.step - first, perf_counter() - begin
    work = 1000 * (thread_time() - worked) / max(len(frames.times), 1)
    session.reset()
    run_loop(lambda: not session.awake)
    return steps / elapsed, 1000 * np.diff(frames.times), work


def latencies(application: Application) -> np.ndarray:
    """Milliseconds from an edit to the training step that uses it, while it trains."""
    session = application.session
    used: dict[float, float] = {}  # when each learning rate was trained with first
    advance = Trainer.advance

    def noted(trainer: Trainer, **limits: Any) -> int:
        used.setdefault(trainer.experiment.optimizer.learning_rate, perf_counter())
        return advance(trainer, **limits)

    Trainer.advance = noted
    session.run()
    found = []
    for count in range(EDITS):
        run_for(0.003 * (count % 7))  # not in step with the frames
        rate, begin = 0.002 + 1e-6 * count, perf_counter()
        session.edit("optimizer.learning_rate", rate)
        run_loop(lambda rate=rate: rate in used)
        found.append(1000 * (used[rate] - begin))
    Trainer.advance = advance
    session.reset()
    return np.array(found)


def answers(application: Application) -> np.ndarray:
    """Milliseconds from a key or a click to what it changes on the screen, while it trains."""
    window, session = application.window, application.session
    session.run()
    run_for(0.3)
    left, found = Qt.MouseButton.LeftButton, []
    acts: list[tuple[Callable[[], QWidget], Callable[[], object]]] = [
        (lambda: window.curves, lambda: QTest.keyClick(window, Qt.Key.Key_L)),
        (lambda: window.transport.run, lambda: QTest.keyClick(window, Qt.Key.Key_Space)),
        (lambda: window.data.features, lambda: QTest.keyClick(window, Qt.Key.Key_3)),
        (
            lambda: window.boundary.splits,
            lambda: QTest.mouseClick(window.boundary.splits.segment("validation"), left),
        ),
        (
            lambda: window.boundary.splits,
            lambda: QTest.mouseClick(window.boundary.splits.segment("train"), left),
        ),
    ]
    for _ in range(ANSWERS):
        for widget, act in acts:
            if not widget().isVisible():  # in a small window the data lie behind their rail
                continue
            watched = Frames(widget())
            begin = perf_counter()
            act()
            run_loop(lambda watched=watched, begin=begin: any(t > begin for t in watched.times))
            found.append(1000 * (next(t for t in watched.times if t > begin) - begin))
            watched.deleteLater()
    session.reset()
    run_loop(lambda: not session.awake)
    return np.array(found)


def added_layers(application: Application) -> np.ndarray:
    """Milliseconds from adding a layer while it trains to the first picture of the new network."""
    session, found = application.session, []
    session.run()
    for count in range(ANSWERS):
        run_for(0.2)
        begin = perf_counter()
        if count % 2:
            session.remove_layer(0)
        else:
            session.add_layer(0)
        run_loop(lambda: session.snapshot.serial >= session.serial)
        found.append(1000 * (perf_counter() - begin))
    session.reset()
    run_loop(lambda: not session.awake)
    return np.array(found)


def idle_share() -> float:
    """The share of a core that the process takes while nothing goes on."""
    run_for(0.5)
    begin, worked = perf_counter(), process_time()
    run_for(4.0)
    return (process_time() - worked) / (perf_counter() - begin)


def resident() -> float:
    """MiB of memory in use (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory(application: Application, minutes: float) -> list[float]:
    """MiB in use, once a tenth of the time, while it trains with an edit each half second."""
    session, rng, found = application.session, random.Random(1), []
    edits: list[Callable[[], object]] = [
        lambda: session.edit("optimizer.learning_rate", rng.choice((0.003, 0.01, 0.03))),
        lambda: session.edit("data.noise", rng.choice((0.05, 0.1, 0.2))),
        lambda: session.set_units(0, rng.randint(2, 8)),
        lambda: session.add_layer(0) if len(session.experiment.layers) < 6 else None,
        lambda: session.remove_layer(0) if len(session.experiment.layers) > 2 else None,
        lambda: session.edit("view.drawer", rng.choice(("gradients", "weights", "confusion"))),
        session.new_seed,
        session.undo,
    ]
    session.run()
    end = perf_counter() + 60 * minutes
    due = perf_counter() + 6 * minutes
    while perf_counter() < end:
        run_for(0.5)
        rng.choice(edits)()
        if not session.running:
            session.run()
        if perf_counter() >= due:
            due += 6 * minutes
            found.append(resident())
    session.reset()
    return found


def first_paint(cache: str | None = None) -> float:
    """Seconds from the command to the painted window."""
    environment = os.environ | ({"PLAYGROUND_CACHE": cache} if cache else {})
    command = [sys.executable, "-c", STARTING, str(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def percentiles(values: np.ndarray) -> str:
    return f"{np.median(values):.1f} / {np.percentile(values, 99):.1f}"


def measured(application: Application, arguments: argparse.Namespace) -> list[list[str]]:
    """The rows of the table: the figure, what was measured, what is asked at the design's size."""
    alone, beside, frames, work = [], [], [], []
    for _ in range(arguments.repeats):
        alone.append(speed_without(arguments.seconds))
        speed, between, worked = speed_with(application, arguments.seconds)
        beside.append(speed)
        frames.append(between)
        work.append(worked)
    edits, answered, added = (each(application) for each in (latencies, answers, added_layers))
    idle = idle_share()
    application.window.close()
    with_window, without = statistics.median(beside), statistics.median(alone)
    warm = statistics.median(first_paint() for _ in range(arguments.repeats))
    with tempfile.TemporaryDirectory() as empty:
        cold = first_paint(empty)
    p95 = np.percentile(answered, 95)
    return [
        ["between frames, p50 / p99, ms", percentiles(np.concatenate(frames)), "p99 20; 33 large"],
        ["window's thread for a frame, ms", f"{statistics.median(work):.1f}", "8"],
        ["training alone, steps/s", f"{without:,.0f}", ""],
        ["training in a window, steps/s", f"{with_window:,.0f}", ""],
        ["… of its speed alone", f"{with_window / without:.0%}", "90%"],
        ["edit to its step, p50 / p99, ms", percentiles(edits), ""],
        [
            "key or click to its change, p50 / p95, ms",
            f"{np.median(answered):.1f} / {p95:.1f}",
            "50",
        ],
        ["layer to its picture, p50 / p99, ms", percentiles(added), "100"],
        ["idle, of a core", f"{idle:.1%}", "1%"],
        ["start to first paint, s", f"{warm:.2f}", "1.2"],
        ["… without compiled kernels, s", f"{cold:.2f}", ""],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--write", action="store_true", help="keep the table in RESULTS.md")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    speed_without(0.1)
    QStandardPaths.setTestModeEnabled(True)  # nobody's own work is touched
    application = Application()
    application.window.resize(width, height)
    application.window.show()
    run_loop(lambda: application.session.snapshot is not None)
    application.session.begin(experiment())
    if arguments.minutes:
        used = memory(application, arguments.minutes)
        print("MiB in use  ", *(f"{each:.0f}" for each in used))
        print(f"growth after the first tenth: {used[-1] / used[0] - 1:+.1%}")
        application.window.close()
        return
    place = f"{arguments.size} at scale {arguments.scale}"
    table = page.table([place, "measured", "to reach"], measured(application, arguments))
    made = f"Medians of {arguments.repeats} times {arguments.seconds:g} s. "
    text = f"{table}\n\n{made}{page.conditions('PySide6-Essentials', 'pyqtgraph')}."
    print(text)
    if arguments.write:
        page.write(f"window {place}", text)


if __name__ == "__main__":
    main()
