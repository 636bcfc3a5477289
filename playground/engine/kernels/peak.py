"""Multiply-adds on vectors that never leave the registers: nothing is faster."""

from typing import Any

from numba import types
from numba.core import cgutils

from playground.engine.kernels.jit import intrinsic
from playground.engine.kernels.simd import CONTRACT, Tile
from playground.engine.peak import SUMS


@intrinsic
def multiply_add(typing_context, values, rounds):
    """v = v · a + b for SUMS vectors v, `rounds` times.

    values: a, b and the v, one vector after the other.
    """
    return types.void(values, types.intp), _generate_multiply_add


def _generate_multiply_add(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    t = Tile(context, builder, signature, arguments)
    word = context.get_value_type(types.intp)
    places = [t.pointer(0, word(k * t.lanes)) for k in range(2 + SUMS)]
    a, b, *begin = [t.load(place) for place in places]
    totals = t.accumulators(SUMS)
    for value, total in zip(begin, totals, strict=True):
        builder.store(value, total)
    with cgutils.for_range(builder, arguments[1]):
        for total in totals:
            product = builder.fmul(builder.load(total), a, flags=CONTRACT)
            builder.store(builder.fadd(product, b, flags=CONTRACT), total)
    for total, place in zip(totals, places[2:], strict=True):
        t.store(builder.load(total), place)
    return context.get_dummy_value()


def _multiply_add(values, rounds):
    multiply_add(values, rounds)


def definitions() -> dict[str, tuple[list[Any], Any]]:
    """The one kernel, in float32."""
    return {"multiply_add": ([types.CPointer(types.float32), types.int64], _multiply_add)}
