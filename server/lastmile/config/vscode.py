"""The settings as VS Code's settings page has them: the generated part of ``editors/vscode/package.json``.

The first section of its ``contributes.configuration`` is the extension's own and written by hand; the
others are made here, from the same schema as all else. A name is in camel case there, as the editor's
own names are, and the server takes it so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lastmile.config.keys import dotted
from lastmile.config.schema import json_schema
from lastmile.config.settings_page import TITLES
from lastmile.errors import SettingsError

_TRUST = ("verify", "trusted")
"""The editor knows by itself whether a folder is trusted, so there is no setting for it."""


def with_settings(manifest: str) -> str:
    """Put the settings into the text of a ``package.json``; raises `SettingsError` where it has no place for them."""
    try:
        values = json.loads(manifest)
        own = values["contributes"]["configuration"][0]
    except (ValueError, LookupError, TypeError) as error:
        message = f"the extension's package.json has no contributes.configuration to write into: {error}"
        raise SettingsError(message) from error
    values["contributes"]["configuration"] = [own, *sections()]
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def sections() -> Iterator[dict[str, Any]]:
    """Give a section for each table of the tree, with its settings flat; what is in none comes first."""
    tree = json_schema()["properties"]
    top = {name: schema for name, schema in tree.items() if "scope" in schema}
    yield _section("", dict(_flat((), {"properties": top})))
    for name, schema in tree.items():
        if name not in top:
            yield _section(name, dict(_flat((name,), schema)))


def _section(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    title = re.sub(r"^`[^`]*`|`", "", TITLES[name])
    return {"title": f"{name.capitalize()}{title}" if name else "General", "properties": properties}


def _flat(path: tuple[str, ...], schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go over the settings below a place; a table whose names are a person's own is one setting."""
    if path == _TRUST:
        return
    if "scope" in schema:
        yield _key(path), _nullable(schema)
    elif "properties" in schema and path[-1:] != ("price",):
        for name, member in schema["properties"].items():
            yield from _flat((*path, name), member)
    else:
        yield _key(path), _table(path, schema)


def _table(path: tuple[str, ...], schema: dict[str, Any]) -> dict[str, Any]:
    """Give a whole table as one setting, whose entries have names of their own."""
    words = {
        "openai": "Servers that speak the OpenAI chat API, by the name that they have in the ladder.",
        "tasks": "How each kind of task is treated, by its kind: `fix`, `docstring`, `write-tests` and others.",
        "price": "Replaces the built-in price of the model: US dollars for a million tokens.",
    }
    empty: dict[str, Any] = {"type": ["object", "null"], "default": None}
    return {**_bare(schema), **empty, "scope": "machine", "markdownDescription": words[path[-1]]}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a table with its names in camel case and without what only a setting has."""
    made = {name: value for name, value in schema.items() if name not in {"scope", "default"}}
    if "properties" in schema:
        made["properties"] = {_camel(name): _bare(member) for name, member in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = _bare(schema["additionalProperties"])
    return made


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Let a setting without a default be null, which means that nobody set it."""
    if "default" in schema:
        return schema
    return {**schema, "type": [schema["type"], "null"], "default": None}


def _key(path: tuple[str, ...]) -> str:
    return f"lastmile.{dotted(tuple(_camel(part) for part in path))}"


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
