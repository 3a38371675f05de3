"""What the mending of a text that does not parse takes away: there are no statements to compare, so words are."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex

_WORD = re.compile(r"[^\W\d]\w*")
_FEW = 2
"""Lines that the mending of a text that does not parse may take away, beside those next to the finding."""


def lost_words(old: str, new: str, place: Span) -> Iterator[str]:
    """Say whether mending what does not parse takes away more than the lines beside the finding."""
    index = LineIndex(old)
    first, last = index.line_at(place.start) - 1, index.line_at(place.end) + 1
    has = set(_WORD.findall(new))
    gone = []
    for line in range(len(index)):
        words = set(_WORD.findall(index.line_text(line))) - set(keyword.kwlist)
        if words - has and not first <= line <= last:
            gone.append(line + 1)
    if len(gone) > _FEW:
        yield f"The draft leaves out what stands on {len(gone)} lines beside the finding, line {gone[0]} first."
