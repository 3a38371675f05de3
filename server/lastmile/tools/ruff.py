"""Ruff on the text of a buffer, with the settings of the project that the file lies in.

Ruff finds those settings itself from the file's path; the file on the disk is never read or
written. Results are cached by content and by the state of the settings files above the file: a
file elsewhere that those extend is not watched.
"""

from __future__ import annotations

import os
import re
import sysconfig
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.tools import report
from lastmile.tools.process import Completed, Runner, in_thread
from lastmile.tools.streams import Whole

_T = TypeVar("_T")
Key = tuple[object, ...]
"""What was asked, and all that the answer depends on."""

Meanwhile = Callable[[], object] | None

_CACHED_RESULTS = 128
_CACHED_ITEMS = 20_000
"""Findings of all cached results together, at half a kilobyte each."""

_LEAST_RESULTS = 2
"""Results that stay however long they are: a draft's, and that of the text it is compared with."""

_SETTINGS_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")
# Some editors leave it in the text. Ruff does not count it in columns, and `ruff format --range`
# crashes over it, so ruff never sees it.
_BOM = "\ufeff"
_WRONG = "(\n"
_SURROGATE = re.compile("[\ud800-\udfff]")
# What a project may have set so that `ruff check` rewrites instead of reporting.
_REPORT = ("--output-format=json-lines", "--exit-zero", "--no-fix", "--no-fix-only")
_REWRITE = ("--fix-only", "--exit-zero", "--no-unsafe-fixes")
_PYTHON_SUFFIXES = {"", ".py", ".pyi", ".pyw"}
_ENVIRONMENT = {"RAYON_NUM_THREADS": "1", "_RJEM_MALLOC_CONF": "thp:always"}
"""How ruff spends no time on what one file needs not.

Starting a pool of threads takes a millisecond. Its allocator (jemalloc, whose variable it is) asks for memory in
pages of 4 KB, each of which the kernel hands out by itself; huge ones halve the faults and save a long file
another millisecond. Where there are none, or the allocator is another, the variable changes nothing.
"""


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
    """Runs ruff, each time in a thread of its own; safe to share."""

    options: RuffOptions = field(factory=RuffOptions)
    _cache: OrderedDict[Key, Any] = field(factory=OrderedDict, init=False)
    _lock: Lock = field(factory=Lock, init=False, eq=False)
    _is_ruff: bool = field(default=False, init=False)
    """Whether a program that the person named is ruff: what prints nothing passes for a text without findings."""

    async def check(self, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        """List ruff's findings on the text, syntax errors among them, in order of place.

        Raises `ToolError` where ruff fails: settings that it cannot read, most often.
        """
        found: tuple[Diagnostic, ...] = await in_thread(partial(self._check, snapshot))
        return found

    async def skips(self, snapshot: Snapshot) -> bool:
        """Tell whether the project's settings keep ruff from looking at the file at all.

        Ruff then finds nothing and says nothing of it, so it is asked about a text that cannot be
        right. Raises `ToolError` where ruff fails.
        """
        return not await self.check(evolve(snapshot, text=_WRONG))

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
        if snapshot.path is None:
            return ""
        return (await in_thread(partial(self._settings, snapshot.path))).get(name, "")

    def _check(self, snapshot: Snapshot, runner: Runner) -> tuple[Diagnostic, ...]:
        key = ("check", snapshot.digest, snapshot.path, _stamp(_place(snapshot)))
        return self._cached(key, partial(self._findings, snapshot, runner))

    def _findings(self, snapshot: Snapshot, runner: Runner) -> tuple[Diagnostic, ...]:
        self._make_sure(runner)
        body = _body(snapshot)
        lines = snapshot.lines if body is snapshot.text else LineIndex(body)
        # The lines are looked up once ruff has answered: they are indexed while it starts.
        out = self._run(runner, snapshot, "check", *_REPORT, *self.options.rules, meanwhile=lines.__len__)
        return report.diagnostics(out, report.Places(lines, len(snapshot.text) - len(body)))

    async def _rewritten(self, snapshot: Snapshot, command: str, *arguments: str) -> str:
        """Have ruff rewrite the text, but for a byte order mark."""
        if _SURROGATE.search(snapshot.text):
            message = "The text holds half of a surrogate pair, which no file can hold: ruff cannot rewrite it."
            raise ToolError(message)
        mark = snapshot.text.removesuffix(_body(snapshot))
        return mark + await in_thread(lambda runner: self._run(runner, snapshot, command, *arguments))

    def _settings(self, path: Path, runner: Runner) -> dict[str, str]:
        if not path.is_file():
            return {}
        call = ("check", "--show-settings", "--no-force-exclude", str(path))
        key = ("settings", path, _stamp(path))
        return self._cached(key, lambda: dict(report.settings(self._call(runner, path, "", *call))))

    def _make_sure(self, runner: Runner) -> None:
        """Ask a program that the person named what it is, once; raises `ToolError` where it is not ruff."""
        if self._is_ruff or not self.options.path:
            return
        done = runner.run([self.options.path, "--version"], text="", cwd=None, deadline=self.options.timeout)
        if not done.out.startswith(b"ruff "):
            message = f"The program in ruff.path is not ruff: asked for its version, {self.options.path} {_said(done)}."
            raise ToolError(message)
        self._is_ruff = True

    def _run(
        self, runner: Runner, snapshot: Snapshot, command: str, *arguments: str, meanwhile: Meanwhile = None
    ) -> str:
        path = _place(snapshot)
        source = (*_as_python(snapshot), "--stdin-filename", str(path), "-")
        call = ("--no-cache", *arguments, *source)
        return self._call(runner, path, _body(snapshot), command, *call, meanwhile=meanwhile)

    def _call(
        self, runner: Runner, path: Path, text: str, command: str, *arguments: str, meanwhile: Meanwhile = None
    ) -> str:
        call = [self.options.path or str(bundled()), command, *arguments]
        limit = self.options.timeout
        place = _nearest(path.parent)
        done = runner.run(call, text=Whole(text), cwd=place, deadline=limit, env=_ENVIRONMENT, meanwhile=meanwhile)
        if done.status:
            message = f"ruff failed: {report.failure(done)}"
            raise ToolError(message)
        return done.out.decode("utf-8", "replace")

    def _cached(self, key: Key, answer: Callable[[], _T]) -> _T:
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                known: _T = self._cache[key]
                return known
        found = answer()
        with self._lock:
            self._cache[key] = found
            self._shrink()
        return found

    def _shrink(self) -> None:
        items = sum(map(len, self._cache.values()))
        while len(self._cache) > _CACHED_RESULTS or (items > _CACHED_ITEMS and len(self._cache) > _LEAST_RESULTS):
            items -= len(self._cache.popitem(last=False)[1])


@cache
def bundled() -> Path:
    """Give the ruff that was installed with this package."""
    name = "ruff" + (sysconfig.get_config_var("EXE") or "")
    return Path(sysconfig.get_path("scripts")) / name


def _place(snapshot: Snapshot) -> Path:
    """Give the path by which ruff finds the settings: a document without a file lies in the current folder."""
    if snapshot.path is not None:
        return snapshot.path
    try:
        return Path.cwd() / "untitled.py"
    except FileNotFoundError:  # somebody removed it; above it nothing is ours to look at
        return Path(os.sep) / "untitled.py"


def _said(done: Completed) -> str:
    lines = done.out.decode("utf-8", "replace").splitlines()
    return f"said {lines[0][:80]!r}" if lines else f"ended with status {done.status} and said nothing"


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
    return next(place for place in (folder, *folder.parents) if place.is_dir() or place == place.parent)


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Give the places, times and sizes of the settings files above the file."""
    return tuple(_states(path))


def _states(path: Path) -> Iterator[tuple[str, int, int]]:
    for folder in path.parents:
        for name in _SETTINGS_FILES:
            place = os.path.join(folder, name)
            try:
                state = os.stat(place)
            except (OSError, ValueError):  # it is not there, or the path has a null character
                continue
            yield place, state.st_mtime_ns, state.st_size
