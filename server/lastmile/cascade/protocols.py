"""What the loop needs of tiers, checks, the ledger, the clock and the person.

Every implementation lives elsewhere: tiers in `tiers`, checks in `verify`, the bank in `ledger`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from math import inf
from typing import Protocol

from attrs import define, field, frozen

from lastmile.cascade.alike import Compared
from lastmile.cascade.context import Snippet
from lastmile.cascade.difficulty import Level
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict


@define
class Meter:
    """What a call has used so far beside the drafts that it handed out; the tier keeps it current.

    So a call that is cut off is counted: a paid tier sets an estimate before it sends, then the
    provider's counts as they come, and takes a draft's usage off as it hands the draft out.
    """

    usage: Usage = field(factory=Usage)


@frozen
class Evidence:
    """What the failed attempts of a task taught, oldest first."""

    attempts: tuple[Attempt, ...] = ()
    told: Mapping[str, str] = field(factory=dict, hash=False)
    """What is told on of a finding's evidence where a `Helper` chose, by the whole of it."""


@frozen
class DraftRequest:
    """What a tier is given to draft from."""

    task: Task
    evidence: Evidence
    meter: Meter
    samples: int = 1
    """How many drafts are wanted; a tier may make fewer."""

    seconds: float = inf
    """Seconds in which a tier has to have made them, or to have said why not."""


class Tier(Protocol):
    """Someone who can draft."""

    @property
    def name(self) -> str:
        """As it stands in the ladder."""

    @property
    def model(self) -> str:
        """The provider's id of the model; empty for tiers that have none."""

    @property
    def free(self) -> bool:
        """Whether drafting costs no money and sends nothing off this machine."""

    @property
    def retries(self) -> float:
        """How many further rounds with the findings are worth its time at the most; may be known once it drafted."""

    def absent(self, task: Task) -> str:
        """Say why the tier cannot draft for this task now; empty when it can."""

    def worst_case(self, task: Task, evidence: Evidence, *, samples: int) -> float:
        """Give the most that one call for so many drafts can cost, in US dollars; raises TierError without a price."""

    def cost(self, usage: Usage) -> float:
        """Price what a call used, in US dollars."""

    def drafts(self, request: DraftRequest) -> AsyncGenerator[Draft, None]:
        """Make drafts, each handed out as soon as it is there.

        Raises `TierError` where it fails. Cancelling the caller stops the work at once.
        """


class Judge(Protocol):
    """Applies a draft and runs the checks over it, cheapest first."""

    async def trouble(self, task: Task) -> str:
        """Say why no draft of the task could pass now, whatever is in it; empty where one could."""

    async def verify(self, task: Task, draft: Draft) -> Verdict:
        """Judge one draft, stopping at the first check that refuses it."""

    async def normal_form(self, task: Task, text: str) -> str:
        """Give a key that is the same for texts that differ in layout alone."""


class Comparer(Protocol):
    """Runs samples that pass beside each other, to see whether they do the same."""

    async def compare(self, task: Task, texts: Sequence[str]) -> Compared:
        """Group texts of the document by what they do; no groups where that cannot be told. Bounded in time."""


class Appraiser(Protocol):
    """Knows how much the checks that passed a draft can be trusted with it."""

    async def appraise(self, task: Task, text: str) -> str:
        """Say in a few words what they see of the change; empty where that is not known. Bounded in time."""


class Gatherer(Protocol):
    """Finds parts of other files that may help with a task."""

    async def gather(self, task: Task) -> tuple[Snippet, ...]:
        """Give candidates; none where there are none to be had. Bounded in time."""


class Helper(Protocol):
    """Makes choices that a paid call is better for, in the place of heuristics. Each is bounded in time."""

    async def level(self, task: Task, *, kind: float, past: float) -> Level | None:
        """Say how hard a task is, by what `difficulty.assess` goes by; None to leave it to that."""

    async def pick(self, task: Task, found: Sequence[Snippet], evidence: Evidence) -> tuple[Snippet, ...]:
        """Leave those parts of other files that are worth showing."""

    async def tell(self, evidence: Evidence) -> Mapping[str, str]:
        """Give what is to be told on of findings' evidence that was not shortened yet, by the whole of it."""


class Bank(Protocol):
    """The ledger as the loop sees it: money first, then the record."""

    async def reserve(self, task: Task, *, tier: str, worst_case: float) -> str:
        """Set money aside for one call; gives the reservation's id.

        Raises `BudgetError` where a budget would be passed, `LedgerError` where it cannot tell.
        Nothing stays set aside where the caller was cancelled before it got the id.
        """

    async def record(self, task: Task, attempt: Attempt, *, reservation: str = "") -> None:
        """Write the attempt down, counted against its reservation."""

    async def settle(self, reservation: str) -> None:
        """Give back what the reservation's attempts did not use."""

    async def close(self, outcome: Outcome) -> None:
        """Write down how the task ended."""

    async def past_escalations(self, kind: str) -> float:
        """Give the share of recent tasks of the kind that no free tier cleared, 0 to 1."""


@frozen
class ConsentRequest:
    """What a person is asked before money is spent or text leaves the machine."""

    task: Task
    tier: str
    model: str
    worst_case: float
    """US dollars, for all that this consent allows: the first call and the retries that may follow it."""

    attempts: tuple[Attempt, ...]
    climb: bool = False
    """A paid tier was refused already, and this one is dearer."""


class Consent(Protocol):
    """The person, as the loop sees them."""

    async def ask(self, request: ConsentRequest) -> bool:
        """Ask whether the tier may be used for this task; no answer in time is a no."""


class Clock(Protocol):
    """Time, as the loop sees it."""

    def monotonic(self) -> float:
        """Give seconds that never run backwards."""


class Watcher(Protocol):
    """Hears what the loop does, as it does it."""

    def __call__(self, event: object, /) -> None:
        """Take one of the events of `cascade.events`; must not block."""
