"""Paid tiers on the way up, row by row: who is asked, what the budget carries, and what is told of the price."""

from __future__ import annotations

import pytest
from tests.support.climbing import BAD, GOOD, Row, check
from tests.support.fake_tiers import Fail, Say, Use
from tests.support.fakes import Scene

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Status
from lastmile.cascade.policy import Paid
from lastmile.errors import TierOffError


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row(
                {"local": [[BAD]], "sonnet": [[GOOD]]},
                ["local start lint"],
                Status.SURFACED,
                policy={"paid": Paid.NEVER},
                skipped=("sonnet: paid tiers are off (paid = never)", "opus: paid tiers are off (paid = never)"),
            ),
            id="never",
        ),
        pytest.param(
            Row(
                {"sonnet": [[GOOD]]},
                ["sonnet start passed"],
                policy={"paid": Paid.ASK},
                answers=(True,),
                asked=["sonnet 1"],
            ),
            id="asked and allowed",
        ),
        pytest.param(
            Row(
                {"local": [[BAD]], "sonnet": [[GOOD]]},
                ["local start lint"],
                Status.DECLINED,
                "no consent to ask sonnet",
                {"paid": Paid.ASK},
                (False,),
                ["sonnet 1"],
            ),
            id="asked and not allowed",
        ),
        pytest.param(
            Row({"local": [[GOOD]]}, ["local start passed"], policy={"paid": Paid.ASK}), id="not asked for what is free"
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD]], "opus": [[GOOD]]},
                ["sonnet start lint", "opus verification passed"],
                policy={"paid": Paid.ASK},
                answers=(True, True),
                asked=["sonnet 1", "opus 2"],
            ),
            id="a climb asks again",
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD]], "opus": [[GOOD]]},
                ["sonnet start lint"],
                Status.DECLINED,
                "no consent to ask opus",
                answers=(False,),
                asked=["opus 2"],
            ),
            id="a climb asks even where the first does not",
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD]], "opus": [[GOOD]]},
                ["sonnet start lint", "opus verification passed"],
                policy={"paid": Paid.ASK, "climb_paid": True},
                answers=(True,),
                asked=["sonnet 1"],
            ),
            id="unless climbs are allowed",
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD], [GOOD]]},
                ["sonnet start lint", "sonnet retry passed"],
                policy={"paid": Paid.ASK, "efforts": {}},
                answers=(True,),
                asked=["sonnet 2"],
            ),
            id="the price that is asked for holds the retry",
        ),
        pytest.param(
            Row(
                {"sonnet": [[Say("bad", Usage(output=150))], [GOOD]]},
                ["sonnet start lint"],
                Status.DECLINED,
                "no consent to ask opus",
                {"paid": Paid.ASK, "efforts": {}},
                (True,),
                ["sonnet 2", "opus 4"],
            ),
            id="no retry past what was agreed to",
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD]], "opus": [[GOOD]]},
                ["sonnet start lint"],
                Status.DECLINED,
                "budget.task would be passed by opus",
                {"climb_paid": True},
                budget=2.0,
            ),
            id="the budget",
        ),
        pytest.param(
            Row(
                {"sonnet": [[Fail(TierOffError("wrong key"))]], "opus": [[GOOD]]},
                ["sonnet start failed", "opus verification passed"],
                policy={"climb_paid": True},
            ),
            id="a tier that is off from now on",
        ),
        pytest.param(
            Row(
                {"sonnet": [[Use(), Use()]], "opus": [[GOOD]]},
                ["sonnet start failed", "opus verification passed"],
                policy={"climb_paid": True},
            ),
            id="paid for nothing",
        ),
    ],
)
async def test_paid(row: Row) -> None:
    await check(row, Scene())


@pytest.mark.parametrize(
    ("paid", "status", "reason"),
    [
        (Paid.ASK, Status.DECLINED, "no price for sonnet: set tiers.sonnet.price"),
        (Paid.AUTO, Status.DECLINED, "no price for sonnet: set tiers.sonnet.price"),
    ],
)
async def test_a_tier_without_a_price_is_not_asked(paid: Paid, status: Status, reason: str) -> None:
    scene = Scene()
    scene.tiers["sonnet"].worst = None
    await check(
        Row({"local": [[BAD]], "sonnet": [[GOOD]]}, ["local start lint"], status, reason, {"paid": paid}), scene
    )


async def test_tiers_that_cannot_be_used_are_named_and_nobody_is_asked_about_them() -> None:
    scene = Scene()
    scene.tiers["local"].missing, scene.tiers["sonnet"].missing = "no model", "no API key"
    del scene.tiers["opus"]
    row = Row(
        {"rules": [[BAD]]},
        ["rules start lint"],
        Status.SURFACED,
        policy={"paid": Paid.ASK},
        skipped=("local: no model", "sonnet: no API key", "opus: not set up"),
    )
    await check(row, scene)
    assert scene.tiers["sonnet"].history == []


async def test_what_a_paid_call_cost_is_told() -> None:
    row = Row({"sonnet": [[Say("good", Usage(input=5, output=2))]]}, ["sonnet start passed"])
    outcome = await check(row, Scene())
    attempt = outcome.attempts[0]
    assert (attempt.usage, attempt.cost, outcome.cost) == (Usage(input=5, output=2), 0.07, 0.07)
    assert (attempt.model, attempt.seconds > 0) == ("sonnet-model", True)


async def test_nobody_is_asked_where_no_draft_could_be_judged() -> None:
    scene = Scene()
    scene.judge.broken = "the judge is ill"
    await check(Row({"rules": [[GOOD]]}, [], Status.DECLINED, "the judge is ill"), scene)
    assert all(tier.history == [] for tier in scene.tiers.values())


async def test_a_tier_that_is_off_by_now_is_not_asked_about() -> None:
    scene = Scene()
    scene.tiers["sonnet"].turns_off = scene.tiers["opus"]
    row = Row(
        {"sonnet": [[Fail(TierOffError("a wrong key"))]], "opus": [[GOOD]]},
        ["sonnet start failed"],
        Status.SURFACED,
        policy={"paid": Paid.ASK},
        answers=(True, True),
        asked=["sonnet 1"],
        skipped=("opus: a wrong key",),
    )
    await check(row, scene)
