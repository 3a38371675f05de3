"""The command ``lastmile`` as a process that runs to its end."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support.warm import WARM

BROKEN = "import os\nimport sys\n\n\ndef f(x):\n    if x == None:\n        return sys\n    return Path(x)\n"


def lastmile(
    *arguments: str, env: dict[str, str], cwd: Path, code: int | None = None, program: Sequence[str] = WARM
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*program, *arguments],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done
