"""From the catalogues' plain scalar functions to compiled loops over arrays, for each precision.

The functions of the catalogues are written once, in plain Python on floats. Here each is compiled
for a number format, with its constants in that format and with `elementary`'s functions in place of
`math`'s where the format is float32; loops over arrays are put around them; and one dispatching
function per catalogue runs the loop that stands at a given place. Dispatching once per array costs
a nanosecond, so any network runs on the same compiled kernel.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numba import from_dtype, types
from numba.extending import overload

from playground.engine.activations import CATALOGUE as ACTIVATION_ROWS
from playground.engine.activations import Activation
from playground.engine.kernels import elementary, products
from playground.engine.kernels.jit import OPTIONS, inner, spliced
from playground.engine.kernels.simd import span
from playground.engine.losses import CATALOGUE as LOSS_ROWS
from playground.engine.losses import Loss
from playground.engine.optimizers import OPTIMIZERS
from playground.engine.schedules import SCHEDULES, plateau_after

Function = Callable[..., Any]
FLOAT64 = np.dtype(np.float64)


@functools.cache
def scalar(function: Function, dtype: np.dtype) -> Any:
    """Compile a scalar function for a number format: float constants become constants of that
    format.

    Python's float constants are float64; left as they are, they would widen every float32 they
    meet.
    """
    code = function.__code__
    constants = tuple(
        dtype.type(each) if isinstance(each, float) else each for each in code.co_consts
    )
    names = {name: _known(name, value, dtype) for name, value in _globals(function).items()}
    narrow = FunctionType(
        code.replace(co_consts=constants), function.__globals__ | names, function.__name__
    )
    return spliced(narrow)


def _globals(function: Function) -> Mapping[str, Any]:
    return {
        name: function.__globals__[name]
        for name in function.__code__.co_names
        if name in function.__globals__
    }


def _known(name: str, value: Any, dtype: np.dtype) -> Any:
    if isinstance(value, float):
        return dtype.type(value)
    own = elementary.FLOAT32.get(name) if dtype == np.float32 else None
    if own is not None and value in (own, getattr(math, name)):
        return scalar(own, dtype)
    return value


def choose(loops: Sequence[Any]) -> Any:
    """A compiled function of (place, *arguments) that runs the loop or function at that place.

    Written out as a flat chain of comparisons, because LLVM would optimise the innermost loop of a
    nested one again at every level.
    """
    lines = [f"    if place == {k}: return loop{k}(*arguments)" for k in range(len(loops))]
    source = "\n".join(["def chosen(place, *arguments):", *lines])
    names = {f"loop{k}": loop for k, loop in enumerate(loops)}
    exec(source, names)
    return inner(names["chosen"])


def for_each_precision(loop_of: Callable[[np.dtype], Any]) -> Any:
    """A function for compiled code: runs the loop that `loop_of` makes for the format of its
    arrays.
    """
    cached = functools.cache(loop_of)

    def compiled_code_only(*arguments):
        raise NotImplementedError

    @overload(compiled_code_only, jit_options=OPTIONS)
    def choose_loop(*arguments):
        array = next(each for each in arguments if isinstance(each, types.Array))
        loop = cached(np.dtype(str(array.dtype)))

        def implementation(*arguments):
            loop(*arguments)

        return implementation

    return compiled_code_only


def _activation(row: Activation, dtype: np.dtype) -> Any:
    g = scalar(row.function, dtype)

    def loop(z: np.ndarray, a: np.ndarray) -> None:
        for i in range(len(z)):
            a[i] = g(z[i])

    return inner(loop)


def _derivative(row: Activation, dtype: np.dtype) -> Any:
    g_prime = scalar(row.derivative, dtype)

    def loop(z: np.ndarray, a: np.ndarray, d: np.ndarray) -> None:
        for i in range(len(z)):
            d[i] *= g_prime(z[i], a[i])

    return inner(loop)


def _loss(row: Loss, dtype: np.dtype) -> Any:
    function, derivative = scalar(row.function, dtype), scalar(row.derivative, dtype)

    def loop(u: np.ndarray, y: np.ndarray, d: np.ndarray, e: np.ndarray) -> None:
        for i in range(len(u)):
            e[i] = function(u[i], y[i])
            d[i] = derivative(u[i], y[i])

    return inner(loop)


def _optimizer(cls: Any, dtype: np.dtype) -> Any:
    constants = scalar(cls.constants, FLOAT64)
    change = scalar(cls.update, dtype)
    number = dtype.type

    def loop(
        w: np.ndarray,
        g: np.ndarray,
        m: np.ndarray,
        v: np.ndarray,
        step: float,
        parameters: tuple[float, ...],
    ) -> None:
        rate, b, c, d, e = parameters
        numbers = constants(step, rate, b, c, d, e)
        c0, c1, c2 = number(numbers[0]), number(numbers[1]), number(numbers[2])
        c3, c4 = number(numbers[3]), number(numbers[4])
        for i in range(len(w)):
            w[i], m[i], v[i] = change(w[i], g[i], m[i], v[i], c0, c1, c2, c3, c4)

    return inner(loop)


def _elementary(name: str, dtype: np.dtype) -> Any:
    own = dtype == np.float32
    function = scalar(elementary.FLOAT32[name], dtype) if own else getattr(math, name)

    def loop(x: np.ndarray, y: np.ndarray) -> None:
        for i in range(len(x)):
            y[i] = function(x[i])

    return inner(loop)


def _each(rows: Iterable[Any], make: Callable[[Any, np.dtype], Any]) -> Any:
    return for_each_precision(lambda dtype: choose(tuple(make(row, dtype) for row in rows)))


# For compiled code; the first argument is a place in the catalogue, arrays are equally long.
activate = _each(ACTIVATION_ROWS, _activation)
differentiate = _each(ACTIVATION_ROWS, _derivative)
lose = _each(LOSS_ROWS, _loss)
change = _each(OPTIMIZERS.values(), _optimizer)
exp = for_each_precision(functools.partial(_elementary, "exp"))
log = for_each_precision(functools.partial(_elementary, "log"))
# (place, epoch, step, per_epoch, a, b, c): what a schedule makes of the learning rate
schedule_factor = choose([scalar(cls.factor, FLOAT64) for cls in SCHEDULES.values()])
# (loss, best, waited, factor, a, b, c): the new (best, waited, factor)
after_plateau = scalar(plateau_after, FLOAT64)


# As `calls` names them: n is how many numbers there are at each pointer.


def activation(place, n, z, a):  # a = g(z)
    activate(place, span(z, 0, n), span(a, 0, n))


def derivative(place, n, z, a, d):  # d = d · g'(z)
    differentiate(place, span(z, 0, n), span(a, 0, n), span(d, 0, n))


def loss(place, n, u, y, d, e):  # e = L(u, y), d = L'(u, y); u is z for a fused loss, else a
    lose(place, span(u, 0, n), span(y, 0, n), span(d, 0, n), span(e, 0, n))


def optimizer(place, n, w, g, m, v, step, p0, p1, p2, p3, p4):  # step: from 1
    change(
        place, span(w, 0, n), span(g, 0, n), span(m, 0, n), span(v, 0, n), step,
        (p0, p1, p2, p3, p4),
    )  # fmt: skip


def exponential(n, u, y):  # y = exp(u)
    exp(span(u, 0, n), span(y, 0, n))


def logarithm(n, u, y):  # y = log(u)
    log(span(u, 0, n), span(y, 0, n))


def definitions(precision: str) -> dict[str, tuple[list[Any], Function]]:
    """What the C functions are given, in a number format, in the order of `calls`."""
    number = from_dtype(np.dtype(precision))
    x, i, f = types.CPointer(number), types.int64, types.float64
    return {
        "activation": ([i, i, x, x], activation),
        "derivative": ([i, i, x, x, x], derivative),
        "loss": ([i, i, x, x, x, x], loss),
        "optimizer": ([i, i, x, x, x, x, *[f] * 6], optimizer),
        "exponential": ([i, x, x], exponential),
        "logarithm": ([i, x, x], logarithm),
        **products.definitions(number),
    }
