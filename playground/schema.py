"""The JSON schema (draft 2020-12) of dataclasses whose fields say what they allow."""

import dataclasses
import typing
from typing import Any

from playground.fields import Setting, is_optional, settings, to_plain


def schema(cls: type) -> dict[str, Any]:
    """What an object of a dataclass made of settings is to be."""
    properties = {}
    required = []
    for item, rules, hint in settings(cls):
        properties[item.name] = _schema_of(rules, hint)
        if item.default is dataclasses.MISSING:
            required.append(item.name)
        elif item.default is not None:
            properties[item.name]["default"] = to_plain(item.default, rules)
        texts = {"title": rules.label, "description": rules.help}
        properties[item.name] |= {key: text for key, text in texts.items() if text}
    described: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        described["required"] = required
    return described | {"additionalProperties": False}


def _schema_of(rules: Setting, hint: Any) -> dict[str, Any]:
    if is_optional(hint):
        described = _schema_of(rules, typing.get_args(hint)[0])
        return described | {"type": [described["type"], "null"]}
    if typing.get_origin(hint) is tuple:
        described = {"type": "array", "items": _schema_of(rules, typing.get_args(hint)[0])}
        if rules.many:
            described |= {"minItems": rules.many[0], "maxItems": rules.many[1]}
        return described
    if rules.catalogue is not None:
        members = []
        for name, member in rules.catalogue.items():
            described = schema(member)
            described["properties"] = {"type": {"const": name}} | described["properties"]
            described["required"] = ["type", *described.get("required", [])]
            members.append(described)
        return {"anyOf": [*members, {"enum": list(rules.catalogue)}]}
    if dataclasses.is_dataclass(hint):
        return schema(typing.cast(type, hint))
    if rules.choices is not None:
        enumerated = {"enum": list(rules.choices())}
        matching = {"type": "string", "pattern": rules.pattern}
        return {"anyOf": [enumerated, matching]} if rules.pattern else enumerated
    if hint is str:
        return {"type": "string"} | ({"maxLength": rules.maximum} if rules.maximum else {})
    kinds = {int: "integer", float: "number", bool: "boolean"}
    described: dict[str, Any] = {"type": kinds[hint]}
    if rules.minimum is not None:
        described["exclusiveMinimum" if rules.above_minimum else "minimum"] = rules.minimum
    if rules.maximum is not None:
        described["maximum"] = rules.maximum
    return described
