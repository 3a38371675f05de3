"""Reads docstrings in the convention of Sphinx: a reStructuredText field list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lastmile.docstrings.reading import (
    Entry,
    Oddity,
    Part,
    Reading,
    Section,
    depth,
    names_in,
    plain_name,
    summary_of,
    without_roles,
)

_PARTS: Mapping[str, Part] = MappingProxyType(
    dict.fromkeys(("param", "parameter", "arg", "argument"), Part.PARAMETERS)
    | dict.fromkeys(("key", "keyword", "kwarg", "kwparam"), Part.KEYWORDS)
    | dict.fromkeys(("return", "returns"), Part.RETURNS)
    | dict.fromkeys(("yield", "yields"), Part.YIELDS)
    | dict.fromkeys(("raise", "raises", "except", "exception"), Part.RAISES)
    | dict.fromkeys(("var", "ivar", "cvar"), Part.ATTRIBUTES)
)
_NAMED = {Part.PARAMETERS, Part.KEYWORDS, Part.ATTRIBUTES, Part.RAISES}
_FIELD = re.compile(r":([A-Za-z]+)(?:\s+((?::[\w:+.-]+:`[^`]*`|`[^`]*`|[^:`])+))?:(?:\s+(.*))?")
_MEANT = re.compile(r":(?:param|parameter|arg|argument|type|returns?|rtype|raises?|yields?)\b")


def marks(lines: list[str]) -> int:
    """Count the fields that belong to this convention."""
    return sum(_MEANT.match(line) is not None and _FIELD.fullmatch(line) is not None for line in lines)


def read(lines: list[str]) -> Reading:
    """Read a docstring, cleaned into lines."""
    starts = [number for number, line in enumerate(lines) if _FIELD.fullmatch(line)]
    sections = [section for start in starts for section in _sections(lines, start)]
    head = lines[: starts[0]] if starts else lines
    return Reading(summary_of(head), tuple(sections), tuple(_oddities(lines, starts)))


def _sections(lines: list[str], start: int) -> Iterator[Section]:
    found = _FIELD.fullmatch(lines[start])
    part = Part.OTHER if found is None else _PARTS.get(found[1], Part.OTHER)
    if found is None or part is Part.OTHER:
        return
    subject = without_roles(found[2] or "").strip()
    text = " ".join([found[3] or "", *(line.strip() for line in _below(lines, start))]).strip()
    if part is Part.RAISES:
        names = names_in(subject)
    else:
        names = tuple(plain_name(word) for word in subject.split()[-1:] if part in _NAMED)
    yield Section(part, f":{found[1]}{' ' + subject if subject else ''}:", start, (Entry(names, text, start),))


def _below(lines: list[str], start: int) -> Iterator[str]:
    """Give the indented lines that go on with a field."""
    for number in range(start + 1, len(lines)):
        if lines[number] and not depth(lines[number]):
            return
        yield lines[number]


def _oddities(lines: list[str], starts: list[int]) -> Iterator[Oddity]:
    known = set(starts)
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        if number in known and before and not depth(before) and number - 1 not in known:
            yield Oddity("A field list needs a blank line before it, or it is shown as prose.", number)
        elif _MEANT.match(line) and number not in known:
            yield Oddity("A line begins like a field and cannot be read as one: `:param name: description`.", number)
        elif number in known and (found := _FIELD.fullmatch(line)) and _lacks_name(found):
            yield Oddity(f"The field :{found[1]}: names nothing.", number)


def _lacks_name(found: re.Match[str]) -> bool:
    return _PARTS.get(found[1]) in _NAMED and not (found[2] or "").strip()
