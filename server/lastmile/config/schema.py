"""A JSON schema of the settings, for editors that complete and check settings files."""

from __future__ import annotations

from enum import Enum
from typing import Any

from attrs import fields

from lastmile.config.keys import ANY, Entry, Path, keys
from lastmile.config.marks import Form
from lastmile.config.meanings import meaning
from lastmile.config.verifying import Command

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def json_schema() -> dict[str, Any]:
    """Write the schema (draft 2020-12), nested as in ``lastmile.toml``.

    Each setting has a ``scope`` in VS Code's words: ``machine`` for what a project may not set or may
    only tighten, so that a workspace's settings cannot set it either, and ``resource`` for the rest.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Lastmile", **_table(())}


def _table(pattern: Path) -> dict[str, Any]:
    names = keys().tables[pattern]
    if names == (ANY,):
        return {"type": "object", "additionalProperties": _any((*pattern, ANY))}
    members = {name: _any((*pattern, name)) for name in names}
    required = [name for name in names if (entry := keys().entries.get((*pattern, name))) and entry.required]
    schema: dict[str, Any] = {"type": "object", "properties": members, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _any(pattern: Path) -> dict[str, Any]:
    entry = keys().entries.get(pattern)
    return _table(pattern) if entry is None else _setting(entry)


def _setting(entry: Entry) -> dict[str, Any]:
    schema: dict[str, Any] = {
        **_values(entry),
        "markdownDescription": meaning(entry),
        "scope": "machine" if entry.from_project else "resource",
    }
    match entry.default:
        case None:
            return schema
        case Enum():
            return schema | {"default": entry.default.value}
        case () if entry.form is Form.SCHEMAS:
            return schema | {"default": {}}
        case tuple():
            return schema | {"default": list(entry.default)}
        case _:
            return schema | {"default": entry.default}


def _values(entry: Entry) -> dict[str, Any]:
    """Say what a value may be, as far as a schema can."""
    kind = entry.type
    if entry.form is Form.COMMANDS:
        return {"type": "array", "items": _command()}
    if entry.form is Form.SCHEMAS:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    if entry.form is Form.MODELS:
        return {"type": ["array", "string"], "items": {"type": "string"}}
    if kind in _TYPES:
        limits = {} if entry.least is None else {"minimum": entry.least, "maximum": entry.most}
        return {"type": _TYPES[kind], **limits}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [choice.value for choice in kind]}
    return {"type": "array", "items": {"type": "string"}}


def _command() -> dict[str, Any]:
    members: dict[str, Any] = {}
    for item in fields(Command):
        texts = {"type": "array", "items": {"type": "string"}}
        kind = _TYPES.get(type(item.default), "string") if item.default != () else ""
        members[item.name] = {"type": kind} if kind else texts
    return {"type": "object", "properties": members, "additionalProperties": False, "required": ["run"]}
