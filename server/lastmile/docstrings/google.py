"""Reads docstrings in the convention of Google's Python style guide, as Napoleon and ruff do."""

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
    depth,
    names_in,
    plain_name,
    summary_of,
    without_roles,
)

_PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "args": Part.PARAMETERS,
        "arguments": Part.PARAMETERS,
        "parameters": Part.PARAMETERS,
        "params": Part.PARAMETERS,
        "keyword args": Part.KEYWORDS,
        "keyword arguments": Part.KEYWORDS,
        "other parameters": Part.KEYWORDS,
        "return": Part.RETURNS,
        "returns": Part.RETURNS,
        "yield": Part.YIELDS,
        "yields": Part.YIELDS,
        "raise": Part.RAISES,
        "raises": Part.RAISES,
        "attributes": Part.ATTRIBUTES,
    }
)
_OTHER = re.compile(
    r"(?:examples?|notes?|see also|references|warnings?|warns|methods|tip|hint|caution|danger|attention|important"
    r"|error|usage|receives|todo):",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(\\?\*{0,2}(?:\\\*)?[^\W\d]\w*)\s*(?:\(.*?\))?\s*:\s*(.*)")
_EXCEPTION = re.compile(r"([\w.]+(?:\s*(?:,|\||\bor\b)\s*[\w.]+)*)\s*:\s*(.*)")
_TYPE_ALONE = re.compile(r"[^:]+:\s*")


def heading(line: str) -> Part | None:
    """Tell what a line is the heading of."""
    if line[:1].isspace() or not line.endswith(":"):
        return None
    return _PARTS.get(line[:-1].lower()) or (Part.OTHER if _OTHER.fullmatch(line) else None)


def marks(lines: list[str]) -> int:
    """Count the headings that belong to this convention and have something below them."""
    return sum(heading(line) not in {None, Part.OTHER} and depth(after) > 0 for line, after in pairwise(lines))


def read(lines: list[str]) -> Reading:
    """Read a docstring, cleaned into lines."""
    starts = [(number, part) for number, line in enumerate(lines) if (part := heading(line)) is not None]
    sections: list[Section] = []
    oddities: list[Oddity] = []
    for start, part in starts:
        ends = (number for number in range(start + 1, len(lines)) if lines[number] and depth(lines[number]) == 0)
        stop = next(ends, len(lines))
        entries = _entries(part, lines, start + 1, stop, oddities)
        sections.append(Section(part, lines[start][:-1], start, tuple(entries)))
    head = lines[: starts[0][0]] if starts else lines
    return Reading(summary_of(head), tuple(sections), tuple(oddities))


def _entries(part: Part, lines: list[str], start: int, stop: int, oddities: list[Oddity]) -> list[Entry]:
    title = lines[start - 1][:-1]
    match part:
        case Part.OTHER:
            return []
        case Part.RETURNS | Part.YIELDS:
            text = " ".join(line.strip() for line in lines[start:stop] if line)
            return [Entry((), "" if _TYPE_ALONE.fullmatch(text) else text, start)] if text else []
        case _:
            raises = part is Part.RAISES
            form = "`Exception: when it is raised`" if raises else "`name: description`"
            found = []
            for number, group in blocks(lines, start, stop):
                entry = _exception(number, group) if raises else _parameter(number, group)
                if entry is None:
                    oddities.append(Oddity(f"A line in {title} cannot be read as {form}.", number))
                else:
                    found.append(entry)
            return found


def _parameter(number: int, group: list[str]) -> Entry | None:
    found = _PARAMETER.fullmatch(group[0])
    return found and Entry((plain_name(found[1]),), " ".join([found[2], *group[1:]]).strip(), number)


def _exception(number: int, group: list[str]) -> Entry | None:
    found = _EXCEPTION.fullmatch(without_roles(group[0]))
    return found and Entry(names_in(found[1]), " ".join([found[2], *group[1:]]).strip(), number)
