"""Ruff on the text of a buffer, with the settings of the project that the file lies in.

Ruff finds those settings itself from the file's path; the file on the disk is never read or
written. Results are cached by content and by the state of the settings files above the file.
"""

from __future__ import annotations

import json
import os
import sysconfig
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic, Fix, Safety, Severity
from lastmile.text.edits import Replacement, Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.tools.process import run

_CACHED_RESULTS = 128
_SETTINGS_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")
_ERROR_CODES = ("F821", "F822", "F823", "E9")
_HINT_CODES = ("F401", "F811", "F841", "ERA001")


@frozen
class RuffOptions:
    """How ruff is run; every field stands for itself on the command line."""

    path: str = ""
    """The program; empty for the one installed with this package."""

    timeout: float = 10.0
    select: tuple[str, ...] = ()
    """Rules that replace the project's own selection; empty to leave it alone."""

    extend: tuple[str, ...] = ()
    """Rules that come to the project's own selection."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The arguments that say which rules count."""
        given = (("--select", self.select), ("--extend-select", self.extend))
        return tuple(f"{name}={','.join(codes)}" for name, codes in given if codes)


@define
class Ruff:
    """Runs ruff; safe to share by everything on one event loop."""

    options: RuffOptions = field(factory=RuffOptions)
    _cache: OrderedDict[tuple[object, ...], Any] = field(factory=OrderedDict, init=False)

    async def check(self, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        """List ruff's findings on the text, syntax errors among them, in order of place.

        Raises `ToolError` where ruff fails: settings that it cannot read, most often.
        """
        key = ("check", snapshot.digest, snapshot.path, _stamp(snapshot.path))
        if key not in self._cache:
            out = await self._run(
                snapshot, "check", "--output-format=json", "--exit-zero", "--no-fix", *self.options.rules
            )
            self._remember(key, tuple(_diagnostics(json.loads(out), snapshot.lines)))
        self._cache.move_to_end(key)
        found: tuple[Diagnostic, ...] = self._cache[key]
        return found

    async def fixed(self, snapshot: Snapshot) -> str:
        """Give the text with all of ruff's safe fixes applied, repeatedly, as ``ruff --fix`` does."""
        return await self._run(snapshot, "check", "--fix-only", "--exit-zero", *self.options.rules)

    async def formatted(self, snapshot: Snapshot, span: Span | None = None) -> str:
        """Give the text formatted; only the lines of ``span`` where one is given.

        Raises `ToolError` where the text does not parse.
        """
        lines = snapshot.lines
        only = [] if span is None else [f"--range={lines.line_at(span.start) + 1}-{lines.line_at(span.end) + 1}"]
        return await self._run(snapshot, "format", *only)

    async def setting(self, snapshot: Snapshot, name: str) -> str:
        """Look up one of ruff's resolved settings for the file, as ruff prints it; empty if absent.

        ``Settings path`` is the file that the settings come from, in double quotes.
        Ruff resolves settings for files on the disk alone, so a document without one has none.
        """
        if snapshot.path is None or not snapshot.path.is_file():
            return ""
        key = ("settings", snapshot.path, _stamp(snapshot.path))
        if key not in self._cache:
            out = await self._call(snapshot.path, "", "check", "--show-settings", str(snapshot.path))
            self._remember(key, dict(_settings(out)))
        return str(self._cache[key].get(name, ""))

    async def _run(self, snapshot: Snapshot, command: str, *arguments: str) -> str:
        path = snapshot.path or Path.cwd() / "untitled.py"
        source = ("--stdin-filename", str(path), "-")
        return await self._call(path, snapshot.text, command, "--no-cache", *arguments, *source)

    async def _call(self, path: Path, text: str, command: str, *arguments: str) -> str:
        call = [self.options.path or str(bundled()), command, "--quiet", *arguments]
        done = await run(call, text=text, cwd=_nearest(path.parent), deadline=self.options.timeout)
        if done.status:
            message = f"ruff failed: {_first_line(done.err)}"
            raise ToolError(message)
        return done.out.decode("utf-8", "replace")

    def _remember(self, key: tuple[object, ...], value: object) -> None:
        self._cache[key] = value
        while len(self._cache) > _CACHED_RESULTS:
            self._cache.popitem(last=False)


def bundled() -> Path:
    """Give the ruff that was installed with this package."""
    name = "ruff" + (sysconfig.get_config_var("EXE") or "")
    return Path(sysconfig.get_path("scripts")) / name


def _nearest(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path.cwd())


def _stamp(path: Path | None) -> tuple[tuple[str, int], ...]:
    """Give the places and times of the settings files above the file."""
    return () if path is None else tuple(_times(path))


def _times(path: Path) -> Iterator[tuple[str, int]]:
    for folder in path.parents:
        for name in _SETTINGS_FILES:
            place = os.path.join(folder, name)
            try:
                yield place, os.stat(place).st_mtime_ns
            except OSError:
                continue


def _first_line(err: bytes) -> str:
    lines = err.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("error: ") if lines else "it said nothing"


def _settings(out: str) -> Iterator[tuple[str, str]]:
    for line in out.splitlines():
        name, mark, value = line.partition(": " if line.startswith("Settings path: ") else " = ")
        if mark:
            yield name.strip(), value.strip()


def _diagnostics(items: list[dict[str, Any]], lines: LineIndex) -> Iterator[Diagnostic]:
    for item in items:
        code = item["code"] or ""
        yield Diagnostic(
            source="ruff",
            code=code,
            message=item["message"],
            span=_span(item, lines),
            severity=_severity(code),
            url=item["url"] or "",
            fix=_fix(item["fix"], lines),
        )


def _severity(code: str) -> Severity:
    if code in {"", "invalid-syntax"} or code.startswith(_ERROR_CODES):
        return Severity.ERROR
    return Severity.HINT if code in _HINT_CODES else Severity.WARNING


def _fix(item: dict[str, Any] | None, lines: LineIndex) -> Fix | None:
    if item is None:
        return None
    edits = tuple(Replacement(_span(edit, lines), edit["content"]) for edit in item["edits"])
    return Fix(Safety(item["applicability"]), item["message"] or "", edits)


def _span(item: dict[str, Any], lines: LineIndex) -> Span:
    start, end = _offset(item["location"], lines), _offset(item["end_location"], lines)
    return Span(start, max(start, end))


def _offset(place: dict[str, int], lines: LineIndex) -> int:
    """Ruff counts rows and columns from 1, columns in code points."""
    return min(lines.start(place["row"] - 1) + place["column"] - 1, len(lines.text))
