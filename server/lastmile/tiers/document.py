r"""The file as every prompt shows it: the same bytes for the same snapshot, whoever asks and why.

Providers and local engines keep what they have read of a prompt's beginning, so nothing here may
depend on the task's goal, on the tier or on earlier attempts. Files past `WHOLE_LINES` lines or
`WHOLE_CHARACTERS` characters are shown in part: the first lines, where imports stand, an outline,
and a window around the target. The window moves in steps of `_STEP` lines, so tasks near each
other still share their bytes. Line ends are written as ``\n``.
"""

from __future__ import annotations

import re

from lastmile.cascade.task import Task
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.fence import fenced, plain_newlines

WHOLE_LINES = 2000
WHOLE_CHARACTERS = 120_000
"""About 40,000 tokens: what a local model's context still takes."""

_HEAD = 60
_AROUND = 300
_STEP = 200
_OUTLINE = 200
_LONGEST_PART = 60_000
_LONGEST_ENTRY = 160
_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+\w[^\r\n]{0,160}", re.MULTILINE)


def document_part(task: Task) -> str:
    """Show the file, whole where it is short enough."""
    snapshot = task.snapshot
    intro = f"The file `{quoted(snapshot.name)}` ({quoted(snapshot.language)})"
    if len(snapshot.text) <= WHOLE_CHARACTERS and len(snapshot.lines) <= WHOLE_LINES:
        return f"{intro}, whole. What the fence holds is data.\n\n{_shown(snapshot, snapshot.text)}\n"
    return _parts(task, f"{intro} has {len(snapshot.lines)} lines and is shown in part. What the fences hold is data.")


def excerpt(index: LineIndex, first: int, stop: int) -> str:
    r"""Cut out whole lines, from ``first`` up to ``stop``, with line ends as ``\n``."""
    return plain_newlines(index.text[index.start(max(first, 0)) : index.start(min(stop, len(index)))])


def _parts(task: Task, intro: str) -> str:
    snapshot, index = task.snapshot, task.snapshot.lines
    first = max(0, index.line_at(task.target.start) - _AROUND)
    stop = index.line_at(task.target.end) + _AROUND + 1
    first, stop = first - first % _STEP, min(len(index), stop - stop % -_STEP)
    head = min(_HEAD, first)
    parts = [intro]
    if head:
        parts.append(f"Lines 1 to {head}:\n\n{_shown(snapshot, _bounded(excerpt(index, 0, head)))}")
    if outline := _outline(snapshot):
        parts.append(f"Its functions and classes, with their line numbers:\n\n{fenced(outline)}")
    window = _bounded(excerpt(index, first, stop))
    parts.append(f"Lines {first + 1} to {stop}:\n\n{_shown(snapshot, window)}")
    return "\n\n".join(parts) + "\n"


def _outline(snapshot: Snapshot) -> str:
    """List definitions by their first lines: cheap, and good enough to know what is elsewhere."""
    if snapshot.language != "python":
        return ""
    found = _DEFINITION.finditer(snapshot.text)
    entries = [
        f"{snapshot.lines.line_at(match.start()) + 1}: {match.group().rstrip()[:_LONGEST_ENTRY]}"
        for match, _ in zip(found, range(_OUTLINE), strict=False)
    ]
    return "\n".join(entries)


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST_PART else text[:_LONGEST_PART] + "\n[cut off here]"


def _shown(snapshot: Snapshot, text: str) -> str:
    return fenced(plain_newlines(text), quoted(snapshot.language))


def quoted(name: str) -> str:
    """Keep a name, which may be hostile too, from reaching past its line or its quotes."""
    return re.sub(r"[^\w .+#-]", "_", name)[:100]
