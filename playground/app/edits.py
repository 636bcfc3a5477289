"""What was edited, so that it can be undone and done again."""

from dataclasses import dataclass, replace
from time import monotonic

from playground.app.messages import Message
from playground.experiment import Experiment

MOST = 500
MERGED_SECONDS = 1.0
STROKE = "stroke "


@dataclass(frozen=True)
class Edit:
    """One edit: the experiment before and after, and what the worker is told to get there."""

    what: str  # in a few words: "Learning rate 0.1"
    path: str  # of the one value that was changed, or `STROKE` and its number; else empty
    before: Experiment
    after: Experiment
    undo: Message
    redo: Message


class Edits:
    """A stack of edits and a place in it. Edits of one value right after each other are one."""

    def __init__(self) -> None:
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._pushed_at = 0.0

    @property
    def to_undo(self) -> Edit | None:
        """The edit that `undo` takes back."""
        return self._done[-1] if self._done else None

    @property
    def to_redo(self) -> Edit | None:
        """The edit that `redo` does again."""
        return self._undone[-1] if self._undone else None

    def goes_on(self, path: str) -> bool:
        """Whether an edit of this value now goes on with the last one, as when a slider moves.

        A stroke (see `Edit.path`) goes on however slowly it is drawn.
        """
        last = self.to_undo
        recent = path.startswith(STROKE) or monotonic() - self._pushed_at < MERGED_SECONDS
        return bool(path) and last is not None and last.path == path and recent

    def push(self, edit: Edit) -> None:
        """Remember an edit; what was undone before can no longer be done again."""
        if self.goes_on(edit.path):
            first = self._done.pop()
            edit = replace(edit, before=first.before, undo=first.undo)
        self._done.append(edit)
        self._undone.clear()
        self._pushed_at = monotonic()
        del self._done[:-MOST]

    def undo(self) -> Edit:
        """Take the last edit back; raises IndexError without one."""
        edit = self._done.pop()
        self._undone.append(edit)
        self._pushed_at = 0.0
        return edit

    def redo(self) -> Edit:
        """Do the edit again that was taken back last; raises IndexError without one."""
        edit = self._undone.pop()
        self._done.append(edit)
        self._pushed_at = 0.0
        return edit
