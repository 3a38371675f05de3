"""Which diagnostics of a changed text are new: a draft answers for what it brought, nothing else.

Outside the changed places a diagnostic is the same when its rule and its place, followed through
the change, are the same. Inside them only the number of each rule's findings counts, because lines
are rewritten there and messages quote names and lengths.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, difference


def appeared(old: str, before: Sequence[Diagnostic], new: str, after: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """List the diagnostics of ``new`` that ``old`` did not have."""
    changes = difference(old, new)
    known = {(item.source, item.code, item.span.start) for item in before}
    spare = Counter((item.source, item.code) for item in before if _inside(changes, item.span.start))
    fresh = []
    for item in after:
        place = _old_place(changes, item.span.start)
        rule = (item.source, item.code)
        if place is not None and (*rule, place) in known:
            continue
        if place is None and spare[rule] > 0:
            spare[rule] -= 1
            continue
        fresh.append(item)
    return tuple(fresh)


def remains(old: str, target: Diagnostic, before: Sequence[Diagnostic], new: str, after: Sequence[Diagnostic]) -> bool:
    """Tell whether the target is still there: as many findings of its rule, or one in its place."""
    rule = (target.source, target.code)
    left = [item for item in after if (item.source, item.code) == rule]
    if len(left) >= sum((item.source, item.code) == rule for item in before):
        return True
    changes = difference(old, new)
    return any(_old_place(changes, item.span.start) == target.span.start for item in left)


def _inside(changes: Sequence[Replacement], offset: int) -> bool:
    return any(change.span.start <= offset < change.span.end or change.span.start == offset for change in changes)


def _old_place(changes: Sequence[Replacement], offset: int) -> int | None:
    """Follow an offset of the new text back; None where it lies in a changed place."""
    shift = 0
    starts = []
    shifts = []
    for change in changes:
        starts.append(change.span.start + shift)
        shift += change.shift
        shifts.append(shift)
    at = bisect_right(starts, offset) - 1
    if at < 0:
        return offset
    inside = offset < starts[at] + len(changes[at].text) or offset == starts[at]
    return None if inside else offset - shifts[at]
