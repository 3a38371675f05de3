import json
from datetime import datetime
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import PLENTY, REFUSED, Clock, accepted, attempt, opened, task

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.errors import RequestError
from lastmile.ledger.bill import Bill, Grouping, Refusal, parse_since
from lastmile.ledger.prices import rates_for
from lastmile.ledger.rows import TopTier, hashed
from lastmile.ledger.store import Ledger

SHOP, BLOG = "/home/ada/shop", "/home/ada/blog"
BLIND = Verdict(findings=(Finding("apply", "found nowhere"),))


def top(usage: Usage) -> TopTier:
    rates = rates_for("claude-opus-5-5")
    assert rates is not None
    return TopTier("opus", rates, lambda _outcome: usage)


async def a_week(ledger: Ledger, clock: Clock) -> None:
    """Live a week: what is cleared free, what is paid for, what fails, and what is lost."""
    shop, blog = ledger.bank(PLENTY, SHOP), ledger.bank(PLENTY, BLOG)

    clock.turn("2026-11-16 09:00")
    free = [task(), task()]
    for work, seconds in zip(free, (0.2, 0.4), strict=True):
        drafted = attempt("rules", seconds=seconds)
        await shop.record(work, drafted)
        await shop.close(accepted(work, drafted))
    await ledger.mark_kept(free[0].id, kept=True)
    await ledger.mark_kept(free[1].id, kept=False)

    clock.turn("2026-11-18 09:00")
    paid = task("docstring")
    tried = [attempt("rules", seconds=0.1, verdict=REFUSED), attempt("sonnet", cost=0.02, seconds=5.0, verdict=BLIND)]
    tried.append(attempt("sonnet", cost=0.03, seconds=6.0))
    await blog.record(paid, tried[0])
    for each in tried[1:]:
        held = await blog.reserve(paid, tier="sonnet", worst_case=0.1)
        await blog.record(paid, each, reservation=held)
        await blog.settle(held)
    await blog.close(accepted(paid, *tried))
    await ledger.mark_kept(paid.id, kept=True)

    clock.turn("2026-11-22 09:00")
    refused, cancelled = task(), task()
    failed = attempt("rules", seconds=1.0, draft=None, verdict=Verdict(), failure="ruff timed out")
    await shop.record(refused, failed)
    await shop.close(Outcome(refused, Status.SURFACED, (failed,)))
    held = await shop.reserve(cancelled, tier="opus", worst_case=0.2)
    await shop.record(cancelled, attempt("opus", cost=0.05, seconds=3.0, failure="cancelled"), reservation=held)
    await shop.settle(held)
    await shop.close(Outcome(cancelled, Status.CANCELLED, ()))
    await shop.reserve(task("instruct"), tier="opus", worst_case=0.4)


@pytest.fixture
async def bill(tmp_path: Path) -> Bill:
    clock = Clock.at("2026-11-16 09:00")
    async with opened(tmp_path / "l.sqlite3", clock=clock, top=top(Usage(input=4000, output=1200))) as ledger:
        await a_week(ledger, clock)
        clock.turn("2026-11-23 09:00")
        return await ledger.bill()


def test_the_total_of_a_week(bill: Bill) -> None:
    total = bill.total
    assert (total.tasks, total.cancelled, total.cleared, total.cleared_free) == (4, 1, 3, 2)
    assert (total.cleared_share, total.escalation_rate) == (0.75, 0.5)
    assert total.attempts == 7
    assert total.spent == pytest.approx(0.02 + 0.03 + 0.05 + 0.4)
    assert (total.lost_calls, total.open_calls) == (1, 0)
    assert total.lost_cost == pytest.approx(0.4)
    assert total.top_cost == pytest.approx(3 * (4000 * 5 + 1200 * 25) / 1e6)
    assert total.unestimated == 0
    assert total.ratio == pytest.approx(0.5 / 0.15)
    assert (total.wasted_attempts, total.wasted_seconds) == (4, 0.1 + 5 + 1 + 3)
    assert total.wasted_cost == pytest.approx(0.07)
    assert total.median_task_seconds == pytest.approx((0.4 + 1.0) / 2)
    assert total.median_attempt_seconds == 1.0
    assert (total.kept, total.dropped) == (2, 1)
    assert total.kept_share == pytest.approx(2 / 3)
    assert total.cost_per_kept == pytest.approx(0.25)


def test_a_line_for_each_tier(bill: Bill) -> None:
    lines = {group.key: group for group in bill.tiers}
    assert list(lines) == ["rules", "sonnet", "opus"]
    rules, sonnet, opus = (lines[tier].figures for tier in lines)
    assert (rules.tasks, rules.cleared, rules.attempts, rules.wasted_attempts) == (4, 2, 4, 2)
    assert (sonnet.tasks, sonnet.cleared) == (1, 1)
    assert sonnet.spent == pytest.approx(0.05)
    assert (opus.tasks, opus.cleared, opus.attempts, opus.lost_calls) == (0, 0, 1, 1)
    assert [lines[tier].share for tier in lines] == [0.5, 0.25, 0.0]
    assert [rules.median_attempt_seconds, sonnet.median_attempt_seconds] == [pytest.approx(0.3), 5.5]
    assert (rules.kept, rules.dropped, sonnet.kept) == (1, 1, 1)
    assert rules.top_cost == pytest.approx(2 * 0.05)


