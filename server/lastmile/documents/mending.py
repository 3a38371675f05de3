"""Mends a JSON text where its parser stops, in the few cases in which one can be sure what was meant.

A fix is proposed only where the parser comes further with it. Nothing is guessed: a missing comma is
put between lines, never within one, where a quotation mark may be missing instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lastmile.documents.values import Reading, Trouble
from lastmile.text.diagnostic import Fix, Safety
from lastmile.text.edits import Replacement, Span, apply

_QUOTED = re.compile(r"'([^'\"\\\r\n]*)'(?=\s*[,:}\]])")
_WORD = re.compile(r"(?:True|False|None)\b")
_WORDS = {"True": "true", "False": "false", "None": "null"}
_OPENING = ('"', "{", "[")
_CLOSING = ("}", "]")
_ENDS_A_VALUE = re.compile(r'["}\]\w]\Z')


def mended(text: str, trouble: Trouble, read: Callable[[str], Reading]) -> Fix | None:
    """Give the fix of the place where the text stops to parse; None where none is sure."""
    for title, edit in _ideas(text, trouble):
        after = apply(text, [edit])
        left = read(after).trouble
        if left is None or after[edit.span.start + len(edit.text) : left.at].strip():
            return Fix(Safety.SAFE, title, (edit,))
    return None


def _ideas(text: str, trouble: Trouble) -> Iterator[tuple[str, Replacement]]:
    at = trouble.at
    before, after = text[:at].rstrip(), text[at:].lstrip()
    if before.endswith(",") and after.startswith(_CLOSING):
        yield "remove the trailing comma", Replacement(Span(len(before) - 1, len(before)), "")
    if text[at : at + 1] == "," and text[at + 1 :].lstrip().startswith(_CLOSING):
        yield "remove the trailing comma", Replacement(Span(at, at + 1), "")
    if (
        after.startswith(_OPENING)
        and _ENDS_A_VALUE.search(before)
        and _parted(text, len(before), len(text) - len(after))
    ):
        yield "add the missing comma", Replacement(Span(len(before), len(before)), ",")
    if (quoted := _QUOTED.match(text, at)) is not None:
        yield "use double quotes", Replacement(Span(*quoted.span()), f'"{quoted[1]}"')
    if (word := _WORD.match(text, at)) is not None:
        yield f"write {_WORDS[word[0]]}", Replacement(Span(*word.span()), _WORDS[word[0]])


def _parted(text: str, start: int, end: int) -> bool:
    return "\n" in text[start:end] or "\r" in text[start:end]
