"""From the catalogues' plain scalar functions to compiled loops over arrays, for each precision.

The functions of the catalogues are written once, in plain Python on floats. Here each is compiled
for a number format, with its constants in that format and with `elementary`'s functions in place of
`math`'s where the format is float32; loops over arrays are put around them; and one dispatching
function per catalogue runs the loop that stands at a given place. Dispatching once per array costs
a nanosecond, so any network runs on the same compiled kernel.
"""

import functools
import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numba.core.types import Array
from numba.extending import overload

from playground.engine import elementary
from playground.engine.activations import CATALOGUE as ACTIVATION_ROWS
from playground.engine.activations import Activation
from playground.engine.jit import OPTIONS, inner
from playground.engine.losses import CATALOGUE as LOSS_ROWS
from playground.engine.losses import Loss
from playground.engine.optimizers import OPTIMIZERS

Function = Callable[..., Any]


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
    narrow = types.FunctionType(
        code.replace(co_consts=constants), function.__globals__ | names, function.__name__
    )
    return inner(narrow)


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
    """A compiled function of (place, *arguments) that runs the loop at that place.

    Written out as a flat chain of comparisons, because LLVM would optimise the innermost loop of a
    nested one again at every level.
    """
    lines = [f"    if place == {k}: loop{k}(*arguments)" for k in range(len(loops))]
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
        array = next(each for each in arguments if isinstance(each, Array) and each.ndim == 1)
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
    constants = scalar(cls.constants, np.dtype(np.float64))
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


# For compiled code; the first argument is a place in the catalogue, arrays are flat and equally
# long.

# (place, z, a): a = g(z)
activate = _each(ACTIVATION_ROWS, _activation)
# (place, z, a, d): d = d · g'(z)
backpropagate = _each(ACTIVATION_ROWS, _derivative)
# (place, u, y, d, e): e = L(u, y) and d = L'(u, y); u is z for a fused loss, else a
compare = _each(LOSS_ROWS, _loss)
# (place, w, g, m, v, step, parameters): one update; step: float64, from 1; parameters: 5 float64
update = _each(OPTIMIZERS.values(), _optimizer)
# (x, y): y = exp(x), y = log(x)
exponential = for_each_precision(functools.partial(_elementary, "exp"))
logarithm = for_each_precision(functools.partial(_elementary, "log"))
