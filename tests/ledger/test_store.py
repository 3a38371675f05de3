import asyncio
import os
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from math import exp
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import PASSED, PLENTY, REFUSED, Clock, accepted, attempt, opened, spent, task

from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.protocols import Bank
from lastmile.cascade.task import Oracle
from lastmile.cascade.verdict import CheckRun, Finding, Verdict
from lastmile.config.tree import Budget
from lastmile.errors import BudgetError, LedgerError
from lastmile.ledger.prices import TABLE_VERSION
from lastmile.ledger.rows import FAILURE_LENGTH, hashed
from lastmile.ledger.schema import MIGRATIONS
from lastmile.ledger.store import Ledger, default_path
from lastmile.text.snapshot import Snapshot

PROJECT = "/home/ada/shop"
HELD = Verdict((Finding("apply", "It will not do."),), (CheckRun("apply", 0.0),), "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


def row(path: Path, table: str) -> dict[str, object]:
    """Read the one row of a table, as a person with the sqlite3 program would."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(each) for each in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - the test's own name
    connection.close()
    assert len(found) == 1
    return found[0]


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


async def test_a_task_that_ends_twice_is_one_task(path: Path) -> None:
    work = task()
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        await bank.record(work, attempt())
        await bank.close(Outcome(work, Status.SURFACED, (), reason="the deadline has passed"))
        await bank.close(accepted(work, attempt()))
    found = row(path, "outcomes")
    assert (found["status"], found["cleared_by"], found["cleared_free"], found["kept"]) == (
        "accepted",
        "rules",
        1,
        None,
    )


async def test_what_the_receipt_says_of_the_oracle_is_written_down(path: Path) -> None:
    """The column of an outcome's reason is free where an edit was accepted."""
    notes = ("3 drafts pass, in 2 groups by 60 inputs", "1 of 2 tests reach the change")
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).close(evolve(accepted(task(), attempt()), notes=notes))
    assert row(path, "outcomes")["reason"] == "; ".join(notes)


async def test_a_receipt_quotes_neither_a_server_nor_a_run(path: Path) -> None:
    doubt = "no test decided (No test that sees it passes as it is: KeyError: 'hunter2Qz99')"
    runs = (CheckRun("tests", 0.0, "3 tests pass, set aside as flaky: test_it[hunter2Qz99]"),)
    failed = attempt("local", draft=None, failure="local: gpu:8000 failed with HTTP 400: near `hunter2Qz99`")
    passed = attempt(verdict=evolve(PASSED, runs=runs), draft=Draft((), note="1 repair passes: hunter2Qz99"))
    ended = accepted(task(oracle=Oracle(doubt=doubt)), passed)
    notes = (f"{doubt}: one sample was taken as it came", "1 of 2 tests reach the change: hunter2Qz99")
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).close(evolve(ended, attempts=(failed, passed), notes=notes))
    told = (
        "1 repair passes{0}no test decided (No test that sees it passes as it is): one sample was taken as it came{0}"
        "1 of 2 tests reach the change"
    )
    written = row(path, "outcomes")
    assert written["reason"] == told.format("; ")
    assert written["receipt"] == (
        "rules, 1 draft, after local (failed: gpu:8000 failed with HTTP 400), 3 tests pass, set aside as flaky, "
        f"{told.format(', ')}, 2.0 s, $0.00"
    )


@pytest.mark.parametrize(
    ("status", "reason", "written"),
    [
        (Status.SURFACED, "for `f(['hunter2Qz99'])`, should this give `1` or `0`?", "samples differ, and what"),
        (Status.SURFACED, "for f(hunter2Qz99), should this give 1\nor 0?", "samples differ, and what"),
        (Status.SURFACED, "the deadline of 20 s has passed", "the deadline of 20 s has passed"),
        (Status.DECLINED, "no consent to ask opus", "no consent to ask opus"),
        (Status.DECLINED, "ruff cannot judge this: TOML parse error at `hunter2Qz99`", "ruff cannot judge this"),
        (Status.DECLINED, "3 tests fail. E assert 'hunter2Qz99' == 1", "3 tests fail"),
        (Status.DECLINED, "mypy ended\nx = hunter2Qz99", "mypy ended"),
        (Status.DECLINED, "the name 'hunter2Qz99' is unknown", "the name"),
        (Status.CANCELLED, "cancelled", "cancelled"),
    ],
)
async def test_why_a_task_was_not_accepted_quotes_nothing(
    path: Path, status: Status, reason: str, written: str
) -> None:
    refusal = Finding("tests", "assert hunter2Qz99 == 1", evidence="E  assert hunter2Qz99 == 1")
    refused = attempt(verdict=Verdict((refusal,), (CheckRun("tests", 0.0, "hunter2Qz99 fails"),)))
    async with opened(path) as ledger:
        bank, work = ledger.bank(PLENTY, PROJECT), task()
        await bank.record(work, refused)
        await bank.close(Outcome(work, status, (refused,), reason=reason, notes=("1 of 2: hunter2Qz99",)))
    assert row(path, "outcomes")["reason"].startswith(written)
    kept = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
    assert kept
    assert not any(b"hunter2Qz99" in data for data in kept)


