"""The parameters of what was chosen (β₁, β₂ and ε of Adam): a button that opens their sliders."""

import inspect
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.controls.button import Pressable
from playground.app.controls.form import Form, look_up
from playground.app.controls.note import Note
from playground.app.controls.popover import Popover
from playground.app.controls.text import label, number_text
from playground.app.session import Session
from playground.app.theme import Theme, mix
from playground.fields import settings

SIDE = 28
RADIUS = 8
PADDING = 10
PART_GAP = 8


def about(cls: type) -> str:
    """What a class says of itself first, in one line."""
    return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())


def parameters(value: Any, path: str, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """The names of a dataclass's numbers, by their paths, without those in `skip`."""
    found = {}
    for item, rules, _ in settings(type(value)):
        here = f"{path}.{item.name}"
        if item.name in skip:
            continue
        if isinstance(getattr(value, item.name), tuple):
            names = rules.label.split(", ")
            found |= {f"{here}.{index}": name for index, name in enumerate(names)}
        else:
            found[here] = rules.label
    return found


class ParametersButton(Pressable):
    """Shows the parameters of what is chosen at `path`, and opens a popover to change them.

    Hides itself when there are none. `compact` shows an icon instead of the values.
    """

    def __init__(
        self,
        theme: Theme,
        session: Session,
        path: str,
        skip: tuple[str, ...] = (),
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "Parameters", RADIUS, parent)
        self._session = session
        self._path = path
        self._skip = skip
        self._compact = compact
        self._parts: list[str] = []
        self.setFixedHeight(SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if compact:
            self.setFixedWidth(SIDE)
        self.clicked.connect(self.open)
        self.refresh()

    @property
    def has_any(self) -> bool:
        """Whether there is a parameter to change."""
        return bool(self._parameters())

    def refresh(self) -> None:
        """Show the experiment's values."""
        experiment = self._session.experiment
        self._parts = [
            f"{name} {number_text(float(look_up(experiment, path)[1]))}"
            for path, name in self._parameters().items()
        ]
        words = ", ".join(self._parts)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.setVisible(bool(words))
        self.update()

    def open(self) -> Popover:
        """Open the popover."""
        _, value = look_up(self._session.experiment, self._path)
        popover = Popover(self.theme, type(value).label, self)
        words = label(self.theme, about(type(value)), 11, 400, self.theme.tokens.text3)
        words.setWordWrap(True)
        popover.content.addWidget(words)
        note = Note(self.theme, popover, floating=False)
        form = Form(self.theme, self._session, popover, note)
        for path, name in self._parameters().items():
            popover.content.addWidget(form.slider(path, name=name))
        popover.content.addWidget(note)
        self._session.experiment_changed.connect(form.refresh)
        popover.open_below(self)
        return popover

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def sizeHint(self) -> QSize:
        return QSize(SIDE if self._compact else 120, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(tokens.sunk, tokens.text, 0.04 if self.underMouse() else 0))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        icon = QRectF(self.width() - PADDING - 14, (SIDE - 16) / 2, 16, 16)
        if self._compact:
            icon.moveCenter(self.rect().toRectF().center())
        self.theme.draw_icon(painter, "tune", tokens.text2, icon)
        if not self._compact:
            self._draw_summary(painter, self.rect().adjusted(PADDING, 0, -PADDING - 18, 0))

    def _draw_summary(self, painter: QPainter, body: QRect) -> None:
        """Write as many of the parameters as there is room for."""
        painter.setFont(self.theme.font(12, 500))
        painter.setPen(self.theme.tokens.text)
        for part in self._parts:
            width = painter.fontMetrics().horizontalAdvance(part)
            if width > body.width() + 1:
                break
            painter.drawText(body, Qt.AlignmentFlag.AlignVCenter, part)
            body = body.adjusted(width + PART_GAP, 0, 0, 0)

    def _parameters(self) -> dict[str, str]:
        _, value = look_up(self._session.experiment, self._path)
        return parameters(value, self._path, self._skip)
