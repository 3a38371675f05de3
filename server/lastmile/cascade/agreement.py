"""Samples that pass are not enough where no hard oracle judges: most of them must say the same.

Two drafts agree when their normal forms are equal: the judge makes those, from the formatted code
and its syntax tree, so layout and quotes do not count.
"""

from __future__ import annotations

from attrs import define, field

from lastmile.cascade.values import Attempt, Finding


@define
class Ballot:
    """The passed drafts of one round, grouped by normal form."""

    wanted: int
    """How many samples were asked for."""

    groups: dict[str, list[Attempt]] = field(factory=dict)
    cast: int = 0
    """How many samples came, passed or not."""

    def add(self, form: str, attempt: Attempt) -> None:
        """Count a passed draft."""
        self.groups.setdefault(form, []).append(attempt)

    def winner(self, *, closed: bool) -> Attempt | None:
        """Give the first draft of the group that holds a majority, if one does.

        Before the round is closed the majority is of all samples wanted; after it, of those that
        came. Where several were wanted, one that came alone agrees with nobody.
        """
        of = max(self.cast, 1) if closed else self.wanted
        largest = max(self.groups.values(), key=len, default=[])
        return largest[0] if 2 * len(largest) > of and len(largest) >= min(2, self.wanted) else None

    @property
    def lost(self) -> bool:
        """Whether no group can win any more, whatever the samples say that are still to come."""
        largest = max(map(len, self.groups.values()), default=0)
        return 2 * (largest + self.wanted - self.cast) <= self.wanted

    def disagreement(self) -> Finding:
        """Say how the samples split."""
        passed = sum(len(group) for group in self.groups.values())
        split = f", in {len(self.groups)} different versions" if len(self.groups) > 1 else ""
        return Finding("agreement", f"{self.cast} samples, {passed} passed the checks{split}: no majority.")
