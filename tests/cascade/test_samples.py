"""Tasks without a hard oracle, row by row: when samples agree, and what is said when they do not."""

from __future__ import annotations

import pytest
from tests.support.climbing import BAD, GOOD, ONCE, Row, check
from tests.support.fake_tiers import Fail, Say, Use, make_task
from tests.support.fakes import Scene

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Status
from lastmile.cascade.policy import Effort

SOFT = make_task(hard=False)
THREE = {"efforts": {**ONCE, "local": Effort(samples=3, retries=0)}}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row({"sonnet": [[GOOD, GOOD, GOOD]]}, ["sonnet start passed"] * 2, task=SOFT),
            id="a tier that is set to one sample is asked for as many as can agree",
        ),
        pytest.param(
            Row({"local": [[GOOD]]}, ["local start passed"], task=SOFT, policy={"efforts": {"local": Effort(votes=1)}}),
            id="a tier that draws none by chance needs no second voice",
        ),
        pytest.param(
            Row(
                {"local": [[BAD, BAD, GOOD]], "sonnet": [[GOOD, GOOD]]},
                [*["local start lint"] * 2, *["sonnet verification passed"] * 2],
                task=SOFT,
                policy={"efforts": {**ONCE, "local": Effort(retries=0)}},
            ),
            id="nothing more is drawn when no majority can come of it",
        ),
        pytest.param(
            Row({"local": [[GOOD, GOOD, Say("late")]]}, ["local start passed"] * 2, policy=THREE, task=SOFT),
            id="two of three are enough",
        ),
        pytest.param(
            Row(
                {"local": [[GOOD, Say("other"), Say("good# tidy")]]},
                ["local start passed"] * 3,
                policy=THREE,
                task=SOFT,
            ),
            id="layout does not count",
        ),
        pytest.param(
            Row(
                {"local": [[BAD, GOOD, GOOD]]},
                ["local start lint", *["local start passed"] * 2],
                policy=THREE,
                task=SOFT,
            ),
            id="a refused one has no vote",
        ),
        pytest.param(
            Row({"local": [[GOOD, GOOD]]}, ["local start passed"] * 2, policy=THREE, task=SOFT),
            id="fewer came than were asked for",
        ),
        pytest.param(
            Row(
                {"local": [[GOOD]], "sonnet": [[GOOD, GOOD]]},
                ["local start agreement", *["sonnet agreement passed"] * 2],
                policy=THREE,
                task=SOFT,
            ),
            id="one that came alone agrees with nobody",
        ),
        pytest.param(
            Row(
                {"local": [[GOOD, Say("other"), Say("third")]], "sonnet": [[GOOD, GOOD]]},
                [*["local start agreement"] * 3, *["sonnet agreement passed"] * 2],
                policy=THREE,
                task=SOFT,
            ),
            id="disagreement leads up",
        ),
        pytest.param(
            Row(
                {"local": [[BAD, GOOD, BAD]], "sonnet": [[GOOD, GOOD]]},
                ["local start lint", "local start lint", "local start agreement", *["sonnet agreement passed"] * 2],
                policy=THREE,
                task=SOFT,
            ),
            id="one of three is no majority",
        ),
        pytest.param(
            Row(
                {"local": [[GOOD, Fail()]], "sonnet": [[GOOD, GOOD]]},
                ["local start agreement", "local start failed", *["sonnet agreement passed"] * 2],
                policy=THREE,
                task=SOFT,
            ),
            id="a failure leaves no majority",
        ),
        pytest.param(
            Row(
                {"local": [[GOOD, Say("other")], [GOOD, GOOD]]},
                [*["local start agreement"] * 2, *["local retry passed"] * 2],
                policy={"efforts": {"local": Effort(samples=2, retries=1)}},
                task=SOFT,
            ),
            id="asked once more to agree",
        ),
        pytest.param(
            Row({"local": [[GOOD, Say("other")]]}, ["local start passed"], policy=THREE),
            id="a hard oracle needs no second voice",
        ),
    ],
)
async def test_agreement(row: Row) -> None:
    await check(row, Scene())


async def test_a_majority_is_accepted_with_the_first_that_said_it() -> None:
    row = Row(
        {"local": [[Say("other"), Say("good"), Say("good#2")]]}, ["local start passed"] * 3, policy=THREE, task=SOFT
    )
    outcome = await check(row, Scene())
    assert (outcome.text, outcome.attempts[-1]) == ("good", outcome.accepted)


async def test_disagreement_says_how_the_samples_split() -> None:
    row = Row(
        {"local": [[Say("one"), BAD, Say("two")]], "sonnet": [[]]},
        ["local start lint", *["local start agreement"] * 2],
        Status.SURFACED,
        policy={**THREE, "ladder": ("local",)},
        task=SOFT,
    )
    outcome = await check(row, Scene())
    assert outcome.attempts[-1].reason == "3 samples, 2 passed the checks, in 2 different versions: no majority."
    assert outcome.best == outcome.attempts[1]


async def test_what_was_under_way_when_enough_agreed_is_written_down() -> None:
    row = Row(
        {"sonnet": [[GOOD, Use(Usage(input=9)), GOOD, Use(Usage(input=3)), GOOD]]},
        [*["sonnet start passed"] * 2, "sonnet start failed"],
        policy={"efforts": {"sonnet": Effort(samples=3)}},
        task=SOFT,
    )
    outcome = await check(row, Scene())
    assert (outcome.attempts[-1].failure, outcome.attempts[-1].usage) == (
        "stopped: it was not needed any more",
        Usage(input=9),
    )
    assert outcome.accepted is outcome.attempts[0] or outcome.accepted == outcome.attempts[1]
