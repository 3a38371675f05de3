"""What no rule can do, as far as a finding alone shows: neither ruff nor a rule of ours has a repair for it.

It parses nothing and asks no tool, so that a menu can say it. That a rule may try says nothing of whether
it will come to anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lastmile.cascade.task import Task
from lastmile.text.diagnostic import UNDEFINED, Diagnostic, Safety
from lastmile.tiers.rules.annotated import RULES as RETURNS
from lastmile.tiers.rules.templates import TEMPLATES
from lastmile.tiers.rules.unsafe import has_reasons, is_always_meant

LAYOUT = ("E501", "E1", "E2", "E3", "E70", "W", "Q", "COM")
"""Ruff's rules, by how their codes begin, that its formatter may settle."""

_UNKNOWN = "nothing here shows that it leaves what the code does as it is"
_HELD: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(RETURNS, "nothing here shows that this is what the function gives back, whoever overrides it"),
        "UP006": "a library that reads annotations while the program runs may fail on an older Python",
        "UP031": "a tuple would be written otherwise than it is now",
    }
)
"""What may go wrong with an unsafe fix of a rule, where a person can tell better than we."""


def beyond(problem: Diagnostic) -> str:
    """Say why no rule can draft for a finding; empty where one may."""
    tools = problem.fix is not None and _may_be_taken(problem)
    ours = UNDEFINED.fullmatch(problem.message) or problem.code in TEMPLATES or is_layout(problem)
    return "" if tools or ours else held_back(problem) or f"nothing is known that clears {problem.label} by rule"


def held_back(problem: Diagnostic) -> str:
    """Say that a tool's fix was not taken, and why; empty where there is none."""
    fix = problem.fix
    if fix is None:
        return ""
    whose = f"{problem.source}'s fix of {problem.label}"
    if fix.safety is Safety.DISPLAY:
        return f"{whose} was held back: {problem.source} itself holds it for wrong in places"
    why = "it would lose a comment or a docstring" if is_always_meant(problem) else _HELD.get(problem.code, _UNKNOWN)
    return f"{whose} was held back: it is unsafe, and {why}"


def is_layout(problem: Diagnostic) -> bool:
    """Tell whether ruff's formatter may settle a finding."""
    return problem.source == "ruff" and problem.code.startswith(LAYOUT)


def absent(task: Task) -> str:
    """Say why no rule can draft for the problems of a task; empty where one may."""
    own = task.snapshot.language == "python"
    problems = [problem for problem in task.diagnostics if own or problem.fix is not None]
    if not problems:
        return "no rule drafts this kind"
    why = [beyond(problem) for problem in problems]
    return "" if not all(why) else why[0]


def _may_be_taken(problem: Diagnostic) -> bool:
    assert problem.fix is not None  # noqa: S101 - the caller looked
    safety = problem.fix.safety
    return safety is Safety.SAFE or (safety is Safety.UNSAFE and has_reasons(problem))
