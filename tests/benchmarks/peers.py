"""The workloads of `playground.bench` on PyTorch and JAX, written as their users would for speed.

Every peer takes float32, sees the same samples, gathers each batch by indices that are shuffled
anew for every epoch, and computes the same loss and update. A function here gives what makes one
round of `steps` steps (or pictures of the grid), ready to be timed.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from playground.bench import SEED, Workload
from playground.engine.optimizers import Adam

Round = tuple[Callable[[], object], int]  # what makes a round, and its steps
SCAN_FLOPS = 2e9  # in one call of JAX's scan: some 20 ms, so that the call itself costs nothing


def batches(work: Workload, count: int) -> np.ndarray:
    """(count, batch) int32: which samples make up each batch, every epoch in another order."""
    rng = np.random.default_rng(SEED)
    epochs = -(-count * work.batch // work.samples)
    order = np.concatenate([rng.permutation(work.samples) for _ in range(epochs)])
    return order[: count * work.batch].reshape(count, work.batch).astype(np.int32)


def pytorch(work: Workload, threads: int, compiled: bool = False) -> Round:
    """PyTorch step by step, its network and update compiled or not."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[work.activation]
    modules: list[torch.nn.Module] = []
    for inputs, units in pairwise(work.sizes):
        modules += [torch.nn.Linear(inputs, units), activation()]
    network = torch.nn.Sequential(*modules[:-1])
    x, y = (torch.from_numpy(array) for array in work.data())
    output = torch.sigmoid if work.task == "binary" else torch.nn.Softmax(dim=1)

    def picture() -> Any:
        return output(network(x))

    if work.side:
        shown = torch.compile(picture) if compiled else picture

        def draw() -> None:
            with torch.inference_mode():
                shown()

        return draw, 1

    losses = torch.nn.functional
    loss_of = {
        "mse": lambda z, t: losses.mse_loss(torch.sigmoid(z), t),
        "binary_cross_entropy": losses.binary_cross_entropy_with_logits,
        "cross_entropy": losses.cross_entropy,
    }[work.loss]
    weights = [each for each in network.parameters() if each.ndim == 2]
    biases = [each for each in network.parameters() if each.ndim == 1]
    groups = [{"params": weights, "weight_decay": work.l2}, {"params": biases}]
    kind = torch.optim.Adam if isinstance(work.optimizer, Adam) else torch.optim.SGD
    optimizer = kind(groups, lr=work.optimizer.learning_rate)
    targets = y.argmax(dim=1) if work.task == "classes" else y

    def loss(rows: Any) -> Any:
        return loss_of(network(x[rows]), targets[rows])

    update = optimizer.step
    if compiled:
        loss, update = torch.compile(loss), torch.compile(update)

    def epoch() -> None:
        for rows in torch.randperm(work.samples).split(work.batch):
            optimizer.zero_grad()
            loss(rows).backward()
            update()

    return epoch, work.samples // work.batch


def jax(work: Workload, scan: bool = True) -> Round:
    """JAX with many steps in one `lax.scan` inside one `jit`, or with a `jit` of one step."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(SEED)
    weights = [
        (jnp.asarray(rng.normal(0, inputs**-0.5, (inputs, units)), jnp.float32), jnp.zeros(units))
        for inputs, units in pairwise(work.sizes)
    ]
    x, y = (jnp.asarray(array) for array in work.data())
    activation = {"tanh": jnp.tanh, "relu": jax.nn.relu}[work.activation]
    rate = work.optimizer.learning_rate

    def forward(weights: Any, a: Any) -> Any:
        for w, b in weights[:-1]:
            a = activation(a @ w + b)
        w, b = weights[-1]
        return a @ w + b

    if work.side:
        output = jax.nn.sigmoid if work.task == "binary" else jax.nn.softmax
        picture = jax.jit(lambda weights: output(forward(weights, x)))
        return lambda: picture(weights).block_until_ready(), 1

    def loss_of(weights: Any, rows: Any) -> Any:
        batch, t = (array.at[rows].get(mode="promise_in_bounds") for array in (x, y))
        z = forward(weights, batch)
        if work.loss == "mse":
            return jnp.mean((jax.nn.sigmoid(z) - t) ** 2)
        if work.loss == "cross_entropy":
            return -jnp.mean(jnp.sum(jax.nn.log_softmax(z) * t, axis=1))
        return jnp.mean(jnp.maximum(z, 0) - z * t + jnp.log1p(jnp.exp(-jnp.abs(z))))

    def adam(w: Any, m: Any, v: Any, first: Any, second: Any) -> Any:
        return w - rate * (m / first) / (jnp.sqrt(v / second) + 1e-8)

    def step(carry: Any, rows: Any) -> Any:
        weights, m, v, count = carry
        loss, g = jax.value_and_grad(loss_of)(weights, rows)
        if work.l2:
            g = [(dw + work.l2 * w, db) for (dw, db), (w, _) in zip(g, weights, strict=True)]
        if not isinstance(work.optimizer, Adam):
            return (jax.tree.map(lambda w, d: w - rate * d, weights, g), m, v, count + 1), loss
        m = jax.tree.map(lambda m, d: 0.9 * m + 0.1 * d, m, g)
        v = jax.tree.map(lambda v, d: 0.999 * v + 0.001 * d * d, v, g)
        corrections = 1 - 0.9**count, 1 - 0.999**count
        weights = jax.tree.map(lambda w, m, v: adam(w, m, v, *corrections), weights, m, v)
        return (weights, m, v, count + 1), loss

    m, v = (jax.tree.map(jnp.zeros_like, weights) for _ in range(2))
    carry = (weights, m, v, jnp.float32(1))
    steps = int(min(5000, max(20, SCAN_FLOPS // work.flops)))
    rows = jnp.asarray(batches(work, steps))
    many = jax.jit(lambda carry, rows: jax.lax.scan(step, carry, rows), donate_argnums=0)
    single, singles = jax.jit(step, donate_argnums=0), list(rows)

    def scanned() -> None:
        nonlocal carry
        carry, losses = many(carry, rows)
        losses.block_until_ready()

    def stepped() -> None:
        nonlocal carry
        for each in singles:
            carry, loss = single(carry, each)
        loss.block_until_ready()

    return (scanned if scan else stepped), steps
