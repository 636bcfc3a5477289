"""Settings declared once: type, limits, default and help; forms, JSON and documents derive from it.

A setting is a field of a frozen dataclass made with `setting`. This module turns such dataclasses
into plain JSON values and back, and checks every value against its declaration.
"""

import dataclasses
import functools
import json
import re
import reprlib
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.sentence import Sentence, joined


@dataclass(frozen=True, init=False)
class Problem:
    """One thing that does not fit: where (`layers.0.units`), and what would be right.

    The message is given as `Sentence` has it: a template and values.
    """

    path: str
    message: Sentence

    def __init__(
        self, path: str, template: typing.LiteralString | Sentence, /, **values: object
    ) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "message", Sentence(template, **values))

    def __str__(self) -> Sentence:
        if not self.path:
            return self.message
        return Sentence("{path}: {message}", path=self.path, message=self.message)


class ExperimentError(ValueError):
    """An experiment that cannot be used; `problems` says why, one sentence each."""

    def __init__(self, problems: typing.Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(joined(map(str, self.problems), "\n"))


@dataclass(frozen=True)
class Setting:
    """What is declared about a field: how it is called, what it may hold, and what it does.

    `choices` lists the allowed strings (a callable, because catalogues are read late); a text that
    `pattern` is found in is allowed too, and `pattern_words` say which those are. `catalogue`
    maps type names to dataclasses: the field then holds one of them, written in JSON with its
    `"type"`. `many` is the smallest and largest length of a tuple; the `maximum` of a text counts
    its characters. `log` asks for a logarithmic slider.
    """

    label: str
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    log: bool = False
    above_minimum: bool = False
    choices: Callable[[], tuple[str, ...]] | None = None
    pattern: str = ""
    pattern_words: Sentence | None = None
    catalogue: Mapping[str, type] | None = None
    many: tuple[int, int] | None = None


def setting(default: Any = dataclasses.MISSING, label: str = "", **declared: Any) -> Any:
    """A dataclass field with its `Setting`; frozen dataclasses are fine defaults."""
    return dataclasses.field(default=default, metadata={"setting": Setting(label, **declared)})


@functools.cache
def settings(cls: type) -> tuple[tuple[dataclasses.Field, Setting, Any], ...]:
    """Each declared field of `cls` with its setting and its resolved type."""
    hints = typing.get_type_hints(cls)
    return tuple(
        (item, item.metadata["setting"], hints[item.name]) for item in dataclasses.fields(cls)
    )


def setting_of(cls: type, name: str) -> Setting:
    """The declaration of one field of a dataclass."""
    return next(declared for item, declared, _ in settings(cls) if item.name == name)


def type_name(value: object, catalogue: Mapping[str, type]) -> str:
    """The name under which a catalogue lists the type of `value`."""
    return next(name for name, cls in catalogue.items() if cls is type(value))


# To JSON values


def to_dict(value: Any) -> dict[str, Any]:
    """The dataclass as JSON values; what is None is left out."""
    plain = {}
    for item, declared, _ in settings(type(value)):
        held = getattr(value, item.name)
        if held is not None:
            plain[item.name] = to_plain(held, declared)
    return plain


def to_plain(held: Any, declared: Setting) -> Any:
    """The value of a setting as JSON values."""
    if isinstance(held, tuple):
        return [to_plain(each, declared) for each in held]
    if dataclasses.is_dataclass(held):
        tag = {"type": type_name(held, declared.catalogue)} if declared.catalogue else {}
        return tag | to_dict(held)
    return held


# From JSON values


def from_dict(cls: type, plain: object, path: str = "") -> Any:
    """The dataclass that `plain` describes; what is left out takes its default.

    Raises `ExperimentError` with every unknown field, wrong type and value out of its limits.
    """
    problems: list[Problem] = []
    value = _read_dataclass(cls, plain, path, problems)
    if problems:
        raise ExperimentError(problems)
    return value


def _join(path: str, name: str | int) -> str:
    return f"{path}.{name}" if path else str(name)


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool | int | float | str):
        return _cut(json.dumps(value, ensure_ascii=False))
    return _cut(reprlib.repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


_NOT_OF_TYPE: dict[type, typing.LiteralString] = {
    int: "{given} is not a whole number",
    float: "{given} is not a number",
    str: "{given} is not a text",
    bool: "{given} is not true or false",
}
MOST_UNKNOWN = 5  # further unknown fields are counted, not named


def _read_dataclass(cls: type, plain: object, path: str, problems: list[Problem]) -> Any:
    if type(plain) is cls:
        plain = {item.name: getattr(plain, item.name) for item, _, _ in settings(cls)}
    if not isinstance(plain, Mapping):
        problems.append(
            Problem(path, "{given} is not an object with named fields", given=_shown(plain))
        )
        return None
    declared = {item.name: (item, rules, hint) for item, rules, hint in settings(cls)}
    unknown = [name for name in plain if name not in declared]
    for name in unknown[:MOST_UNKNOWN]:
        problems.append(_unknown(_join(path, _cut(str(name))), declared))
    if len(unknown) > MOST_UNKNOWN:
        more = len(unknown) - MOST_UNKNOWN
        problems.append(Problem(path, "has {more:,} more unknown fields", more=more))
    values = {}
    for name, (item, rules, hint) in declared.items():
        if name in plain:
            values[name] = _read(plain[name], rules, hint, _join(path, name), problems)
        elif item.default is dataclasses.MISSING:
            problems.append(Problem(_join(path, name), "is missing"))
    return cls(**values) if not problems else None


def _unknown(path: str, known: typing.Iterable[str]) -> Problem:
    names = ", ".join(known)
    return Problem(path, "unknown field; known here: {names}", names=names or Sentence("none"))


def is_optional(hint: Any) -> bool:
    """Whether a type is written `X | None`."""
    return isinstance(hint, types.UnionType) and typing.get_args(hint)[1:] == (type(None),)


def _read(plain: Any, rules: Setting, hint: Any, path: str, problems: list[Problem]) -> Any:
    if is_optional(hint):
        if plain is None:
            return None
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is tuple:
        if not isinstance(plain, list | tuple):
            problems.append(Problem(path, "{given} is not a list", given=_shown(plain)))
            return None
        # A list far too long is refused before its elements are read.
        least, most = rules.many or (0, len(plain))
        if not least <= len(plain) <= most:
            message = (
                "the list has length {length:,}; {least} are needed"
                if least == most
                else "the list has length {length:,}; {least} to {most:,} are possible"
            )
            problems.append(Problem(path, message, length=len(plain), least=least, most=most))
            return None
        inner = typing.get_args(hint)[0]
        if inner is float and (numbers := _read_numbers(plain, rules)) is not None:
            return numbers
        return tuple(
            _read(each, rules, inner, _join(path, index), problems)
            for index, each in enumerate(plain)
        )
    if rules.catalogue is not None:
        return _read_tagged(plain, rules.catalogue, path, problems)
    if dataclasses.is_dataclass(hint):
        return _read_dataclass(typing.cast(type, hint), plain, path, problems)
    return _read_one(plain, rules, hint, path, problems)


def _read_numbers(plain: list | tuple, rules: Setting) -> tuple[float, ...] | None:
    """All numbers of a long list at once, if nothing is wrong with any of them; else None."""
    low, high = _ends(rules)
    if not plain or rules.above_minimum or not {*map(type, plain)} <= {float, int}:
        return None
    # NaN is in no range, wherever it stands.
    return tuple(map(float, plain)) if all(low <= each <= high for each in plain) else None


def _read_one(plain: Any, rules: Setting, hint: type, path: str, problems: list[Problem]) -> Any:
    if hint is int and isinstance(plain, float) and plain.is_integer():
        plain = int(plain)  # 8.0, as JSON does not tell it from 8
    fitting = int | float if hint is float else hint
    if not isinstance(plain, fitting) or (isinstance(plain, bool) and hint is not bool):
        message = Sentence(_NOT_OF_TYPE[hint], given=_shown(plain))
    elif isinstance(plain, str):
        message = _text_message(plain, rules)
    else:
        message = None if isinstance(plain, bool) else _number_message(plain, rules)
    if message:
        problems.append(Problem(path, message))
        return None
    return hint(plain)


def _read_tagged(
    plain: Any, catalogue: Mapping[str, type], path: str, problems: list[Problem]
) -> Any:
    if type(plain) in catalogue.values():
        return _read_dataclass(type(plain), plain, path, problems)
    if isinstance(plain, str):  # "adam" is short for {"type": "adam"}
        plain = {"type": plain}
    if not isinstance(plain, Mapping) or "type" not in plain:
        problems.append(
            Problem(path, '{given} is not an object with a "type"', given=_shown(plain))
        )
        return None
    kind = plain["type"]
    if not isinstance(kind, str) or kind not in catalogue:
        problems.append(_no_choice(_join(path, "type"), kind, catalogue))
        return None
    rest = {name: value for name, value in plain.items() if name != "type"}
    return _read_dataclass(catalogue[kind], rest, path, problems)


# Checking


def check(value: Any) -> list[Problem]:
    """Every value of a dataclass, and of those inside it, that breaks its declaration."""
    problems: list[Problem] = []
    _read_dataclass(type(value), value, "", problems)
    return problems


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) < 1e10 and value == int(value) else f"{value:g}"


