"""First minutes with the real window on a real screen: `python tests/app/on_screen.py`.

Keys and clicks come from the X server, as a keyboard and a mouse send them. What they should have
changed is waited for; what does not come ends the process with an error. `test_screen` runs it on
a virtual screen.
"""

import subprocess
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from playground.app.main import Application
from playground.app.theme import DARK, LIGHT

PATIENCE_MS = 20_000
COMPILING_MS = 300_000  # the very first start on a machine
DOUBLE = ("--repeat", "2", "--delay", "60")


def send(*words: object) -> None:
    """Have the X server send keys or what a mouse does."""
    subprocess.run(["xdotool", *map(str, words)], check=True)


def seen(what: str, so: Callable[[], object], patience: int = PATIENCE_MS) -> None:
    """Wait until something is so."""
    end = monotonic() + patience / 1000
    while not so():
        if monotonic() > end:
            raise SystemExit(f"not seen: {what}")
        QTest.qWait(10)
    print(f"seen: {what}", flush=True)


def move_to(widget: QWidget, place: QPointF | None = None) -> None:
    point = widget.mapToGlobal(place.toPoint() if place else widget.rect().center())
    send("mousemove", point.x(), point.y())


def click(widget: QWidget, *options: str) -> None:
    move_to(widget)
    send("click", *options, 1)


def first_minutes(application: Application) -> None:
    window, session = application.window, application.session
    window.resize(1440, 900)
    window.show()
    window.move(QPoint(0, 0))
    seen("the first picture", lambda: session.snapshot is not None, COMPILING_MS)
    window.activateWindow()
    seen("the keyboard's focus", window.isActiveWindow)

    send("key", "space")
    seen("training", lambda: session.running and session.snapshot.epoch > 0)
    click(window.transport.run)
    seen("a pause", lambda: not session.awake)
    step = session.snapshot.step
    click(window.transport.step)
    seen("one step", lambda: session.snapshot.step == step + 1)

    first = application._theme.tokens
    send("key", "t")
    seen("the other theme", lambda: application._theme.tokens is (LIGHT, DARK)[first is LIGHT])
    send("key", "F5")
    seen("the presentation", lambda: window.presentation is not None)
    send("key", "Escape")
    seen("the window again", lambda: window.presentation is None)

    send("key", "ctrl+k")
    QTest.qWait(200)
    send("type", "Two moons")
    send("key", "Return")
    seen("other data", lambda: session.experiment.data.source == "moons")

    rate = window.settings.training.learning_rate
    before = rate.value
    click(rate.edit, *DOUBLE)
    send("type", "0.1")
    send("key", "Return")
    seen("a typed learning rate", lambda: session.experiment.optimizer.learning_rate == 0.1)
    send("key", "ctrl+z")
    seen("undo", lambda: session.experiment.optimizer.learning_rate == before)

    move_to(window.boundary.plot)
    send("click", 4)
    seen("a zoom by the wheel", lambda: session.snapshot.limits != session.snapshot.plane.limits)
    diagram = window.network.diagram
    column = diagram.places.columns[1]
    move_to(diagram, QPointF(column.left + column.side / 2, column.tops[0] + column.side / 2))
    seen("a neuron under the pointer", lambda: session.snapshot.unit == (1, 0))

    send("key", "ctrl+k")
    QTest.qWait(200)
    send("type", "learning rate")
    send("key", "Return")
    QTest.qWait(200)
    send("type", "0.02")
    send("key", "Return")
    seen("a setting that was looked for", lambda: rate.value == 0.02)
    move_to(window.settings.training.loss)
    send("click", 3)
    seen("what hides a control", lambda: QApplication.activePopupWidget() is not None)
    send("key", "Escape")
    seen("nothing before the window", lambda: QApplication.activePopupWidget() is None)

    send("key", "d")
    seen("a sheet to draw on", lambda: window.drawing.on)
    plot = window.boundary.plot
    for share, button in ((0.3, 1), (0.7, 3)):
        move_to(plot, QPointF(share * plot.width(), share * plot.height() / 2))
        send("click", button)
    seen("a point of each class", lambda: window.drawing.points.targets == (0, 1))
    seen("the points in a picture", lambda: len(session.snapshot.data.dataset.x) == 2)
    send("key", "ctrl+z")
    seen("one point less", lambda: window.drawing.points.targets == (0,))

    send("key", "ctrl+q")
    seen("the end", lambda: not window.isVisible())


if __name__ == "__main__":
    application = Application(debug=True)
    first_minutes(application)
    application.autosave.close()
