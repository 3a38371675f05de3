"""What menus brought along: found by its task, the last of it, and bounded."""

from __future__ import annotations

from attrs import evolve
from tests.support.ledger import accepted, attempt, task

from lastmile.ahead.handed import Handed
from lastmile.ahead.values import Ready
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot


def ready(name: str, text: str = "x = 1\n") -> Ready:
    offer = Offer("fix", "Fix it", "quickfix", Span(0, 1), {"code": "F401"})
    outcome = accepted(evolve(task(), id=name), attempt())
    return Ready(offer, outcome, Snapshot("file:///x.py", text), (Replacement(Span(0, 1), "y"),))


def test_the_last_of_a_task_is_found() -> None:
    handed, first, second = Handed(), ready("a"), ready("a", "x = 2\n")
    handed.keep(first)
    assert handed.find("a") is first
    handed.keep(second)
    assert handed.find("a") is second
    assert handed.find("b") is None


def test_of_too_many_the_oldest_go() -> None:
    handed = Handed()
    for number in range(300):
        handed.keep(ready(str(number)))
    assert [number for number in range(300) if handed.find(str(number))] == list(range(44, 300))


def test_of_too_much_text_the_oldest_goes_and_the_last_stays() -> None:
    handed = Handed()
    for number in range(12):
        handed.keep(ready(str(number), "#" * 1_000_000))
    kept = [found for number in range(12) if (found := handed.find(str(number)))]
    assert sum(item.weight for item in kept) <= 8_000_000
    handed.keep(ready("long", "#" * 9_000_000))
    assert handed.find("long") is not None
