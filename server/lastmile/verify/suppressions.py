"""Comments that tell a tool to look away: a draft that adds one clears a finding by hiding it.

Only what a text has more of than before counts, code by code, so a comment that comes to hide less
is none. Python's comments are found by parsing, so this runs in the worker process; in other
languages a text that only looks like one counts too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lastmile.cascade.values import Finding
from lastmile.text.symbols import Source

_MARK = re.compile(
    r"(?:#|//|/\*|<!--)[ \t]*(?P<tool>"
    r"(?:ruff|flake8)\s*:\s*(?:noqa|disable|ignore|file-ignore)|noqa|nosec|nosonar|"
    r"(?:type|ty|pyrefly)\s*:\s*ignore|(?:pyright|mypy)\s*:\s*[\w-]+|pyre-(?:ignore|fixme|strict|unsafe)[\w-]*|"
    r"pylint\s*:\s*(?:disable|skip-file)[\w-]*|isort\s*:\s*(?:skip|off)\w*|(?:fmt|yapf)\s*:\s*(?:off|skip|disable)|"
    r"pragma\s*:\s*no\s*\w+|eslint-disable[\w-]*|@ts-(?:ignore|expect-error|nocheck)"
    r")\b(?P<codes>[ \t]*[:=\[][ \t]*[\w, \t-]+)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[\w-]+")
_EVERYTHING = "everything"


def suppressions(old: str, new: str, *, language: str, goal: str) -> Iterator[Finding]:
    """List what the new text hides from tools and the old did not, unless the goal speaks of such comments."""
    if len(_MARK.findall(new)) == 0 or _hidden([new]) <= _hidden([old]):
        return
    before, after = ([old], [new]) if language != "python" else (_comments(old), _comments(new))
    for tool, code in _hidden(after) - _hidden(before):
        if tool.rpartition(":")[2] not in goal.casefold():
            what = "everything" if code == _EVERYTHING else code
            yield Finding("scope", f"The draft hides {what} from a tool with a `{tool}` comment; it has to mend it.")


def hides(line: str) -> bool:
    """Tell whether a line of code carries such a comment."""
    return _MARK.search(line) is not None


def _hidden(texts: list[str]) -> Counter[tuple[str, str]]:
    found = (match for text in texts for match in _MARK.finditer(text))
    return Counter((_name(match), code) for match in found for code in _codes(match))


def _name(match: re.Match[str]) -> str:
    return re.sub(r"\s", "", match["tool"]).casefold()


def _codes(match: re.Match[str]) -> list[str]:
    return _CODE.findall(match["codes"] or "") or [_EVERYTHING]


def _comments(text: str) -> list[str]:
    source = Source(text)
    waiting = [source.parse().root_node]
    found = []
    while waiting:
        node = waiting.pop()
        if node.type == "comment":
            found.append(source.span(node).of(text))
        else:
            waiting.extend(node.children)
    return found
