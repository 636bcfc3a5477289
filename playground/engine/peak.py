"""What a core can do at most, measured: multiply-adds on vectors that never leave the registers.

No kernel is faster; the share of it that one reaches says how much is left to gain.
"""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import numpy as np

from playground.engine.machine_code import library
from playground.engine.vectors import VECTOR_BYTES, aligned, host_features, lanes

# Enough independent sums to hide the latency of one, few enough to stay in the registers: AVX2 and
# SSE have 16, AVX-512 and NEON 32.
SUMS = 24 if VECTOR_BYTES == 64 or "neon" in host_features() else 12
ROUNDS = 4_000_000  # about 10 ms
TRIES = 10


def measured_peak(threads: int = 1) -> float:
    """GFLOP/s in float32 of as many cores together, the best of some tries."""
    flops = 2 * SUMS * lanes(np.float32) * ROUNDS * threads
    rooms = [aligned((2 + SUMS) * lanes(np.float32), np.float32) for _ in range(threads)]
    for room in rooms:
        room[:] = np.linspace(0.5, 1.0, len(room))  # stays finite, and no two sums are one
    kernel, times = library("peak")["multiply_add"], []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(TRIES):
            begun = perf_counter()
            list(pool.map(kernel, rooms, [ROUNDS] * threads))
            times.append(perf_counter() - begun)
    return flops / min(times) / 1e9
