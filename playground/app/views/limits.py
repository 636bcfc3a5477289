"""Which part of the plane is looked at."""

import numpy as np
from PySide6.QtCore import QPointF

from playground.snapshot import Limits

NEAREST, FARTHEST = 0.01, 4.0  # shares of the whole plane that can be seen


def moved_by(limits: Limits, by: QPointF) -> Limits:
    """Limits that follow the pointer; `by` is a share of the plot's side."""
    (left, right), (low, high) = limits
    across, up = by.x() * (right - left), by.y() * (high - low)
    return (left - across, right - across), (low + up, high + up)


def zoomed(limits: Limits, whole: Limits, factor: float, place: QPointF) -> Limits | None:
    """Limits around a place that stays where it is; None where all of the plane is seen."""
    (left, right), (low, high) = limits
    share = (right - left) / (whole[0][1] - whole[0][0])
    factor = min(max(factor * share, NEAREST), FARTHEST) / share
    u, v = left + place.x() * (right - left), high - place.y() * (high - low)
    seen = (
        (u + (left - u) * factor, u + (right - u) * factor),
        (v + (low - v) * factor, v + (high - v) * factor),
    )
    return None if np.allclose(seen, whole, rtol=1e-6, atol=0) else seen
