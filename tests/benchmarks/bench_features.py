"""Beside plain loops, with the processor's vector instructions switched off one after the other.

    python tests/benchmarks/bench_features.py [--repeats 7] [--write]

For each set of instructions a process compiles the engine's kernels and plain Numba loops for it
alone, and times them in turn on one thread: the matrix products of a layer, and steps of W4 to W6.
Of the plain loops the fastest counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial

import numpy as np
import page
import plain
from numba import njit

from playground.bench import SEED, W4, W5, W6, Engine, enough, seconds_of
from playground.engine.kernels.calls import PRODUCT, call
from playground.engine.kernels.products import ZERO
from playground.engine.machine import processor
from playground.engine.machine_code import library
from playground.engine.peak import measured_peak
from playground.engine.plan import ROOM
from playground.engine.vectors import aligned

# As Numba's NUMBA_CPU_NAME and NUMBA_CPU_FEATURES; the last is what every 64-bit x86 has.
SETS = {
    "as it is": {},
    "AVX2 and FMA": {
        "NUMBA_CPU_NAME": "x86-64-v3",
        "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma",
    },
    "AVX": {"NUMBA_CPU_NAME": "sandybridge", "NUMBA_CPU_FEATURES": "+avx"},
    "SSE2": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"},
}
SIZES = ((64, 64, 64), (512, 784, 64), (128, 512, 512))  # rows, depth, columns
REPEAT_SECONDS = 0.05
Run = Callable[[int], object]


def products(size: tuple[int, int, int]) -> dict[str, Run]:
    """The product of two matrices, by the engine and in plain loops."""
    rows, depth, columns = size
    rng = np.random.default_rng(SEED)
    p, q, out, room, bias = (
        aligned(count, np.float32)
        for count in (rows * depth, depth * columns, rows * columns, ROOM, rows)
    )
    p[:], q[:] = rng.normal(size=p.size), rng.normal(size=q.size)
    kernels = library("loops-float32")  # held, so that they stay where they are
    places = np.array([each.address for each in kernels.values()])
    shaped = p.reshape(rows, depth), q.reshape(depth, columns), out.reshape(rows, columns)
    ours = partial(repeat_ours, places, *shaped, bias, room)
    theirs = {name: partial(repeat, each, *shaped) for name, each in plain.PRODUCTS.items()}
    found: dict[str, Run] = {"ours": ours, **theirs}
    expected = shaped[0].astype(float) @ shaped[1]
    for run in found.values():
        out[:] = 0
        run(1)
        np.testing.assert_allclose(shaped[2], expected, atol=1e-3)
    return found


@njit
def repeat_ours(places, p, q, out, bias, room, count):  # noqa: ANN001, ANN201
    (rows, depth), columns = p.shape, q.shape[1]
    for _ in range(count):
        call(
            places,
            PRODUCT,
            (
                ZERO, p, 0, depth, 1, q, 0, columns, out, 0, columns, rows, columns, depth,
                bias, 0, room,
            ),
        )  # fmt: skip


@njit
def repeat(product, p, q, out, count):  # noqa: ANN001, ANN201
    for _ in range(count):
        product(p, q, out)


def runs() -> dict[str, dict[str, Run]]:
    """What is compared, by its label."""
    found = {f"product {r}×{k} by {k}×{c}": products((r, k, c)) for r, k, c in SIZES}
    for work in (W4, W5, W6):
        theirs = {name: plain.Plain(work, each).run for name, each in plain.PRODUCTS.items()}
        found[f"{work.name}, a step"] = {"ours": Engine(work, 1).run, **theirs}
    return found


def measured(repeats: int) -> dict[str, dict[str, float]]:
    """Median microseconds of each, timed in turn; and the peak of a core in GFLOP/s."""
    found = {"peak": {"ours": measured_peak()}}
    for label, tasks in runs().items():
        counts = {name: enough(run, REPEAT_SECONDS) for name, run in tasks.items()}
        times: dict[str, list[float]] = {name: [] for name in tasks}
        for _ in range(repeats):
            for name, run in tasks.items():
                times[name].append(seconds_of(run, counts[name]) / counts[name] * 1e6)
        found[label] = {name: statistics.median(each) for name, each in times.items()}
    return found


def rows_of(label: str, found: dict[str, dict[str, float]]) -> list[list[str]]:
    rows = []
    peak = found.pop("peak")["ours"]
    for what, times in found.items():
        ours, best = times.pop("ours"), min(times, key=times.__getitem__)
        ratio = ours / times[best]
        rows.append(
            [
                f"{label} ({peak:.0f} GFLOP/s): {what}",
                *(f"{each:,.1f}" for each in (ours, times[best])),
                best,
                f"{ratio:.2f}",
                "yes" if ratio <= 1 else "no",
            ]
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measured(arguments.repeats)))
        return
    rows = []
    on_x86 = "AVX" in processor()
    for label, variables in SETS.items() if on_x86 else list(SETS.items())[:1]:
        print(label, file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            kept = {"PLAYGROUND_CACHE": os.environ.get("PLAYGROUND_CACHE", folder)}
            command = [sys.executable, __file__, "--measure", "--repeats", str(arguments.repeats)]
            done = subprocess.run(
                command, env=os.environ | kept | variables, stdout=subprocess.PIPE, check=True
            )
        rows += rows_of(label, json.loads(done.stdout))
    heads = ["µs", "ours", "plain", "the fastest of these", "ours / plain", "not slower"]
    made = f"Medians of {arguments.repeats} on one thread. {page.conditions()}."
    text = "\n\n".join([page.table(heads, rows), made])
    print(text)
    if arguments.write:
        page.write("features", text)


if __name__ == "__main__":
    main()
