"""Which units of a wide layer are seen: a window on its column, moved along it."""

from playground.app.views.network_layout import Layout, Spot


class Windows:
    """The first unit that is seen of each column; those that show all of theirs begin with 0."""

    def __init__(self) -> None:
        self.firsts: dict[int, int] = {}

    def move(self, places: Layout, column: int, by: int) -> bool:
        """Show later units, or earlier ones; whether that is another window."""
        seen = places.columns[column]
        return self._begin(places, column, seen.first + by)

    def turn(self, places: Layout, column: int) -> bool:
        """Show the next units, and after the last ones the first again."""
        seen = places.columns[column]
        at_end = seen.first + len(seen.tops) >= seen.units
        return self._begin(places, column, 0 if at_end else seen.first + len(seen.tops))

    def reveal(self, places: Layout, spot: Spot) -> bool:
        """Move as little as is needed to see a unit, or both ends of an edge."""
        ends = ((spot.column, spot.unit), (spot.column - 1, spot.source))
        found = [self._reveal(places, column, unit) for column, unit in ends if unit >= 0]
        return any(found)

    def _reveal(self, places: Layout, column: int, unit: int) -> bool:
        while places.columns[column].pill:  # its units are those of the column before
            column -= 1
        seen = places.columns[column]
        first = min(max(seen.first, unit - len(seen.tops) + 1), unit)
        return self._begin(places, column, first)

    def _begin(self, places: Layout, column: int, first: int) -> bool:
        seen = places.columns[column]
        first = min(max(first, 0), seen.units - len(seen.tops))
        self.firsts[column] = first
        return first != seen.first
