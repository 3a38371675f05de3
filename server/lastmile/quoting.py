"""What a menu says of the cost of what it offers, before anything runs; and what the settings say of a kind.

Prices are the worst case: retries and the longest reply that the kind allows. Nothing is drafted or asked here.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from lastmile.cascade.difficulty import assess
from lastmile.cascade.policy import RULES, Effort, Paid, Policy, Route, route
from lastmile.cascade.protocols import Evidence, Tier
from lastmile.cascade.task import Task
from lastmile.config.tree import LOCAL, LocalTier, OpenAIServer, Settings, TierSettings
from lastmile.errors import TierError
from lastmile.jobs.picking import ROOM
from lastmile.tasks.kind import Kind, Offer, Page
from lastmile.text.edits import Span

_CACHED = 512
_LEAST_SIZE = 1023
"""Characters of a target below which the length of the reply makes no difference to its price."""

QuoteKey = tuple[str, str, bool, bool, int, tuple[str, ...], tuple[str, ...]]
"""The text, the kind, whether its oracle is hard, whether only free tiers take it, size, the tiers that it may begin
with, and why others cannot draft it: rules know what to do with some findings of a text, and with others nothing."""


@frozen
class Quote:
    """What the menu says of an offer's cost before anything runs."""

    free: bool = True
    """Whether a tier that costs nothing may draft it."""

    up_to: float | None = None
    """The most that the first paid tier can cost, retries and all, in US dollars; None where none would be asked.

    A hard task may begin with the dearest tier, so that one counts where the task may be hard."""

    unpriced: bool = False
    """Whether a paid tier may follow whose price could not be told: of the longest target, say, and its own fits."""

    model: bool = False
    """Whether a language model may draft it."""

    gave_up: str = ""
    """Which free tiers, all that there are, tried it on this very text and did not get it done."""

    barred: str = ""
    """Why no tier can draft it now; empty where one can."""


Prices = OrderedDict[QuoteKey, Quote]


@frozen(eq=False)
class Quoter:
    """Prices what the kinds of a project offer."""

    settings: Settings
    kinds: Mapping[str, Kind]
    tiers: Mapping[str, Tier]
    known: Prices
    """Prices that were made before: the last 512 are kept."""

    async def quotes(self, offers: Sequence[Offer], page: Page) -> tuple[Quote, ...]:
        """Say what each offer may cost, in a thread: a price is made up of the whole file.

        Offers of one kind whose replies are of about one length are priced once, for the longest.
        """
        found, fresh = await asyncio.to_thread(self._found, offers, page)
        self.known.update(fresh)
        while len(self.known) > _CACHED:
            self.known.popitem(last=False)
        return found

    def _found(self, offers: Sequence[Offer], page: Page) -> tuple[tuple[Quote, ...], dict[QuoteKey, Quote]]:
        """Quote offers; gives what is worth remembering as well: what is barred may work again the next moment."""
        quotes: list[Quote] = []
        fresh: dict[QuoteKey, Quote] = {}
        for offer in offers:
            if not offer.may_use_model:
                quotes.append(Quote())
                continue
            task = self.kinds[offer.kind].sketch(page, offer)
            size = 1 << max(_LEAST_SIZE, len(task.target)).bit_length()
            way, paid = self._ways(task)
            names = tuple(tier.name for tier in (*(step.tier for step in way.steps), *paid))
            key = (page.snapshot.digest, offer.kind, task.oracle.hard, task.free_only, size, names, way.skipped)
            known = fresh.get(key) or self.known.get(key)
            if known is None:
                known = fresh[key] = self._quote(_grown(task, size), way, paid)
            quotes.append(known)
        return tuple(quotes), {key: quote for key, quote in fresh.items() if not quote.barred}

    def _ways(self, task: Task) -> tuple[Route, tuple[Tier, ...]]:
        """Give the way up of an easy task, and the paid tiers that one may begin with: if hard, with the dearest."""
        policy = policy_of(self.kinds[task.kind], self.settings)
        hardest = assess(task, kind=policy.kind_difficulty, past_escalations=1.0).score
        ways = [route(task, policy, self.tiers, difficulty=difficulty) for difficulty in (0.0, hardest)]
        first = (next((step.tier for step in way.steps if not step.tier.free), None) for way in ways)
        return ways[0], tuple({tier.name: tier for tier in first if tier is not None}.values())

    def _quote(self, task: Task, way: Route, paid: Sequence[Tier]) -> Quote:
        policy = policy_of(self.kinds[task.kind], self.settings)
        free = any(step.tier.free for step in way.steps)
        try:
            up_to = max((self._up_to(task, policy, tier) for tier in paid), default=None)
        except TierError as error:
            return Quote(free=free, unpriced=free, barred="" if free else str(error))
        model = any(step.tier.name != RULES for step in way.steps)
        barred = "" if way.steps else f"No tier can do it: {'; '.join(way.skipped)}."
        return Quote(free=free, up_to=up_to, model=model, barred=barred)

    def _up_to(self, task: Task, policy: Policy, tier: Tier) -> float:
        samples = policy.samples(task, tier.name)
        return policy.quote(tier.name, tier.worst_case(task, Evidence(), samples=samples))


def policy_of(kind: Kind, settings: Settings) -> Policy:
    """Give what the settings say about a kind."""
    own, steps = settings.kind(kind.name), settings.steps
    efforts = {name: _effort(name, settings.tier(name)) for name in steps}
    return Policy(
        ladder=steps,
        deadline=own.deadline or kind.deadline,
        paid=Paid.NEVER if kind.free_only else settings.paid,
        climb_paid=settings.climb_paid,
        start=next(iter(settings.drafters), LOCAL) if own.start == LOCAL else own.start,
        efforts=efforts,
        kind_difficulty=kind.difficulty,
    )


def _grown(task: Task, size: int) -> Task:
    """Give the task with a target of so many characters, as far as the text goes."""
    start, end = task.target.start, min(len(task.snapshot.text), task.target.start + size)
    target = Span(max(0, min(start, end - size)), end)
    hints = (*task.hints, ROOM)  # what is shown of other files is found when a paid tier is asked
    return evolve(task, target=target, scope=evolve(task.scope, spans=(target,)), hints=hints)


def _effort(name: str, settings: TierSettings | OpenAIServer | None) -> Effort:
    if settings is None:
        return Effort(retries=0)
    own = Effort(settings.samples, 1 if settings.retries is None else settings.retries)
    unsure = settings.unsure_below if isinstance(settings, LocalTier) else 0.0
    return evolve(own, unsure_below=unsure, votes=1 if name == RULES else own.votes)
