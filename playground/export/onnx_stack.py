"""ONNX files of other programs, as far as they are plain stacks of layers that are known here.

Walks from one layer's operator (MatMul, Gemm, BatchNormalization, LayerNormalization) to the next;
what lies between is an activation, a norm or a normalisation written out, and is recognised by what
it computes.
"""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from playground.data.formula import MOST_INPUTS
from playground.engine.layers import BatchNorm, Dense, Layer, LayerNorm
from playground.export.errors import ModelError
from playground.export.onnx_file import Graph, Node
from playground.export.recognition import Activation, Affine, Normed, Step, Work, explained, probes
from playground.export.stack import Stack
from playground.export.wire import damaged
from playground.sentence import Sentence

MOST_LAYERS = 40
LEAST_EPS = 1e-12
WITH_TENSORS = {"MatMul", "Gemm", "Add", "BatchNormalization", "LayerNormalization"}
# What scikit-learn's classifiers do with the probabilities: the class, and a dictionary.
CLASSIFIED = {"ArgMax", "ZipMap"}


def stack_of(graph: Graph) -> Stack:
    """The layers of a graph. Raises `ModelError` naming the tensor that does not fit."""
    return _Walk(graph).stack()


class _Walk:
    """Goes through the nodes in their order; `here` is the tensor that the last layer gives."""

    def __init__(self, graph: Graph) -> None:
        if len(graph.inputs) != 1:
            message = "it has {inputs} inputs; a network here has one"
            raise ModelError(message, inputs=len(graph.inputs))
        self._graph = graph
        self._constants = dict(graph.constants)
        self._here = graph.inputs[0]
        self._units = 0  # of `here`; 0 as long as that is not known
        self._between: list[Node] = []
        self._layers: list[tuple[Layer, dict[str, np.ndarray]]] = []
        self._normalization: Affine | None = None
        self._notices: dict[Sentence, None] = {}
        self._work = Work()

    def stack(self) -> Stack:
        for node in self._graph.nodes:
            if not self._folded(node):
                self._take(node)
        self._end()
        shift = scale = None
        if self._normalization is not None:
            scale = 1 / self._normalization.factor
            shift = -self._normalization.offset * scale
        return Stack(tuple(self._layers), shift, scale, tuple(self._notices))

    def _folded(self, node: Node) -> bool:
        """Whether the node only makes a constant of constants."""
        if node.operator == "Constant":
            value = node.attributes.get("value", node.attributes.get("value_float"))
            self._constants[node.outputs[0]] = np.asarray(value if value is not None else [])
            return True
        given = self._constants.get(node.inputs[0]) if node.inputs else None
        if given is None or node.operator not in ("Identity", "Cast", "Transpose"):
            return False
        turned = node.operator == "Transpose" and given.ndim == 2
        self._constants[node.outputs[0]] = given.T if turned else given
        return True

    def _take(self, node: Node) -> None:
        if node.operator in WITH_TENSORS and len(node.inputs) < 2:
            raise damaged()
        match node.operator:
            case "MatMul":
                weight = self._matrix(node, node.inputs[1]).T
                self._dense(node, weight, np.zeros(len(weight), weight.dtype))
            case "Gemm":
                self._gemm(node)
            case "Add" if self._is_bias(node):
                self._add_bias(node)
            case "BatchNormalization":
                self._batch_norm(node)
            case "LayerNormalization":
                self._layer_norm(node)
            case _:
                self._between.append(node)
        if len(self._layers) > MOST_LAYERS:
            raise ModelError("it has too many layers")

    # Layers

    def _matrix(self, node: Node, name: str) -> np.ndarray:
        found = self._constants.get(name)
        if found is None or found.ndim != 2 or not found.size or found.dtype.kind != "f":
            self._refuse(node, name)
        if max(found.shape) > MOST_INPUTS:
            self._refuse(node, name)
        return found

    def _vector(self, node: Node, place: int, units: int) -> np.ndarray:
        name = node.inputs[place] if place < len(node.inputs) else ""
        found = self._constants.get(name)
        if found is None or found.size != units or found.dtype.kind != "f":
            self._refuse(node, name)
        return found.reshape(units)

    def _refuse(self, node: Node, name: str) -> NoReturn:
        found = self._constants.get(name)
        message = '{operator} with "{name}" of shape {shape} is no layer that is known here'
        if found is None:
            message = '{operator} with "{name}" is no layer that is known here'
        shape = None if found is None else found.shape
        raise ModelError(message, operator=node.operator, name=name[:60], shape=shape)

    def _gemm(self, node: Node) -> None:
        weight = self._matrix(node, node.inputs[1])
        weight = weight if node.number("transB", 0) else weight.T
        plain = node.number("alpha", 1) == 1 and node.number("beta", 1) == 1
        if node.number("transA", 0) or not plain:
            self._refuse(node, node.inputs[1])
        bias = np.zeros(len(weight), weight.dtype)
        if len(node.inputs) > 2:
            bias = self._vector(node, 2, len(weight))
        self._dense(node, weight, bias)

    def _dense(self, node: Node, weight: np.ndarray, bias: np.ndarray) -> None:
        if self._units not in (0, weight.shape[1]):
            self._refuse(node, node.inputs[1])
        self._reach(node, weight.shape[1])
        layer = Dense(units=len(weight), activation="linear")
        self._add(node, layer, {"weight": weight, "bias": bias}, len(weight))

    def _is_bias(self, node: Node) -> bool:
        """Whether an Add completes the MatMul just before it."""
        others = [name for name in node.inputs if name != self._here]
        if len(others) != 1 or self._between or not self._layers:
            return False
        layer, tensors = self._layers[-1]
        found = self._constants.get(others[0])
        return (
            isinstance(layer, Dense)
            and not tensors["bias"].any()
            and found is not None
            and found.size == self._units
        )

    def _add_bias(self, node: Node) -> None:
        place = 1 if node.inputs[0] == self._here else 0
        self._layers[-1][1]["bias"] = self._vector(node, place, self._units)
        self._here = node.outputs[0]

    def _batch_norm(self, node: Node) -> None:
        units = self._norm_units(node)
        parts = ("weight", "bias", "running_mean", "running_var")
        tensors = {part: self._vector(node, place, units) for place, part in enumerate(parts, 1)}
        momentum = 1 - node.number("momentum", 0.9)  # there, that of what was
        eps = node.number("epsilon", 1e-5)
        self._reach(node, units)
        self._add(node, BatchNorm(_short(momentum), _short(eps)), tensors, units)

    def _layer_norm(self, node: Node) -> None:
        units = self._norm_units(node)
        if node.number("axis", -1) not in (1, -1):
            self._refuse(node, node.inputs[1])
        weight = self._vector(node, 1, units)
        bias = self._vector(node, 2, units) if len(node.inputs) > 2 else np.zeros_like(weight)
        self._reach(node, units)
        eps = _short(node.number("epsilon", 1e-5))
        self._add(node, LayerNorm(eps), {"weight": weight, "bias": bias}, units)

    def _norm_units(self, node: Node) -> int:
        found = self._constants.get(node.inputs[1])
        units = self._units or (found.size if found is not None else 0)
        if not 0 < units <= MOST_INPUTS:
            self._refuse(node, node.inputs[1])
        return units

    def _add(self, node: Node, layer: Layer, tensors: dict[str, np.ndarray], units: int) -> None:
        self._layers.append((layer, tensors))
        self._here, self._units, self._between = node.outputs[0], units, []

    # What lies between

    def _reach(self, node: Node, units: int) -> None:
        """Understand what leads from the last layer to the input of the next one."""
        self._units = units
        steps = self._explained(node.inputs[0])
        if steps is None:
            self._not_known(node.inputs[0])
        self._apply(steps)

    def _explained(self, end: str) -> list[Step] | None:
        return explained(
            self._between, self._constants, self._here, end, probes(self._units), self._work
        )

    def _not_known(self, name: str) -> NoReturn:
        operators = " → ".join(node.operator for node in self._between[:6])[:100]
        raise ModelError(
            '"{name}" of shape (n, {units}) comes from {operators}, which makes no layer '
            "that is known here",
            name=name[:60],
            units=self._units,
            operators=operators or Sentence("a layer further up"),
        )

    def _apply(self, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Activation(name=name):
                    self._activate(name)
                case Affine() if not self._layers and self._normalization is None:
                    if not step.factor.all():
                        self._not_known(self._here)
                    self._normalization = step
                case Affine(factor=factor, offset=offset):
                    tensors = _pair(factor, offset)
                    tensors["running_mean"] = np.zeros(self._units, np.float32)
                    tensors["running_var"] = np.ones(self._units, np.float32)
                    self._layers.append((BatchNorm(eps=LEAST_EPS), tensors))
                    notice = "A factor and a shift of each unit are shown as a batch norm."
                    self._notices[Sentence(notice)] = None
                case Normed(weight=weight, bias=bias, eps=eps):
                    self._layers.append((LayerNorm(eps), _pair(weight, bias)))

    def _activate(self, name: str) -> None:
        layer, tensors = self._layers[-1] if self._layers else (None, {})
        if not isinstance(layer, Dense) or layer.activation != "linear":
            raise ModelError(
                '"{name}" of shape (n, {units}) goes through {activation} after another activation '
                "or a norm; here a dense layer has one activation, and before its norm",
                name=self._here[:60],
                units=self._units,
                activation=name,
            )
        self._layers[-1] = (Dense(layer.units, name), tensors)

    def _end(self) -> None:
        """Understand what leads from the last layer to the output."""
        if not self._layers:
            raise ModelError("it has no layer that is known here")
        names = [self._here, *(node.outputs[0] for node in self._between)]
        classified = bool(CLASSIFIED & {node.operator for node in self._between})
        ends = [each for each in self._graph.outputs if each in names]
        if classified:  # which goes on after the probabilities
            ends = names[::-1]
        for end in ends:
            steps = self._explained(end)
            kinds = [type(step) for step in steps or []]
            if steps is not None and (not classified or kinds == [Activation]):
                self._apply(steps)
                break
        else:
            self._not_known(ends[0] if ends else self._here)
        if not isinstance(self._layers[-1][0], Dense):
            raise ModelError("its last layer is a norm; here it is a dense one")


def _pair(weight: np.ndarray, bias: np.ndarray) -> dict[str, np.ndarray]:
    return {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32)}


def _short(number: float) -> float:
    """A float32 as it was written: 1e-05 rather than 9.999999747378752e-06."""
    return float(f"{number:.6g}")
