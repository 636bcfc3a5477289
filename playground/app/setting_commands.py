"""What the palette finds beside actions and files: settings and their choices, layers, data."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from playground.app.controls.combo import Combo
from playground.app.controls.entry import Entry
from playground.app.controls.form import CONTROL
from playground.app.controls.parameters import SettingsButton
from playground.app.controls.segmented import Segmented
from playground.app.controls.slider import Slider
from playground.app.controls.switch import Switch
from playground.app.palette import Command
from playground.app.panels.galleries import OWN, groups
from playground.app.teacher import control_name
from playground.app.words import tr
from playground.data import SOURCES
from playground.data.points import POINTS
from playground.engine.layers import LAYERS, Dense

if TYPE_CHECKING:
    from playground.app.window import MainWindow


def setting_commands(window: "MainWindow") -> Iterator[Command]:
    """What can be set now and is not put away: a choice is made, a value is asked for."""
    yield from _of_layers(window)
    if "data" not in window.teacher.hidden:
        for name in (name for names in groups().values() for name in names if name != POINTS):
            label = tr(SOURCES[name].label if name in SOURCES else OWN[name][0])
            words = tr("Data set: {name}", name=label)
            yield Command(words, tr("Data"), partial(window.data.choose, name))
    for name, controls in window.teacher.controls().items():
        control = max(controls, key=QWidget.isVisible)
        path = control.property(CONTROL)
        if path and control.isEnabled() and name not in window.teacher.hidden:
            yield from _of_control(window, control, path, window.teacher.words(name, controls))
    for button in window.findChildren(SettingsButton):
        for path, words in (
            (p, w) for fields in button.groups().values() for p, w in fields.items()
        ):
            if control_name(path) not in window.teacher.hidden:
                yield Command(words, button.heading(), partial(_open, window, button, path))


def _of_layers(window: "MainWindow") -> Iterator[Command]:
    session = window.session
    selected, layers = session.selected_layer, session.experiment.layers
    place = len(layers) if selected is None else selected + 1
    for kind in LAYERS.values():
        words = tr("Add a layer: {kind}", kind=tr(kind.label))
        yield Command(words, tr("Network"), partial(session.add_layer, place, kind()))
    if selected is None:
        return
    yield Command(tr("Remove this layer"), tr("Network"), partial(session.remove_layer, selected))
    layer = layers[selected]
    if isinstance(layer, Dense):
        for words, by in ((tr("Add a neuron"), 1), (tr("Remove a neuron"), -1)):
            act = partial(session.set_units, selected, layer.units + by)
            yield Command(words, tr("Network"), act)


def _of_control(window: "MainWindow", control: QWidget, path: str, words: str) -> Iterator[Command]:
    group = tr("Setting")
    if isinstance(control, Combo | Segmented):
        for key, choice in control.choices.items():
            yield Command(f"{words}: {choice}", group, partial(window.session.edit, path, key))
    elif isinstance(control, Switch):
        yield Command(words, group, control.click)
    else:
        yield Command(words, group, partial(_ask, window, control))


def _ask(window: "MainWindow", control: QWidget) -> None:
    """Bring a control to sight, and have a value typed there."""
    _show(window, control)
    _begin(control)


def _open(window: "MainWindow", button: SettingsButton, path: str) -> None:
    """Open the settings behind a button, at one of them."""
    _show(window, button)
    for field in button.open().findChildren(QWidget):
        if field.property(CONTROL) == path:
            _begin(field)


def _show(window: "MainWindow", control: QWidget) -> None:
    if window.data.isAncestorOf(control) and window.columns.has_rail:
        window.columns.rail.data.setChecked(True)
    for key, card in (("layer", window.settings.layer), ("training", window.settings.training)):
        if card.isAncestorOf(control):
            window.settings.choose(key)
    above = control.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(control)
        above = above.parentWidget()


def _begin(control: QWidget) -> None:
    if isinstance(control, Slider | Entry):
        control.edit.start()
    else:
        control.setFocus(Qt.FocusReason.TabFocusReason)
