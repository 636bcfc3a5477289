"""Schemes for a layer's first weights; biases start at 0 (`zeros` shows why weights must not)."""

import math
from dataclasses import dataclass

import numpy as np

from playground.fields import setting


@dataclass(frozen=True)
class Zeros:
    """w = 0: every unit of a layer then stays the same as its neighbours."""

    label = "Zeros"

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        return np.zeros((units, inputs))


@dataclass(frozen=True)
class Normal:
    """w ~ N(μ, σ²)."""

    label = "Normal"
    mean: float = setting(0.0, "μ", minimum=-10, maximum=10, step=0.1, help="Mean of the weights")
    std: float = setting(
        1.0, "σ", minimum=0, maximum=10, step=0.1, help="Standard deviation of the weights"
    )

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        return rng.normal(self.mean, self.std, (units, inputs))


@dataclass(frozen=True)
class Uniform:
    """w ~ U(low, high)."""

    label = "Uniform"
    low: float = setting(-0.5, "from", minimum=-10, maximum=10, step=0.1, help="Smallest weight")
    high: float = setting(0.5, "to", minimum=-10, maximum=10, step=0.1, help="Largest weight")

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        return rng.uniform(min(self.low, self.high), max(self.low, self.high), (units, inputs))


@dataclass(frozen=True)
class Xavier:
    """w ~ U(±√(6 / (inputs + units))), made for tanh and sigmoid (Glorot and Bengio 2010)."""

    label = "Xavier"

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        bound = math.sqrt(6 / (inputs + units))
        return rng.uniform(-bound, bound, (units, inputs))


@dataclass(frozen=True)
class He:
    """w ~ N(0, 2 / inputs), made for ReLU (He et al. 2015)."""

    label = "He"

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        return rng.normal(0, math.sqrt(2 / inputs), (units, inputs))


@dataclass(frozen=True)
class LeCun:
    """w ~ N(0, 1 / inputs), made for SELU (LeCun et al. 1998)."""

    label = "LeCun"

    def weights(self, rng: np.random.Generator, units: int, inputs: int) -> np.ndarray:
        return rng.normal(0, math.sqrt(1 / inputs), (units, inputs))


Initializer = Zeros | Normal | Uniform | Xavier | He | LeCun
INITIALIZERS: dict[str, type] = {
    "zeros": Zeros,
    "normal": Normal,
    "uniform": Uniform,
    "xavier": Xavier,
    "he": He,
    "lecun": LeCun,
}
