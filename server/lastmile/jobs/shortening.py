"""Shortens what a test run, a linter or a compiler said to the lines that tell most; pure, the same at each run.

The assertion, the exception and the frame in the project always stay, however few lines are wanted. A line of
code stays only with the frame that says whose it is, a mark stands as deep as the line after it, and files that
were named in what is left out are named in the mark: who takes out the lines of files that are never sent goes
by that (`tiers.withheld`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import field, frozen

from lastmile.text.named import left_out

LONGEST_LINE = 300
"""Characters of a line; a longer one loses its middle."""

_FRAME = re.compile(r"(?:[>E]?\s*)(?:File \"[^\"]+\", line \d+|(?:-->\s*)?[^\s:][^:]*\.\w{1,8}:\d+(?::|$))")
"""How Python, pytest, linters and compilers say where."""

_FOREIGN = re.compile(
    r"site-packages|dist-packages|[\\/]lib[\\/]python\d|[\\/]python\d\.\d+[\\/]|<frozen |node_modules"
)
_EXCEPTION = re.compile(
    r"(?:E\s+)?(?:[\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Failed|Failure)\b|Failed)(?::|\s*$)"
)
_ASSERTION = re.compile(r"[>E]?\s*assert\b|(?:E\s+)?AssertionError\b")
_POINTED = re.compile(r">\s")
_RULED = re.compile(r"[\W_]*$|[=_-]{4}")
"""A line of marks, or a heading between them."""

_MARKED = re.compile(r"E\s")
_ERROR = re.compile(r"\b(?:error|fatal|failed|panicked|undefined|mismatch)\b", re.IGNORECASE)


@frozen
class _Said:
    """The lines, and what each is."""

    rows: Sequence[str]
    frames: tuple[int, ...] = field(init=False)
    """Those that name a place in the project."""

    owners: tuple[int | None, ...] = field(init=False)
    """For each line the frame that it stands below, deeper than that."""

    def __attrs_post_init__(self) -> None:
        places = [bool(_FRAME.match(row.lstrip())) for row in self.rows]
        ours = (at for at, is_place in enumerate(places) if is_place and not _FOREIGN.search(self.rows[at]))
        object.__setattr__(self, "frames", tuple(ours))
        object.__setattr__(self, "owners", tuple(_owners(self.rows, places)))

    def matching(self, pattern: re.Pattern[str]) -> list[int]:
        """Give the lines that begin so, in a file of the project or in none."""
        return [at for at, row in enumerate(self.rows) if pattern.match(row.lstrip()) and not self.foreign(at)]

    def foreign(self, at: int) -> bool:
        """Tell whether a line is code of a library."""
        owner = self.owners[at]
        return owner is not None and bool(_FOREIGN.search(self.rows[owner]))


def shorten(text: str, *, lines: int) -> str:
    """Shorten to about so many lines, blank ones aside: more where what has to stay is more."""
    return narrowed(text, None, lines=lines)


def narrowed(text: str, ranked: Sequence[int] | None, *, lines: int) -> str:
    """Shorten to lines that somebody ranked, counted from 0 without blank ones; what has to stay stays all the same."""
    rows = [_cut(row.rstrip()) for row in text.split("\n") if row.strip()]
    if len(rows) <= lines:
        return "\n".join(rows)
    said = _Said(rows)
    vital = _vital(said)
    rest = _ranked(said, vital) if ranked is None else [at for at in ranked if 0 <= at < len(rows)]
    kept = set[int]()
    for at in [*vital, *rest]:
        more = {at, *_above(said, at)}
        if at in vital or len(kept | more) <= lines:
            kept |= more
    return "\n".join(_joined(rows, sorted(kept)))


def _vital(said: _Said) -> list[int]:
    """Find the first and the last assertion and exception, and the frames of the project beside them."""
    assertions, exceptions = said.matching(_ASSERTION), said.matching(_EXCEPTION)
    marks = [*assertions[:1], *assertions[-1:], *exceptions[:1], *exceptions[-1:]]
    frames = [*said.frames[:1], *said.frames[-1:]]
    for at in {*exceptions[:1], *exceptions[-1:]}:
        frames += [frame for frame in said.frames if frame < at][-1:]
    below = [frame + 1 for frame in frames if frame + 1 < len(said.rows) and said.owners[frame + 1] == frame]
    return sorted({*marks, *frames, *below, *_after(said, frames), *_pointed(said, frames)})


def _pointed(said: _Said, frames: Sequence[int]) -> Iterator[int]:
    """Give the lines that pytest points at above the place that it then names."""
    for frame in frames:
        before = max((at for at in range(frame) if _FRAME.match(said.rows[at].lstrip())), default=-1)
        yield from [at for at in range(frame - 1, before, -1) if _POINTED.match(said.rows[at])][:1]


def _after(said: _Said, frames: Sequence[int]) -> Iterator[int]:
    """Give the line below what stands under the last frame: an exception goes by any name."""
    for frame in [max(frames)] if frames else []:
        rest = range(frame + 1, len(said.rows))
        yield from [at for at in rest if said.owners[at] is None and not _FRAME.match(said.rows[at].lstrip())][:1]


def _ranked(said: _Said, vital: Sequence[int]) -> list[int]:
    """Order all lines by how much they tell; where nothing stands out, the first and the last tell most."""
    last = len(said.rows) - 1
    if not vital:
        return sorted(range(last + 1), key=lambda at: min(at, last - at))
    return sorted(range(last + 1), key=lambda at: (-_weight(said, at), min(abs(at - each) for each in vital), at))


def _weight(said: _Said, at: int) -> int:
    row = said.rows[at]
    if said.foreign(at) or _FOREIGN.search(row) or _RULED.match(row.strip()):
        return 0
    if at in said.frames or _MARKED.match(row):
        return 3
    return 2 if said.owners[at] is not None or _ERROR.search(row) else 1


def _above(said: _Said, at: int) -> Iterator[int]:
    while (owner := said.owners[at]) is not None:
        yield owner
        at = owner


def _owners(rows: Sequence[str], places: Sequence[bool]) -> Iterator[int | None]:
    owner: int | None = None
    for at, row in enumerate(rows):
        if owner is not None and _depth(row) <= _depth(rows[owner]):
            owner = None
        yield owner
        if places[at]:
            owner = at


def _joined(rows: Sequence[str], kept: Sequence[int]) -> Iterator[str]:
    before = -1
    for at in [*kept, len(rows)]:
        gone = at - before - 1
        if gone == 1:
            yield rows[before + 1]
        elif gone:
            depth = _depth(rows[at]) if at < len(rows) else 0
            yield " " * depth + left_out(rows[before + 1 : at])
        if at < len(rows):
            yield rows[at]
        before = at


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip("> E\t"))


def _cut(row: str) -> str:
    half = LONGEST_LINE // 2
    return row if len(row) <= LONGEST_LINE else f"{row[:half]} … {row[-half:]}"
