"""How fast it trains: as it was asked for, and as it is measured."""

from collections import deque
from time import perf_counter

# Seconds from when the window takes a picture to the making of the next picture. The window looks
# every 15 ms and then draws; a picture that is made meanwhile waits for the interpreter.
PAUSE = 0.0105
SPEED_SPAN = 1.0  # seconds over which the speed is measured


class Pacer:
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


class Speed:
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
