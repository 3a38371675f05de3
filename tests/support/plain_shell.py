"""A shell over a copy of the workspace, for tests that write all that runs in it: it is no sandbox."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field

from lastmile.sandbox.shell import Ended


@define
class PlainShell:
    """Runs commands in a copy of a folder, which stands in for the folder in their words."""

    root: Path
    asked: list[tuple[str, ...]] = field(factory=list)

    async def absent(self) -> str:
        return ""

    async def run(self, argv: Sequence[str], *, texts: Mapping[Path, str], cwd: Path, seconds: float) -> Ended:
        self.asked.append(tuple(argv))
        return await asyncio.to_thread(self._run, argv, texts, cwd, seconds)

    def _run(self, argv: Sequence[str], texts: Mapping[Path, str], cwd: Path, seconds: float) -> Ended:
        with TemporaryDirectory() as scratch:
            copy = Path(scratch) / "copy"
            shutil.copytree(self.root, copy)
            for path, text in texts.items():
                (copy / path.relative_to(self.root)).write_text(text)
            there = [word.replace(str(self.root), str(copy)) for word in argv]
            place = copy / cwd.relative_to(self.root)
            try:
                done = subprocess.run(there, cwd=place, capture_output=True, text=True, timeout=seconds, check=False)
            except subprocess.TimeoutExpired:
                return Ended(None, trouble=f"it took longer than {seconds:g} s.")
            except OSError as error:
                return Ended(None, trouble=f"it could not be started: {error.strerror}.")
            out, err = (part.replace(str(copy), str(self.root)) for part in (done.stdout, done.stderr))
            return Ended(done.returncode, out, err)
