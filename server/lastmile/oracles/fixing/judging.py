"""The judge itself: each of its looks at both texts, and the findings of all, to a bound."""

from __future__ import annotations

from lastmile.cascade.verdict import Finding
from lastmile.oracles.fixing.comparing import compared, read
from lastmile.oracles.fixing.faces import faces
from lastmile.oracles.fixing.left_out import calls, statements
from lastmile.oracles.fixing.names_made import made_up
from lastmile.oracles.fixing.order import order
from lastmile.oracles.fixing.values import CHECK, Place
from lastmile.oracles.fixing.ways import put_aside, swallowed, turned
from lastmile.oracles.fixing.words import lost_words
from lastmile.oracles.reading import Reading

_MOST = 5


def judge(old: str, new: str, place: Place) -> tuple[Finding, ...]:
    """List what a fix changes that the finding is not about; empty where it mends and no more.

    Its tool's own fix, to the letter, is what the finding is about: which of those are taken is for the tier to say.
    """
    if new == place.fixed(old):
        return ()
    before, after = read(old), Reading.of(new)
    if before is None or after is None:
        return tuple(Finding(CHECK, message) for message in lost_words(old, new, place.span))
    both = compared(before, after, place)
    found = [*faces(both), *statements(both), *calls(both), *order(both), *swallowed(both), *put_aside(both)]
    if place.is_pinpoint:
        found += turned(both)
    if place.undefined:
        found += [both.finding(message) for message in made_up(both.old, both.new, place.undefined, place.touches)]
    return tuple(found[:_MOST])
