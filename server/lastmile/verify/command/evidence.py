"""What a model needs of a failed command's output, the same at each run."""

from __future__ import annotations

import re
from pathlib import Path

from lastmile.jobs.shortening import shorten
from lastmile.sandbox.shell import Ended

_MOST_LINES = 40
"""What a model needs and no more."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_TIME = re.compile(r"\b\d+(?:\.\d+)?(?= ?(?:s|ms|µs|seconds)\b)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def evidence(ended: Ended, root: Path) -> str:
    """Shorten what a command printed to about 40 lines. Times and the workspace's own path are left out."""
    said = "\n".join(part for part in (ended.out.strip("\n"), ended.err.strip("\n")) if part)
    plain = _TIME.sub("…", _CONTROL.sub("", _COLOUR.sub("", said.replace("\r\n", "\n"))))
    return shorten(plain.replace(f"{root}/", ""), lines=_MOST_LINES)
