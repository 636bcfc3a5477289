"""A layer that is dragged to another place among the layers."""

from dataclasses import dataclass

from playground.app.views.network_layout import Layout
from playground.app.views.network_model import Structure

BEGIN = 8  # pixels until a press has become a drag
SCROLLED = 28  # from the ends of the diagram, where dragging scrolls
SCROLL_STEP = 14


@dataclass(frozen=True)
class Drag:
    """A column that was pressed at `start` and is now held at `x`, in the layout's pixels."""

    column: int
    start: float
    x: float
    begun: bool = False

    def at(self, x: float) -> "Drag":
        """The same drag with the pointer elsewhere."""
        return Drag(self.column, self.start, x, self.begun or abs(x - self.start) >= BEGIN)


def target(places: Layout, structure: Structure, drag: Drag) -> int:
    """The index among the layers that the dragged one would have."""
    hidden = (column for column in range(1, structure.last) if column != drag.column)
    return sum(places.columns[column].middle < drag.x for column in hidden)


def mark(places: Layout, structure: Structure, drag: Drag) -> float | None:
    """Where the layer would go in: the middle of the gap; None where it stays in its place."""
    place = target(places, structure, drag)
    if place == drag.column - 1:
        return None
    after = place + 1 if place < drag.column - 1 else place + 2
    return (places.columns[after - 1].right + places.columns[after].left) / 2
