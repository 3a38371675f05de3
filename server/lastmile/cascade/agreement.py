"""Samples that pass are not enough where no hard oracle judges: most of them must say the same.

Two drafts agree when their normal forms are equal: the judge makes those, from the formatted code
and its syntax tree, so layout and quotes do not count. Where the task is about what code does, those
that were seen to do the same agree too; who looks is not known here.
"""

from __future__ import annotations

from math import inf

from attrs import define, field

from lastmile.cascade.alike import Compared
from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.cascade.verdict import Finding


def undecided(outcome: Outcome) -> tuple[str, ...]:
    """Say why no check decided on an accepted edit, and what did; nothing where one did."""
    oracle, chosen = outcome.task.oracle, outcome.accepted
    if chosen is None or oracle.hard or not oracle.doubt:
        return ()
    tier = [attempt for attempt in outcome.attempts if attempt.tier == chosen.tier and attempt.verdict.passed]
    did = f"{len(tier)} samples that agree did" if len(tier) > 1 else "one sample was taken as it came"
    return (f"{oracle.doubt}: {did}",)


@define
class Ballot:
    """The passed drafts of one round, grouped by normal form."""

    wanted: int
    """How many samples were asked for."""

    groups: dict[str, list[Attempt]] = field(factory=dict)
    cast: int = 0
    """How many samples came, passed or not."""

    comparable: bool = False
    """Whether groups may turn out to be one answer when it is looked at what they do."""

    question: str = ""
    """What was asked where the likeliest answers stand equal."""

    @property
    def passed(self) -> tuple[Attempt, ...]:
        """Give the drafts that passed, group by group."""
        return tuple(attempt for group in self.groups.values() for attempt in group)

    @property
    def surest(self) -> Attempt | None:
        """Give the one that the model was surest of, where all that passed say the same."""
        return max(self.passed, key=_sureness) if len(self.groups) == 1 else None

    @property
    def likeliest(self) -> Attempt | None:
        """Give the one that the model was surest of in the first group: the likeliest, once they were compared."""
        return max(next(iter(self.groups.values()), ()), key=_sureness, default=None)

    @property
    def undecided(self) -> bool:
        """Whether there are several groups that may be one answer."""
        return self.comparable and len(self.groups) > 1

    def join(self, compared: Compared) -> None:
        """Group the drafts by what they do, if each is in one of the groups, and note what is asked."""
        passed, self.question = self.passed, compared.question
        if sorted(at for group in compared.groups for at in group) == list(range(len(passed))):
            self.groups = {f"deed {name}": [passed[at] for at in group] for name, group in enumerate(compared.groups)}

    def add(self, form: str, attempt: Attempt) -> None:
        """Count a passed draft."""
        self.groups.setdefault(form, []).append(attempt)

    def winner(self, *, closed: bool) -> Attempt | None:
        """Give the draft of the group that holds a majority of which the model was surest, if one does.

        Before the round is closed the majority is of all samples wanted; after it, of those that
        came. Where several were wanted, one that came alone agrees with nobody.
        """
        of = max(self.cast, 1) if closed else self.wanted
        largest = max(self.groups.values(), key=len, default=[])
        return max(largest, key=_sureness) if 2 * len(largest) > of and len(largest) >= min(2, self.wanted) else None

    @property
    def lost(self) -> bool:
        """Whether no group can win any more, whatever the samples say that are still to come."""
        sizes = [len(group) for group in self.groups.values()]
        largest = sum(sizes) if self.comparable else max(sizes, default=0)
        return 2 * (largest + self.wanted - self.cast) <= self.wanted

    def disagreement(self) -> Finding:
        """Say how the samples split."""
        passed = sum(len(group) for group in self.groups.values())
        split = f", in {len(self.groups)} different versions" if len(self.groups) > 1 else ""
        said = f"{self.cast} samples, {passed} passed the checks{split}: no majority."
        return Finding("agreement", f"{said} {self.question}".rstrip(), evidence=self.question)


def _sureness(attempt: Attempt) -> float:
    """Order drafts that agree; where nobody says how sure the model was, the first comes first."""
    confidence = None if attempt.draft is None else attempt.draft.confidence
    return -inf if confidence is None else confidence.mean
