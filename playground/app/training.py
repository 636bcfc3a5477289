"""What happens in the worker's thread: messages change it, and while it runs it trains and shows.

The kernels are loaded here alone, by the thread: the window is painted before.
"""

import contextlib
import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from playground.app.exploration import Exploration
from playground.app.messages import (
    Apply,
    Begin,
    Epoch,
    Explore,
    Forget,
    GoTo,
    Keep,
    Kept,
    Load,
    Look,
    Message,
    Pace,
    Pause,
    Put,
    PutBack,
    Recover,
    Redraw,
    Reset,
    RestoreBest,
    Return,
    RevealTest,
    Save,
    Step,
    Train,
)
from playground.app.pacing import PAUSE, Pacer, Speed
from playground.changes import change
from playground.engine.settings import MOST_THREADS
from playground.experiment import Experiment
from playground.sentence import Sentence
from playground.snapshot import Event, Run, Wanted

if TYPE_CHECKING:  # what loads the kernels is imported by the thread
    from playground.app.worker import Worker
    from playground.camera import Camera
    from playground.export.model import Model
    from playground.trainer import Trainer

PACED_WAIT = 0.004  # seconds between two looks at the inbox while no step is due
SHOWN_SHARE = 0.2  # of the thread's time: pictures that take long come less often
MOST_EVENTS = 200
MOST_RUNS = 20
MOST_KEPT = 2**24  # bytes of runs that a crash leaves


