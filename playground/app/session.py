"""The session: what is being edited and what the worker last showed, for every panel and view.

An edit makes another `Experiment`, which is checked and sent to the worker. One timer pulls the
newest picture from the worker, and only while something is going on: an idle window costs nothing.
"""

import secrets
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.app import messages
from playground.app.edits import STROKE, Edit, Edits
from playground.app.explorer import Explorer
from playground.app.messages import Kept, Message
from playground.app.paths import difference, in_words, look_up
from playground.app.words import tr
from playground.app.worker import Worker
from playground.engine.layers import Dense, Layer
from playground.engine.program import module_names
from playground.experiment import Experiment, Split
from playground.fields import ExperimentError, setting_of
from playground.snapshot import Snapshot, Wanted

if TYPE_CHECKING:  # imported where a file is read, because it loads the kernels
    from playground.export.model import Model

FRAME_MS = 15  # less than between two frames of a display, so that one with curves is in time too
LATE_MS = 3  # to the next look for a picture that was not there yet
SLIDES = (int, float, Split)  # what sliders set: many edits in a row that are one
SEEDS = 10_000  # random seeds stay short enough to be read out


class Session(QObject):
    """The one thing panels and views talk to; lives on the GUI thread."""

    experiment_changed = Signal()
    snapshot_changed = Signal(object)
    selection_changed = Signal()
    state_changed = Signal()
    refused = Signal(str, str)
    notice = Signal(str, str)
    stopping = Signal()  # the last that the worker is asked for is asked for now

    def __init__(self, experiment: Experiment, debug: bool = False) -> None:
        super().__init__()
        self._worker = Worker(experiment, debug)
        self._experiment = experiment
        self._kept: Experiment | None = experiment
        self._snapshot: Snapshot | None = None
        self._selected_layer = 0 if experiment.layers else None
        self._test_revealed = False
        self._edits = Edits()
        self._wanted = Wanted()
        self._serial = 0
        self._wish: bool | None = None  # run or pause, until that is answered
        self._wish_serial = 0
        self.explorer = Explorer(self._worker, self)
        self.explorer.failed.connect(self._say_failed)
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
        """Whether the experiment differs from the one opened or saved last, but for its view."""
        kept = self._kept
        return kept is None or replace(self._experiment, view=kept.view) != kept

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
        """Start the worker, once; messages given before are kept for it."""
        if not self._worker.started:
            self._worker.start()
            self._timer.start()

    def stop(self) -> None:
        """End the worker; waits a moment for it at most."""
        self.stopping.emit()
        self._timer.stop()
        self.explorer.stop()
        self._worker.stop()

    # Edits

    def edit(self, path: str, value: Any, what: str = "") -> bool:
        """Change one value of the experiment; False, and `refused`, when it does not fit.

        `what` says in a few words what was changed, where the value does not say it best.
        """
        try:
            changed = self._experiment.with_(path, value)
        except ExperimentError as error:
            self.refused.emit(path, tr(error.problems[0].message))
            return False
        return self._replace(changed, path, what)

    def replace(self, experiment: Experiment, what: str = "", stroke: int | None = None) -> bool:
        """Go on with another experiment; False, and `refused`, when it does not fit.

        `what` says in a few words what was changed; without, it is the first value that differs.
        Edits right after each other with the number of the same `stroke` are undone as one.
        """
        return self._replace(experiment, "" if stroke is None else f"{STROKE}{stroke}", what)

    def _replace(self, changed: Experiment, path: str, what: str) -> bool:
        if problems := changed.problems():
            first = problems[0]
            if path.startswith(STROKE) or first.path.startswith(path.removesuffix(".type")):
                self.refused.emit(first.path, tr(first.message))
            else:
                rules, _ = look_up(changed, first.path)
                message = f"{tr(first.message)} ({tr(rules.label).lower()})"
                self.refused.emit(path, message)
            return False
        before = self._experiment
        if changed == before:
            return True
        if changed == replace(before, view=changed.view):  # what is shown is not undone
            self._give(messages.Apply(changed))
        else:
            what = what or in_words(changed, difference(before, changed))
            stroke = path.startswith(STROKE)
            slid = path if stroke or isinstance(look_up(changed, path)[1], SLIDES) else ""
            done = messages.Apply(changed, what, self._edits.goes_on(slid))
            undone = messages.Apply(before)
            self._edits.push(Edit(what, slid, before, changed, undone, done))
            self._give(done)
        self._adopt(changed)
        return True

    def put(self, name: str, index: tuple[int, ...], value: float, what: str = "") -> None:
        """Type over one weight or bias: put("0.weight", (2, 0), 0.5); `what` says it in words."""
        if self._snapshot is None or name not in self._snapshot.parameters:
            return
        old = float(self._snapshot.parameters[name][index])
        place = f"{name}{list(index)}"
        what = what or f"{place} = {value:g}"
        undo, redo = messages.Put(name, index, old), messages.Put(name, index, value)
        self._edits.push(Edit(what, place, self._experiment, self._experiment, undo, redo))
        self._give(redo)
        self.experiment_changed.emit()

    @property
    def to_undo(self) -> str | None:
        """What `undo` would take back, in a few words; None when there is nothing."""
        edit = self._edits.to_undo
        return edit.what if edit else None

    @property
    def to_redo(self) -> str | None:
        """What `redo` would do again, in a few words; None when there is nothing."""
        edit = self._edits.to_redo
        return edit.what if edit else None

    def undo(self) -> None:
        """Take the last edit back, if there is one."""
        if self._edits.to_undo:
            edit = self._edits.undo()
            self._go_back(edit.undo, edit.before)

    def redo(self) -> None:
        """Do the edit again that was taken back last, if there is one."""
        if self._edits.to_redo:
            edit = self._edits.redo()
            self._go_back(edit.redo, edit.after)

    def _go_back(self, message: Message, experiment: Experiment) -> None:
        """The experiment of an earlier edit, shown as it is shown now."""
        experiment = replace(experiment, view=self._experiment.view)
        match message:
            case messages.Apply() | messages.Begin():
                message = replace(message, experiment=experiment)
        self._give(message)
        self._adopt(experiment)

    def _adopt(self, experiment: Experiment) -> None:
        before, self._experiment = self._experiment, experiment
        if experiment.data != before.data or experiment.seed != before.seed:
            self._hide_test()
        self.experiment_changed.emit()
        last = len(experiment.layers) - 1
        if self._selected_layer is not None and self._selected_layer > last:
            self.select_layer(last if last >= 0 else None)

    @property
    def serial(self) -> int:
        """The serial number of the newest message given to the worker; see `Snapshot.serial`."""
        return self._serial

    @property
    def wanted(self) -> Wanted:
        """What pictures hold beside what they always hold."""
        return self._wanted

    def want(self, **wishes: Any) -> None:
        """Have pictures hold more, or no longer: want(diagnosis=True); see `Wanted`."""
        wanted = replace(self._wanted, **wishes)
        if wanted != self._wanted:
            self._wanted = wanted
            self._give(messages.Look(wanted))

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
        layers = (*layers[:index], layer, *layers[index:])
        if self.edit("layers", layers, tr("Layer added")):
            self.select_layer(index)

    def remove_layer(self, index: int) -> None:
        """Take a layer out."""
        layers = self._experiment.layers
        self.edit("layers", layers[:index] + layers[index + 1 :], tr("Layer removed"))

    def move_layer(self, index: int, to: int) -> None:
        """Put a layer at another place among the others, and select it there."""
        others = [*self._experiment.layers]
        others.insert(to, others.pop(index))
        if self.edit("layers", tuple(others), tr("Layer moved")):
            self.select_layer(to)

    def change_layer(self, index: int, layer: Layer) -> None:
        """Put a layer in the place of another one."""
        layers = self._experiment.layers
        layers = (*layers[:index], layer, *layers[index + 1 :])
        self.edit("layers", layers, tr("Layer changed"))

    def duplicate_layer(self, index: int) -> None:
        """Add a layer like this one after it, with weights of its own."""
        layer = self._experiment.layers[index]
        trained = {"frozen": False} if getattr(layer, "frozen", False) else {}
        self.add_layer(index + 1, replace(layer, **trained))

    def redraw_layer(self, index: int) -> None:
        """Draw the first weights of one layer anew, from another seed."""
        if self._snapshot is None or self._snapshot.experiment.layers != self._experiment.layers:
            return
        layers = self._experiment.layers
        module = module_names(layers)[index]
        parameters = self._snapshot.parameters
        held = {name: each for name, each in parameters.items() if name.split(".")[0] == module}
        redo = messages.Redraw(index, secrets.randbelow(SEEDS))
        what = tr("New weights, {layer}", layer=layers[index].label.lower())
        undo = messages.PutBack(held)
        self._edits.push(Edit(what, "", self._experiment, self._experiment, undo, redo))
        self._give(redo)
        self.experiment_changed.emit()

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
        self._say_ended()
        self._ask(True, messages.Train())

    def pause(self) -> None:
        """Stop after the step in progress."""
        self._ask(False, messages.Pause())

    def toggle(self) -> None:
        """Run, or pause."""
        if self.running:
            self.pause()
        else:
            self.run()

    def set_pace(self, epochs_per_second: float | None) -> None:
        """Train at most so many epochs a second, to watch it; as fast as it goes with None."""
        self._give(messages.Pace(epochs_per_second))

    def step(self) -> None:
        """Train one step; nothing while it runs."""
        if not self.running:
            self._say_ended()
            self._give(messages.Step())

    def step_epoch(self) -> None:
        """Train to the end of an epoch; nothing while it runs."""
        if not self.running:
            self._say_ended()
            self._give(messages.Epoch())

    def _say_ended(self) -> None:
        """Say why it does not train on, where it does not."""
        shown = self._snapshot
        if shown is not None and shown.stopped_by and not self.awake:
            why = tr(shown.message)
            empty = shown.stopped_by == "no samples"
            if shown.status == "finished" and shown.step and not empty:
                why = tr("{why} To go on, change when it stops; R starts again.", why=why)
            self.notice.emit("warn" if shown.status == "diverged" else "info", why)

    def reset(self) -> None:
        """Back to step 0, from the seed."""
        self._hide_test()
        self._ask(False, messages.Reset())

    def go_to(self, epoch: int | None) -> None:
        """Show an earlier epoch, paused, to train on from there; with None, the newest again."""
        self._ask(False, messages.GoTo(epoch))

    @property
    def best_differs(self) -> bool:
        """Whether `restore_best` would change something."""
        return self._snapshot is not None and self._snapshot.best_differs

    def restore_best(self) -> None:
        """Take the weights of the best epoch."""
        self._ask(False, messages.RestoreBest())

    def return_to(self, number: int) -> None:
        """Go back to a run that was left, with its settings."""
        runs = self._snapshot.runs if self._snapshot else ()
        for run in runs:
            if run.number == number:
                experiment = replace(run.experiment, view=self._experiment.view)
                self._ask(False, messages.Return(number))
                self._remember(tr("Run {number}", number=number), experiment)

    def forget_run(self, number: int) -> None:
        """Drop a run that was left."""
        self._give(messages.Forget(number))

    def reveal_test(self) -> None:
        """Show the test score from now on, until the run starts afresh."""
        if not self._test_revealed:
            self._test_revealed = True
            self._give(messages.RevealTest(True))

    def _hide_test(self) -> None:
        if self._test_revealed:
            self._test_revealed = False
            self._give(messages.RevealTest(False))

    def _ask(self, running: bool, message: Message) -> None:
        self._wish = running
        self._wish_serial = self._give(message)
        self._announce_state()

    # Other experiments, and what is to last

    def open_example(self, name: str) -> None:
        """Begin with an experiment that ships with the program."""
        self.begin(replace(Experiment.example(name), view=self._experiment.view))

    def begin(self, experiment: Experiment) -> None:
        """A whole other experiment, at step 0 and paused."""
        self._begin(experiment, messages.Begin(experiment))

    def load(self, model: "Model") -> None:
        """A model's experiment, paused, with its weights."""
        self._begin(model.experiment, messages.Load(model))
        for notice in model.notices:
            self.notice.emit("info", tr(notice))

    def recover(self, trainings: tuple[Kept, ...]) -> None:
        """Go on with what was left and is in no file of the user's: runs, and last the training
        that goes on.
        """
        self._begin(trainings[-1].experiment, messages.Recover(trainings), in_file=False)

    def keep(self, queue: SimpleQueue[tuple[Kept, ...] | None]) -> None:
        """Have what `recover` needs put into a queue, soon."""
        self._give(messages.Keep(queue))

    def _begin(self, experiment: Experiment, message: Message, in_file: bool = True) -> None:
        self._hide_test()
        self._ask(False, message)
        self._kept = experiment if in_file else None
        self._remember(tr("Opening {name}", name=experiment.name), experiment)
        self.select_layer(0 if experiment.layers else None)

    def _remember(self, what: str, experiment: Experiment) -> None:
        """Adopt a whole other experiment, in such a way that the one before can be had back."""
        before = self._experiment
        undo, redo = messages.Begin(before), messages.Begin(experiment)
        self._edits.push(Edit(what, "", before, experiment, undo, redo))
        self._adopt(experiment)

    def mark_saved(self) -> None:
        """The experiment is in a file as it is now."""
        self._kept = self._experiment
        self.experiment_changed.emit()

    def save_model(self, path: str | Path) -> None:
        """Write the trained model in the format of the path's ending; a notice says how it went."""
        self._give(messages.Save(Path(path)))

    # The worker

    def _give(self, message: Message) -> int:
        self._serial = self._worker.give(message)
        if self._worker.alive:
            self._timer.start()
        return self._serial

    def _pull(self) -> None:
        answered = self._worker.answered  # read before the box, which is filled first
        idle = answered >= self._serial and not self._worker.compiling
        for kind, sentence in self._worker.notices():
            self.notice.emit(kind, tr(sentence))
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
        pause = LATE_MS if snapshot is None and self.running else FRAME_MS
        if pause != self._timer.interval():
            self._timer.setInterval(pause)

    def _say_failed(self, sentence: str) -> None:
        self.notice.emit("error", sentence)

    def _announce_state(self) -> None:
        announced = self.state, self.running
        if announced != self._announced:
            self._announced = announced
            self.state_changed.emit()
