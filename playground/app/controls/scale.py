"""Scales: where on a slider a value lies, and which value lies at a place."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Protocol

ZERO_SHARE = 0.06  # of a logarithmic scale with 0: from its left end to the smallest value above 0


class Scale(Protocol):
    """A place is 0 at the left end and 1 at the right one."""

    def place(self, value: float) -> float:
        """Where a value lies; what is out of range lies at an end."""
        ...

    def value(self, place: float) -> float:
        """The value to offer at a place."""
        ...

    def moved(self, value: float, count: int) -> float:
        """The value `count` steps up (or down, if negative)."""
        ...


@dataclass(frozen=True)
class Linear:
    """Equal steps from low to high."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        return _clipped((value - self.low) / (self.high - self.low))

    def value(self, place: float) -> float:
        steps = round(place * (self.high - self.low) / self.step)
        return self._tidy(self.low + steps * self.step)

    def moved(self, value: float, count: int) -> float:
        return self._tidy(value + count * self.step)

    def _tidy(self, value: float) -> float:
        return min(max(round(value, 9), self.low), self.high)


@dataclass(frozen=True)
class Log:
    """Equal ratios from low to high, to `digits` significant digits; perhaps 0 at the left end."""

    low: float
    high: float
    digits: int = 2
    zero: bool = False

    def place(self, value: float) -> float:
        start = ZERO_SHARE if self.zero else 0.0
        if value < self.low:
            return 0.0 if value <= 0 else start
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return start + (1 - start) * _clipped(share)

    def value(self, place: float) -> float:
        start = ZERO_SHARE if self.zero else 0.0
        if self.zero and place < start / 2:
            return 0.0
        share = _clipped((place - start) / (1 - start))
        return self._tidy(self.low * (self.high / self.low) ** share)

    def moved(self, value: float, count: int) -> float:
        for _ in range(abs(count)):
            value = self._next(value) if count > 0 else self._previous(value)
        return value

    def _next(self, value: float) -> float:
        if value < self.low:
            return self.low
        return self._tidy(value + self._unit(value))

    def _previous(self, value: float) -> float:
        if value <= self.low:
            return 0.0 if self.zero else self.low
        # Below a power of ten the steps are a tenth as large.
        return self._tidy(value - self._unit(value * (1 - 1e-9)))

    def _unit(self, value: float) -> float:
        return 10.0 ** (math.floor(math.log10(value) + 1e-12) - self.digits + 1)

    def _tidy(self, value: float) -> float:
        rounded = float(f"{value:.{self.digits}g}")
        return min(max(rounded, self.low), self.high)


@dataclass(frozen=True)
class Stops:
    """A few good values at equal distances; others lie between them."""

    stops: tuple[float, ...]

    def place(self, value: float) -> float:
        above = bisect_left(self.stops, value)
        if above == 0:
            return 0.0
        if above == len(self.stops):
            return 1.0
        low, high = self.stops[above - 1], self.stops[above]
        if low > 0:
            share = math.log(value / low) / math.log(high / low)
        else:
            share = (value - low) / (high - low)
        return (above - 1 + share) / (len(self.stops) - 1)

    def value(self, place: float) -> float:
        return self.stops[round(_clipped(place) * (len(self.stops) - 1))]

    def moved(self, value: float, count: int) -> float:
        index = bisect_left(self.stops, value)
        between = index == len(self.stops) or self.stops[index] != value
        index += count - 1 if between and count > 0 else count
        return self.stops[min(max(index, 0), len(self.stops) - 1)]


def _clipped(share: float) -> float:
    return min(max(share, 0.0), 1.0)
