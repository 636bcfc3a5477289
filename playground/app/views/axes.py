"""Axes of a plot: which horizontal lines are drawn, and where on the widget a value lies."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QRectF

from playground.app.views.ticks import linear_lines, log_lines

SMALLEST, LARGEST = 1e-30, 1e30  # what has a place on an axis


@dataclass(frozen=True)
class Axes:
    """`span` from the left to the right of `area`, values from its lowest line to its highest.

    The height of a value is its logarithm where the axis is logarithmic, else the value itself.
    """

    area: QRectF
    span: tuple[float, float]
    lines: list[float]
    log: bool

    @cached_property
    def heights(self) -> tuple[float, float]:
        """The heights of the lowest and of the highest line."""
        low, high = self.height(np.array([self.lines[0], self.lines[-1]])).tolist()
        return low, high

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Pixels per unit of x, and per unit of height."""
        (first, last), (low, high) = self.span, self.heights
        return self.area.width() / (last - first), self.area.height() / (high - low)

    def x(self, x: np.ndarray) -> np.ndarray:
        """Where an x lies."""
        return self.area.left() + (np.asarray(x) - self.span[0]) * self.scale[0]

    def y(self, values: np.ndarray) -> np.ndarray:
        """Where values lie, NaN for those not finite; 0 is at the bottom of a logarithmic axis."""
        return self.area.bottom() - (self.height(values) - self.heights[0]) * self.scale[1]

    def height(self, values: np.ndarray) -> np.ndarray:
        """The heights of values; of those beyond the lines, the nearest line's."""
        finite = np.where(np.isfinite(values), values, math.nan)
        within = np.clip(finite, self.lines[0], self.lines[-1])
        return np.log10(within) if self.log else within

    def nearest(self, x: np.ndarray, place: float) -> int:
        """The index of the x nearest to a place on the widget."""
        return int(np.abs(self.x(x) - place).argmin())


def choose_lines(columns: Iterable[np.ndarray], log: bool) -> list[float]:
    """The lines for all finite values, rising; a logarithmic axis shows those above 0 alone.

    A linear axis begins at 0, unless the values are below it or far from it.
    """
    values = np.concatenate([np.empty(0), *columns])
    values = values[np.isfinite(values)].clip(-LARGEST, LARGEST)
    if log:
        values = values[values > 0].clip(SMALLEST)
    low, high = (values.min(), values.max()) if len(values) else (1.0, 1.0)
    if log:
        return log_lines(low, high)
    if 0 <= low <= high / 2:
        low = 0.0
    return linear_lines(low, max(high, SMALLEST))
