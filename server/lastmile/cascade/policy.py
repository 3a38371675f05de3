"""What the settings say about one kind of task, and which tiers that leaves, in which order.

A policy is a value; `route` is a function over it. Nothing here asks anybody or spends anything.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from enum import Enum

from attrs import evolve, field, frozen

from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import Tier
from lastmile.cascade.task import Task

RULES = "rules"
"""The tier that asks no model: it drafts at once, and nothing leaves the machine."""


class Paid(Enum):
    """Whether tiers that cost money or send text to others may be used."""

    ASK = "ask"
    AUTO = "auto"
    NEVER = "never"


@frozen
class Effort:
    """How often one tier may try one task."""

    samples: int = 1
    """Drafts made from the same evidence."""

    retries: int = 1
    """Further rounds with the findings of the one before."""

    votes: int = 3
    """Drafts made at least where no hard oracle judges, so that they can agree; 1 for a tier that needs no second."""

    unsure_below: float = 0.0
    """The mean probability of a draft's tokens below which nothing more is drafted once it was refused; 0: never."""


@frozen
class Policy:
    """How the loop treats one task."""

    ladder: tuple[str, ...]
    """Tier names, cheapest first."""

    deadline: float
    """Seconds for the whole task."""

    paid: Paid = Paid.ASK
    climb_paid: bool = False
    """Whether a dearer paid tier may follow a refused one without asking again."""

    start: str = ""
    """The tier to start with, by setting; empty for the first."""

    efforts: Mapping[str, Effort] = field(factory=dict)
    kind_difficulty: float = 0.3
    """How hard tasks of this kind are by nature, 0 to 1."""

    hard_from: float = 0.6
    """The difficulty from which a task goes to the dearest paid tier at once."""

    goes_on: bool = False
    """Whether tiers above take the task up later where nothing passes; how it ended is not written down before."""

    def effort(self, tier: str) -> Effort:
        """Look up how often the tier may try."""
        return self.efforts.get(tier, Effort())

    def retries(self, tier: Tier) -> float:
        """Give how often the tier may try again: as settings have it, and no more than it gains from."""
        return min(self.effort(tier.name).retries, tier.retries)

    def unsure(self, attempt: Attempt) -> bool:
        """Tell whether a refused draft was a guess, so that its tier's next one hardly is better."""
        confidence = None if attempt.draft is None else attempt.draft.confidence
        return confidence is not None and confidence.probability < self.effort(attempt.tier).unsure_below

    def samples(self, task: Task, tier: str) -> int:
        """Give how many drafts to ask the tier for in one call."""
        effort = self.effort(tier)
        return effort.samples if task.oracle.hard else max(effort.samples, effort.votes)

    def quote(self, tier: str, worst_case: float) -> float:
        """Give the most that the tier may cost, in US dollars, when its first call costs so much and it is retried."""
        return worst_case * (1 + self.effort(tier).retries)


def stretches(policy: Policy, ends: Container[str]) -> tuple[Policy, ...]:
    """Part a way up after each of some tiers, for tasks that are to go one stretch together before any goes on.

    Each stretch is a policy of its own; they come in order. Behind the last tier nothing is parted.
    """
    first = policy.ladder.index(policy.start) if policy.start in policy.ladder else 0
    ladder = policy.ladder[first:]
    cuts = [at for at, name in enumerate(ladder[:-1], start=1) if name in ends]
    between = zip([0, *cuts], [*cuts, len(ladder)], strict=True)
    return tuple(evolve(policy, ladder=ladder[here:end], goes_on=end < len(ladder)) for here, end in between)


@frozen
class Step:
    """One tier of the way up."""

    tier: Tier
    trigger: Trigger
    """Why the way begins here, for the first step."""

    climb: bool = False
    """Whether a cheaper paid tier stands before this one."""


@frozen
class Route:
    """The way up for one task."""

    steps: tuple[Step, ...]
    skipped: tuple[str, ...] = ()
    """``tier: why`` for each tier that the ladder names and this task cannot use."""


def route(task: Task, policy: Policy, tiers: Mapping[str, Tier], *, difficulty: float) -> Route:
    """Choose the tiers for a task, in order.

    Free tiers come as the ladder has them. Of the paid ones a hard task gets the dearest alone,
    unless settings name the paid tier to start with; any other starts with the cheapest, and those
    after it are climbs.
    """
    named = policy.start in policy.ladder
    ladder = policy.ladder[policy.ladder.index(policy.start) :] if named else policy.ladder
    skipped = {name: _why_not(task, policy, tiers.get(name)) for name in ladder}
    usable = [tiers[name] for name in skipped if not skipped[name]]
    paid = [tier for tier in usable if not tier.free]
    hard = difficulty >= policy.hard_from and len(paid) > 1 and paid[0].name != policy.start
    if hard:
        paid = paid[-1:]
    steps = [Step(tier, Trigger.START) for tier in usable if tier.free]
    steps += [Step(tier, Trigger.DIFFICULTY if hard else Trigger.START, climb=at > 0) for at, tier in enumerate(paid)]
    if named and steps:
        steps[0] = evolve(steps[0], trigger=Trigger.DIFFICULTY)
    return Route(tuple(steps), tuple(f"{name}: {why}" for name, why in skipped.items() if why))


def _why_not(task: Task, policy: Policy, tier: Tier | None) -> str:
    if tier is None:
        return "not set up"
    if tier.name != RULES and task.free_only:
        return "only rules take this task"
    if not tier.free and policy.paid is Paid.NEVER:
        return "paid tiers are off (paid = never)"
    return tier.absent(task)
