"""The real service with tiers that a test scripts: what they draft, when, and for how much.

Rules, judge, ledger, ruff and the worker process are the real ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import define, evolve, field
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence
from lastmile.cascade.task import Task
from lastmile.complete.values import Filler
from lastmile.config.resolve import Resolved
from lastmile.errors import TierError, ToolError
from lastmile.ledger.store import Ledger
from lastmile.project import Project
from lastmile.service import Service
from lastmile.text.edits import difference
from lastmile.tools.offload import Offload
from lastmile.wiring import Shared

P = ParamSpec("P")
R = TypeVar("R")
Script = Callable[[str], str]


@define
class ScriptedTier:
    """Drafts what the test says; ``history`` keeps every task that it was asked about."""

    name: str
    free: bool = True
    price: float = 0.018
    scripts: list[Script | str] = field(factory=list)
    """What each draft makes of the document's text, or why the tier fails; the last one stays."""

    retries: float = inf
    gate: asyncio.Event | None = None
    """Drafting waits for it."""

    asked: asyncio.Event = field(factory=asyncio.Event)
    history: list[Task] = field(factory=list)
    cancelled: int = 0

    @property
    def model(self) -> str:
        return "" if self.free else f"model-of-{self.name}"

    def absent(self, task: Task) -> str:  # noqa: ARG002 - the protocol's
        return "" if self.scripts else "not scripted"

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:  # noqa: ARG002 - the protocol's
        return self.price

    def cost(self, usage: Usage) -> float:
        return 0.0 if self.free else usage.output * self.price

    async def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        self.history.append(request.task)
        self.asked.set()
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        for _ in range(request.samples):
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            if isinstance(script, str):
                raise TierError(script)
            old = request.task.snapshot.text
            yield Draft(tuple(map(Replace, difference(old, script(old)))), Usage(output=0 if self.free else 1))


class SharedWorker(Offload):
    """The worker of the whole test run, which no service of a single test may close."""

    def __init__(self, worker: Offload) -> None:
        super().__init__()
        self._worker = worker
        self.gate: asyncio.Event | None = None
        """Calls wait for it."""

        self.asked = asyncio.Event()
        self.running = 0
        self.cancelled = 0
        """Calls that were cancelled: each would have killed the worker."""

        self.broken = False
        """Calls fail."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self.asked.set()
        self.running += 1
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        if self.broken:
            message = "The worker died."
            raise ToolError(message)
        return await self._worker.run(function, *args, **kwargs)

    def close(self) -> None:
        """Leave it to the others."""


@define
class Stage:
    """Stands where the service stands, with the scripted tiers in its projects."""

    service: Service
    worker: SharedWorker
    tiers: Mapping[str, ScriptedTier] = field(factory=dict)
    fates: list[tuple[str, bool]] = field(factory=list)
    """What was told of each task's edit at the next save."""

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.service.folders

    @folders.setter
    def folders(self, folders: tuple[Path, ...]) -> None:
        self.service.folders = folders

    @property
    def others(self) -> Callable[[], Mapping[Path, str]]:
        return self.service.others

    @others.setter
    def others(self, others: Callable[[], Mapping[Path, str]]) -> None:
        self.service.others = others

    @property
    def edition(self) -> Callable[[], int]:
        return self.service.edition

    @edition.setter
    def edition(self, edition: Callable[[], int]) -> None:
        self.service.edition = edition

    @property
    def ledger(self) -> Ledger:
        return self.service.ledger

    @property
    def shared(self) -> Shared:
        return self.service.shared

    @property
    def filler(self) -> Filler | None:
        return self.service.filler

    async def resolved(self, path: Path | None) -> Resolved:
        return await self.service.resolved(path)

    def configure(self, values: object, *, folder: Path | None = None) -> None:
        self.service.configure(values, folder=folder)

    async def project(self, path: Path | None) -> Project:
        project = await self.service.project(path)
        project.parts = evolve(project.parts, tiers={**project.parts.tiers, **self.tiers})
        return project

    async def kept(self, task: str, *, kept: bool) -> None:
        self.fates.append((task, kept))
        await self.service.kept(task, kept=kept)

    async def close(self) -> None:
        await self.service.close()


@asynccontextmanager
async def gated(tier: ScriptedTier) -> AsyncIterator[None]:
    """Hold the tier while the block runs; it is being asked when the block begins."""
    await asyncio.wait_for(tier.asked.wait(), PATIENCE)
    try:
        yield
    finally:
        assert tier.gate is not None
        tier.gate.set()
