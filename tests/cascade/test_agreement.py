"""Samples that are written differently and do the same, and what is asked where they do not."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve, field, frozen
from tests.support.fake_tiers import Fail, Hang, Say, make_task
from tests.support.fakes import FakeAppraiser, FakeComparer, Scene
from tests.support.patience import PATIENCE
from tests.support.turned import turn, turned

from lastmile.cascade.alike import Alike
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.policy import Effort, Paid, Policy
from lastmile.receipt import receipt


@frozen
class Row:
    """What a tier says, and what comes of it."""

    says: tuple[str, ...]
    chosen: str = ""
    question: str = ""
    notes: tuple[str, ...] = ()
    compared: int = 1
    """How often somebody was asked to compare."""

    alike: Alike = Alike.DEED
    hard: bool = False
    doubt: str = ""
    """Why no check decides."""

    samples: int = 3
    comparer: FakeComparer | None = field(factory=FakeComparer)


async def run(row: Row, scene: Scene) -> Outcome:
    scene.tiers["local"].enqueue(*map(Say, row.says))
    effort = Effort(samples=row.samples, retries=0, votes=row.samples)
    policy = Policy(("local",), 60.0, Paid.NEVER, efforts={"local": effort})
    task = make_task(hard=row.hard, alike=row.alike)
    return await scene.run(evolve(task, oracle=evolve(task.oracle, doubt=row.doubt)), policy)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(Row(("up a", "up b", "down c"), "up a", notes=("3 compared",)), id="a majority does the same"),
        pytest.param(Row(("up a", "up a"), "up a", compared=0), id="the same text needs no look"),
        pytest.param(Row(("up a", "down b", "off c"), question="up or down?"), id="all differ"),
        pytest.param(Row(("up a", "bad", "down b"), question="up or down?"), id="two that passed differ"),
        pytest.param(Row(("up a", "bad", "up b"), "up a", notes=("2 compared",)), id="two of three pass and agree"),
        pytest.param(Row(("up a", "bad", "bad"), compared=0), id="one alone agrees with nobody"),
        pytest.param(
            Row(("up a", "off b", "up c", "down d", "up e"), "up a", notes=("5 compared",), samples=5),
            id="none is given up while all may be one answer",
        ),
        pytest.param(Row(("up a", "up b", "bad", "bad"), samples=4), id="half of those that came are no majority"),
        pytest.param(Row(("up a", "up b", "up c"), alike=Alike.TEXT, compared=0), id="what it is was asked for"),
        pytest.param(Row(("up a", "up b", "up c"), comparer=None, compared=0), id="nobody can compare"),
        pytest.param(Row(("up a", "up b", "up c"), comparer=FakeComparer(blind=True)), id="they cannot be compared"),
        pytest.param(Row(("up a",), "up a", hard=True, compared=0), id="a hard oracle decides alone"),
        pytest.param(Row(("up a", "up a"), "up a", hard=True, compared=0), id="and where all say the same"),
        pytest.param(Row(("bad", "up a", "bad"), "up a", hard=True, compared=0), id="and of one that passes"),
        pytest.param(
            Row(("down a", "up b", "up c"), "up b", hard=True, notes=("3 compared",)),
            id="of those that pass it, the likeliest",
        ),
        pytest.param(
            Row(("down a", "up b"), question="down or up?", hard=True), id="what passes it and is as likely is asked"
        ),
        pytest.param(
            Row(("down a", "up b"), "down a", hard=True, comparer=FakeComparer(blind=True)), id="where none can tell"
        ),
        pytest.param(Row(("down a", "up b"), "down a", hard=True, comparer=None, compared=0), id="nor anybody look"),
        pytest.param(
            Row(("down a", "up b"), "down a", hard=True, alike=Alike.TEXT, compared=0), id="what it is, checks decide"
        ),
        pytest.param(
            Row(("up a", "up b"), "up a", doubt="no test", notes=("no test: 2 samples that agree did", "2 compared")),
            id="what decided in the place of tests is told",
        ),
        pytest.param(
            Row(
                ("up a",),
                "up a",
                doubt="no test",
                notes=("no test: one sample was taken as it came",),
                samples=1,
                compared=0,
            ),
            id="where nothing decided, that is told",
        ),
        pytest.param(
            Row(("up a",), "up a", hard=True, doubt="no test", compared=0), id="where a check decided, nothing is"
        ),
    ],
)
async def test_what_does_the_same_agrees(row: Row) -> None:
    scene = Scene(comparer=row.comparer)
    outcome = await run(row, scene)
    assert (outcome.text or "") == row.chosen
    assert (outcome.reason, outcome.notes) == (row.question, row.notes)
    assert outcome.status is (Status.ACCEPTED if row.chosen else Status.SURFACED)
    assert row.comparer is None or len(row.comparer.history) == row.compared
    if row.question:
        assert receipt(outcome).startswith(f"Nothing passed: {row.question} Tried local (")
        assert outcome.attempts[-1].verdict.findings[0].evidence == row.question
    scene.check_books()


@pytest.mark.slow
@pytest.mark.parametrize("then", [Fail(), Hang()])
async def test_a_draft_that_passed_what_decides_is_not_lost_over_the_others(then: Fail | Hang) -> None:
    scene = Scene(comparer=FakeComparer())
    scene.tiers["local"].enqueue(Say("up a"), then)
    policy = Policy(("local",), 60.0, Paid.NEVER, efforts={"local": Effort(3, 0, 3)})
    outcome = await asyncio.wait_for(scene.run(make_task(alike=Alike.DEED), policy), PATIENCE)
    assert (outcome.status, outcome.text) == (Status.ACCEPTED, "up a")
    scene.check_books()


async def test_a_question_is_forgotten_when_a_dearer_tier_knows_the_answer() -> None:
    scene = Scene(comparer=FakeComparer())
    scene.tiers["local"].enqueue(Say("up"), Say("down"))
    scene.tiers["opus"].enqueue(Say("up"), Say("up"))
    policy = Policy(("local", "opus"), 60.0, Paid.AUTO, efforts=dict.fromkeys(("local", "opus"), Effort(2, 0, 2)))
    outcome = await scene.run(make_task(hard=False, alike=Alike.DEED), policy)
    assert (outcome.text, outcome.reason) == ("up", "")


@pytest.mark.parametrize(
    ("says", "question"),
    [
        pytest.param((Say("bad"),), "", id="it drafts something else"),
        pytest.param((Fail(),), "up or down?", id="it drafts nothing"),
    ],
)
async def test_a_question_is_about_what_was_drafted_last(says: tuple[Say | Fail, ...], question: str) -> None:
    scene = Scene(comparer=FakeComparer())
    scene.tiers["local"].enqueue(Say("up"), Say("down"))
    scene.tiers["opus"].enqueue(*says)
    policy = Policy(("local", "opus"), 60.0, Paid.AUTO, efforts=dict.fromkeys(("local", "opus"), Effort(2, 0, 2)))
    outcome = await scene.run(make_task(hard=False, alike=Alike.DEED), policy)
    assert (outcome.status, outcome.reason) == (Status.SURFACED, question)


async def test_what_the_oracle_sees_is_said_of_what_was_accepted_alone() -> None:
    scene = Scene(appraiser=FakeAppraiser("3 of 4 tests reach the change"))
    outcome = await run(Row(("up",), hard=True), scene)
    assert receipt(outcome) == "local, 1 draft, 3 of 4 tests reach the change, 1.0 s, $0.00"
    assert scene.bank.outcomes == [outcome]
    scene = Scene(appraiser=FakeAppraiser("never said"))
    assert (await run(Row(("bad",), hard=True), scene)).notes == ()
    assert not scene.appraiser or not scene.appraiser.reached.is_set()


async def test_grading_holds_up_no_cancelling() -> None:
    scene = Scene(appraiser=FakeAppraiser("hang"))
    assert scene.appraiser is not None
    task = asyncio.ensure_future(run(Row(("up",), hard=True), scene))
    await scene.appraiser.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [outcome.status for outcome in scene.bank.outcomes] == [Status.CANCELLED]
    scene.check_books()


@pytest.mark.parametrize("says", ["hang", "crash"])
def test_an_accepted_edit_is_not_lost_over_its_grade(says: str) -> None:
    scene = Scene(appraiser=(appraiser := FakeAppraiser(says)))

    async def graded() -> Outcome:
        running = asyncio.create_task(run(Row(("up",), hard=True), scene))
        await appraiser.reached.wait()
        turn(60.0)
        return await running

    outcome = turned(graded())
    assert (outcome.status, outcome.text, outcome.notes) == (Status.ACCEPTED, "up", ())
    assert scene.bank.outcomes == [outcome]
    scene.check_books()