@pytest.mark.parametrize("kept", [True, False])
async def test_it_remembers_whether_an_edit_was_kept(path: Path, kept: bool) -> None:  # noqa: FBT001 - a table's column
    work = task()
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).close(accepted(work, attempt()))
        await ledger.mark_kept(work.id, kept=kept)
        await ledger.mark_kept("no task of ours", kept=not kept)
    assert row(path, "outcomes")["kept"] == kept


async def test_what_was_made_ahead_counts_once_a_person_took_it(path: Path) -> None:
    clock = Clock.at("2026-11-23 14:00")
    works = [task(ahead=ahead) for ahead in (False, True, True)]
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        for work in works:
            await bank.record(work, attempt())
            await bank.close(accepted(work, attempt()))
        clock.seconds += 86_400
        for work in works[:2]:
            ledger.mark_applied(work.id)
        bill, receipts = await ledger.bill(), await ledger.receipts(10)
        today = await ledger.bill(since=clock.seconds - 1)
    total = bill.total
    assert (total.tasks, total.cleared, total.attempts, total.ahead, bill.unasked) == (2, 2, 2, 1, 1)
    assert [(item.task, item.ahead) for item in receipts] == [(works[1].id, True), (works[0].id, False)]
    assert {item.receipt for item in receipts} == {"rules, 1 draft, 1.0 s, $0.00"}
    assert (today.total.tasks, today.total.attempts, today.total.ahead) == (1, 1, 1)


