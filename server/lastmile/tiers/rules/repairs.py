"""What the rules draft for a failing test: small changes that pass all tests and agree in what they do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from attrs import frozen

from lastmile.cascade.values import Draft, Task
from lastmile.errors import TierError
from lastmile.repair.repairing import Repairer
from lastmile.repair.values import Case
from lastmile.testing.values import Selection, Wanted

REPAIRED = "fix-test"


class Tested(Protocol):
    """The check of tests, as far as the search needs it."""

    selection: Selection
    must_pass: tuple[str, ...]


@frozen
class Repairs:
    """Searches for repairs."""

    repairer: Repairer

    async def of(self, task: Task) -> AsyncGenerator[Draft, None]:
        """Draft the repair that was chosen, if one was.

        Raises `TierError` with the question where those that pass disagree, and where none passes, and
        `ToolError` where nothing can run.
        """
        check: Tested | None = next((item for item in task.oracle.late if hasattr(item, "must_pass")), None)  # type: ignore[assignment]
        path = task.snapshot.path
        if check is None or path is None:
            return
        now = await self.repairer.bench.run(Wanted(check.selection.tests, {path: task.snapshot.text}, seconds=30.0))
        tests = tuple(name for name in now.results if name in now.passed or name in check.must_pass)
        case = Case(path, task.snapshot.text, tests, check.must_pass, task.target)
        found = False
        async for draft in self.repairer.drafts(case):
            found = True
            yield draft
        if not found:
            message = "No small change of the function makes its tests pass."
            raise TierError(message)
