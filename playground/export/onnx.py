"""ONNX: the network as a graph from raw inputs to outputs, for onnxruntime and most other programs.

The input "x" is float32 [N, inputs], the output "y" float32 [N, outputs]. Features and
normalisation are computed in float64 inside the graph, because a large shift would cost float32 its
last digits; the network itself runs in float32.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.features import Feature, feature_of
from playground.data.formula import Input, fold
from playground.engine.activations import INVERSE_SQRT_2, SELU_ALPHA, SELU_SCALE
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.export.description import Description
from playground.export.expressible import check_expressible
from playground.export.format import Format
from playground.export.model import Model, check_tensors
from playground.export.onnx_file import read_graph
from playground.export.onnx_stack import stack_of
from playground.export.stack import Stack

OPSET = 17
IR_VERSION = 8
# onnx.TensorProto's, which is not imported before it is needed
FLOAT, DOUBLE = 1, 11


class Graph:
    """Nodes and constants in the making; `add` returns the name of a node's result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, np.ndarray] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        from onnx.helper import make_node

        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(make_node(operator, inputs, [name], name, **attributes))
        return name

    def constant(self, array: np.ndarray, name: str = "") -> str:
        name = name or f"constant_{len(self.constants)}"
        self.constants[name] = np.ascontiguousarray(array)
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))


def _operator(operator: str, **attributes: Any) -> Callable[[Graph, str], str]:
    return lambda graph, z: graph.add(operator, z, **attributes)


def _threshold(graph: Graph, z: str) -> str:
    return graph.add("Relu", graph.add("Sign", z))


def _gelu(graph: Graph, z: str) -> str:
    erf = graph.add("Erf", graph.add("Mul", z, graph.number(INVERSE_SQRT_2)))
    half = graph.add("Mul", z, graph.number(0.5))
    return graph.add("Mul", half, graph.add("Add", erf, graph.number(1.0)))


def _silu(graph: Graph, z: str) -> str:
    return graph.add("Mul", z, graph.add("Sigmoid", z))


def _softplus(graph: Graph, z: str) -> str:
    # Where the operator Softplus is log(1 + exp z) as it stands, it overflows from 89 on.
    power = graph.add("Exp", graph.add("Neg", graph.add("Abs", z)))
    logarithm = graph.add("Log", graph.add("Add", power, graph.number(1.0)))
    return graph.add("Add", graph.add("Relu", z), logarithm)


ACTIVATIONS: dict[str, Callable[[Graph, str], str]] = {
    "linear": lambda graph, z: z,
    "threshold": _threshold,
    "sigmoid": _operator("Sigmoid"),
    "tanh": _operator("Tanh"),
    "relu": _operator("Relu"),
    "leaky_relu": _operator("LeakyRelu", alpha=0.01),
    "elu": _operator("Elu", alpha=1.0),
    "selu": _operator("Selu", alpha=SELU_ALPHA, gamma=SELU_SCALE),
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _softplus,
    "softsign": _operator("Softsign"),
    "sine": _operator("Sin"),
    "softmax": _operator("Softmax", axis=1),
}


def _dense(graph: Graph, layer: Dense, tensors: dict[str, str], x: str) -> str:
    z = graph.add("Gemm", x, tensors["weight"], tensors["bias"], transB=1)
    return ACTIVATIONS[layer.activation](graph, z)


def _dropout(graph: Graph, layer: Dropout, tensors: dict[str, str], x: str) -> str:
    return x


# Norms centre before their operators do, for which μ is then 0: onnxruntime computes x / σ − μ / σ,
# and σ² as the mean of x² less μ², of which little but rounding is left where μ is far above σ.
def _batch_norm(graph: Graph, layer: BatchNorm, tensors: dict[str, str], x: str) -> str:
    mean = tensors["running_mean"]
    zero = graph.constant(np.zeros_like(graph.constants[mean]))
    given = (graph.add("Sub", x, mean), tensors["weight"], tensors["bias"], zero)
    return graph.add("BatchNormalization", *given, tensors["running_var"], epsilon=layer.eps)


def _layer_norm(graph: Graph, layer: LayerNorm, tensors: dict[str, str], x: str) -> str:
    centred = graph.add("Sub", x, graph.add("ReduceMean", x, axes=[1], keepdims=1))
    given = (centred, tensors["weight"], tensors["bias"])
    return graph.add("LayerNormalization", *given, axis=1, epsilon=layer.eps)


LAYERS: dict[type, Callable[[Graph, Any, dict[str, str], str], str]] = {
    Dense: _dense,
    Dropout: _dropout,
    BatchNorm: _batch_norm,
    LayerNorm: _layer_norm,
}


