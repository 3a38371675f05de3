"""What the values say of themselves: usage, verdicts, outcomes, difficulty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.fake_tiers import OLD, make_task

from lastmile.cascade.difficulty import assess
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.verdict import CheckRun, Finding, Verdict

COUNTS = st.integers(0, 99)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@given(USAGES, USAGES)
def test_usage_adds_up(one: Usage, other: Usage) -> None:
    assert (one + other).tokens == one.tokens + other.tokens
    assert one + other - other == one
    assert one - one == Usage()
    assert (one - other).tokens >= 0


def test_an_estimate_makes_the_sum_one() -> None:
    assert (Usage(1, estimated=True) + Usage(1)).estimated
    assert (Usage(1) + Usage(1, estimated=True)).estimated
    assert not (Usage(2) - Usage(1, estimated=True)).estimated


def attempt(text: str | None, checks: list[str], *refused: str, failure: str = "") -> Attempt:
    verdict = Verdict(
        tuple(Finding(name, f"no {name}") for name in refused), tuple(CheckRun(c, 0.0) for c in checks), text
    )
    return Attempt("local", "", Trigger.START, Draft(()), verdict, Usage(), 0.5, 1.0, failure)


@pytest.mark.parametrize(
    ("one", "passed", "refused_by", "reason"),
    [
        (attempt("x", ["apply"]), True, "", ""),
        (attempt("x", ["apply", "lint"], "lint"), False, "lint", "no lint"),
        (attempt(None, ["apply"]), False, "", ""),
        (attempt(None, [], failure="cut off"), False, "", "cut off"),
    ],
)
def test_verdict(one: Attempt, *, passed: bool, refused_by: str, reason: str) -> None:
    assert (one.verdict.passed, one.verdict.refused_by, one.reason) == (passed, refused_by, reason)


@pytest.mark.parametrize(
    ("attempts", "best"),
    [
        pytest.param([], None, id="none"),
        pytest.param([attempt(None, ["apply"], "apply")], None, id="not applied"),
        pytest.param([attempt(OLD, ["apply", "lint"], "lint")], None, id="nothing changed"),
        pytest.param(
            [attempt("a", ["apply", "scope"], "scope"), attempt("b", ["apply", "scope", "lint"], "lint")],
            1,
            id="furthest",
        ),
        pytest.param(
            [attempt("a", ["apply", "lint"], "lint"), attempt("b", ["apply", "lint"], "agreement")],
            1,
            id="past all checks",
        ),
        pytest.param([attempt("a", ["lint"], "lint", "lint"), attempt("b", ["lint"], "lint")], 1, id="fewer findings"),
    ],
)
def test_best(attempts: list[Attempt], best: int | None) -> None:
    outcome = Outcome(make_task(), Status.SURFACED, tuple(attempts))
    assert outcome.best is (None if best is None else attempts[best])
    assert outcome.cost == 0.5 * len(attempts)
    assert outcome.text is None


@pytest.mark.parametrize(
    ("lines", "spread", "kind", "past", "score"),
    [
        (1, 1, 0.0, 0.0, 0.25 / 75),
        (149, 1, 0.0, 0.0, 0.25),
        (500, 1, 0.3, 0.0, 0.55),
        (149, 3, 0.0, 0.0, 0.35),
        (149, 50, 0.0, 0.0, 0.45),
        (149, 1, 0.0, 1.0, 0.5),
        (500, 9, 0.9, 1.0, 1.0),
    ],
)
def test_difficulty(lines: int, spread: int, kind: float, past: float, score: float) -> None:
    task = make_task(lines=lines, spread=spread)
    assert assess(task, kind=kind, past_escalations=past).score == pytest.approx(score)
