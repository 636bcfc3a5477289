"""Teacher mode: controls that are put away, so that students see what a lesson is about.

Which ones is part of the experiment's view, and so of its file. The way back has no password: the
same list, from the menu, shows them again. A right click on a control puts it away, too.
"""

import re
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QWidget

from playground.app.controls.button import Button, IconButton
from playground.app.controls.form import CONTROL
from playground.app.controls.switch import Switch
from playground.app.controls.text import label
from playground.app.overlay import Overlay
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr

if TYPE_CHECKING:
    from playground.app.window import MainWindow

WIDTH = 720
COLUMNS = 3
HIDDEN = "view.hidden"
LAYER = re.compile(r"^layers\.\d+")  # a setting is hidden for all layers


def control_name(path: str) -> str:
    """What a control is called in `View.hidden`: "layers.0.units" is "layers.*.units"."""
    return LAYER.sub("layers.*", path)


def other_controls(window: "MainWindow") -> dict[str, QWidget]:
    """Those that do not show one setting of the experiment, by name."""
    bar = window.transport
    found: dict[str, QWidget] = {
        "reset": bar.reset,
        "step": bar.step,
        "epoch": bar.epoch,
        "seed": bar.dice,
        "pace": bar.pace,
        "present": bar.present,
        "theme": bar.theme,
        "export": bar.export,
        "task": window.data.task,
        "data": window.data.sources,
        "features": window.data.features,
        "drawer": window.drawer,
    }
    return found


NAMES = {
    "data": "Data sets",
    "features": "Input features",
    "drawer": "Drawer",
    "task": "Classify or regress",
}


class Teacher(QObject):
    """Hides what the experiment's view says, also when a panel shows it again."""

    def __init__(self, window: "MainWindow", session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        session.experiment_changed.connect(self.apply)
        session.selection_changed.connect(self.apply)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of what is put away."""
        return self._session.experiment.view.hidden

    def controls(self) -> dict[str, list[QWidget]]:
        """Everything that can be put away, by name, in the order of the window."""
        found: dict[str, list[QWidget]] = {}
        for name, widget in other_controls(self._window).items():
            found[name] = [widget]
        for widget in self._window.findChildren(QWidget):
            path = widget.property(CONTROL)
            if isinstance(path, str):
                found.setdefault(control_name(path), []).append(widget)
        return found

    def words(self, name: str, widgets: list[QWidget]) -> str:
        """What a control is called in the list."""
        if name in NAMES:
            return tr(NAMES[name])
        return widgets[0].accessibleName().partition(" (")[0] or name

    def menu_for(self, widget: QWidget | None) -> QMenu | None:
        """A menu that puts away the control that a widget is, or is a part of; None for others."""
        controls = self.controls()
        names = {each: name for name, widgets in controls.items() for each in widgets}
        while widget is not None and widget not in names:
            widget = widget.parentWidget()
        if widget is None:
            return None
        name, menu = names[widget], QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        words = tr("Hide “{control}” from students", control=self.words(name, controls[name]))
        menu.addAction(words, partial(self.put_away, name, True))
        menu.addAction(self._window.actions_.of_menu("teacher"))
        return menu

    def put_away(self, name: str, away: bool) -> None:
        """Hide a control, or show it again."""
        kept = tuple(each for each in self.hidden if each != name)
        self._session.edit(HIDDEN, (*kept, name) if away else kept)

    def show_all(self) -> None:
        """Show everything again."""
        self._session.edit(HIDDEN, ())

    def apply(self) -> None:
        """Have hidden what is to be, and shown what was hidden here and no longer is to be."""
        hidden = set(self.hidden)
        self._window.actions_.hide(hidden)
        for name, widgets in self.controls().items():
            for widget in widgets:
                for each in (widget, *_labels_of(widget)):
                    self._hide(each, name in hidden)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.hide()
        return False

    def _hide(self, widget: QWidget, hidden: bool) -> None:
        was = bool(widget.property("away"))
        if hidden == was:
            return
        widget.setProperty("away", hidden)
        if hidden:
            widget.installEventFilter(self)
            widget.hide()
        else:
            widget.removeEventFilter(self)
            widget.show()


def _labels_of(widget: QWidget) -> list[QLabel]:
    """The words beside a control that has none in itself."""
    parent, name = widget.parentWidget(), widget.accessibleName()
    if parent is None or not name:
        return []
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    labels = parent.findChildren(QLabel, options=direct)
    return [each for each in labels if each.text() == name]


class TeacherSheet(Overlay):
    """A list of all controls, with a switch for each."""

    def __init__(self, theme: Theme, teacher: Teacher, window: QWidget) -> None:
        super().__init__(theme, tr("Shown to students"), window, WIDTH)
        self._teacher = teacher
        self.switches: dict[str, Switch] = {}
        head = QHBoxLayout()
        head.addWidget(label(theme, self.accessibleName(), 14, 600, theme.tokens.text), 1)
        close = IconButton(theme, "close", tr("Close"))
        close.clicked.connect(self.close_)
        head.addWidget(close)
        self.content.addLayout(head)
        about = tr(
            "What is off is put away, with its key. It is kept with the experiment; "
            "this list in the menu brings it back."
        )
        said = label(theme, about, 12, 400)
        said.setWordWrap(True)
        self.content.addWidget(said)
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(4)
        controls = teacher.controls()
        rows = -(-len(controls) // COLUMNS)
        for index, (name, widgets) in enumerate(controls.items()):
            switch = Switch(theme, teacher.words(name, widgets))
            switch.set_value(name not in teacher.hidden)
            switch.changed.connect(lambda shown, name=name: self._teacher.put_away(name, not shown))
            self.switches[name] = switch
            grid.addWidget(switch, index % rows, index // rows)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.content.addLayout(grid)
        self.all = Button(theme, tr("Show all"))
        self.all.clicked.connect(self._show_all)
        self.content.addWidget(self.all, 0, Qt.AlignmentFlag.AlignRight)

    def _show_all(self) -> None:
        self._teacher.show_all()
        for switch in self.switches.values():
            switch.set_value(True)
