import asyncio
import json
import subprocess
import sys
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from uuid import uuid4

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from tests.support.ledger import PASSED, PLENTY, REFUSED, Clock, accepted, attempt, opened, task

from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.verdict import Verdict
from lastmile.cli.bill import bill
from lastmile.complete.values import Fate, Record
from lastmile.errors import LedgerError
from lastmile.ledger.prices import rates_for
from lastmile.ledger.rows import TopTier

DAY = f"{datetime.now().astimezone() - timedelta(days=1):%Y-%m-%d}"
NOW = f"{DAY} 09:00"
"""Yesterday: what is older than the ledger keeps would not be there."""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    asyncio.run(fill(path))
    return path


async def fill(path: Path) -> None:
    """Write one task cleared free and kept, one by a paid tier and dropped, and a call that was lost."""
    rates = rates_for("claude-opus-5-5")
    assert rates is not None
    top = TopTier("opus", rates, lambda _outcome: Usage(input=20_000, output=4000))
    async with opened(path, clock=Clock.at(NOW), top=top) as ledger:
        here, elsewhere = ledger.bank(PLENTY, str(Path.cwd())), ledger.bank(PLENTY, "")
        free, paid = task(), task("docstring")
        await here.record(free, attempt("rules", seconds=0.25))
        await here.close(accepted(free, attempt("rules", seconds=0.25)))
        await ledger.mark_kept(free.id, kept=True)
        refused, passed = attempt("rules", verdict=REFUSED), attempt("sonnet", cost=0.04, seconds=2.0)
        await elsewhere.record(paid, refused)
        await elsewhere.record(paid, passed, reservation="r")
        await elsewhere.close(accepted(paid, refused, passed))
        await ledger.mark_kept(paid.id, kept=False)
        await elsewhere.reserve(task(), tier="opus", worst_case=0.36)


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(bill, options, env={"LASTMILE_LEDGER": str(path)})


@pytest.mark.parametrize(
    "line",
    [
        "The bill, everything",
        "Spent $0.40",
        "Lost calls 1, counted at their worst case: $0.36",
        "Same work by the top tier $0.40 by opus, estimated; spent is 100% of it",
        "Tasks 2 ended, 2 cleared (100%), 1 free",
        "Escalation rate 50% of the tasks were not cleared free",
        "Wasted 1 attempt, $0.00, 1.0 s",
        "Wasted most by lint F401 (1)",
        "Median time 1.6 s a task, without waiting for consent",
        "Kept at the next save 1 of 2 edits (50%), $0.40 each",
        "tier tasks cleared of all attempts wasted spent top tier median attempt",
        "rules 2 1 50% 2 1 $0.00 $0.20 625 ms",
        "sonnet 1 1 50% 1 0 $0.040 $0.20 2.0 s",
        "opus 0 0 0% 0 0 $0.36 -",
    ],
)
def test_the_bill_reads_line_by_line_in_a_pipe(ledger: Path, line: str) -> None:
    shown = run(ledger)
    assert shown.exit_code == 0
    assert line in [" ".join(each.split()) for each in shown.output.splitlines()]
    assert "\x1b" not in shown.output


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("kind", ["kind", "docstring", "fix"]),
        ("day", ["day", DAY]),
        ("project", ["project", "(none)", "(this folder)"]),
        ("tier", ["tier", "rules", "sonnet"]),
    ],
)
def test_it_splits(ledger: Path, by: str, expected: list[str]) -> None:
    shown = run(ledger, "--by", by).output
    assert [word for word in expected if word not in shown] == []
    assert shown.count("median attempt") == (1 if by == "tier" else 2)


@pytest.mark.parametrize(("since", "start", "tasks"), [(DAY, f"since {DAY} 00:00", True), ("0h", "since 20", False)])
def test_it_starts_where_it_is_told(ledger: Path, since: str, start: str, *, tasks: bool) -> None:
    shown = run(ledger, "--since", since)
    assert start in shown.output
    assert ("2 cleared" in shown.output) == tasks
    assert ("Nothing is written down for this time." in shown.output) != tasks


def test_as_json_it_gives_all_figures(ledger: Path) -> None:
    told = json.loads(run(ledger, "--json", "--by", "kind").output)
    assert told["total"]["spent"] == pytest.approx(0.40)
    assert [group["key"] for group in told["groups"]] == ["docstring", "fix"]


async def show_completions(path: Path) -> None:
    shown = Record("c1", "", "python", characters=20, lines=2, seconds=0.25, source="asked")
    async with opened(path, clock=Clock.at(NOW)) as ledger:
        for number, kept in enumerate([(True, False), (True, None)]):
            ledger.note(evolve(shown, id=f"a{number}", fate=Fate.ACCEPTED, taken=20, kept=kept))
        for fate in (Fate.PARTIAL, Fate.TYPED, Fate.DISMISSED, Fate.DISMISSED, Fate.SHOWN):
            ledger.note(evolve(shown, id=uuid4().hex, fate=fate))


