"""The sandboxed process that tries many texts, as seen from here: started once a search, asked, ended.

What runs inside is `worker/lastmile_inside/trying`. A thread of its own starts it and listens: bubblewrap
ends with the thread that started it. What comes back are words of a process that ran drafts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping
from contextvars import copy_context
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from attrs import define, field

from lastmile.sandbox.choose import Kind, Sandbox
from lastmile.sandbox.values import Bind
from lastmile.testing.underway import underway
from lastmile.testing.values import Wanted
from lastmile.testing.worker import launch
from lastmile.testing.worker.launch import Launch, Site
from lastmile.testing.worker.scratch import Scratch
from lastmile.tools.behind import is_behind, lower

_START = 60.0
"""Seconds that it may take to load pytest and its plugins, on a machine that has much else to do."""

_GRACE = 6.0
"""Seconds past a request's own time after which it is ended; the process inside ends what it does before."""

_SAID = {"load": "what the tests import", "try": "tests on small repairs", "observe": "calls on what passed"}
"""What a person is told who waits for a request."""

_LONGEST_REASON = 600
_LINE = 4 << 20
"""The longest line that is heard, in bytes."""

Row = Mapping[str, Any]
_GONE: Row = {"done": True, "gone": True, "why": "the process that tries texts ended"}


@define(eq=False)
class TrialHost:
    """One such process; for one event loop, and one request at a time."""

    site: Site
    sandbox: Sandbox | None
    texts: Mapping[Path, str]
    """What lies over the files on the disk: unsaved buffers."""

    _heard: asyncio.Queue[Row | None] = field(factory=asyncio.Queue, init=False)
    _numbers: Any = field(factory=lambda: count(1), init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _thread: Thread | None = field(default=None, init=False)
    _scratch: Scratch | None = field(default=None, init=False)
    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _closed: bool = field(default=False, init=False)
    _why: str | None = field(default=None, init=False)
    """Why nothing can be asked; empty where something can, None until that is known."""

    async def absent(self) -> str:
        """Start it, where it was not; says why nothing can be tried in it."""
        async with self._lock:
            if self._why is None:
                self._why = await self._started()
        return self._why

    async def ask(self, do: str, request: Row) -> AsyncGenerator[Row, None]:
        """Have a request done and give what is said of it; the last row has ``done`` and ``why`` it was cut short.

        ``wall`` of the request bounds it. A request that is not heard to its end ends the process.
        """
        number, last = next(self._numbers), False
        now = asyncio.get_running_loop().time
        until = now() + request["wall"] + _GRACE
        if self._closed:
            yield _GONE
            return
        try:
            await asyncio.to_thread(self._tell, {**request, "do": do, "number": number, "root": str(self.site.root)})
            with underway(lambda: _SAID[do], seconds=request["wall"]):
                while not last and (row := await self._next(until - now())) is not None:
                    if row.get("number") == number:
                        last = bool(row.get("done"))
                        yield row
        finally:
            if not last:
                await asyncio.shield(self.close())
        if not last:
            yield _GONE

    async def _next(self, seconds: float) -> Row | None:
        """Give what is said next; None where nothing more comes, or not in time.

        Python 3.11's ``wait_for`` loses a cancellation that comes with what is waited for.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._heard.get()
        return None

    async def close(self) -> None:
        """End it and everything of it."""
        self._closed, self._why = True, self._why or "it was ended"
        if (process := self._process) is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, _GRACE)
        if self._scratch is not None:
            await asyncio.to_thread(self._scratch.remove)

    async def _started(self) -> str:
        if self.sandbox is None or self.sandbox.kind is not Kind.BUBBLEWRAP:
            return "many texts are tried at once in bubblewrap alone"
        try:
            made = await asyncio.to_thread(self._launch, self.sandbox)
            live = partial(copy_context().run, self._live, made, asyncio.get_running_loop())
            self._thread = Thread(target=live, name="lastmile-trials", daemon=True)
            self._thread.start()
            row = await self._next(_START)
        except OSError as error:
            return str(error)
        if row is None:
            return await asyncio.to_thread(self._said) or f"pytest was not loaded within {_START:g} s"
        return str(row.get("obstacle", ""))

    def _said(self) -> str:
        """Give the last that it wrote about itself; blocks."""
        with contextlib.suppress(OSError):
            lines = self._errors.read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:_LONGEST_REASON] if lines else ""
        return ""

    @property
    def _errors(self) -> Path:
        return (self._scratch.folder if self._scratch is not None else Path()) / "errors"

    def _launch(self, sandbox: Sandbox) -> Launch:
        scratch = self._scratch = Scratch()
        texts = {path.resolve(): text for path, text in self.texts.items() if path.is_file()}
        more: dict[str, list[str]] = {"preload": [], "foreign": []}
        _number, given = scratch.add(Wanted(()), self.site.root, texts, more)
        if self._closed:  # whoever asked has gone meanwhile
            scratch.remove()
        binds = tuple(Bind(given.folder / f"text-{at}", path) for at, path in enumerate(texts))
        return launch.sandboxed(self.site, sandbox, scratch.given, nested=True, binds=binds, program=launch.GUARD)

    def _live(self, made: Launch, loop: asyncio.AbstractEventLoop) -> None:
        def pass_on(row: Row | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._heard.put_nowait, row)

        try:
            with self._errors.open("wb") as errors:
                self._process = process = _begun(made, errors.fileno())
            with process:
                if self._closed:  # before there was anything to end
                    process.kill()
                assert process.stdout is not None  # noqa: S101 - it was asked for
                while (line := process.stdout.readline(_LINE)).endswith(b"\n"):
                    pass_on(json.loads(line))
                process.kill()
        except (OSError, ValueError):
            if self._process is not None:
                self._process.kill()
        finally:
            pass_on(None)

    def _tell(self, request: Row) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it is gone, and the listener says so
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
                self._process.stdin.flush()


def _begun(made: Launch, errors: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - the sandbox that was chosen
        made.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
    )
    if is_behind():
        lower(process.pid)
    return process
