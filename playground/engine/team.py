"""Threads that work on one thing together, and the barrier at which their kernels meet.

Kernels hold no lock of Python's, so plain Python threads run them side by side, and no threading
layer is needed. Each is told its rank and how many there are; where one needs what another has
computed, they meet at a barrier, spinning for the microsecond that this takes.
"""

import functools
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from time import perf_counter
from typing import Any

import numpy as np

from playground.engine.machine_code import library

NUMBER, CLAIMED, DONE, MEETING = 8, 16, 24, 32  # places in a meeting, on lines of their own
_MEASURED = 1000
_REPEATS = 7


class Team:
    """Some threads that run a kernel together: the caller's, and others of its own.

    They end with the team.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._meeting = np.zeros(MEETING, np.int64)
        self._orders: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(threads - 1)]
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        for orders in self._orders:
            threading.Thread(target=_obey, args=(orders,), daemon=True).start()
        weakref.finalize(self, _dismiss, self._orders)

    def run(self, function: Callable[[np.ndarray, int, int], Any], ranks: int) -> Any:
        """function(meeting, rank, ranks) for each rank at the same time; what rank 0 returns."""
        others = self._orders[: ranks - 1]
        for rank, orders in enumerate(others, start=1):
            orders.put((function, (self._meeting, rank, ranks), self._done))
        result = function(self._meeting, 0, ranks)
        failures = [self._done.get() for _ in others]
        for failure in failures:
            if failure is not None:
                raise failure
        return result

    def share(self, function: Callable[[np.ndarray, int], Any], ranks: int) -> None:
        """function(meeting, rank) here as rank 0, and on other threads as soon as these are awake.

        It claims pieces of work, and as rank 0 waits until all are done. No one waits for a thread
        that comes late: it finds nothing left, but may look for it after this has returned.
        """
        meeting = np.zeros(MEETING, np.int64)
        for rank, orders in enumerate(self._orders[: ranks - 1], start=1):
            orders.put((function, (meeting, rank), SimpleQueue()))
        function(meeting, 0)

    @functools.cached_property
    def meeting_seconds(self) -> float:
        """How long it takes this team to meet, measured once."""
        if self.threads == 1:
            return 0.0
        often = library("training-float32")["meet_often"]
        return self._timed(lambda meeting, _, ranks: often(meeting, ranks, _MEASURED)) / _MEASURED

    @functools.cached_property
    def call_seconds(self) -> float:
        """How long it takes to call this team together, measured once."""
        return self._timed(lambda *_: None)

    def _timed(self, function: Callable[[np.ndarray, int, int], Any]) -> float:
        times = []
        for _ in range(_REPEATS):
            begin = perf_counter()
            self.run(function, self.threads)
            times.append(perf_counter() - begin)
        return min(times)


def _obey(orders: "SimpleQueue[Any]") -> None:
    while (order := orders.get()) is not None:
        function, arguments, done = order
        try:
            function(*arguments)
        except BaseException as error:
            done.put(error)
        else:
            done.put(None)
        del order, function, arguments, done


def _dismiss(orders: "list[SimpleQueue[Any]]") -> None:
    for each in orders:
        each.put(None)
