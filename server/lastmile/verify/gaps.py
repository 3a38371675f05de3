"""Gaps that a draft leaves: a comment that stands for code, and the markers of a merge conflict.

A model that writes "rest of the code unchanged" means it, and applying it would delete the rest.
Only what a text has more of than before counts. A comment counts when nothing is in it but the
words of such a placeholder; a sentence about existing code is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lastmile.cascade.verdict import Finding

_LINE_END = re.compile(r"\r\n?")
# A line that is a comment, or a filler with a comment: ``...  # rest of the body``.
_COMMENT = re.compile(
    r"^[ \t]*(?:(?:\.\.\.|pass)[ \t]*(?=#))?(?:\#+|//+|--|\{?/\*+|<!--)(?P<words>[^\n]*)$", re.MULTILINE
)
_ELLIPSIS = re.compile(r"\.{3,}|…")
_DECORATION = re.compile(r"[^\w' ]+")
_CODE = (
    r"(?:code|functions?|methods?|class(?:es)?|file|module|body|implementations?|logic|script"
    r"|statements?|lines|imports|tests?)"
)
_TAIL = (
    r"(?: (?:is|are|was|were|be|remains?|stays?|continues?|follows|goes|the|same|identical|unchanged|unmodified"
    r"|untouched|as|it|they|before|above|below|here|omitted|elided|for|brevity|not|shown|kept|intact))"
)
_VERB = r"(?:(?:keep|insert|add|put|leave|retain) )?"
# What is a placeholder without any dots.
_PLAIN = re.compile(
    rf"{_VERB}(?:all )?(?:the |your )?(?:rest|remainder) of (?:the |this |your )?(?:\w+ )?{_CODE}{_TAIL}*"
    rf"|{_VERB}(?:all )?(?:the |your )?(?:existing|previous|original|unchanged) {_CODE}{_TAIL}*"
    rf"|{_VERB}(?:all )?(?:the |your )?(?:other|remaining|same) {_CODE}{_TAIL}+"
    rf"|{_VERB}(?:your |the )?{_CODE}{_TAIL}+"
    rf"|{_VERB}your {_CODE}{_TAIL}*"
    r"|(?:(?:the )?(?:same|unchanged|identical) )?(?:as|from) (?:before|above)|unchanged|same|omitted(?: for brevity)?"
    r"|no (?:other )?changes?(?: (?:here|above|below|needed|required))*"
)
# What is one beside dots.
_DOTTED = re.compile(
    rf"(?:{_VERB}(?:all )?(?:the |your )?"
    rf"(?:rest|remainder|remaining|existing|previous|original|other|same|unchanged|omitted|{_CODE})\b.*)?"
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: [^\n]*)?$", re.MULTILINE)


def gaps(old: str, new: str) -> Iterator[Finding]:
    """List what the new text leaves out or leaves over, and the old did not."""
    before, after = _LINE_END.sub("\n", old), _LINE_END.sub("\n", new)
    yield from _more(after, _placeholders(before), _placeholders(after), "a placeholder for code")
    yield from _more(after, _CONFLICT.finditer(before), _CONFLICT.finditer(after), "a conflict marker")


def _more(text: str, before: Iterable[re.Match[str]], after: Iterable[re.Match[str]], what: str) -> Iterator[Finding]:
    known, found = [match.group() for match in before], list(after)
    if len(found) > len(known):
        place = next((match for match in found if match.group() not in known), found[-1])
        line = text.count("\n", 0, place.start())
        yield Finding("scope", f"The draft leaves {what}.", line=line, evidence=place.group())


def _placeholders(text: str) -> Iterator[re.Match[str]]:
    for match in _COMMENT.finditer(text):
        words = _DECORATION.sub(" ", match["words"]).lower().split()
        plain = " ".join(words)
        if _PLAIN.fullmatch(plain) or (_ELLIPSIS.search(match["words"]) and _DOTTED.fullmatch(plain)):
            yield match
