"""Tries texts of unknown worth on the project's tests, and compares what they do; all of it in the sandbox.

It satisfies `repair.trials.Trials`: the tests by the warm worker, the comparison by one process of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from lastmile.repair import inside
from lastmile.repair.trials import Probe, Trial, Tried
from lastmile.repair.values import Observed
from lastmile.testing.probing import PROGRAM
from lastmile.testing.values import Bench, Wanted
from lastmile.verify.command.sandboxed import SandboxShell

_AT_ONCE = 2
_STARTING = 1.0
"""Seconds that a run may take beside its tests."""

_TEST_SECONDS = 0.3
"""Processor time of one test while its calls are recorded."""


@frozen
class SandboxTrials:
    """Runs texts against tests and calls, each apart from the others."""

    bench: Bench
    shell: SandboxShell
    python: Callable[[], Path | None]
    """Finds the project's interpreter; blocks."""

    others: Callable[[], Mapping[Path, str]]
    """Gives the unsaved texts of other open documents."""

    async def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        """Try every text, each answered as soon as it is known, until the time is up."""
        loop = asyncio.get_running_loop()
        until = loop.time() + trial.wall
        waiting = iter(enumerate(trial.texts))
        running: set[asyncio.Task[Tried]] = set()
        try:
            while True:
                while len(running) < _AT_ONCE and loop.time() < until and (item := next(waiting, None)) is not None:
                    running.add(loop.create_task(self._tried(trial, *item)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _tried(self, trial: Trial, at: int, text: str) -> Tried:
        texts = {**self.others(), trial.path: text}
        wanted = Wanted(trial.tests, texts, seconds=trial.seconds + _STARTING, first_failure=True)
        run = await self.bench.run(wanted)
        stopped = next((result.id for result in run.broken), "")
        late = next((name for name in trial.tests if name not in run.results), "") if run.trouble else ""
        return Tried(at, not stopped and not run.trouble and bool(run.results), stopped or late, late=bool(late))

    async def observe(self, probe: Probe) -> Observed:
        """Run the same calls on every text, in one process."""
        python = await asyncio.to_thread(self.python)
        if python is None:
            return Observed(trouble="The project has no Python of its own.")
        request = {
            "path": str(probe.path),
            "text": probe.original,
            "texts": probe.texts,
            "tests": probe.tests,
            "passing": probe.passing,
            "wall": probe.wall,
            "call_seconds": probe.seconds,
            "test_seconds": _TEST_SECONDS,
            "inputs": probe.inputs,
            "scripts": dict(inside.scripts()),
        }
        ended = await self.shell.run(
            [str(python), "-B", "-c", PROGRAM],
            texts={**self.others(), probe.path: probe.original},
            cwd=self.bench.root,
            seconds=probe.wall + _STARTING,
            text=json.dumps(request) + "\n",
        )
        rows = [row for line in ended.out.splitlines() if (row := _row(line)) is not None]
        seen = inside.read(rows, len(probe.texts))
        return seen if rows or not ended.trouble else Observed(trouble=ended.trouble)


def _row(line: str) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
