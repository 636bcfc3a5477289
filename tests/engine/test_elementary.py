"""exp, expm1, tanh, log, log1p and erf in float32, against float64, over their whole ranges."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.engine.kernels.elementary import FLOAT32
from playground.engine.kernels.jit import njit
from playground.engine.kernels.scalar import scalar
from tests.engine.oracle import ulp

# Where each is used: expm1 below 0, log1p on [0, 1], log on positive normal numbers
RANGES = {
    "exp": (-87.3, 88.7),
    "expm1": (-40.0, 0.0),
    "tanh": (-12.0, 12.0),
    "log": (1e-37, 1e38),
    "log1p": (0.0, 1.0),
    "erf": (-6.0, 6.0),
}


def over_array(name: str) -> Callable[[np.ndarray], np.ndarray]:
    function = scalar(FLOAT32[name], np.dtype(np.float32))

    def loop(x: np.ndarray) -> np.ndarray:
        y = np.empty_like(x)
        for i in range(len(x)):
            y[i] = function(x[i])
        return y

    return njit(loop)


def samples(name: str) -> np.ndarray:
    low, high = RANGES[name]
    if name == "log":
        return np.geomspace(low, high, 400_001).astype(np.float32)
    near_zero = np.geomspace(1e-30, max(high, -low), 100_001)
    signs = (1, -1) if low < 0 else (1,)
    parts = [np.linspace(low, high, 400_001), *(sign * near_zero for sign in signs)]
    x = np.concatenate(parts).astype(np.float32)
    return x[(x >= low) & (x <= high)]


@pytest.mark.parametrize("name", FLOAT32)
def test_at_most_four_ulp_from_float64(name: str) -> None:
    x = samples(name)
    exact = np.array([getattr(math, name)(float(each)) for each in x])
    found = over_array(name)(x)
    assert found.dtype == np.float32
    assert ulp(found, exact).max() <= 4


@pytest.mark.parametrize("name", FLOAT32)
def test_nan_comes_out_where_it_goes_in(name: str) -> None:
    assert np.isnan(over_array(name)(np.full(19, np.nan, np.float32))).all()


def test_zeros_and_infinities() -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, 1e30, -1e30], np.float32)
    assert over_array("exp")(x).tolist() == [1, 1, np.inf, 0, np.inf, 0]
    assert over_array("tanh")(x).tolist() == [0, 0, 1, -1, 1, -1]
    assert over_array("erf")(x).tolist() == [0, 0, 1, -1, 1, -1]
    assert over_array("log1p")(x[:1]).tolist() == [0]
    assert over_array("log")(np.array([1.0, np.inf], np.float32)).tolist() == [0, np.inf]


def test_kernels_leave_the_processor_in_the_mode_it_had() -> None:
    trainer = Trainer(Experiment.example("moons"))
    trainer.advance(steps=1)
    trainer.metrics()
    assert np.float32(1e-38) / np.float32(4) > 0
