"""What a docstring says, section by section, each with its line: what the three readers make of it."""

from __future__ import annotations

import re
from enum import Enum
from unicodedata import normalize

from attrs import frozen

_ROLE = re.compile(r"(?::[\w:+.-]+:)?`+~?([^`<>]*?)`+")


class Part(Enum):
    """What a section is about."""

    PARAMETERS = "parameters"
    KEYWORDS = "keywords"
    """Names that ``**kwargs`` takes."""

    RETURNS = "returns"
    YIELDS = "yields"
    RAISES = "raises"
    ATTRIBUTES = "attributes"
    OTHER = "other"
    """Examples, notes and all else that nobody has to write."""


@frozen
class Entry:
    """One thing that a section documents."""

    names: tuple[str, ...]
    """Without stars, backslashes, quotes and module; empty where a result has no name."""

    text: str
    """The description; empty where there is none."""

    line: int
    """From the docstring's first line, which is 0."""


@frozen
class Section:
    """One section, or one field of a field list."""

    part: Part
    title: str
    """As it is written, without colon or underline: ``Args``, ``:param x:``."""

    line: int
    entries: tuple[Entry, ...] = ()


@frozen
class Oddity:
    """A line that cannot be read as what its place asks for."""

    message: str
    line: int


@frozen
class Reading:
    """A docstring as one convention reads it."""

    summary: str = ""
    """The first paragraph, in one line."""

    sections: tuple[Section, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    def entries(self, *parts: Part) -> list[Entry]:
        """Give what the sections of these parts document, in order."""
        return [entry for section in self.sections if section.part in parts for entry in section.entries]


def clean(text: str) -> list[str]:
    """Split a docstring into lines without their common indentation (PEP 257), none left out."""
    lines = [line.rstrip() for line in text.expandtabs().split("\n")]
    margin = min((depth(line) for line in lines[1:] if line), default=0)
    return [lines[0].lstrip(), *(line[margin:] for line in lines[1:])]


def depth(line: str) -> int:
    """Count the blanks before a line."""
    return len(line) - len(line.lstrip())


def summary_of(lines: list[str]) -> str:
    """Join the first paragraph."""
    text = "\n".join(lines).strip()
    return " ".join(text.split("\n\n", 1)[0].split())


def plain_name(name: str) -> str:
    """Take stars, backslashes and the module off a documented name."""
    return normalize("NFKC", name.strip().replace("\\", "").lstrip("*").rsplit(".", 1)[-1])


def without_roles(line: str) -> str:
    """Take cross-references and quotes off: what stands in ``:exc:`ValueError``` and in backticks stays."""
    return _ROLE.sub(r"\1", line)


def names_in(text: str) -> tuple[str, ...]:
    """Split ``KeyError, ValueError`` and ``KeyError or ValueError``."""
    return tuple(name for part in re.split(r",|\||\bor\b|\band\b", text) if (name := plain_name(part)))


def blocks(lines: list[str], start: int, stop: int) -> list[tuple[int, list[str]]]:
    """Group the lines of a section: each line of the least depth, with the deeper ones below it."""
    body = [(number, lines[number]) for number in range(start, stop) if lines[number]]
    least = min((depth(line) for _, line in body), default=0)
    groups: list[tuple[int, list[str]]] = []
    for number, line in body:
        if depth(line) == least:
            groups.append((number, [line.strip()]))
        else:
            groups[-1][1].append(line.strip())
    return groups
