"""Comments that tell a linter or a type checker to keep quiet.

Like `symbols`, finding them parses: call `suppressions` through `tools.offload`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from lastmile.text.symbols import Source

_DIRECTIVE = re.compile(
    r"#\s*(?P<tool>(?:ruff|flake8|pylint|mypy|pyright|pyrefly|pytype|pyre|ty|isort)\s*:\s*[\w-]+"
    r"|type\s*:\s*ignore|noqa|nosec|nosemgrep|nosonar|pyre-[\w-]+)\b"
    r"(?:\s*[:=\[]\s*(?P<codes>[\w-]+(?:\s*,\s*[\w-]+|\s+[A-Z]+[0-9]+\b)*))?",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:noqa|nosec|(?:type|pyright|ty)\s*:\s*ignore|pylint\s*:\s*disable|isort\s*:\s*skip)\b")
_BLANK = re.compile(r"\s+")


@frozen
class Suppression:
    """One rule that a comment silences."""

    tool: str
    """How the comment spells it, in lower case: ``noqa``, ``type:ignore``, ``ruff:noqa``."""

    code: str
    """The rule, in upper case; empty where all are silenced."""


@frozen
class Comment:
    """A comment that silences something."""

    line: int
    """From 0."""

    text: str
    silenced: tuple[Suppression, ...]


def suppressions(text: str) -> Iterator[Comment]:
    """Give the comments of a Python text that silence something, in order of place."""
    if not _DIRECTIVE.search(text):
        return  # Most texts have none, and parsing takes long.
    source = Source(text)
    waiting = [source.parse().root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "comment":
            comment = source.span(node).of(text)
            if silenced := tuple(in_comment(comment)):
                yield Comment(node.start_point.row, comment, silenced)
        waiting.extend(reversed(node.children))


def in_comment(comment: str) -> Iterator[Suppression]:
    """List what one comment silences."""
    for match in _DIRECTIVE.finditer(comment):
        tool = _BLANK.sub("", match["tool"]).lower()
        for code in re.split(r"[\s,]+", match["codes"] or ""):
            yield Suppression(tool, code.upper())


def asked_for(words: str) -> bool:
    """Tell whether an instruction speaks of such a comment by its own words."""
    return _ASKED.search(words.lower()) is not None
