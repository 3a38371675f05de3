"""Makes what stands around a gap as short as a context has room for, so that a long document never means no answer.

Other files go first, the least useful of them before the others, then the far ends of the document.
Everything goes in pieces of some hundred tokens whose places are counted from a text's beginning: a
key in the middle leaves what was read before it alone until as many have been typed. Nothing is
remembered from one prompt to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import evolve

from lastmile.model.values import Chunk, Fill

Count = Callable[[str], int]
"""Gives the tokens of a text."""

_PIECES = 8
"""A piece has an eighth of the room in characters, and up to a quarter where a line ends behind it."""

_AFTER = 4
"""What follows the gap gets a quarter of the room at the least, as in llama.cpp's server, and what the rest leaves."""

_RESERVED = 8
"""An eighth of a context is for the answer, whatever its length: reading ahead and asking then cut alike."""

_MARKS = 4
"""Tokens around a chunk: its marker and line ends."""

_MOST_BYTES = 32
"""Of a token on the average, as `prompts` has it: what is longer than that is not looked at."""


def room(longest: int, most: int) -> int:
    """Give the tokens that a prompt may have in a context of so many when up to ``most`` are to be made."""
    return longest - min(max(most, longest // _RESERVED), longest // 2)


def within(fill: Fill, size: int, count: Count) -> Fill:
    """Give as much of a gap's surroundings as so many tokens hold; the fill itself where that is all of it."""
    left = size - count(fill.path[-size:]) - _MARKS
    before, after = _total(fill.prefix, left, count), _total(fill.suffix, left, count)
    step = max(1, size // _PIECES)
    if before + after > left:
        suffix = _beginning(fill.suffix, left, max(left // _AFTER, left - _up(before, step)), count)
        prefix = _end(fill.prefix, left, left - _total(suffix, left, count), count)
        return evolve(fill, prefix=prefix, suffix=suffix, chunks=())
    return evolve(fill, chunks=_newest(fill.chunks, left - _up(before + after, step), count))


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def _newest(chunks: tuple[Chunk, ...], size: int, count: Count) -> tuple[Chunk, ...]:
    """Keep the last chunks that fit together."""
    for number in range(len(chunks), 0, -1):
        chunk = chunks[number - 1]
        text = f"{chunk.path}\n{chunk.text}"
        size -= size + 1 if len(text) > size * _MOST_BYTES else count(text) + _MARKS
        if size < 0:
            return chunks[number:]
    return chunks


def _total(text: str, size: int, count: Count) -> int:
    """Count the tokens of a text, until there are more than so many."""
    total = 0
    for piece in _pieces(text, size):
        total += count(piece)
        if total > size:
            break
    return total


def _beginning(text: str, size: int, most: int, count: Count) -> str:
    pieces = list(_pieces(text, size))
    kept = _fitting(pieces, most, count)
    return text if kept == len(pieces) else "".join(pieces[:kept]) or text[: most // _MARKS]


def _end(text: str, size: int, most: int, count: Count) -> str:
    pieces = list(_pieces(text, size))
    kept = _fitting(reversed(pieces), most, count)
    return text if kept == len(pieces) else "".join(pieces[len(pieces) - kept :]) or text[-max(1, most // _MARKS) :]


def _fitting(pieces: Iterable[str], most: int, count: Count) -> int:
    """Tell how many of the pieces fit, from the first on."""
    kept = 0
    for piece in pieces:
        most -= count(piece)
        if most < 0:
            break
        kept += 1
    return kept


def _pieces(text: str, size: int) -> Iterator[str]:
    """Cut a text after lines, or within one that is long."""
    length, start = max(1, size // _PIECES), 0
    while start < len(text):
        end = start + length
        line = text.find("\n", end - 1, end + length)
        end = line + 1 if line >= 0 else end
        yield text[start:end]
        start = end
