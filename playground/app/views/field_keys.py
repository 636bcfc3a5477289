"""What keys do on the plot of the output: zoom, move it, and go from sample to sample."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from playground.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.app.views.field_plot import FieldPlot

ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
NOTCHES = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
WHOLE = (Qt.Key.Key_Home, Qt.Key.Key_0)
PAN = 0.1  # of the side
CENTRE = QPointF(0.5, 0.5)


def press(plot: "FieldPlot", snapshot: Snapshot, event: QKeyEvent) -> bool:
    """Do what a key asks for; False where it asks for nothing."""
    key = Qt.Key(event.key())
    if key in NOTCHES:
        plot.zoom(NOTCHES[key], _selected_place(plot, snapshot) or CENTRE)
    elif key in WHOLE:
        plot.look_at(None)
    elif key in ARROWS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        plot.pan(ARROWS[key] * -PAN)
    elif key in ARROWS:
        sample = _next_sample(plot, snapshot, ARROWS[key])
        if sample is not None:
            plot.sample_asked.emit(sample)
    elif key == Qt.Key.Key_Escape and snapshot.sample is not None:
        plot.sample_asked.emit(None)
    else:
        return False
    return True


def _selected_place(plot: "FieldPlot", snapshot: Snapshot) -> QPointF | None:
    """Where the selected sample is, in shares of the side; None without one in sight."""
    if snapshot.sample is None:
        return None
    at = plot.places(np.array([snapshot.sample]))[0] / plot.width()
    return QPointF(*at) if (np.abs(at - 0.5) <= 0.5).all() else None


def _next_sample(plot: "FieldPlot", snapshot: Snapshot, way: QPointF) -> int | None:
    """The nearest sample in sight that lies more that way than across it.

    Without a selected one in sight, the nearest to the centre.
    """
    samples = plot.shown_samples()
    places = plot.places(samples) / plot.width()
    seen = (np.abs(places - 0.5) <= 0.5).all(axis=1) & (samples != snapshot.sample)
    selected = _selected_place(plot, snapshot)
    offsets = places - (selected or CENTRE).toTuple()
    if selected is not None:
        ahead, across = offsets @ way.toTuple(), offsets @ way.transposed().toTuple()
        seen &= (ahead > 0) & (np.abs(across) <= ahead)
    samples, offsets = samples[seen], offsets[seen]
    return int(samples[np.hypot(*offsets.T).argmin()]) if len(samples) else None
