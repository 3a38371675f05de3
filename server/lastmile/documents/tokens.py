"""Cuts a document of data into strings, words, comments and marks, whether it parses or not.

What tells two texts apart that hold the same is left out: blanks, commas, quotation marks that have no
partner. It knows no grammar: a word may be a key, a number or a part of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import frozen

_COMMENTS: Mapping[str, str] = MappingProxyType(
    {
        "json": r"//[^\r\n]*|/\*.*?\*/",
        "jsonc": r"//[^\r\n]*|/\*.*?\*/",
        "toml": r"#[^\r\n]*",
        "yaml": r"(?<!\S)#[^\r\n]*",
    }
)
_STRING = r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''" + r"""|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'"""
_WORD = r"""[^\s"'\[\]{},:=|>][^\s"\[\]{},:=|>]*"""
_MARK = r"[\[\]{}:=]"


class Sort(Enum):
    """What a token is."""

    COMMENT = "comment"
    STRING = "string"
    WORD = "word"
    MARK = "mark"


@frozen
class Token:
    """One piece of a document."""

    sort: Sort
    text: str
    """Of a string what stands between its quotation marks, of a comment its words with one blank between them."""

    at: int
    """The offset in the document."""

    @property
    def key(self) -> tuple[Sort, str]:
        """What makes it the same as a token of another text."""
        return self.sort, self.text


def tokens(text: str, language: str) -> tuple[Token, ...]:
    """Cut a document of one of the `values.LANGUAGES`."""
    pattern = f"(?P<comment>{_COMMENTS[language]})|(?P<string>{_STRING})|(?P<word>{_WORD})|(?P<mark>{_MARK})"
    found = re.finditer(pattern, text, re.DOTALL)
    return tuple(Token(Sort(item.lastgroup), _said(item), item.start()) for item in found)


def _said(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "comment":
            return " ".join(found[0].split())
        case "string":
            quotes = 3 if found[0].startswith(('"""', "'''")) else 1
            return _escapes(found[0][quotes:-quotes])
        case _:
            return found[0]


def _escapes(text: str) -> str:
    """Read backslashes alike, however many stand there: to double one is a repair."""
    return re.sub(r"\\+", r"\\", text.replace("\\'", "'"))
