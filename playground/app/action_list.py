"""The list of what the user can do in the window, and where the menu has it."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from playground.app.actions import Action

if TYPE_CHECKING:
    from playground.app.window import MainWindow

FEATURE_KEYS = 7
MENU = (
    ("undo", "redo"),
    ("open", "save", "export", "picture", "curves"),
    ("theme", "drawer"),
    ("quit",),
)


def all_actions(window: "MainWindow") -> Iterator[Action]:
    """Everything the user can do by a key or by name, in the order of the lists that show it."""
    session = window.session
    yield Action("run", "Run or pause", "Training", session.toggle, ("Space",))
    yield Action("step", "Train one step", "Training", session.step, ("S",), repeats=True)
    yield Action("epoch", "Train one epoch", "Training", session.step_epoch, ("E",))
    yield Action("reset", "Reset to step 0", "Training", session.reset, ("R",))
    yield Action("seed", "New random seed", "Training", session.new_seed, ("Shift+R",))
    yield Action("best", "Restore the best weights", "Training", session.restore_best)
    yield Action("undo", "Undo", "Edit", session.undo, ("Ctrl+Z",))
    yield Action("redo", "Redo", "Edit", session.redo, ("Ctrl+Shift+Z", "Ctrl+Y"))
    for place in range(FEATURE_KEYS):
        toggle, key = partial(window.toggle_feature, place), str(place + 1)
        yield Action(f"feature{key}", f"Input feature {key}", "Edit", toggle, (key,))
    yield Action("open", "Open…", "File", window.ask_open, ("Ctrl+O",))
    yield Action("save", "Save experiment…", "File", window.ask_save, ("Ctrl+S",))
    yield Action("export", "Export model…", "File", window.ask_export, ("Ctrl+E",))
    yield Action("picture", "Save a picture…", "File", window.ask_picture, ("Ctrl+Shift+P",))
    yield Action("curves", "Save curves…", "File", window.ask_curves)
    yield Action("quit", "Quit", "File", window.close, ("Ctrl+Q",))
    yield Action("log", "Linear or logarithmic loss", "View", window.toggle_log, ("L",))
    yield Action("drawer", "Open or close the drawer", "View", window.toggle_drawer, ("Ctrl+J",))
    yield Action("theme", "Light or dark", "View", window.toggle_theme, ("T",))
