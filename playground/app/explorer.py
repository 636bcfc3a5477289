"""The explorer: has the loss around the weights computed in the background, one plane at a time."""

from PySide6.QtCore import QObject, QTimer, Signal

from playground.app.messages import Explore
from playground.app.worker import Worker
from playground.snapshot import Landscape

LOOK_MS = 50  # between two looks at how far it is


class Explorer(QObject):
    """Keeps the newest landscape; looks at the worker only while another is computed."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._serial = 0  # of what asked for the landscape that is being computed
        self._progress: float | None = None
        self._landscape: Landscape | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def landscape(self) -> Landscape | None:
        """The newest one, of the weights as they were when it was asked for."""
        return self._landscape

    @property
    def progress(self) -> float | None:
        """The share that is done, 0 to 1; None when nothing is being computed."""
        return self._progress

    def explore(self, directions: str, weights: tuple[int, ...]) -> None:
        """Compute the loss around the present weights, unless that is going on; see `Explore`."""
        if self._progress is None:
            self._progress = 0.0
            self._serial = self._worker.give(Explore(directions, weights))
            self._timer.start()
            self.changed.emit()

    def cancel(self) -> None:
        """Let the landscape be that is being computed."""
        if self._worker.exploration is not None:
            self._worker.exploration.cancel()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _look(self) -> None:
        exploration = self._worker.exploration
        if self._worker.answered < self._serial:
            return
        if exploration is not None and exploration.busy:
            self._progress = exploration.progress
        else:
            self._timer.stop()
            self._progress = None
            if exploration is not None:
                self._landscape = exploration.landscape or self._landscape
        self.changed.emit()
        if self._progress is None and exploration is not None and exploration.error:
            self.failed.emit(exploration.error)
