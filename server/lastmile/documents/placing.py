"""Where a place of a document stands in its text: a key or a value that a schema speaks of.

A document of TOML, and JSON with comments, are not read with their places: there a key is found
where it stands once, and otherwise nothing is claimed to be found.
"""

from __future__ import annotations

import re
from typing import Any

from lastmile.documents.validating import Steps
from lastmile.text.edits import Span

_LONGEST = 300_000
"""Characters of a text that is read once more for its places."""


def places(text: str, language: str, wanted: tuple[Steps, ...]) -> tuple[Span, ...]:
    """Give the place of each: its key, else its value's first line; the text's first line where it is not found."""
    roots = _roots(text) if language != "toml" and len(text) <= _LONGEST else ()
    return tuple(_span(text, _found(roots, steps) if roots else _once(text, steps)) for steps in wanted)


def _roots(text: str) -> tuple[Any, ...]:
    """Read the text with its places; JSON is YAML too."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above

    try:
        return tuple(YAML(typ="safe", pure=True).compose_all(text))
    except (YAMLError, RecursionError, ValueError):
        return ()


def _found(roots: tuple[Any, ...], steps: Steps) -> tuple[int, int] | None:
    """Walk down to the place; a key's own place counts, that of its value otherwise."""
    if len(roots) > 1:
        at, *rest = steps or (0,)
        roots, steps = roots[int(at) :][:1], tuple(rest)
    mark = node = roots[0] if roots else None
    for step in steps:
        inner = getattr(node, "value", None)
        if not isinstance(inner, list):
            return None
        if isinstance(step, int):
            node = mark = inner[step] if step < len(inner) and not isinstance(inner[step], tuple) else None
        else:
            pairs = (pair for pair in inner if isinstance(pair, tuple) and str(pair[0].value) == step)
            mark, node = next(pairs, (None, None))
    return None if mark is None else (mark.start_mark.index, mark.end_mark.index)


def _once(text: str, steps: Steps) -> tuple[int, int] | None:
    """Find the last key of the way where the text has it once."""
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    if not key:
        return None
    pattern = rf"(?<![\w-])([\"']?){re.escape(key)}\1(?=\s*[=:.\]])"
    found = [match.span() for match in re.finditer(pattern, text)]
    return found[0] if len(found) == 1 else None


def _span(text: str, found: tuple[int, int] | None) -> Span:
    start, end = found or (0, len(text))
    line_end = re.compile(r"[\r\n]|$").search(text, start)
    assert line_end is not None  # noqa: S101 - an end there always is
    return Span(start, max(start, min(end, line_end.start())))
