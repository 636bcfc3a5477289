"""Time of one training step beside PyTorch and JAX, in one run, one thread, float32.

    python tests/benchmarks/bench_step.py [--repeats 7]

Prints the median of the repeats in microseconds. All see as many samples in a batch, and compute
the same loss and update; compilation is left out. PyTorch runs eagerly; JAX runs many steps in one
`lax.scan` inside one `jit`. A peer that is not installed is left out.
"""

import argparse
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np

from playground import Experiment, Trainer
from playground.engine.kernels import STRIDE
from playground.engine.layers import Dense

SAMPLES = 640
Run = Callable[[int], None]  # makes that many steps


@dataclass(frozen=True)
class Workload:
    """A network, its batch and its optimizer ("sgd" or "adam"), on two classes."""

    name: str
    features: int
    hidden: tuple[int, ...]
    activation: str
    batch: int
    optimizer: str
    loss: str = "binary_cross_entropy"

    @property
    def label(self) -> str:
        sizes = "-".join(map(str, (self.features, *self.hidden, 1)))
        return f"{self.name} {sizes} {self.activation}, batch {self.batch}, {self.optimizer}"


WORKLOADS = (
    Workload("W1", 2, (4, 2), "tanh", 10, "sgd", "mse"),
    Workload("W2", 2, (8, 8, 8), "relu", 32, "adam"),
    Workload("W3", 7, (8,) * 6, "tanh", 10, "sgd"),
    Workload("W4", 2, (64, 64, 64), "relu", 64, "adam"),
)
FEATURES = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]


def ours(work: Workload) -> Run:
    experiment = Experiment.example("moons")
    for path, value in {
        "data.samples": SAMPLES,
        "data.split": {"train": 1.0, "validation": 0.0, "test": 0.0},
        "data.features": FEATURES[: work.features],
        "layers": tuple(Dense(units, work.activation) for units in work.hidden),
        "loss": work.loss,
        "optimizer": {"type": work.optimizer, "learning_rate": 0.001},
        "batch_size": work.batch,
    }.items():
        experiment = experiment.with_(path, value)
    trainer = Trainer(experiment)
    trainer.advance(steps=1)
    trainer._network._progress[STRIDE] = 2**40  # the peers evaluate nothing between epochs either
    return lambda steps: trainer._network.train(
        trainer._split("train"), trainer._split("validation"), steps, 2**60
    )


def pytorch(work: Workload) -> Run:
    import torch

    torch.set_num_threads(1)
    sizes = (work.features, *work.hidden, 1)
    activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[work.activation]
    modules: list[torch.nn.Module] = []
    for inputs, units in pairwise(sizes):
        modules += [torch.nn.Linear(inputs, units), activation()]
    network = torch.nn.Sequential(*modules[:-1])
    kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    optimizer = kinds[work.optimizer](network.parameters(), lr=0.001)
    x, y = torch.randn(SAMPLES, work.features), (torch.rand(SAMPLES, 1) > 0.5).float()

    def run(steps: int) -> None:
        place = 0
        for _ in range(steps):
            z = network(x[place : place + work.batch])
            t = y[place : place + work.batch]
            if work.loss == "mse":
                loss = torch.nn.functional.mse_loss(torch.sigmoid(z), t)
            else:
                loss = torch.nn.functional.binary_cross_entropy_with_logits(z, t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            place = (place + work.batch) % (SAMPLES - work.batch + 1)

    return run


def jax(work: Workload) -> Run:
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    sizes = (work.features, *work.hidden, 1)
    weights = [
        (jnp.asarray(rng.normal(0, 0.4, pair[::-1]), jnp.float32), jnp.zeros(pair[1]))
        for pair in pairwise(sizes)
    ]
    x = jnp.asarray(rng.normal(size=(SAMPLES, work.features)), jnp.float32)
    y = jnp.asarray(rng.random((SAMPLES, 1)) > 0.5, jnp.float32)
    g = {"tanh": jnp.tanh, "relu": jax.nn.relu}[work.activation]

    def loss_of(weights: Any, rows: Any) -> Any:
        a, t = x[rows], y[rows]
        for w, b in weights[:-1]:
            a = g(a @ w.T + b)
        w, b = weights[-1]
        z = a @ w.T + b
        if work.loss == "mse":
            return jnp.mean((jax.nn.sigmoid(z) - t) ** 2)
        return jnp.mean(jnp.maximum(z, 0) - z * t + jnp.log1p(jnp.exp(-jnp.abs(z))))

    def step(carry: Any, rows: Any) -> Any:
        weights, m, v, count = carry
        loss, slopes = jax.value_and_grad(loss_of)(weights, rows)
        if work.optimizer == "sgd":
            weights = jax.tree.map(lambda w, d: w - 0.001 * d, weights, slopes)
            return (weights, m, v, count + 1), loss
        m = jax.tree.map(lambda a, d: 0.9 * a + 0.1 * d, m, slopes)
        v = jax.tree.map(lambda a, d: 0.999 * a + 0.001 * d * d, v, slopes)
        first, second = 1 - 0.9**count, 1 - 0.999**count
        weights = jax.tree.map(
            lambda w, a, b: w - 0.001 * (a / first) / (jnp.sqrt(b / second) + 1e-8), weights, m, v
        )
        return (weights, m, v, count + 1), loss

    scan = jax.jit(lambda carry, rows: jax.lax.scan(step, carry, rows))
    zeros = jax.tree.map(jnp.zeros_like, weights)
    carry = (weights, zeros, zeros, jnp.float32(1))
    batches: dict[int, object] = {}

    def run(steps: int) -> None:
        if steps not in batches:
            batches[steps] = jnp.asarray(rng.integers(0, SAMPLES, (steps, work.batch)))
        jax.block_until_ready(scan(carry, batches[steps]))

    return run


def median_microseconds(run: Run, steps: int, repeats: int) -> float:
    run(steps)
    times = []
    for _ in range(repeats):
        begun = perf_counter()
        run(steps)
        times.append((perf_counter() - begun) / steps * 1e6)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    print(f"{'µs per step, median':56}{'ours':>9}{'PyTorch':>10}{'JAX scan':>10}")
    for work in WORKLOADS:
        row = [median_microseconds(ours(work), 2000, repeats)]
        for peer, steps in ((pytorch, 200), (jax, 2000)):
            try:
                row.append(median_microseconds(peer(work), steps, repeats))
            except ImportError:
                row.append(float("nan"))
        print(f"{work.label:56}{row[0]:9.2f}{row[1]:10.1f}{row[2]:10.2f}", flush=True)


if __name__ == "__main__":
    main()
