"""The list of what the user can do in the window, and where the menu has it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from playground.app.actions import Action
from playground.app.words import tr
from playground.sentence import Sentence

if TYPE_CHECKING:
    from playground.app.session import Session
    from playground.app.window import MainWindow

FEATURE_KEYS = 7
MENU = (
    ("open", "save", "export", "picture", "curves"),
    ("undo", "redo", "copy", "paste"),
    ("theme", "larger", "smaller", "motion", "drawer", "presentation", "teacher"),
)
HELP = ("palette", "keys", "errors")


def all_actions(window: "MainWindow") -> Iterator[Action]:
    """Everything the user can do by a key or by name, in the order of the lists that show it."""
    session, files = window.session, window.files
    yield Action("run", "Run or pause", "Training", session.toggle, ("Space",))
    yield Action(
        "step", "Train one step", "Training", session.step, ("S",), repeats=True, control="step"
    )
    yield Action(
        "epoch", "Train one epoch", "Training", session.step_epoch, ("E",), control="epoch"
    )
    yield Action("reset", "Reset to step 0", "Training", session.reset, ("R",), control="reset")
    yield Action(
        "seed", "New random seed", "Training", session.new_seed, ("Shift+R",), control="seed"
    )
    yield Action("reveal", "Reveal the test score", "Training", session.reveal_test)
    yield Action(
        "best",
        "Restore the best weights",
        "Training",
        session.restore_best,
        possible=lambda: session.best_differs,
    )
    yield from _edits(session)
    yield Action("copy", "Copy experiment", "Edit", files.copy, ("Ctrl+C",))
    yield Action("paste", "Paste experiment or table", "Edit", files.paste, ("Ctrl+V",))
    yield Action("draw", "Draw data", "Edit", window.drawing.toggle, ("D",), control="data")
    for place in range(FEATURE_KEYS):
        toggle, key = partial(window.toggle_feature, place), str(place + 1)
        label = Sentence("Input feature {key}", key=key)
        yield Action(f"feature{key}", label, "Edit", toggle, (key,), control="features")
    yield Action("open", "Open…", "File", files.ask_open, ("Ctrl+O",))
    yield Action("save", "Save experiment…", "File", files.ask_save, ("Ctrl+S",))
    yield Action(
        "export", "Export model…", "File", window.ask_export, ("Ctrl+E",), control="export"
    )
    yield Action("picture", "Save a picture…", "File", window.ask_picture, ("Ctrl+Shift+P",))
    yield Action("curves", "Save curves…", "File", files.ask_curves)
    yield Action("quit", "Quit", "File", window.close, ("Ctrl+Q",))
    yield Action("log", "Linear or logarithmic loss", "View", window.toggle_log, ("L",))
    yield Action(
        "drawer",
        "Open or close the drawer",
        "View",
        window.toggle_drawer,
        ("Ctrl+J",),
        control="drawer",
    )
    presentation = window.toggle_presentation
    yield Action("motion", "Moving dashes on or off", "View", window.toggle_motion)
    yield Action("presentation", "Presentation", "View", presentation, ("F5",), control="present")
    yield Action("theme", "Light or dark", "View", window.toggle_theme, ("T",), control="theme")
    yield Action("larger", "Larger text", "View", window.enlarge_text, ("Ctrl++", "Ctrl+="))
    yield Action("smaller", "Smaller text", "View", window.reduce_text, ("Ctrl+-",))
    yield Action("usual", "Text size of the system", "View", window.follow_text, ("Ctrl+0",))
    yield Action("teacher", "Controls shown to students…", "View", window.show_teacher)
    yield Action("palette", "Find a command…", "Help", window.show_palette, ("Ctrl+K",))
    yield Action("keys", "Keys", "Help", window.show_keys, ("?",))
    yield Action("errors", "Log of errors", "Help", window.show_log)


def _edits(session: "Session") -> Iterator[Action]:
    """Undo and redo, which say what."""
    for name, label, act, keys, what in (
        ("undo", "Undo", session.undo, ("Ctrl+Z",), lambda: session.to_undo),
        ("redo", "Redo", session.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), lambda: session.to_redo),
    ):
        says = partial(_with_what, label, what)
        possible = partial(_there_is, what)
        yield Action(name, label, "Edit", act, keys, possible=possible, says=says)


def _there_is(what: Callable[[], str | None]) -> bool:
    return what() is not None


def _with_what(label: str, what: Callable[[], str | None]) -> str:
    """ "Undo learning rate 0.1": a capital stays where the second letter is no small one (L1)."""
    said = what() or ""
    small = said[1:2].islower()
    return f"{tr(label)} {said[:1].lower() + said[1:] if small else said}".strip()
