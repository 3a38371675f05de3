"""Tasks over whole files, without an editor: one after the other, each on the text the last one left.

It reads and writes no files and prints nothing; `cli.fix` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from attrs import define, evolve, field, frozen

from lastmile.cascade.protocols import Consent, Watcher
from lastmile.cascade.values import Outcome
from lastmile.errors import RequestError, StaleError
from lastmile.project import Project
from lastmile.tasks.kind import Offer, Page
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

Key = tuple[str, str, str]


@frozen
class Swept:
    """What became of one file."""

    snapshot: Snapshot
    """As it was."""

    text: str
    """As it is now; the same where nothing was accepted."""

    outcomes: tuple[Outcome, ...]
    before: Counter[str]
    """Findings by rule at the start."""

    after: Counter[str]

    @property
    def changed(self) -> bool:
        """Whether anything was accepted."""
        return self.text != self.snapshot.text


def selected(code: str, rules: tuple[str, ...]) -> bool:
    """Tell whether a rule is among those named: ``F`` names F401 and not FBT001, ``E7`` names E711."""
    return any(code.startswith(rule) and (rule[-1:].isdigit() or code[len(rule) :].isdigit()) for rule in rules)


@define
class Sweeper:
    """Does every task of one kind in a file, in order of place."""

    project: Project
    kind: str
    consent: Consent
    codes: tuple[str, ...] = ()
    """Only diagnostics of these rules or groups of rules, as ruff names them; empty for all."""

    watch: Watcher = lambda _event: None
    done: Callable[[Outcome], None] = lambda _outcome: None
    """Hears each outcome as it comes."""

    _outcomes: list[Outcome] = field(factory=list, init=False)

    async def sweep(self, snapshot: Snapshot) -> Swept:
        """Do the tasks; each that was refused is left where it stands and not asked for again."""
        self._outcomes = []
        failed: Counter[Key] = Counter()
        page = await self.project.page(snapshot)
        before = self._count(page)
        while (offer := self._next(page, failed)) is not None:
            outcome = await self._run(page, offer)
            if outcome is None or outcome.text is None:
                failed[_key(offer, page)] += 1
                continue
            page = await self.project.page(evolve(page.snapshot, text=outcome.text))
        return Swept(snapshot, page.snapshot.text, tuple(self._outcomes), before, self._count(page))

    async def _run(self, page: Page, offer: Offer) -> Outcome | None:
        try:
            task = await self.project.make(page, kind=self.kind, target=offer.target, detail=offer.detail)
        except StaleError:
            return None
        outcome = await self.project.run(task, consent=self.consent, watch=self.watch)
        self._outcomes.append(outcome)
        self.done(outcome)
        return outcome

    def _next(self, page: Page, failed: Counter[Key]) -> Offer | None:
        """Give the first offer that was not refused: equal ones are told apart by how many were."""
        seen: Counter[Key] = Counter()
        for offer in self._offers(page):
            key = _key(offer, page)
            seen[key] += 1
            if seen[key] > failed[key]:
                return offer
        return None

    def _offers(self, page: Page) -> Iterator[Offer]:
        known = self.project.kinds.get(self.kind)
        if known is None or not known.menus:
            named = ", ".join(name for name, kind in self.project.kinds.items() if kind.menus)
            message = f"--kind {self.kind} cannot be done over files. Kinds that can: {named}."
            raise RequestError(message)
        places = [Span(0, len(page.snapshot.text)), *(symbol.name_span for symbol in page.symbols)]
        found = {(offer.target, offer.title): offer for place in places for offer in known.offers(page, place)}
        for (_target, _title), offer in sorted(found.items(), key=lambda item: item[0]):
            if not offer.disabled and (not self.codes or self._selected(offer)):
                yield offer

    def _selected(self, offer: Offer) -> bool:
        return all(selected(item.code, self.codes) for item in offer.diagnostics)

    def _count(self, page: Page) -> Counter[str]:
        return Counter(item.label for item in page.diagnostics if not self.codes or selected(item.code, self.codes))


def _key(offer: Offer, page: Page) -> Key:
    """Name an offer so that it is known again after lines above it have come or gone."""
    lines = page.snapshot.lines
    line = lines.line_text(lines.line_at(offer.target.start))
    return offer.title, str(sorted(offer.detail.items(), key=str)), line
