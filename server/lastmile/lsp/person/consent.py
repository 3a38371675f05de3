"""Asks the person before money is spent or text leaves the machine.

"For today" holds for the tier that was asked about, until midnight of this machine's clock, and in
this process alone: nothing is written down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime

from attrs import define, field, frozen

from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Attempt
from lastmile.cascade.protocols import ConsentRequest
from lastmile.lsp.person.person import Person

ONCE, TODAY, NOT_NOW = "Once", "For today", "Not now"

_PATIENCE = 300.0
"""Seconds; no answer by then is a no. The task's own deadline stands still meanwhile."""

_LONGEST_REASON = 140


@frozen
class _Day:
    tier: str
    climb: bool
    day: date


def _today() -> date:
    return datetime.now().astimezone().date()


@define(eq=False)
class Asker:
    """The loop's way to the person; one question at a time."""

    person: Person
    today: Callable[[], date] = _today
    seconds: float = _PATIENCE
    _allowed: set[_Day] = field(factory=set)
    _turn: asyncio.Lock = field(factory=asyncio.Lock)

    async def ask(self, request: ConsentRequest) -> bool:
        """Ask whether the tier may be used; no answer in time is a no."""
        async with self._turn:
            day = _Day(request.tier, request.climb, self.today())
            if day in self._allowed:
                return True
            answer = await self.person.choose(question(request), (ONCE, TODAY, NOT_NOW), seconds=self.seconds)
            if answer == TODAY:
                self._allowed = {kept for kept in self._allowed if kept.day == day.day} | {day}
            return answer in {ONCE, TODAY}


def question(request: ConsentRequest) -> str:
    """Write the question: what is asked of whom, for how much at most, and what was refused so far."""
    model = f" ({request.model})" if request.model else ""
    what = request.task.title or request.task.kind
    end = "" if what.endswith("…") else "."  # a title that was shortened has ended
    again = ", which costs more than the tier before it" if request.climb else ""
    lead = f"Ask {request.tier}{model} for up to {dollars(request.worst_case)}{again}? {what}{end}"
    tried = [_tried(attempt) for attempt in {attempt.tier: attempt for attempt in request.attempts}.values()]
    return f"{lead} So far: {'; '.join(tried)}." if tried else lead


def _tried(attempt: Attempt) -> str:
    """Say in a few words why a tier's last attempt was refused."""
    if attempt.failure:
        return f"{attempt.tier} failed ({_short(attempt.failure)})"
    finding = attempt.verdict.findings[0] if attempt.verdict.findings else None
    if finding is None:
        return f"{attempt.tier} found no majority"
    return f"{attempt.tier} was refused by {finding.check} ({_short(finding.message)})"


def _short(text: str) -> str:
    line = text.strip().partition("\n")[0].rstrip(".")
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"
