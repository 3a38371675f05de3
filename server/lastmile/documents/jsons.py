"""Reads JSON strictly, and JSON with comments as VS Code does: comments and trailing commas are blanks."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

from lastmile.documents.values import Reading, Trouble

_STRING = r'"(?:\\.|[^"\\\n])*"'
_COMMENTS = re.compile(rf"{_STRING}|//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_COMMAS = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_NOT_A_LINE_END = re.compile(r"[^\r\n]")


def read_json(text: str) -> Reading:
    """Read JSON as its standard has it: NaN and the like are none of it."""
    duplicates: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _table(pairs, duplicates), parse_constant=_constant)
    except json.JSONDecodeError as error:
        return Reading(trouble=Trouble(error.msg, error.pos))
    except (ValueError, RecursionError) as error:
        return Reading(trouble=Trouble(str(error), 0))
    return Reading((value,), tuple(duplicates))


def read_jsonc(text: str) -> Reading:
    """Read JSON with comments; no character moves."""
    return read_json(_COMMAS.sub(_blank, _COMMENTS.sub(_blank, text)))


def _blank(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else _NOT_A_LINE_END.sub(" ", found[0])


def _table(pairs: list[tuple[str, Any]], duplicates: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        duplicates.extend((Counter(name for name, _ in pairs) - Counter(made.keys())).elements())
    return made


def _constant(name: str) -> NoReturn:
    message = f"{name} is not JSON."
    raise ValueError(message)
