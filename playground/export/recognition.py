"""What a few operators in a row compute, found out by trying: a layer, an activation, or nothing.

They are given probes, samples of numbers, and what comes out is compared with what each thing known
here gives for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.export.forward import activate
from playground.export.onnx_file import Node
from playground.export.onnx_operators import ELEMENTWISE, SLOW, WITH_ATTRIBUTES

MOST_NODES = 30
MOST_WORK = 1e8  # about a second's
_RECOGNITION = 40  # as much work as so many operators
# Constants of float32 in the middle of a formula move its results by their rounding.
TOLERANCE = 1e-6
EXACT = 1e-9
_COLUMNS = 4  # of the probes, for a first look
_SAMPLES = 24


@dataclass(frozen=True, eq=False)
class Activation:
    """a = g(z), under the catalogue's name, or "softmax"."""

    name: str


@dataclass(frozen=True, eq=False)
class Affine:
    """y = factor x + offset, unit by unit: (units,) each."""

    factor: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True, eq=False)
class Normed:
    """A layer norm with its γ, β: (units,) each."""

    weight: np.ndarray
    bias: np.ndarray
    eps: float


@dataclass
class Work:
    """What may still be tried for a file: numbers that operators make."""

    left: float = MOST_WORK

    def spend(self, nodes: Sequence[Node], x: np.ndarray) -> bool:
        """Whether there is enough left to try these on the probes x; it is spent then."""
        slow = sum(node.operator in SLOW for node in nodes)
        self.left -= (len(nodes) + _RECOGNITION * (1 + slow)) * x.size
        return self.left >= 0


Step = Activation | Affine | Normed
Constants = Mapping[str, np.ndarray]


def probes(units: int) -> np.ndarray:
    """(samples, units): zeros, ones, some numbers, a hundredth of them, and many more."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(_SAMPLES, units)) * np.geomspace(0.3, 12, _SAMPLES)[:, None]
    x[0], x[1], x[3] = 0.0, 1.0, 0.01 * x[2]
    return x


def values(
    nodes: Sequence[Node], constants: Constants, given: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """What every tensor is, as far as it follows from those given, by operators known here."""
    found = dict(given)
    rows, units = next(iter(given.values())).shape
    for node in nodes:
        given_names = [name for name in node.inputs if name]
        arguments = [_argument(name, found, constants, units) for name in given_names]
        there = [each for each in arguments if each is not None]
        if len(there) < len(arguments) or not any(name in found for name in given_names):
            continue
        made = _applied(node, there)
        if made is not None and made.shape in ((rows, units), (rows, 1)):
            found[node.outputs[0]] = made
    return found


def _argument(
    name: str, found: Mapping[str, np.ndarray], constants: Constants, units: int
) -> np.ndarray | None:
    if name in found:
        return found[name]
    constant = constants.get(name)
    if constant is None or constant.size not in (1, units):
        # Of a shape, axes and the like, which are not looked at, any number will do.
        return None if constant is None or constant.dtype.kind == "f" else np.zeros(())
    return constant.astype(np.float64).reshape(-1 if constant.size > 1 else ())


def _applied(node: Node, arguments: list[np.ndarray]) -> np.ndarray | None:
    if node.operator in ("Softmax", "ReduceMean"):
        given = node.attributes.get("axes", [node.attributes.get("axis", -1)])
        if given not in ([1], [-1]) or len(arguments) > 2 or not node.number("keepdims", 1):
            return None
        if node.operator == "ReduceMean":
            return arguments[0].mean(axis=1, keepdims=True)
    units = arguments[0].shape[-1] if arguments[0].ndim else 1
    lists = [each for each in node.attributes.values() if isinstance(each, np.ndarray)]
    if any(each.size not in (1, units) for each in lists):
        return None
    try:
        with np.errstate(all="ignore"):
            if node.operator in WITH_ATTRIBUTES:
                return WITH_ATTRIBUTES[node.operator](arguments[0], node.attributes)
            if node.operator in ELEMENTWISE:
                return np.asarray(ELEMENTWISE[node.operator](*arguments), np.float64)
    except (TypeError, ValueError):  # other arguments than the operator has
        pass
    return None


def explained(
    nodes: Sequence[Node],
    constants: Constants,
    start: str,
    end: str,
    x: np.ndarray,
    work: Work,
) -> list[Step] | None:
    """The things in a row that lead from one tensor to another; None when they are not known.

    x: probes of as many units as the first tensor has.
    """
    if start == end:
        return []
    if len(nodes) > MOST_NODES or not work.spend(nodes, x):
        return None
    found = values(nodes, constants, {start: x})
    if end not in found:
        return None
    if _close(found[end], x, EXACT):
        return []
    if step := _recognised(x, found[end]):
        return [step]
    for place in reversed(range(len(nodes))):
        between = nodes[place].outputs[0]
        if between == end or between not in found:
            continue
        step = None if found[between].shape != x.shape else _recognised(x, found[between])
        if step is not None:
            rest = explained(nodes[place + 1 :], constants, between, end, x, work)
            if rest is not None:
                return [step, *rest]
    return None


def _recognised(x: np.ndarray, y: np.ndarray) -> Step | None:
    if y.shape != x.shape:
        return None
    tried: tuple[Callable[[np.ndarray, np.ndarray], Step | None], ...] = (
        _affine,
        _activation,
        _normed,
    )
    return next((step for each in tried if (step := each(x, y))), None)


def _affine(x: np.ndarray, y: np.ndarray) -> Step | None:
    offset = y[0]
    factor = y[1] - offset
    return Affine(factor, offset) if _close(y, factor * x + offset, EXACT) else None


def _activation(x: np.ndarray, y: np.ndarray) -> Step | None:
    few = slice(_COLUMNS)
    for name in ACTIVATIONS:
        # A first look at a few units; most are out of the question then.
        if _close(y[:, few], activate(name, x[:, few]), TOLERANCE) and _close(
            y, activate(name, x), TOLERANCE
        ):
            return Activation(name)
    return Activation("softmax") if _close(y, activate("softmax", x), TOLERANCE) else None


def _normed(x: np.ndarray, y: np.ndarray) -> Step | None:
    """γ, β and ε from what comes of zeros, of numbers, and of a hundredth of them."""
    with np.errstate(all="ignore"):
        bias, t = y[0], 0.01
        centred = x - x.mean(axis=1, keepdims=True)
        variance = (centred * centred).mean(axis=1, keepdims=True)
        v = variance[2]
        unit = np.argmax(np.abs(y[2] - bias))
        q = ((y[2] - bias) / (y[3] - bias))[unit] ** 2 * t * t
        eps = float((t * t * v * (1 - q / (t * t)) / (q - 1))[0])
        weight = (y[2] - bias) * np.sqrt(v + eps) / centred[2]
        given = weight * centred / np.sqrt(variance + eps) + bias
    known = _close(y, given, EXACT) and np.isfinite(weight).all()
    return Normed(weight, bias, float(f"{eps:.6g}")) if known else None


def _close(y: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    with np.errstate(invalid="ignore"):
        return bool((np.abs(y - expected) <= tolerance * np.maximum(1.0, np.abs(expected))).all())
