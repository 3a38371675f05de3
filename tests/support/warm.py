"""The command ``lastmile`` ready to be called: a real process each time, which has loaded before it is called.

Loading takes longer than most of what tests ask of the command. What a test is about a process's own start,
its signals or its end by force starts one with `PROGRAM`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.warm_start import VARIABLE

PROGRAM = (sys.executable, "-m", "lastmile")
"""The command as anybody starts it."""

_HERE = Path(__file__).parent
WARM = (sys.executable, "-IS", str(_HERE / "warm_start.py"))
"""The command as `standing_by` has it ready."""


@contextmanager
def standing_by() -> Iterator[None]:
    """Have the command ready for the length of a block, for whoever inherits our environment."""
    with tempfile.TemporaryDirectory(prefix="lm-") as place:  # short enough for a socket
        call = [sys.executable, "-P", str(_HERE / "warm_stand.py"), f"{place}/warm"]
        with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            os.environ[VARIABLE] = f"{place}/warm"
            yield
            del os.environ[VARIABLE]
