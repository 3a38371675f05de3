"""Fences: how text that is data is set apart from words that are meant, in prompts and replies.

A fence is made longer than any run of backticks in what it holds, so nothing inside can close it.
"""

from __future__ import annotations

import re

_BACKTICKS = re.compile(r"`{3,}")
_SHORTEST = 3


def fence_for(*texts: str) -> str:
    """Give a fence that none of the texts can close."""
    longest = max((len(run) for text in texts for run in _BACKTICKS.findall(text)), default=_SHORTEST - 1)
    return "`" * (longest + 1)


def fenced(text: str, language: str = "") -> str:
    """Set a text apart; a line end is added where the text has none at its end."""
    fence = fence_for(text)
    closing = "" if text.endswith("\n") or not text else "\n"
    return f"{fence}{language}\n{text}{closing}{fence}"


def plain_newlines(text: str) -> str:
    r"""Write every line end as ``\n``, the one that models read and write."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def sendable(text: str) -> str:
    """Replace half surrogate pairs, which an editor can send and no request can carry."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
