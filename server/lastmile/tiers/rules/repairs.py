"""What the rules draft for a failing test: small changes that pass all tests and agree in what they do."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from attrs import frozen

from lastmile.cascade.draft import Draft
from lastmile.cascade.task import Task
from lastmile.errors import TierError
from lastmile.repair.appraising import tested
from lastmile.repair.repairing import Repairer, drafts, nothing
from lastmile.repair.values import Case
from lastmile.testing.values import Wanted

REPAIRED = "fix-test"
_ENDLESS = "the test did not end in its time"
"""What the message of a test says that was broken off at that: how long it takes is not known."""


@frozen
class Repairs:
    """Searches for repairs."""

    repairer: Repairer
    each: float = 5.0
    """The processor time of one test, in seconds: a bug may be that it never ends, and the others are to run too."""

    async def of(self, task: Task) -> AsyncGenerator[Draft, None]:
        """Draft the repair that was chosen, if one was.

        Raises `TierError` with the question where those that pass disagree, and where none passes or
        none can be tried in time, and `ToolError` where nothing can run.
        """
        check, path = tested(task), task.snapshot.path
        if check is None or path is None:
            return
        texts = {**check.others, path: task.snapshot.text}
        wanted = Wanted(check.selection.tests, texts, seconds=30.0, each=self.each)
        now = await self.repairer.bench.run(wanted)
        tests = tuple(name for name in now.results if name in now.passed or name in check.must_pass)
        takes = {name: item.seconds for name, item in now.results.items() if _ENDLESS not in item.message}
        case = Case(path, task.snapshot.text, tests, check.must_pass, task.target, check.others, takes)
        if why := self.repairer.too_slow(case):
            raise TierError(why)
        repaired, found = await self.repairer.repair(case), False
        for draft in drafts(case, repaired):
            found = True
            yield draft
        if not found:
            why = f" They could not all be run: {now.trouble}." if now.trouble else ""
            message = f"{nothing(repaired.gathered)}{why}"
            raise TierError(message)
