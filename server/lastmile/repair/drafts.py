"""Compares a model's drafts by what they do: those that are written differently may be one answer.

It runs nothing itself and accepts nothing: what comes of the comparison is counted by the loop.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence

from attrs import evolve, frozen

from lastmile.cascade.alike import Alike, Compared
from lastmile.cascade.task import Task
from lastmile.errors import ToolError
from lastmile.repair.appraising import tested
from lastmile.repair.groups import Bar, Choice, choose, telling_inputs
from lastmile.repair.trials import Probe, Trials
from lastmile.repair.values import Candidate, Observed
from lastmile.testing.values import Bench

_TESTS = 40
"""How many tests are run at most so that their calls are recorded."""

_FEWEST = 3
"""Inputs on which something has to come back that can be seen, before drafts count as compared."""

_CHOOSING = 2.0
"""Seconds that choosing the tests may take: without them, there are the inputs that types allow."""

_LATE = 2.0
"""Seconds that starting may take beside the comparison."""

_BAR = Bar(majority=0.501, leading=0.0, one_to_one=True, typed=False, stranger=1.0, answered=True)
"""Drafts weigh the same, and more than half decides; that they differ from what was is what was asked for."""

_ALWAYS_ASK = Bar(majority=2.0, leading=0.0, one_to_one=True, typed=False, stranger=1.0, answered=True)
_UNSEEN = re.compile(r"-> (?:None|<\w+>)")
"""What comes back where nothing does, or nothing that we can look into."""


@frozen
class DraftComparer:
    """Satisfies `cascade.protocols.Comparer`."""

    bench: Bench
    trials: Trials
    seconds: float = 8.0
    """The time for running all drafts."""

    async def compare(self, task: Task, texts: Sequence[str]) -> Compared:
        """Group texts of the document by what they do; no groups where that cannot be told."""
        if task.snapshot.path is None or task.snapshot.language != "python" or task.oracle.alike is Alike.TEXT:
            return Compared()
        try:
            probe = Probe(
                task.snapshot.path, task.snapshot.text, tuple(texts), await self._tests(task), (), self.seconds
            )
            observed = await self._observed(probe)
            if not observed.inputs and probe.tests:
                observed = await self._observed(evolve(probe, tests=()))  # they took too long, or call nothing here
        except (TimeoutError, ToolError):
            return Compared()
        return grouped(texts, observed, task.oracle.alike)

    async def _observed(self, probe: Probe) -> Observed:
        async with asyncio.timeout(self.seconds + _LATE):
            return await self.trials.observe(probe)

    async def _tests(self, task: Task) -> tuple[str, ...]:
        """Choose tests that call what the task is about; none where none can run, or that takes long."""
        check = tested(task)
        if check is not None:
            return check.selection.tests[:_TESTS]
        try:
            async with asyncio.timeout(_CHOOSING):
                return (await self.bench.select(task.snapshot, task.target)).tests[:_TESTS]
        except TimeoutError:
            return ()


def grouped(texts: Sequence[str], observed: Observed, alike: Alike) -> Compared:
    """Say which of the texts are one answer."""
    telling = telling_inputs(observed, answered=True)
    if sum(_is_seen(observed, at) for at in telling) < _FEWEST:
        return Compared()
    candidates = tuple(map(Candidate, texts))
    choice = choose(candidates, observed, bar=_BAR)
    question = choose(candidates, observed, bar=_ALWAYS_ASK).question if len(choice.groups) > 1 else ""
    largest = max(choice.groups, key=lambda group: len(group.members))
    if choice.chosen is not None and len(largest.members) > len(choice.groups[0].members):
        return Compared(question=question)  # The documentation speaks against what most of them do.
    groups = tuple(_changing(choice, texts, observed, telling) if alike is Alike.CHANGE else _members(choice))
    return Compared(groups, "" if choice.chosen is not None else question, choice.of("draft"))


def _members(choice: Choice) -> list[tuple[int, ...]]:
    return [tuple(sorted(group.members)) for group in choice.groups]


def _changing(
    choice: Choice, texts: Sequence[str], observed: Observed, telling: Sequence[int]
) -> list[tuple[int, ...]]:
    """Give the groups, but those who do what was done before agree in nothing but their text: it was to change."""
    before = tuple(observed.original[at] for at in telling)
    found = []
    for group, members in zip(choice.groups, _members(choice), strict=True):
        same = Counter(texts[at] for at in members) if group.behaviour == before else {"": 0}
        found += [tuple(at for at in members if not one or texts[at] == one) for one in same]
    return found


def _is_seen(observed: Observed, at: int) -> bool:
    """Tell whether more than half of the texts give something on an input that shows what they do."""
    given = [row[at] for row in observed.behaviour]
    return 2 * sum(came.startswith("->") and not _UNSEEN.fullmatch(came) for came in given) > len(given)
