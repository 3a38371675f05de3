"""The check of types: what the project's type checker says of the draft and did not say before.

Both texts are checked, the old one once. What cannot be judged before any draft is seen (no checker
there, settings that it cannot read) is absent; a draft that the checker fails on is refused, and so is
one that it has no time for. How a checker gets warm is `warming`'s to know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import define, evolve, field, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import SlowError, ToolError
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.verify.types.delta import judge_types
from lastmile.verify.types.find import Checkers
from lastmile.verify.types.values import CHECK, Checker, NoTypes, Report
from lastmile.verify.types.warming import Reports, Texts

logger = logging.getLogger(__name__)

_NOT_PYTHON = "Types are checked in Python files alone."
_WRONG = "\n\ndef lastmile_is_wrong_here(value: int) -> str:\n    return value\n"
"""What every checker that judges annotations complains of."""


def _no_others() -> Texts:
    return {}


@frozen
class _Sight:
    """The old text as the checker sees it."""

    checker: Checker
    others: Texts
    before: Report
    fresh: bool
    """Whether the report was made just now."""


@define(eq=False)
class TypesCheck:
    """Judges by the project's type checker."""

    checkers: Checkers
    offload: Offload
    others: Callable[[], Texts] = _no_others
    """Gives the unsaved texts of open documents, which the checker is to see too."""

    reports: Reports = field(factory=Reports)
    name: str = CHECK
    _said: set[str] = field(factory=set, init=False)

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Check the old text and the new, and compare."""
        try:
            sight = await self._look(task.snapshot, None)
            if isinstance(sight, str):
                return self._absent(sight)
            found, note = await self._compared(sight, task.snapshot, text)
            if not sight.fresh and (found or sight.before.here or sight.before.elsewhere):
                # Another file may have changed since: what was wrong then may be the draft's doing now.
                before = await self.reports.anew(sight.checker, task.snapshot, sight.others)
                found, note = await self._compared(evolve(sight, before=before), task.snapshot, text)
        except ToolError as error:
            return (Finding(CHECK, f"The types could not be checked: {error}"),)
        return Ruling(found, f"{sight.checker.name} {'refused' if found else 'clean'}{f' ({note})' if note else ''}")

    async def trouble(self, task: Task) -> str:
        """Begin to warm the checker where it is cold; say why no draft could be judged in time.

        Nothing of a project's own runs before a task asks for it: whoever opens a file has not said that
        plugins of its type checker may run.
        """
        snapshot = task.snapshot
        try:
            checker = await self._checker(snapshot)
            if isinstance(checker, str) or not checker.cold:
                return ""
            await self._look(snapshot, None)
        except SlowError as error:
            return str(error)
        except ToolError:
            return ""  # judging says so, and is absent
        return ""

    async def runs(self, snapshot: Snapshot) -> bool:
        """Tell whether a checker is to judge the document. Reads the disk, and runs nothing."""
        path = snapshot.path if snapshot.language == "python" else None
        return path is not None and await asyncio.to_thread(self.checkers.wants, path)

    async def absent(self, snapshot: Snapshot, *, patience: float | None = None) -> str:
        """Say why the types of a document cannot be judged now; empty where a checker has seen it."""
        try:
            sight = await self._look(snapshot, patience)
        except SlowError as error:
            return str(error)
        return sight if isinstance(sight, str) else ""

    async def undecided(self, snapshot: Snapshot) -> str:
        """Say why a checker's silence proves nothing of a document's annotations; empty where it does."""
        try:
            sight = await self._look(snapshot, None)
            if isinstance(sight, str):
                return sight
            text = f"{snapshot.text}{_WRONG}"
            after, _ = await self.reports.of(sight.checker, evolve(snapshot, text=text), sight.others)
            seen = await self.offload.run(judge_types, snapshot.text, sight.before, text, after, Path())
        except ToolError as error:
            return str(error)
        return "" if seen else f"{sight.checker.name} is set to let wrong annotations in {snapshot.name} pass."

    async def close(self) -> None:
        """End the checkers that are kept warm, and what warms them."""
        await self.reports.close()
        await self.checkers.close()

    async def _look(self, snapshot: Snapshot, patience: float | None) -> _Sight | str:
        """Have the old text checked; say why nothing can judge it where nothing can. Raises `SlowError`."""
        try:
            checker = await self._checker(snapshot)
            if isinstance(checker, str):
                return checker
            others = {
                path: text
                for path, text in self.others().items()
                if path != snapshot.path and path.suffix in {".py", ".pyi"}
            }
            before, fresh = await self.reports.of(checker, snapshot, others, patience=patience)
        except SlowError:
            raise
        except ToolError as error:
            return str(error)
        if not before.seen:
            return f"{checker.name} is set to leave {snapshot.name} out."
        return _Sight(checker, others, before, fresh)

    async def _checker(self, snapshot: Snapshot) -> Checker | str:
        if snapshot.language != "python" or snapshot.path is None:
            return _NOT_PYTHON
        found = await asyncio.to_thread(self.checkers.of, snapshot.path)
        return found or NoTypes().why

    async def _compared(self, sight: _Sight, snapshot: Snapshot, text: str) -> tuple[tuple[Finding, ...], str]:
        """Give what is new in the text, and what was not looked at."""
        after = await sight.checker.report(evolve(snapshot, text=text), sight.others)
        folder = self.checkers.root or (snapshot.path or Path()).parent
        found = await self.offload.run(judge_types, snapshot.text, sight.before, text, after, folder)
        return found, after.note

    def _absent(self, why: str) -> Ruling:
        if why not in {*self._said, _NOT_PYTHON, NoTypes().why}:  # those two are nothing to mend
            self._said.add(why)
            logger.warning("Types are not checked: %s", why)
        return Ruling(absent=why)
