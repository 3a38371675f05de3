"""One project as the server and the command line use it: its pages, its tasks, its outcomes.

A project is made by the service for one set of settings and one folder. It holds no documents:
whoever calls brings snapshots.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from attrs import define, evolve, field, frozen

from lastmile import files, told
from lastmile.cascade.draft import Draft
from lastmile.cascade.loop import Cascade
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.policy import Policy, stretches
from lastmile.cascade.protocols import (
    Appraiser,
    Bank,
    Clock,
    Comparer,
    Consent,
    Gatherer,
    Helper,
    Judge,
    Tier,
    Watcher,
)
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict
from lastmile.config.tree import Settings
from lastmile.documents.reading import problems
from lastmile.documents.values import LANGUAGES
from lastmile.errors import RequestError, ToolError
from lastmile.quoting import Prices, Quote, Quoter, policy_of
from lastmile.tasks.kind import Kind, Offer, Page, Workshop
from lastmile.testing.memory import Memory
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol, outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.command.line import judges

_CACHED_OUTLINES = 64
_READYING = 600.0
"""Seconds for what has a deadline of its own: a type checker's first look at a project."""


class Closing(Protocol):
    """Something that has to be closed."""

    async def close(self) -> None:
        """Let go of what is open."""


@frozen
class Parts:
    """What a project is made of; the service wires it."""

    tiers: Mapping[str, Tier]
    judge: Judge
    bank: Bank
    clock: Clock
    workshop: Workshop
    """What the kinds make their tasks with: ruff, the project's tests, its interpreter, its type checker."""

    closing: tuple[Closing, ...] = ()
    """What holds connections open, or processes."""

    memory: Memory = field(factory=Memory)
    """What the tests told last."""

    appraiser: Appraiser | None = None
    comparer: Comparer | None = None
    gatherer: Gatherer | None = None
    helper: Helper | None = None


