"""Doubts results that a draft may have made up: another test than that in its file, a changed pytest.

What it compares with are runs in which nothing lay over the project's files. What can still be made
up in the process of the tests is written down in docs/security.md.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from attrs import define, evolve, field

from lastmile.testing.values import Answer, Result, Run
from lastmile.testing.worker.reading import Told

_KEPT = 20_000
_REPLACED = "The test that ran is not the one that stands in its file: it was replaced from elsewhere."

_REWRITTEN = "the tests, or what they ran, wrote over files that decide about them ({})"
_NAMED = 3


@define
class Guard:
    """Knows how tests and pytest look when nothing is wrong."""

    _marks: OrderedDict[tuple[str, str], str] = field(factory=OrderedDict, init=False)
    _changed: set[str] = field(factory=set, init=False)
    """Functions of pytest, and files of the project, that its tests change themselves."""

    def believed(self, told: Told, *, undisturbed: bool, seen: Mapping[str, str]) -> Run:
        """Give the run as far as it is to be believed.

        ``undisturbed`` is whether nothing lay over the project's files; ``seen`` names the text of
        the file that each test stands in.
        """
        if undisturbed and not told.run.trouble:
            self._learn(told, seen)
        if told.broken and told.broken not in self._changed:
            return evolve(told.run, results={}, trouble=f"pytest was changed while the tests ran ({told.broken})")
        if rewritten := sorted(told.changed - self._changed):
            return evolve(told.run, results={}, trouble=_REWRITTEN.format(", ".join(rewritten[:_NAMED])))
        checked = {name: self._checked(item, told, seen) for name, item in told.run.results.items()}
        return evolve(told.run, results=checked)

    def _learn(self, told: Told, seen: Mapping[str, str]) -> None:
        if told.broken:
            self._changed.add(told.broken)
        self._changed |= told.changed
        for name, mark in told.marks.items():
            self._marks[name, seen.get(name, "")] = mark
        while len(self._marks) > _KEPT:
            self._marks.popitem(last=False)

    def _checked(self, result: Result, told: Told, seen: Mapping[str, str]) -> Result:
        known = self._marks.get((result.id, seen.get(result.id, "")))
        if known is None or known == told.marks.get(result.id):
            return result
        return evolve(result, answer=Answer.ERROR, message=_REPLACED)
