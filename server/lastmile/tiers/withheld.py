"""Keeps lines of files that stay on this machine out of what tools said: a traceback quotes the code that it names.

Names of files and tests stay, and so does what an error says of values. It knows no policy: whoever
calls says which files stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from attrs import frozen

from lastmile.text.named import MARKS, framed, names

WITHHELD = "(a line of a file that is not sent)"

_GUTTER = re.compile(r"^[ \t]{0,20}\d{0,7} ?[|│] ?")
"""What stands before a line of code that a compiler quotes."""

_SHORTEST = 8
"""Characters of a line below which it says nothing that others do not."""

_LONGEST = 250
"""Characters by which a line is compared: messages cut longer ones."""

_MOST_NAMES = 200
"""Files that are asked for; any further is taken for one that stays."""


@frozen
class Stays:
    """What has to be known of files."""

    is_kept: Callable[[str], bool]
    """Whether a file stays here, by its name as a tool says it."""

    text_of: Callable[[str], str]
    """Its text; empty where there is none."""


def without_kept_lines(said: str, shown: str, stays: Stays) -> str:
    """Take the lines of kept files out of what was said; those that are ``shown`` anyway stay."""
    lines = said.split("\n")
    named = dict.fromkeys(names(lines))
    kept = {name: at >= _MOST_NAMES or stays.is_kept(name) for at, name in enumerate(named)}
    if not any(kept.values()):
        return said
    texts = [stays.text_of(name) for at, name in enumerate(named) if kept[name] and at < _MOST_NAMES]
    free = set(map(_key, shown.splitlines()))
    barred = {key for text in texts for line in text.splitlines() if len(key := _key(line)) >= _SHORTEST} - free
    below = _below_frames(lines, kept)
    return "\n".join(
        _withheld(line) if _key(line) in barred or (at in below and _key(line) not in free) else line
        for at, line in enumerate(lines)
    )


def _below_frames(lines: list[str], kept: Mapping[str, bool]) -> frozenset[int]:
    """Find the lines that stand deeper than the frame of a kept file before them, by number."""
    found, depth = set(), -1
    for at, line in enumerate(lines):
        name = framed(line)
        if name is not None:
            depth = _depth(line) if kept[name] else -1
        elif depth >= 0 and (not line.strip(MARKS) or _depth(line) > depth):
            found.add(at)
        else:
            depth = -1
    return frozenset(at for at in found if lines[at].strip(MARKS))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(MARKS))


def _key(line: str) -> str:
    return _GUTTER.sub("", line).strip(MARKS)[:_LONGEST].rstrip()


def _withheld(line: str) -> str:
    return line[: _depth(line)] + WITHHELD
