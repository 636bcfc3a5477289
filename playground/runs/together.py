"""Many trainers in one call: one run per thread, each giving the same bits as alone.

The kernels hold no lock of Python's, so that runs on threads of one process share its cores fully.
"""

import math
import operator
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import islice
from time import perf_counter
from typing import TypedDict, TypeVar

from playground.engine.machine import cores
from playground.experiment import Experiment, Stop
from playground.trainer import Trainer

T = TypeVar("T")
Asked = Callable[[], bool]
LOOK = 0.1  # seconds between two questions whether to end early


class How(TypedDict, total=False):
    """The keywords of `train_together`, for functions that hand them on."""

    epochs: int | None
    steps: int | None
    seconds: float | None
    threads: int | None
    interrupted: Asked
    progress: Callable[[int], object]


@dataclass(frozen=True)
class Ending:
    """How a run ended: the steps it did and the seconds it took, and why it did no more.

    `stopped_by` is "epochs", "steps" or "seconds" (the limit given), "finished" (a stop rule of the
    experiment), "divergence" or "interruption".
    """

    steps: int = 0
    seconds: float = 0.0
    stopped_by: str = "interruption"


@dataclass(frozen=True)
class Limits:
    """How far each run goes from where it is; None is no limit."""

    epochs: int | None = None
    steps: int | None = None
    seconds: float | None = None

    def check(self, experiment: Experiment) -> None:
        """Raises ValueError for limits that are none, and for a run that would never end."""
        if any(each is not None and operator.index(each) < 0 for each in (self.epochs, self.steps)):
            raise ValueError("steps and epochs are whole numbers from 0 on")
        if self.seconds is not None and not 0 <= self.seconds < math.inf:
            raise ValueError("seconds are a number from 0 on")
        if self == Limits() and experiment.stop == Stop():
            message = "say how far: epochs, steps or seconds; the experiment has no stop rule"
            raise ValueError(message)


def never() -> bool:
    return False


def unseen(ended: int) -> None:
    """Progress that nobody watches."""


def train_together(
    trainers: Sequence[Trainer],
    *,
    epochs: int | None = None,
    steps: int | None = None,
    seconds: float | None = None,
    threads: int | None = None,
    interrupted: Asked = never,
    progress: Callable[[int], object] = unseen,
) -> list[Ending]:
    """Train each of `trainers` on, until one of the limits or a stop rule of its own is met.

    The limits hold for each run by itself, from where it is: `seconds` are those of its own
    training. On how many threads makes no difference to any number but the seconds; without
    `threads` it is one for each core. About every tenth of a second the calling thread asks
    `interrupted`, whether all runs are to end now, and tells `progress` how many have ended.

    Gives how each run ended, in the order of `trainers`. Raises ValueError where a run would never
    end, for a trainer that is listed twice, and for limits or threads that are none.
    """
    if len({id(trainer) for trainer in trainers}) < len(trainers):
        raise ValueError("a trainer is listed twice; it can only be in one run at a time")
    limits = Limits(epochs, steps, seconds)
    for trainer in trainers:
        limits.check(trainer.experiment)
    jobs = (partial(train, trainer, limits) for trainer in trainers)
    endings = in_threads(jobs, threads, interrupted, progress)
    return endings + [Ending() for _ in trainers[len(endings) :]]


def train(trainer: Trainer, limits: Limits, interrupted: Asked) -> Ending:
    """Train until a limit is met; `interrupted` is asked between two short stretches."""
    begun = perf_counter()
    first_step, first_epoch = trainer.step, trainer.epoch
    allowed = math.inf if limits.seconds is None else limits.seconds
    reason = ""
    while not reason:
        elapsed = perf_counter() - begun
        trainer.advance(
            epochs=_left(limits.epochs, trainer.epoch - first_epoch),
            steps=_left(limits.steps, trainer.step - first_step),
            seconds=min(LOOK, max(0.0, allowed - elapsed)),
        )
        reasons = {
            "divergence": trainer.status == "diverged",
            "finished": trainer.status == "finished",
            "epochs": _left(limits.epochs, trainer.epoch - first_epoch) == 0,
            "steps": _left(limits.steps, trainer.step - first_step) == 0,
            "seconds": perf_counter() - begun >= allowed,
            "interruption": interrupted(),
        }
        reason = next((name for name, holds in reasons.items() if holds), "")
    return Ending(trainer.step - first_step, perf_counter() - begun, reason)


def _left(limit: int | None, done: int) -> int | None:
    return None if limit is None else limit - done


def in_threads(
    jobs: Iterable[Callable[[Asked], T]],
    threads: int | None,
    interrupted: Asked = never,
    progress: Callable[[int], object] = unseen,
) -> list[T]:
    """Do the jobs, at most `threads` (without a number: the cores) at a time; the results in order.

    A job is taken from `jobs` when a thread is free for it, and is given a function that says
    whether it is to end early. After an interruption no further one is taken: the results are then
    those of the jobs that had begun. What a job raises is raised here, once the others have ended.
    """
    if threads is not None and threads < 1:
        raise ValueError(f"{threads} threads cannot train; take 1 or more")
    threads = threads or cores()
    waiting = enumerate(jobs)
    running: dict[Future[T], int] = {}
    results: dict[int, T] = {}
    end = threading.Event()
    with ThreadPoolExecutor(threads, "run") as pool:
        try:
            while True:
                if not end.is_set():
                    for index, job in islice(waiting, threads - len(running)):
                        running[pool.submit(job, end.is_set)] = index
                if not running:
                    return [results[index] for index in sorted(results)]
                ended, _ = wait(running, LOOK, FIRST_COMPLETED)
                for future in ended:
                    results[running.pop(future)] = future.result()
                progress(len(results))
                if interrupted():
                    end.set()
        finally:
            end.set()  # so that what is raised here, or in a run, does not wait for hours
