"""Whether words say anything: what is refused as empty, as a placeholder, or as a name said again.

A summary has three words or more and is not just the name taken apart: `parse_user_name` may not be
"Parse user name". Characters of scripts that write no blanks count as words. A description of one
parameter may be short, but not only its name, with or without an article.
"""

from __future__ import annotations

import re

_FEWEST_WORDS = 3
_ARTICLES = {"a", "an", "the"}
_MARKS = {"todo", "fixme", "tbd", "xxx", "tba", "wip"}
_FILLERS = {
    "",
    "description",
    "desc",
    "summary",
    "docstring",
    "placeholder",
    "type",
    "lorem ipsum",
    "add docstring here",
    "description here",
    "short description",
    "to be done",
    "to be written",
    "undocumented",
}
_TEMPLATE = re.compile(
    r"_(?:summary|description|type)_"
    r"|[\[<{](?:summary|description|short description|insert[^\]>}]*|your[^\]>}]*)[\]>}]"
    r"|\b(?:description|docstring|text) goes here\b"
    r"|\binsert (?:a )?(?:description|docstring|summary) here\b",
    re.IGNORECASE,
)
_IDEOGRAPH = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+(?:['\u2019-][^\W_{_IDEOGRAPH}]+)*")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


def summary_fault(summary: str, name: str) -> str:
    """Say what is wrong with a summary; empty where nothing is."""
    if not summary:
        return "The docstring has no summary."
    if is_placeholder(summary):
        return "The summary is a placeholder."
    words = _words(summary)
    if len(words) < _FEWEST_WORDS:
        return f"The summary has fewer than {_FEWEST_WORDS} words."
    return f"The summary only takes the name `{name}` apart." if words == _words_of_name(name) else ""


def description_fault(text: str, name: str = "") -> str:
    """Say what is wrong with a description, as a predicate; empty where nothing is."""
    if not text:
        return "has no description"
    if is_placeholder(text):
        return "has a placeholder for a description"
    said = [word for word in _words(text) if word not in _ARTICLES]
    return "has only its name for a description" if name and said == _words_of_name(name) else ""


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for one that is still to be written."""
    core = "".join(char if char.isalnum() else " " for char in text.casefold())
    if " ".join(core.split()) in _FILLERS:
        return True
    first = re.match(r"\W*(\w+)\s*(.?)", text)
    marked = (
        first is not None and first[1].casefold() in _MARKS and (first[1].isupper() or first[2] in {"", ":", ".", "("})
    )
    return marked or _TEMPLATE.search(text) is not None


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _words_of_name(name: str) -> list[str]:
    return [word.casefold() for word in _CAMEL.findall(name)]