async def test_what_nobody_could_clear_ahead_says_nothing_of_the_kind(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        for ahead in (True, True, False):
            work = task(ahead=ahead)
            await bank.record(work, attempt(verdict=REFUSED) if ahead else attempt())
            await bank.close(Outcome(work, Status.SURFACED) if ahead else accepted(work, attempt()))
        assert await bank.past_escalations("fix") == 0.0


@pytest.mark.parametrize(
    ("words", "kept"),
    [("It broke the cart.", "It broke the cart."), ("", ""), ("x" * 5000, "x" * 4000), ("\ud800", "?")],
)
async def test_an_edit_that_was_wrong_keeps_the_persons_words(path: Path, words: str, kept: str) -> None:
    works = [task(), task()]
    async with opened(path) as ledger:
        for work in works:
            await ledger.bank(PLENTY, PROJECT).close(accepted(work, attempt()))
        await ledger.mark_kept(works[0].id, kept=True)
        await ledger.mark_undone(works[0].id, words)
        await ledger.mark_undone("no task of ours", words)
        total, (newest, oldest) = (await ledger.bill()).total, await ledger.receipts(2)
    assert (total.undone, total.kept, total.dropped) == (1, 0, 1)
    assert sorted([(item.undone, item.words) for item in (newest, oldest)]) == [(False, ""), (True, kept)]


# The money.


async def reserve(bank: Bank, worst_case: float, **changes: object) -> str:
    return await bank.reserve(task(**changes), tier="sonnet", worst_case=worst_case)


@pytest.mark.parametrize(
    ("budget", "name"),
    [
        (Budget(task=0.30, day=9, month=9), "task"),
        (Budget(task=9, day=0.30, month=9), "day"),
        (Budget(task=9, day=9, month=0.30), "month"),
    ],
)
async def test_a_budget_carries_as_many_calls_as_fit_and_says_what_would_be_needed(
    path: Path, budget: Budget, name: str
) -> None:
    work = task()
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        for _ in range(3):
            await bank.reserve(work, tier="sonnet", worst_case=0.1)
        with pytest.raises(BudgetError) as refusal:
            await bank.reserve(work, tier="sonnet", worst_case=0.015)
    assert str(refusal.value) == (
        f"the {name}'s budget of $0.30 has $0.00 left and one call to sonnet could cost $0.015: "
        f"raise `budget.{name}` to 0.32 to allow it"
    )


async def test_what_a_call_did_not_use_is_given_back(path: Path) -> None:
    budget = Budget(task=1.0, day=0.30, month=1.0)
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        held = await reserve(bank, 0.20)
        with pytest.raises(BudgetError):
            await reserve(bank, 0.20)
        await bank.record(task(), attempt("sonnet", cost=0.05), reservation=held)
        with pytest.raises(BudgetError):  # the reservation still stands for its worst case
            await reserve(bank, 0.20)
        await bank.settle(held)
        await reserve(bank, 0.25)
        with pytest.raises(BudgetError):
            await reserve(bank, 0.01)


async def test_a_call_that_cost_more_than_its_worst_case_counts_what_it_cost(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        held = await reserve(bank, 0.10)
        await bank.record(task(), attempt("sonnet", cost=0.15), reservation=held)
        assert (await ledger.bill()).total.spent == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("spent_at", "asked_at", "allowed"),
    [
        ("2026-11-23 00:00", "2026-11-23 23:59", False),
        ("2026-11-23 23:59", "2026-11-24 00:00", True),
        ("2026-11-24 00:00", "2026-11-23 23:59", True),
    ],
)
async def test_a_day_ends_at_midnight_where_the_person_is(
    path: Path, spent_at: str, asked_at: str, *, allowed: bool
) -> None:
    await check_budget(path, Budget(task=9, day=0.1, month=9), (spent_at, asked_at), allowed=allowed)


@pytest.mark.parametrize(
    ("spent_at", "asked_at", "allowed"),
    [
        ("2026-11-01 00:00", "2026-11-30 23:59", False),
        ("2026-10-31 23:59", "2026-11-01 00:00", True),
        ("2026-12-01 00:00", "2026-11-30 23:59", True),
        ("2025-11-10 00:00", "2026-11-10 00:00", True),
    ],
)
async def test_a_month_ends_with_the_month(path: Path, spent_at: str, asked_at: str, *, allowed: bool) -> None:
    await check_budget(path, Budget(task=9, day=9, month=0.1), (spent_at, asked_at), allowed=allowed)


async def check_budget(path: Path, budget: Budget, times: tuple[str, str], *, allowed: bool) -> None:
    clock = Clock.at(times[0])
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(budget, PROJECT)
        held = await reserve(bank, 0.1)
        await bank.record(task(), attempt("sonnet", cost=0.1), reservation=held)
        await bank.settle(held)
        clock.turn(times[1])
        if allowed:
            await reserve(bank, 0.1)
        else:
            with pytest.raises(BudgetError):
                await reserve(bank, 0.1)


async def test_a_call_over_midnight_counts_on_the_day_whose_budget_was_asked(path: Path) -> None:
    clock = Clock.at("2026-11-23 23:59")
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        held = await reserve(bank, 0.1)
        clock.turn("2026-11-24 00:01")
        await bank.record(task(), attempt("sonnet", cost=0.1), reservation=held)
    assert row(path, "attempts")["day"] == "2026-11-23"


async def test_every_project_spends_from_one_purse(path: Path) -> None:
    async with opened(path) as ledger:
        await reserve(ledger.bank(PLENTY, "/home/ada/shop"), 0.9)
        with pytest.raises(BudgetError, match="day's budget"):
            await reserve(ledger.bank(Budget(task=1, day=1, month=9), "/home/ada/blog"), 0.2)


@pytest.mark.parametrize("worst_case", [float("nan"), float("inf"), -0.01])
async def test_a_price_that_is_no_amount_buys_nothing(path: Path, worst_case: float) -> None:
    async with opened(path) as ledger:
        with pytest.raises(LedgerError, match="price"):
            await reserve(ledger.bank(PLENTY, PROJECT), worst_case)


async def test_a_budget_that_is_no_number_allows_nothing(path: Path) -> None:
    async with opened(path) as ledger:
        with pytest.raises(BudgetError):
            await reserve(ledger.bank(Budget(task=float("nan"), day=9, month=9), PROJECT), 0.01)


async def test_fifty_tasks_at_once_stay_within_the_budget(path: Path) -> None:
    budget = Budget(task=1.0, day=1.0, month=9.0)
    async with opened(path) as ledger:
        bank = ledger.bank(budget, PROJECT)
        most = 0.0

        async def one(number: int) -> int:
            nonlocal most
            work, made = task(), 0
            for _ in range(5):
                try:
                    held = await bank.reserve(work, tier="sonnet", worst_case=0.03)
                except BudgetError:
                    continue
                made += 1
                total = (await ledger.bill()).total
                most = max(most, total.spent + total.open_cost)
                await bank.record(work, attempt("sonnet", cost=0.001 * (number % 30)), reservation=held)
                await bank.settle(held)
            return made

        made = sum(await asyncio.gather(*map(one, range(50))))
        total = (await ledger.bill()).total
    assert 33 <= made < 250
    assert total.attempts == made
    assert most <= 1.0
    assert total.spent <= 1.0
    assert total.open_calls == 0


async def test_a_cancelled_reservation_holds_no_money(path: Path) -> None:
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        asking = [asyncio.create_task(reserve(bank, 0.1)) for _ in range(20)]
        await asyncio.sleep(0)
        for each in asking:
            each.cancel()
        ended = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended)
    assert await spent(path) == 0


