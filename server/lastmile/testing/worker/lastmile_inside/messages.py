"""What a failure says to whoever repairs it: the exception, and the frames that lie in the project.

The same failure gives the same text: no addresses, no times. Nothing is left of it past 40 lines.
"""

from __future__ import annotations

import ast
import linecache
import os
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

MOST_LINES, LONGEST_LINE = 40, 400
_MOST_FRAMES = 8
_MOST_STATEMENT_LINES = 8
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NAMED = re.compile(r'File "([^"]{1,200})"|([\w.\\/-]{1,200}\.\w{1,12})(?=:\d)')
_NEAR = 3
_DURATION = re.compile(r"\b\d+\.\d+ ?(?:s|ms|seconds)\b")
_FOREIGN = ("site-packages", "dist-packages", "lastmile_inside")


def of_exception(excinfo: Any, report: Any, root: str) -> str:
    """Write an exception down, innermost frame last."""
    try:
        lines = [*_frames(excinfo, root), *_exception(excinfo, report).splitlines()]
    except Exception as error:  # noqa: BLE001 - a draft's exception can raise whatever it likes when it is looked at
        lines = [f"an exception that cannot be shown ({type(error).__name__})"]
    return _bounded(lines)


def of_text(text: str) -> str:
    """Make a message of what pytest wrote."""
    return _bounded(text.strip().splitlines())


def last_line(text: str) -> str:
    """Give the last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return _bounded(lines[-1:])


def _frames(excinfo: Any, root: str) -> Iterator[str]:
    ours = [entry for entry in excinfo.traceback if _is_ours(str(entry.path), root)]
    if len(ours) > _MOST_FRAMES:
        half = _MOST_FRAMES // 2
        ours = ours[:half] + ours[-half:]
    for entry in ours:
        yield f"{os.path.relpath(str(entry.path), root)}:{entry.lineno + 1}: in {entry.name}"
        yield "    " + _statement(str(entry.path), entry.lineno + 1)


def _statement(path: str, line: int) -> str:
    """Give the statement that begins in a line, or the line alone where it does not end soon.

    Pytest's own way parses and walks the whole file, for each frame anew.
    """
    lines = [linecache.getline(path, number) for number in range(line, line + _MOST_STATEMENT_LINES)]
    for count in range(1, len(lines) + 1):
        text = textwrap.dedent("".join(lines[:count])).strip()
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the project's text, which is none of ours
            ast.parse(text)
            return text
    return lines[0].strip()


def _is_ours(path: str, root: str) -> bool:
    return path.startswith(root + os.sep) and not any(name in path for name in _FOREIGN)


def _exception(excinfo: Any, report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message)
    return f"{excinfo.typename}: {excinfo.value}"


def _bounded(lines: list[str]) -> str:
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        cut = lines[half : -(half - 1)]
        lines = [*lines[:half], f"... {len(cut)} lines left out{_of(cut)}", *lines[-(half - 1) :]]
    short = "\n".join(line[:LONGEST_LINE] for line in lines)
    return _DURATION.sub("… s", _ADDRESS.sub("0x…", short))


def _of(cut: list[str]) -> str:
    """Name the files that stand next to the cut, as `text.named` does: lines of them may be kept by their names."""
    named = [one or other for line in cut for one, other in _NAMED.findall(line[:LONGEST_LINE])]
    near = dict.fromkeys([*named[:_NEAR], *named[-_NEAR:]])
    return ", of " + ", ".join(f'"{name}"' for name in near) if near else ""
