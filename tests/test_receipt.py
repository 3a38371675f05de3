"""What a person is told of an outcome, in a line and in a report."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from tests.support.ledger import attempt, task
from tests.support.source import texts

from lastmile.cascade.draft import Draft
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.verdict import CheckRun, Finding, Verdict
from lastmile.receipt import diff, receipt, refusal, report
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

RUNS = (CheckRun("apply", 0.0, "apply ok"), CheckRun("scope", 0.0, "scope ok"), CheckRun("lint", 0.0, "0 new findings"))
LINT = Finding("lint", "F401 is new on line 1: `os` imported but unused", code="F401")
WORK = task(title="Fix it")
OLD = WORK.snapshot.text


def passed(tier: str, text: str = "x = 2\n", **changes: object) -> Attempt:
    return attempt(tier, verdict=Verdict((), RUNS, text), draft=Draft((), label="ruff's fix"), **changes)


def refused(tier: str, finding: Finding = LINT, **changes: object) -> Attempt:
    return attempt(tier, verdict=Verdict((finding,), RUNS, "x = 3\n"), **changes)


def failed(tier: str, why: str) -> Attempt:
    return attempt(tier, draft=None, verdict=Verdict(), failure=why)


def ended(
    *attempts: Attempt, status: Status = Status.SURFACED, reason: str = "", skipped: tuple[str, ...] = ()
) -> Outcome:
    accepted = attempts[-1] if status is Status.ACCEPTED else None
    return Outcome(WORK, status, attempts, accepted, reason, skipped)


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        pytest.param(
            ended(passed("rules"), status=Status.ACCEPTED), "rules, 1 draft, 0 new findings, 1.0 s, $0.00", id="free"
        ),
        pytest.param(
            ended(refused("rules"), refused("local"), passed("local", cost=0.0), status=Status.ACCEPTED),
            "local, 2 drafts, after rules (refused by lint F401), 0 new findings, 3.0 s, $0.00",
            id="the second draft of the second tier",
        ),
        pytest.param(
            ended(refused("local"), refused("sonnet", cost=0.01), passed("opus", cost=0.0234), status=Status.ACCEPTED),
            "opus, 1 draft, after local (refused by lint F401), sonnet (refused by lint F401), 0 new findings, "
            "3.0 s, $0.033",
            id="what all attempts cost",
        ),
        pytest.param(
            ended(refused("local")), "Nothing passed. Tried local (refused by lint F401).", id="nothing passed"
        ),
    ],
)
def test_receipt(outcome: Outcome, line: str) -> None:
    assert receipt(outcome) == line


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        pytest.param(ended(), "Nothing passed. No tier drafted anything.", id="nothing"),
        pytest.param(
            ended(skipped=("local: not set up", "sonnet: no API key.")),
            "Nothing passed. No tier drafted anything. Not asked: local: not set up; sonnet: no API key.",
            id="nobody could be asked",
        ),
        pytest.param(
            ended(refused("local"), refused("local"), failed("sonnet", "timed out")),
            "Nothing passed. Tried local (refused by lint F401), sonnet (failed: timed out).",
            id="the same twice, and a failure",
        ),
        pytest.param(
            ended(refused("local", Finding("apply", "No."))),
            "Nothing passed. Tried local (refused by apply).",
            id="no rule",
        ),
        pytest.param(
            ended(evolve(refused("rules"), model="", draft=Draft((), defect="ruff's fix was held back: it is unsafe"))),
            "Nothing passed. Tried rules (ruff's fix was held back: it is unsafe).",
            id="a fix that was held back",
        ),
        pytest.param(
            ended(refused("local"), status=Status.DECLINED, reason="no price is known. Set tiers.sonnet.price."),
            "Stopped: no price is known. Set tiers.sonnet.price. Tried local (refused by lint F401).",
            id="declined",
        ),
        pytest.param(
            ended(reason="the deadline of 60 s has passed"),
            "Nothing passed: the deadline of 60 s has passed.",
            id="late",
        ),
        pytest.param(ended(status=Status.CANCELLED, reason="cancelled"), "Cancelled.", id="cancelled"),
    ],
)
def test_refusal(outcome: Outcome, line: str) -> None:
    assert refusal(outcome) == line


def test_the_report_tells_every_attempt() -> None:
    why = refused("local", model="tiny", seconds=1.234)
    text = report(ended(why, failed("sonnet", "no answer in 60 s"), reason="the day's budget is spent"))
    assert text.startswith("# Fix it\n\n`cart.py` line 1. Nothing passed: the day's budget is spent.")
    assert "## Attempt 1: local (tiny), refused by lint F401\n\n$0.00, 1.23 s.\n" in text
    assert "- **lint**: F401 is new on line 1: `os` imported but unused\n" in text
    assert "```diff\n--- a/cart.py\n+++ b/cart.py\n@@ -1 +1 @@\n-x = 1\n+x = 3\n```\n" in text
    assert "## Attempt 2: sonnet, failed" in text
    assert "No draft: no answer in 60 s" in text


def test_the_report_names_the_line_of_the_finding_and_not_that_of_the_target() -> None:
    snapshot = Snapshot("file:///cart.py", "def f():\n    pass\n    x = 1\n")
    finding = Diagnostic("ruff", "F841", "`x` is assigned to and never used", Span(22, 23))
    work = task(snapshot=snapshot, target=Span(0, 27), diagnostics=(finding,))
    assert "`cart.py` line 3. " in report(Outcome(work, Status.SURFACED, ()))


def test_the_report_of_what_was_accepted() -> None:
    text = report(ended(passed("rules"), status=Status.ACCEPTED))
    assert "line 1. Drafted by rules: 1 draft, 1.0 s.\n\nCost: $0.00.\n\n- apply ok, 0.00 s\n" in text
    assert "\n- 0 new findings, 0.00 s\n" in text
    assert "## Attempt 1: rules, passed" in text
    assert "Draft: ruff's fix.\n" in text


def test_a_task_without_a_title_is_called_by_its_kind() -> None:
    assert report(evolve(ended(), task=task(title=""))).startswith("# fix\n")


def test_no_more_than_five_findings_are_told() -> None:
    many = tuple(Finding("lint", f"finding {number}") for number in range(9))
    text = report(ended(attempt("local", verdict=Verdict(many, RUNS))))
    assert ("finding 4" in text, "finding 5" in text) == (True, False)


@pytest.mark.parametrize(("code", "fence"), [("x", "```"), ("```", "````"), ("a ````` b ``", "``````")])
def test_code_stays_in_its_fence(code: str, fence: str) -> None:
    text = report(ended(passed("rules", f"'''\n{code}\n'''\n"), status=Status.ACCEPTED))
    assert f"\n{fence}diff\n" in text
    assert text.endswith(f"\n{fence}\n")


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        pytest.param("a\n", "a\n", [], id="nothing"),
        pytest.param("a\n", "b\n", ["@@ -1 +1 @@", "-a", "+b"], id="a line"),
        pytest.param(
            "a", "b", ["@@ -1 +1 @@", "-a", LOST := "\\ No newline at end of file", "+b", LOST], id="no line end"
        ),
        pytest.param("a", "a\n", ["@@ -1 +1 @@", "-a", LOST, "+a"], id="a line end"),
        pytest.param("a\r\nb\r\n", "a\r\nc\r\n", ["@@ -1,2 +1,2 @@", " a\r", "-b\r", "+c\r"], id="CRLF"),
        pytest.param("a\x0cb\u2028\n", "a\x0cc\u2028\n", ["@@ -1 +1 @@", "-a\x0cb\u2028", "+a\x0cc\u2028"], id="odd"),
    ],
)
def test_diff(old: str, new: str, rows: list[str]) -> None:
    head = ["--- a/x.py", "+++ b/x.py"] if rows else []
    assert diff(old, new, "x.py").split("\n") == [*head, *rows, ""]


@given(texts(), texts())
def test_any_change_has_a_diff(old: str, new: str) -> None:
    assert bool(diff(old, new, "x.py")) is (old != new)
    assert isinstance(
        report(Outcome(WORK, Status.SURFACED, (attempt("local", verdict=Verdict((LINT,), RUNS, new)),))), str
    )