def _node(operator: str) -> Callable[..., str]:
    return lambda graph, *inputs: graph.add(operator, *inputs)


def _tan(graph: Graph, x: str) -> str:
    return graph.add("Div", graph.add("Sin", x), graph.add("Cos", x))  # Tan is not for double


# Of columns of raw inputs, and numbers, in a feature
FEATURE_OPERATORS: dict[str, Callable[..., str]] = {
    "+": _node("Add"),
    "-": _node("Sub"),
    "*": _node("Mul"),
    "/": _node("Div"),
    "^": _node("Pow"),
    "negative": _node("Neg"),
    "tan": _tan,
    **{name: _node(name.title()) for name in ("sin", "cos", "tanh", "exp", "log", "sqrt")},
    "abs": _node("Abs"),
    "floor": _node("Floor"),
}


def encode(model: Model) -> bytes:
    """The file's content. Raises `ExportError` for what it cannot express, by name."""
    from onnx import checker, helper, numpy_helper

    check_expressible(model, "ONNX", LAYERS, ACTIVATIONS, FEATURE_OPERATORS)
    graph = Graph()
    a = _network_inputs(graph, model)
    for layer, names in model.layers():
        for name in names.values():
            graph.constant(_narrow(model.parameters[name]), name)
        a = LAYERS[type(layer)](graph, layer, names, a)
    graph.nodes[-1].output[0] = "y"
    description = model.description
    inputs = helper.make_tensor_value_info("x", FLOAT, ["N", len(description.input_names)])
    outputs = helper.make_tensor_value_info("y", FLOAT, ["N", description.outputs])
    constants = [numpy_helper.from_array(array, name) for name, array in graph.constants.items()]
    whole = helper.make_model(
        helper.make_graph(graph.nodes, "network", [inputs], [outputs], constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="neural-playground",
        producer_version=description.version,
    )
    helper.set_model_props(whole, {"playground": description.to_json()})
    checker.check_model(whole, full_check=True)
    return whole.SerializeToString()


def _narrow(array: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # an infinity shows when the file is read back
        return array.astype(np.float32)


def _network_inputs(graph: Graph, model: Model) -> str:
    """From "x" to what the first layer is given; nothing when that is the same."""
    features = [feature_of(name) for name in model.experiment.data.features]
    fitted = model.description.normalization.fitted()
    normalized = bool(np.any(fitted.shift != 0) or np.any(fitted.scale != 1))
    raw = [Input(index) for index in range(len(model.description.input_names))]
    if not normalized and [each.formula for each in features] == raw:
        return "x"
    f = _features(graph, features)
    if normalized:
        f = graph.add("Sub", f, graph.constant(fitted.shift, "shift"))
        f = graph.add("Div", f, graph.constant(fitted.scale, "scale"))
    return graph.add("Cast", f, to=FLOAT)


def _features(graph: Graph, features: Sequence[Feature]) -> str:
    x = graph.add("Cast", "x", to=DOUBLE)
    operators = {name: partial(each, graph) for name, each in FEATURE_OPERATORS.items()}

    def number(value: float) -> str:
        return graph.constant(np.array(value))

    def column(index: int) -> str:
        return graph.add("Gather", x, graph.constant(np.array([index])), axis=1)

    columns = [fold(each.formula, number, column, operators) for each in features]
    return graph.add("Concat", *columns, axis=1)


def read(path: Path) -> Model | Stack:
    """Open a file that `encode` made, or a plain stack of layers of another program.

    Raises `ModelError`. Of its own files the description is read first, then the tensors that the
    network it describes has; the graph follows from them.
    """
    graph = read_graph(path)
    if "playground" not in graph.properties:
        return stack_of(graph)
    description = Description.from_json(graph.properties["playground"])
    shapes = description.shapes()
    tensors = {name: array for name, array in graph.constants.items() if name in shapes}
    check_tensors(
        shapes, {name: (array.shape, array.dtype.name) for name, array in tensors.items()}
    )
    return Model(description, tensors)


def predict(path: Path, x: np.ndarray) -> np.ndarray:
    """What onnx's reference implementation makes of the file: x (n, inputs) → (n, outputs)."""
    from onnx.reference import ReferenceEvaluator

    with np.errstate(all="ignore"):
        (y,) = ReferenceEvaluator(str(path)).run(None, {"x": x.astype(np.float32)})
    return np.asarray(y, np.float64)


FORMAT = Format(
    ending=".onnx",
    label="ONNX",
    about="A graph that takes raw inputs, for onnxruntime and most other programs",
    encode=encode,
    predict=predict,
    read=read,
)
