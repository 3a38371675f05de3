"""Compares what tests answered before and after a draft. Pure functions; nothing here runs anything.

Only what a draft breaks counts, never what was broken before. Which tests have to pass is known from
the run on the unchanged text: a draft that makes tests vanish, or answers in their place with others,
gains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.jobs.shortening import shorten
from lastmile.testing.values import Answer, Result, Run

CHECK = "tests"
SHOWN = 5
"""How many lost tests are told of one by one."""

_SAID = {
    Answer.SKIPPED: "is skipped",
    Answer.ERROR: "cannot run",
    Answer.BARRED: "writes where the sandbox lets nothing be written",
}
_FRAME = re.compile(r"\S.*:\d+: in ")
_EVIDENCE_LINES = 40
"""Lines of evidence over all findings: what a model needs and no more."""


@frozen
class Lost:
    """Tests that passed before, or have to pass now, and do not."""

    failing: tuple[Result, ...] = ()
    missing: tuple[str, ...] = ()
    """Tests that gave no answer."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*(result.id for result in self.failing), *self.missing)

    def joined(self, other: Lost) -> Lost:
        """Add what else was lost."""
        return Lost((*self.failing, *other.failing), (*self.missing, *other.missing))

    def without(self, names: Collection[str]) -> Lost:
        """Leave out those of the names."""
        failing = tuple(result for result in self.failing if result.id not in names)
        return Lost(failing, tuple(name for name in self.missing if name not in names))


def function_of(name: str) -> str:
    """Give the function of a test without its parameters."""
    return name.partition("[")[0]


def strangers(before: Run, after: Run, aside: Iterable[str]) -> Lost:
    """List what fails under names that were not known, of functions whose tests go by other names each time."""
    functions = {function_of(name) for name in aside if name not in after.results}
    broken = (item for item in after.broken if item.id not in before.results)
    return Lost(tuple(item for item in broken if function_of(item.id) in functions))


def lost(before: Run, after: Run, must_pass: Iterable[str] = ()) -> Lost:
    """List what the draft loses: what passed before, and what it was to mend."""
    wanted = dict.fromkeys((*before.results, *must_pass))
    due = [name for name in wanted if name in before.passed or name in set(must_pass)]
    answers = {name: after.results.get(name) for name in due}
    failing = tuple(item for item in answers.values() if item is not None and item.answer is not Answer.PASSED)
    return Lost(failing, tuple(name for name, item in answers.items() if item is None))


def findings(what: Lost, trouble: str) -> tuple[Finding, ...]:
    """Say what was lost: each test with its reason, for as many lines as a model can use."""
    room = _EVIDENCE_LINES
    told = []
    for result in what.failing[:SHOWN]:
        said = shorten(result.message, lines=room) if room > 0 else ""
        room -= said.count("\n") + 1
        told.append(Finding(CHECK, _why(result), evidence=said))
    if what.missing:
        told.append(Finding(CHECK, _silent(what.missing, trouble)))
    rest = len(what.failing) - SHOWN
    if rest > 0:
        told.append(Finding(CHECK, f"{rest} more tests fail."))
    return tuple(told)


def _why(result: Result) -> str:
    why = reason(result)
    what = _SAID.get(result.answer, "fails")
    return f"{result.id} {what}: {why}" if why else f"{result.id} {what}."


def reason(result: Result) -> str:
    """Give the line of a test's message that says what went wrong: the error's first, below the innermost frame."""
    said = [line for line in result.message.splitlines() if line.strip()]
    marked = next((line[1:] for line in said if line.startswith("E ")), "")  # as pytest itself marks it
    below = said[max((at for at, line in enumerate(said) if _FRAME.match(line)), default=-1) + 1 :]
    plain = next((line for line in below if not line.startswith(" ")), said[-1] if said else "")
    return (marked or plain).strip()


def _silent(missing: tuple[str, ...], trouble: str) -> str:
    shown = ", ".join(missing[:SHOWN]) + (f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else "")
    return f"No answer came from {shown}{': ' + trouble if trouble else '.'}"