def _no_choice(path: str, given: object, known: typing.Iterable[str]) -> Problem:
    names = ", ".join(known)
    return Problem(path, "{given} is not one of {names}", given=_shown(given), names=names)


def limits_text(rules: Setting) -> Sentence:
    """The range of a number in words: "1 to 512", "above 0", "at least 0"."""
    low, high = rules.minimum, rules.maximum
    if low is not None and high is not None:
        both = "above {low} to {high}" if rules.above_minimum else "{low} to {high}"
        return Sentence(both, low=_number(low), high=_number(high))
    if low is not None:
        least = "above {low}" if rules.above_minimum else "at least {low}"
        return Sentence(least, low=_number(low))
    if high is not None:
        return Sentence("at most {high}", high=_number(high))
    return Sentence("any number")


def _text_message(text: str, rules: Setting) -> Sentence | None:
    if rules.choices is not None and text not in rules.choices() and not _matches(text, rules):
        names = ", ".join(rules.choices())
        if rules.pattern_words is None:
            return Sentence("{given} is not one of {names}", given=_shown(text), names=names)
        also = rules.pattern_words
        message = "{given} is not one of {names}, nor {also}"
        return Sentence(message, given=_shown(text), names=names, also=also)
    if rules.maximum is not None and len(text) > rules.maximum:
        message = "has {length:,} characters; at most {most} are possible"
        return Sentence(message, length=len(text), most=_number(rules.maximum))
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Sentence("has half a character (a lone surrogate), which no file can hold")
    return None


