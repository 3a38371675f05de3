"""Type checkers that are language servers: pyright, basedpyright and ty, kept warm for a while.

They take the text of a document as an editor gives it, so nothing is written. They judge the document
and the files that they are told depend on it.
"""

from __future__ import annotations

import asyncio
from asyncio import Lock, Task
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic, Severity
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, Position, to_offset
from lastmile.text.snapshot import Snapshot
from lastmile.verify.types.importers import Importers, no_importers, shortened
from lastmile.verify.types.session import Session
from lastmile.verify.types.values import Elsewhere, Report

_MARK = "lastmile_reads_this_text"
_MARKED = {"ty": f"# ty: ignore[{_MARK.replace('_', '-')}]\n", "": f"# pyright: {_MARK}\n"}
"""Comments that the checkers complain of in every text that they judge."""

_ERROR = 1
_LETTING_GO = 1.0
"""Seconds that a cancelled caller waits for the thread whose server was killed."""


@define(eq=False)
class ServerChecker:
    """A checker that is asked as an editor asks it."""

    name: str
    session: Session
    deadline: float = 60.0
    first: float = 300.0
    """Seconds for the first answer of a server."""

    importers: Importers = no_importers

    idle: float = 600.0
    """Seconds after which a server that nobody asks is ended."""

    _lock: Lock = field(factory=Lock, init=False)
    _ending: Task[None] | None = field(default=None, init=False)
    _closed: bool = field(default=False, init=False)

    @property
    def cold(self) -> bool:
        """Whether there is no server that has read the project."""
        return not self.session.is_running

    async def report(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report:
        """Check the document, those that are not saved, and those that depend on it.

        Raises `ToolError` where the server fails or was ended.
        """
        async with self._lock:
            if self._closed:
                message = f"{self.name} was ended."
                raise ToolError(message)
            self._stay()
            # The thread may begin after this was cancelled: by the epoch it knows that it is to start nothing.
            work = asyncio.ensure_future(asyncio.to_thread(self._report, snapshot, others, self.session.epoch))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                ending = asyncio.ensure_future(asyncio.to_thread(self.session.end))
                await asyncio.wait({work, ending}, timeout=_LETTING_GO)  # two threads must not share the session
                raise
            finally:
                if not self._closed:
                    self._ending = asyncio.create_task(self._end_later())

    async def close(self) -> None:
        """End the server, for good."""
        self._closed = True
        self._stay()
        await asyncio.to_thread(self.session.end)

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _end_later(self) -> None:
        await asyncio.sleep(self.idle)
        async with self._lock:
            await asyncio.to_thread(self.session.end)

    def _report(self, snapshot: Snapshot, others: Mapping[Path, str], epoch: int) -> Report:
        own = snapshot.path or Path(snapshot.name).absolute()
        named, note = shortened(self.importers, own)
        more = [path for path in named if path not in others]
        # An open document is judged whatever the server thinks worth judging by itself.
        read = {path: text for path in more if (text := _read(path)) is not None}
        around = {**others, **read}
        texts = {own: self._marked(snapshot.text), **around}
        seconds = self.first if self.cold else self.deadline
        mine, *theirs = self.session.diagnostics(texts, [own, *around], seconds=seconds, epoch=epoch)
        errors = [item for item in mine if _is_error(item) and _MARK not in _plain(item)]
        here = tuple(_diagnostic(item, snapshot.lines, self.session.encoding, self.name) for item in errors)
        pairs = [(path, item) for path, items in zip(around, theirs, strict=True) for item in items if _is_error(item)]
        there = tuple(_elsewhere(path, item) for path, item in pairs)
        return Report(any(_MARK in _plain(item) for item in mine), here, there, note)

    def _marked(self, text: str) -> str:
        end = "" if text.endswith("\n") else "\n"
        return f"{text}{end}{_MARKED.get(self.name, _MARKED[''])}"


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return None


def _plain(item: Mapping[str, Any]) -> str:
    return str(item.get("message", "")).replace("-", "_")


def _is_error(item: Mapping[str, Any]) -> bool:
    return bool(item.get("severity", _ERROR) == _ERROR)


def _diagnostic(item: Mapping[str, Any], lines: LineIndex, encoding: Encoding, name: str) -> Diagnostic:
    start, end = (to_offset(lines, Position(**item["range"][edge]), encoding) for edge in ("start", "end"))
    span = Span(start, max(start, end))
    return Diagnostic(name, str(item.get("code") or ""), _said(item), span, Severity.ERROR)


def _elsewhere(path: Path, item: Mapping[str, Any]) -> Elsewhere:
    return Elsewhere(path, int(item["range"]["start"]["line"]), str(item.get("code") or ""), _said(item))


def _said(item: Mapping[str, Any]) -> str:
    return str(item["message"]).replace("\u00a0", " ")
