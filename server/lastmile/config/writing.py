"""Sets one text setting in a settings file, and leaves every other byte of the file as it is.

The places where it may stand are tried in turn, and the first that gives the same settings with
the new value in them is taken; where none does, a person has to write it. Nothing here touches the disk.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from lastmile.errors import SettingsError

_QUOTED = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""


def with_setting(text: str, table: str, name: str, value: str) -> str:
    """Give the text of a TOML file with ``table.name`` set. Raises `SettingsError` where that is not safe."""
    try:
        wanted = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"is not valid TOML ({error}): mend it first"
        raise SettingsError(message) from error
    inside = wanted.setdefault(table, {})
    if isinstance(inside, dict):
        inside[name] = value
        for changed in _candidates(text, table, name, _written(value)):
            if _loads(changed) == wanted:
                return changed
    message = f"has {table}.{name} in a place that cannot be changed safely: write {name} = {_written(value)} by hand"
    raise SettingsError(message)


def _candidates(text: str, table: str, name: str, value: str) -> Iterator[str]:
    """Give what the text may become: another value, a new line in the table, a new table."""
    end = "\r\n" if "\r\n" in text else "\n"
    key = rf"""(?:{re.escape(table)}\s*\.\s*)?["']?{re.escape(name)}["']?"""
    for found in re.finditer(rf"(?m)(?P<key>(?:^|[{{,])[ \t]*{key}[ \t]*=[ \t]*){_QUOTED}", text):
        yield text[: found.start()] + found["key"] + value + text[found.end() :]
    head = rf"""(?m)^[ \t]*\[[ \t]*["']?{re.escape(table)}["']?[ \t]*\][ \t]*(?:#[^\r\n]*)?(?=\r?$)"""
    for found in re.finditer(head, text):
        yield f"{text[: found.end()]}{end}{name} = {value}{text[found.end() :]}"
    gap = "" if not text or text.endswith("\n") else end
    space = end if text.strip() else ""
    yield f"{text}{gap}{space}[{table}]{end}{name} = {value}{end}"
    yield f"{table}.{name} = {value}{end}{text}"


def _written(value: str) -> str:
    """Write a text as TOML does; JSON's way differs in one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _loads(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
