"""Where a task starts on the ladder, row by row: by its difficulty, its past, and what the settings say."""

from __future__ import annotations

import pytest
from tests.support.climbing import BAD, GOOD, LADDER, Row, check
from tests.support.fake_tiers import make_task
from tests.support.fakes import Scene

from lastmile.cascade.policy import Paid

HARD = make_task(spread=5, lines=200)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row(
                {"opus": [[GOOD]]},
                ["opus difficulty passed"],
                policy={"kind_difficulty": 0.3},
                task=HARD,
            ),
            id="a hard task goes to the dearest at once",
        ),
        pytest.param(
            Row({"local": [[BAD]], "opus": [[GOOD]]}, ["local start lint", "opus difficulty passed"], task=HARD),
            id="after the free ones",
        ),
        pytest.param(
            Row({"sonnet": [[GOOD]]}, ["sonnet start passed"], policy={"kind_difficulty": 0.3}),
            id="an easy one does not",
        ),
        pytest.param(
            Row({"opus": [[GOOD]]}, ["opus difficulty passed"], past=1.0, policy={"kind_difficulty": 0.35}),
            id="what no free tier cleared lately is harder",
        ),
        pytest.param(
            Row({"sonnet": [[GOOD]]}, ["sonnet start passed"], policy={"ladder": LADDER[:-1]}, task=HARD),
            id="with one paid tier there is no choice",
        ),
        pytest.param(
            Row(
                {"opus": [[GOOD]]},
                ["opus difficulty passed"],
                answers=(True,),
                asked=["opus 2"],
                policy={"paid": Paid.ASK},
                task=HARD,
            ),
            id="the dearest is no climb then",
        ),
    ],
)
async def test_difficulty(row: Row) -> None:
    await check(row, Scene())


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row({"sonnet": [[GOOD]]}, ["sonnet difficulty passed"], policy={"start": "sonnet"}), id="a paid tier"
        ),
        pytest.param(
            Row(
                {"local": [[BAD]], "sonnet": [[GOOD]]},
                ["local difficulty lint", "sonnet verification passed"],
                policy={"start": "local"},
            ),
            id="what follows it is an escalation",
        ),
        pytest.param(
            Row(
                {"sonnet": [[BAD]], "opus": [[GOOD]]},
                ["sonnet difficulty lint", "opus verification passed"],
                policy={"start": "sonnet", "climb_paid": True},
                task=HARD,
            ),
            id="it counts for more than difficulty",
        ),
        pytest.param(
            Row(
                {"local": [[BAD]], "opus": [[GOOD]]},
                ["local difficulty lint", "opus difficulty passed"],
                policy={"start": "local"},
                task=HARD,
            ),
            id="a free one leaves the paid ones to difficulty",
        ),
        pytest.param(
            Row({"rules": [[GOOD]]}, ["rules start passed"], policy={"start": "haiku"}), id="not in the ladder"
        ),
    ],
)
async def test_start(row: Row) -> None:
    await check(row, Scene())
