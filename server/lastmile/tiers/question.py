"""The parts of a question that the task gives: its target with what surrounds it, hints and problems.

What comes of files and tools stands in fences. What was tried before is `evidence`; the reply
format is `prompt`'s.
"""

from __future__ import annotations

from lastmile.cascade.task import Task
from lastmile.text.diagnostic import Diagnostic
from lastmile.tiers.document import excerpt
from lastmile.tiers.fence import fenced, plain_newlines

_REPEATED_LINES = 120
_REPEATED_CHARACTERS = 12_000
"""Up to these a target is shown again in the question, though the document has it already."""

_SURROUNDINGS = 3
_LONGEST_SURROUNDINGS = 2000
_MOST_PROBLEMS = 20
_LONGEST_LINE = 300


def target_part(task: Task, *, repeated: bool) -> str:
    """Name the target by its lines and show it with its neighbours; a long one only where it must be ``repeated``."""
    index, target = task.snapshot.lines, task.target
    first, last = index.line_at(target.start), index.line_at(max(target.start, target.end - 1))
    if not len(target):
        where = f"The target is empty: the place before line {first + 1}, where the reply is inserted."
        return f"# Target\n\n{where}{_surroundings(task, first, last)}"
    where = f"Lines {first + 1} to {last + 1} of the file" if last > first else f"On line {first + 1} of the file"
    long = last - first >= _REPEATED_LINES or len(target) > _REPEATED_CHARACTERS
    if long and not repeated:
        return f"# Target\n\n{where}."
    shown = fenced(shown_target(task), task.snapshot.language)
    return f"# Target\n\n{where}:\n\n{shown}{_surroundings(task, first, last)}"


def shown_target(task: Task) -> str:
    r"""Give the target as it is shown: with the first line's indentation, line ends as ``\n``."""
    text, index = task.snapshot.text, task.snapshot.lines
    start = index.start(index.line_at(task.target.start))
    before = text[start : task.target.start]
    return plain_newlines((before if before.isspace() else "") + task.target.of(text))


def references_part(task: Task) -> str:
    """Show the parts of other files that the task is about."""
    shown = [
        f"# From the file {item.snapshot.name}\n\n{fenced(plain_newlines(text), item.snapshot.language)}"
        for item in task.references
        if (text := item.span.of(item.snapshot.text)[:_REPEATED_CHARACTERS])
    ]
    return "\n\n".join(shown)


def hints_part(task: Task) -> str:
    """List what the task's kind wants kept to."""
    return "# Keep to this\n\n" + "\n".join(f"- {hint}" for hint in task.hints) if task.hints else ""


def problems_part(task: Task) -> str:
    """List the diagnostics that the task is to clear, a bounded number of them."""
    if not task.diagnostics:
        return ""
    shown = [_problem(task, item) for item in task.diagnostics[:_MOST_PROBLEMS]]
    more = len(task.diagnostics) - len(shown)
    rest = [f"and {more} more"] if more else []
    return "# Problems to clear, as the tools report them\n\n" + fenced("\n".join([*shown, *rest]))


def _surroundings(task: Task, first: int, last: int) -> str:
    index = task.snapshot.lines
    before = excerpt(index, first - _SURROUNDINGS, first)
    after = excerpt(index, last + 1, last + 1 + _SURROUNDINGS)
    shown = [
        f"\n\n{label}:\n\n{fenced(text)}"
        for label, text in (("Before it", before), ("After it", after))
        if text.strip() and len(text) <= _LONGEST_SURROUNDINGS
    ]
    return "".join(shown)


def _problem(task: Task, item: Diagnostic) -> str:
    line = task.snapshot.lines.line_at(item.span.start)
    message = " ".join(item.message.split())[:_LONGEST_LINE]
    code = task.snapshot.lines.line_text(line).strip()[:_LONGEST_LINE]
    return f"line {line + 1}: {item.label}: {message}\n    {code}".rstrip()
