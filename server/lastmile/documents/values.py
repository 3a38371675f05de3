"""What is read from a document."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

LANGUAGES = ("json", "jsonc", "toml", "yaml")
"""The language identifiers of LSP that are read here; YAML dialects such as ``dockercompose`` are not."""


@frozen
class Trouble:
    """The first place where a document does not parse."""

    message: str
    at: int
    """The offset in the text."""


@frozen
class Reading:
    """A document as its parser reads it."""

    values: tuple[Any, ...] = field(default=(), repr=False)
    """What it holds, in the types of JSON: several where YAML has several documents, none where it does not parse."""

    duplicates: tuple[str, ...] = ()
    """Keys that stand again in the same table, each as often as it does."""

    trouble: Trouble | None = None
