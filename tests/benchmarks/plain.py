"""Training in plain Numba loops, to compare the engine with: products, and steps of W4 to W6.

What a careful programmer writes who leaves vectors to the compiler: activations as the engine lays
them out (units, samples), products as three loops and as the same with tiles of 4 × 4, Adam in one
loop over all parameters. In float32.
"""

from collections.abc import Callable

import numpy as np
from numba import njit

from playground.bench import SEED, Workload

compiled = njit(error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@compiled
def three_loops(p, q, out):  # noqa: ANN001, ANN201
    """out = p q, for p (rows, depth), q (depth, columns)."""
    out[:] = 0
    for r in range(p.shape[0]):
        row = out[r]
        for k in range(p.shape[1]):
            number, other = p[r, k], q[k]
            for c in range(len(row)):
                row[c] += number * other[c]


@compiled
def tiled(p, q, out):  # noqa: ANN001, ANN201
    """The same, four rows and four numbers of the depth at a time."""
    rows, depth = p.shape
    whole_rows, whole_depth = rows // 4 * 4, depth // 4 * 4
    out[:] = 0
    for r in range(0, whole_rows, 4):
        o0, o1, o2, o3 = out[r], out[r + 1], out[r + 2], out[r + 3]
        for k in range(0, whole_depth, 4):
            a00, a01, a02, a03 = p[r, k], p[r, k + 1], p[r, k + 2], p[r, k + 3]
            a10, a11, a12, a13 = p[r + 1, k], p[r + 1, k + 1], p[r + 1, k + 2], p[r + 1, k + 3]
            a20, a21, a22, a23 = p[r + 2, k], p[r + 2, k + 1], p[r + 2, k + 2], p[r + 2, k + 3]
            a30, a31, a32, a33 = p[r + 3, k], p[r + 3, k + 1], p[r + 3, k + 2], p[r + 3, k + 3]
            q0, q1, q2, q3 = q[k], q[k + 1], q[k + 2], q[k + 3]
            for c in range(len(o0)):
                b0, b1, b2, b3 = q0[c], q1[c], q2[c], q3[c]
                o0[c] += a00 * b0 + a01 * b1 + a02 * b2 + a03 * b3
                o1[c] += a10 * b0 + a11 * b1 + a12 * b2 + a13 * b3
                o2[c] += a20 * b0 + a21 * b1 + a22 * b2 + a23 * b3
                o3[c] += a30 * b0 + a31 * b1 + a32 * b2 + a33 * b3
        for k in range(whole_depth, depth):
            other = q[k]
            for i in range(4):
                number, row = p[r + i, k], out[r + i]
                for c in range(len(row)):
                    row[c] += number * other[c]
    for r in range(whole_rows, rows):
        row = out[r]
        for k in range(depth):
            number, other = p[r, k], q[k]
            for c in range(len(row)):
                row[c] += number * other[c]


PRODUCTS: dict[str, Callable[..., None]] = {"three loops": three_loops, "4 × 4 tiles": tiled}


@compiled
def copy_transposed(x, out):  # noqa: ANN001, ANN201
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[j, i] = x[i, j]


@compiled
def add_bias_and_relu(z, b, relu):  # noqa: ANN001, ANN201
    for j in range(len(z)):
        row, bias = z[j], b[j]
        for s in range(len(row)):
            value = row[s] + bias
            row[s] = max(value, np.float32(0)) if relu else value


@compiled
def softmax_slopes(z, y, d):  # noqa: ANN001, ANN201
    """d = (softmax z - y) / samples."""
    units, samples = z.shape
    for s in range(samples):
        top, total = z[0, s], np.float32(0)
        for j in range(1, units):
            top = max(top, z[j, s])
        for j in range(units):
            d[j, s] = np.exp(z[j, s] - top)
            total += d[j, s]
        for j in range(units):
            d[j, s] = (d[j, s] / total - y[s, j]) / np.float32(samples)


@compiled
def hide(d, a):  # noqa: ANN001, ANN201
    """d = 0 where a ReLU gave 0."""
    for j in range(len(d)):
        row, active = d[j], a[j]
        for s in range(len(row)):
            row[s] = row[s] if active[s] > 0 else np.float32(0)


@compiled
def adam(w, g, m, v, step):  # noqa: ANN001, ANN201
    one = np.float32(1)
    b1, b2, eps = np.float32(0.9), np.float32(0.999), np.float32(1e-8)
    rate = np.float32(0.001 / (1 - 0.9**step))
    scale = np.float32(1 / np.sqrt(1 - 0.999**step))
    for i in range(len(w)):
        m[i] = b1 * m[i] + (one - b1) * g[i]
        v[i] = b2 * v[i] + (one - b2) * g[i] * g[i]
        w[i] -= rate * m[i] / (np.sqrt(v[i]) * scale + eps)


class Plain:
    """A workload of ReLU layers, cross-entropy and Adam, stepped in plain loops."""

    def __init__(self, work: Workload, product: Callable[..., None]) -> None:
        self._work, self._product, self._steps = work, product, 0
        rng = np.random.default_rng(SEED)
        self._x, self._y = work.data()
        shapes = list(zip(work.sizes[1:], work.sizes[:-1], strict=True))
        starts = np.cumsum([0, *(units * (inputs + 1) for units, inputs in shapes)])
        self._flat = np.zeros((4, starts[-1]), np.float32)  # w, g, m, v
        parts = [
            [
                (row[a : a + u * i].reshape(u, i), row[a + u * i : a + u * (i + 1)])
                for a, (u, i) in zip(starts[:-1], shapes, strict=True)
            ]
            for row in self._flat[:2]
        ]
        self._w, self._g = parts
        for w, _ in self._w:
            w[:] = rng.normal(size=w.shape) / np.sqrt(w.shape[1])
        self._a = [np.empty((size, work.batch), np.float32) for size in work.sizes]
        self._d = [np.empty_like(a) for a in self._a]
        self._back = [np.empty(a.shape[::-1], np.float32) for a in self._a]
        self._turned = [np.empty(w.shape[::-1], np.float32) for w, _ in self._w]
        self._order = rng.permutation(work.samples)

    def run(self, count: int) -> None:
        """Make as many steps."""
        for _ in range(count):
            self._step()

    def _step(self) -> None:
        batch, a, d = self._work.batch, self._a, self._d
        first = self._steps * batch % self._work.samples
        picked = self._order[first : first + batch]
        copy_transposed(self._x[picked], a[0])
        last = len(self._w) - 1
        for k, (w, b) in enumerate(self._w):
            self._product(w, a[k], a[k + 1])
            add_bias_and_relu(a[k + 1], b, k < last)
        softmax_slopes(a[-1], self._y[picked], d[-1])
        for k in range(last, -1, -1):
            if k < last:
                hide(d[k + 1], a[k + 1])
            copy_transposed(a[k], self._back[k])
            w, (g, slope) = self._w[k][0], self._g[k]
            self._product(d[k + 1], self._back[k], g)
            slope[:] = d[k + 1].sum(axis=1)
            if k:
                copy_transposed(w, self._turned[k])
                self._product(self._turned[k], d[k + 1], d[k])
        self._steps += 1
        adam(*self._flat, float(self._steps))
