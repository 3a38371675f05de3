"""Where the ledger's file is, who may read it, and what is written there of an attempt."""

import asyncio
import stat
from math import exp
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, REFUSED, Clock, attempt, opened, spent, task
from tests.support.ledger_file import PROJECT, row

from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.verdict import CheckRun, Finding, Verdict
from lastmile.ledger.prices import TABLE_VERSION
from lastmile.ledger.rows import FAILURE_LENGTH, hashed
from lastmile.ledger.store import default_path
from lastmile.text.snapshot import Snapshot

HELD = Verdict((Finding("apply", "It will not do."),), (CheckRun("apply", 0.0),), "")


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"LASTMILE_LEDGER": "/srv/team.sqlite3"}, "/srv/team.sqlite3"),
        ({"LASTMILE_LEDGER": "~/team.sqlite3"}, str(Path.home() / "team.sqlite3")),
    ],
)
def test_the_environment_names_the_file(env: dict[str, str], expected: str) -> None:
    assert str(default_path(env)) == expected


@pytest.mark.parametrize("env", [{}, {"LASTMILE_LEDGER": ""}])
def test_without_a_name_the_file_lies_in_the_users_state_folder(env: dict[str, str]) -> None:
    assert default_path(env).parts[-2:] == ("lastmile", "ledger.sqlite3")


async def test_the_file_is_the_users_alone(path: Path) -> None:
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).record(task(), attempt())
        modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"ledger.sqlite3", "ledger.sqlite3-wal"} <= set(modes)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o644)
    assert asyncio.run(spent(path)) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_an_attempt_is_written_down_whole(path: Path) -> None:
    clock = Clock.at("2026-11-23 14:00")
    work = task("docstring")
    usage = Usage(input=1000, cache_write=200, cache_read=3000, output=400, cache_write_1h=50, estimated=True)
    async with opened(path, clock=clock) as ledger:
        tried = attempt(
            "sonnet",
            model="claude-sonnet-5-5",
            trigger=Trigger.VERIFICATION,
            usage=usage,
            cost=0.01095,
            verdict=REFUSED,
            seconds=2.5,
            draft=Draft((), confidence=Confidence(-0.5, -2.0, 1.0, 0.1)),
        )
        await ledger.bank(PLENTY, PROJECT).record(work, tried, reservation="r1")
    assert row(path, "attempts") == {
        "id": 1,
        "task": work.id,
        "reservation": "r1",
        "at": clock.seconds,
        "day": "2026-11-23",
        "project": hashed(PROJECT),
        "file": hashed("/home/ada/shop/cart.py"),
        "kind": "docstring",
        "tier": "sonnet",
        "model": "claude-sonnet-5-5",
        "escalation": "verification",
        "input": 1000,
        "cache_write": 200,
        "cache_write_1h": 50,
        "cache_read": 3000,
        "output": 400,
        "estimated": 1,
        "cost": 10_950_000,
        "prices": TABLE_VERSION,
        "seconds": 2.5,
        "passed": 0,
        "refused_by": "lint",
        "code": "F401",
        "failure": "",
        "confidence": pytest.approx(exp(-0.5)),
        "ahead": 0,
    }


@pytest.mark.parametrize(
    ("tried", "column", "expected"),
    [
        (attempt(), "passed", 1),
        (attempt(), "reservation", None),
        (attempt(verdict=Verdict()), "passed", 0),
        (attempt(failure="cancelled while it was judged"), "passed", 0),
        (attempt(draft=None, verdict=Verdict(), failure="x" * 10_000), "failure", "x" * FAILURE_LENGTH),
        (attempt(verdict=Verdict((Finding("property", "`password = 'hunter2Qz99'` is gone."),))), "failure", ""),
        (attempt(failure="gpu:8000 failed with HTTP 500: hunter2Qz99"), "failure", "gpu:8000 failed with HTTP 500"),
        (
            attempt("sonnet", failure="sonnet: The provider failed (500). hunter2Qz99"),
            "failure",
            "The provider failed (500)",
        ),
        (attempt(failure="The server said\nhunter2Qz99"), "failure", "The server said"),
        (attempt(failure="a lone surrogate \ud800"), "failure", "a lone surrogate ?"),
        (attempt(verdict=Verdict((Finding("lint", "m", code="\udfff" * 999),))), "code", "?" * 200),
        (attempt(cost=0.5, model="qwen3"), "prices", "settings"),
        (attempt(), "prices", ""),
        (attempt(cost=float("nan")), "cost", 0),
        (attempt(cost=float("inf")), "cost", 0),
        (attempt(cost=-1.0), "cost", 0),
        (attempt(usage=Usage(input=10**30, output=-1)), "input", 10**12),
        (attempt(usage=Usage(input=10**30, output=-1)), "output", 0),
        (attempt(draft=Draft((), defect="ruff's fix was held back"), verdict=HELD), "refused_by", ""),
        (attempt("sonnet", model="m", draft=Draft((), defect="prose"), verdict=HELD), "refused_by", "apply"),
    ],
)
async def test_what_a_server_or_a_model_says_never_keeps_a_row_out(
    path: Path, tried: Attempt, column: str, expected: object
) -> None:
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).record(task(), tried)
        assert ledger.problem == ""
    assert row(path, "attempts")[column] == expected


async def test_paths_are_written_as_they_are_only_where_asked_for(path: Path) -> None:
    untitled = task(snapshot=Snapshot("untitled:Untitled-1", ""))
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT, plain_paths=True).record(untitled, attempt())
    found = row(path, "attempts")
    assert (found["project"], found["file"]) == (PROJECT, "untitled:Untitled-1")


async def test_a_task_outside_every_project_has_no_project(path: Path) -> None:
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, "").record(task(), attempt())
    assert row(path, "attempts")["project"] == ""


async def test_a_cancelled_record_is_written_all_the_same(path: Path) -> None:
    async with opened(path) as ledger:
        writing = asyncio.create_task(ledger.bank(PLENTY, PROJECT).record(task(), attempt()))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert row(path, "attempts")["tier"] == "rules"
