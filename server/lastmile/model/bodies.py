"""Writes requests to the host as JSON. Documents may hold half surrogate pairs, which no JSON of UTF-8 can carry."""

from __future__ import annotations

import re

import orjson

_HALF = re.compile("[\ud800-\udfff]")
_UNREADABLE = "\ufffd"


def body(value: object) -> bytes:
    """Write a request; half a surrogate pair in it becomes the character for what cannot be read."""
    try:
        return orjson.dumps(value)
    except TypeError:  # looked for only then, since a long text has one next to never
        return orjson.dumps(_readable(value))


def _readable(value: object) -> object:
    match value:
        case str():
            return _HALF.sub(_UNREADABLE, value)
        case dict():
            return {_readable(name): _readable(each) for name, each in value.items()}
        case list() | tuple():
            return [_readable(each) for each in value]
    return value
