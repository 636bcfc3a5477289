"""Paths: what of an experiment "layers.0.units" or "optimizer.type" means, for controls."""

from dataclasses import fields, is_dataclass
from typing import Any

from playground.app.controls.text import number_text
from playground.app.words import tr
from playground.fields import Setting, settings, type_name


def look_up(value: Any, path: str) -> tuple[Setting, Any]:
    """The declaration and the value at a path."""
    rules, _, value = look_closer(value, path)
    return rules, value


def look_closer(value: Any, path: str) -> tuple[Setting, Any, Any]:
    """The declaration, the declared type and the value at a path."""
    rules, hint = Setting(""), type(value)
    for step in path.split(".") if path else ():
        if isinstance(value, tuple):
            value = value[int(step)]
            hint = type(value)
        elif step == "type" and rules.catalogue is not None:
            value = type_name(value, rules.catalogue)
        else:
            declared = {item.name: (rules, hint) for item, rules, hint in settings(type(value))}
            rules, hint = declared[step]
            value = getattr(value, step)
    return rules, hint, value


def in_words(value: Any, path: str) -> str:
    """What stands at a path, in a few words: "Learning rate 0.1", "Optimizer adam", "Layers"."""
    rules, held = look_up(value, path)
    if isinstance(held, bool):
        return tr(rules.label) if held else tr("{setting} off", setting=tr(rules.label))
    if not isinstance(held, int | float | str):
        return tr(rules.label)
    shown = held if isinstance(held, str) else number_text(held)
    return tr("{setting} {value}", setting=tr(rules.label), value=shown)


def difference(before: Any, after: Any) -> str:
    """The path of the first value in which two values of one dataclass differ; "" if in none."""
    for item in fields(before):
        one, two = getattr(before, item.name), getattr(after, item.name)
        if one != two:
            alike = is_dataclass(one) and type(one) is type(two)
            rest = difference(one, two) if alike else ""
            return f"{item.name}.{rest}" if rest else item.name
    return ""
