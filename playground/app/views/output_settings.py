"""The settings of the output's picture: marks, colours, and which slice of the inputs it shows."""

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from playground.app.controls.combo import Combo
from playground.app.controls.entry import Entry
from playground.app.controls.popover import Popover
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.sample_rows import input_name
from playground.app.views.view_settings import ViewSettings
from playground.app.words import tr
from playground.data.origin import source_of

MOST_HELD = 8  # inputs with a field of their own


class OutputSettings(ViewSettings):
    """Offers the slice too, where there are more than two inputs."""

    @property
    def remarkable(self) -> bool:
        view = self._session.experiment.view
        fresh = type(view)()
        there = (view.plane, view.axes, view.held) != (fresh.plane, fresh.axes, fresh.held)
        return super().remarkable or there

    def put_away(self, *paths: str) -> None:
        super().put_away(*paths)
        self.setVisible(len(paths) < len(self._paths) or self._inputs() > 2)

    def _inputs(self) -> int:
        return len(source_of(self._session.experiment.data).input_names)

    def open(self) -> Popover:
        """Open the popover."""
        popover = super().open()
        if self._inputs() > 2:
            popover.content.addWidget(SliceForm(self.theme, self._session, popover))
            popover.open_below(self)
        return popover


class SliceForm(QWidget):
    """Which inputs are the axes, and where the others are held; or principal components."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._session = theme, session
        self._names = source_of(session.experiment.data).input_names
        planes = {"inputs": tr("Two inputs"), "components": tr("Components")}
        self.plane = Segmented(theme, tr("Plane"), planes)
        self.plane.set_value(session.experiment.view.plane)
        self.plane.changed.connect(self._choose_plane)
        names = {str(index): input_name(name) for index, name in enumerate(self._names)}
        self.axes = (
            Combo(theme, tr("Horizontal axis"), names),
            Combo(theme, tr("Vertical axis"), names),
        )
        self._inputs = QWidget()
        self._held = QVBoxLayout()
        column = QVBoxLayout(self._inputs)
        column.setContentsMargins(0, 0, 0, 0)
        rows = QGridLayout()
        rows.setColumnStretch(1, 1)
        for row, words in enumerate((tr("Across"), tr("Up"))):
            self.axes[row].changed.connect(self._choose_axes)
            rows.addWidget(label(theme, words), row, 0)
            rows.addWidget(self.axes[row], row, 1)
        column.addLayout(rows)
        column.addWidget(label(theme, tr("The others are held at"), 11, 400, theme.tokens.text3))
        column.addLayout(self._held)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.plane)
        outer.addWidget(self._inputs)
        self.entries: dict[int, Entry] = {}
        session.experiment_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        view = self._session.experiment.view
        if source_of(self._session.experiment.data).input_names != self._names:
            return  # other data: the popover is of those before
        self._inputs.setVisible(view.plane == "inputs")
        for combo, axis in zip(self.axes, view.axes, strict=True):
            combo.set_value(str(axis))
        held = [index for index in range(len(self._names)) if index not in view.axes][:MOST_HELD]
        if list(self.entries) != held:
            self._offer(held)
        for index, entry in self.entries.items():
            entry.set_value(view.held[index] if index < len(view.held) else None)

    def _offer(self, held: list[int]) -> None:
        for entry in self.entries.values():
            entry.hide()
            entry.deleteLater()
        self.entries = {}
        for index in held:
            entry = Entry(self._theme, input_name(self._names[index]), none=tr("mean"))
            entry.changed.connect(lambda value, index=index: self._hold(index, value))
            self._held.addWidget(entry)
            self.entries[index] = entry

    def _choose_plane(self, plane: str) -> None:
        self._session.edit("view.plane", plane)

    def _choose_axes(self) -> None:
        """Take both axes; where one takes the other's input, they change places."""
        before = self._session.experiment.view.axes
        one, two = (int(combo.value) for combo in self.axes)
        if one == two:
            one, two = (before[1], before[0])
        self._session.edit("view.axes", (one, two))

    def _hold(self, index: int, value: float | None) -> None:
        view = self._session.experiment.view
        held = [*view.held, *[None] * (index + 1 - len(view.held))]
        held[index] = value
        self._session.edit("view.held", tuple(held))
