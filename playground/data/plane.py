"""The plotted plane: two inputs or two principal components, the rest held somewhere."""

from dataclasses import dataclass

import numpy as np

from playground.data.prepare import PreparedData
from playground.data.sources import Limits, limits_of
from playground.sentence import Sentence
from playground.view import View

MOST_NAMED = 6  # inputs whose value the note tells


@dataclass(frozen=True, eq=False)
class Plane:
    """Raw inputs are origin + u · first + v · second for a place (u, v): (inputs,) each.

    For one input alone v is the target, and has no direction. `names` are those of the axes,
    `limits` have room for all samples, `note` says in words which slice it is, where that is a
    question.
    """

    origin: np.ndarray
    first: np.ndarray
    second: np.ndarray
    names: tuple[str, str]
    limits: Limits
    places: np.ndarray  # (samples, 2) where the samples lie, seen straight on
    note: Sentence | None = None

    def inputs(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Raw inputs at places: (n,), (n,) → (n, inputs)."""
        return self.origin + np.outer(u, self.first) + np.outer(v, self.second)


def plane_of(data: PreparedData, view: View) -> Plane:
    """The plane that a view asks for, of what there is in the data."""
    count = len(data.dataset.input_names)
    if count > 2 and view.plane == "components":
        return _components(data)
    return _inputs(data, view)


def _inputs(data: PreparedData, view: View) -> Plane:
    """Two inputs as axes; the others held at their mean over the training samples, or as set."""
    dataset, names = data.dataset, data.dataset.input_names
    x, _ = data.samples("train")
    origin = x.mean(axis=0) if len(x) else np.zeros(x.shape[1])
    if len(names) == 1:
        axes = (names[0], Sentence("value"))
        nowhere, along = np.zeros(1), np.ones(1)
        return Plane(nowhere, along, nowhere, axes, dataset.limits, dataset.plotted)
    one, two = _axes(len(names), view)
    for index, value in enumerate(view.held[: len(names)]):
        origin[index] = origin[index] if value is None else value
    held = [index for index in range(len(names)) if index not in (one, two)]
    note = None
    if len(held) > MOST_NAMED:
        note = Sentence("{count} other inputs are held still", count=len(held))
    elif held:
        said = (f"{names[index]} = {origin[index]:.3g}" for index in held)
        note = Sentence(
            "At {values}", values=", ".join(each.replace("= -", "= −") for each in said)
        )
    origin[[one, two]] = 0.0
    first, second = np.eye(len(names))[[one, two]]
    limits, places = dataset.limits, dataset.x[:, [one, two]]
    if (one, two) != (0, 1):
        limits = limits_of(places, dataset.y)
    return Plane(origin, first, second, (names[one], names[two]), limits, places, note)


def _axes(count: int, view: View) -> tuple[int, int]:
    one, two = view.axes
    return (one, two) if max(one, two) < count > 2 and one != two else (0, 1)


def _components(data: PreparedData) -> Plane:
    """The first two principal components of the training samples, each input in its deviation.

    Of a sample that lies beside the plane, the nearest place on it is shown.
    """
    x, _ = data.samples("train")
    if len(x) < 2:
        return _inputs(data, View())
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    _, sizes, directions = np.linalg.svd((x - mean) / deviation, full_matrices=False)
    share = (sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-300)
    places = (data.dataset.x - mean) / deviation @ directions[:2].T
    return Plane(
        mean,
        directions[0] * deviation,
        directions[1] * deviation,
        ("PC 1", "PC 2"),
        limits_of(places, data.dataset.y),
        places,
        Sentence(
            "Plane of two principal components, {share:.0f} % of the variance", share=100 * share
        ),
    )
