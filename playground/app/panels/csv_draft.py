"""What a user makes of a table before it becomes data: the role of each column, and the axes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from playground.data.csv_file import Column, TableError
from playground.data.preview import Preview
from playground.data.table import Table, samples_of
from playground.sentence import Sentence

ROLES = ("input", "class", "value", "ignore")
TARGETS = ("class", "value")


@dataclass(frozen=True)
class Outcome:
    """What a draft would give: a table and its samples, or why not. `notes` say what is dropped."""

    table: Table | None
    samples: int = 0
    notes: tuple[Sentence, ...] = ()
    error: Sentence | None = None


@dataclass(frozen=True)
class Draft:
    """The roles of the columns by name; those without one are ignored.

    `axes` are the inputs that the window plots, across and up. `missing` is as `Table` has it.
    """

    preview: Preview
    roles: dict[str, str] = field(default_factory=dict)
    axes: tuple[str, ...] = ()
    missing: str = "drop"

    @classmethod
    def of(cls, preview: Preview, table: Table | None = None) -> "Draft":
        """What a table has chosen, where the file still has it; or the likeliest."""
        there = {column.name for column in preview.columns.columns}
        if table is None or not {*table.inputs, table.target} <= there:
            table = preview.suggested
        roles = dict.fromkeys(table.inputs, "input")
        if table.target:
            roles[table.target] = "class" if table.classes else "value"
        return cls(preview, roles, table.inputs[:2], table.missing)

    def role(self, name: str) -> str:
        """The role of a column."""
        return self.roles.get(name, "ignore")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs: the axes first, and the others as the file has them."""
        names = [each.name for each in self.preview.columns.columns]
        inputs = [name for name in names if self.role(name) == "input"]
        axes = [name for name in self.axes if name in inputs]
        return (*axes, *(name for name in inputs if name not in axes))

    def with_role(self, name: str, role: str) -> "Draft":
        """With another role for a column; there is one target, so that it takes the place of
        another.
        """
        roles = {
            each: "ignore" if role in TARGETS and had in TARGETS else had
            for each, had in self.roles.items()
        }
        changed = replace(self, roles=roles | {name: role})
        return replace(changed, axes=changed.inputs[:2])

    def with_axis(self, place: int, name: str) -> "Draft":
        """With another input across (0) or up (1); where it was, the other one goes."""
        axes = list(self.inputs[:2])
        if name in axes:
            axes.reverse()
        else:
            axes[place] = name
        return replace(self, axes=tuple(axes))

    def outcome(self) -> Outcome:
        """What it would give."""
        try:
            table = self._table()
            found = samples_of(self.preview.columns, table)
        except TableError as error:
            return Outcome(None, error=error.sentence)
        return Outcome(table, len(found.x), found.notes)

    def _table(self) -> Table:
        target = next((name for name, role in self.roles.items() if role in TARGETS), "")
        if not target:
            raise TableError("no column is the target; make one the class or the value")
        if not self.inputs:
            raise TableError("no column is an input; make one at least")
        classes = self.role(target) == "class"
        return self.preview.table(self.inputs, target, classes=classes, missing=self.missing)


def barred(column: Column) -> Iterator[tuple[str, str]]:
    """The roles that a column cannot have, each with the reason."""
    numbers = column.kind in ("number", "constant") and column.missing + column.strange < len(
        column.numbers
    )
    if column.kind == "empty":
        yield from ((role, "it is empty") for role in ROLES[:3])
    elif not numbers:
        dates, words = "it holds dates, and no numbers", "it holds words, and no numbers"
        why = dates if column.kind == "date" else words
        yield from ((role, why) for role in ("input", "value"))
    if column.kind != "empty" and not column.words:
        yield "class", "it holds too many different words for classes"
    elif len(column.words) == 1:
        yield "class", "it is the same in every row"
