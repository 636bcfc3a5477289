"""Buttons that open settings in a popover: the parameters of what was chosen (β₁, β₂ and ε of
Adam), or settings that are seldom needed.
"""

import inspect
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.controls.button import Pressable
from playground.app.controls.form import Form
from playground.app.controls.note import Note
from playground.app.controls.popover import Popover
from playground.app.controls.text import label, number_text
from playground.app.paths import look_up
from playground.app.session import Session
from playground.app.theme import Theme, mix
from playground.app.words import tr
from playground.fields import settings

SIDE = 28
RADIUS = 8
GROUP_GAP = 4

Fields = Mapping[str, str]  # path → name


def about(cls: type) -> str:
    """What a class says of itself first, in one line."""
    return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())


def parameters(value: Any, path: str, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """The names of a dataclass's settings, by their paths, without those in `skip`."""
    found = {}
    for item, rules, _ in settings(type(value)):
        here = f"{path}.{item.name}"
        if item.name in skip:
            continue
        if isinstance(getattr(value, item.name), tuple):
            names = tr(rules.label).split(", ")
            found |= {f"{here}.{index}": name for index, name in enumerate(names)}
        else:
            found[here] = tr(rules.label)
    return found


class SettingsButton(Pressable):
    """An icon that opens a popover with settings, group by group, each under its heading.

    Says in its tooltip what they are, and is lit where something is `remarkable`.
    """

    def __init__(
        self, theme: Theme, session: Session, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, name, RADIUS, parent)
        self._session = session
        side = theme.scaled(SIDE)
        self.setFixedSize(side, side)
        self.clicked.connect(self.open)

    def heading(self) -> str:
        """The title of the popover."""
        return self.accessibleName()

    def groups(self) -> dict[str, Fields]:
        """What it opens, by heading."""
        raise NotImplementedError

    @property
    def remarkable(self) -> bool:
        """Whether something is set that deserves notice."""
        return False

    def refresh(self) -> None:
        """Show the experiment's values."""
        experiment = self._session.experiment
        fields = {path: name for group in self.groups().values() for path, name in group.items()}
        words = ", ".join(
            f"{name} {_text(look_up(experiment, path)[1])}" for path, name in fields.items()
        )
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.setVisible(bool(words))
        self.update()

    def open(self) -> Popover:
        """Open the popover."""
        popover = Popover(self.theme, self.heading(), self)
        note = Note(self.theme, popover, floating=False)
        form = Form(self.theme, self._session, popover, note)
        for place, (heading, fields) in enumerate(self.groups().items()):
            if place:
                popover.content.addSpacing(GROUP_GAP)
            words = label(self.theme, heading, 11, 400, self.theme.tokens.text3)
            words.setWordWrap(True)
            popover.content.addWidget(words)
            for path, name in fields.items():
                popover.content.addWidget(form.field(path, name))
        popover.content.addWidget(note)
        self._session.experiment_changed.connect(form.refresh)
        popover.open_below(self)
        return popover

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(tokens.sunk, tokens.text, 0.04 if self.underMouse() else 0))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        side = self.theme.scaled(16)
        icon = QRectF(0, 0, side, side)
        icon.moveCenter(self.rect().toRectF().center())
        ink = tokens.accent if self.remarkable else tokens.text2
        self.theme.draw_icon(painter, "tune", ink, icon)


class ParametersButton(SettingsButton):
    """Opens the parameters of what is chosen at `path`; hides itself when there are none."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        path: str,
        skip: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, session, tr("Parameters"), parent)
        self._path = path
        self._skip = skip
        self.refresh()

    @property
    def has_any(self) -> bool:
        """Whether there is a parameter to change."""
        return any(self.groups().values())

    def heading(self) -> str:
        cls = type(self._value())
        rules = look_up(self._session.experiment, self._path)[0]
        return tr(getattr(cls, "label", rules.label))

    def groups(self) -> dict[str, Fields]:
        value = self._value()
        if value is None:
            return {}
        return {tr(about(type(value))): parameters(value, self._path, self._skip)}

    def _value(self) -> Any:
        return look_up(self._session.experiment, self._path)[1]


def _text(value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, tuple):
        return " ".join(map(number_text, value)) or tr("none")
    return tr("none") if value is None else number_text(value)
