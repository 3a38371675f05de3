"""What a tier proposed, and what it was paid by. Nothing in it is trusted, and nothing here applies it."""

from __future__ import annotations

from attrs import evolve, frozen

from lastmile.cascade.confidence import Confidence
from lastmile.text.edits import Replacement


@frozen
class Usage:
    """The four token buckets that a call is paid by. Counts never overlap."""

    input: int = 0
    """Tokens read and neither written to nor read from the provider's cache."""

    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    cache_write_1h: int = 0
    """Tokens written to the one-hour cache, not counted in ``cache_write``."""

    estimated: bool = False
    """Some count is our estimate: the call was cut off before the provider told."""

    def __add__(self, other: Usage) -> Usage:
        """Add bucket by bucket."""
        return self._each(other, 1, estimated=self.estimated or other.estimated)

    def __sub__(self, other: Usage) -> Usage:
        """Take away bucket by bucket; none falls below zero."""
        return self._each(other, -1, estimated=self.estimated)

    def _each(self, other: Usage, sign: int, *, estimated: bool) -> Usage:
        names = ("input", "cache_write", "cache_read", "output", "cache_write_1h")
        counts = (max(0, getattr(self, name) + sign * getattr(other, name)) for name in names)
        return evolve(Usage(*counts), estimated=estimated)

    @property
    def tokens(self) -> int:
        """Count the tokens of all buckets."""
        return self.input + self.cache_write + self.cache_read + self.output + self.cache_write_1h


@frozen
class Replace:
    """An edit that says where it goes by offsets of the task's snapshot."""

    replacement: Replacement
    path: str = ""
    """The file, relative to the workspace; empty for the task's own document."""


@frozen
class SearchReplace:
    """An edit that says where it goes by the text that stands there, which must occur once."""

    search: str
    text: str
    path: str = ""


Edit = Replace | SearchReplace


@frozen
class Draft:
    """What a tier proposed. Nothing in it is trusted before the verdict."""

    edits: tuple[Edit, ...]
    usage: Usage = Usage()
    label: str = ""
    """How the tier came to it, for the person: ``ruff's safe fix``, ``sample 2 of 3``."""

    confidence: Confidence | None = None
    """None where the tier cannot tell."""

    note: str = ""
    """What the receipt says of how it was found: ``5 repairs pass, in 2 groups by 60 inputs``."""

    defect: str = ""
    """Why the reply could not be read as edits; then ``edits`` is empty and `apply` refuses it."""
