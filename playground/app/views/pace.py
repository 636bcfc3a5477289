"""Pace: what is dear to draw is drawn ten times a second while it trains, and not all at once."""

import math
from time import monotonic

from playground.snapshot import Snapshot

PERIOD = 0.1  # seconds


class Pace:
    """Tells a view when to draw; views of different phases do not draw in the same frame.

    phase: when in each period, 0 to 1.
    """

    def __init__(self, phase: float) -> None:
        self._phase = phase
        self._beat = 0
        self._status = ""  # when it was drawn last

    def is_due(self, snapshot: Snapshot) -> bool:
        """Whether to draw this snapshot: any but those of a training that runs on, and of these the
        first of each period.
        """
        beat = math.floor(monotonic() / PERIOD + self._phase)
        if snapshot.status == self._status == "running" and beat == self._beat:
            return False
        self._beat, self._status = beat, snapshot.status
        return True

    def hurry(self) -> None:
        """Draw the next snapshot, whenever it comes."""
        self._status = ""
