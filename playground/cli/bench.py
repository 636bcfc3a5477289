"""How fast the engine is on this machine, and what share of the processor's peak that is.

W1 to W6 are steps of training, G1 and G2 pictures of an output on a grid, on random data; the
larger ones (W6, G1, G2) may use several threads. Times are medians, without compilation. The peak
is measured too: the multiply-adds that the cores make when nothing holds them up.
"""

import argparse
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from playground.cli import training
from playground.cli.errors import WRONG_USAGE, CommandError

if TYPE_CHECKING:  # loads what calls the kernels
    from playground.bench import Measurement, Workload

THREADS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "workloads", metavar="WORKLOAD", nargs="*", help="W1 to W6, G1 or G2; all without it"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument(
        "--threads",
        metavar="N",
        type=training.count,
        help=f"for the larger ones; {THREADS} without it",
    )
    parser.add_argument(
        "--repeats",
        metavar="N",
        type=training.count,
        default=7,
        help="timings of each; 7 if not said",
    )


def run(arguments: argparse.Namespace) -> int:
    """Time the workloads that were asked for, print the table."""
    from playground import bench
    from playground.engine.machine import cores, processor

    works = _chosen(arguments.workloads, bench.WORKLOADS)
    threads = arguments.threads or min(THREADS, cores())
    if threads > cores():
        message = f"--threads {threads}: more than the cores of this machine, {cores()}"
        raise CommandError(message, WRONG_USAGE)
    training.prepare_kernels(["float32"])
    peaks = bench.measured_peaks(threads)
    machine = {
        "processor": processor(),
        "cores": cores(),
        "threads": threads,
        "repeats": arguments.repeats,
        "peak_gflops": {str(number): round(peak, 1) for number, peak in peaks.items()},
    }
    measured = bench.measured(works, threads, arguments.repeats, peaks)
    if arguments.json:
        print(json.dumps(machine | {"workloads": [_as_json(each) for each in measured]}))
    else:
        _print_table(machine, measured, max(len(work.label) for work in works))
    return 0


def _chosen(names: list[str], works: "dict[str, Workload]") -> "list[Workload]":
    unknown = [name for name in names if name.upper() not in works]
    if unknown:
        message = f"there is no workload {', '.join(unknown)}; there are {', '.join(works)}"
        raise CommandError(message, WRONG_USAGE)
    return [works[name.upper()] for name in names] or list(works.values())


def _print_table(machine: dict[str, Any], measured: "Iterable[Measurement]", width: int) -> None:
    """What the machine is, then each workload as soon as it is measured."""
    peaks = (f"{peak:.0f} on {threads}" for threads, peak in machine["peak_gflops"].items())
    print(f"processor  {machine['processor']}, cores: {machine['cores']}")
    print(f"peak       in GFLOP/s of float32, by the number of threads: {', '.join(peaks)}")
    print(f"timing     medians of {machine['repeats']}, in µs of a step (W) or a picture (G)\n")
    print(f"    {'':<{width}}  threads            µs  GFLOP/s  of the peak")
    for each in measured:
        print(
            f"{each.work.name}  {each.work.label:<{width}}  {each.threads:7}  "
            f"{each.seconds * 1e6:12,.2f}  {each.gflops:7.1f}  {each.share:11.1%}",
            flush=True,
        )


def _as_json(each: "Measurement") -> dict[str, Any]:
    return {
        "name": each.work.name,
        "label": each.work.label,
        "per": "grid" if each.work.side else "step",
        "threads": each.threads,
        "microseconds": round(each.seconds * 1e6, 3),
        "flops": each.work.flops,
        "gflops": round(each.gflops, 2),
        "peak_share": round(each.share, 4),
    }
