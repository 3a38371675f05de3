"""Reads TOML. Its parser itself refuses a key that stands twice."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from typing import Any

from lastmile.documents.values import Reading, Trouble
from lastmile.text.lines import LineIndex

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(text: str) -> Reading:
    """Read a TOML text."""
    try:
        return Reading((_json_types(tomllib.loads(text)),))
    except RecursionError:
        return Reading(trouble=Trouble("It is nested too deeply.", 0))
    except ValueError as error:
        said = str(error)
        found = _PLACE.search(said)
        message = said[: found.start()] if found else said
        return Reading(trouble=Trouble(message, len(text) if found is None or found[1] is None else _at(found, text)))


def _at(found: re.Match[str], text: str) -> int:
    lines = LineIndex(text)
    return min(lines.start(int(found[1]) - 1) + int(found[2]) - 1, len(text))


def _json_types(value: Any) -> Any:  # noqa: ANN401 - whatever the document holds
    """Write times as texts, as JSON Schema has them."""
    match value:
        case dict():
            return {name: _json_types(member) for name, member in value.items()}
        case list():
            return [_json_types(member) for member in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return value
