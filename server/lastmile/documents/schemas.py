"""Finds the schema of a document: the file that it names, else one from the settings. Never the network.

A document may name files of its own workspace alone. An address counts where the settings, or a
schema in the workspace's ``schemas`` folder, say which file it stands for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from lastmile.config.verifying import SchemaFor
from lastmile.documents.values import Reading
from lastmile.errors import ToolError

_COMMENTS = {
    "yaml": re.compile(r"^[ \t]*#[ \t]*yaml-language-server:[ \t]*\$schema=(\S+)", re.MULTILINE),
    "toml": re.compile(r"^[ \t]*#:schema[ \t]+(\S+)", re.MULTILINE),
}
_FOLDERS = ("schemas", "schema", ".")
_MOST_FILES = 200
_MOST_BYTES = 4 << 20
STANDARD = re.compile(r"https?://json-schema\.org/(?:draft/20\d\d-\d\d|draft-0[3-7])/schema#?")
"""The schemas of schemas, which the validator brings along."""


@frozen
class Schema:
    """A schema, with the place that its relative references start from."""

    value: Any = field(repr=False)
    name: str
    """As receipts name it."""

    uri: str = ""
    root: str = ""
    """The folder that references may lead into; empty for none."""


def named_by(text: str, language: str, reading: Reading) -> str:
    """Give what the document names as its schema; empty where it names none."""
    pattern = _COMMENTS.get(language)
    if pattern is not None and (found := pattern.search(text)) is not None:
        return found[1]
    first = reading.values[0] if reading.values else None
    named = first.get("$schema") if isinstance(first, dict) and language != "toml" else None
    return named if isinstance(named, str) else ""


def find(path: Path | None, named: str, root: Path | None, settings: Iterable[SchemaFor]) -> Schema | None:
    """Find the schema of a document; None where it has none. Reads the disk.

    Raises `ToolError` where it has one that cannot be had, saying why.
    """
    if STANDARD.fullmatch(named):
        return Schema({"$ref": named}, "the JSON Schema standard")
    chosen = tuple(settings)
    if named:
        return _load(_named(path, named, root, chosen), root)
    inside = _inside(path, root)
    place = next((item.path for item in chosen if inside and _matches(inside, item.documents)), None)
    return None if place is None else _load(_absolute(place, root), root)


def _named(path: Path | None, named: str, root: Path | None, settings: tuple[SchemaFor, ...]) -> Path:
    place = next((item.path for item in settings if item.documents == named), None)
    if place is not None:
        return _absolute(place, root)
    url = urlsplit(named)
    if url.scheme in {"http", "https"}:
        found = next((file for file in _workspace_schemas(root) if _id_of(file) == named.rstrip("#")), None)
        if found is None:
            message = f"No file is known for the schema {named}; name one under verify.schemas."
            raise ToolError(message)
        return found
    if path is None or root is None:
        message = f"The schema {named} is a path, and the document lies nowhere."
        raise ToolError(message)
    target = (path.parent / unquote(url.path)).resolve()
    if not target.is_relative_to(root.resolve()):
        message = f"The schema {named} lies outside of the workspace; name it under verify.schemas."
        raise ToolError(message)
    return target


def _load(path: Path, root: Path | None) -> Schema:
    try:
        if path.stat().st_size > _MOST_BYTES:
            message = f"The schema {path.name} is larger than {_MOST_BYTES >> 20} MiB."
            raise ToolError(message)
        value = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"The schema {path} cannot be read: {error}"
        raise ToolError(message) from error
    name = path.relative_to(root).as_posix() if root is not None and path.is_relative_to(root) else path.name
    return Schema(value, name, path.as_uri(), str(path.parent))


def _workspace_schemas(root: Path | None) -> Iterator[Path]:
    """List the files of the workspace that are likely to be schemas."""
    if root is None:
        return
    for folder in _FOLDERS:
        pattern = "*.schema.json" if folder == "." else "*.json"
        yield from islice(sorted((root / folder).glob(pattern)), _MOST_FILES)


def _id_of(path: Path) -> str:
    try:
        schema = _load(path, None).value
    except ToolError:
        return ""
    found = schema.get("$id") or schema.get("id") if isinstance(schema, dict) else ""
    return found.rstrip("#") if isinstance(found, str) else ""


def _absolute(place: str, root: Path | None) -> Path:
    path = Path(place).expanduser()
    return path if path.is_absolute() or root is None else root / path


def _inside(path: Path | None, root: Path | None) -> str:
    if path is None:
        return ""
    return path.relative_to(root).as_posix() if root is not None and path.is_relative_to(root) else path.as_posix()


def _matches(path: str, glob: str) -> bool:
    name = path if "/" in glob else path.rsplit("/", 1)[-1]
    return fnmatchcase(name, glob) or fnmatchcase(name, glob.removeprefix("**/"))
