"""Axes of a plot over epochs: which lines are drawn, and where on the widget a value lies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from playground.app.views.ticks import linear_lines, log_lines

SMALLEST, LARGEST = 1e-30, 1e30  # what has a place on an axis


@dataclass(frozen=True)
class Axes:
    """Epochs from the left to the right of `area`, losses from its lowest line to its highest."""

    area: QRectF
    epochs: tuple[float, float]
    lines: list[float]
    log: bool

    def x(self, epochs: np.ndarray) -> np.ndarray:
        """Where epochs lie."""
        first, last = self.epochs
        return self.area.left() + (np.asarray(epochs) - first) / (last - first) * self.area.width()

    def y(self, losses: np.ndarray) -> np.ndarray:
        """Where losses lie, NaN for those not finite; 0 is at the bottom of a logarithmic axis."""
        low, high = self._heights(np.array([self.lines[0], self.lines[-1]]))
        share = (self._heights(np.asarray(losses)) - low) / (high - low)
        return self.area.bottom() - share * self.area.height()

    def nearest(self, epochs: np.ndarray, x: float) -> int:
        """The index of the epoch nearest to a place."""
        return int(np.abs(self.x(epochs) - x).argmin())

    def _heights(self, losses: np.ndarray) -> np.ndarray:
        finite = np.where(np.isfinite(losses), losses, math.nan)
        within = np.clip(finite, self.lines[0], self.lines[-1])
        return np.log10(within) if self.log else within


def choose_lines(columns: Mapping[str, np.ndarray], log: bool) -> list[float]:
    """The lines for all finite losses of a history, rising."""
    losses = np.concatenate([columns["train_loss"], columns["validation_loss"]])
    losses = losses[np.isfinite(losses) & (losses > 0)].clip(SMALLEST, LARGEST)
    if not len(losses):
        losses = np.ones(1)
    return log_lines(losses.min(), losses.max()) if log else linear_lines(losses.max())
