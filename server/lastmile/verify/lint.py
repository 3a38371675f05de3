"""The check of lint: ruff, with the project's settings, finds the target gone and nothing new.

Only the difference to the snapshot counts, never what ruff found before. Findings of other tools
are not looked for: their servers are not ours to run.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.delta import Way, appeared, remains

_SHOWN = 10
_EXCLUDED = "its settings exclude the file, and force-exclude says to heed that for any file."


@frozen
class LintCheck:
    """Judges what ruff says of the document after the draft."""

    ruff: Ruff
    offload: Offload
    name: str = "lint"

    async def trouble(self, task: Task) -> str:
        """Say why ruff can judge no draft: most often it cannot read the project's settings."""
        try:
            if task.snapshot.language == "python":
                await self.ruff.check(task.snapshot)
        except ToolError as error:
            return f"no draft could be judged: {error}"
        return ""

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Run ruff on both texts and compare."""
        if task.snapshot.language != "python":
            return Ruling(absent="Ruff lints Python alone.")
        candidate = evolve(task.snapshot, text=text)
        try:
            # One after the other: a failure leaves no second run behind, and the first is in the cache
            # from the second attempt on.
            before = await self.ruff.check(task.snapshot)
            after = await self.ruff.check(candidate)
            if not before and not after and await self.ruff.skips(task.snapshot):
                return (Finding(self.name, f"Ruff could not judge the draft: {_EXCLUDED}"),)
            return await self.offload.run(judge_lint, task.snapshot.text, before, text, after, task.diagnostics)
        except ToolError as error:
            return (Finding(self.name, f"Ruff could not judge the draft: {error}"),)


def judge_lint(
    old: str,
    before: Sequence[Diagnostic],
    new: str,
    after: Sequence[Diagnostic],
    targets: Sequence[Diagnostic],
) -> tuple[Finding, ...]:
    """List the targets that are still there, then what is new."""
    lines = LineIndex(new)
    way = Way.between(old, new)
    left = [target for target in targets if target.source == "ruff" and remains(old, target, before, new, after, way)]
    fresh = appeared(old, before, new, after)
    kept = [
        Finding("lint", f"{item.label} is still there: {_said(item, before, after)}", code=item.code) for item in left
    ]
    return tuple(kept + [_new(item, lines) for item in fresh[:_SHOWN]])


def _said(target: Diagnostic, before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> str:
    """Give what ruff says of the new text: a draft that puts one wrong name for another is told of its own."""
    found = [item.message for item in after if (item.source, item.code) == (target.source, target.code)]
    if target.message in found:
        return target.message
    known = {item.message for item in before}
    return next((message for message in found if message not in known), found[0])


def _new(item: Diagnostic, lines: LineIndex) -> Finding:
    line = lines.line_at(item.span.start)
    message = f"{item.label} is new on line {line + 1}: {item.message}"
    return Finding("lint", message, line=line, evidence=lines.line_text(line), code=item.code)
