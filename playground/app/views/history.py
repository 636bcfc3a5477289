"""The slider of history: every picture as it was at an earlier epoch."""

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.app.controls.slider import HIT, KNOB, Track
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.axes import Axes
from playground.app.words import tr
from playground.snapshot import Snapshot

HEIGHT = 22


class HistorySlider(QWidget):
    """Stands under the curves, each epoch below its place on their axis."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._span = (0.0, 1.0)
        self._area = (0.0, 0.0)  # left and right of the axis
        self._epochs = np.empty(0, np.int64)
        self._shown = 0
        self.track = Track(theme, tr("History"), self)
        self.track.setToolTip(tr("Go back to an earlier epoch"))
        self.track.dragged.connect(self._go_to_place)
        self.track.stepped.connect(self._step)
        self.setFixedHeight(HEIGHT)

    def show_snapshot(self, snapshot: Snapshot, axes: Axes | None) -> None:
        """Show which epoch is seen, of those that one can go back to."""
        self._epochs = np.union1d(snapshot.kept_epochs, [snapshot.newest_epoch])
        self._shown = snapshot.epoch
        self.track.setEnabled(axes is not None and len(self._epochs) > 1)
        if axes is not None:
            self._span, self._area = axes.span, (axes.area.left(), axes.area.right())
        self._arrange()
        self.track.show_place(float(self._place(snapshot.epoch)))
        epoch = tr("epoch {epoch:,} of {last:,}", epoch=self._shown, last=snapshot.newest_epoch)
        self.track.setAccessibleDescription(epoch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        left, right = self._area if self._area[1] else (0.0, float(self.width()))
        self.track.setGeometry(round(left), (HEIGHT - HIT) // 2, round(right - left), HIT)

    def _place(self, epochs: ArrayLike) -> np.ndarray:
        """Where the knob is for epochs: below them, but for the ends, which it does not cross."""
        (first, last), width = self._span, self._area[1] - self._area[0]
        x = (np.asarray(epochs) - first) / (last - first) * width
        return np.clip((x - KNOB / 2) / max(width - KNOB, 1.0), 0.0, 1.0)

    def _go_to_place(self, place: float) -> None:
        ends = {0.0: 0, 1.0: len(self._epochs) - 1}
        nearest = int(np.abs(self._place(self._epochs) - place).argmin())
        self._go_to(ends.get(place, nearest))

    def _step(self, count: int) -> None:
        self._go_to(int(np.searchsorted(self._epochs, self._shown)) + count)

    def _go_to(self, index: int) -> None:
        if not len(self._epochs):
            return
        index = min(max(index, 0), len(self._epochs) - 1)
        epoch, newest = int(self._epochs[index]), index == len(self._epochs) - 1
        if epoch != self._shown:
            self._shown = epoch
            self._session.go_to(None if newest else epoch)