def test_what_became_of_completions(ledger: Path, tmp_path: Path) -> None:
    for path in (ledger, tmp_path / "others.sqlite3"):
        assert "Completions" not in run(path).output
        asyncio.run(show_completions(path))
        lines = [" ".join(each.split()) for each in run(path).output.splitlines()]
        assert "Completions 7 shown, 2 taken whole (29%), 1 in part, 1 typed out by hand, 2 dismissed" in lines
        assert "Still there 100% of 2 after 30 s, 0% of 1 after 5 min" in lines
        told = json.loads(run(path, "--json").output)["completions"]
        assert (told["shown"], told["accepted"], told["kept_early"], told["watched_late"]) == (7, 2, 1.0, 1)


def test_a_ledger_of_a_new_machine_is_empty(tmp_path: Path) -> None:
    shown = run(tmp_path / "state" / "ledger.sqlite3")
    assert shown.exit_code == 0
    assert "Nothing is written down" in shown.output


async def live_now(path: Path) -> None:
    """Write a call that is under way, an outcome that nobody estimated, and an old month."""
    clock = Clock.at("2020-01-01 10:00")
    async with opened(path, clock=clock) as ledger:
        await ledger.bank(PLENTY, "").record(task(), attempt("opus", cost=7.5))
    async with opened(path) as ledger:
        bank, work = ledger.bank(PLENTY, ""), task()
        await bank.record(work, attempt())
        await bank.close(accepted(work, attempt()))
        await bank.reserve(work, tier="sonnet", worst_case=0.02)


def test_it_tells_what_is_under_way_and_what_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    asyncio.run(live_now(path))
    shown = " ".join(run(path).output.split())
    assert "Under way 1 call, up to $0.020 more" in shown
    assert "Same work by the top tier not known" in shown
    assert "and $7.50 in months of which only totals are kept" in shown
    assert "Lost calls" not in shown
    assert "Kept" not in shown


def test_an_estimate_says_whom_it_leaves_out(ledger: Path) -> None:
    asyncio.run(live_now(ledger))
    assert "estimated, without 1 task that nobody estimated;" in run(ledger).output


def test_a_start_that_is_none_is_wrong_usage(ledger: Path) -> None:
    shown = run(ledger, "--since", "yesterday")
    assert shown.exit_code == 2
    assert "write 24h, 7d, 2w or 2026-11-01" in shown.output


def test_a_broken_ledger_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    shown = run(tmp_path)
    assert isinstance(shown.exception, LedgerError)


@pytest.mark.slow
def test_the_installed_command_says_it_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lastmile", "bill"],
        env={"LASTMILE_LEDGER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"The ledger {tmp_path} cannot be used" in done.stderr


async def fill_local(path: Path) -> None:
    """Write down what a model of one's own drafted, sure of it and not, and drafts of others that do not tell."""
    async with opened(path, clock=Clock.at(NOW)) as ledger:
        bank, work = ledger.bank(PLENTY, ""), task()
        for mean, verdict in ((-0.1, PASSED), (-0.3, PASSED), (-1.0, REFUSED)):
            sure = Draft((), confidence=Confidence(mean, mean, 1.0, 0.1))
            await bank.record(work, attempt("local", draft=sure, verdict=verdict))
        await bank.record(work, attempt("local", draft=None, verdict=Verdict(), failure="It is gone."))
        await bank.record(work, attempt("rules", verdict=REFUSED))


def test_how_sure_a_model_was_is_shown_where_it_was_told(ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "local.sqlite3"
    asyncio.run(fill_local(path))
    lines = [" ".join(each.split()) for each in run(path).output.splitlines()]
    assert any(line.endswith("median attempt sure if passed if refused") for line in lines)
    assert any(line.startswith("local ") and line.endswith(" 82% 37%") for line in lines)
    assert any(line.startswith("rules ") and line.endswith(" - -") for line in lines)
    assert "sure if passed" not in run(ledger).output
    total = json.loads(run(path, "--json").output)["total"]
    assert total["sure_of_passed"] == pytest.approx((exp(-0.1) + exp(-0.3)) / 2)
    assert total["sure_of_refused"] == pytest.approx(exp(-1.0))


def test_the_last_receipts(ledger: Path) -> None:
    lines = run(ledger, "--receipts", "100").output.splitlines()
    assert sorted(line.partition("  ")[2] for line in lines) == [
        "docstring: sonnet, 1 draft, after rules (refused by lint F401), 3.0 s, $0.040 (opus alone: about $0.20)",
        "fix: rules, 1 draft, 250 ms, $0.00 (opus alone: about $0.20)",
    ]
    assert {line[:16] for line in lines} == {NOW}
    assert len(run(ledger, "--receipts", "1").output.splitlines()) == 1
    found = json.loads(run(ledger, "--receipts", "2", "--json").output)
    assert sorted((item["kind"], item["top_cost"], item["kept"]) for item in found) == [
        ("docstring", 0.2, 0),
        ("fix", 0.2, 1),
    ]


@pytest.mark.parametrize("other", [("--since", "7d"), ("--by", "kind"), ("--html", "-")])
def test_receipts_say_what_does_not_go_with_them(ledger: Path, other: tuple[str, str]) -> None:
    done = run(ledger, "--receipts", "5", *other)
    assert done.exit_code == 2
    assert "alone" in done.output


def test_a_new_machine_has_no_receipts(tmp_path: Path) -> None:
    assert run(tmp_path / "none.sqlite3", "--receipts", "5").output == "No edit was accepted yet.\n"
