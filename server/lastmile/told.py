"""What only Lastmile finds in a document: a schema that is not kept, and tests that are known to fail.

It runs no test. What a linter finds is `Project.findings`' affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from lastmile import files
from lastmile.config.verifying import SchemaFor
from lastmile.documents.placing import places
from lastmile.documents.reading import read
from lastmile.documents.schemas import Schema, find, named_by
from lastmile.documents.validating import breaches
from lastmile.errors import RequestError, ToolError
from lastmile.testing.memory import Failure, digest, qualname
from lastmile.text.diagnostic import FAILED, SOURCE, Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol
from lastmile.tools.offload import Offload
from lastmile.verify.tests_delta import reason


async def unkept(
    snapshot: Snapshot, root: Path | None, schemas: tuple[SchemaFor, ...], offload: Offload
) -> tuple[Diagnostic, ...]:
    """List where a document of data does not keep its schema; nothing where it has none that can be had."""
    with suppress(ToolError):
        named = await offload.run(schema_name, snapshot.text, snapshot.language)
        schema = await asyncio.to_thread(find, snapshot.path, named, root, schemas)
        if schema is not None:
            return await offload.run(schema_breaches, snapshot.text, snapshot.language, schema)
    return ()


def schema_name(text: str, language: str) -> str:
    """Give what a document names as its schema."""
    return named_by(text, language, read(text, language))


def schema_breaches(text: str, language: str, schema: Schema) -> tuple[Diagnostic, ...]:
    """Hold a document against its schema. Raises `ToolError` where the schema cannot be used."""
    reading = read(text, language)
    if reading.trouble is not None:
        return ()
    found = breaches(reading.values, schema)
    spans = places(text, language, tuple(item.steps for item in found)) if found else ()
    return tuple(
        Diagnostic(SOURCE, item.rule, f"{item.place}: {item.message} ({schema.name})", span)
        for item, span in zip(found, spans, strict=True)
    )


async def still(failures: Iterable[Failure], others: Mapping[Path, str]) -> tuple[Failure, ...]:
    """Keep the failures whose texts are what they were, in the editor or else on the disk."""
    found = tuple(failures)
    paths = {path for item in found for path in item.digests}
    now = await asyncio.to_thread(_digests, paths, others)
    return tuple(item for item in found if all(now[path] == known for path, known in item.digests.items()))


def failed(failures: Iterable[Failure], symbols: Iterable[Symbol]) -> tuple[Diagnostic, ...]:
    """Say at the tests which of them failed, and why."""
    names = {symbol.qualname: symbol for symbol in symbols}
    known = ((item.result, names.get(qualname(item.result.id))) for item in failures)
    return tuple(
        Diagnostic(SOURCE, FAILED, f"{result.id.rpartition('::')[2]} failed when it ran last: {reason(result)}", at)
        for result, symbol in known
        if symbol is not None and (at := symbol.name_span)
    )


def _digests(paths: Iterable[Path], others: Mapping[Path, str]) -> dict[Path, str]:
    found = {}
    for path in paths:
        found[path] = ""
        with suppress(RequestError):
            found[path] = digest(others[path] if path in others else files.read(path).text)
    return found
