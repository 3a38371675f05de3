"""A ledger with a story in it: weeks of work by several tiers, for whoever looks at what is made of one.

The same seed tells the same story. Rows are written as the ledger writes them, many at a time, so that a
ledger of years takes no longer to make than to read.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from lastmile.ledger.database import open_file
from lastmile.ledger.money import NANOS, day_of

DAY = 86_400.0
REFUSALS = (("lint", "F821"), ("types", "arg-type"), ("tests", ""), ("syntax", ""), ("", ""))

Row = dict[str, Any]


@frozen
class Story:
    """What happened."""

    tasks: int = 400
    days: int = 60
    ago: float = 0.1
    """Days since the last of them ended: a ledger folds what is old as soon as it is opened."""

    kinds: tuple[str, ...] = ("fix", "docstring", "annotate", "fix-test", "write-tests", "instruct")
    ladder: tuple[tuple[str, float, float], ...] = (
        ("rules", 0.0, 0.1),
        ("local", 0.0, 2.5),
        ("sonnet", 0.018, 6.0),
        ("opus", 0.09, 11.0),
    )
    """Tiers with what an attempt costs in US dollars, 0 for a free one, and how many seconds it takes."""

    tops: tuple[str, ...] = ("opus",)
    """The top tiers that the estimates are of, one after the other; none for no known price."""

    completions: int = 900
    seed: int = 7

    @property
    def end(self) -> float:
        """When the last day ended, in seconds since 1970."""
        return time.time() - self.ago * DAY


PLAIN = Story()
HOSTILE = evolve(
    PLAIN,
    tasks=40,
    kinds=(
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(2)>",
        "{{ 7 * 7 }}",
        "k" * 200,
        "\u202egnp.exe\x1b[31m",
    ),
    ladder=(("</style><b>free</b>", 0.0, 0.1), ("&lt;opus&gt;" + "w" * 150, 0.05, 9.0)),
    tops=("<i>top</i>", "--><svg/onload=alert(3)>"),
)


def write(path: Path, story: Story = PLAIN) -> None:
    """Write a ledger that holds the story."""
    connection = open_file(path, patience=10.0)
    try:
        connection.execute("BEGIN")
        rows = {"attempts": [], "outcomes": [], "completions": list(_completions(story))}  # type: dict[str, list[Row]]
        for task in _tasks(story):
            rows["attempts"] += task[:-1]
            rows["outcomes"].append(task[-1])
        for table, values in rows.items():
            _insert(connection, table, values)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _tasks(story: Story) -> Iterator[list[Row]]:
    chance, end = random.Random(story.seed), story.end  # noqa: S311 - a story
    for number in range(story.tasks):
        at = end - story.days * DAY * chance.random() ** 0.8
        kind = chance.choice(story.kinds)
        yield _task(story, chance, {"task": f"t{number}", "at": at, "day": day_of(at), "project": "p", "kind": kind})


def _task(story: Story, chance: random.Random, common: Row) -> list[Row]:
    """Go up the ladder until a draft passes, and end."""
    hard = (story.kinds.index(common["kind"]) + 1) / (len(story.kinds) + 2)
    attempts, passed = [], False
    for tier, cost, seconds in story.ladder:
        passed = chance.random() > hard * (0.6 if cost else 1.0)
        attempts.append(_attempt(common, chance, tier=tier, cost=cost, seconds=seconds, passed=passed))
        if passed:
            break
    last = attempts[-1]
    top = (
        story.tops[common["at"] > story.end - story.days * DAY / 2 if len(story.tops) > 1 else 0]
        if story.tops
        else None
    )
    outcome: Row = common | {
        "status": "accepted" if passed else "surfaced",
        "reason": "",
        "cleared_by": last["tier"] if passed else "",
        "cleared_free": passed and not last["cost"],
        "tried_free": True,
        "seconds": sum(each["seconds"] for each in attempts),
        "top_tier": top,
        "top_cost": None if top is None else round((0.03 + 0.05 * chance.random()) * NANOS),
        "kept": (chance.random() < 0.93) if passed else None,
    }
    return [*attempts, outcome]


def _attempt(common: Row, chance: random.Random, *, tier: str, cost: float, seconds: float, passed: bool) -> Row:
    check, code = ("", "") if passed else chance.choice(REFUSALS)
    counts = dict.fromkeys(("input", "cache_write", "cache_write_1h", "cache_read", "output", "estimated"), 0)
    return (
        common
        | counts
        | {
            "reservation": f"{common['task']}-{tier}" if cost else None,
            "file": "f",
            "tier": tier,
            "model": "",
            "escalation": "",
            "cost": round(cost * (0.6 + chance.random()) * NANOS),
            "prices": "",
            "seconds": seconds * (0.5 + chance.expovariate(1.5)),
            "passed": passed,
            "refused_by": check,
            "code": code,
            "failure": "",
        }
    )


def _completions(story: Story) -> Iterator[Row]:
    chance, end = random.Random(story.seed + 1), story.end  # noqa: S311 - a story
    fates = chance.choices(
        ("accepted", "partial", "typed", "dismissed", "shown"), (34, 8, 11, 42, 5), k=story.completions
    )
    for number, fate in enumerate(fates):
        at = end - story.days * DAY * chance.random()
        early = chance.random() < 0.95 if fate == "accepted" else None
        yield {
            "id": f"c{number}",
            "at": at,
            "day": day_of(at),
            "project": "p",
            "language": "python",
            "characters": 40,
            "lines": 1,
            "seconds": 0.1 + chance.expovariate(6),
            "source": "asked",
            "fate": fate,
            "taken": 38 if fate == "accepted" else 12 if fate == "partial" else 0,
            "kept_early": early,
            "kept_late": early and chance.random() < 0.93,
        }


def _insert(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    if rows:
        marks = ", ".join(f":{column}" for column in rows[0])
        connection.executemany(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})", rows)  # noqa: S608 - our own names
