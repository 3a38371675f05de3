"""Who can draft now, and why the others cannot: what ``lastmile doctor`` and an editor's status show.

It goes by what is known, and asks no server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import evolve, frozen

from lastmile.cascade.policy import RULES, Paid
from lastmile.cascade.protocols import Tier
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.project import Project
from lastmile.text.diagnostic import Diagnostic, Fix, Safety
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot

EXAMPLE, EXAMPLE_NAME = "import os\n", "example.py"
NO_MODEL = "no model is set"
INSTRUCT = "instruct"
"""The kind of a task in words; it is named here, since its own module loads what tasks are made with."""


@frozen
class Readiness:
    """One tier of the ladder."""

    name: str
    free: bool
    model: str
    """The provider's id of the model; empty for tiers that have none."""

    off: str
    """Why it cannot draft; empty where it can."""


def ladder(project: Project, broken: Mapping[str, str] = MappingProxyType({})) -> Iterator[Readiness]:
    """Give the tiers of the ladder, cheapest first; ``broken`` says which of them have no model that loads, and why."""
    for name in project.settings.steps:
        tier = project.parts.tiers.get(name)
        if tier is None:
            yield Readiness(name, free=True, model="", off=NO_MODEL)
        else:
            yield Readiness(name, tier.free, tier.model, broken.get(name) or off(project, tier))


def off(project: Project, tier: Tier, task: Task | None = None) -> str:
    """Say why a tier cannot draft; empty where it can, as far as is known without asking it."""
    if not tier.free and project.settings.paid is Paid.NEVER:
        return "paid tiers are off (paid = never)"
    return tier.absent(task or example())


def nobody_follows(project: Project, broken: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say why no tier can follow an instruction in words; empty where one can, as far as is known without asking it."""
    task = evolve(example(), kind=INSTRUCT, diagnostics=(), oracle=Oracle(hard=False))
    tiers = {name: project.parts.tiers.get(name) for name in project.settings.steps if name != RULES}
    why = {
        name: NO_MODEL if tier is None else broken.get(name) or off(project, tier, task) for name, tier in tiers.items()
    }
    if not why:
        return "the ladder has rules alone, and no rule follows words"
    return "; ".join(f"{name}: {reason}" for name, reason in why.items()) if all(why.values()) else ""


def example() -> Task:
    """Make a task that any tier could take, to ask tiers whether they are there."""
    snapshot = Snapshot(f"untitled:{EXAMPLE_NAME}", EXAMPLE)
    whole = Span(0, len(snapshot.text))
    fix = Fix(Safety.SAFE, "Remove unused import", (Replacement(whole, ""),))
    problem = Diagnostic("ruff", "F401", "`os` imported but unused", whole, fix=fix)
    return Task("", "fix", snapshot, whole, "", Scope((whole,)), Oracle(), diagnostics=(problem,))
