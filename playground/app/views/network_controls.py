"""The controls on the network diagram: steppers on hidden layers, buttons that add one between."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.controls.button import Pressable
from playground.app.controls.stepper import HEIGHT, Stepper
from playground.app.session import Session
from playground.app.theme import Theme, faded
from playground.app.views.network_layout import ADD, LARGE_HIT, Layout
from playground.app.views.network_model import Structure
from playground.app.words import tr
from playground.engine.layers import MOST_DENSE, Dense
from playground.fields import setting_of

REACH = 26  # side of the square in which an add button can be hit
PILL = 24
DIGITS, FEW_DIGITS = 24, 20  # width of a stepper's number: of three digits, of fewer
MOST_OF_FEW = 99
INSET = 3  # of a stepper that is presented, in what is hit of it
GLYPH = 9
PULSE_MS = 900
PULSE_ALPHA = 0.7

W = TypeVar("W", bound=QWidget)


class UnitsStepper(Stepper):
    """A stepper as narrow as a column."""

    def fit(self, width: int, height: int) -> None:
        """Take another size; the buttons leave room for the digits.

        Where it is higher than usual they are square, however little is left.
        """
        self.setFixedSize(width, height)
        scaled = self._theme.scaled
        high = height > scaled(HEIGHT)
        digits = DIGITS if self.value > MOST_OF_FEW else FEW_DIGITS
        for button in (self.less, self.more):
            button.setFixedSize(height if high else (width - scaled(digits)) // 2, height)
        self.edit.setTextMargins(-2, 0, -2, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.sunk)
        scaled = self._theme.scaled
        inset = scaled(INSET) if self.height() > scaled(HEIGHT) else 0
        pill = QRectF(0, 0, self.width() - 2 * inset, scaled(PILL))
        pill.moveCenter(self.rect().toRectF().center())
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)


class AddButton(Pressable):
    """A small round plus."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", REACH / 2, parent)
        self.setFixedSize(REACH, REACH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # with the keyboard, Insert adds a layer
        self.glow = QVariantAnimation(self)
        self.glow.setStartValue(1.0)
        self.glow.setEndValue(0.0)
        self.glow.setDuration(PULSE_MS)
        self.glow.valueChanged.connect(self.update)

    def pulse(self) -> None:
        """Draw attention, once."""
        if self.theme.motion:
            self.glow.start()

    def set_place(self, name: str) -> None:
        """Say between which layers it stands."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = (REACH - ADD) / 2 + 0.5
        if self.glow.state() == QVariantAnimation.State.Running:
            glow = float(self.glow.currentValue())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(tokens.accent, PULSE_ALPHA * glow))
            grown = REACH / 2 - glow * (REACH - ADD) / 2
            painter.drawEllipse(self.rect().toRectF().center(), grown, grown)
        painter.setPen(QPen(self._rim(), 1))
        painter.setBrush(self.shaded(tokens.panel))
        painter.drawEllipse(self.rect().toRectF().adjusted(inset, inset, -inset, -inset))
        box = QRectF(0, 0, GLYPH + 3, GLYPH + 3)
        box.moveCenter(self.rect().toRectF().center())
        self.theme.draw_icon(painter, "plus", tokens.text2, box)

    def _rim(self) -> QColor:
        return self.theme.tokens.ctl if self.underMouse() else self.theme.tokens.line


class HeaderControls:
    """The steppers and add buttons of a diagram, as many as its structure asks for.

    Where they are `presented` they are larger, and there is no room for buttons that add a layer.
    """

    def __init__(self, theme: Theme, session: Session, parent: QWidget, presented: bool) -> None:
        self._theme = theme
        self._session = session
        self._parent = parent
        self._presented = presented
        units = setting_of(Dense, "units")
        self._limits = int(units.minimum or 1), int(units.maximum or 1)
        self._dense: tuple[int, ...] = ()  # the columns of the steppers, in order
        self._gaps: tuple[int, ...] = ()  # the columns that the add buttons stand before
        self._hidden: int | None = None
        self.steppers: list[UnitsStepper] = []
        self.adds: list[AddButton] = []

    def show(self, structure: Structure) -> None:
        """Have a stepper for each hidden layer, and a button in each gap where a layer may go."""
        self._dense = structure.dense
        hidden = len(self._dense)
        _resize(self.steppers, hidden, self._make_stepper)
        adding = hidden < MOST_DENSE and not self._presented
        _resize(self.adds, hidden + 1 if adding else 0, self._make_add)
        self._gaps = (*self._dense, structure.last)
        for stepper, column in zip(self.steppers, self._dense, strict=True):
            stepper.set_value(structure.units[column])
        for column, button in zip(self._gaps, self.adds, strict=False):
            before, after = structure.name(column - 1), structure.name(column)
            button.set_place(
                tr(
                    "Add a layer between {before} and {after}",
                    before=before.lower(),
                    after=after.lower(),
                )
            )
        if not hidden and self._hidden != 0 and self.adds:
            self.adds[0].pulse()
        self._hidden = hidden

    def type_units(self, column: int) -> bool:
        """Begin to type the units of a column; whether it has a stepper."""
        if column in self._dense:
            self.steppers[self._dense.index(column)].edit.start()
        return column in self._dense

    def place(self, layout: Layout, offset: int) -> None:
        """Put each where the layout, scrolled by `offset`, wants it."""
        for column, stepper in zip(self._dense, self.steppers, strict=True):
            width = layout.stepper_width
            height = self._theme.scaled(LARGE_HIT if self._presented else HEIGHT)
            stepper.fit(width, height)
            left = layout.columns[column].middle - width / 2 - offset
            stepper.move(round(left), round(layout.second) - height // 2)
        for column, button in zip(self._gaps, self.adds, strict=False):
            x, y = layout.add_button(column)
            button.move(round(x - offset - REACH / 2), round(y - REACH / 2))

    def _make_stepper(self, place: int) -> UnitsStepper:
        (low, high), parent = self._limits, self._parent
        stepper = UnitsStepper(
            self._theme, tr("Units of dense layer {number}", number=place + 1), low, high, parent
        )
        stepper.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the diagram has keys for it
        stepper.changed.connect(lambda units: self._set_units(place, units))
        stepper.unreadable.connect(lambda sentence: self._session.notice.emit("error", sentence))
        stepper.edit.left.connect(self._parent.setFocus)
        return stepper

    def _make_add(self, gap: int) -> AddButton:
        button = AddButton(self._theme, self._parent)
        button.clicked.connect(lambda: self._session.add_layer(self._gaps[gap] - 1))
        return button

    def _set_units(self, place: int, units: int) -> None:
        layer = self._dense[place] - 1
        self._session.select_layer(layer)
        self._session.set_units(layer, units)
        # Beyond the limits, the nearest possible was taken.
        taken = self._session.experiment.layers[layer]
        if isinstance(taken, Dense):
            self.steppers[place].set_value(taken.units)


def _resize(widgets: list[W], count: int, make: Callable[[int], W]) -> None:
    """Have so many widgets; those that stay keep what is being done with them."""
    while len(widgets) > count:
        gone = widgets.pop()
        gone.hide()
        gone.deleteLater()
    while len(widgets) < count:
        widgets.append(make(len(widgets)))
        widgets[-1].show()
