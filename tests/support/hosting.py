"""Hosts of the local model in processes of their own, in a folder short enough for a socket; none outlives a test."""

from __future__ import annotations

import os
import select
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
from attrs import evolve, field, frozen
from tests.support.patience import PATIENCE

from lastmile.config.local import LocalModel
from lastmile.model.client import URL, connection
from lastmile.model.host.starting import Host

SMALL = LocalModel(context=2048, completion_context=2048, threads=1, linger=0.5)
"""A host that goes soon."""

_GRACE = 5.0
"""Seconds for a host to go by itself, as it does in the field: only then does it write down what it ran."""


@frozen
class Runtime:
    """Where hosts live in a test."""

    folder: Path
    env: dict[str, str]

    def host(self, model: Path, **settings: Any) -> Host:  # noqa: ANN401 - settings' values
        """Give the way to a host, as one process sees it."""
        return Host(evolve(SMALL, path=str(model), **settings), self.env)

    def pids(self) -> list[int]:
        """Give the processes that took a lock."""
        return [int(lock.read_text()) for lock in self.folder.glob("*.lock") if lock.read_text().strip()]

    def end(self) -> None:
        """End all hosts and wait until they are gone; who does not go when told to is killed."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                _ended(pid)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _ended(pid: int) -> None:
    gone = os.pidfd_open(pid)
    try:
        os.kill(pid, signal.SIGTERM)
        if not select.select([gone], [], [], _GRACE)[0]:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(gone)


@contextmanager
def runtime(env: Mapping[str, str]) -> Iterator[Runtime]:
    """Give a folder for sockets, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="lm-"))
    found = Runtime(folder, {**env, "LASTMILE_RUNTIME": str(folder)})
    try:
        yield found
    finally:
        found.end()
        shutil.rmtree(folder)


@frozen
class Caller:
    """An OpenAI client of a host."""

    client: httpx2.AsyncClient = field(repr=False)

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Ask; gives the status and what was answered."""
        answer = await self.client.post(f"{URL}/{path}", json=body)
        return answer.status_code, answer.json()

    async def read(self, path: str) -> tuple[int, Any]:
        """Read what the API lists; gives the status and what was answered."""
        answer = await self.client.get(f"{URL}/{path}")
        return answer.status_code, answer.json()

    async def get(self, path: str) -> str:
        """Read a page."""
        answer = await self.client.get(f"http://localhost/{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    async def status(self) -> dict[str, Any]:
        """Ask how the host is."""
        return dict((await self.client.get("http://localhost/status")).json())

    async def stream(self, path: str, body: dict[str, object]) -> AsyncGenerator[str, None]:
        """Give the data of the events of a stream."""
        async with self.client.stream("POST", f"{URL}/{path}", json={"stream": True, **body}) as answer:
            assert answer.status_code == 200, await answer.aread()
            async for event in httpx2.EventSource(answer):
                yield event.data


@asynccontextmanager
async def calling(host: Host) -> AsyncIterator[Caller]:
    """Give a client of a host, which is started where it is not there."""
    async with httpx2.AsyncClient(transport=connection(host), timeout=PATIENCE) as client:
        yield Caller(client)
