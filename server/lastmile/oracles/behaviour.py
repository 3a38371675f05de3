"""The checks that run code: the same calls of the function before and after, and a docstring's examples.

They write a script and read what it says. It runs where tests run, in the sandbox: see `testing.lab`.
"""

from __future__ import annotations

import inspect
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.oracles import comparing
from lastmile.oracles.reading import Reading, Target
from lastmile.repair.inside.inputs import calls
from lastmile.testing.lab import Lab, Script
from lastmile.text.snapshot import Snapshot

BEHAVIOUR, EXAMPLES = "behaviour", "examples"
_FEWEST = 5
"""Calls that have to end and give something before they are taken for a judge."""


@frozen
class BehaviourCheck:
    """Judges that a function does the same as before on calls that its types allow."""

    lab: Lab
    target: Target
    calls: tuple[str, ...]
    others: Mapping[Path, str] = field(factory=dict, repr=False)
    seconds: float = 10.0
    name: str = BEHAVIOUR

    async def judge(self, task: Task, text: str) -> Ruling:
        """Compare the function of both texts."""
        said = await self.ask(task.snapshot, text)
        if isinstance(said, str):
            return Ruling((Finding(self.name, f"What `{self.target.name}` does could not be compared: {said}"),))
        if "call" in said:
            message = f"`{self.target.name}({said['call']})` {said['before']} before, and {said['after']} now."
            return Ruling((Finding(self.name, message, evidence=f"{self.target.name}({said['call']})"),))
        if not said.get("compared"):
            return Ruling((Finding(self.name, f"No call of `{self.target.name}` could be compared."),))
        return Ruling((), f"the same on {said['compared']} calls")

    async def ask(self, snapshot: Snapshot, text: str) -> dict[str, Any] | str:
        """Run the calls on both texts; a sentence where that fails."""
        if snapshot.path is None:
            return "the document has no file yet."
        arguments = {
            "path": str(snapshot.path),
            "before": snapshot.text,
            "qualname": self.target.qualname,
            "calls": list(self.calls),
        }
        return await _answer(self.lab, "compare", arguments, {**self.others, snapshot.path: text}, self.seconds)


@frozen
class ExamplesCheck:
    """Judges that the examples in the function's docstring do what they say."""

    lab: Lab
    target: Target
    others: Mapping[Path, str] = field(factory=dict, repr=False)
    seconds: float = 10.0
    name: str = EXAMPLES

    async def judge(self, task: Task, text: str) -> Ruling:
        """Run the examples on the new text."""
        path = task.snapshot.path
        if path is None:
            return Ruling((Finding(self.name, "The document has no file yet, so its examples cannot run."),))
        arguments = {"path": str(path), "qualname": self.target.qualname}
        said = await _answer(self.lab, "examples", arguments, {**self.others, path: text}, self.seconds)
        if isinstance(said, str):
            return Ruling((Finding(self.name, f"The examples of `{self.target.name}` could not be run: {said}"),))
        if said.get("failed") or not said.get("attempted"):
            message = f"{said.get('failed')} of {said.get('attempted')} examples of `{self.target.name}` fail."
            return Ruling((Finding(self.name, message, evidence="\n".join(str(said.get("said")).splitlines()[:40])),))
        return Ruling((), f"{said['attempted']} examples")


async def behaviour_for(
    lab: Lab, snapshot: Snapshot, target: Target, made: tuple[str, ...], *, others: Mapping[Path, str]
) -> BehaviourCheck | None:
    """Make the check where it can judge: the function as it is agrees with itself on calls that give something."""
    if await lab.absent() or not made or snapshot.path is None:
        return None
    check = BehaviourCheck(lab, target, made, others)
    said = await check.ask(snapshot, snapshot.text)
    able = not isinstance(said, str) and "call" not in said and said.get("returned", 0) >= min(_FEWEST, len(made))
    return check if able else None


def calls_for(text: str, target: Target) -> tuple[str, ...]:
    """Make calls for the target from its types; none where they do not allow it."""
    reading = Reading.of(text)
    node = None if reading is None else reading.find(target)
    if reading is None or node is None or target.nth:
        return ()
    return calls(node, reading.around(node))


async def _answer(
    lab: Lab, job: str, arguments: dict[str, Any], texts: Mapping[Path, str], seconds: float
) -> dict[str, Any] | str:
    mark = secrets.token_hex(16)
    code = f"{inspect.getsource(comparing)}\n\nmain({job!r}, {arguments!r}, {mark!r})\n"
    said = await lab.run(Script(code, texts, seconds))
    lines = said.out.splitlines()
    try:
        answer = json.loads(lines[-1].removeprefix(mark)) if lines and lines[-1].startswith(mark) else None
    except ValueError:
        answer = None
    if said.trouble or not isinstance(answer, dict):
        return said.trouble or "the run gave no answer."
    return answer
