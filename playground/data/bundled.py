"""Real data that ship with the program, under resources/data; a README there says more."""

from functools import lru_cache

import numpy as np

from playground.data.csv_file import read_file
from playground.data.dialect import Dialect
from playground.data.sources import Source
from playground.data.table import Table, samples_of
from playground.shipped import ROOT

FOLDER = ROOT / "data"
DIALECT = Dialect()


@lru_cache
def _samples(name: str, table: Table) -> tuple[np.ndarray, np.ndarray]:
    found = samples_of(read_file(FOLDER / f"{name}.csv", DIALECT), table)
    return found.x, found.y


def _bundled(
    name: str,
    label: str,
    about: str,
    class_names: tuple[str, ...] = (),
    inputs: tuple[str, ...] = (),
) -> Source:
    """The file of that name. Its last column is the target; the others are the inputs, or some."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        *others, target = file.readline().rstrip("\n").split(",")
    table = Table(inputs or tuple(others), target, class_names, dialect=DIALECT)
    return Source(
        name,
        label,
        about,
        lambda samples, noise, rng: _samples(name, table),
        input_names=table.inputs,
        class_names=class_names,
        limits=None,
        fixed=True,
    )


_SOURCES = (
    _bundled(
        "pass",
        "Will I pass?",
        "240 students, made up: lectures attended, hours on the project, and whether they passed",
        ("fail", "pass"),
    ),
    _bundled(
        "iris",
        "Iris",
        "150 flowers of three species, measured by Anderson, published by Fisher (1936)",
        ("setosa", "versicolor", "virginica"),
    ),
    _bundled(
        "penguins",
        "Penguins",
        "342 penguins of three species in Antarctica, measured by Gorman (2007 to 2009)",
        ("Adelie", "Chinstrap", "Gentoo"),
        ("bill length (mm)", "bill depth (mm)", "flipper length (mm)", "body mass (g)"),
    ),
    _bundled(
        "wine",
        "Wine",
        "178 wines of three grapes from Piedmont, by a chemical analysis of Forina (1986)",
        ("Barolo", "Grignolino", "Barbera"),
    ),
    _bundled(
        "breast-cancer",
        "Tumours",
        "569 tumours, by the shapes of cell nuclei under the microscope; Wolberg (1995)",
        ("benign", "malignant"),
    ),
    _bundled(
        "digits",
        "Digits",
        "1,797 handwritten digits of 8 × 8 pixels, 0 (white) to 16 (black); Alpaydin (1998)",
        tuple("0123456789"),
    ),
    _bundled(
        "diabetes",
        "Diabetes",
        "442 patients, and how far their illness has come a year later; Efron and others (2004)",
    ),
)
BUNDLED = {source.name: source for source in _SOURCES}
