"""How kernels are compiled. Every module that uses Numba gets its decorators here.

Division by zero follows IEEE 754 (`error_model="numpy"`), because a check before each division
would stop vectorisation. Of fastmath only contraction, reciprocals and the sign of zero are
allowed: NaN and infinity keep their meaning, and the order of operations stays as written, so that
the same seed gives the same bits. Kernels own no arrays, so none counts references (`_nrt`).
"""

from collections.abc import Callable
from typing import Any

import numba
from numba import extending

# Numba's own types know neither what `intrinsic` gives nor all the options there are.
intrinsic: Any = extending.intrinsic
njit: Any = numba.njit

OPTIONS: Any = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz"},
    "_nrt": False,
}


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only other compiled functions call, or C."""
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
