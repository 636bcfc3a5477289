"""The context menus of the network diagram: of a layer, and of a gap between two."""

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from playground.app.session import Session
from playground.app.views.network_model import Structure
from playground.app.words import tr
from playground.engine.layers import LAYERS, Dropout


def layer_menu(session: Session, index: int, parent: QWidget) -> QMenu:
    """What can be done with a layer of the experiment."""
    layers = session.experiment.layers
    layer, last = layers[index], len(layers) - 1
    menu = _menu(parent)
    menu.addAction(tr("Duplicate"), partial(session.duplicate_layer, index))
    if not isinstance(layer, Dropout):
        frozen = layer.frozen
        words = tr("Unfreeze") if frozen else tr("Freeze")
        menu.addAction(words, partial(session.edit, f"layers.{index}.frozen", not frozen))
        menu.addAction(tr("Draw new weights"), partial(session.redraw_layer, index))
    menu.addSeparator()
    for words, to in ((tr("Move left"), index - 1), (tr("Move right"), index + 1)):
        action = menu.addAction(words, partial(session.move_layer, index, to))
        action.setEnabled(0 <= to <= last)
    menu.addSeparator()
    menu.addAction(tr("Remove"), partial(session.remove_layer, index))
    return menu


def gap_menu(session: Session, structure: Structure, column: int, parent: QWidget) -> QMenu:
    """The layers that can be added before a column."""
    menu = _menu(parent)
    for cls in LAYERS.values():
        name = tr("Add {layer}", layer=tr(cls.label).lower())
        menu.addAction(name, partial(session.add_layer, column - 1, cls()))
    before, after = structure.name(column - 1), structure.name(column)
    menu.setAccessibleName(
        tr("Between {before} and {after}", before=before.lower(), after=after.lower())
    )
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