@define
class Project:
    """Tasks under one set of settings."""

    root: Path | None
    """The folder that the settings were found for; None for documents without one."""

    settings: Settings
    problems: tuple[str, ...]
    """What is wrong with the settings, a line each, for the person."""

    origins: Mapping[str, str]
    """Where each setting that is not a default came from, by dotted name."""

    kinds: Mapping[str, Kind]
    """The enabled kinds by name."""

    parts: Parts
    asked: bool = field(default=False, init=False)
    """Whether a person has asked for a task here: until then nothing of the project runs outside of the sandbox."""

    _outlines: OrderedDict[str, tuple[Symbol, ...]] = field(factory=OrderedDict, init=False)
    _prices: Prices = field(factory=OrderedDict, init=False)

    @property
    def ruff(self) -> Ruff:
        """Ruff as this project runs it."""
        return self.parts.workshop.ruff

    @property
    def offload(self) -> Offload:
        """The worker process."""
        return self.parts.workshop.offload

    async def findings(self, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        """List what is wrong with a text: what ruff says, or where a document of data does not parse.

        Raises `ToolError` where its tool fails.
        """
        if snapshot.language in LANGUAGES:
            return await self.parts.workshop.offload.run(problems, snapshot.text, snapshot.language)
        return await self.parts.workshop.ruff.check(snapshot) if snapshot.language == "python" else ()

    async def told(self, snapshot: Snapshot, others: Callable[[], Mapping[Path, str]]) -> tuple[Diagnostic, ...]:
        """List what only we find: a schema that is not kept, and tests that failed when they ran last.

        ``others`` gives the texts of open documents. A Python document costs nothing until a test of it
        failed, for somebody waits for its first findings.
        """
        parts = self.parts
        if snapshot.language in LANGUAGES:
            return await told.unkept(snapshot, self.root, self.settings.verify.schemas, parts.workshop.offload)
        failures = parts.memory.failures(snapshot.path)
        if not failures:
            return ()
        return told.failed(await told.still(failures, others()), await self._outline(snapshot))

    @property
    def told_version(self) -> int:
        """Another number once other tests are known to fail."""
        return self.parts.memory.version

    async def page(self, snapshot: Snapshot, *, foreign: tuple[Diagnostic, ...] = ()) -> Page:
        """Gather what menus need of a snapshot; cached by content.

        Where ruff or the worker fails, the page has no findings, which its trouble tells, or no
        symbols; the failure is raised as `ToolError` only if neither could be had.
        """
        if snapshot.language != "python":
            return Page(snapshot, (*await self.findings(snapshot), *foreign), (), self.settings)
        found, symbols = await asyncio.gather(
            self.parts.workshop.ruff.check(snapshot), self._outline(snapshot), return_exceptions=True
        )
        for result in (found, symbols):
            if isinstance(result, BaseException) and not isinstance(result, ToolError):
                raise result
        if isinstance(found, BaseException):
            if isinstance(symbols, BaseException):
                raise found
            return self._page(snapshot, foreign, symbols, str(found))
        if isinstance(symbols, BaseException):
            symbols = ()
        return self._page(snapshot, (*found, *foreign), symbols)

    def _page(
        self, snapshot: Snapshot, found: tuple[Diagnostic, ...], symbols: tuple[Symbol, ...], trouble: str = ""
    ) -> Page:
        return self.fresh(Page(snapshot, found, symbols, self.settings, trouble))

    def fresh(self, page: Page) -> Page:
        """Give a page with what tests have told by now; looks, and waits for nothing."""
        standing = self.parts.memory.standing(page.snapshot)
        return evolve(page, untested=self.parts.workshop.bench.known, standing=standing)

    async def quotes(self, offers: Sequence[Offer], page: Page) -> tuple[Quote, ...]:
        """Say what each offer may cost."""
        return await Quoter(self.settings, self.kinds, self.parts.tiers, self._prices).quotes(offers, page)

    async def make(self, page: Page, *, kind: str, target: Span, detail: Mapping[str, Any]) -> Task:
        """Make a task of a request.

        Raises `RequestError` for an unknown kind and for a detail that makes no sense, `StaleError`
        where there is nothing to do any more.
        """
        known = self.kinds.get(kind)
        if known is None:
            message = f"There is no task kind {kind!r} here. Known: {', '.join(self.kinds)}."
            raise RequestError(message)
        if target.end > len(page.snapshot.text):
            message = "The range lies outside the document."
            raise RequestError(message)
        if self.root is not None and page.others:
            page = evolve(page, others=await asyncio.to_thread(files.beneath, self.root, page.others))
        return await known.task(page, target, detail, self.parts.workshop)

    async def ready(self, snapshot: Snapshot) -> None:
        """Wait until the type checker has read the project, for those who are not waited for."""
        await self.parts.workshop.types.absent(snapshot, patience=_READYING)

    async def rests(self, snapshot: Snapshot) -> bool:
        """Tell whether no draft of a document may be judged ahead: its type checker runs outside of the sandbox.

        Whoever opens a file has not said that a checker and its plugins may run; whoever asks for a task has.
        """
        return not self.asked and await self.parts.workshop.types.runs(snapshot)

    def kinds_ahead(self, path: Path | None) -> Mapping[str, Kind]:
        """Give the kinds that may be made ahead in a file.

        None that a command of `verify.command` judges, unless the person said so: it may run for long, and what it
        needs to know of the project's Python is asked of programs (poetry, hatch) that load code of the project. And
        before a person asked for a task, none that looks for tests or for a Python itself.
        """
        kinds = self.kinds.items() if self.asked else [(n, k) for n, k in self.kinds.items() if "quickfix" in k.menus]
        return {name: kind for name, kind in kinds if self.settings.ahead_commands or not self._commanded(name, path)}

    def _commanded(self, kind: str, path: Path | None) -> bool:
        root = self.root
        return root is not None and any(judges(each, kind, path, root) for each in self.settings.verify.command)

    async def run(
        self,
        task: Task,
        *,
        consent: Consent,
        watch: Watcher,
        policy: Policy | None = None,
        before: Sequence[Attempt] = (),
    ) -> Outcome:
        """Climb the ladder for a task; everything is in the ledger when this returns.

        ``policy`` is a part of the way up, where not all of it is to be gone at once, and ``before`` what was
        tried below it.
        """
        self.asked = True
        parts = self.parts
        means = (parts.clock, parts.comparer, parts.appraiser, parts.gatherer, parts.helper)
        cascade = Cascade(parts.tiers, parts.judge, parts.bank, consent, *means)
        outcome = await cascade.run(task, policy or self.policy(task.kind), watch, before=before)
        if any(attempt.failure for attempt in outcome.attempts):
            self._prices.clear()  # a tier that failed may be off from now on
        return outcome

    async def verify(self, task: Task, draft: Draft) -> Verdict:
        """Judge a draft without drafting: an edit that was carried over to a newer snapshot."""
        return await self.parts.judge.verify(task, draft)

    async def close(self) -> None:
        """Close the connections of its tiers."""
        for part in self.parts.closing:
            await part.close()

    async def leave(self, outcome: Outcome) -> None:
        """Write down how a task ended that nobody goes on with."""
        await self.parts.bank.close(outcome)

    def policy(self, kind: str) -> Policy:
        """Give what the settings say about a kind."""
        return policy_of(self.kinds[kind], self.settings)

    def stretches(self, kind: str) -> tuple[Policy, ...]:
        """Part the way up of a kind so that many tasks need each model of our own once, and not once a task."""
        return stretches(self.policy(kind), tuple(self.settings.drafters)[:-1])

    async def _outline(self, snapshot: Snapshot) -> tuple[Symbol, ...]:
        if snapshot.digest not in self._outlines:
            symbols = await self.parts.workshop.offload.run(outline, snapshot.text)
            self._outlines[snapshot.digest] = symbols
            while len(self._outlines) > _CACHED_OUTLINES:
                self._outlines.popitem(last=False)
        return self._outlines[snapshot.digest]
