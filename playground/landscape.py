"""The loss over two directions of the parameters: weights, random directions, the path's own."""

from dataclasses import dataclass

import numpy as np

from playground.compile import samples_of
from playground.trainer import Trainer

STREAM = 0x1A5D  # names the purpose of a random generator made from a seed


@dataclass(frozen=True)
class Plane:
    """Two directions in the space of the parameters, (size,) each, and what they are called."""

    one: np.ndarray
    two: np.ndarray
    names: tuple[str, str]


def weights_plane(trainer: Trainer, first: tuple[str, int], second: tuple[str, int]) -> Plane:
    """Two single parameters, each as (tensor name, place in the flattened tensor).

    Raises ValueError for a parameter that is not there.
    """
    tensors = {tensor.name: tensor for tensor in trainer.network.program.tensors}
    directions, names = [], []
    for name, place in (first, second):
        if name not in tensors or not 0 <= place < tensors[name].end - tensors[name].start:
            raise ValueError(f'there is no parameter {place} of "{name}"')
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
    return Plane(directions[0], directions[1], ("random direction 1", "random direction 2"))


def path_plane(trainer: Trainer) -> Plane:
    """The first two principal components of the path: the kept states, seen from the newest one.

    Raises ValueError when fewer than three states were kept.
    """
    away = path_of(trainer)
    if len(away) < 3:
        raise ValueError("train for a few epochs first")
    _, sizes, axes = np.linalg.svd(away, full_matrices=False)
    shares = sizes**2 / max(np.sum(sizes**2), np.finfo(float).tiny)
    names = [f"component {k + 1}, {shares[k]:.0%} of the path" for k in range(2)]
    return Plane(axes[0], axes[1], (names[0], names[1]))


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
