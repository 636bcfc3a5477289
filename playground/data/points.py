"""Points drawn by hand: samples on the plane that are kept in the experiment itself."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from playground.data.sources import NAMES, PLANE, Limits, Source
from playground.data.table import MOST_CHARACTERS
from playground.fields import Problem, setting
from playground.sentence import Sentence

POINTS = "points"
MOST_POINTS = 20_000
MOST_CLASSES_DRAWN = 6
FARTHEST = 1e6


@dataclass(frozen=True)
class Points:
    """Samples in columns, as they were placed: x1, x2 and the target, one number for each point.

    `classes` is 2 to 6, and a target then the index of a class; or 0, and it is a value. No points,
    and classes without one, are fine: that is how drawing begins.
    """

    classes: int = setting(2, "Classes", minimum=0, maximum=MOST_CLASSES_DRAWN)
    x1: tuple[float, ...] = setting(
        (), "x₁", minimum=-FARTHEST, maximum=FARTHEST, many=(0, MOST_POINTS)
    )
    x2: tuple[float, ...] = setting(
        (), "x₂", minimum=-FARTHEST, maximum=FARTHEST, many=(0, MOST_POINTS)
    )
    targets: tuple[float, ...] = setting(
        (),
        "Targets",
        minimum=-FARTHEST,
        maximum=FARTHEST,
        many=(0, MOST_POINTS),
        help="The index of the class of each point, from 0; or a value, where there are no classes",
    )

    names: tuple[str, ...] = setting(
        (),
        "Class names",
        maximum=MOST_CHARACTERS,
        many=(0, MOST_CLASSES_DRAWN),
        help="What the first classes are called, where it is not class A, B and so on",
    )

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, names: tuple[str, ...]) -> "Points":
        """Points from arrays: x (n, 2), and y (n,) or (n, 1); without names they are values."""
        x, y = np.asarray(x, float), np.asarray(y, float).reshape(len(x))
        columns = (tuple(each.tolist()) for each in (*x.T, y))
        return cls(len(names), *columns).named(names)

    def named(self, names: tuple[str, ...]) -> "Points":
        """With these names for the first classes."""
        return dataclasses.replace(self, names=() if names == NAMES[: len(names)] else names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called; none for values."""
        return (self.names + NAMES[len(self.names) :])[: self.classes]

    def __len__(self) -> int:
        return len(self.targets)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """x (n, 2) float64, and y as `Dataset` has it: (n,) int64, or (n, 1) for values."""
        x = np.array([self.x1, self.x2], np.float64).T
        y = np.array(self.targets, np.float64)
        return x, y.astype(np.int64) if self.classes else y[:, None]

    def added(self, places: Iterable[tuple[float, float]], target: float) -> "Points":
        """With a point at each place (x1, x2), all of one class or value."""
        places = tuple(places)
        return dataclasses.replace(
            self,
            x1=self.x1 + tuple(float(x1) for x1, _ in places),
            x2=self.x2 + tuple(float(x2) for _, x2 in places),
            targets=self.targets + (float(target),) * len(places),
        )

    def without(self, indices: Collection[int]) -> "Points":
        """Less the points at some places of the columns."""
        gone = set(indices)
        return self._kept([index for index in range(len(self)) if index not in gone])

    def moved(self, index: int, place: tuple[float, float]) -> "Points":
        """With one point somewhere else."""
        x1, x2 = ((*each[:index], float(to), *each[index + 1 :]) for each, to in self._to(place))
        return dataclasses.replace(self, x1=x1, x2=x2)

    def with_classes(self, classes: int) -> "Points":
        """For another number of classes, or 0 for values.

        Points of a class that is no more are gone. Values become the second class where they are
        above 0, and the first elsewhere.
        """
        points = self
        if classes and not self.classes:
            targets = tuple(float(value > 0) for value in self.targets)
            points = dataclasses.replace(self, targets=targets)
        if classes:
            here = range(len(points))
            points = points._kept([index for index in here if points.targets[index] < classes])
        return dataclasses.replace(points, classes=classes)

    def misfits(self, path: str) -> Iterator[Problem]:
        """What in the columns does not fit together."""
        if self.classes == 1:
            yield Problem(f"{path}.classes", "one class leaves nothing to tell; take 2 to 6, or 0")
        columns = {"x1": self.x1, "x2": self.x2, "targets": self.targets}
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            message = (
                "there are {x1:,} x1, {x2:,} x2 and {targets:,} targets; "
                "each point needs one of each"
            )
            yield Problem(path, message, **lengths)
        if len(set(self.class_names)) < self.classes:
            yield Problem(f"{path}.names", "a class is listed twice")
        if self.classes:
            known = {float(index) for index in range(self.classes)}
            for index, target in enumerate(self.targets):
                if target not in known:
                    message = "{target:g} is no class; with {classes} they are 0 to {last}"
                    counts = {"classes": self.classes, "last": self.classes - 1}
                    yield Problem(f"{path}.targets.{index}", message, target=target, **counts)
                    break

    def source(self) -> Source:
        """Where a data set comes from that has these points as its samples."""
        return Source(
            POINTS,
            Sentence("Your points"),
            Sentence("Points placed by hand"),
            lambda samples, noise, rng: self.arrays(),
            class_names=self.class_names,
            limits=self._limits(),
            fixed=True,
        )

    def _kept(self, indices: list[int]) -> "Points":
        columns = (self.x1, self.x2, self.targets)
        x1, x2, targets = (tuple(each[index] for index in indices) for each in columns)
        return dataclasses.replace(self, x1=x1, x2=x2, targets=targets)

    def _to(self, place: tuple[float, float]) -> Iterable[tuple[tuple[float, ...], float]]:
        return zip((self.x1, self.x2), place, strict=True)

    def _limits(self) -> Limits:
        """The usual plane, so that the axes rest while points are placed; or as far as they lie."""
        ends = []
        for (low, high), column in zip(PLANE, (self.x1, self.x2), strict=True):
            ends.append((min(low, *column), max(high, *column)) if column else (low, high))
        return ends[0], ends[1]
