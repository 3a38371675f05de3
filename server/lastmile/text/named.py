"""Which files a tool names in what it says, and what stands in the place of lines that are left out of that.

Lines of files that stay on this machine are known by the file's name, which may stand before them or behind: so
a cut takes lines away and not the names next to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

MARKS = "> E\t"
"""What pytest puts before a line."""

_FRAME = re.compile(r'File "([^"]+)", line \d+|(?:-->\s*)?((?:[A-Za-z]:(?=[\\/]))?[^:]+):\d+:')
"""How Python, pytest, ruff and compilers say where: the lines that stand deeper below it are the code there."""

_NAMED = re.compile(r"(?<![\w.\\/-])[\w.\\/-]{1,250}\.\w{1,12}(?=:\d|\s{0,9}$)")
"""A file named anywhere in a line, with a number behind it or at the end of the line."""

_NEAR = 3
"""How many names are kept at each side of a cut: what is quoted there belongs to one of the nearest."""

_LONGEST = 200
"""Characters of a name that is kept."""

_CUT = re.compile(r"^\W{1,9}\d{1,9} lines left out, of (.+)")
_QUOTED = re.compile(r'"([^"]+)"')


def framed(line: str) -> str | None:
    """Give the file that a line names as the place of the code below it, None where it names none."""
    found = _FRAME.match(line.lstrip(MARKS))
    return None if found is None else found[1] or found[2]


def names(lines: Iterable[str]) -> Iterator[str]:
    """Give every word that names a file, or may do so, in order."""
    for line in lines:
        if (name := framed(line)) is not None:
            yield name
        yield from _NAMED.findall(line)
        for part in line.split("::")[:-1]:
            if words := part.split():
                yield words[-1].strip("`'\"(")
        if (cut := _CUT.match(line.lstrip(MARKS))) is not None:
            yield from _QUOTED.findall(cut[1])


def left_out(lines: Sequence[str]) -> str:
    """Say how many lines are left out, and which files those next to the cut name."""
    behind = (name for line in reversed(lines) for name in reversed(list(names([line]))))
    found = [*_some(names(lines)), *reversed(_some(behind))]
    told = ", ".join(f'"{name}"' for name in dict.fromkeys(found))
    return f"… {len(lines)} lines left out{f', of {told}' if told else ''} …"


def _some(named: Iterable[str]) -> list[str]:
    """Give the first few names, each once."""
    found: dict[str, None] = {}
    for name in named:
        if '"' not in name and len(name) <= _LONGEST:
            found[name] = None
        if len(found) == _NEAR:
            break
    return list(found)
