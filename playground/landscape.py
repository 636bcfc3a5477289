"""The loss over two directions of the parameters: weights, random directions, the path's own."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import LiteralString

import numpy as np

from playground.compile import samples_of
from playground.engine.contour import contour
from playground.sentence import Sentence
from playground.snapshot import Landscape, Limits
from playground.trainer import Trainer

STREAM = 0x1A5D  # names the purpose of a random generator made from a seed
ROWS, COLUMNS = 48, 96  # of a survey
MARGIN = 0.3  # around the path, of its width and height
NARROWEST = 1 / 3  # of the longer side of the plane that is looked at
LINES = 9  # of equal loss
CALL_SECONDS = 0.03  # of computing between two looks whether to go on


@dataclass(frozen=True)
class Plane:
    """Two directions in the space of the parameters, (size,) each, and what they are called.

    `shares` tell how much of the path they show: parts of its states' squared distances.
    """

    one: np.ndarray
    two: np.ndarray
    names: tuple[str, str]
    shares: tuple[float, float] | None = None


@dataclass(frozen=True)
class Still:
    """A trainer as it was at one moment; the original trains on.

    away: its path, see `path_of`; start: the training loss before the first step.
    """

    trainer: Trainer
    away: np.ndarray
    start: float
    epoch: int


def still_of(trainer: Trainer) -> Still:
    """A copy that stays as the trainer is now."""
    copy = Trainer(trainer.experiment, data=trainer.prepared)
    copy.load_parameters(trainer.parameters)
    losses = trainer.history["train_loss"]
    start = float(losses[0]) if len(losses) else float("nan")
    return Still(copy, path_of(trainer), start, trainer.epoch)


def weights_plane(trainer: Trainer, first: tuple[str, int], second: tuple[str, int]) -> Plane:
    """Two single parameters, each as (tensor name, place in the flattened tensor).

    Raises ValueError for a parameter that is not there.
    """
    tensors = {tensor.name: tensor for tensor in trainer.network.program.tensors}
    directions, names = [], []
    for name, place in (first, second):
        if name not in tensors or not 0 <= place < tensors[name].end - tensors[name].start:
            message = 'there is no parameter {place} of "{name}"'
            raise ValueError(Sentence(message, place=place, name=name))
        direction = np.zeros(trainer.network.program.size)
        direction[tensors[name].start + place] = 1
        directions.append(direction)
        names.append(f"{name}[{', '.join(map(str, np.unravel_index(place, tensors[name].shape)))}]")
    return Plane(directions[0], directions[1], (names[0], names[1]))


def random_plane(trainer: Trainer, seed: int = 0) -> Plane:
    """Two random directions, each filter as long as the parameters' own (Li et al. 2018).

    The weights into each unit are one filter; biases and norms are not moved.
    """
    program, rng = trainer.network.program, np.random.default_rng([seed, STREAM])
    directions = []
    for _ in range(2):
        direction = rng.standard_normal(program.size)
        for tensor in program.tensors:
            part, own = tensor.of(direction), tensor.of(trainer.network.p)
            if part.ndim == 1:
                part[:] = 0
                continue
            lengths = np.linalg.norm(part, axis=1, keepdims=True)
            part *= np.linalg.norm(own, axis=1, keepdims=True) / lengths
        directions.append(direction)
    return Plane(directions[0], directions[1], _names("random direction {number}"))


def path_plane(away: np.ndarray) -> Plane:
    """The first two principal components of a path: states as `path_of` gives them.

    Raises ValueError when they are fewer than three.
    """
    if len(away) < 3:
        raise ValueError(Sentence("Train for a few epochs first."))
    _, sizes, axes = np.linalg.svd(away, full_matrices=False)
    shares = sizes**2 / max(np.sum(sizes**2), np.finfo(float).tiny)
    names = _names("component {number}")
    return Plane(axes[0], axes[1], names, (float(shares[0]), float(shares[1])))


def _names(template: LiteralString) -> tuple[Sentence, Sentence]:
    return Sentence(template, number=1), Sentence(template, number=2)


def path_of(trainer: Trainer) -> np.ndarray:
    """The kept states' parameters less the present ones: (states, size) float64."""
    network = trainer.network
    return network.states.astype(np.float64) - network.p.astype(np.float64)


