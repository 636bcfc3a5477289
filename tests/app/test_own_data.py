"""Data of a user's own, of any number of inputs, are shown by every part of the window."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.app.window import MainWindow
from playground.data.points import Points
from playground.data.preview import preview
from playground.experiment import Experiment

SHOWN_MS = 20_000


def table(folder: Path) -> Experiment:
    path = folder / "table.csv"
    rows = (f"{k % 7};{k % 5},5;{k};{'abc'[k % 3]}" for k in range(60))
    path.write_text("\n".join(["width;height;mass (kg);kind", *rows]), "utf-8")
    return Experiment().with_source(str(path), table=preview(path).suggested)


def with_points(points: Points) -> Experiment:
    return Experiment().with_source("points", points=points)


OWN = {
    "no points": lambda folder: with_points(Points()),
    "one point": lambda folder: with_points(Points(3).added([(1, 2)], 2)),
    "one value": lambda folder: with_points(Points(0).added([(1, 2)], 0)),
    "a condition": lambda folder: Experiment().with_source("formula", formula="x1*x2 > 3"),
    "a curve": lambda folder: Experiment().with_source("formula", formula="sin(x1)"),
    "three inputs": lambda folder: Experiment().with_source("formula", formula="x1*x2 - x3"),
    "typed features": lambda folder: Experiment().with_("data.features", ("x1^3", "sin(3*x1)")),
    "a table": table,
    "a wave": lambda folder: Experiment.example("sine"),
    "sixty-four inputs": lambda folder: Experiment.example("digits"),
}


@pytest.mark.parametrize("name", OWN)
def test_the_window_shows_them_and_trains(
    name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    experiment = OWN[name](tmp_path)
    session = window.session
    session.begin(experiment)

    def shown() -> bool:
        return session.snapshot is not None and session.snapshot.experiment == experiment

    qtbot.waitUntil(shown, timeout=SHOWN_MS)
    if name != "no points":
        session.step()
        qtbot.waitUntil(lambda: session.snapshot.step == 1, timeout=SHOWN_MS)
    assert not window.grab().isNull()
