"""The check of types: what the project's type checker says of the draft and did not say before.

Both texts are checked, the old one once. What cannot be judged before any draft is seen (no checker
there, settings that it cannot read) is absent; a draft that the checker fails on is refused.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field

from lastmile.cascade.values import Finding, Ruling, Task
from lastmile.errors import ToolError
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.verify.types.delta import judge_types
from lastmile.verify.types.find import Checkers
from lastmile.verify.types.values import CHECK, Checker, Report

logger = logging.getLogger(__name__)

_CACHED_REPORTS = 16
Texts = Mapping[Path, str]
Key = tuple[str, Path | None, str, int]


def _no_others() -> Texts:
    return {}


@define(eq=False)
class TypesCheck:
    """Judges by the project's type checker."""

    checkers: Checkers
    offload: Offload
    others: Callable[[], Texts] = _no_others
    """Gives the unsaved texts of open documents, which the checker is to see too."""

    name: str = CHECK
    _before: OrderedDict[Key, Report] = field(factory=OrderedDict, init=False)
    _said: set[str] = field(factory=set, init=False)

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Check the old text and the new, and compare."""
        if task.snapshot.language != "python" or task.snapshot.path is None:
            return Ruling(absent="Types are checked in Python files alone.")
        try:
            checker = await asyncio.to_thread(self.checkers.of, task.snapshot.path)
            if checker is None:
                return Ruling(absent="No type checker is wanted here.")
            others = {path: other for path, other in self.others().items() if path != task.snapshot.path}
            before, fresh = await self._known(checker, task.snapshot, others)
        except ToolError as error:
            return self._absent(str(error))
        if not before.seen:
            return self._absent(f"{checker.name} is set to leave {task.snapshot.name} out.")
        try:
            found = await self._compared(checker, task.snapshot, before, text, others)
            if found and not fresh:  # another file may have changed since
                before = await self._asked(checker, task.snapshot, others)
                found = await self._compared(checker, task.snapshot, before, text, others)
        except ToolError as error:
            return (Finding(CHECK, f"The types could not be checked: {error}"),)
        return Ruling(found, f"{checker.name} {'refused' if found else 'clean'}")

    async def close(self) -> None:
        """End the checkers that are kept warm."""
        await self.checkers.close()

    async def _compared(
        self, checker: Checker, snapshot: Snapshot, before: Report, text: str, others: Texts
    ) -> tuple[Finding, ...]:
        after = await checker.report(evolve(snapshot, text=text), others)
        folder = self.checkers.root or (snapshot.path or Path()).parent
        return await self.offload.run(judge_types, snapshot.text, before, text, after, folder)

    async def _known(self, checker: Checker, snapshot: Snapshot, others: Texts) -> tuple[Report, bool]:
        """Give the report on the old text, and whether it was made just now."""
        key = _key(checker, snapshot, others)
        if key in self._before:
            self._before.move_to_end(key)
            return self._before[key], False
        return await self._asked(checker, snapshot, others), True

    async def _asked(self, checker: Checker, snapshot: Snapshot, others: Texts) -> Report:
        report = await checker.report(snapshot, others)
        self._before[_key(checker, snapshot, others)] = report
        while len(self._before) > _CACHED_REPORTS:
            self._before.popitem(last=False)
        return report

    def _absent(self, why: str) -> Ruling:
        if why not in self._said:
            self._said.add(why)
            logger.warning("Types are not checked: %s", why)
        return Ruling(absent=why)


def _key(checker: Checker, snapshot: Snapshot, others: Texts) -> Key:
    return checker.name, snapshot.path, snapshot.digest, hash(frozenset(others.items()))
