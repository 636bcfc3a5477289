"""What the gradients say: where they vanish or explode, which units are dead or saturated.

A layer's gradients vanish when the root of their mean square (RMS), over the newest steps, is less
than a hundredth of the output layer's. A sigmoid's slope is at most ¼ (Hochreiter 1991; Glorot and
Bengio 2010), so that this is more than three sigmoid layers take away at best; in the examples it
stays above a tenth. They explode in a network of several layers when their RMS is more than ten
times that of the layer's weights: a plain step along them would leave nothing of these, and that
ratio decides whether training diverges (You et al. 2017, "Large batch training of convolutional
networks"); in the examples it stays below two. What was said is said until the ratio is back at
half of that, so that it does not flicker.

A unit is dead when no sample gives its activation a slope (Lu et al. 2020, "Dying ReLU and
initialization"), and saturated when nearly all samples leave it less than a twentieth of the
steepest one, at both ends of its activation (Glorot and Bengio 2010, section 3).
"""

import functools
import weakref
from collections.abc import Callable
from time import perf_counter

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import Dense
from playground.engine.network import Network
from playground.snapshot import Diagnosis, Histogram, LayerHealth
from playground.trainer import Trainer

VANISHED = 1 / 100  # of the output layer's gradients
EXPLODED = 10.0  # times the layer's weights
CALMER = 2.0  # is the limit for what was said before
NEWEST = 0.1  # of the measured steps are looked at
FEWEST = 20  # of them at least
MOST_POINTS = 120  # of the series
LONG = 4  # times what is usually between two points
PARTS = 21  # of a histogram; an odd number, so that 0 is in the middle of one
MOST_SAMPLES = 256
NO_SLOPE = 1e-6  # of the steepest one
LITTLE_SLOPE = 0.05
NEARLY_ALL = 0.95
FAR = 30.0  # no pre-activation that matters lies beyond
SECONDS = 0.1  # between two looks while it trains


class Examiner:
    """Diagnoses a trainer now and then, and knows what was said before."""

    def __init__(self) -> None:
        self._found: Diagnosis | None = None
        self._of: Callable[[], Network | None] = lambda: None  # the network that it was found in
        self._at = 0.0

    def look(self, trainer: Trainer, running: bool) -> Diagnosis:
        """The diagnosis of the trainer as it is; while it runs, at most ten new ones a second."""
        # Another network, or another training, has nothing to do with what was said.
        if self._of() is not trainer.network:
            self._found = None
        recent = perf_counter() - self._at < SECONDS
        if self._found is None or not (running and recent):
            self._found = diagnose(trainer, self._found)
            self._of, self._at = weakref.ref(trainer.network), perf_counter()
        return self._found


def diagnose(trainer: Trainer, before: Diagnosis | None = None) -> Diagnosis:
    """What there is to say of the gradients, after what was said before of the same layers."""
    program = trainer.network.program
    dense = [index for index, layer in enumerate(program.layers) if isinstance(layer, Dense)]
    statistics = trainer.statistics
    rms = statistics["gradient_rms"][:, dense]
    said = [health.flow for health in before.layers] if before else [""] * len(dense)
    flows = _flows(rms, statistics["weight_rms"][:, dense], said)
    gradients = trainer.gradients
    blocked = _blocked_units(trainer)
    health = (
        LayerHealth(
            gradients=histogram(gradients[f"{program.names[index]}.weight"]),
            flow="" if getattr(program.layers[index], "frozen", False) else flow,
            dead=dead,
            saturated=saturated,
        )
        for index, flow, (dead, saturated) in zip(dense, flows, blocked, strict=True)
    )
    steps = statistics["step"] / trainer.steps_per_epoch
    since = float(steps[0]) if len(steps) else 0.0
    epochs, rms = _parted(*_points(steps, rms))
    return Diagnosis(since, epochs, np.where(rms > 0, rms, np.nan), tuple(health))


