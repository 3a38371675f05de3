"""The settings tree read as a flat table: one entry for each dotted key, one name list for each table.

Nothing here holds a value that anybody set; that is the business of `layers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from attrs import NOTHING, field, fields, frozen, has

from lastmile.config.marks import Form
from lastmile.config.tree import Settings
from lastmile.config.verifying import Command, SchemaFor

Path = tuple[str, ...]
"""A dotted key in parts: ``("budget", "day")``."""

Value = bool | int | float | str | tuple[str, ...] | tuple[Command, ...] | tuple[SchemaFor, ...] | Enum | None
"""What a setting can be; None where it is empty."""

ANY = "*"
"""Stands in a pattern for a name that a person chooses: a server's, a kind's."""


@frozen
class Entry:
    """One setting: its place in the tree and what a value of it must be."""

    path: Path
    type: Any
    """``bool``, ``int``, ``float``, ``str``, a tuple of texts, commands or schemas, or an `Enum`; never a union."""

    owner: type
    """The class of the tree that has the field."""

    default: Value = None
    """None where the setting is empty unless someone sets it."""

    required: bool = False
    """Whether its table can do nothing without it."""

    from_project: str = ""
    """What a file in a project may do with it: nothing (``never``), ``tighten``, or anything (empty)."""

    strict: bool | None = None
    """For a switch that may be tightened: the stricter of its two values."""

    form: Form | None = None
    least: float | None = None
    most: float | None = None


@frozen
class Keys:
    """The whole table."""

    entries: Mapping[Path, Entry]
    """By pattern: a part is `ANY` where a person chooses the name."""

    tables: Mapping[Path, tuple[str, ...]] = field(repr=False)
    """The names in each table, by pattern; ``("*",)`` where a person chooses them."""


@cache
def keys() -> Keys:
    """Read the tree, once."""
    entries = {entry.path: entry for entry in _walk(Settings, (), Settings(), {})}
    tables: dict[Path, dict[str, None]] = {}
    for path in entries:
        for at, name in enumerate(path):
            tables.setdefault(path[:at], {})[name] = None
    return Keys(MappingProxyType(entries), MappingProxyType({path: tuple(names) for path, names in tables.items()}))


def dotted(path: Path) -> str:
    """Spell a key as files and messages do: ``budget.day``."""
    return ".".join(path)


def variable(path: Path) -> str:
    """Name the environment variable of a key: ``LASTMILE_BUDGET__DAY``."""
    return "LASTMILE_" + "__".join(path).upper().replace("-", "_")


def squash(name: str) -> str:
    """Give what ``neverSend``, ``never_send`` and ``never-send`` have in common."""
    return name.replace("_", "").replace("-", "").lower()


def _walk(owner: type, path: Path, value: object, marks: Mapping[str, Any]) -> Iterator[Entry]:
    hints = get_type_hints(owner)
    for item in fields(owner):
        here = (*path, item.name)
        kind = next(iter(_but_none(hints[item.name])))
        default = getattr(value, item.name, None)
        inner = {**item.metadata, **marks}  # The mark of a table holds for all that is in it.
        if get_origin(kind) is Mapping:
            member = get_args(kind)[1]
            yield from _walk(member, (*here, ANY), member(), inner)
        elif has(kind):
            yield from _walk(kind, here, default, inner)
        else:
            yield Entry(here, kind, owner, default, required=item.default is NOTHING, **inner)


def _but_none(hint: object) -> tuple[Any, ...]:
    """Give the types of ``X | None`` without the None."""
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(kind for kind in kinds if kind is not type(None))
