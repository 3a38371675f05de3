"""Tasks over whole files, without an editor: one after the other, each on the text the last one left.

Where several models of our own draft, all tasks go as far as the first of them before any goes on to the
next (`Sweeper.begin`, `Sweeper.go_on`), so that each is loaded once and not once a task.

A task may end in another file than the one that is swept: new tests in a test file, a repair in what a
test covers. It reads and writes no files and prints nothing; `cli.run` does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import define, evolve, field

from lastmile.batch.selecting import selected
from lastmile.batch.standing import Key, Standing, resumed
from lastmile.batch.swept import Changed, Swept
from lastmile.batch.together import LEAST, Together
from lastmile.cascade.outcome import Outcome
from lastmile.cascade.protocols import Consent, Watcher
from lastmile.cascade.task import Task
from lastmile.errors import RequestError, StaleError, ToolError
from lastmile.project import Project
from lastmile.repair.appraising import tested
from lastmile.tasks.kind import Kind, Offer, Page, about_findings
from lastmile.text.diagnostic import SYNTAX
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

_MENDING = "fix-test"
_ELSEWHERE = (_MENDING, "write-tests")
"""Kinds whose tasks may end in another file, so that two files that are swept may mean the same one."""

Mended = dict[tuple[Path | None, str, int], frozenset[str]]
"""Tests by function, which is named by its file, its text, and how many of the same text stand above it there."""


@define
class Sweeper:
    """Does every task of one kind in a file, in order of place."""

    project: Project
    kind: Kind
    consent: Consent
    codes: tuple[str, ...] = ()
    """Only diagnostics of these rules or groups of rules, as ruff names them; empty for all."""

    watch: Watcher = lambda _event: None
    done: Callable[[Outcome], None] = lambda _outcome: None
    """Hears each outcome as it comes."""

    called: Callable[[Snapshot], str] = lambda snapshot: snapshot.name
    """Names a file for a person."""

    others: dict[Path, str] = field(factory=dict)
    """The texts of other files with accepted edits, which tests are to see; what is accepted for one is put in."""

    mended: Mended = field(factory=dict)
    """For which tests functions were to be mended, in any file that was swept."""

    _elsewhere: dict[Path, Snapshot] = field(factory=dict, init=False)
    """Other files with accepted edits, as they were."""

    _standing: Standing = field(factory=lambda: Standing(()), init=False)
    _outcomes: list[Outcome] = field(factory=list, init=False)
    _notes: list[str] = field(factory=list, init=False)
    _first: Page | None = field(default=None, init=False)
    _page: Page | None = field(default=None, init=False)

    async def sweep(self, snapshot: Snapshot) -> Swept:
        """Do the tasks; each that was refused is left where it stands and not asked for again.

        Raises `RequestError` where nothing can be known of the file.
        """
        await self.begin(snapshot)
        while self.more:
            await self.go_on()
        return self.so_far(snapshot)

    @property
    def more(self) -> bool:
        """Whether tasks are left that tiers further up are to go on with."""
        return self._standing.more

    @property
    def alone(self) -> bool:
        """Whether the file has to be done with before another is begun."""
        return self.kind.name in _ELSEWHERE

    async def begin(self, snapshot: Snapshot) -> None:
        """Do the tasks as far as the first stretch of the way up goes. Raises as `sweep` does."""
        self._outcomes, self._notes, self._page, self._elsewhere = [], [], None, {}
        self._standing = Standing(self.project.stretches(self.kind.name))
        self._first = self._page = await self._look(snapshot)
        if self.codes and any(
            item.code == SYNTAX and not selected(SYNTAX, self.codes) for item in self._page.diagnostics
        ):
            self._notes.append(f"{self.called(snapshot)} does not parse, so most rules find nothing in it.")
        await self._many()
        await self._stretch()

    async def go_on(self) -> None:
        """Go on with what is left, one stretch further."""
        self._standing.go_on()
        await self._stretch()

    async def leave(self) -> None:
        """End the tasks that are left as they are: nobody goes on with them."""
        await self._give_up(self._standing.given_up(all_=True))

    async def _many(self) -> None:
        """Do what can be done together in a file with many findings; what is left is done one by one."""
        going = self.kind.name == "fix"
        while going and self._page is not None:
            offers = list(self._offers(self._page))
            if len(offers) < LEAST or self._page.snapshot.language != "python":
                break
            outcomes = await Together(self.project, self._page).passed(offers)
            for outcome in outcomes:
                self._ended(outcome)
            text = outcomes[-1].text if outcomes else None
            going = text is not None and await self._took(self._page.snapshot, text)

    async def _stretch(self) -> None:
        standing, going = self._standing, True
        passed = standing.ended.copy()
        while going and self._page is not None and (offer := self._next(self._page, passed)) is not None:
            key = _key(offer, self._page)
            outcome = await self._run(self._page, offer, standing.take_up(key))
            text = None if outcome is None else outcome.text
            # A task about no finding is done once, whatever it led to: its offer is there ever after.
            if text is None or not offer.diagnostics:
                passed[key] += 1
                self._ended(outcome, goes_on=standing.keep(key, outcome))
            else:
                self._ended(outcome)
            if outcome is not None and text is not None:
                going = await self._took(outcome.task.snapshot, text)
        await self._give_up(standing.given_up(all_=not going))

    async def _give_up(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            await self.project.leave(outcome)
            self._ended(outcome)

    def _ended(self, outcome: Outcome | None, *, goes_on: bool = False) -> None:
        """Tell of a task that is done with."""
        if outcome is not None and not goes_on:
            self._outcomes.append(outcome)
            self.done(outcome)

    def so_far(self, snapshot: Snapshot) -> Swept:
        """Give what became of the file by now: every edit in it was accepted."""
        if self._first is None or self._page is None:
            return Swept(snapshot, snapshot.text, (), Counter(), Counter())
        text, outcomes = self._page.snapshot.text, tuple(self._outcomes)
        elsewhere = tuple(Changed(old, self.others[path]) for path, old in self._elsewhere.items())
        before, left = self._before(self._first), self._left(self._page)
        return Swept(snapshot, text, outcomes, before, left, tuple(self._notes), elsewhere)

    async def _took(self, old: Snapshot, text: str) -> bool:
        """Take an accepted edit, which may belong to another file; tells whether to go on."""
        assert self._page is not None  # noqa: S101 - a task was made of it
        own = self._page.snapshot
        if old.uri == own.uri:
            return await self._go_on(evolve(own, text=text))
        if old.path is not None:
            self._elsewhere.setdefault(old.path, old)
            self.others[old.path] = text
        return await self._go_on(own)

    async def _go_on(self, snapshot: Snapshot) -> bool:
        """Look at the file with an accepted edit; where that fails, what is known of it stays."""
        if self._page is not None:
            self._page = evolve(self._page, snapshot=snapshot)  # it stays, too, where this is cancelled
        try:
            self._page = await self._look(snapshot)
        except RequestError as error:
            self._notes.append(f"{error} What had been accepted by then stays.")
            return False
        return True

    async def _look(self, snapshot: Snapshot) -> Page:
        try:
            page = await self.project.page(snapshot)
        except ToolError as error:
            message = f"{self.called(snapshot)} was left alone: {error}"
            raise RequestError(message) from error
        if page.trouble:
            message = f"{self.called(snapshot)} was left alone: {page.trouble}"
            raise RequestError(message)
        return evolve(page, others={path: text for path, text in self.others.items() if path != snapshot.path})

    async def _run(self, page: Page, offer: Offer, before: Outcome | None) -> Outcome | None:
        await self.project.ready(page.snapshot)
        try:
            task = await self.project.make(page, kind=self.kind.name, target=offer.target, detail=offer.detail)
        except StaleError:
            return None  # There is nothing to do: its tests pass, for one.
        except (RequestError, ToolError) as error:
            note = f"{self.called(page.snapshot)}: {error}"
            if note not in self._notes:  # a project without an environment has it for none of its functions
                self._notes.append(note)
            return None
        if before is None and not self._is_new(task):
            return None
        task, tried = await asyncio.to_thread(resumed, task, before)
        policy = self._standing.policy(before)
        return await self.project.run(task, consent=self.consent, watch=self.watch, policy=policy, before=tried)

    def _is_new(self, task: Task) -> bool:
        """Tell whether a function is to be mended for tests that it was not tried for: its file and they lead to it."""
        check = tested(task)
        if task.kind != _MENDING or check is None:
            return True
        text, target = task.snapshot.text, task.target
        said, due = target.of(text), frozenset(check.must_pass)
        key = task.snapshot.path, said, text.count(said, 0, target.start)
        known = self.mended.get(key, frozenset())
        self.mended[key] = known | due
        return not due <= known

    def _next(self, page: Page, ended: Counter[Key]) -> Offer | None:
        """Give the first offer that has not ended: equal ones are told apart by how many have."""
        seen: Counter[Key] = Counter()
        for offer in self._offers(page):
            key = _key(offer, page)
            seen[key] += 1
            if seen[key] > ended[key]:
                return offer
        return None

    def _offers(self, page: Page) -> Iterator[Offer]:
        whole = Span(0, len(page.snapshot.text))
        places = [whole] if about_findings(self.kind) else [symbol.name_span for symbol in page.symbols]
        found = {(offer.target, offer.title): offer for place in places for offer in self.kind.offers(page, place)}
        for place in sorted(found):
            if not found[place].disabled and self._selected(found[place]):
                yield found[place]

    def _selected(self, offer: Offer) -> bool:
        return not self.codes or all(selected(item.code, self.codes) for item in offer.diagnostics)

    def _before(self, page: Page) -> Counter[str]:
        return self._count(page) if about_findings(self.kind) else +Counter({self.kind.name: len(self._outcomes)})

    def _left(self, page: Page) -> Counter[str]:
        refused = sum(outcome.accepted is None for outcome in self._outcomes)
        return self._count(page) if about_findings(self.kind) else +Counter({self.kind.name: refused})

    def _count(self, page: Page) -> Counter[str]:
        return Counter(item.label for item in page.diagnostics if not self.codes or selected(item.code, self.codes))


def _key(offer: Offer, page: Page) -> Key:
    """Name an offer so that it is known again after an edit: lines come and go, and its own may be written anew."""
    detail = str(sorted(offer.detail.items(), key=str))
    if not offer.diagnostics:
        return offer.kind, detail, ""  # Its title and its line may say something else once it is done.
    at = offer.target.start
    around = [symbol for symbol in page.symbols if symbol.span.start <= at < symbol.span.end]
    inner = max(around, key=lambda symbol: symbol.span.start, default=None)
    return offer.title, detail, "" if inner is None else inner.qualname
