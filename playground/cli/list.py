"""What there is to choose from: name, label, and a formula or a line of help.

Every kind is listed when none is named.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping

from playground.data import SOURCES
from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS
from playground.engine.layers import LAYERS, Dense, Layer
from playground.engine.losses import LOSSES
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.schedules import SCHEDULES
from playground.experiment import Experiment
from playground.export import FORMATS
from playground.fields import type_name
from playground.shipped import EXAMPLES

Row = tuple[str, str, str]


def _described(catalogue: Mapping[str, type]) -> list[Row]:
    """Rows of a catalogue of dataclasses: each says in its docstring what it does."""
    return [
        (name, cls.label, _first_paragraph(cls))  # type: ignore[attr-defined]
        for name, cls in catalogue.items()
    ]


def _first_paragraph(cls: type) -> str:
    return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())


def _example(name: str) -> Row:
    experiment = Experiment.example(name)
    layers = "no hidden layer"
    if experiment.layers:
        layers = "layers of " + ", ".join(map(_layer, experiment.layers))
    optimizer = type_name(experiment.optimizer, OPTIMIZERS)
    return name, experiment.name, f"{experiment.data.source} data; {layers}; {optimizer}"


def _layer(layer: Layer) -> str:
    return str(layer.units) if isinstance(layer, Dense) else layer.label.lower()


KINDS: dict[str, Callable[[], Iterable[Row]]] = {
    "datasets": lambda: [(row.name, row.label, row.about) for row in SOURCES.values()],
    "activations": lambda: [(row.name, row.label, row.formula) for row in ACTIVATIONS.values()],
    "losses": lambda: [(row.name, row.label, row.formula) for row in LOSSES.values()],
    "optimizers": lambda: _described(OPTIMIZERS),
    "schedules": lambda: _described(SCHEDULES),
    "initializers": lambda: _described(INITIALIZERS),
    "layers": lambda: _described(LAYERS),
    "formats": lambda: [(row.ending, row.label, row.about) for row in FORMATS.values()],
    "examples": lambda: map(_example, EXAMPLES),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind", nargs="?", choices=tuple(KINDS), metavar="KIND", help=", ".join(KINDS)
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one kind, or every kind under its heading."""
    if arguments.kind:
        print(*_aligned(KINDS[arguments.kind]()), sep="\n")
        return 0
    for place, (kind, rows) in enumerate(KINDS.items()):
        print(f"\n{kind}" if place else kind)
        print(*(f"  {line}" for line in _aligned(rows())), sep="\n")
    return 0


def _aligned(rows: Iterable[Row]) -> list[str]:
    """The rows as lines whose columns begin at the same place."""
    rows = list(rows)
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [f"{name:<{first}}  {label:<{second}}  {text}".rstrip() for name, label, text in rows]
