"""The real llama-server with a tiny model, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from attrs import frozen
from tests.support.patience import PATIENCE

BINARY = shutil.which("llama-server")
_LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


@frozen
class LlamaServer:
    """A running server."""

    port: int
    log: list[str]
    """What it has printed."""

    news: asyncio.Condition

    @property
    def url(self) -> str:
        """What the settings name."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def said(self, text: str, *, after: int = 0) -> int:
        """Wait until a line from number ``after`` on holds the text; give the number after it."""

        def find() -> int:
            return next((at + 1 for at in range(after, len(self.log)) if text in self.log[at]), 0)

        async with self.news:
            return await asyncio.wait_for(self.news.wait_for(find), PATIENCE)

    async def slots(self) -> list[dict[str, Any]]:
        """Ask what its slots are doing."""

        def ask() -> list[dict[str, Any]]:
            with urlopen(f"http://127.0.0.1:{self.port}/slots") as answer:
                slots: list[dict[str, Any]] = json.load(answer)
                return slots

        return await asyncio.to_thread(ask)


@asynccontextmanager
async def llama_server(model: Path, *arguments: str) -> AsyncIterator[LlamaServer]:
    """Start the server on a free port, one thread, and end it with the block."""
    assert BINARY is not None
    options = ["--port", "0", "--host", "127.0.0.1", "--threads", "1", "--threads-batch", "1", "--offline"]
    process = await asyncio.create_subprocess_exec(
        *(BINARY, "--model", str(model), *options, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    log: list[str] = []
    news = asyncio.Condition()
    reading = asyncio.ensure_future(_read(process, log, news))
    try:
        running = LlamaServer(0, log, news)
        at = await running.said("listening on http://")
        match = _LISTENING.search(log[at - 1])
        assert match is not None
        yield LlamaServer(int(match[1]), log, news)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await reading


async def _read(process: asyncio.subprocess.Process, log: list[str], news: asyncio.Condition) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        async with news:
            log.append(line.decode("utf-8", "replace").rstrip())
            news.notify_all()
