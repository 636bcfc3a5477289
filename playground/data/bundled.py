"""Real data that ship with the program, under resources/data."""

import csv

import numpy as np

from playground.data.sources import Source, source
from playground.shipped import ROOT

BUNDLED: dict[str, Source] = {}

_IRIS_INPUTS = (
    "sepal length (cm)",
    "sepal width (cm)",
    "petal length (cm)",
    "petal width (cm)",
)
_IRIS_CLASSES = ("setosa", "versicolor", "virginica")


@source(
    BUNDLED,
    "iris",
    "Iris",
    "150 flowers of three species, measured by Anderson, published by Fisher (1936)",
    input_names=_IRIS_INPUTS,
    class_names=_IRIS_CLASSES,
    limits=((4.0, 8.2), (1.8, 4.6)),
    fixed=True,
)
def iris(samples: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lengths and widths in cm, 50 flowers of each species; see resources/data/README.md."""
    with (ROOT / "data" / "iris.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[name]) for name in _IRIS_INPUTS] for row in rows])
    y = np.array([_IRIS_CLASSES.index(row["species"]) for row in rows], np.int64)
    return x, y
