"""The way up the ladder, row by row: who is called, why, with what evidence, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import field, frozen
from tests.support.fakes import Deed, Fail, Learn, Say, Scene, Use, make_task

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.cascade.policy import Effort, Paid, Policy
from lastmile.cascade.task import Task
from lastmile.errors import TierOffError

LADDER = ("rules", "local", "sonnet", "opus")
ONCE = {name: Effort(retries=0) for name in LADDER}
GOOD, BAD = Say("good"), Say("bad")


@frozen
class Row:
    """What the tiers do, what the settings say, and what must come of it."""

    calls: Mapping[str, list[list[Deed]]]
    attempts: list[str]
    """``tier trigger result`` of each attempt, in order."""

    status: Status = Status.ACCEPTED
    reason: str = ""
    policy: Mapping[str, Any] = field(factory=dict)
    answers: tuple[bool, ...] = ()
    asked: list[str] = field(factory=list)
    """``tier price`` for each question to the person."""

    budget: float = 1000.0
    past: float = 0.0
    task: Task = field(factory=make_task)
    skipped: tuple[str, ...] = ()


def told(attempt: Attempt) -> str:
    """Say in one word how an attempt ended."""
    result = "failed" if attempt.failure else "passed" if attempt.verdict.passed else attempt.verdict.refused_by
    return f"{attempt.tier} {attempt.trigger.value} {result}"


async def check(row: Row, scene: Scene) -> Outcome:
    """Run a row."""
    for name, calls in row.calls.items():
        for deeds in calls:
            scene.tiers[name].enqueue(*deeds)
    scene.consent.answers.extend(row.answers)
    scene.bank.budget, scene.bank.past = row.budget, row.past
    policy = Policy(**{"ladder": LADDER, "deadline": 60.0, "efforts": ONCE, "paid": Paid.AUTO, **row.policy})
    outcome = await scene.run(row.task, policy)
    assert [told(attempt) for attempt in outcome.attempts] == row.attempts
    assert (outcome.status, outcome.reason) == (row.status, row.reason)
    assert [f"{asked.tier} {asked.worst_case:g}" for asked in scene.consent.history] == row.asked
    assert outcome.skipped == row.skipped
    assert scene.bank.outcomes == [outcome]
    assert scene.bank.attempts == list(outcome.attempts)
    assert (outcome.accepted is None) is (row.status is not Status.ACCEPTED)
    scene.check_books()
    return outcome


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


async def test_what_a_paid_call_cost_is_told() -> None:
    row = Row({"sonnet": [[Say("good", Usage(input=5, output=2))]]}, ["sonnet start passed"])
    outcome = await check(row, Scene())
    attempt = outcome.attempts[0]
    assert (attempt.usage, attempt.cost, outcome.cost) == (Usage(input=5, output=2), 0.07, 0.07)
    assert (attempt.model, attempt.seconds > 0) == ("sonnet-model", True)


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


async def test_a_tier_that_fails_over_being_stopped_does_no_harm() -> None:
    scene = Scene()
    scene.tiers["local"].stopping = RuntimeError("will not stop")
    await check(Row({"local": [[GOOD, GOOD]]}, ["local start passed"]), scene)


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


async def test_a_tier_is_told_how_much_time_it_has() -> None:
    scene = Scene()
    await check(Row({"sonnet": [[GOOD]]}, ["sonnet start passed"]), scene)
    assert 55 < scene.tiers["sonnet"].history[0].seconds < 60
