"""What a draft brings that a reader of it would not see, or would take for something else.

Marks that turn the order of what is shown, characters without width, control characters, line ends of another
kind; and in Python
names that look like other names, and a declaration that has the file read in another encoding. Only what a
text has more of than before counts. What strings and comments say in another script is theirs to say.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from unicodedata import name, normalize

from lastmile.cascade.verdict import Finding
from lastmile.text.lines import split_lines
from lastmile.text.symbols import Source

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)
"""Joiners and variation selectors are none of them: scripts and emoji are written with those."""

_WORD = re.compile(r"[^\W\d]\w*")
_LOOKALIKES: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοՕօոսՏ",  # noqa: RUF001 - what they look like stands below
            "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXoOonuS",
            strict=True,
        )
    )
)
"""Letters of Cyrillic, Greek and Armenian that fonts show as they show Latin ones (Unicode's confusables.txt)."""

_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(r"[ \t\f]*(?:#|[\r\n]|\Z)")
_HEAD = 4000
"""Characters that are looked through for a declaration: it stands on one of the first two lines."""


def unseen(old: str, new: str, *, language: str) -> Iterator[Finding]:
    """List what a reader of the change is not shown as it is."""
    yield from _characters(old, new)
    if (ends := _ends(old)) and _ends(new) - ends:
        yield Finding("scope", "The draft mixes other line ends into the file.", line=0)
    if language == "python":
        yield from _names(old, new)
        if _encoding(old) != _encoding(new):
            yield Finding("scope", "The draft changes the encoding that Python reads the file in.", line=0)


def _characters(old: str, new: str) -> Iterator[Finding]:
    if _UNSEEN.search(new) is None:
        return
    known, left = Counter(_UNSEEN.findall(old)), Counter[str]()
    for match in _UNSEEN.finditer(new):
        left[match[0]] += 1
        if left[match[0]] > known[match[0]]:
            code = f"U+{ord(match[0]):04X}"
            called = name(match[0], "a control character").lower()
            message = f"The draft holds {code} ({called}), which nobody sees: write it as an escape, or leave it out."
            yield Finding("scope", message, line=_line(new, match.start()))
            return


def _names(old: str, new: str) -> Iterator[Finding]:
    """Find new names that are read as others than they are."""
    if new.isascii():
        return
    had, has = set(_WORD.findall(old)), set(_WORD.findall(new))
    fresh = (word for word in has - had if not word.isascii())
    seen = {word: reads for word in fresh if (reads := _reads(word, had | has)) != word}
    if not seen:
        return
    for word, start in _identifiers(new):
        if word in seen:
            message = f"The draft brings a name that reads like `{seen[word]}` and is written with other letters."
            yield Finding("scope", message, line=_line(new, start), evidence=ascii(word))
            return


def _reads(word: str, words: set[str]) -> str:
    """Give what a reader takes a name for: itself, unless it looks like one in Latin letters alone.

    One that has no Latin letter at all may be a word of its own language, unless what it looks like is there.
    """
    plain = normalize("NFKC", word)
    latin = "".join(_LOOKALIKES.get(char, char) for char in plain)
    mixed = plain != word or any(char.isascii() and char.isalpha() for char in plain)
    return latin if latin.isascii() and (mixed or latin in words) else word


def _identifiers(text: str) -> Iterator[tuple[str, int]]:
    source = Source(text)
    waiting = [source.parse().root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "identifier":
            span = source.span(node)
            yield span.of(text), span.start
        waiting.extend(reversed(node.children))


def _encoding(text: str) -> str:
    """Name the encoding that a text declares for itself (PEP 263); one that nobody knows is told by its own name."""
    for line in split_lines(text.removeprefix("\ufeff")[:_HEAD])[:2]:
        if found := _CODING.match(line):
            try:
                return codecs.lookup(found[1]).name
            except LookupError:
                return found[1]
        if not _BLANK.match(line):
            break
    return "utf-8"


def _ends(text: str) -> set[str]:
    """List which kinds of line ends there are."""
    plain = text.replace("\r\n", "")
    return {
        end for end, there in (("\r\n", len(plain) < len(text)), ("\n", "\n" in plain), ("\r", "\r" in plain)) if there
    }


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset)
