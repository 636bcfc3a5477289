"""What an ONNX file holds: nodes, constants and a few texts, as far as a network needs them.

Sizes are what the file really holds, never what it claims. Source: onnx.proto of ONNX 1.17.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from playground.export import wire
from playground.export.errors import ModelError
from playground.export.wire import Value, fields, message, text

MOST_NODES = 1000
MOST_CONSTANTS = 1000
_EXTERNAL = 1
# TensorProto's number formats: NumPy's name, and the field that holds them if not raw_data
_FORMATS = {1: ("<f4", 4), 11: ("<f8", 10), 6: ("<i4", 5), 7: ("<i8", 7)}


@dataclass(frozen=True)
class Node:
    """One operation: names of tensors in and out, and its attributes as plain values."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def number(self, name: str, default: float) -> float:
        """An attribute that is a number. Raises `ModelError` for one of another kind."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int | float):
            raise wire.damaged()
        return value


@dataclass
class Graph:
    """A file as it was read. `inputs` are those that no constant gives a value."""

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)


def read_graph(path: Path) -> Graph:
    """Open an ONNX file. Raises `ModelError` for one that is damaged, or has tensors elsewhere."""
    graph = Graph()
    for number, value in fields(memoryview(path.read_bytes())):
        if number == 7:
            _read_graph(message(value), graph)
        elif number == 14:
            entry = _texts(message(value))
            graph.properties[entry.get(1, "")] = entry.get(2, "")
    if not graph.nodes:
        raise ModelError("it holds no network")
    return graph


def _read_graph(content: memoryview, graph: Graph) -> None:
    given = []
    for number, value in fields(content):
        if number == 1:
            graph.nodes.append(_node(message(value)))
        elif number == 5:
            name, array = _tensor(message(value))
            graph.constants[name] = array
        elif number == 11:
            given.append(_texts(message(value)).get(1, ""))
        elif number == 12:
            graph.outputs.append(_texts(message(value)).get(1, ""))
        if len(graph.nodes) > MOST_NODES or len(graph.constants) > MOST_CONSTANTS:
            raise ModelError("it has too many parts for a model")
    graph.inputs += [name for name in given if name not in graph.constants]


def _texts(content: memoryview) -> dict[int, str]:
    """The fields of a message that are bytes, as texts; messages among them make no sense."""
    return {number: text(value) for number, value in fields(content) if not isinstance(value, int)}


def _node(content: memoryview) -> Node:
    inputs, outputs, operator, domain = [], [], "", ""
    attributes = {}
    for number, value in fields(content):
        if number == 1:
            inputs.append(text(value))
        elif number == 2:
            outputs.append(text(value))
        elif number == 4:
            operator = text(value)
        elif number == 5:
            name, attribute = _attribute(message(value))
            attributes[name] = attribute
        elif number == 7:
            domain = text(value)
    if not operator or not outputs:
        raise wire.damaged()
    known = operator if domain in ("", "ai.onnx", "ai.onnx.ml") else f"{domain}.{operator}"
    return Node(known, tuple(inputs), tuple(outputs), attributes)


def _attribute(content: memoryview) -> tuple[str, Any]:
    """Name and value: a number, numbers, a constant tensor, or None for what no layer needs."""
    name = ""
    found: Any = None
    floats: list[Value] = []
    numbers: list[int] = []
    for number, value in fields(content):
        if number == 1:
            name = text(value)
        elif number == 2:
            found = wire.real(value)
        elif number == 3:
            found = wire.signed(value)
        elif number == 4:
            found = text(value)
        elif number == 5:
            _, found = _tensor(message(value))
        elif number == 7:
            floats.append(value)
        elif number == 8:
            numbers += wire.whole_numbers(value)
    if floats:
        found = wire.packed(floats, "<f4").astype(np.float64)
    return name, numbers or found


def _tensor(content: memoryview) -> tuple[str, np.ndarray]:
    """Name and numbers of a TensorProto; other kinds of numbers than `_FORMATS` come out empty."""
    name, kind, raw = "", 0, None
    shape: list[int] = []
    typed: dict[int, list[Value]] = {4: [], 5: [], 7: [], 10: []}
    for number, value in fields(content):
        if number == 1:
            shape += wire.whole_numbers(value)
        elif number == 2:
            kind = wire.signed(value)
        elif number in typed:
            typed[number].append(value)
        elif number == 8:
            name = text(value)
        elif number == 9:
            raw = message(value)
        elif number == 14 and value == _EXTERNAL:
            said = 'its tensor "{name}" is in another file, which is not read'
            raise ModelError(said, name=name[:40])
    if kind not in _FORMATS:
        return name, np.empty(0)
    dtype, place = _FORMATS[kind]
    if raw is not None:
        array = wire.packed([raw], dtype)
    elif dtype.startswith("<f"):
        array = wire.packed(typed[place], dtype)
    else:
        array = np.array([each for run in typed[place] for each in wire.whole_numbers(run)], dtype)
    if len(shape) > 8 or min(shape, default=0) < 0 or math.prod(shape) != array.size:
        said = 'its tensor "{name}" has not the numbers of its shape {shape}'
        raise ModelError(said, name=name[:40], shape=shape[:8])
    return name, array.reshape(shape)
