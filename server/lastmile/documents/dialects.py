"""Words of YAML that its versions read differently: ``no`` is false to YAML 1.1 and a text to YAML 1.2.

Which version the reader of a document speaks, nobody can see in it, so a draft should write none of them,
unless the document has that sort of word already: then whoever wrote it knows its reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_SORTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "a boolean to YAML 1.1 and a text to YAML 1.2": re.compile(
            r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF", re.ASCII
        ),
        "an octal number to YAML 1.1 and a decimal one to YAML 1.2": re.compile(r"[+-]?0[0-7_]+", re.ASCII),
        "a text to YAML 1.1 and an octal number to YAML 1.2": re.compile(r"[+-]?0o[0-7]+", re.ASCII),
        "a number of base 60 to YAML 1.1 and a text to YAML 1.2": re.compile(
            r"[+-]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII
        ),
        "a text to YAML 1.1 and a number to YAML 1.2": re.compile(r"[+-]?[0-9]+[eE][+-]?[0-9]+", re.ASCII),
        "a number to YAML 1.1 and a text to YAML 1.2": re.compile(r"[+-]?(?:0b[01_]+|[1-9][0-9]*_[0-9_]+)", re.ASCII),
    }
)
_OPENING: Mapping[str, int | None] = MappingProxyType({"MappingStartEvent": 0, "SequenceStartEvent": None})
_NODES = frozenset({"ScalarEvent", "AliasEvent", *_OPENING})


def doubtful(old: str, new: str) -> tuple[str, ...]:
    """Say which values the new text writes in such words, of a sort that the old text has none of.

    Both texts parse; where one does not, nothing is said.
    """
    before, after = (Counter(_doubts(text)) for text in (old, new))
    known = {why for _, why in before}
    return tuple(f"`{word}` is {why}: quote it, or write it otherwise." for word, why in after if why not in known)


def _doubts(text: str) -> Iterator[tuple[str, str]]:
    for word in _plain(text):
        for why, pattern in _SORTS.items():
            if pattern.fullmatch(word):
                yield word, why


def _plain(text: str) -> Iterator[str]:
    """List the values that stand without quotation marks and tags; keys are left out."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above

    try:
        events = list(YAML(typ="safe", pure=True).parse(text))
    except (YAMLError, ValueError, RecursionError):
        return
    turns: list[int | None] = []  # of each open mapping how many nodes of it came, of each open list None
    for event in events:
        name = type(event).__name__
        if name in {"MappingEndEvent", "SequenceEndEvent"}:
            turns.pop()
        elif name in _NODES:
            is_value = _takes_turn(turns)
            if name == "ScalarEvent" and is_value and event.implicit[0]:
                yield event.value
            elif name in _OPENING:
                turns.append(_OPENING[name])


def _takes_turn(turns: list[int | None]) -> bool:
    """Count a node in what is open, and tell whether it is no key."""
    if not turns or turns[-1] is None:
        return True
    turns[-1] += 1
    return turns[-1] % 2 == 0
