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
    starts = [(number, part) for number in range(len(lines)) if (part := heading(lines, number)) is not None]
    known = {number for number, _ in starts}
    sections: list[Section] = []
    oddities = [
        Oddity(f"The heading {line} has no underline.", number)
        for number, line in enumerate(lines)
        if number and line.lower() in _PARTS and line[:1].isupper() and number not in known
    ]
    for (start, part), (stop, _) in pairwise([*starts, (len(lines), Part.OTHER)]):
        entries = _entries(part, lines, start + 2, stop, oddities)
        sections.append(Section(part, lines[start], start, tuple(entries)))
    head = lines[: starts[0][0]] if starts else lines
    return Reading(summary_of(head), tuple(sections), tuple(oddities))


def _entries(part: Part, lines: list[str], start: int, stop: int, oddities: list[Oddity]) -> list[Entry]:
    title = lines[start - 2]
    groups = blocks(lines, start, stop) if part is not Part.OTHER else []
    if part in {Part.RETURNS, Part.YIELDS}:
        return _results(groups)
    found = []
    for number, group in groups:
        entry = _exception(number, group) if part is Part.RAISES else _parameter(number, group)
        if entry is None:
            form = "an exception" if part is Part.RAISES else "`name : type`"
            oddities.append(Oddity(f"A line in {title} cannot be read as {form}.", number))
        else:
            found.append(entry)
    return found


def _parameter(number: int, group: list[str]) -> Entry | None:
    found = _PARAMETER.fullmatch(group[0])
    return found and Entry(tuple(plain_name(name) for name in found[1].split(",")), " ".join(group[1:]), number)


def _exception(number: int, group: list[str]) -> Entry | None:
    found = _EXCEPTION.fullmatch(without_roles(group[0]))
    return found and Entry(names_in(found[1]), " ".join([found[2] or "", *group[1:]]).strip(), number)


def _results(groups: list[tuple[int, list[str]]]) -> list[Entry]:
    """Read results: each a type, and below it the description. Prose and None need none below."""
    if groups and all(len(group) == 1 for _, group in groups):
        text = " ".join(group[0] for _, group in groups)
        prose = len(text.split()) >= _WORDS_OF_PROSE and " : " not in text
        return [Entry((), text if prose or text == "None" else "", groups[0][0])]
    return [Entry((), " ".join(group[1:]), number) for number, group in groups]
