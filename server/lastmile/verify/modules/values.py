"""What a text imports, and what is known of it, as frozen values."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Need(Enum):
    """What becomes of a text where a module that it imports is not there."""

    ALWAYS = "always"
    """It breaks."""

    TYPES = "types"
    """A type checker breaks: stubs will do for it."""

    NEVER = "never"
    """It goes on without: the import stands where a missing module is caught, or where the platform or the version
    of Python decides."""


@frozen
class Wanted:
    """One thing that an import statement asks for."""

    module: str
    """Dotted; a relative one begins with dots."""

    name: str = ""
    """What is taken from the module; empty for the module itself, and for all that is in it."""

    need: Need = Need.ALWAYS
    line: int = 0
    """From 0."""

    @property
    def dots(self) -> int:
        """How many dots it begins with: none where it is no relative import."""
        return len(self.module) - len(self.module.lstrip("."))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names between the dots."""
        return tuple(part for part in self.module.split(".") if part)

    @property
    def top(self) -> str:
        """The first of the names; empty for a relative import, which begins in the project."""
        return "" if self.dots else self.parts[0]


@frozen
class Asked:
    """What a text newly imports."""

    wanted: tuple[Wanted, ...] = ()
    known: frozenset[str] = frozenset()
    """The modules that the text before imported, and those that they lie in: they are not judged again."""

    script: tuple[str, ...] | None = None
    """What the text before declares to depend on, where it is a script that does; only drafts are not believed."""


class Fate(Enum):
    """What is known of one thing that is imported."""

    THERE = "there"
    OPEN = "open"
    """Files cannot tell: code makes it when it runs."""

    MISSING = "missing"


@frozen
class Answer:
    """Where looking for a module ended."""

    fate: Fate
    at: int = 0
    """How many of its names were found."""

    closed: bool = False
    """Whether no other folder could have it: what it would lie in is complete."""
