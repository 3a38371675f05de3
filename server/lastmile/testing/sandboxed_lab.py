"""Runs scripts of ours in the project's interpreter, in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from lastmile.sandbox.shell import Shell
from lastmile.testing.lab import Said, Script


@frozen
class SandboxLab:
    """Satisfies `testing.lab.Lab`."""

    root: Path
    shell: Shell
    python: Callable[[], Path | None]
    """Finds the project's interpreter; blocks."""

    async def absent(self) -> str:
        """Say why no script can run here, and what to do; empty when one can."""
        if why := await self.shell.absent():
            return why
        return "" if await asyncio.to_thread(self.python) else "The project has no Python of its own."

    async def run(self, script: Script) -> Said:
        """Run a script. Never raises for what the texts contain; the working tree stays as it is."""
        if why := await self.absent():
            return Said(trouble=why)
        python = await asyncio.to_thread(self.python)
        call = [str(python), "-I", "-c", script.code]
        ended = await self.shell.run(call, texts=script.texts, cwd=self.root, seconds=script.seconds)
        if ended.status == 0:
            return Said(ended.out)
        last = ended.err.splitlines()[-1:] or [""]
        return Said(ended.out, ended.trouble or f"it ended with status {ended.status}: {last[0]}")