async def test_a_cancelled_record_is_written_all_the_same(path: Path) -> None:
    async with opened(path) as ledger:
        writing = asyncio.create_task(ledger.bank(PLENTY, PROJECT).record(task(), attempt()))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert row(path, "attempts")["tier"] == "rules"


# The past.


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        ("", 0.0),
        ("free", 0.0),
        ("paid", 1.0),
        ("free free free paid", 0.25),
        ("nothing free", 0.5),
        ("cancelled free", 0.0),
        ("untried free", 0.0),
        (" ".join(["paid"] * 30 + ["free"] * 50), 0.0),
    ],
)
async def test_past_escalations_are_of_recent_tasks_that_a_free_tier_tried(
    path: Path, endings: str, expected: float
) -> None:
    clock = Clock.at("2026-11-23 14:00")
    async with opened(path, clock=clock) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        for ending in endings.split():
            clock.seconds += 1
            await end(bank, ending)
        await end(bank, "paid", kind="docstring")
        assert await bank.past_escalations("fix") == pytest.approx(expected)


async def end(bank: Bank, ending: str, kind: str = "fix") -> None:
    work, free, paid = task(kind), attempt("rules", verdict=REFUSED), attempt("sonnet", cost=0.01)
    if ending != "untried":
        await bank.record(work, free)
    if ending in {"paid", "untried"}:
        await bank.record(work, paid, reservation="r")
    outcomes = {
        "free": accepted(work, attempt("rules")),
        "paid": accepted(work, free, paid),
        "untried": accepted(work, paid),
        "nothing": Outcome(work, Status.SURFACED, (free,)),
        "cancelled": Outcome(work, Status.CANCELLED, (free,)),
    }
    await bank.close(outcomes[ending])


# What goes wrong.


def a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)


def a_file_in_place_of_its_folder(path: Path) -> None:
    path.parent.write_text("not a folder")


def a_pipe_in_its_place(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path, 0o644)


def garbage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)


