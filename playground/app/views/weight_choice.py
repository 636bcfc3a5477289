"""Which two weights the loss landscape is drawn over."""

from PySide6.QtWidgets import QGridLayout, QWidget

from playground.app.controls.combo import Combo
from playground.app.controls.popover import Popover
from playground.app.controls.stepper import Stepper
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer_view import dense_name
from playground.app.views.network_model import structure_of
from playground.app.words import tr

WIDTH = 340
AXES = ("→ across", "↑ up")


class WeightChoice(Popover):
    """Two rows: the layer, its neuron, and the input that the weight is for."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(theme, tr("Two weights"), parent, WIDTH)
        self._session = session
        structure = structure_of(session.experiment)
        units = structure.units
        self._shapes = [
            (units[column], units[column - 1]) for column in (*structure.dense, structure.last)
        ]
        grid = QGridLayout()
        grid.setSpacing(8)
        for column, word in enumerate((tr("Layer"), tr("Neuron"), tr("Input")), 1):
            grid.addWidget(label(theme, word), 0, column)
        self.layers: list[Combo] = []
        self.units: list[Stepper] = []
        self.inputs: list[Stepper] = []
        for row, axis in enumerate(AXES):
            self._add_row(theme, grid, row, tr(axis))
        self.content.addLayout(grid)

    def _add_row(self, theme: Theme, grid: QGridLayout, row: int, axis: str) -> None:
        count = len(self._shapes)
        layer, unit, source = self._chosen()[3 * row : 3 * row + 3]
        layer = min(layer, count - 1)
        combo = Combo(
            theme,
            f"{axis}: {tr('Layer')}",
            {str(place): dense_name(place, count) for place in range(count)},
        )
        combo.set_value(str(layer))
        units, inputs = self._shapes[layer]
        steppers = (
            Stepper(theme, f"{axis}: {tr('Neuron')}", 1, units),
            Stepper(theme, f"{axis}: {tr('Input')}", 1, inputs),
        )
        for stepper, value in zip(steppers, (unit, source), strict=True):
            stepper.set_value(value + 1)
        combo.changed.connect(lambda key: self._choose_layer(row, int(key)))
        steppers[0].changed.connect(lambda value: self._choose(row, 1, value - 1))
        steppers[1].changed.connect(lambda value: self._choose(row, 2, value - 1))
        self.layers.append(combo)
        self.units.append(steppers[0])
        self.inputs.append(steppers[1])
        grid.addWidget(label(theme, axis), row + 1, 0)
        for column, widget in enumerate((combo, *steppers), 1):
            grid.addWidget(widget, row + 1, column)

    def _chosen(self) -> tuple[int, ...]:
        return self._session.experiment.view.landscape_weights

    def _choose_layer(self, row: int, layer: int) -> None:
        units, inputs = self._shapes[layer]
        self.units[row].set_limits(1, units)
        self.inputs[row].set_limits(1, inputs)
        self._choose(row, 0, layer)

    def _choose(self, row: int, part: int, value: int) -> None:
        shapes, chosen = self._shapes, list(self._chosen())
        chosen[3 * row + part] = value
        layer = min(chosen[3 * row], len(shapes) - 1)
        for place, most in enumerate(shapes[layer], 3 * row + 1):
            chosen[place] = min(max(chosen[place], 0), most - 1)
        self.units[row].set_value(chosen[3 * row + 1] + 1)
        self.inputs[row].set_value(chosen[3 * row + 2] + 1)
        self._session.edit("view.landscape_weights", tuple(chosen))
