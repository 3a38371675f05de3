"""The check of tasks that clear what they can of a file's findings: ruff finds less than before.

Which are left it does not mind: the check of lint sees to it that none is new.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding
from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic
from lastmile.tools.ruff import Ruff


def every(item: Diagnostic) -> bool:  # noqa: ARG001 - all count
    """Count a finding, whatever it is."""
    return True


@frozen
class FewerCheck:
    """Judges that ruff finds less than before, of the findings that count."""

    ruff: Ruff
    counts: Callable[[Diagnostic], bool] = every
    what: str = ""
    """What counts, as its message names it; empty for everything."""

    name: str = "property"

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Count the findings of both texts."""
        try:
            before = await self.ruff.check(task.snapshot)
            after = await self.ruff.check(evolve(task.snapshot, text=text))
        except ToolError as error:
            return (Finding(self.name, f"Ruff could not count the findings: {error}"),)
        had, left = (sum(map(self.counts, found)) for found in (before, after))
        if left < had:
            return ()
        of = f" of {self.what}" if self.what else ""
        return (Finding(self.name, f"Ruff still finds {left}{of}, and found {had} before."),)
