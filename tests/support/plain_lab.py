"""Scripts run in the plainest way there is: over a copy of the folder, as a program.

It contains nothing: only texts of our own making run on it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.testing.lab import Said, Script
from lastmile.tools.process import run


@define
class PlainLab:
    """A folder whose modules scripts import."""

    root: Path
    why: str = ""
    asked: list[Script] = field(factory=list)

    async def absent(self) -> str:
        return self.why

    async def run(self, script: Script) -> Said:
        self.asked.append(script)
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "copy"
            shutil.copytree(self.root, copy, ignore=shutil.ignore_patterns("__pycache__"))
            for path, text in script.texts.items():
                (copy / path.relative_to(self.root)).write_text(text, encoding="utf-8")
            program = Path(place) / "script.py"
            program.write_text(script.code.replace(str(self.root), str(copy)), encoding="utf-8")
            call = ["env", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-I", str(program)]
            try:
                done = await run(call, text="", cwd=copy, deadline=script.seconds)
            except ToolError as error:
                return Said(trouble=str(error))
        out = done.out.decode("utf-8", "replace")
        return Said(out, "" if done.status == 0 else f"it ended with status {done.status}: {_last(done.err)}")


def _last(err: bytes) -> str:
    lines = err.decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else ""
