"""What the window costs: time between frames, training speed beside it, its start, its answers.

    python tests/benchmarks/bench_window.py [--seconds 5] [--repeats 3]

Without a display (Qt's offscreen platform, 1440 x 900), while it trains 2-8-8-8-1, ReLU, batch 32,
Adam. Training with and without the window take turns; the medians of the repeats are printed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from playground import Experiment, Trainer
from playground.app.main import Application
from playground.app.training import PAUSE
from playground.engine.layers import Dense

EDITS = 200

# Prints the seconds from the start of the process, which is given, to the end of the first paint.
STARTING = """
import sys, time
from playground.cli import command, window
from playground.app import main
from PySide6.QtCore import QTimer
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
    """The network that is trained."""
    spiral = Experiment.example("spiral").with_("batch_size", 32)
    return spiral.with_("layers", (Dense(8, "relu"),) * 3)


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


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = perf_counter() + seconds
    return lambda: perf_counter() >= end


def speed_without(seconds: float) -> float:
    """Steps a second of a trainer alone."""
    trainer = Trainer(experiment())
    trainer.advance(seconds=0.5)
    begin, done = perf_counter(), 0
    while perf_counter() - begin < seconds:
        done += trainer.advance(seconds=PAUSE)
    return done / (perf_counter() - begin)


def speed_with(application: Application, seconds: float) -> tuple[float, np.ndarray]:
    """Steps a second beside the window, and the milliseconds between its frames."""
    session = application.session
    session.run()
    run_loop(for_seconds(0.5))
    frames = Frames(application.window.boundary.plot)
    assert session.snapshot is not None
    begin, first = perf_counter(), session.snapshot.step
    run_loop(for_seconds(seconds))
    steps, elapsed = session.snapshot.step - first, perf_counter() - begin
    session.reset()
    run_loop(lambda: not session.awake)
    return steps / elapsed, 1000 * np.diff(frames.times)


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
        run_loop(for_seconds(0.003 * (count % 7)))  # not in step with the frames
        rate, begin = 0.002 + 1e-6 * count, perf_counter()
        session.edit("optimizer.learning_rate", rate)
        run_loop(lambda rate=rate: rate in used)
        found.append(1000 * (used[rate] - begin))
    Trainer.advance = advance
    session.reset()
    return np.array(found)


def first_paint(cache: str | None = None) -> float:
    """Seconds from the command to the painted window."""
    environment = os.environ | ({"PLAYGROUND_CACHE": cache} if cache else {})
    command = [sys.executable, "-c", STARTING, str(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def spread(values: np.ndarray) -> str:
    return f"p50 {np.median(values):6.1f}   p99 {np.percentile(values, 99):6.1f}   ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    speed_without(0.1)
    application = Application()
    application.window.resize(1440, 900)
    application.window.show()
    run_loop(lambda: application.session.snapshot is not None)
    application.session.begin(experiment())
    alone, beside, frames = [], [], []
    for _ in range(arguments.repeats):
        alone.append(speed_without(arguments.seconds))
        speed, between = speed_with(application, arguments.seconds)
        beside.append(speed)
        frames.append(between)
    edits = latencies(application)
    application.window.close()
    with_window, without = statistics.median(beside), statistics.median(alone)
    warm = statistics.median(first_paint() for _ in range(arguments.repeats))
    with tempfile.TemporaryDirectory() as empty:
        cold = first_paint(empty)
    print(f"between frames        {spread(np.concatenate(frames))}")
    print(f"training alone        {without:10,.0f} steps/s")
    print(f"training in a window  {with_window:10,.0f} steps/s   {with_window / without:.0%}")
    print(f"edit to its step      {spread(edits)}")
    print(f"start to first paint  {warm:6.2f} s   without compiled kernels {cold:.2f} s")


if __name__ == "__main__":
    main()
