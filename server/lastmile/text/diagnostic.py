"""What a linter, a compiler or another server says of a place in a document.

A diagnostic is a value: it knows where it stands in one snapshot's text and, where its tool offers
one, the fix. It knows neither ruff's JSON (`tools.ruff`) nor LSP's types (`lsp.encode`).
"""

from __future__ import annotations

import re
from enum import Enum

from attrs import frozen

from lastmile.text.edits import Replacement, Span

SOURCE = "lastmile"
"""The source of what we find ourselves."""

SYNTAX = "invalid-syntax"
"""The code for what does not parse, ruff's and ours."""

UNDEFINED = re.compile(r"Undefined name `([^`]+)`")
"""What ruff says of a name that nothing binds."""

FAILED = "failing-test"
"""Our code for a test that failed when it ran last."""


class Severity(Enum):
    """How bad it is, with LSP's numbers."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Safety(Enum):
    """What its tool promises of a fix (ruff's applicability)."""

    SAFE = "safe"
    """The meaning of the code stays."""

    UNSAFE = "unsafe"
    """The meaning may change, or a comment may go."""

    DISPLAY = "display"
    """Known to be incomplete or wrong in places."""


@frozen
class Fix:
    """A tool's own fix of a diagnostic."""

    safety: Safety
    title: str
    edits: tuple[Replacement, ...]


@frozen
class Diagnostic:
    """One problem at one place of a snapshot."""

    source: str
    """Who says it: ``ruff``, or the name that another server gives itself."""

    code: str
    """The tool's own code, ``F401``; empty where it gives none."""

    message: str
    span: Span
    severity: Severity = Severity.WARNING
    url: str = ""
    """Where the rule is explained; empty where there is no such page."""

    fix: Fix | None = None

    @property
    def is_syntax(self) -> bool:
        """Whether the document does not parse because of it."""
        return self.source in {"ruff", SOURCE} and self.code in {"", SYNTAX}

    @property
    def label(self) -> str:
        """What a person calls it: the code, or the source where there is no code."""
        return self.code or self.source
