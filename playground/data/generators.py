"""Made-up data, most of them on the square [-6, 6]² and known from TensorFlow Playground.

Each generator is given the number of samples, the noise ν from 0 to 0.5 and a random generator.
Noise is drawn at every ν and only scaled by it: turning it up moves the same samples further.
"""

import numpy as np

from playground.data.sources import NAMES, Source, source

Samples = tuple[np.ndarray, np.ndarray]

GENERATORS: dict[str, Source] = {}


def _halves(samples: int) -> np.ndarray:
    """Class indices of a half-and-half set, 0 before 1; an odd sample goes to class 1."""
    return (np.arange(samples) >= samples // 2).astype(np.int64)


def _places(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each sample of `_halves` its i and n: it is the i-th of its class's n, from 0."""
    return np.arange(len(y)) - y * (len(y) // 2), np.bincount(y)[y]


@source(GENERATORS, "circle", "Circle", "A disc inside a ring")
def circle(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """r ~ U(0, 2.5) or U(3.5, 5); the class: whether the point, moved by U(±5)·ν, is within 2.5."""
    inner = _halves(samples) == 1
    radius = rng.uniform(np.where(inner, 0, 3.5), np.where(inner, 2.5, 5))
    angle = rng.uniform(0, 2 * np.pi, samples)
    x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    moved = x + noise * rng.uniform(-5, 5, x.shape)
    return x, (np.hypot(moved[:, 0], moved[:, 1]) < 2.5).astype(np.int64)


@source(GENERATORS, "xor", "XOR", "Opposite quarters of the plane belong together")
def xor(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x1, x2 ~ U(±5), 0.3 off the axes; the class: the sign of x1 x2, each moved by U(±5)·ν."""
    x = rng.uniform(-5, 5, (samples, 2))
    x += np.where(x > 0, 0.3, -0.3)
    moved = x + noise * rng.uniform(-5, 5, x.shape)
    return x, (moved[:, 0] * moved[:, 1] >= 0).astype(np.int64)


@source(GENERATORS, "gauss", "Gauss", "Two normal distributions that noise lets overlap")
def gauss(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ N(±(2, 2), σ²) with σ² from 0.5 at ν = 0 to 4 at ν = 0.5."""
    y = _halves(samples)
    centre = np.where(y == 1, 2.0, -2.0)[:, None]
    deviation = np.sqrt(0.5 + 7 * noise)
    return centre + deviation * rng.standard_normal((samples, 2)), y


@source(GENERATORS, "spiral", "Spiral", "Two arms wound around each other")
def spiral(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x = r (sin t, cos t) + U(±1)·ν with r = 5 i/n and t = 3.5 π i/n, + π for class 0."""
    y = _halves(samples)
    i, n = _places(y)
    radius = 5 * i / n
    turn = 3.5 * np.pi * i / n + np.pi * (y == 0)
    x = np.stack([radius * np.sin(turn), radius * np.cos(turn)], axis=1)
    return x + noise * rng.uniform(-1, 1, x.shape), y


@source(GENERATORS, "moons", "Moons", "Two interleaving half circles, as in scikit-learn")
def moons(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """(cos t, sin t) and (1 - cos t, ½ - sin t), t from 0 to π, + N(0, ν²); centred, enlarged."""
    y = _halves(samples)
    i, n = _places(y)
    turn = np.pi * i / (n - 1)
    upper = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    x = np.where(y[:, None] == 0, upper, (1, 0.5) - upper)
    x += noise * rng.standard_normal(x.shape)
    return (x - (0.5, 0.25)) * (10 / 3), y


@source(
    GENERATORS,
    "blobs",
    "4 blobs",
    "Four normal distributions, one for each class",
    class_names=NAMES[:4],
)
def blobs(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ N((±3, ±3), σ²) with σ from 0.5 at ν = 0 to 2 at ν = 0.5."""
    y = np.arange(samples) % 4
    centres = np.array([(-3, 3), (3, 3), (3, -3), (-3, -3)])
    return centres[y] + (0.5 + 3 * noise) * rng.standard_normal((samples, 2)), y


@source(
    GENERATORS, "plane", "Plane", "A value that rises evenly from corner to corner", class_names=()
)
def plane(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); y = (x1 + x2) / 10, each input moved by U(±6)·ν before."""
    x = rng.uniform(-6, 6, (samples, 2))
    moved = x + noise * rng.uniform(-6, 6, x.shape)
    return x, moved.sum(axis=1, keepdims=True) / 10


CONES = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


@source(GENERATORS, "multi-gauss", "Six hills", "Hills and hollows by turns", class_names=())
def multi_gauss(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); y = ± max(0, 1 - d/2), d from x, moved by U(±6)·ν, to the nearest cone."""
    x = rng.uniform(-6, 6, (samples, 2))
    moved = x + noise * rng.uniform(-6, 6, x.shape)
    centres, signs = np.array(CONES)[:, :2], np.array(CONES)[:, 2]
    distance = np.linalg.norm(moved[:, None] - centres, axis=2)  # (samples, cones)
    nearest = distance.argmin(axis=1)
    height = np.maximum(0, 1 - distance.min(axis=1) / 2)
    return x, (signs[nearest] * height)[:, None]


@source(GENERATORS, "checkerboard", "Checkers", "Sixteen fields of two classes by turns")
def checkerboard(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); the class: the colour of the field, 3 wide, that x moved by U(±5)·ν lies on."""
    x = rng.uniform(-6, 6, (samples, 2))
    moved = x + noise * rng.uniform(-5, 5, x.shape)
    return x, np.floor(moved / 3).sum(axis=1).astype(np.int64) % 2


RADII = np.array([1.25, 2.5, 3.75, 5.0])


@source(GENERATORS, "rings", "Rings", "Four rings, one in another, of two classes by turns")
def rings(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x = r (sin t, cos t) + N(0, 4ν²), with r of 1.25, 2.5, 3.75, 5 by turns and t ~ U(0, 2π)."""
    ring = np.arange(samples) % len(RADII)
    angle = rng.uniform(0, 2 * np.pi, samples)
    x = RADII[ring, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return x + 2 * noise * rng.standard_normal(x.shape), ring % 2


@source(
    GENERATORS,
    "three-spirals",
    "3 spirals",
    "Three arms wound around each other",
    class_names=NAMES[:3],
)
def three_spirals(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x = r (sin t, cos t) + U(±1)·ν with r = 5 i/n and t = 2.5 π i/n + 2π/3 for each class."""
    y = np.arange(samples) % 3
    place = (np.arange(samples) // 3) / (-(-samples // 3))
    turn = 2.5 * np.pi * place + 2 * np.pi / 3 * y
    x = 5 * place[:, None] * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    return x + noise * rng.uniform(-1, 1, x.shape), y


@source(GENERATORS, "s-curve", "S-curve", "Two sides of a line that is bent like an S")
def s_curve(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); the class: whether x1 > 4 sin(π x2 / 6), each input moved by U(±5)·ν."""
    x = rng.uniform(-6, 6, (samples, 2))
    moved = x + noise * rng.uniform(-5, 5, x.shape)
    return x, (moved[:, 0] > 4 * np.sin(np.pi / 6 * moved[:, 1])).astype(np.int64)


@source(
    GENERATORS,
    "sine",
    "Sine wave",
    "One input, and a value that goes up and down with it",
    input_names=("x1",),
    class_names=(),
    limits=((-6.0, 6.0), (-2.0, 2.0)),
)
def sine(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); y = sin x + N(0, ν²)."""
    x = rng.uniform(-6, 6, (samples, 1))
    return x, np.sin(x) + noise * rng.standard_normal(x.shape)


@source(
    GENERATORS,
    "polynomial",
    "Polynomial",
    "One input, and a value by a polynomial of the third degree",
    input_names=("x1",),
    class_names=(),
    limits=((-6.0, 6.0), (-2.0, 2.0)),
)
def polynomial(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """x ~ U(±6); y = (x³ - 25 x) / 60 + N(0, ν²)."""
    x = rng.uniform(-6, 6, (samples, 1))
    return x, (x**3 - 25 * x) / 60 + noise * rng.standard_normal(x.shape)


WINDOW = 8


@source(
    GENERATORS,
    "time-series",
    "Time series",
    "The next value of a wave from the eight before it",
    input_names=tuple(f"{steps} before" for steps in range(WINDOW, 0, -1)),
    class_names=(),
    limits=((-2.0, 2.0), (-2.0, 2.0)),
    in_time=True,
)
def time_series(samples: int, noise: float, rng: np.random.Generator) -> Samples:
    """s(t) = 0.6 sin(2π t/25) + 0.3 sin(2π t/9) + a trend from -¼ to ¼ + N(0, ν²).

    x: windows of eight values one after the other, y: the value after each.
    """
    t = np.arange(samples + WINDOW)
    waves = 0.6 * np.sin(2 * np.pi * t / 25) + 0.3 * np.sin(2 * np.pi * t / 9)
    values = waves + (t / len(t) - 0.5) / 2 + noise * rng.standard_normal(len(t))
    windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW + 1)
    return windows[:, :WINDOW].copy(), windows[:, WINDOW:].copy()