def coordinates(plane: Plane, away: np.ndarray) -> np.ndarray:
    """Where points (n, size), as `path_of` gives them, lie on the plane: (n, 2), least squares."""
    directions = np.stack([plane.one, plane.two], axis=1)
    return np.linalg.lstsq(directions, away.T, rcond=None)[0].T


def losses(
    trainer: Trainer, plane: Plane, u: np.ndarray, v: np.ndarray, split: str = "train"
) -> np.ndarray:
    """The mean loss on a split at the present parameters + u · one + v · two.

    u: (columns,), v: (rows,) → (rows, columns) float64. Computed on all threads of the trainer,
    which does not change; batch norms use their running statistics.
    """
    places = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    samples = samples_of(trainer.experiment, trainer.prepared, split)
    found = trainer.network.losses_at(plane.one, plane.two, places, samples)
    return found.reshape(len(v), len(u))


def survey(
    still: Still, plane: Plane, goes_on: Callable[[float], bool] = lambda done: True
) -> Landscape | None:
    """The training loss around the parameters, and the path that led there.

    Tells `goes_on` now and then which share is done, and gives None as soon as it says no.
    """
    path = np.vstack([coordinates(plane, still.away), np.zeros((1, 2))])
    limits = _limits(path, least=0.0 if plane.shares else 1.0)
    (left, right), (bottom, top) = limits
    u, v = np.linspace(left, right, COLUMNS), np.linspace(top, bottom, ROWS)
    found, count = np.empty((ROWS, COLUMNS)), 1
    for row in range(ROWS):
        column = 0
        while column < COLUMNS:
            part, begun = slice(column, column + count), perf_counter()
            found[row, part] = losses(still.trainer, plane, u[part], v[row : row + 1])[0]
            column = min(column + count, COLUMNS)
            speed = count / max(perf_counter() - begun, 1e-6)
            count = min(max(int(speed * CALL_SECONDS), 1), COLUMNS)
            if not goes_on((row * COLUMNS + column) / found.size):
                return None
    return _picture(still, plane, path, limits, found)


def _limits(path: np.ndarray, least: float) -> Limits:
    """What is looked at: the whole path with some room around, at least `least` to each side."""
    low, high = path.min(axis=0), path.max(axis=0)
    half = np.maximum((high - low) * (0.5 + MARGIN), least)
    half = np.maximum(half, NARROWEST * half.max()) if half.max() > 0 else np.ones(2)
    (left, bottom), (right, top) = (low + high) / 2 - half, (low + high) / 2 + half
    return ((float(left), float(right)), (float(bottom), float(top)))


def _picture(
    still: Still, plane: Plane, path: np.ndarray, limits: Limits, found: np.ndarray
) -> Landscape:
    """The losses (rows, columns), top row first, as places in a map of colours, with lines."""
    usable = np.isfinite(found) & (found > 0)
    heights = np.where(usable, np.log(found, where=usable, out=np.zeros_like(found)), np.nan)
    low = high = 0.0
    if usable.any():
        low, high = float(heights[usable].min()), float(heights[usable].max())
    shares = (heights - low) / max(high - low, 1e-12)
    lines = [
        contour(heights, low + (high - low) * place, limits)
        for place in np.arange(1, LINES + 1) / (LINES + 1)
    ]
    missing = np.where(found == 0, 0.0, 1.0)  # no loss at all is the lowest, infinity the highest
    return Landscape(
        names=plane.names,
        shares=plane.shares,
        limits=limits,
        picture=np.rint(255 * np.where(usable, shares, missing)).astype(np.uint8),
        lowest=float(np.exp(low)),
        highest=float(np.exp(high)),
        contours=np.concatenate(lines),
        path=path,
        here=still.trainer.metrics(("train",))["train"]["loss"],
        start=still.start,
        epoch=still.epoch,
    )