def a_torn_file(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    os.truncate(path, 2048)


def a_newer_ledger(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def another_programs_database(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()


@pytest.mark.parametrize(
    ("trouble", "what", "remedy"),
    [
        (a_folder_in_its_place, "Is a directory", "a file in a folder of yours"),
        (a_file_in_place_of_its_folder, "exists", "a file in a folder of yours"),
        (a_pipe_in_its_place, "no regular file", "a file of its own"),
        (garbage, "damaged (file is not a database)", "move it away"),
        (a_torn_file, "damaged (database disk image is malformed)", "move it away"),
        (
            a_newer_ledger,
            f"a newer Lastmile wrote it (version 99, this one knows {len(MIGRATIONS)})",
            "update Lastmile",
        ),
        (another_programs_database, "another program's database", "set LASTMILE_LEDGER"),
    ],
)
async def test_a_file_that_cannot_be_used_is_told_and_the_work_goes_on_without_money(
    path: Path, trouble: Callable[[Path], None], what: str, remedy: str
) -> None:
    trouble(path)
    async with opened(path) as ledger:
        assert what in ledger.problem
        assert remedy in ledger.problem
        assert str(path) in ledger.problem
        assert "\n" not in ledger.problem
        await check_works_without_money(ledger)


async def check_works_without_money(ledger: Ledger) -> None:
    before = (await ledger.bill()).total
    bank, work = ledger.bank(PLENTY, PROJECT), task()
    with pytest.raises(LedgerError) as refusal:
        await bank.reserve(work, tier="sonnet", worst_case=0.01)
    assert str(refusal.value) == ledger.problem
    await bank.record(work, attempt(verdict=REFUSED))
    await bank.settle("gone")
    await bank.close(Outcome(work, Status.SURFACED, (attempt(verdict=REFUSED),)))
    await ledger.mark_kept(work.id, kept=True)
    assert await bank.past_escalations("fix") > 0
    after = (await ledger.bill()).total
    assert (after.attempts - before.attempts, after.tasks - before.tasks) == (1, 1)


def removed(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.write_bytes(path.with_suffix(".old").read_bytes())


def emptied_of_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    for table in ("attempts", "reservations", "outcomes"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()


async def reserves(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        await reserve(ledger.bank(PLENTY, PROJECT), 0.01)


async def records(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).record(task(), attempt())


async def settles(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).settle("some reservation")


async def closes(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).close(accepted(task(), attempt()))


async def reads(ledger: Ledger) -> None:
    await ledger.bill()


async def looks_back(ledger: Ledger) -> None:
    await ledger.bank(PLENTY, PROJECT).past_escalations("fix")


@pytest.mark.parametrize(
    ("trouble", "message"),
    [(removed, "removed or replaced"), (replaced, "removed or replaced"), (emptied_of_tables, "no such table")],
)
@pytest.mark.parametrize("first", [reserves, records, settles, closes, reads, looks_back])
async def test_a_file_that_breaks_while_it_is_used_stops_the_money_and_nothing_else(
    path: Path, trouble: Callable[[Path], None], message: str, first: Callable[[Ledger], Awaitable[None]]
) -> None:
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, PROJECT).record(task(), attempt())
        assert ledger.problem == ""
        trouble(path)
        await first(ledger)
        assert message in ledger.problem
        await check_works_without_money(ledger)


async def test_a_lock_that_another_program_holds_refuses_money_but_is_no_damage(path: Path) -> None:
    async with opened(path, patience=0.05) as ledger:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another program holds the ledger"):
            await reserve(ledger.bank(PLENTY, PROJECT), 0.01)
        holder.execute("ROLLBACK")
        holder.close()
        assert ledger.problem == ""
        await reserve(ledger.bank(PLENTY, PROJECT), 0.01)


async def test_what_another_program_holds_up_is_written_when_it_lets_go(path: Path) -> None:
    async with opened(path, patience=0.05) as ledger:
        bank = ledger.bank(PLENTY, PROJECT)
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        for cost in (0.25, 0.5):
            await bank.record(task(), attempt(cost=cost))
        assert ledger.problem == ""
        holder.execute("ROLLBACK")
        holder.close()
        await bank.record(task(), attempt(cost=1.0))
        assert await spent(path) == pytest.approx(1.75)
        assert ledger.problem == ""


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN; SELECT * FROM sqlite_master"])
async def test_a_file_that_another_program_locks_is_waited_for_and_then_told(path: Path, lock: str) -> None:
    path.parent.mkdir()
    holder = sqlite3.connect(path, isolation_level=None)
    for statement in lock.split("; "):
        holder.execute(statement).fetchall()
    async with opened(path, patience=0.05) as ledger:
        assert "database is locked" in ledger.problem
        await check_works_without_money(ledger)
    holder.close()
    assert await spent(path) == 0


async def test_a_file_that_another_process_is_just_making_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    ledger = Ledger.open(path)
    with pytest.raises(TimeoutError):  # SQLite itself would have refused at once
        await asyncio.wait_for(ledger.ready(), 0.2)
    maker.execute("ROLLBACK")
    assert await ledger.ready() == ""
    await ledger.aclose()
    maker.close()


async def test_a_closed_ledger_promises_nothing_and_raises_nothing_else(path: Path) -> None:
    ledger = Ledger.open(path)
    bank = ledger.bank(PLENTY, PROJECT)
    await ledger.aclose()
    await ledger.aclose()
    with pytest.raises(LedgerError, match="closed"):
        await reserve(bank, 0.01)
    await bank.record(task(), attempt())
    await bank.settle("x")
    assert await bank.past_escalations("fix") == 0.0
