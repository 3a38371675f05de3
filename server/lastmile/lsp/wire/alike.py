"""Tells apart the entries that a menu would call the same: two findings of one rule on one line, for example.

Where each of them is comes before its explanation, since editors cut long titles off at their end. What an entry
leads to keeps its own title, in messages and receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve

if TYPE_CHECKING:
    from lastmile.tasks.kind import Offer
    from lastmile.text.edits import Span
    from lastmile.text.lines import LineIndex


def told_apart(offers: Sequence[Offer], lines: LineIndex) -> list[Offer]:
    """Give the offers in their order, with their places in those titles that would else be equal."""
    alike: dict[str, list[Span]] = {}
    for offer in offers:
        alike.setdefault(offer.title, []).append(offer.target)
    return [_placed(offer, alike[offer.title], lines) for offer in offers]


def _placed(offer: Offer, alike: Sequence[Span], lines: LineIndex) -> Offer:
    """Say as much of an offer's place as tells it from others: its column, its line as well, or where it ends too."""
    if len(alike) == 1:
        return offer
    at = offer.target
    several = len({lines.line_at(offset) for span in alike for offset in (span.start, span.end)}) > 1
    place = _place(at.start, lines, several=several)
    if sum(span.start == at.start for span in alike) > 1:
        place = f"{place} to {_place(at.end, lines, several=several)}"
    what, colon, more = offer.title.partition(":")
    return evolve(offer, title=f"{what} at {place}{colon}{more}")


def _place(offset: int, lines: LineIndex, *, several: bool) -> str:
    """Name a place by lines and characters, both from 1; its line only where there are several."""
    row = lines.line_at(offset)
    column = f"column {offset - lines.start(row) + 1}"
    return f"line {row + 1}, {column}" if several else column