def histogram(values: np.ndarray, parts: int = PARTS) -> Histogram:
    """How the finite ones of some numbers lie between minus and plus the largest."""
    finite = values[np.isfinite(values)]
    high = float(np.abs(finite).max(initial=0.0))
    places = ((finite / (high or 1.0) + 1.0) * (parts / 2)).astype(np.int64)
    counts = np.bincount(np.minimum(places, parts - 1), minlength=parts)
    return Histogram(counts, -high if high else 0.0, high)


def _flows(rms: np.ndarray, weights: np.ndarray, said: list[str]) -> list[str]:
    """ "vanishing", "exploding" or nothing, for each layer: rms, weights (steps, layers)."""
    newest = slice(-max(int(NEWEST * len(rms)), FEWEST), None)
    if len(rms) < FEWEST:
        return [""] * rms.shape[1]
    sizes, weight_sizes = (np.sqrt(np.mean(np.square(each[newest]), 0)) for each in (rms, weights))
    flows = []
    for size, own, before in zip(sizes, weight_sizes, said, strict=True):
        low = VANISHED * (CALMER if before == "vanishing" else 1)
        high = EXPLODED / (CALMER if before == "exploding" else 1)
        explodes = len(sizes) > 1 and size > high * own > 0
        flows.append("vanishing" if size < low * sizes[-1] else "exploding" if explodes else "")
    return flows


def _points(epochs: np.ndarray, rms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A series with few points, each for a bunch of steps that follow each other."""
    if not len(epochs):
        return epochs, rms
    starts = np.arange(0, len(epochs), -(-len(epochs) // MOST_POINTS))
    counts = np.diff(np.append(starts, len(epochs)))
    ends = epochs[starts + counts - 1]
    return ends, np.sqrt(np.add.reduceat(np.square(rms), starts) / counts[:, None])


def _parted(epochs: np.ndarray, rms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The series with nothing in the middle of a long time in which no step was measured."""
    if len(epochs) < 3:
        return epochs, rms
    between = np.diff(epochs)
    after = np.flatnonzero(between > max(LONG * np.median(between), 1.0))
    if not len(after):
        return epochs, rms
    middles = epochs[after] + between[after] / 2
    return np.insert(epochs, after + 1, middles), np.insert(rms, after + 1, np.nan, axis=0)


def _blocked_units(trainer: Trainer) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """For each dense layer and the output, which units are dead, and which saturated."""
    x, _ = trainer.prepared.samples("train")
    rows = trainer.activations(x[:: max(-(-len(x) // MOST_SAMPLES), 1)])
    program, parameters = trainer.network.program, trainer.parameters
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for index, name in enumerate(program.names[:-1]):
        layer = program.layers[index]
        if isinstance(layer, Dense):
            bias = parameters[f"{name}.bias"][:, None]
            z = parameters[f"{name}.weight"] @ rows[index] + bias  # (units, samples)
            found.append(_blocked(layer.activation, z))
    return [*found, ((), ())]  # the output's slope is part of the loss


def _blocked(activation: str, z: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Dead and saturated units, by their pre-activations: (units, samples)."""
    places, slopes = _slopes(activation)
    steepest = slopes.max()
    if steepest == 0 or not z.size:
        return (), ()
    found = np.interp(z, places, slopes)
    dead = found.max(axis=1) < NO_SLOPE * steepest
    flat_ends = max(slopes[0], slopes[-1]) < LITTLE_SLOPE * steepest
    little = np.mean(found < LITTLE_SLOPE * steepest, axis=1) >= NEARLY_ALL
    saturated = little & ~dead & flat_ends
    return tuple(np.flatnonzero(dead).tolist()), tuple(np.flatnonzero(saturated).tolist())


@functools.cache
def _slopes(activation: str) -> tuple[np.ndarray, np.ndarray]:
    """The size of the activation's slope at places from -FAR to FAR."""
    row, places = ACTIVATIONS[activation], np.linspace(-FAR, FAR, 1201)
    slopes = [abs(row.derivative(z, row.function(z))) for z in places.tolist()]
    return places, np.array(slopes)
