"""What tests can be trusted with: graded on an edit that they passed, and on a target before anybody drafts.

It decides nothing about drafts. What it says is known or not said: where the tests could not be
followed in time, nothing is claimed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from attrs import define, field, frozen

from lastmile.cascade.task import Task
from lastmile.errors import ToolError
from lastmile.repair.changed import Changed, changed, whole
from lastmile.repair.grade import Grade, Judged, grade
from lastmile.repair.trials import Trials
from lastmile.testing.values import Bench, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload

_KNOWN = 128
"""How many grades are kept."""

_FEWEST = 3
"""Mutants that have to go unnoticed before tests are called blind: one or two may mean the same as the text."""

_LATE = 1.0
"""Seconds that grading may take beside its own: for starting a worker, for studying the change."""


_SPARE = 0.2
"""Seconds before the end at which what is known by then is put together."""


class Tested(Protocol):
    """The check of tests, as far as the tests that it ran are concerned."""

    selection: Selection
    others: Mapping[Path, str]
    must_pass: tuple[str, ...]
    seconds: float

    async def answers(self, task: Task, text: str) -> Run:
        """Give what the tests answer on a text that they passed."""


def tested(task: Task) -> Tested | None:
    """Find the check of tests that judges a task, if one does."""
    found: Tested | None = next((item for item in task.oracle.late if hasattr(item, "must_pass")), None)  # type: ignore[assignment]
    return found


@frozen
class _Asked:
    """A text with the tests that it passes, and which of its lines are in question."""

    path: Path
    wanted: Wanted
    answers: Callable[[], Awaitable[Run]]
    """Gives what the tests answer on the text; they judged it already, so that is known."""

    old: str = ""
    """The text before, where it is an edit that is asked about: what changed is told by it."""

    target: Span | None = None
    """Where all lines are meant, changed or not."""

    def key(self, state: str) -> str:
        """Name everything that the grade depends on."""
        texts = sorted(self.wanted.texts.items())
        said = repr((str(self.path), self.wanted.tests, texts, self.old, self.target, state))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@define(eq=False)
class OracleGrader:
    """Grades the tests of one project; satisfies `cascade.protocols.Appraiser` and `testing.values.Grader`."""

    bench: Bench
    trials: Trials
    offload: Offload
    state: Callable[[], str]
    """Names the state of the project's files; blocks."""

    seconds: float = 2.0
    """The time for one grade; 0 for none."""

    _grades: OrderedDict[str, Grade] = field(factory=OrderedDict, init=False)

    async def appraise(self, task: Task, text: str) -> str:
        """Say what the tests that passed an edit see of it; empty where none judged, or it is not known."""
        check, path = tested(task), task.snapshot.path
        if check is None or path is None:
            return ""
        wanted = Wanted(check.selection.tests, {**check.others, path: text}, seconds=check.seconds)
        answers = partial(check.answers, task, text)
        found = await self._bounded(_Asked(path, wanted, answers, old=task.snapshot.text))
        return "" if found is None else found.words

    async def doubt(self, snapshot: Snapshot, target: Span, wanted: Wanted) -> str:
        """Say why tests that pass say nothing of a target: none runs it, or none notices faults in it.

        Empty where they do, and where it is not known.
        """
        if snapshot.path is None:
            return ""
        answers = partial(self.bench.run, wanted)
        found = await self._bounded(_Asked(snapshot.path, wanted, answers, target=target))
        if found is None:
            return ""
        if found.tests and not found.reached:
            return "No test that passes runs it."
        blind = found.mutants >= _FEWEST and not found.killed
        return f"The tests notice none of {found.mutants} small faults put into it." if blind else ""

    async def _bounded(self, asked: _Asked) -> Grade | None:
        """Grade, or give it up when it takes too long."""
        if not self.seconds:
            return None
        try:
            async with asyncio.timeout(self.seconds + _LATE):
                return await self._known(asked)
        except (TimeoutError, ToolError):
            return None

    async def _known(self, asked: _Asked) -> Grade | None:
        key = await asyncio.to_thread(lambda: asked.key(self.state()))
        if key not in self._grades:
            found = await self._graded(asked)
            if found is None:
                return None
            self._grades[key] = found
            while len(self._grades) > _KNOWN:
                self._grades.popitem(last=False)
        self._grades.move_to_end(key)
        return self._grades[key]

    async def _graded(self, asked: _Asked) -> Grade | None:
        now = asyncio.get_running_loop().time
        until = now() + self.seconds + _LATE - _SPARE
        text = asked.wanted.texts[asked.path]
        if asked.target is not None:
            what = await self.offload.run(whole, text, asked.target)
        else:
            what = await self.offload.run(changed, asked.old, text)
        if what == Changed():
            return None
        run = await asked.answers()
        others = {name: other for name, other in asked.wanted.texts.items() if name != asked.path}
        judged, first = Judged(asked.path, text, run, others), asked.target is not None
        seconds = min(self.seconds, until - now())
        return await grade(judged, what, self.bench, self.trials, seconds=seconds, first=first) if seconds > 0 else None
