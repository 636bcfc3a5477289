"""Trains and draws without a window on the screen."""

from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from playground.app.render import MOST_SIDE, PARTS, save
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr
from playground.experiment import Experiment
from playground.snapshot import Snapshot


def render(
    experiment: Experiment, path: Path, part: str, size: tuple[int, int] | None, scale: float
) -> str:
    """Train until the experiment's stop rule, and write the picture; what failed, in a sentence."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme()
    theme.apply(app)
    shape = QSize(*size) if size else PARTS[part][1]
    if max(shape.width(), shape.height()) * scale > MOST_SIDE or min(shape.toTuple()) < 1:
        return tr("a picture has 1 to {most:,} pixels a side", most=MOST_SIDE)
    session, loop, failures = Session(experiment), QEventLoop(), list[str]()

    def hear(kind: str, sentence: str) -> None:
        if kind == "error":
            failures.append(sentence)
            loop.quit()

    def look(snapshot: Snapshot) -> None:
        if snapshot.status == "ready" and snapshot.step == 0:
            session.run()
        elif snapshot.status in ("finished", "diverged"):
            session.snapshot_changed.disconnect(look)
            save(session, theme, part, path, shape, scale, loop.quit)

    session.notice.connect(hear)
    session.snapshot_changed.connect(look)
    session.start()
    loop.exec()
    session.stop()
    return failures[0] if failures else ""
