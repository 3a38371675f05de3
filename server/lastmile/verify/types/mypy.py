"""Mypy on the text of a buffer: a shadow file in the place of the real one, and a warm cache.

Mypy's daemon sees no change of a shadow file, so mypy is started anew; its own cache, kept apart
from the project's, makes that fast. Mypy reads the settings of the folder that it runs in, and
runs the plugins that they name: this is nothing for a workspace that nobody trusts.
"""

from __future__ import annotations

import asyncio
import json
import os
from asyncio import Lock
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import define, evolve, field

from lastmile.errors import SlowError, ToolError
from lastmile.text.diagnostic import Diagnostic, Severity
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.tools.process import Completed, Runner, in_thread
from lastmile.tools.report import failure
from lastmile.verify.types.importers import Importers, no_importers, shortened
from lastmile.verify.types.values import Elsewhere, Report

_MARK = "lastmile_reads_this_text"
_MARKED = f"# mypy: {_MARK}\n"
"""A comment that mypy complains of in every text that it judges.

Where it does not, its settings leave the file out, or the shadow did not lie over it.
"""

_FLAGS = ("--output=json", "--show-column-numbers", "--no-error-summary", "--no-color-output", "--incremental")
_ALONE = "without the files that import it"
_FAILED = 2
"""Mypy's exit status where it could not judge; 1 is for errors found."""


@define(eq=False)
class Mypy:
    """Runs the mypy of a project's environment in the folder that configures it."""

    program: Path
    folder: Path
    cache: Path
    """A folder of our own for mypy's cache."""

    deadline: float = 60.0
    first: float = 300.0
    """Seconds for the first run, which fills the cache."""

    importers: Importers = no_importers
    name: str = "mypy"
    cold: bool = field(default=True, init=False)
    """Whether no run has come to its end yet; the cache may be warm all the same."""

    _alone: bool = field(default=False, init=False)
    """Whether the document was seen not to be checked together with those that import it."""

    _lock: Lock = field(factory=Lock, init=False)
    """One run at a time, because they share the cache."""

    async def report(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report:
        """Check what the settings name, else the document.

        Raises `ToolError` where mypy fails: settings that it cannot read, a version before 1.11.
        """
        async with self._lock:
            try:
                found = await self._run(snapshot, others, ())
                if found is None or not found.seen:
                    found = await self._named(snapshot, others)
            except SlowError:
                raise
            except ToolError:
                self.cold = False
                raise
            self.cold = False
        return found or Report(seen=False)

    async def close(self) -> None:
        """Nothing runs between reports."""

    async def _named(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report | None:
        """Check the document and what imports it, where the settings do not name it."""
        assert snapshot.path is not None  # noqa: S101 - for the type checker: others have no checker
        around, note = await asyncio.to_thread(shortened, self.importers, snapshot.path)
        if self._alone and around:
            around, note = [], _ALONE
        if around:
            try:
                found = await self._run(snapshot, others, (str(snapshot.path), *map(str, around)))
            except SlowError:
                raise
            except ToolError:
                # Two files of one name, a file that does not parse: nobody asked for those.
                self._alone, note = True, _ALONE
            else:
                return found and evolve(found, note=note)
        found = await self._run(snapshot, others, (str(snapshot.path),))
        return found and evolve(found, note=note)

    async def _run(self, snapshot: Snapshot, others: Mapping[Path, str], targets: tuple[str, ...]) -> Report | None:
        done = await in_thread(partial(self._shadowed, snapshot, others, targets))
        if done.status == _FAILED and not targets and b"Missing target" in done.err:
            return None
        return read(done, snapshot, self.folder)

    def _shadowed(
        self, snapshot: Snapshot, others: Mapping[Path, str], targets: tuple[str, ...], runner: Runner
    ) -> Completed:
        with TemporaryDirectory(prefix="lastmile-types-") as scratch:
            texts = {**others, snapshot.path or Path(snapshot.name): marked(snapshot.text)}
            shadows = list(_shadows(Path(scratch), texts))
            command = [str(self.program), *_FLAGS, f"--cache-dir={self.cache}", *shadows, "--", *targets]
            return runner.run(command, text="", cwd=self.folder, deadline=self.first if self.cold else self.deadline)


def marked(text: str) -> str:
    """Add the comment that shows that mypy read the text; no line of the text moves."""
    return f"{text}{'' if text.endswith(chr(10)) else chr(10)}{_MARKED}"


def read(done: Completed, snapshot: Snapshot, folder: Path) -> Report:
    """Read mypy's JSON lines; raises `ToolError` where it failed."""
    # What keeps it from judging at all is printed as an error.
    items = [_item(line) for line in (done.out + done.err).splitlines() if line.startswith(b"{")]
    if done.status not in {0, 1}:
        said = next((f"{item['file']}: {item['message']}" for item in items), "") or failure(done)
        message = f"mypy could not check: {said}"
        raise ToolError(message)
    errors = [item for item in items if item["severity"] == "error"]
    own = [item for item in errors if _same(folder / item["file"], snapshot.path)]
    seen = any(_MARK in item["message"] for item in own)
    here = tuple(_diagnostic(item, snapshot.lines) for item in own if _MARK not in item["message"])
    return Report(seen, here, tuple(_elsewhere(folder, item) for item in errors if item not in own))


def _shadows(scratch: Path, texts: Mapping[Path, str]) -> Iterator[str]:
    for number, (path, text) in enumerate(texts.items()):
        shadow = scratch / f"{number}{path.suffix or '.py'}"
        data = text.encode("utf-8", "replace")
        shadow.write_bytes(data)
        # Mypy takes a file of the same size and second for unchanged, and drafts come fast: so the time
        # that the file shows is made of what it holds.
        seconds = int.from_bytes(sha256(data).digest()[:4]) >> 1
        os.utime(shadow, (seconds, seconds))
        yield from ("--shadow-file", str(path), str(shadow))


def _item(line: bytes) -> dict[str, Any]:
    try:
        item: dict[str, Any] = json.loads(line)
        return {"file": "", "message": "", "severity": "error", "line": 1, "column": 0, "code": ""} | item
    except (ValueError, TypeError) as error:
        message = "mypy did not print what it is known to print."
        raise ToolError(message) from error


def _same(place: Path, path: Path | None) -> bool:
    return path is not None and (place == path or place.resolve() == path.resolve())


def _diagnostic(item: dict[str, Any], lines: LineIndex) -> Diagnostic:
    line = min(max(0, item["line"] - 1), len(lines) - 1)
    start = min(lines.start(line) + max(0, item["column"]), lines.end(line))
    hint = f"\n{item['hint']}" if item.get("hint") else ""
    return Diagnostic("mypy", item["code"] or "", f"{item['message']}{hint}", Span(start, start), Severity.ERROR)


def _elsewhere(folder: Path, item: dict[str, Any]) -> Elsewhere:
    return Elsewhere(folder / item["file"], max(0, item["line"] - 1), item["code"] or "", item["message"])
