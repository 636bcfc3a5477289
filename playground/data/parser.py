"""Reading formulas: a tokenizer and a parser by recursive descent, one method for each line of

or : and ("or" and)*           and : not ("and" not)*         not : "not" not | comparison
comparison : sum (("<" | "<=" | ">" | ">=") sum)*             sum : product (("+" | "-") product)*
product : sign (("*" | "/") sign)*    sign : ("-" | "+") sign | power    power : atom ("^" sign)?
atom : number | input | "pi" | "e" | function "(" or ")" | "(" or ")"
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

import numpy as np

from playground.data.formula import (
    CONSTANTS,
    FUNCTIONS,
    MOST_INPUTS,
    OPERATORS,
    Call,
    Input,
    Node,
    Number,
    evaluate,
    inputs_of,
    is_condition,
)
from playground.sentence import Sentence, SentenceError

MOST_CHARACTERS = 300
DEEPEST = 40
_KNOWN = ", ".join(("x1, x2, …", *CONSTANTS, *FUNCTIONS))


class FormulaError(SentenceError):
    """A text that is no formula; `column` is the place of the character at fault, from 0."""

    def __init__(
        self, column: int, template: LiteralString | Sentence, /, **values: object
    ) -> None:
        self.column = column
        self.message = Sentence(template, **values)
        super().__init__("at character {place}: {why}", place=column + 1, why=self.message)


_STRAY: dict[str, LiteralString] = {
    "=": '"{text}" has no meaning here; write < or >',
    "!": '"{text}" has no meaning here; write not',
}
_BEFORE: dict[str, LiteralString] = {")": '{what} before ")", or it closes nothing'}
# As print has them, and as keys do
_IN_PRINT = str.maketrans(
    {"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "π": "pi", "≤": "<=", "≥": ">="}
)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-zπ][A-Za-z0-9_₀-₉]*)|(?P<raised>[²³])"
    r"|(?P<sign>\*\*|<=|>=|[-+*/^()<>−–·×÷≤≥])|(?P<end>$))"
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    tokens, place = [], 0
    while not tokens or tokens[-1].kind != "end":
        found = _TOKEN.match(text, place)
        if found is None:
            column = place + len(text[place:]) - len(text[place:].lstrip())
            tokens.append(_Token("stray", text[column], column))
            place = column + 1
            continue
        kind = str(found.lastgroup)
        raw = found[kind]
        written = raw.translate(_SUBSCRIPTS) if kind == "name" else raw
        written = "^" if written == "**" else written.translate(_IN_PRINT)
        tokens.append(_Token(kind, written, found.start(kind)))
        place = found.end()
    return tokens


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a formula. Raises `FormulaError`."""
    if len(text) > MOST_CHARACTERS:
        message = "there are more than {most} characters"
        raise FormulaError(MOST_CHARACTERS, message, most=MOST_CHARACTERS)
    return _Parser(_tokens(text)).whole()


class _Parser:
    """Recursive descent, one method for each line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def whole(self) -> Node:
        node = self._or()
        if self._next.kind != "end":
            raise self._unexpected("an operator is missing")
        return node

    def _or(self) -> Node:
        return self._chain(("or",), self._and)

    def _and(self) -> Node:
        return self._chain(("and",), self._not)

    def _not(self) -> Node:
        if sign := self._take("not"):
            return self._call(sign, "not", self._deeper(self._not))
        return self._comparison()

    def _comparison(self) -> Node:
        left, whole = self._sum(), None
        while sign := self._take("<", "<=", ">", ">="):
            right = self._sum()
            pair = self._call(sign, sign.text, left, right)
            whole = pair if whole is None else Call("and", (whole, pair))  # -1 < x1 < 1
            left = right
        return left if whole is None else whole

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._sign)

    def _sign(self) -> Node:
        sign = self._take("-", "+")
        if sign is None:
            return self._power()
        operand = self._deeper(self._sign)
        if isinstance(operand, Number):
            return Number(-operand.value) if sign.text == "-" else operand
        negative = self._call(sign, "negative", operand)
        return negative if sign.text == "-" else operand

    def _power(self) -> Node:
        base = self._atom()
        if self._next.kind == "raised":
            raised = self._tokens[self._place]
            self._place += 1
            return self._call(raised, "^", base, Number({"²": 2.0, "³": 3.0}[raised.text]))
        sign = self._take("^")
        return self._call(sign, "^", base, self._deeper(self._sign)) if sign else base

    def _atom(self) -> Node:
        token = self._next
        if token.kind == "number":
            self._place += 1
            value = float(token.text)
            if not math.isfinite(value):
                raise FormulaError(token.column, "{text} is too large", text=token.text)
            return Number(value)
        if self._take("("):
            node = self._deeper(self._or)
            self._expect(")", token)
            return node
        if token.kind == "name" and token.text not in OPERATORS.keys() - {*FUNCTIONS}:
            self._place += 1
            return self._named(token)
        raise self._unexpected("a number, an input or a function is missing")

    def _named(self, token: _Token) -> Node:
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text])
        if token.text in FUNCTIONS:
            return self._function(token)
        if re.fullmatch(r"x[1-9][0-9]{0,3}", token.text) and int(token.text[1:]) <= MOST_INPUTS:
            return Input(int(token.text[1:]) - 1)
        message = '"{text}" is not known; known are {known}'
        raise FormulaError(token.column, message, text=token.text, known=_KNOWN)

    def _function(self, token: _Token) -> Node:
        opened = self._next
        if not self._take("("):
            raise FormulaError(opened.column, "write {name}(…), with brackets", name=token.text)
        argument = self._deeper(self._or)
        self._expect(")", opened)
        return self._call(token, token.text, argument)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        node = part()
        while sign := self._take(*signs):
            node = self._call(sign, sign.text, node, part())
        return node

    def _call(self, token: _Token, operator: str, *arguments: Node) -> Node:
        logic = OPERATORS[operator].kind == "logic"
        for each in arguments:
            if is_condition(each) != logic:
                message = (
                    '"{sign}" takes what is true or false, not a number'
                    if logic
                    else '"{sign}" takes numbers, not a comparison'
                )
                raise FormulaError(token.column, message, sign=token.text)
        node = Call(operator, arguments)
        if not inputs_of(node) and not np.isfinite(evaluate(node, np.empty((1, 0)))).all():
            raise FormulaError(token.column, "this has no value, whatever the inputs are")
        return node

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token.kind in ("sign", "name") and token.text in texts:
            self._place += 1
            return token
        return None

    def _expect(self, text: str, opened: _Token) -> None:
        if not self._take(text):
            if self._next.kind == "end":
                raise FormulaError(opened.column, "this bracket is not closed")
            raise self._unexpected("an operator is missing")

    def _deeper(self, part: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(self._next.column, "this is nested too deep")
        node = part()
        self._depth -= 1
        return node

    def _unexpected(self, missing: LiteralString) -> FormulaError:
        text, what = self._next.text, Sentence(missing)
        if self._next.kind == "stray":
            message = _STRAY.get(text, '"{text}" has no meaning here')
        elif self._next.kind == "end":
            message = "{what} at the end"
        else:
            message = _BEFORE.get(text, '{what} before "{text}"')
        return FormulaError(self._next.column, message, what=what, text=text)
