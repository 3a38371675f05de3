"""The check of syntax: nothing that parsed before has stopped parsing.

tree-sitter counts the broken places of both texts, and Python compiles them without running them.
Both are compared with the snapshot: a file that was broken elsewhere may be edited, not broken
more. Languages other than Python pass here; they have no parser yet.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

from attrs import frozen

from lastmile.cascade.values import Finding, Task
from lastmile.errors import ToolError
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import Defect, defects
from lastmile.tools.offload import Offload


@frozen
class SyntaxCheck:
    """Judges whether the document still parses."""

    offload: Offload
    name: str = "syntax"

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Compare how the two texts parse and compile."""
        if task.snapshot.language != "python":
            return ()
        try:
            return await self.offload.run(judge_syntax, task.snapshot.text, text)
        except ToolError as error:
            return (Finding(self.name, f"The syntax could not be checked: {error}"),)


@frozen
class State:
    """How one text parses."""

    defects: tuple[Defect, ...]
    error: str
    """The compiler's message; empty where the text compiles."""

    line: int | None
    """The line of the compiler's message, from 0."""


def judge_syntax(old: str, new: str) -> tuple[Finding, ...]:
    """List why the new text parses worse than the old; empty where it does not."""
    before, after = state(old), state(new)
    if after.error and not before.error:
        lines = LineIndex(new)
        code = "" if after.line is None or after.line >= len(lines) else lines.line_text(after.line)
        return (Finding("syntax", f"It does not compile: {after.error}.", line=after.line, evidence=code),)
    if len(after.defects) > len(before.defects):
        line = LineIndex(new).line_at(after.defects[0].span.start)
        missing = after.defects[0].missing
        what = f"{missing!r} is missing" if missing else "something unexpected stands there"
        return (Finding("syntax", f"It does not parse: on line {line + 1}, {what}.", line=line),)
    return ()


@lru_cache(maxsize=8)
def state(text: str) -> State:
    """Parse and compile a text; cached, because each attempt compares with the same snapshot."""
    error, line = _compile(text)
    return State(defects(text), error, line)


def _compile(text: str) -> tuple[str, int | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<draft>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.msg, None if error.lineno is None else error.lineno - 1
        except (ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__, None
    return "", None
