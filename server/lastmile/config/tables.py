"""The settings that are lists of tables, read as strictly as single values are.

A table with a name that is not known is refused as a whole: half a command judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from attrs import fields
from cattrs import Converter

from lastmile.config.verifying import Command, SchemaFor

_MOST = 50
_LONGEST_WAIT = 3600.0
_T = TypeVar("_T", Command, SchemaFor)


def commands(converter: Converter, raw: object) -> tuple[Command, ...]:
    """Read ``[[verify.command]]``; raises `ValueError` where a table makes no sense."""
    if not isinstance(raw, list | tuple) or len(raw) > _MOST:
        raise ValueError("not a list of tables")
    read = tuple(_read(converter, item, Command) for item in raw)
    if not all(item.run.strip() and 0 < item.timeout <= _LONGEST_WAIT for item in read):
        raise ValueError("a command that runs nothing, or has no time to")
    return read


def schemas(converter: Converter, raw: object) -> tuple[SchemaFor, ...]:
    """Read ``[verify.schemas]``; raises `ValueError` where a path is none."""
    if isinstance(raw, Mapping):
        raw = [{"documents": documents, "path": path} for documents, path in raw.items()]
    if not isinstance(raw, list | tuple) or len(raw) > _MOST:
        raise ValueError("not a table")
    return tuple(_read(converter, item, SchemaFor) for item in raw)


def _read(converter: Converter, raw: object, kind: type[_T]) -> _T:
    if isinstance(raw, kind):
        return raw
    if not isinstance(raw, Mapping) or not {str(name) for name in raw} <= {item.name for item in fields(kind)}:
        raise ValueError("not a table, or one with an unknown name")
    try:
        return converter.structure(raw, kind)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
