"""Reads docstrings in the convention of numpydoc."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from lastmile.docstrings.reading import (
    Entry,
    Oddity,
    Part,
    Reading,
    Section,
    blocks,
    names_in,
    plain_name,
    summary_of,
    without_roles,
)

_PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "parameters": Part.PARAMETERS,
        "other parameters": Part.KEYWORDS,
        "returns": Part.RETURNS,
        "yields": Part.YIELDS,
        "raises": Part.RAISES,
        "attributes": Part.ATTRIBUTES,
    }
)
_UNDERLINE = re.compile(r"-{3,}|={3,}")
_NAME = r"\\?\*{0,2}(?:\\\*)?[^\W\d]\w*"
_PARAMETER = re.compile(rf"({_NAME}(?:\s*,\s*{_NAME})*)\s*(?::.*)?")
_EXCEPTION = re.compile(r"([\w.]+(?:\s*(?:,|\||\bor\b)\s*[\w.]+)*)\s*(?::\s*(.*))?")
_WORDS_OF_PROSE = 3


def heading(lines: list[str], number: int) -> Part | None:
    """Tell what a line is the heading of; a heading is underlined."""
    line = lines[number]
    under = lines[number + 1] if number + 1 < len(lines) else ""
    if not line or line[0].isspace() or not _UNDERLINE.fullmatch(under):
        return None
    return _PARTS.get(line.lower(), Part.OTHER)


def marks(lines: list[str]) -> int:
    """Count the headings that belong to this convention."""
    return sum(heading(lines, number) not in {None, Part.OTHER} for number in range(len(lines)))


def read(lines: list[str]) -> Reading:
    """Read a docstring, cleaned into lines."""
    starts = [number for number in range(len(lines)) if heading(lines, number) is not None]
    sections: list[Section] = []
    oddities = [
        Oddity(f"The heading {line} has no underline.", number)
        for number, line in enumerate(lines)
        if number and line.lower() in _PARTS and line[:1].isupper() and number not in starts
    ]
    for start, stop in pairwise([*starts, len(lines)]):
        part = heading(lines, start)
        if part is not None:
            entries = _entries(part, lines, start + 2, stop, oddities)
            sections.append(Section(part, lines[start], start, tuple(entries)))
    head = lines[: starts[0]] if starts else lines
    return Reading(summary_of(head), tuple(sections), tuple(oddities))


def _entries(part: Part, lines: list[str], start: int, stop: int, oddities: list[Oddity]) -> list[Entry]:
    title = lines[start - 2]
    found = []
    for number, group in blocks(lines, start, stop) if part is not Part.OTHER else []:
        match part:
            case Part.RETURNS | Part.YIELDS:
                found.append(_result(number, group))
            case Part.RAISES if exception := _EXCEPTION.fullmatch(without_roles(group[0])):
                text = " ".join([exception[2] or "", *group[1:]]).strip()
                found.append(Entry(names_in(exception[1]), text, number))
            case Part.PARAMETERS | Part.KEYWORDS | Part.ATTRIBUTES if named := _PARAMETER.fullmatch(group[0]):
                names = tuple(plain_name(name) for name in named[1].split(","))
                found.append(Entry(names, " ".join(group[1:]), number))
            case _:
                form = "an exception" if part is Part.RAISES else "`name : type`"
                oddities.append(Oddity(f"A line in {title} cannot be read as {form}.", number))
    return found


def _result(number: int, group: list[str]) -> Entry:
    """Read a result: its type, and below it the description. A sentence and None need none below."""
    text = " ".join(group[1:])
    prose = len(group[0].split()) >= _WORDS_OF_PROSE and " : " not in group[0]
    return Entry((), text or (group[0] if prose or group[0] == "None" else ""), number)
