"""Ruff on the text of a buffer, with the settings of the project that the file lies in.

Ruff finds those settings itself from the file's path; the file on the disk is never read or
written. Results are cached by content and by the state of the settings files above the file: a
file elsewhere that those extend is not watched.
"""

from __future__ import annotations

import asyncio
import os
import re
import sysconfig
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.tools import report
from lastmile.tools.process import Meanwhile, run

_CACHED_RESULTS = 128
_SETTINGS_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")
# Some editors leave it in the text. Ruff does not count it in columns, and `ruff format --range`
# crashes over it, so ruff never sees it.
_BOM = "\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
# What a project may have set so that `ruff check` rewrites instead of reporting.
_REPORT = ("--output-format=json", "--exit-zero", "--no-fix", "--no-fix-only")
_REWRITE = ("--fix-only", "--exit-zero", "--no-unsafe-fixes")
_PYTHON_SUFFIXES = {"", ".py", ".pyi", ".pyw"}


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
        key = ("check", snapshot.digest, snapshot.path, await _stamp(_place(snapshot)))
        if key not in self._cache:
            body = _body(snapshot)
            lines = snapshot.lines if body is snapshot.text else LineIndex(body)
            places = report.Places(lines, len(snapshot.text) - len(body))
            # The lines are looked up once ruff has answered: they are indexed while it works.
            out = await self._run(snapshot, "check", *_REPORT, *self.options.rules, meanwhile=lines.__len__)
            self._remember(key, await asyncio.to_thread(report.diagnostics, out, places))
        self._cache.move_to_end(key)
        found: tuple[Diagnostic, ...] = self._cache[key]
        return found

    async def fixed(self, snapshot: Snapshot) -> str:
        """Give the text with all of ruff's safe fixes applied, repeatedly, as ``ruff --fix`` does.

        Raises `ToolError` where ruff fails.
        """
        return await self._rewritten(snapshot, "check", *_REWRITE, *self.options.rules)

    async def formatted(self, snapshot: Snapshot, span: Span | None = None) -> str:
        """Give the text formatted; only the lines of ``span`` where one is given.

        Raises `ToolError` where the text does not parse.
        """
        return await self._rewritten(snapshot, "format", *([] if span is None else [_range(snapshot.lines, span)]))

    async def setting(self, snapshot: Snapshot, name: str) -> str:
        """Look up one of ruff's resolved settings for the file, as ruff prints it; empty if absent.

        ``Settings path`` is the file that the settings come from, in double quotes.
        Ruff resolves settings for files on the disk alone, so a document without one has none.
        """
        path = snapshot.path
        if path is None or not await asyncio.to_thread(path.is_file):
            return ""
        key = ("settings", path, await _stamp(path))
        if key not in self._cache:
            out = await self._call(path, "", "check", "--show-settings", "--no-force-exclude", str(path))
            self._remember(key, dict(report.settings(out)))
        return str(self._cache[key].get(name, ""))

    async def _rewritten(self, snapshot: Snapshot, command: str, *arguments: str) -> str:
        """Have ruff rewrite the text, but for a byte order mark."""
        if _SURROGATE.search(snapshot.text):
            message = "The text holds half of a surrogate pair, which no file can hold: ruff cannot rewrite it."
            raise ToolError(message)
        mark = snapshot.text.removesuffix(_body(snapshot))
        return mark + await self._run(snapshot, command, *arguments)

    async def _run(self, snapshot: Snapshot, command: str, *arguments: str, meanwhile: Meanwhile = None) -> str:
        path = _place(snapshot)
        source = (*_as_python(snapshot), "--stdin-filename", str(path), "-")
        call = ("--no-cache", *arguments, *source)
        return await self._call(path, _body(snapshot), command, *call, meanwhile=meanwhile)

    async def _call(self, path: Path, text: str, command: str, *arguments: str, meanwhile: Meanwhile = None) -> str:
        call = [self.options.path or str(bundled()), command, *arguments]
        cwd = await asyncio.to_thread(_nearest, path.parent)
        done = await run(call, text=text, cwd=cwd, deadline=self.options.timeout, meanwhile=meanwhile)
        if done.status:
            message = f"ruff failed: {report.failure(done)}"
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


def _place(snapshot: Snapshot) -> Path:
    """Give the path by which ruff finds the settings: a document without a file lies in the current folder."""
    return snapshot.path or Path.cwd() / "untitled.py"


def _body(snapshot: Snapshot) -> str:
    return snapshot.text.removeprefix(_BOM)


def _as_python(snapshot: Snapshot) -> Iterator[str]:
    """Tell ruff what the editor told us: the cell of a notebook is Python, whatever the file is called."""
    suffix = _place(snapshot).suffix
    if snapshot.language == "python" and suffix not in _PYTHON_SUFFIXES:
        yield f"--extension={suffix[1:]}:python"


def _range(lines: LineIndex, span: Span) -> str:
    """Give the lines of the span as ruff's range, whose end is not part of it."""
    first, last = lines.line_at(span.start), lines.line_at(max(span.start, span.end - 1))
    return f"--range={first + 1}-{last + 2}"


def _nearest(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path.cwd())


async def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Give the places, times and sizes of the settings files above the file."""
    return await asyncio.to_thread(lambda: tuple(_states(path)))


def _states(path: Path) -> Iterator[tuple[str, int, int]]:
    for folder in path.parents:
        for name in _SETTINGS_FILES:
            place = os.path.join(folder, name)
            try:
                state = os.stat(place)
            except (OSError, ValueError):  # it is not there, or the path has a null character
                continue
            yield place, state.st_mtime_ns, state.st_size
