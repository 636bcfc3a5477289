"""How fast the engine is on this machine: fixed workloads, each timed and counted.

Networks of the sizes that are drawn here and of the sizes that fill a processor, on random data
from a fixed seed. W1 to W6 are steps of training (batch, forward, loss, backward, update), G1 and
G2 pictures of an output on a grid.
"""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

import numpy as np

from playground.engine.layers import Dense
from playground.engine.network import Network
from playground.engine.optimizers import SGD, Adam, Optimizer
from playground.engine.peak import measured_peak
from playground.engine.plan import Samples
from playground.engine.program import compile_program
from playground.engine.settings import Settings
from playground.engine.team import Team

SEED = 0
ADAM = Adam()
ENDLESS = 2**60
REPEAT_SECONDS = 0.02  # a repeat lasts at least as long, so that the clock is fine enough


@dataclass(frozen=True)
class Workload:
    """What is timed: a network on a batch, or on a grid of side × side points.

    sizes: the features, the units of each hidden layer, the outputs. One output tells two classes
    apart, more are one for each class. A parallel workload may use several threads.
    """

    name: str
    sizes: tuple[int, ...]
    activation: str
    loss: str = "cross_entropy"
    optimizer: Optimizer = ADAM
    batch: int = 0
    l2: float = 0.0
    side: int = 0
    parallel: bool = False

    @property
    def label(self) -> str:
        """The network and what it does: "2-4-2-1 tanh, batch 10, SGD"."""
        network = f"{'-'.join(map(str, self.sizes))} {self.activation}"
        if self.side:
            return f"{network}, grid {self.side}×{self.side}"
        penalty = " + L2" if self.l2 else ""
        return f"{network}, batch {self.batch}, {self.optimizer.label}{penalty}"

    @property
    def task(self) -> str:
        return "binary" if self.sizes[-1] == 1 else "classes"

    @property
    def samples(self) -> int:
        """How many samples there are to draw batches from; every batch is full."""
        return self.side**2 or max(640, 10 * self.batch)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum((inputs + 1) * units for inputs, units in pairwise(self.sizes))

    @property
    def flops(self) -> int:
        """Operations of the matrix products of one step or grid; a multiply-add counts as two.

        Forward and the gradient of the weights: 2 · batch · inputs · units for each layer; the
        gradient of the inputs the same, without the first layer, which needs none.
        """
        products = [inputs * units for inputs, units in pairwise(self.sizes)]
        if self.side:
            return 2 * self.side**2 * sum(products)
        return 2 * self.batch * (3 * sum(products) - products[0])

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Random samples: x (samples, features), y (samples, outputs) of 0 and 1, in float32.

        The points of a grid lie in rows from (-1, -1) to (1, 1), and have no y.
        """
        if self.side:
            across = np.linspace(-1, 1, self.side, dtype=np.float32)
            points = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
            return points, np.zeros((self.samples, 0), np.float32)
        rng = np.random.default_rng(SEED)
        x = rng.normal(size=(self.samples, self.sizes[0])).astype(np.float32)
        drawn = rng.integers(0, max(2, self.sizes[-1]), self.samples)
        y = drawn[:, None] if self.task == "binary" else np.eye(self.sizes[-1])[drawn]
        return x, y.astype(np.float32)


W1 = Workload("W1", (2, 4, 2, 1), "tanh", "mse", SGD(), 10)
W2 = Workload("W2", (2, 8, 8, 8, 1), "relu", "binary_cross_entropy", batch=32)
W3 = Workload("W3", (7, *(8,) * 6, 1), "tanh", "binary_cross_entropy", SGD(), 10, l2=0.001)
W4 = Workload("W4", (2, 64, 64, 64, 3), "relu", batch=64)
W5 = Workload("W5", (64, 128, 64, 10), "relu", batch=64)
W6 = Workload("W6", (784, 512, 512, 10), "relu", batch=256, parallel=True)
G1 = Workload("G1", W2.sizes, "relu", W2.loss, side=256, parallel=True)
G2 = Workload("G2", W4.sizes, "relu", side=512, parallel=True)
WORKLOADS = {work.name: work for work in (W1, W2, W3, W4, W5, W6, G1, G2)}


class Engine:
    """A workload on this engine, ready to run; only here it is known how the engine is called."""

    def __init__(self, work: Workload, threads: int) -> None:
        hidden = [Dense(units, work.activation) for units in work.sizes[1:-1]]
        program = compile_program(work.sizes[0], hidden, work.sizes[-1], work.loss, work.task)
        self.threads = threads
        self._network = Network(program, "float32", SEED, Team(threads))
        self._network.configure(Settings(work.optimizer, batch_size=max(1, work.batch), l2=work.l2))
        self._network.record_nothing()  # a step is timed without the scores of an epoch
        x, y = work.data()
        label = np.zeros(len(x), np.int64)
        samples = Samples(x, y, np.ones(len(x), np.float32), label)
        for array in samples:
            array.setflags(write=False)
        self._grid = x if work.side else None
        self._samples = samples
        self._nothing = Samples(x[:0], y[:0], samples.w[:0], label[:0])

    def run(self, count: int) -> None:
        """Make as many steps, or pictures of the grid."""
        if self._grid is not None:
            for _ in range(count):
                self._network.outputs(self._grid)
        elif self._network.train(self._samples, self._nothing, count, ENDLESS) < count:
            raise RuntimeError("the training diverged, so its time would mean nothing")


def enough(run: Callable[[int], object], at_least: float = REPEAT_SECONDS) -> int:
    """The smallest power of two for which run(count) lasts at least as many seconds.

    Whatever the first runs compile or load is done once this is found.
    """
    count = 1
    run(count)
    while seconds_of(run, count) < at_least:
        count *= 2
    return count


def seconds_of(run: Callable[[int], object], count: int) -> float:
    """How long run(count) takes."""
    begun = perf_counter()
    run(count)
    return perf_counter() - begun


@dataclass(frozen=True)
class Measurement:
    """A workload, how many seconds one step or grid took on so many threads, and the peak of as
    many cores in GFLOP/s.
    """

    work: Workload
    threads: int
    seconds: float
    peak: float

    @property
    def gflops(self) -> float:
        """Billions of operations in a second."""
        return self.work.flops / self.seconds / 1e9

    @property
    def share(self) -> float:
        """The part of the peak that is reached, from 0 to 1."""
        return self.gflops / self.peak


def measured_peaks(threads: int) -> dict[int, float]:
    """The peaks in GFLOP/s of one core, and of `threads` together."""
    return {count: measured_peak(count) for count in sorted({1, threads})}


def measured(
    works: Sequence[Workload], threads: int, repeats: int, peaks: Mapping[int, float]
) -> Iterator[Measurement]:
    """Time one workload after the other; those that may use several threads use `threads`."""
    for work in works:
        engine = Engine(work, threads if work.parallel else 1)
        count = enough(engine.run)
        seconds = statistics.median(seconds_of(engine.run, count) for _ in range(repeats)) / count
        yield Measurement(work, engine.threads, seconds, peaks[engine.threads])
