"""How kernels are compiled. Every module that uses Numba gets its decorators here.

Division by zero follows IEEE 754 (`error_model="numpy"`), because a check before each division
would stop vectorisation. Of fastmath only contraction, reciprocals and the sign of zero are
allowed: NaN and infinity keep their meaning, and the order of operations stays as written, so that
the same seed gives the same bits.
"""

from collections.abc import Callable
from typing import Any

import numba
from numba import extending
from numba.core import config

from playground.engine import cache

CACHED = cache.prepare() is not None
config.reload_config()  # Numba may have been imported, and so have looked for its folder, before

# Numba's own types know neither what `intrinsic` gives nor all the options there are.
intrinsic: Any = extending.intrinsic
njit: Any = numba.njit

OPTIONS: Any = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz"},
}


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only other compiled functions call."""
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS)(function)


def spliced(function: Callable[..., Any]) -> Any:
    """Compile an inner function that LLVM always puts where it is called, as a loop around it needs
    to become vectors.
    """
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **OPTIONS)(
        function
    )


def reassociating(function: Callable[..., Any]) -> Any:
    """Compile an inner function whose sums may be made in another order, so that they vectorise.

    It is the same order each time.
    """
    flags = OPTIONS["fastmath"] | {"reassoc"}
    return njit(**{**OPTIONS, "fastmath": flags})(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Put a function's statements where it is called, before LLVM sees them.

    LLVM optimises an `inner` function once more for every level of functions around it, so what is
    called in one or two places is compiled faster this way.
    """
    return njit(inline="always", **OPTIONS)(function)


def kernel(*signatures: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile an entry point for the given signatures, or load it from the disk cache."""
    return _cached(lambda function, **cache: njit(list(signatures), **cache, **OPTIONS)(function))


def c_function(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a C function, whose `address` kernels may call, or load it from the disk cache."""
    options = {name: value for name, value in OPTIONS.items() if name != "nogil"}
    return _cached(lambda function, **cache: numba.cfunc(signature, **cache, **options)(function))


def _cached(compiling: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """What cannot be read of the cache is made anew; where that fails too, nothing is kept."""

    def compiled(function: Callable[..., Any]) -> Any:
        for _ in range(2 if CACHED else 0):
            try:
                return compiling(function, cache=True)
            except Exception:  # a damaged file raises whatever its bytes happen to mean
                cache.forget(function.__name__)
        return compiling(function)

    return compiled
