"""What the engine makes of larger networks, more threads and many runs, and how soon it starts.

    python tests/benchmarks/bench_scaling.py [--repeats 5] [--write]

Of two things that are compared, each is timed in turn with the other; medians are printed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

import page

from playground import Experiment, Trainer
from playground.bench import W2, W4, W5, W6, Engine, Workload, enough, measured_peaks, seconds_of
from playground.engine.layers import Dense
from playground.engine.machine import cores

Row = tuple[str, str, str, bool]  # figure, measured, to reach, met
THREADS = min(2, cores())
RUNS, RUN_STEPS = 32, 40_000
REPEAT_SECONDS = 0.1
FIRST_STEP = (
    "from playground import Experiment, Trainer; "
    "Trainer(Experiment.example('moons')).advance(steps=1)"
)
# From W4 to 8 × W6: larger batches, and at last a wider network.
LADDER = (
    W4,
    W5,
    *(replace(W6, batch=batch) for batch in (32, 64, 128, 256, 512, 1024, 2048)),
    replace(W6, sizes=(784, 2048, 1792, 10)),
)


def in_turn(*tasks: Callable[[], object], repeats: int) -> list[float]:
    """Median seconds of each task."""
    times: list[list[float]] = [[] for _ in tasks]
    for _ in range(repeats):
        for task, found in zip(tasks, times, strict=True):
            begun = perf_counter()
            task()
            found.append(perf_counter() - begun)
    return [statistics.median(found) for found in times]


def large_steps(repeats: int) -> list[Row]:
    """W6 on one thread and on several."""
    engines = [Engine(W6, 1), Engine(W6, THREADS)]
    count = enough(engines[0].run, REPEAT_SECONDS)
    enough(engines[1].run, REPEAT_SECONDS)
    one, several = in_turn(*(lambda e=e: e.run(count) for e in engines), repeats=repeats)
    peaks = measured_peaks(THREADS)
    rows = []
    for engine, seconds in zip(engines, (one, several), strict=True):
        share = W6.flops * count / seconds / 1e9 / peaks[engine.threads]
        name = f"W6 on {engine.threads} of the cores: share of their peak"
        rows.append((name, f"{share:.0%}", "≥ 65 %", share >= 0.65))
    name = f"W6 on {THREADS} threads: times the speed of one"
    return [*rows, (name, f"{one / several:.2f}", "≥ 1.8", one / several >= 1.8)]


def trainer_of_w2(seed: int) -> Trainer:
    experiment = Experiment.example("moons")
    for path, value in {
        "seed": seed,
        "data.samples": W2.samples,
        "data.split": {"train": 1.0, "validation": 0.0, "test": 0.0},
        "layers": tuple(Dense(units, W2.activation) for units in W2.sizes[1:-1]),
        "loss": W2.loss,
        "optimizer": W2.optimizer,
        "batch_size": W2.batch,
    }.items():
        experiment = experiment.with_(path, value)
    return Trainer(experiment)


def many_runs(repeats: int) -> list[Row]:
    """As many trainers, side by side on the threads and one after the other."""
    trainers = [trainer_of_w2(seed) for seed in range(RUNS)]

    def train(trainer: Trainer) -> None:
        trainer.advance(steps=RUN_STEPS)

    with ThreadPoolExecutor(THREADS) as pool:
        one, several = in_turn(
            lambda: [train(trainer) for trainer in trainers],
            lambda: list(pool.map(train, trainers)),
            repeats=repeats,
        )
    name = f"{RUNS} runs of W2 on {THREADS} threads: times the speed of one by one"
    return [(name, f"{one / several:.2f}", "≥ 1.9", one / several >= 1.9)]


def growth(repeats: int) -> tuple[list[Row], str]:
    """Time by parameters and samples from W4 up to 8 × W6 on one thread, compared with W6."""
    costs = {work: _cost(work, repeats) for work in LADDER}
    ratios = [cost / costs[W6] for cost in costs.values()]
    rows = []
    for (work, cost), ratio in zip(costs.items(), ratios, strict=True):
        size = work.parameters * work.batch
        numbers = f"{size / 1e6:,.2f}", f"{cost * size * 1e6:,.0f}", f"{cost * 1e12:.1f}"
        speed = f"{work.flops / (cost * size) / 1e9:.0f}"
        rows.append([work.label, *numbers, f"{ratio:.2f}", speed])
    heads = ["network", "parameters × batch / 10⁶", "µs", "ps for each", "times W6's", "GFLOP/s"]
    # From the rate in the middle of the dearest and the cheapest, and from that of W6
    name = "Time by parameters × batch, from W4 to 8 × W6"
    apart = (max(ratios) - min(ratios)) / (max(ratios) + min(ratios))
    good = min(ratios) >= 0.7 and max(ratios) <= 1.3
    figures: list[Row] = [
        (f"{name}: in proportion within", f"{apart:.0%}", "≤ 30 %", apart <= 0.3),
        (f"{name}, times W6's", f"{min(ratios):.2f} to {max(ratios):.2f}", "0.7 to 1.3", good),
    ]
    return figures, page.table(heads, rows)


def _cost(work: Workload, repeats: int) -> float:
    """Median seconds of a step, for each parameter and sample."""
    engine = Engine(work, 1)
    count = enough(engine.run, REPEAT_SECONDS)
    seconds = statistics.median(seconds_of(engine.run, count) for _ in range(repeats))
    return seconds / count / work.parameters / work.batch


def starts(repeats: int) -> list[Row]:
    """Whole processes, to their end: with an empty kernel cache, and with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PLAYGROUND_CACHE": folder}

        def process(*words: str) -> Callable[[], object]:
            command = [sys.executable, *words]
            return lambda: subprocess.run(command, env=environment, check=True)

        warm = process("-m", "playground.engine.warm")
        (cold,) = in_turn(warm, repeats=1)
        python, numpy, loaded, stepped = in_turn(
            process("-c", "pass"),
            process("-c", "import numpy"),
            warm,
            process("-c", FIRST_STEP),
            repeats=repeats,
        )
    return [
        ("Every kernel compiled, s", f"{cold:.1f}", "< 30", cold < 30),
        ("Every kernel loaded from the cache, s", f"{loaded:.2f}", "< 0.3", loaded < 0.3),
        ("Python's start to a first step of training, s", f"{stepped:.2f}", "< 0.3", stepped < 0.3),
        ("Of either, Python and NumPy, s", f"{numpy:.2f}", "", True),
        ("Of these, Python's own start, s", f"{python:.2f}", "", True),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    arguments = parser.parse_args()
    repeats = arguments.repeats
    grown, ladder = growth(repeats)
    figures = [*large_steps(repeats), *many_runs(repeats), *grown, *starts(repeats)]
    rows = [
        [name, measured, limit, "yes" if met and limit else "no" if limit else ""]
        for name, measured, limit, met in figures
    ]
    made = f"Medians of {repeats} (one compilation). {page.conditions()}."
    text = "\n\n".join([page.table(["figure", "measured", "to reach", "met"], rows), ladder, made])
    print(text)
    if arguments.write:
        page.write("scaling", text)


if __name__ == "__main__":
    main()
