"""What a model needs of a failed command's output: its first lines and its last, the same at each run."""

from __future__ import annotations

import re
from pathlib import Path

from lastmile.text.named import left_out
from lastmile.verify.command.values import Ended

_MOST_LINES = 40
"""What a model needs and no more."""

_LONGEST_LINE = 300
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_TIME = re.compile(r"\b\d+(?:\.\d+)?(?= ?(?:s|ms|µs|seconds)\b)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def evidence(ended: Ended, root: Path) -> str:
    """Shorten what a command printed to 40 lines.

    Compilers say the cause first and test runners last, so the middle goes. Times and the
    workspace's own path are left out.
    """
    said = "\n".join(part for part in (ended.out.strip("\n"), ended.err.strip("\n")) if part)
    plain = _TIME.sub("…", _CONTROL.sub("", _COLOUR.sub("", said.replace("\r\n", "\n"))))
    lines = [_short(line) for line in plain.replace(f"{root}/", "").split("\n") if line.strip()]
    if len(lines) <= _MOST_LINES:
        return "\n".join(lines)
    first = _MOST_LINES // 2
    last = _MOST_LINES - first - 1
    return "\n".join([*lines[:first], left_out(lines[first:-last]), *lines[-last:]])


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
