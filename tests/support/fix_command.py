"""``lastmile fix`` as a process that runs to its end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from tests.support.warm import PROGRAM, WARM

CALL = (*PROGRAM, "fix")
UNUSED = "import os\nx = 1\n"


@frozen
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document of the output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def run(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    program: Sequence[str] = WARM,
    stdin: int | None = subprocess.DEVNULL,
    closed: str = "",
) -> Done:
    """Run the command to its end; nothing that it prints is ever a traceback."""
    call = [*program, "fix", *arguments]
    if closed:
        call = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *call]
    done = subprocess.run(
        call, cwd=cwd, env=env, stdin=stdin, capture_output=True, check=False, timeout=120, encoding="utf-8"
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
