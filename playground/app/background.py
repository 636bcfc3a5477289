"""Work that takes long, done on a thread while the window stays live."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_MS = 20


class Background(QObject):
    """Does one thing at a time; of several that were begun, only the newest one counts.

    The GUI thread looks whether it is done; nothing of Qt is touched on the other.
    """

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._future: Future[Any] | None = None
        self._then: Callable[[Any], object] | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._future is not None

    def begin(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Do `work` on the thread, and then, on this one, `then` with what it gave."""
        if self._future is not None:
            self._future.cancel()
        self._future, self._then = self._pool.submit(work), then
        self._timer.start()
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Forget what is being done; the thread ends when it is through."""
        self._timer.stop()
        self._future = self._then = None
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        if self._future is None or not self._future.done():
            return
        future, then = self._future, self._then
        self._timer.stop()
        self._future = self._then = None
        self.busy_changed.emit(False)
        if then is not None:
            then(future.result())
