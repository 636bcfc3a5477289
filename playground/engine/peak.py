"""What a core can do at most, measured: multiply-adds on vectors that never leave the registers.

No kernel is faster; the share of it that one reaches says how much is left to gain.
"""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils

from playground.engine.jit import intrinsic, kernel
from playground.engine.simd import CONTRACT, VECTOR_BYTES, Tile, aligned, host_features, lanes

# Enough independent sums to hide the latency of one, few enough to stay in the registers: AVX2 and
# SSE have 16, AVX-512 and NEON 32.
SUMS = 24 if VECTOR_BYTES == 64 or "neon" in host_features() else 12
ROUNDS = 4_000_000  # about 10 ms
TRIES = 10


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


@kernel("void(float32[::1], intp)")
def _multiply_add(values: np.ndarray, rounds: int) -> None:
    multiply_add(values, rounds)


def measured_peak(threads: int = 1) -> float:
    """GFLOP/s in float32 of as many cores together, the best of some tries."""
    flops = 2 * SUMS * lanes(np.float32) * ROUNDS * threads
    rooms = [aligned((2 + SUMS) * lanes(np.float32), np.float32) for _ in range(threads)]
    for room in rooms:
        room[:] = np.linspace(0.5, 1.0, len(room))  # stays finite, and no two sums are one
    times = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(TRIES):
            begun = perf_counter()
            list(pool.map(_multiply_add, rooms, [ROUNDS] * threads))
            times.append(perf_counter() - begun)
    return flops / min(times) / 1e9
