"""Pictures go to a view only while it is seen: a hidden page costs training nothing."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.snapshot import Snapshot


class Live(QObject):
    """Hands a session's pictures to a view while that is visible; the newest when it appears."""

    def __init__(self, session: Session, view: QWidget, show: Callable[[Snapshot], object]) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._show = show
        view.installEventFilter(self)
        session.snapshot_changed.connect(self._hand)
        self._hand_newest()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._hand_newest()
        return False

    def _hand_newest(self) -> None:
        if self._session.snapshot is not None:
            self._show(self._session.snapshot)

    def _hand(self, snapshot: Snapshot) -> None:
        if self._view.isVisible():
            self._show(snapshot)
