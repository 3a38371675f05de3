"""What a TOML file says about Lastmile. Nothing here touches the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lastmile.config.sources import Layer, Source

_LONGEST_TROUBLE = 160


def parse(path: Path, data: bytes, layer: Layer) -> Source | None:
    """Read the settings of a ``lastmile.toml``, or those under ``tool.lastmile`` in a ``pyproject.toml``.

    None where a ``pyproject.toml`` says nothing about Lastmile. A file that cannot be parsed is a
    source with its trouble and no values.
    """
    shared = path.name == "pyproject.toml"
    if shared and b"lastmile" not in data:
        return None  # Most are like this, and parsing is slow.
    try:
        table = _load(data)
    except (ValueError, RecursionError) as error:
        # The parser names the line, except where it is the last.
        last = data.count(b"\n") + 1
        why = str(error).replace("at end of document", f"at line {last}, the end of the file")
        return Source(layer, str(path), trouble=f"is not valid TOML, and is ignored: {_shorten(why)}")
    if not shared:
        return Source(layer, str(path), table)
    tool = table.get("tool")
    return Source(layer, str(path), tool["lastmile"]) if isinstance(tool, dict) and "lastmile" in tool else None


def _load(data: bytes) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - the server starts without it

    return tomllib.loads(data.decode("utf-8-sig"))


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TROUBLE else line[:_LONGEST_TROUBLE] + "…"
