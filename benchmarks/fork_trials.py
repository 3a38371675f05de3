"""Runs tests and trials over `fork_host`, without a sandbox: for benchmarks and tests of repairs alone."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import define, field

import lastmile.repair.inside
from lastmile.errors import ToolError
from lastmile.repair.trials import Probe, Trial, Tried
from lastmile.repair.values import Observed
from lastmile.testing.values import Answer, Result, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

HOST = Path(__file__).with_name("fork_host.py")
LINE = 64 << 20


@define
class ForkTrials:
    """One warm host for a project; a `Bench` and a `Trials` at once."""

    root: Path
    interpreter: str = sys.executable
    jobs: int = 2
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    def absent(self) -> str:
        """Say that tests can run: benchmarks see to it."""
        return ""

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG002 - the protocol's
        """Select nothing: benchmarks know their tests."""
        return Selection()

    async def run(self, wanted: Wanted) -> Run:
        """Run tests on one text, traced where that is asked for."""
        began = time.monotonic()
        path, text = next(iter(wanted.texts.items()), (Path(), ""))
        request = {
            "op": "run", "path": str(path), "text": text,
            "tests": wanted.tests, "seconds": 0.25,
            "wall": wanted.seconds, "whole": wanted.seconds, "first_failure": wanted.first_failure,
            "trace": [str(item) for item in wanted.trace],
        }  # fmt: skip
        rows = [row async for message in self._ask(request) for row in message["rows"]]
        results = {row["test"]: _result(row) for row in rows if "test" in row}
        trouble = next((row["trouble"] for row in rows if "trouble" in row), "")
        ended = any("end" in row for row in rows)
        return Run(results, time.monotonic() - began, trouble or ("" if ended else "the run was cut off"))

    async def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        """Try texts side by side."""
        request = {
            "op": "try", "path": str(trial.path), "original": trial.original, "texts": trial.texts,
            "tests": trial.tests, "seconds": trial.seconds, "wall": trial.wall, "jobs": self.jobs, "quick": trial.quick,
        }  # fmt: skip
        async for message in self._ask(request):
            yield _tried(message, len(trial.tests))

    async def observe(self, probe: Probe) -> Observed:
        """Compare texts on calls."""
        request = {
            "op": "observe", "path": str(probe.path), "text": probe.original, "texts": probe.texts,
            "tests": probe.tests, "passing": probe.passing, "seconds": 0.3, "call_seconds": probe.seconds,
            "wall": probe.wall, "inputs": probe.inputs, "first_failure": False,
            "scripts": lastmile.repair.inside.scripts(),
        }  # fmt: skip
        rows = [row async for message in self._ask(request) for row in message["rows"]]
        return lastmile.repair.inside.read(rows, len(probe.texts))

    async def close(self) -> None:
        """End the host."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def _ask(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        finished = False
        try:
            while row := await process.stdout.readline():
                message = json.loads(row)
                if message.get("done"):
                    finished = True
                    return
                yield message
            message = "The test host died."
            raise ToolError(message)
        finally:
            if not finished:
                await self.close()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                self.interpreter, str(HOST), str(self.root), limit=LINE,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        return self._process


def _result(row: dict[str, Any]) -> Result:
    lines = {path: frozenset(rows) for path, rows in row["lines"].items()}
    return Result(row["test"], Answer(row["answer"]), row["seconds"], row["message"], lines)


def _tried(message: dict[str, Any], wanted: int) -> Tried:
    answers = {row["test"]: row["answer"] for row in message["rows"] if "test" in row}
    ended = any("end" in row for row in message["rows"])
    failed = next((name for name, answer in answers.items() if answer in {"failed", "error"}), "")
    begun = [row["start"] for row in message["rows"] if "start" in row]
    if not ended and begun:
        return Tried(message["at"], passed=False, stopped_by=begun[-1], late=True)
    passed = ended and not failed and len(answers) == wanted
    return Tried(message["at"], passed=passed, stopped_by=failed)
