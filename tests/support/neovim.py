"""A real Neovim, headless, set up as the README says, that goes through a scenario of its own Lua.

Nothing of Neovim or of the server is replaced: `lastmile` is found on PATH, as a person's is. What
the scenario saw comes back as a `Report`; when it fails, Neovim's messages and its log of the
server are in the error.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
from attrs import field, frozen
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
LUA = ROOT / "tests" / "editors"
_PAUSE = 0.02
"""Seconds between two looks at what still runs."""

Cue = Callable[[], Awaitable[object] | object]


def block(page: Path, heading: str, *, language: str) -> str:
    """Take the one block of a language under a heading out of a page."""
    section = re.split(r"^#{2,3} ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = (part for part in section if part.startswith(f"{heading}\n"))
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


def lua_block(page: Path, heading: str) -> str:
    """Take the one block of Lua under a heading out of a page."""
    return block(page, heading, language="lua")


@frozen
class Report:
    """What a scenario saw."""

    noted: Mapping[str, Any]
    asked: list[Mapping[str, Any]]
    """The questions to the person: ``kind``, ``prompt`` and what was ``shown`` to choose from."""

    progress: list[Mapping[str, str]]
    messages: str
    """What ``:messages`` shows."""

    log: str
    """What Neovim wrote down of its dealings with the server that was not as it should be."""

    def __str__(self) -> str:
        """Say all of it, for the reader of a failed test."""
        questions = "\n".join(f"{asked['prompt']} {asked['shown']}" for asked in self.asked)
        progress = "\n".join(f"{step['kind']}: {step.get('message')}" for step in self.progress)
        parts = {"messages": self.messages, "questions": questions, "progress": progress, "log": self.log}
        return "\n".join(f"{name}:\n{text}\n" for name, text in parts.items())


@frozen
class Neovim:
    """A person's Neovim: a home folder with its settings, and a project."""

    home: Path
    project: Path
    desk: Path
    env: Mapping[str, str] = field(repr=False)
    patience: float = 3 * PATIENCE
    """Seconds for a scenario; what it waits for inside has a shorter limit each."""

    def write(self, **files: str | bytes) -> None:
        """Write Python files of the project, by their names without the ending."""
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            self.file(name).write_bytes(data)

    def file(self, name: str) -> Path:
        return self.project / f"{name}.py"

    def read(self, name: str) -> str:
        return self.file(name).read_bytes().decode()

    def configure(self, *blocks: str) -> None:
        """Write the person's init.lua."""
        path = self.home / ".config" / "nvim" / "init.lua"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(blocks), encoding="utf-8")

    async def go(
        self,
        scenario: str,
        *,
        cues: Mapping[str, Cue] | None = None,
        env: Mapping[str, str] | None = None,
        fails: bool = False,
        **given: Any,  # noqa: ANN401 - JSON for the scenario
    ) -> Report:
        """Run a scenario, ``name`` of scenarios.lua or ``file.name``.

        Where it meets a cue, the function of that name is called before it goes on. Where the server
        ``fails`` by design, Neovim may have written that down.
        """
        process = await asyncio.create_subprocess_exec(
            *("nvim", "--headless", "-S", str(LUA / "drive.lua")),
            cwd=self.project,
            env={**self._environment(scenario, given), **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        stderr = asyncio.ensure_future(process.stderr.read())  # type: ignore[union-attr]
        trouble = ""
        try:
            async with asyncio.timeout(self.patience):
                await self._follow(process.stdout, cues or {})  # type: ignore[arg-type]
                await process.wait()
        except TimeoutError:
            trouble = f"Neovim was not done after {self.patience:g} s."
        finally:
            left = await self._end(process)
            said = (await stderr).decode(errors="replace")
        report, found = self._report()
        trouble = trouble or found or (f"Neovim left processes behind: {left}" if left else "")
        trouble = trouble or ("Neovim's log of the server is not empty." if report.log and not fails else "")
        assert not trouble, f"{trouble}\n\n{report}\n{said}"
        return report

    def _environment(self, scenario: str, given: Mapping[str, Any]) -> dict[str, str]:
        kept = {name: value for name, value in self.env.items() if not name.startswith(("VIM", "NVIM", "MYVIM"))}
        file, _, name = scenario.rpartition(".")
        return kept | {
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "DRIVE_SCENARIOS": str(LUA / f"{file or 'scenarios'}.lua"),
            "DRIVE_SCENARIO": name,
            "DRIVE_GIVEN": json.dumps(given),
            "DRIVE_DESK": str(self.desk),
        }

    async def _follow(self, stdout: asyncio.StreamReader, cues: Mapping[str, Cue]) -> None:
        async for line in stdout:
            cue = line.decode().strip()
            done = cues[cue]() if cue in cues else None
            if inspect.isawaitable(done):
                await done
            (self.desk / cue).touch()

    async def _end(self, process: asyncio.subprocess.Process) -> list[str]:
        """Wait until all that was started is gone; end and name what stays."""
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        try:
            async with asyncio.timeout(PATIENCE):
                while self._running():  # noqa: ASYNC110 - processes that are not ours tell nobody that they end
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            left = self._running()
            for one in left:
                one.kill()
            return [" ".join(one.info["cmdline"]) for one in left]
        return []

    def _running(self) -> list[psutil.Process]:
        """Find the processes that have this desk in their environment: whatever Neovim started."""
        found = psutil.process_iter(["environ", "cmdline"])
        return [one for one in found if (one.info["environ"] or {}).get("DRIVE_DESK") == str(self.desk)]

    def _report(self) -> tuple[Report, str]:
        path = self.desk / "report.json"
        found: dict[str, Any] = {"trouble": "no report"}
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
        log = self.home / ".local" / "state" / "nvim" / "lsp.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        wrong = "\n".join(line for line in lines if not line.startswith("[START]"))
        seen = (found.get(name) for name in ("noted", "asked", "progress", "messages"))
        noted, asked, progress, messages = seen
        return Report(noted or {}, asked or [], progress or [], messages or "", wrong), found["trouble"]