class Training:
    """The trainer, the runs that were left, and how the pictures are taken."""

    def __init__(self, worker: "Worker", experiment: Experiment) -> None:
        self._worker = worker
        self._experiment = experiment
        self._trainer: Trainer | None = None
        self._camera: Camera | None = None
        self._serial = 0
        self._running = False
        self._threads = 1
        self._until_epoch: int | None = None
        self._reveal_test = False
        self._wanted = Wanted()
        self._events: tuple[Event, ...] = ()
        self._left: dict[int, tuple[Run, Trainer]] = {}
        self._runs = 0  # how many were begun and left
        self._newest: tuple[Experiment, str] | None = None  # of the newest step, see _trained_with
        self._rested_at = 0.0  # when another picture may be made
        self._speed = Speed()
        self._pacer = Pacer(None)

    def work(self) -> None:
        """Obey, train and show, until told to stop."""
        self._show()
        while not self._worker.closing.is_set():
            messages = self._messages()
            for serial, message in messages:
                with self._explained():
                    self._obey(message)
                self._serial = serial
            if self._running:
                with self._explained():
                    self._train()
            if not self._running or self._until_picture() == 0:
                self._show()
        self._keep_last()

    def _keep_last(self) -> None:
        """What is to be there at the next start is still given."""
        with contextlib.suppress(Empty):
            while True:
                _, message = self._worker.inbox.get_nowait()
                if isinstance(message, Keep):
                    self._obey(message)

    def _messages(self) -> list[tuple[int, Message]]:
        """What is in the inbox; waits for something when there is nothing else to do."""
        inbox = self._worker.inbox
        found = [] if self._running else [inbox.get()]
        with contextlib.suppress(Empty):
            while True:
                found.append(inbox.get_nowait())
        kept: list[tuple[int, Message]] = []
        for serial, message in found:
            # Of settings that follow each other (a slider is moved) only the last one counts.
            before = kept[-1][1] if kept else None
            if isinstance(message, Apply) and isinstance(before, Apply):
                kept.pop()
                if not message.what:
                    message = replace(message, what=before.what, more=before.more)
            kept.append((serial, message))
        return kept

    def _obey(self, message: Message) -> None:
        match message:
            case Train():
                self._run(until_epoch=None)
            case Pause():
                self._running = False
            case Step():
                self._needed().advance(steps=1)
                self._note_trained()
            case Epoch():
                self._run(until_epoch=self._needed().epoch + 1)
            case Pace(epochs_per_second):
                self._pacer = Pacer(epochs_per_second)
            case Put(name, index, value):
                self._needed().set_parameter(name, index, value)
            case Redraw(layer, seed):
                self._needed().redraw(layer, seed)
            case PutBack(tensors):
                self._needed().load_parameters(tensors)
            case GoTo(epoch):
                self._running = False
                self._needed().go_to(epoch)
            case RestoreBest():
                self._running = False
                self._needed().restore_best()
            case Explore():
                self._worker.exploration = None
                self._worker.exploration = Exploration(self._needed(), message)
            case Look(wanted):
                self._look(wanted)
            case RevealTest(shown):
                self._reveal_test = shown
            case Save(path):
                self._save(path)
            case Keep(queue):
                queue.put(self._kept())
            case _:
                self._change_run(message)

    def _change_run(self, message: Message) -> None:
        match message:
            case Apply(experiment, what, more):
                self._apply(experiment)
                self._note(what, more)
            case Begin(experiment):
                self._begin(experiment)
            case Load(model):
                self._load(model)
            case Recover(trainings):
                for kept in trainings:
                    with self._explained():  # the others are worth having all the same
                        self._recover(kept)
                self._reveal_test = False
            case Reset():
                self._start_over()
            case Return(number):
                self._return(number)
            case Forget(number):
                self._left.pop(number, None)

    def _apply(self, experiment: Experiment) -> "Trainer":
        trainer = self._trainer
        if trainer is None or trainer.experiment.precision != experiment.precision:
            self._worker.prepare(experiment.precision)
        from playground.engine.machine import cores
        from playground.trainer import Trainer

        if trainer is None:
            self._threads = max(1, min(cores() - 1, MOST_THREADS))  # the window needs a core too
            self._trainer = trainer = Trainer(experiment, threads=self._threads)
            return trainer
        before = copy.copy(trainer)
        trainer.apply(experiment)
        if trainer.step < before.step:  # it starts over
            self._leave(before)
        return trainer

    def _begin(self, experiment: Experiment) -> "Trainer":
        self._start_over()  # before other settings are applied: what is left has its own
        trainer = self._apply(experiment)
        trainer.reset()
        return trainer

    def _start_over(self) -> None:
        self._running = False
        if self._trainer is not None:
            self._leave(copy.copy(self._trainer))
            self._trainer.reset()

    def _load(self, model: "Model") -> None:
        trainer = self._begin(model.experiment)
        trainer.load_parameters(model.parameters)
        if not model.description.normalization.fitted().agrees_with(trainer.prepared.normalization):
            self._worker.tell(
                "error",
                Sentence("The data here are not those of the model: their normalisation differs."),
            )

    def _look(self, wanted: Wanted) -> None:
        if wanted.diagnosis != self._wanted.diagnosis:
            self._needed().measure_steps(wanted.diagnosis)
        self._wanted = wanted

    # Runs

    def _leave(self, trainer: "Trainer") -> None:
        """Keep a run that something else takes the place of; its trainer is a copy to go back to.

        What a trainer begins anew (its network, its samples) it makes anew, so that a shallow copy
        keeps what was.
        """
        if trainer.step == 0:
            return
        self._runs += 1
        splits = ("train", "validation", "test") if self._reveal_test else ("train", "validation")
        experiment, stopped_by = self._trained_with(trainer)
        run = Run(
            number=self._runs,
            experiment=experiment,
            step=trainer.step,
            epoch=trainer.epoch,
            stopped_by=stopped_by,
            test_revealed=self._reveal_test,
            events=self._events,
            history=trainer.history,
            metrics=trainer.metrics(splits),
        )
        self._events = ()
        self._left[run.number] = run, trainer
        while len(self._left) > MOST_RUNS:
            del self._left[min(self._left)]

    def _note_trained(self) -> None:
        trainer = self._needed()
        self._newest = trainer.experiment, trainer.stopped_by

    def _trained_with(self, trainer: "Trainer") -> tuple[Experiment, str]:
        """The experiment of the newest step, and what ended the training then.

        Settings that were changed afterwards are those of the next run. Where the network, the data
        or the loss are others, so are the scores: then as it is now.
        """
        if self._newest and change(self._newest[0], trainer.experiment).of_training_alone:
            return self._newest
        return trainer.experiment, trainer.stopped_by

    def _kept(self) -> tuple[Kept, ...]:
        """What is to survive a crash: the newest runs, if not too large, and the training."""
        trainer = self._needed()
        kept = [Kept(trainer.experiment, trainer.moment, self._events, self._reveal_test)]
        size = 0
        for run, left in reversed(self._left.values()):
            moment = left.moment
            size += sum(array.nbytes for array in moment.values())
            if size > MOST_KEPT:
                break
            kept.append(Kept(run.experiment, moment, run.events, run.test_revealed))
        return tuple(reversed(kept))

    def _recover(self, kept: Kept) -> None:
        trainer = self._begin(kept.experiment)
        if kept.moment:
            trainer.resume(kept.moment)
            self._note_trained()
        self._events, self._reveal_test = kept.events, kept.test_revealed

    def _return(self, number: int) -> None:
        if number not in self._left:
            raise ValueError(Sentence("run {number} is no longer kept", number=number))
        self._running = False
        run, trainer = self._left.pop(number)
        present = self._needed()
        self._leave(present)
        self._events = run.events
        self._trainer = trainer
        trainer.measure_steps(self._wanted.diagnosis)
        trainer.apply(replace(run.experiment, view=present.experiment.view))
        self._newest = trainer.experiment, run.stopped_by

    def _note(self, what: str, more: bool) -> None:
        """Mark on the time axis what was changed while it trained."""
        trainer = self._needed()
        if not what or trainer.step == 0:
            return
        kept = self._events[:-1] if more else self._events
        event = Event(trainer.step / trainer.steps_per_epoch, what)
        self._events = (*kept, event)[-MOST_EVENTS:]

    def _needed(self) -> "Trainer":
        return self._trainer or self._apply(self._experiment)

    def _run(self, until_epoch: int | None) -> None:
        if not self._running:
            self._rested_at = perf_counter() + PAUSE
            self._speed = Speed()
            self._pacer = Pacer(self._pacer.epochs_per_second)
        self._running = True
        self._until_epoch = until_epoch

    def _train(self) -> None:
        trainer = self._needed()
        epochs = None if self._until_epoch is None else self._until_epoch - trainer.epoch
        seconds = max(self._until_picture(), 0.0)
        due = self._pacer.steps_due(trainer.steps_per_epoch)
        if due == 0:
            self._worker.closing.wait(PACED_WAIT)
        steps = trainer.advance(steps=due, epochs=epochs, seconds=seconds)
        samples = len(trainer.prepared.splits["train"])
        self._speed.add(steps * samples / trainer.steps_per_epoch)
        if steps:
            self._note_trained()
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
            self._worker.tell("error", error.sentence)
        else:
            sentence = Sentence("{name} {saved}", name=path.name, saved=str(saved))
            self._worker.tell("info", sentence)

    def _show(self) -> None:
        begin, used = perf_counter(), thread_time()
        with self._explained():
            trainer = self._needed()
            from playground.camera import Camera, Circumstances
            from playground.engine.machine_code import library

            for drawing in ("edges", "boundaries"):  # loaded here, and the views draw with them
                library(drawing)

            self._camera = self._camera or Camera()
            circumstances = Circumstances(
                serial=self._serial,
                status="running" if self._running else trainer.status,
                threads=self._threads,
                samples_per_second=self._speed.value() if self._running else 0.0,
                events=self._events,
                runs=tuple(run for run, _ in self._left.values()),
            )
            snapshot = self._camera.take(trainer, circumstances, self._wanted, self._reveal_test)
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
            why = str(error) or type(error).__name__
            sentence = Sentence("Training was paused by an error: {why}", why=why)
            self._worker.tell("error", sentence)
