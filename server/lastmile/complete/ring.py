"""Pieces of the documents that the person was in lately, for a model to see; a value and functions over it.

As in llama.vim: sixteen chunks of sixty-four lines, and one that says what another says goes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import evolve, frozen

from lastmile.model.values import Chunk
from lastmile.text.lines import LineIndex

MOST = 16
"""Chunks, and chunks that wait to become some."""

LINES = 64
_LEAST_LINES = 3
_LONGEST = 8192
_SAME = 0.9
"""Similarity from which on two chunks are one."""

_PARROT = 0.5
"""Similarity to the text around the cursor from which on a model would only repeat it."""

_WORD = re.compile(r"\w+")


@frozen
class Ring:
    """What there is, the oldest first: what stands longest stands first in a prompt."""

    chunks: tuple[Chunk, ...] = ()
    waiting: tuple[Chunk, ...] = ()
    """Come since the last turn; prompts do not have them yet, so that typing does not change a prompt's beginning."""


def piece(lines: LineIndex, line: int, path: str) -> Chunk | None:
    """Cut the lines around one out of a text; None where that is too little to tell anything."""
    first = max(0, min(line - LINES // 2, len(lines) - LINES))
    text = lines.text[lines.start(first) : lines.start(first + LINES)]
    return chunk(text, path)


def chunk(text: str, path: str) -> Chunk | None:
    """Make a chunk of a text, of its first lines where it is long."""
    kept = text.splitlines(keepends=True)[:LINES]
    if sum(1 for line in kept if line.strip()) < _LEAST_LINES:
        return None
    return Chunk(path, "".join(kept)[:_LONGEST])


def taken(ring: Ring, new: Chunk | None) -> Ring:
    """Have a chunk wait, unless one that waits says the same."""
    if new is None or any(similarity(new.text, other.text) > _SAME for other in ring.waiting):
        return ring
    return evolve(ring, waiting=(*ring.waiting, new)[-MOST:])


def turned(ring: Ring, around: str) -> Ring:
    """Take in what waits, and drop what it makes needless or what the text around the cursor repeats."""
    if not ring.waiting:
        return ring
    chunks = list(ring.chunks)
    for new in ring.waiting:
        chunks = [old for old in chunks if similarity(old.text, new.text) <= _SAME]
        chunks.append(new)
    told = [item for item in chunks if similarity(item.text, around) <= _PARROT]
    return Ring(tuple(told[-MOST:]))


def similarity(one: str, other: str) -> float:
    """Compare two texts by their words, 0 to 1 (Sørensen and Dice)."""
    left, right = _words(one), _words(other)
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0


@lru_cache(maxsize=4 * MOST)
def _words(text: str) -> frozenset[str]:
    """List the words of a text; cached, since each chunk is compared with all others."""
    return frozenset(_WORD.findall(text))
