"""The way up the ladder, row by row: who is called, why, with what evidence, and how it ends."""

from __future__ import annotations

import pytest
from tests.support.climbing import BAD, GOOD, ONCE, Row, check
from tests.support.fake_tiers import Fail, Learn, Say, make_task
from tests.support.fakes import Scene

from lastmile.cascade.outcome import Status
from lastmile.cascade.policy import Effort, Paid


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(Row({"rules": [[GOOD]]}, ["rules start passed"]), id="the first tier"),
        pytest.param(
            Row({"rules": [[BAD]], "local": [[GOOD]]}, ["rules start lint", "local verification passed"]),
            id="a refusal leads up",
        ),
        pytest.param(
            Row({"rules": [[BAD, BAD, GOOD]]}, ["rules start lint", "rules start lint", "rules start passed"]),
            id="one tier, several drafts",
        ),
        pytest.param(
            Row({"rules": [[]], "local": [[GOOD]]}, ["local start passed"]), id="a tier that has nothing to say"
        ),
        pytest.param(
            Row(
                {"rules": [[Say("", defect="no edits")]], "local": [[GOOD]]},
                ["rules start apply", "local verification passed"],
            ),
            id="a reply that cannot be read",
        ),
        pytest.param(
            Row({"rules": [[Fail()]], "local": [[GOOD]]}, ["rules start failed", "local verification passed"]),
            id="a tier that fails",
        ),
        pytest.param(
            Row(
                {"rules": [[Fail(KeyError("x"))]], "local": [[GOOD]]},
                ["rules start failed", "local verification passed"],
            ),
            id="a tier that crashes",
        ),
        pytest.param(
            Row(
                {"rules": [[BAD]], "local": [[BAD]], "sonnet": [[BAD]], "opus": [[BAD]]},
                ["rules start lint", "local verification lint", "sonnet verification lint", "opus verification lint"],
                Status.SURFACED,
                policy={"climb_paid": True},
            ),
            id="nothing passes",
        ),
    ],
)
async def test_verification(row: Row) -> None:
    await check(row, Scene())


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row({"local": [[BAD], [GOOD]]}, ["local start lint", "local retry passed"], policy={"efforts": {}}),
            id="once more with the findings",
        ),
        pytest.param(
            Row(
                {"local": [[BAD], [BAD]], "sonnet": [[GOOD]]},
                ["local start lint", "local retry lint", "sonnet verification passed"],
                policy={"efforts": {}},
            ),
            id="then the next tier",
        ),
        pytest.param(
            Row(
                {"local": [[BAD], [BAD], [BAD], [GOOD]]},
                ["local start lint", "local retry lint", "local retry lint", "local retry passed"],
                policy={"efforts": {"local": Effort(retries=3)}},
            ),
            id="as often as is set",
        ),
        pytest.param(
            Row(
                {"local": [[Learn(0), BAD], [GOOD]], "sonnet": [[GOOD]]},
                ["local start lint", "sonnet verification passed"],
                policy={"efforts": {"local": Effort(retries=2)}},
            ),
            id="never where it is known by now that nothing is gained by it",
        ),
        pytest.param(
            Row(
                {"local": [[Learn(1), BAD], [BAD], [GOOD]], "sonnet": [[GOOD]]},
                ["local start lint", "local retry lint", "sonnet verification passed"],
                policy={"efforts": {"local": Effort(retries=2)}},
            ),
            id="no more often than is gained by it",
        ),
        pytest.param(
            Row(
                {"local": [[Fail()], [GOOD]], "sonnet": [[GOOD]]},
                ["local start failed", "sonnet verification passed"],
                policy={"efforts": {}},
            ),
            id="never after a failure to draft",
        ),
        pytest.param(
            Row(
                {"local": [[BAD], [Fail()], [GOOD]], "sonnet": [[GOOD]]},
                ["local start lint", "local retry failed", "sonnet verification passed"],
                policy={"efforts": {"local": Effort(retries=2)}},
            ),
            id="nor when the retry fails",
        ),
        pytest.param(
            Row(
                {"local": [[Say("", defect="prose")], [GOOD]]},
                ["local start apply", "local retry passed"],
                policy={"efforts": {}},
            ),
            id="a reply that cannot be read is told so",
        ),
    ],
)
async def test_retry(row: Row) -> None:
    await check(row, Scene())


async def test_a_task_for_rules_leaves_the_others_out() -> None:
    task = make_task()
    free = Row(
        {"rules": [[BAD]], "local": [[GOOD]], "sonnet": [[GOOD]]},
        ["rules start lint"],
        Status.SURFACED,
        task=type(task)(task.id, task.kind, task.snapshot, task.target, "", task.scope, task.oracle, free_only=True),
        skipped=tuple(f"{name}: only rules take this task" for name in ("local", "sonnet", "opus")),
    )
    await check(free, Scene())


async def test_the_evidence_travels_up() -> None:
    scene = Scene()
    row = Row(
        {"rules": [[BAD]], "local": [[Say("bad too")], [Say("bad still")]], "sonnet": [[GOOD]]},
        ["rules start lint", "local verification lint", "local retry lint", "sonnet verification passed"],
        policy={"efforts": {**ONCE, "local": Effort()}},
    )
    outcome = await check(row, scene)
    given = [request.evidence.attempts for tier in scene.tiers.values() for request in tier.history]
    assert given == [outcome.attempts[:count] for count in range(4)]
    assert scene.tiers["sonnet"].history[0].evidence.attempts[-1].reason == "bad still will not do"


async def test_the_person_sees_what_was_tried() -> None:
    scene = Scene()
    row = Row(
        {"local": [[BAD]], "sonnet": [[BAD]]},
        ["local start lint", "sonnet verification lint"],
        Status.DECLINED,
        "no consent to ask opus",
        {"paid": Paid.ASK},
        (True, False),
        ["sonnet 1", "opus 2"],
    )
    outcome = await check(row, scene)
    first, second = scene.consent.history
    assert (first.model, first.climb, first.attempts) == ("sonnet-model", False, outcome.attempts[:1])
    assert (second.model, second.climb, second.attempts) == ("opus-model", True, outcome.attempts)


async def test_a_tier_that_fails_over_being_stopped_does_no_harm() -> None:
    scene = Scene()
    scene.tiers["local"].stopping = RuntimeError("will not stop")
    await check(Row({"local": [[GOOD, GOOD]]}, ["local start passed"]), scene)


async def test_a_tier_is_told_how_much_time_it_has() -> None:
    scene = Scene()
    await check(Row({"sonnet": [[GOOD]]}, ["sonnet start passed"]), scene)
    assert 55 < scene.tiers["sonnet"].history[0].seconds < 60
