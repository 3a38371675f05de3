"""What is written down of a task's end, and of what became of its edit."""

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import PASSED, PLENTY, Clock, accepted, attempt, opened, task
from tests.support.ledger_file import PROJECT, row

from lastmile.cascade.draft import Draft
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.task import Oracle
from lastmile.cascade.verdict import CheckRun, Finding, Verdict


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
    assert str(row(path, "outcomes")["reason"]).startswith(written)
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