def _matches(text: str, rules: Setting) -> bool:
    return bool(rules.pattern and "\n" not in text and re.search(rules.pattern, text))


def _ends(rules: Setting) -> tuple[float, float]:
    # The largest float is a limit too: past it are infinity and whole numbers that no float holds.
    low = -sys.float_info.max if rules.minimum is None else rules.minimum
    high = sys.float_info.max if rules.maximum is None else rules.maximum
    return low, high


def _number_message(number: float, rules: Setting) -> Sentence | None:
    low, high = _ends(rules)
    inside = low < number <= high if rules.above_minimum else low <= number <= high
    if inside:
        return None
    message = "{given} is out of range; possible is {limits}"
    return Sentence(message, given=_shown(number), limits=limits_text(rules))


# Changing one value


def replace_at(value: Any, path: str, new: Any) -> Any:
    """A copy of the dataclass with the value at `path` (`layers.0.units`) changed.

    At a catalogue field, `….type` changes the type; what was changed from its default, and both
    types have, is kept. Raises `ExperimentError` when the path leads nowhere or the value has the
    wrong type.
    """
    return _replace(value, path.split("."), new, "")


def _replace(value: Any, steps: list[str], new: Any, walked: str) -> Any:
    name, rest = steps[0], steps[1:]
    here = _join(walked, name)
    declared = {item.name: (rules, hint) for item, rules, hint in settings(type(value))}
    if name not in declared:
        raise ExperimentError([_unknown(here, declared)])
    rules, hint = declared[name]
    held = getattr(value, name)
    if rest and isinstance(held, tuple):
        places = [str(index) for index in range(len(held))]
        if rest[0] not in places:
            message = "there is no entry {index}; there are {count}, counted from 0"
            raise ExperimentError([Problem(here, message, index=rest[0], count=len(held))])
        index = places.index(rest[0])
        one = _replace_one(
            held[index], rules, typing.get_args(hint)[0], rest[1:], new, _join(here, index)
        )
        changed = (*held[:index], one, *held[index + 1 :])
    else:
        changed = _replace_one(held, rules, hint, rest, new, here)
    return dataclasses.replace(value, **{name: changed})


def _replace_one(held: Any, rules: Setting, hint: Any, rest: list[str], new: Any, here: str) -> Any:
    if rest == ["type"] and rules.catalogue is not None:
        if not isinstance(new, str) or new not in rules.catalogue:
            raise ExperimentError([_no_choice(_join(here, "type"), new, rules.catalogue)])
        cls = rules.catalogue[new]
        changed = {
            each.name: getattr(held, each.name)
            for each in dataclasses.fields(held)
            if getattr(held, each.name) != each.default
        }
        shared = changed.keys() & {each.name for each in dataclasses.fields(cls)}
        return cls(**{name: changed[name] for name in shared})
    if rest:
        inner = typing.get_args(hint)[0] if is_optional(hint) else hint
        if held is None and dataclasses.is_dataclass(inner):
            held = typing.cast(type, inner)()  # what was not set begins with its defaults
        if not dataclasses.is_dataclass(held):
            raise ExperimentError([Problem(here, "has no field {name}", name=rest[0])])
        return _replace(held, rest, new, here)
    problems: list[Problem] = []
    changed = _read(new, rules, hint, here, problems)
    if problems:
        raise ExperimentError(problems)
    return changed
