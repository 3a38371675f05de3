"""The check of commands: each command that is set for the task ends with status zero.

A command that failed on the text as it was is told apart in the finding, and refuses all the same:
what it says of the draft is not known.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import define, field

from lastmile import files
from lastmile.cascade.protocols import Clock
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.config.verifying import Command
from lastmile.errors import ToolError
from lastmile.sandbox.shell import Ended, Shell
from lastmile.tools.offload import Offload
from lastmile.verify.command.evidence import evidence
from lastmile.verify.command.line import Places, filled, judges, places_of

CHECK = "command"
_CACHED_BASELINES = 64
Texts = Mapping[Path, str]


def _no_others() -> Texts:
    return {}


@define(eq=False)
class CommandCheck:
    """Judges by the project's own commands."""

    commands: tuple[Command, ...]
    shell: Shell
    root: Path
    """The workspace folder; commands run there."""

    offload: Offload
    clock: Clock
    others: Callable[[], Texts] = _no_others
    """Gives the unsaved texts of open documents, which commands are to see too."""

    name: str = CHECK
    _failed_before: OrderedDict[tuple[str, ...], bool] = field(factory=OrderedDict, init=False)

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Run the commands one after the other, to the first that fails."""
        path = task.snapshot.path
        chosen = [command for command in self.commands if judges(command, task.kind, path, self.root)]
        if path is None or not chosen:
            return Ruling(absent="No command is set for it.")
        if why := await self.shell.absent():
            return (Finding(CHECK, f"{chosen[0].run!r} runs only in a sandbox, and did not run: {why}"),)
        snapshot = task.snapshot
        try:
            places = await self.offload.run(places_of, snapshot.text, text, task.target, snapshot.language)
        except ToolError as error:
            return (Finding(CHECK, f"The place of the change could not be found: {error}"),)
        passed = []
        for command in chosen:
            began = self.clock.monotonic()
            found = await self._refused(command, task, path, text, places)
            if found is not None:
                return (found,)
            passed.append(f"{_title(command)} ok, {self.clock.monotonic() - began:.1f} s")
        return Ruling((), ", ".join(passed))

    async def _refused(self, command: Command, task: Task, path: Path, text: str, places: Places) -> Finding | None:
        try:
            argv = filled(command.run, path, places)
        except ValueError as error:
            return Finding(CHECK, f"{command.run!r} is not a command line: {error}. Mend the setting verify.command.")
        inside = await asyncio.to_thread(files.beneath, self.root, self.others())
        others = {other: said for other, said in inside.items() if other != path}
        ended = await self._run(command, argv, {**others, path: text})
        if ended.status == 0:
            return None
        what = f"{_title(command)} did not end" if ended.status is None else f"{_title(command)} fails"
        why = ended.trouble or f"it ended with status {ended.status}."
        already = " It fails on the text as it was, too." if await self._failed(command, argv, task, others) else ""
        return Finding(CHECK, f"{what}: {why}{already}", evidence=evidence(ended, self.root))

    async def _failed(self, command: Command, argv: Sequence[str], task: Task, others: Texts) -> bool:
        """Find out whether the command fails on the text that the draft is made for; kept by content."""
        snapshot = task.snapshot
        key = (*argv, snapshot.digest)
        if key not in self._failed_before and snapshot.path is not None:
            ended = await self._run(command, argv, {**others, snapshot.path: snapshot.text})
            self._failed_before[key] = ended.status != 0
            while len(self._failed_before) > _CACHED_BASELINES:
                self._failed_before.popitem(last=False)
        return self._failed_before.get(key, False)

    async def _run(self, command: Command, argv: Sequence[str], texts: Texts) -> Ended:
        if not argv:
            return Ended(None, trouble="the command is empty. Set run in verify.command.")
        return await self.shell.run(argv, texts=texts, cwd=self.root, seconds=command.timeout)


def _title(command: Command) -> str:
    """Give a command as a person knows it: its first two words."""
    return " ".join(command.run.split()[:2]) or "The command"
