"""The session: what is being edited and what the worker last showed, for every panel and view.

An edit makes another `Experiment`, which is checked and sent to the worker. One timer pulls the
newest picture from the worker, and only while something is going on: an idle window costs nothing.
"""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.app import worker
from playground.app.paths import look_up
from playground.app.worker import Command, Worker
from playground.engine.layers import Dense, Layer
from playground.experiment import SUFFIX, Experiment
from playground.fields import ExperimentError, setting_of
from playground.snapshot import Snapshot

FRAME_MS = 16
SEEDS = 10_000  # random seeds stay short enough to be read out


class Session(QObject):
    """The one thing panels and views talk to; lives on the GUI thread."""

    experiment_changed = Signal()
    snapshot_changed = Signal(object)
    selection_changed = Signal()
    state_changed = Signal()
    refused = Signal(str, str)
    notice = Signal(str, str)

    def __init__(self, experiment: Experiment, debug: bool = False) -> None:
        super().__init__()
        self._worker = Worker(experiment, debug)
        self._experiment = experiment
        self._kept = experiment
        self._snapshot: Snapshot | None = None
        self._selected_layer = 0 if experiment.layers else None
        self._test_revealed = False
        self._serial = 0
        self._wish: bool | None = None  # run or pause, until that is answered
        self._wish_serial = 0
        self._announced = self.state, self.running
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._pull)

    # What there is to see

    @property
    def experiment(self) -> Experiment:
        """What the user means, valid at any time."""
        return self._experiment

    @property
    def modified(self) -> bool:
        """Whether the experiment differs from the one opened or saved last."""
        return self._experiment != self._kept

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest picture; None until the worker made its first."""
        return self._snapshot

    @property
    def selected_layer(self) -> int | None:
        """Index into `experiment.layers`, or None."""
        return self._selected_layer

    @property
    def test_revealed(self) -> bool:
        """Whether this run's test score was asked for."""
        return self._test_revealed

    @property
    def running(self) -> bool:
        """Whether it trains, or will as soon as it can."""
        if self._wish is not None:
            return self._wish
        return self._snapshot is not None and self._snapshot.status == "running"

    @property
    def state(self) -> str:
        """ "compiling", "ready", "running", "paused", "diverged" or "finished"."""
        if self._worker.compiling:
            return "compiling"
        if self.running:
            return "running"
        if self._snapshot is None:
            return "ready"
        if self._snapshot.status in ("diverged", "finished"):
            return self._snapshot.status
        return "paused" if self._snapshot.step else "ready"

    @property
    def awake(self) -> bool:
        """Whether pictures are being looked for: it trains, or something asked for is not done."""
        return self._timer.isActive()

    # Life

    def start(self) -> None:
        """Start the worker; commands given before are kept for it."""
        self._worker.start()
        self._timer.start()

    def stop(self) -> None:
        """End the worker; waits a moment for it at most."""
        self._timer.stop()
        self._worker.stop()

    # Edits

    def edit(self, path: str, value: Any) -> bool:
        """Change one value of the experiment; False, and `refused`, when it does not fit."""
        try:
            changed = self._experiment.with_(path, value)
        except ExperimentError as error:
            self.refused.emit(path, error.problems[0].message)
            return False
        return self._replace(changed, path)

    def replace(self, experiment: Experiment) -> bool:
        """Go on with another experiment; False, and `refused`, when it does not fit."""
        return self._replace(experiment, "")

    def _replace(self, changed: Experiment, path: str) -> bool:
        if problems := changed.problems():
            first = problems[0]
            if first.path.startswith(path.removesuffix(".type")):
                self.refused.emit(first.path, first.message)
            else:
                rules, _ = look_up(changed, first.path)
                self.refused.emit(path, f"{first.message} ({rules.label.lower()})")
            return False
        if changed != self._experiment:
            if changed.data != self._experiment.data or changed.seed != self._experiment.seed:
                self._hide_test()
            self._give(worker.Apply(changed))
            self._adopt(changed)
        return True

    def _adopt(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.experiment_changed.emit()
        last = len(experiment.layers) - 1
        if self._selected_layer is not None and self._selected_layer > last:
            self.select_layer(last if last >= 0 else None)

    def select_layer(self, index: int | None) -> None:
        """Choose the layer that the layer card shows."""
        if index != self._selected_layer:
            self._selected_layer = index
            self.selection_changed.emit()

    def add_layer(self, index: int, layer: Layer | None = None) -> None:
        """Put a layer before layer `index`, and select it; without one, a dense one as its
        neighbour is.
        """
        layers = self._experiment.layers
        if layer is None:
            nearest = [*reversed(layers[:index]), *layers[index:]]
            like = next((each for each in nearest if isinstance(each, Dense)), Dense())
            layer = replace(like, frozen=False)
        if self.edit("layers", (*layers[:index], layer, *layers[index:])):
            self.select_layer(index)

    def remove_layer(self, index: int) -> None:
        """Take a layer out."""
        layers = self._experiment.layers
        self.edit("layers", layers[:index] + layers[index + 1 :])

    def set_units(self, index: int, units: int) -> None:
        """Give a layer another number of units; beyond the limits, the nearest possible."""
        limits = setting_of(Dense, "units")
        nearest = min(max(units, int(limits.minimum or 0)), int(limits.maximum or units))
        self.edit(f"layers.{index}.units", nearest)

    def new_seed(self) -> None:
        """Draw another seed, which starts the run afresh."""
        self.edit("seed", secrets.randbelow(SEEDS))

    # Training

    def run(self) -> None:
        """Train until paused."""
        self._ask(True, worker.Run())

    def pause(self) -> None:
        """Stop after the step in progress."""
        self._ask(False, worker.Pause())

    def toggle(self) -> None:
        """Run, or pause."""
        if self.running:
            self.pause()
        else:
            self.run()

    def set_pace(self, epochs_per_second: float | None) -> None:
        """Train at most so many epochs a second, to watch it; as fast as it goes with None."""
        self._give(worker.Pace(epochs_per_second))

    def step(self) -> None:
        """Train one step; nothing while it runs."""
        if not self.running:
            self._give(worker.Step())

    def step_epoch(self) -> None:
        """Train to the end of an epoch; nothing while it runs."""
        if not self.running:
            self._give(worker.Epoch())

    def reset(self) -> None:
        """Back to step 0, from the seed."""
        self._hide_test()
        self._ask(False, worker.Reset())

    def reveal_test(self) -> None:
        """Show the test score from now on, until the run starts afresh."""
        if not self._test_revealed:
            self._test_revealed = True
            self._give(worker.RevealTest(True))

    def _hide_test(self) -> None:
        if self._test_revealed:
            self._test_revealed = False
            self._give(worker.RevealTest(False))

    def _ask(self, running: bool, command: Command) -> None:
        self._wish = running
        self._wish_serial = self._give(command)
        self._announce_state()

    # Files

    def open(self, path: str | Path) -> None:
        """Open an experiment file, or a model file with its experiment and its weights."""
        # Not needed for the first picture, hence imported here.
        from playground.export import ModelError, holds_model, load_model

        path = Path(path)
        try:
            if holds_model(path):
                model = load_model(path)
                self._begin(model.experiment, worker.Load(model))
            else:
                self.begin(Experiment.load(path))
        except ModelError as error:
            self.notice.emit("error", str(error))
        except ExperimentError as error:
            more = len(error.problems) - 1
            reason = f"{error.problems[0]}{f' (and {more} more)' if more else ''}"
            self.notice.emit("error", f'"{path.name}" cannot be opened: {reason}')
        except OSError as error:
            reason = error.strerror or str(error)
            self.notice.emit("error", f'"{path.name}" cannot be opened: {reason}')

    def open_example(self, name: str) -> None:
        """Begin with an experiment that ships with the program."""
        self.begin(Experiment.example(name))

    def begin(self, experiment: Experiment) -> None:
        """A whole other experiment, at step 0 and paused."""
        self._begin(experiment, worker.Begin(experiment))

    def _begin(self, experiment: Experiment, command: Command) -> None:
        self._hide_test()
        self._ask(False, command)
        self._kept = experiment
        self._adopt(experiment)
        self.select_layer(0 if experiment.layers else None)

    def save_experiment(self, path: str | Path) -> None:
        """Write the experiment as a file."""
        from playground.export import ExportError, atomic

        path = Path(path)
        if not path.name.endswith(".json"):
            path = path.with_name(path.name + SUFFIX)
        content = self._experiment.to_json().encode()
        try:
            atomic.write(path, content, Experiment.load)
        except ExportError as error:
            self.notice.emit("error", str(error))
            return
        self._kept = self._experiment
        self.notice.emit("info", f"{path.name} saved")
        self.experiment_changed.emit()

    def save_model(self, path: str | Path) -> None:
        """Write the trained model in the format of the path's ending; a notice says how it went."""
        self._give(worker.Save(Path(path)))

    # The worker

    def _give(self, command: Command) -> int:
        self._serial = self._worker.give(command)
        if self._worker.started:
            self._timer.start()
        return self._serial

    def _pull(self) -> None:
        answered = self._worker.answered  # read before the box, which is filled first
        idle = answered >= self._serial and not self._worker.compiling
        for kind, sentence in self._worker.notices():
            self.notice.emit(kind, sentence)
        snapshot = self._worker.take()
        if snapshot is not None:
            self._snapshot = snapshot
        if answered >= self._wish_serial:
            self._wish = None
        self._announce_state()
        if snapshot is not None:
            self.snapshot_changed.emit(snapshot)
        elif idle and not self.running:
            self._timer.stop()

    def _announce_state(self) -> None:
        announced = self.state, self.running
        if announced != self._announced:
            self._announced = announced
            self.state_changed.emit()
