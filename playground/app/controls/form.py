"""Forms: a labelled control for a setting of the experiment, from the setting's own declaration.

    form = Form(theme, session, panel)
    form.slider("data.noise")
    form.segmented("data.normalize", NORMALIZATIONS)

Each control shows the value at its path, edits it there, and says beside itself what was refused.
"""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from playground.app.controls.combo import Combo, DrawGlyph
from playground.app.controls.entry import Entry
from playground.app.controls.note import Note
from playground.app.controls.scale import Linear, Log, Scale
from playground.app.controls.segmented import Segmented
from playground.app.controls.slider import VALUE_WIDTH, Slider
from playground.app.controls.switch import Switch
from playground.app.paths import look_closer, look_up
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr
from playground.fields import Setting

SMALLEST_SHARE = 1e-12  # of a logarithmic scale's upper end, where its lower end is 0
CONTROL = "control"  # the property of a control that holds its path
WIDE = 1000  # more whole numbers than these are on a logarithmic scale


def scale_of(rules: Setting, integer: bool) -> Scale:
    """The scale that a number's declaration asks for."""
    low, high = rules.minimum, rules.maximum
    if low is None or high is None:
        raise ValueError(f'a slider for "{rules.label}" needs limits')
    if integer and (rules.log or high - low > WIDE):
        return Log(low or 1, high, zero=low == 0)
    if not rules.log:
        return Linear(low, high, rules.step or (1 if integer else (high - low) / 100))
    return Log(low or high * SMALLEST_SHARE, high, digits=1, zero=low == 0)


class Form(QObject):
    """Makes controls for paths of the session's experiment, and keeps them in step with it.

    The panel calls `refresh` when the experiment changed: it knows which paths are still there.
    """

    def __init__(
        self, theme: Theme, session: Session, panel: QWidget, note: Note | None = None
    ) -> None:
        super().__init__(panel)
        self._theme = theme
        self._session = session
        self._controls: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self.note = note or Note(theme, panel)
        session.refused.connect(self._refuse)

    def slider(
        self,
        path: str,
        scale: Scale | None = None,
        name: str = "",
        label_width: int = 0,
        value_width: int = VALUE_WIDTH,
    ) -> Slider:
        """A slider for a number, with another scale or name than declared if they are given."""
        rules, value = look_up(self._session.experiment, path)
        integer = isinstance(value, int)
        scale = scale or scale_of(rules, integer)
        name = name or tr(rules.label)
        slider = Slider(self._theme, name, scale, integer, label_width, value_width)
        slider.unreadable.connect(lambda sentence: self.note.show_beside(slider, sentence))
        return self.bind(slider, path, name)

    def combo(
        self,
        path: str,
        words: Mapping[str, str],
        hints: Mapping[str, str],
        glyph: DrawGlyph | None = None,
    ) -> Combo:
        """A combo box for a choice, or, for a path that ends in "type", a type; it has no label."""
        rules, _ = look_up(self._session.experiment, path)
        combo = Combo(self._theme, tr(rules.label), words, hints, glyph)
        return self.bind(combo, path)

    def segmented(self, path: str, words: Mapping[str, str]) -> Segmented:
        """A segmented choice; it has no label."""
        rules, _ = look_up(self._session.experiment, path)
        return self.bind(Segmented(self._theme, tr(rules.label), words), path)

    def field(self, path: str, name: str) -> QWidget:
        """The control that suits what is declared at a path, with its label."""
        rules, hint, value = look_closer(self._session.experiment, path)
        if hint is bool:
            return self.bind(Switch(self._theme, name), path, name)
        if hint in (int, float) and (rules.log or rules.step or hint is int):
            return self.slider(path, name=name)
        integer = hint in (int, int | None)
        entry = Entry(self._theme, name, integer, list_of=isinstance(value, tuple))
        entry.unreadable.connect(lambda sentence: self.note.show_beside(entry, sentence))
        return self.bind(entry, path, name)

    def bind(self, control: Any, path: str, name: str = "") -> Any:
        """Let any control with `value`, `set_value` and `changed` show and edit a path."""
        rules, value = look_up(self._session.experiment, path)
        self._controls[path] = control
        self._names[path] = name or tr(rules.label)
        control.set_value(value)
        control.setProperty(CONTROL, path)
        if not control.accessibleName():
            control.setAccessibleName(self._names[path])
        if rules.help:
            control.setToolTip(f"{tr(rules.help)}.")
        control.changed.connect(lambda value: self._edit(path, value))
        return control

    def refresh(self) -> None:
        """Show the experiment's values."""
        for path, control in self._controls.items():
            _, value = look_up(self._session.experiment, path)
            if value != control.value:
                control.set_value(value)

    def _edit(self, path: str, value: Any) -> None:
        if self._session.edit(path, value):
            self.note.clear()
        else:
            self.refresh()

    def _refuse(self, path: str, message: str) -> None:
        for bound, control in self._controls.items():
            if bound in (path, f"{path}.type"):
                self.note.show_beside(control, f"{self._names[bound]}: {message}.")