def test_the_refusals_say_where_the_waste_comes_from(bill: Bill) -> None:
    assert set(bill.refusals) == {
        Refusal("lint", "F401", 1, 0.0),
        Refusal("apply", "", 1, 0.02),
        Refusal("", "", 2, 0.05),
    }
    assert bill.refusals[0].attempts == 2


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Grouping.KIND, {"docstring": (1, 3, 0.05), "fix": (3, 4, 0.05), "instruct": (0, 0, 0.4)}),
        (Grouping.PROJECT, {hashed(SHOP): (3, 4, 0.45), hashed(BLOG): (1, 3, 0.05)}),
        (Grouping.DAY, {"2026-11-16": (2, 2, 0), "2026-11-18": (1, 3, 0.05), "2026-11-22": (1, 2, 0.45)}),
        (Grouping.TIER, {"opus": (0, 1, 0.45), "rules": (4, 4, 0), "sonnet": (1, 2, 0.05)}),
    ],
)
async def test_a_bill_splits(tmp_path: Path, by: Grouping, expected: dict[str, tuple[int, int, float]]) -> None:
    clock = Clock.at("2026-11-16 09:00")
    async with opened(tmp_path / "l.sqlite3", clock=clock) as ledger:
        await a_week(ledger, clock)
        clock.turn("2026-11-23 09:00")
        bill = await ledger.bill(by=by)
    found = {group.key: (group.figures.tasks, group.figures.attempts) for group in bill.groups}
    assert found == {key: (tasks, attempts) for key, (tasks, attempts, _) in expected.items()}
    spent = {group.key: group.figures.spent for group in bill.groups}
    assert spent == pytest.approx({key: amount for key, (_, _, amount) in expected.items()})
    assert [group.key for group in bill.groups] == sorted(expected)
    if by is not Grouping.TIER:
        assert sum(group.figures.spent for group in bill.groups) == pytest.approx(bill.total.spent)
        assert sum(group.share or 0 for group in bill.groups) == pytest.approx(bill.total.cleared_share)


async def test_a_bill_with_a_start_leaves_out_what_was_before(tmp_path: Path) -> None:
    clock = Clock.at("2026-11-16 09:00")
    async with opened(tmp_path / "l.sqlite3", clock=clock) as ledger:
        await a_week(ledger, clock)
        total = (await ledger.bill(since=parse_since("2026-11-20", now=clock()))).total
    assert (total.tasks, total.attempts, total.cleared) == (1, 2, 0)
    # The call that was not settled is minutes old: it may be under way.
    assert total.open_calls == 1
    assert (total.spent, total.open_cost) == pytest.approx((0.05, 0.4))


async def test_an_empty_bill_divides_by_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "l.sqlite3") as ledger:
        bill = await ledger.bill(by=Grouping.DAY)
    total = bill.total
    assert (total.spent, total.tasks, bill.tiers, bill.groups) == (0, 0, (), ())
    shares = (total.ratio, total.cleared_share, total.escalation_rate, total.kept_share, total.cost_per_kept)
    assert {*shares, total.top_cost, total.median_task_seconds, total.median_attempt_seconds} == {None}
    assert "nothing to compare with" in bill.estimate


def fail(_outcome: Outcome) -> Usage:
    raise ValueError("no idea")


async def test_an_outcome_without_an_estimate_is_told_and_not_guessed(tmp_path: Path) -> None:
    path, work = tmp_path / "l.sqlite3", attempt()
    for tier in (None, evolve(top(Usage()), baseline=fail), top(Usage(input=1_000_000))):
        async with opened(path, top=tier) as ledger:
            await ledger.bank(PLENTY, SHOP).close(accepted(task(), work))
            bill = await ledger.bill()
    assert bill.total.tasks == 3
    assert bill.total.top_cost == pytest.approx(5.0)
    assert bill.total.unestimated == 2
    assert bill.top_tier == "opus"
    assert "an estimate: one call to opus for each task that was cleared" in bill.estimate


KEYS = {
    "since",
    "until",
    "total",
    "tiers",
    "refusals",
    "top_tier",
    "estimate",
    "earlier",
    "unasked",
    "by",
    "groups",
} | {"completions"}


async def test_the_json_has_the_documented_keys(tmp_path: Path) -> None:
    clock = Clock.at("2026-11-16 09:00")
    async with opened(tmp_path / "l.sqlite3", clock=clock) as ledger:
        await a_week(ledger, clock)
        found = json.loads(json.dumps((await ledger.bill(by=Grouping.KIND)).as_json()))
    assert set(found) == KEYS
    assert found["by"] == "kind"
    assert found["groups"][0]["key"] == "docstring"
    assert found["groups"][0]["spent"] == pytest.approx(0.05)
    assert {"share", *found["total"]} == set(found["tiers"][0]) - {"key"}
    assert found["refusals"][0] == {"check": "", "code": "", "attempts": 2, "cost": 0.05}


NOW = datetime(2026, 11, 23, 14, 30).astimezone().timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", NOW - 86_400),
        ("7d", NOW - 7 * 86_400),
        (" 2w ", NOW - 14 * 86_400),
        ("0d", NOW),
        ("2026-11-01", datetime(2026, 11, 1).astimezone().timestamp()),
        ("9999w", NOW - 9999 * 7 * 86_400),
    ],
)
def test_a_start_can_be_a_span_or_a_day(text: str, expected: float) -> None:
    assert parse_since(text, now=NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-1d", "7 d", "7m", "99999d", "2026-13-01", "2026-02-30", "yesterday", "\u0667d"]
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RequestError, match="write 24h, 7d, 2w or 2026-11-01"):
        parse_since(text, now=NOW)
