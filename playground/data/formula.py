"""Formulas that a user types, as x1^3 or sin(x1) * x2 > 0.3: read, computed, and shown in print.

Nothing is ever evaluated as code: a formula becomes a tree of three kinds of nodes, a number, an
input, and an operator or function with what it is applied to. Whoever needs it in another language
says in `fold` how each of them is written there.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_INPUTS = 1000


@dataclass(frozen=True)
class Number:
    """A number as it is written, or a constant."""

    value: float


@dataclass(frozen=True)
class Input:
    """A raw input, by its index from 0: x1 is 0."""

    index: int


@dataclass(frozen=True)
class Call:
    """An operator or a function of `OPERATORS` and what it is applied to."""

    operator: str
    arguments: tuple["Node", ...]


Node = Number | Input | Call


@dataclass(frozen=True)
class Operator:
    """How an operator computes, element by element, in float64.

    `kind` is "value" (numbers to a number), "comparison" (numbers to true or false) or "logic"
    (true or false to the same). `binding` is how strongly it binds; functions bind strongest.
    """

    function: Callable[..., np.ndarray]
    arguments: int
    kind: str = "value"
    binding: int = 9


def _power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    # A square as everyone computes it, to the last bit
    return base * base if np.ndim(exponent) == 0 and exponent == 2 else np.power(base, exponent)


OPERATORS = {
    "or": Operator(np.logical_or, 2, "logic", 1),
    "and": Operator(np.logical_and, 2, "logic", 2),
    "not": Operator(np.logical_not, 1, "logic", 3),
    "<": Operator(np.less, 2, "comparison", 4),
    "<=": Operator(np.less_equal, 2, "comparison", 4),
    ">": Operator(np.greater, 2, "comparison", 4),
    ">=": Operator(np.greater_equal, 2, "comparison", 4),
    "+": Operator(np.add, 2, "value", 5),
    "-": Operator(np.subtract, 2, "value", 5),
    "*": Operator(np.multiply, 2, "value", 6),
    "/": Operator(np.divide, 2, "value", 6),
    "negative": Operator(np.negative, 1, "value", 7),
    "^": Operator(_power, 2, "value", 8),
    "sin": Operator(np.sin, 1),
    "cos": Operator(np.cos, 1),
    "tan": Operator(np.tan, 1),
    "tanh": Operator(np.tanh, 1),
    "exp": Operator(np.exp, 1),
    "log": Operator(np.log, 1),  # natural
    "sqrt": Operator(np.sqrt, 1),
    "abs": Operator(np.abs, 1),
    "floor": Operator(np.floor, 1),
}
FUNCTIONS = tuple(name for name, row in OPERATORS.items() if row.binding == 9)
CONSTANTS = {"pi": math.pi, "e": math.e}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_condition(node: Node) -> bool:
    """Whether it is true or false, and no number."""
    return isinstance(node, Call) and OPERATORS[node.operator].kind != "value"


def fold(
    node: Node,
    number: Callable[[float], Any],
    given: Callable[[int], Any],
    operators: Mapping[str, Callable[..., Any]],
) -> Any:
    """The formula made into something else, from its numbers, inputs (by index) and operators on.

    >>> fold(parse("2*x1"), repr, "x[{}]".format, {"*": "({} * {})".format})
    '(2.0 * x[0])'
    """
    match node:
        case Number(value):
            return number(value)
        case Input(index):
            return given(index)
        case Call(operator, arguments):
            folded = (fold(each, number, given, operators) for each in arguments)
            return operators[operator](*folded)


def operators_of(node: Node) -> set[str]:
    """The operators and functions in it."""
    return {each.operator for each in _nodes(node) if isinstance(each, Call)}


def inputs_of(node: Node) -> tuple[int, ...]:
    """The indices of the inputs in it, each once, ascending."""
    return tuple(sorted({each.index for each in _nodes(node) if isinstance(each, Input)}))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Call):
        for each in node.arguments:
            yield from _nodes(each)


def evaluate(node: Node, x: np.ndarray) -> np.ndarray:
    """Its value for each sample: x (samples, inputs) float64 → (samples,) float64, or bool.

    Where it has none (1 / 0, log of what is negative) the result is infinite or NaN.
    """
    functions = {name: row.function for name, row in OPERATORS.items()}
    with np.errstate(all="ignore"):
        value = fold(node, np.float64, lambda index: x[:, index], functions)
    return np.broadcast_to(value, len(x)).copy() if np.ndim(value) == 0 else value


def label_of(node: Node) -> str:
    """The formula as print has it: x₁², x₁x₂, sin(3x₁)."""
    match node:
        case Number(value):
            names = {number: name for name, number in CONSTANTS.items()}
            written = names.get(value, f"{value:.12g}")
            return {"pi": "π"}.get(written, written).replace("-", "−")
        case Input(index):
            return "x" + str(index + 1).translate(_SUBSCRIPTS)
        case Call("not" | "negative" as operator, (argument,)):
            sign = "not " if operator == "not" else "−"
            return sign + _bound(argument, OPERATORS[operator].binding)
        case Call("^", (base, exponent)):
            return _power_label(base, exponent)
        case Call("*", (left, right)):
            return _product_label(left, right)
        case Call(operator, (argument,)):
            inner = label_of(argument)
            return f"{operator} {inner}" if isinstance(argument, Input) else f"{operator}({inner})"
        case Call(operator, (left, right)):
            binding = OPERATORS[operator].binding
            sign = {"-": "−", "<=": "≤", ">=": "≥"}.get(operator, operator)
            return f"{_bound(left, binding)} {sign} {_bound(right, binding + 1)}"
    raise AssertionError(node)


def _bound(node: Node, binding: int) -> str:
    """Its label, in brackets where it binds less strongly than what is around it."""
    own = OPERATORS[node.operator].binding if isinstance(node, Call) else 10
    negative = isinstance(node, Number) and node.value < 0
    return f"({label_of(node)})" if own < binding or negative else label_of(node)


def _power_label(base: Node, exponent: Node) -> str:
    held = _bound(base, 10)
    if isinstance(exponent, Number) and exponent.value in range(10):
        return held + str(int(exponent.value)).translate(_SUPERSCRIPTS)
    return f"{held}^{_bound(exponent, 9)}"


def _product_label(left: Node, right: Node) -> str:
    first, second = _bound(left, 6), _bound(right, 7)
    # Side by side where that cannot be read as another number or function.
    apart = "" if second[0] in "x(" and "." not in first[-1:] else " · "
    by_name = first[-1].isalpha() or (isinstance(left, Call) and left.operator in FUNCTIONS)
    return first + (" · " if by_name and first != "π" else apart) + second
