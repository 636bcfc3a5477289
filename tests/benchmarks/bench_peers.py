"""Time of a training step and of a picture beside PyTorch and JAX, in one run.

    python tests/benchmarks/bench_peers.py [W1 … G2] [--repeats 9] [--quick] [--write]

The workloads are those of `playground bench`. Each engine is a process of its own, held to as many
cores as it may have threads before it loads anything; they are timed in turn, repeat by repeat, so
that whatever else the machine does meets them all. What is not installed is left out, with a note.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from time import sleep

import page
import peers

from playground.bench import WORKLOADS, Engine, Workload, enough, seconds_of
from playground.engine.machine import cores

THREADS = 2
TO_REACH = {
    "W1": 0.35, "W2": 0.30, "W3": 0.30, "W4": 0.60, "W5": 0.65, "W6": 0.90, "G1": 0.35, "G2": 0.80
}  # fmt: skip
# Large arrays come from memory that the process has already, as far as the GNU C library allows:
# fresh pages cost more than what is timed, now for one engine and now for another.
KEEPS_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**31)}
OURS, EAGER, COMPILED, SCAN, JIT = (
    "ours",
    "PyTorch eager",
    "PyTorch compiled",
    "JAX scan",
    "JAX jit",
)
PEERS: dict[str, Callable[[Workload, int], peers.Round]] = {
    EAGER: peers.pytorch,
    COMPILED: partial(peers.pytorch, compiled=True),
    SCAN: lambda work, threads: peers.jax(work),
    JIT: lambda work, threads: peers.jax(work, scan=False),
}


class Player:
    """An engine with a workload, in a process of its own that waits to be timed."""

    def __init__(self, engine: str, work: Workload, threads: int, seconds: float) -> None:
        self.times: list[float] = []
        words = ["--play", engine, work.name, str(threads), str(seconds)]
        self._process = subprocess.Popen(
            [sys.executable, __file__, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | KEEPS_MEMORY,
            preexec_fn=partial(hold_to, threads),
        )
        self.problem = self._told() or "it ended before it was timed"
        if self.problem == "ready":
            self.problem = ""

    def _told(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def play(self) -> None:
        """Time one repeat."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.times.append(float(self._told()))

    def leave(self) -> None:
        self._process.communicate()


def hold_to(threads: int) -> None:
    """Keep this process to as many cores, where the system can: JAX has no other limit."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def play(engine: str, name: str, threads: int, seconds: float) -> None:
    """The other side of `Player`: a line for each line, with the seconds of one step or grid."""
    sys.stdout, told = sys.stderr, sys.stdout  # whatever a peer prints is not an answer
    work, steps = WORKLOADS[name], 1
    try:
        if engine == OURS:
            run = Engine(work, threads).run
        else:
            once, steps = PEERS[engine](work, threads)
            run = partial(repeat, once)
        count = enough(run, seconds)
    except ImportError:
        print("it is not installed", file=told, flush=True)
        return
    except Exception as error:
        print(f"{type(error).__name__}: {error}".partition("\n")[0], file=told, flush=True)
        return
    print("ready", file=told, flush=True)
    for _ in sys.stdin:
        print(seconds_of(run, count) / count / steps, file=told, flush=True)


def repeat(once: Callable[[], object], count: int) -> None:
    for _ in range(count):
        once()


def compare(
    work: Workload, engines: Sequence[str], repeats: int, seconds: float
) -> tuple[dict[str, float], list[str]]:
    """Median seconds by engine, and a note on each that could not be timed."""
    threads = min(THREADS, cores()) if work.parallel else 1
    players = {engine: Player(engine, work, threads, seconds) for engine in engines}
    ready = {engine: player for engine, player in players.items() if not player.problem}
    for _ in range(repeats):
        for player in ready.values():
            sleep(0.02)  # threads of the one before may still be spinning
            player.play()
    for player in players.values():
        player.leave()
    notes = [f"{work.name}, {name}: {each.problem}" for name, each in players.items()]
    found = {engine: statistics.median(player.times) for engine, player in ready.items()}
    return found, [note for note, each in zip(notes, players.values(), strict=True) if each.problem]


def engines_for(work: Workload, quick: bool) -> list[str]:
    """Who is compared: a grid is one call anyway; a `jit` of one step pays only for long ones."""
    torch = [EAGER] if quick else [EAGER, COMPILED]
    jax = [JIT] if work.side else [SCAN, JIT] if work.parallel else [SCAN]
    return [OURS, *torch, *jax]


def row_of(work: Workload, found: dict[str, float]) -> list[str]:
    def shown(engine: str) -> str:
        if engine not in found:
            return "–"
        time = found[engine] * 1e6
        return f"{time:.2f}" if time < 100 else f"{time:,.0f}"

    jax = [engine for engine in (SCAN, JIT) if engine in found]
    best = min(jax, key=found.__getitem__, default=SCAN)
    jit = " (jit)" if best == JIT and not work.side else ""
    row = [f"{work.name} {work.label}", shown(OURS), shown(EAGER), shown(COMPILED)]
    row.append(shown(best) + jit)
    if OURS not in found or not jax:
        return [*row, "–", f"{TO_REACH[work.name]:.2f}", "–"]
    ratio, limit = found[OURS] / found[best], TO_REACH[work.name]
    return [*row, f"{ratio:.2f}", f"{limit:.2f}", "yes" if ratio <= limit else "no"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="shorter, without torch.compile")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    arguments = parser.parse_args()
    repeats, seconds = (5, 0.01) if arguments.quick else (arguments.repeats, 0.05)
    rows, notes = [], []
    for name in arguments.workloads or WORKLOADS:
        work = WORKLOADS[name]
        print(work.name, work.label, file=sys.stderr, flush=True)
        found, problems = compare(work, engines_for(work, arguments.quick), repeats, seconds)
        rows.append(row_of(work, found))
        notes += problems
    heads = ["µs", OURS, EAGER, "compiled", "JAX", "ours / JAX", "to reach", "met"]
    made = f"Medians of {repeats} on one thread; W6, G1 and G2 on {min(THREADS, cores())}."
    parts = [page.table(heads, rows), *(f"Not timed: {note}." for note in notes)]
    text = "\n\n".join([*parts, f"{made} {page.conditions('torch', 'jax')}."])
    print(text)
    if arguments.write:
        page.write("peers", text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--play"]:
        play(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
    else:
        main()
