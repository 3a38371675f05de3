"""The check of JSON, TOML and YAML documents: they parse, no key stands twice, the schema finds nothing new.

Nor may a comment go that nobody asked to go, a word of YAML come that its versions read differently, or the
repair of what keeps a document from parsing change anything else.

Each counts against the text that the draft is made for. A document that did not parse before may
stay broken further down; what its schema said of it then nobody knows, so there the schema is left out.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.config.verifying import SchemaFor
from lastmile.documents.dialects import doubtful
from lastmile.documents.kept import changed, comments_lost
from lastmile.documents.reading import read
from lastmile.documents.schemas import Schema, find, named_by
from lastmile.documents.validating import breaches, new_breaches
from lastmile.documents.values import LANGUAGES, Reading
from lastmile.errors import ToolError
from lastmile.text.diagnostic import SOURCE, SYNTAX
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload
from lastmile.verify.delta import Way

CHECK = "document"
_SHOWN = 10
_ABOUT_COMMENTS = re.compile(
    r"\b(?:un)?comment|\bkommentar|\bremarks?\b|\bnotes?\b|(?<!\S)(?:#|//)(?!\S)", re.IGNORECASE
)


@frozen
class Wish:
    """What a task asks of a document."""

    is_repair: bool = False
    """Whether it is to parse again, and nothing else."""

    comments: bool = False
    """Whether the words are about comments."""


@frozen
class DocumentCheck:
    """Judges documents that hold data."""

    offload: Offload
    root: Path | None
    """The workspace folder."""

    schemas: tuple[SchemaFor, ...] = ()
    """Those of the settings."""

    name: str = CHECK

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Read both texts, and compare what their schema says."""
        language = task.snapshot.language
        if language not in LANGUAGES:
            return Ruling(absent="It is no document of data.")
        try:
            names = await self.offload.run(schema_names, task.snapshot.text, text, language)
            schema, why = await self._schema(task.snapshot.path, names)
            found, kept = await self.offload.run(judge_document, task.snapshot.text, text, language, schema)
            found = found or await self.offload.run(judge_change, task.snapshot.text, text, language, _wish(task))
        except ToolError as error:
            return (Finding(CHECK, f"The document could not be checked: {error}"),)
        said = [f"{language} ok", *([f"keeps {schema.name}"] if schema and kept else []), *([why] if why else [])]
        return Ruling(found, f"{language} refused" if found else ", ".join(said))

    async def _schema(self, path: Path | None, names: tuple[str, str]) -> tuple[Schema | None, str]:
        """Find the schema that the old text names, else the new; say why where it cannot be had."""
        named = names[0] or names[1]
        try:
            return await asyncio.to_thread(find, path, named, self.root, self.schemas), ""
        except ToolError as error:
            return None, f"no schema ({error})"


def schema_names(old: str, new: str, language: str) -> tuple[str, str]:
    """Give what the two texts name as their schemas."""
    before, after = (named_by(text, language, read(text, language)) for text in (old, new))
    return before, after


def judge_document(old: str, new: str, language: str, schema: Schema | None) -> tuple[tuple[Finding, ...], bool]:
    """List what is wrong with the new text and was not with the old, and tell whether the schema was asked.

    Raises `ToolError` where the new text cannot be held against a schema that the old one could be.
    """
    before, after = read(old, language), read(new, language)
    if after.trouble is not None:
        return _unread(old, before, new, after), False
    repeated = _repeated(old, before, new, after)
    if repeated or schema is None or before.trouble is not None:
        return repeated, False
    exact = language == "toml"
    try:
        known = breaches(before.values, schema, exact=exact)
    except ToolError:
        return (), False  # a schema that cannot be used says nothing, whatever the draft
    fresh = new_breaches(known, breaches(after.values, schema, exact=exact))
    told = (Finding(CHECK, f"{schema.name}: {item.place}: {item.message}", code=item.rule) for item in fresh[:_SHOWN])
    return tuple(told), True


def judge_change(old: str, new: str, language: str, wish: Wish) -> tuple[Finding, ...]:
    """List what the draft changes and was not asked to: of a repair everything but the fault."""
    before, after = read(old, language), read(new, language)
    told: list[str] = []
    if before.trouble is not None and wish.is_repair:
        told += changed(old, new, language, before.trouble, after.values)
    if not wish.comments:
        lost = comments_lost(old, new, language)
        told += (f"The comment {text!r} is gone, and what it speaks of is there." for text in lost)
    if language == "yaml" and before.trouble is None:
        told += doubtful(old, new)
    return tuple(Finding(CHECK, message) for message in told[:_SHOWN])


def _wish(task: Task) -> Wish:
    repair = any((item.source, item.code) == (SOURCE, SYNTAX) for item in task.diagnostics)
    return Wish(repair, bool(_ABOUT_COMMENTS.search(task.goal)))


def _unread(old: str, before: Reading, new: str, after: Reading) -> tuple[Finding, ...]:
    """Refuse what does not parse, unless the old text did not either, and the parser comes further now."""
    if after.trouble is None:
        return ()
    if before.trouble is not None and _further(old, before.trouble.at, new, after.trouble.at):
        return ()
    lines = LineIndex(new)
    line = lines.line_at(after.trouble.at)
    message = f"It does not parse: on line {line + 1}, {after.trouble.message}"
    return (Finding(CHECK, message, line=line, evidence=lines.line_text(line)),)


def _further(old: str, before: int, new: str, after: int) -> bool:
    """Tell whether the parser stops beyond what was changed, and beyond where it stopped before."""
    way = Way.between(old, new)
    back = way.back(after)
    written = (start + len(change.text) for start, change in zip(way.starts, way.changes, strict=True))
    end = max((end for end in written if end <= after), default=0)
    return back is not None and back > before and bool(new[end:after].strip())


def _repeated(old: str, before: Reading, new: str, after: Reading) -> tuple[Finding, ...]:
    """Refuse keys that stand twice and did not; of a text that did not parse, its words are counted."""
    known = Counter(before.duplicates)
    if before.trouble is not None:
        known = Counter(
            {key: number for key, number in Counter(after.duplicates).items() if old.count(key) >= new.count(key)}
        )
    fresh = Counter(after.duplicates) - known
    return tuple(Finding(CHECK, f"The key {key!r} stands twice in one table.") for key in list(fresh)[:_SHOWN])
