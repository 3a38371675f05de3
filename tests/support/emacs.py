"""A real Emacs, without a window, set up as editors/README.md says, that goes through a scenario of its own Lisp."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from tests.support.neovim import ROOT, block
from tests.support.patience import PATIENCE

LISP = ROOT / "tests" / "editors"
EGLOT = "eglot"
LSP_MODE = "lsp-mode"
_STARTS = {EGLOT: (), LSP_MODE: ("-f", "package-activate-all")}
"""What Emacs does by itself when it starts, and a batch does not: lsp-mode is in many files, which load each other."""
_PATIENCE = 3 * PATIENCE
"""Seconds for a scenario; what it waits for inside has a shorter limit each."""


def lines(heading: str) -> str:
    """Take the lines that stand below a heading of the page."""
    return block(ROOT / "editors" / "README.md", heading, language="elisp")


@frozen
class Seen:
    """What a scenario saw."""

    noted: Mapping[str, Any]
    asked: list[Mapping[str, Any]]
    """The questions to the person, and what was ``shown`` to choose from."""

    messages: str


@frozen
class Emacs:
    """A person's Emacs: a home folder with its settings, and a project."""

    home: Path
    project: Path
    env: Mapping[str, str] = field(repr=False)
    client: str = EGLOT
    """Which of the two that the page has lines for; its scenarios are in ``drive-CLIENT.el``."""

    def configure(self, *more: str) -> None:
        """Write the person's init.el, as the page says, and more where more is given."""
        init = self.home / ".emacs.d" / "init.el"
        init.parent.mkdir(parents=True, exist_ok=True)
        init.write_text("\n".join([lines(f"With {self.client}"), *more]), encoding="utf-8")

    async def go(self, scenario: str, *, env: Mapping[str, str] | None = None, **given: Any) -> Seen:  # noqa: ANN401 - JSON for the scenario
        """Run a scenario; its failure is this one's."""
        init = self.home / ".emacs.d" / "init.el"
        process = await asyncio.create_subprocess_exec(
            *("emacs", "-q", "--batch", *_STARTS[self.client], "-l", str(init)),
            *("-l", str(LISP / "drive.el"), "-l", str(LISP / f"drive-{self.client}.el")),
            cwd=self.project,
            env={**self._environment(scenario, given), **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        report = self.home / "report.json"
        text = (
            await asyncio.to_thread(report.read_text, encoding="utf-8")
            if await asyncio.to_thread(report.exists)
            else "{}"
        )
        found = json.loads(text)
        assert not found.get("trouble", "no report"), f"{found}\n{said.decode(errors='replace')}"
        return Seen(found["noted"], found["asked"], found["messages"])

    def _environment(self, scenario: str, given: Mapping[str, Any]) -> dict[str, str]:
        return {
            **self.env,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}",
            "DRIVE_SCENARIO": scenario,
            "DRIVE_GIVEN": json.dumps(given),
            "DRIVE_DESK": str(self.home),
        }
