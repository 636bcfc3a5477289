"""Every derivative of the catalogues against finite differences; every row compiled as written."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from playground.engine.activations import ACTIVATIONS, Activation
from playground.engine.kernels.jit import njit
from playground.engine.kernels.scalar import scalar
from playground.engine.losses import LOSSES, Loss
from playground.engine.optimizers import OPTIMIZERS
from playground.fields import settings

POINTS = [-30.0, -4.1, -1.3, -0.4, -1e-3, 2e-3, 0.3, 0.9, 2.2, 5.7, 30.0]
FORMATS = [np.dtype(np.float32), np.dtype(np.float64)]


def compiled(function: Callable[..., Any], dtype: np.dtype) -> Any:
    """The compiled function; kernels call theirs without the wrapper that Python needs."""
    return njit(scalar(function, dtype).py_func)


def slope(function: Callable[[float], float], at: float) -> float:
    """The derivative by central differences of fourth order."""
    h = 1e-4
    return (
        8 * (function(at + h) - function(at - h)) - (function(at + 2 * h) - function(at - 2 * h))
    ) / (12 * h)


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("z", POINTS)
def test_derivative_of_activation(row: Activation, z: float) -> None:
    found = row.derivative(z, row.function(z))
    assert found == pytest.approx(slope(row.function, z), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("row", LOSSES.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("u", POINTS)
def test_derivative_of_loss(row: Loss, y: float, u: float) -> None:
    found = row.derivative(u, y)
    assert found == pytest.approx(slope(lambda at: row.function(at, y), u), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_activation_is_compiled_as_written_and_stays_in_its_format(
    row: Activation, dtype: np.dtype
) -> None:
    function, derivative = compiled(row.function, dtype), compiled(row.derivative, dtype)
    near = {"rel": 1e-5, "abs": 1e-6} if dtype == np.float32 else {"rel": 1e-13, "abs": 1e-14}
    for z in POINTS:
        z = float(dtype.type(z))
        a = row.function(z)
        assert function(dtype.type(z)) == pytest.approx(a, **near)
        assert derivative(dtype.type(z), dtype.type(a)) == pytest.approx(
            row.derivative(z, a), **near
        )
    for each in (function, derivative):
        assert [str(found.return_type) for found in each.nopython_signatures] == [str(dtype)]


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_activation_hides_no_nan(row: Activation) -> None:
    for dtype in FORMATS:
        assert np.isnan(compiled(row.function, dtype)(dtype.type(np.nan)))


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update_stays_in_its_format(name: str, dtype: np.dtype) -> None:
    update = compiled(OPTIMIZERS[name].update, dtype)
    update(*(dtype.type(0.5) for _ in range(9)))
    (signature,) = update.nopython_signatures
    assert {str(each) for each in signature.return_type} == {str(dtype)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parameters_of_optimizer_lead_with_the_rate_and_hold_all_settings(name: str) -> None:
    cls = OPTIMIZERS[name]
    numbers: list[float] = []
    for item, _, _ in settings(cls):
        held = getattr(cls(), item.name)
        numbers += held if isinstance(held, tuple) else [held]
    parameters = cls().parameters()
    assert list(parameters[: len(numbers)]) == numbers
    assert parameters[len(numbers) :] == (0.0,) * (5 - len(numbers))
