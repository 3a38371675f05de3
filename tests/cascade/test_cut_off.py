"""Deadlines, cancellations and crashes: whatever cuts a task off, what it cost is in the bank, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.fake_tiers import Deed, Fail, Hang, Say, Use, make_task
from tests.support.fakes import Scene
from tests.support.patience import PATIENCE
from tests.support.turned import turn, turned

from lastmile.cascade.draft import Usage
from lastmile.cascade.events import Judged
from lastmile.cascade.finish import finish
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.policy import Effort, Paid, Policy
from lastmile.errors import ToolError

LADDER = ("rules", "local", "sonnet", "opus")
SOME = Usage(input=7, output=2)


def policy(*, paid: Paid = Paid.AUTO, samples: int = 1, retries: int = 0) -> Policy:
    efforts = {name: Effort(samples, retries) for name in LADDER}
    return Policy(LADDER, 60.0, paid, climb_paid=True, efforts=efforts)


async def too_late(scene: Scene, reached: Callable[[], Awaitable[object]], *, paid: Paid = Paid.AUTO) -> Outcome:
    """Let the deadline pass when a task has come to some place."""
    running = asyncio.create_task(scene.run(make_task(), policy(paid=paid)))
    await asyncio.wait({running, asyncio.ensure_future(reached())}, return_when=asyncio.FIRST_COMPLETED)
    turn(60.0)
    return await running


@pytest.mark.parametrize(
    ("deeds", "failure"),
    [
        pytest.param([Use(SOME), Hang()], "cancelled", id="drafting"),
        pytest.param([Say("hang", SOME)], "cancelled while it was judged", id="judging"),
    ],
)
def test_the_deadline_surfaces_what_there_is(deeds: list[Deed], failure: str) -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(*deeds)
    reached = scene.judge.reached if deeds == [Say("hang", SOME)] else scene.tiers["sonnet"].reached
    outcome = turned(too_late(scene, reached.wait))
    assert (outcome.status, outcome.reason) == (Status.SURFACED, "the deadline of 60 s has passed")
    assert [(attempt.failure, attempt.usage) for attempt in outcome.attempts] == [(failure, SOME)]
    assert scene.bank.outcomes == [outcome]
    scene.check_books()


@pytest.mark.parametrize("then", [Say("good"), Say("hang")], ids=["in time", "too late"])
def test_the_deadline_stands_still_while_the_person_thinks(then: Deed) -> None:
    scene = Scene()
    scene.tiers["local"].enqueue(Say("bad"))
    scene.tiers["sonnet"].enqueue(then)
    scene.consent.answers.append("late")
    if then == Say("good"):
        outcome = turned(scene.run(make_task(), policy(paid=Paid.ASK)))
        assert outcome.status is Status.ACCEPTED
    else:
        outcome = turned(too_late(scene, scene.judge.reached.wait, paid=Paid.ASK))
        assert outcome.status is Status.SURFACED
    assert len(scene.consent.history) == 1
    scene.check_books()


async def cancelled(scene: Scene, reached: Callable[[], Awaitable[object]], *, paid: Paid = Paid.AUTO) -> Outcome:
    """Cancel a task when it has come to some place; gives the outcome that the bank was told."""
    running = asyncio.create_task(scene.run(make_task(), policy(paid=paid)))
    await reached()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (outcome,) = scene.bank.outcomes
    assert (outcome.status, outcome.reason) == (Status.CANCELLED, "cancelled")
    assert list(outcome.attempts) == scene.bank.attempts
    scene.check_books()
    return outcome


async def test_cancelled_while_a_paid_tier_drafts() -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(Use(SOME), Hang())
    outcome = await cancelled(scene, scene.tiers["sonnet"].reached.wait)
    assert [(attempt.failure, attempt.usage) for attempt in outcome.attempts] == [("cancelled", SOME)]


async def test_cancelled_while_a_free_tier_drafts() -> None:
    scene = Scene()
    scene.tiers["local"].enqueue(Hang())
    assert (await cancelled(scene, scene.tiers["local"].reached.wait)).attempts == ()


async def test_cancelled_while_it_is_judged() -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(Use(SOME), Say("hang"))
    outcome = await cancelled(scene, scene.judge.reached.wait)
    assert [attempt.failure for attempt in outcome.attempts] == ["cancelled while it was judged", "cancelled"]


async def test_cancelled_while_the_person_is_asked() -> None:
    scene = Scene()
    scene.consent.answers.append("hang")
    outcome = await cancelled(scene, scene.consent.reached.wait, paid=Paid.ASK)
    assert (outcome.attempts, scene.tiers["sonnet"].history) == ((), [])


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        pytest.param(Say("crash", SOME), "the judge crashed", id="judging"),
        pytest.param(Say("formless", SOME), "no normal form", id="comparing"),
    ],
)
async def test_a_judge_that_raises_is_heard_after_the_books_are_kept(deed: Deed, error: str) -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(deed, Say("good"))
    with pytest.raises(ToolError, match=error):
        await scene.run(make_task(hard=False), policy(samples=3))
    assert [attempt.usage for attempt in scene.bank.attempts] == [SOME]
    scene.check_books()


@pytest.mark.parametrize("text", ["good", "bad"])
async def test_a_watcher_that_raises_is_heard_after_the_books_are_kept(text: str) -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(Say(text, SOME), Use(SOME))

    def watch(event: object) -> None:
        if isinstance(event, Judged):
            raise TimeoutError("the editor is gone")  # which is not the deadline

    with pytest.raises(TimeoutError, match="the editor is gone"):
        await scene.run(make_task(), policy(), watch)
    assert [attempt.usage for attempt in scene.bank.attempts] == [SOME]
    scene.check_books()


async def test_a_crash_of_a_tier_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.tiers["sonnet"].enqueue(Use(SOME), Fail(ZeroDivisionError("oh")))
    scene.tiers["opus"].enqueue(Say("good"))
    with caplog.at_level(logging.ERROR):
        outcome = await scene.run(make_task(), policy())
    assert outcome.attempts[0].failure == "sonnet crashed: ZeroDivisionError('oh')"
    assert "ZeroDivisionError: oh" in caplog.text
    assert outcome.status is Status.ACCEPTED
    scene.check_books()


async def cut(scene: Scene, *, soft: bool, policy: Policy, turns: list[int]) -> None:
    """Cancel a task after so many turns of the loop, and again after so many more."""
    running = asyncio.create_task(scene.run(make_task(hard=not soft), policy))
    for count in turns:
        for _ in range(count):
            await asyncio.sleep(0)
        running.cancel()
    with suppress(asyncio.CancelledError, ToolError):
        await running
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})  # what the books are kept by goes on behind
    scene.check_books()
    assert len(scene.bank.outcomes) <= 1
    for outcome in scene.bank.outcomes:
        assert list(outcome.attempts) == scene.bank.attempts


@pytest.mark.parametrize("first", range(1, 64))
async def test_cancelled_anywhere_and_again_right_after(first: int) -> None:
    for second in (0, 1, 2, 3):
        scene = Scene()
        scene.bank.turns = 2
        scene.tiers["local"].enqueue(Say("bad"))
        scene.tiers["sonnet"].enqueue(Use(SOME), Say("good", SOME), Say("other", SOME), Use(), Say("good", SOME), Use())
        scene.tiers["opus"].enqueue(Use(SOME), Fail())
        await cut(scene, soft=True, policy=policy(samples=4), turns=[first, second])
        assert len(scene.bank.outcomes) == 1


DEEDS = st.lists(
    st.one_of(
        st.builds(
            Say,
            st.sampled_from(["good", "good#", "bad", "other", "crash", "formless"]),
            st.builds(Usage, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
        ),
        st.builds(Say, st.just(""), defect=st.just("prose")),
        st.builds(Use, st.builds(Usage, st.integers(0, 9), output=st.integers(0, 9))),
        st.sampled_from([Fail(), Fail(ValueError("oh")), Fail(TimeoutError("slow"))]),
    ),
    max_size=5,
)
CALLS = st.lists(DEEDS, max_size=3)


@frozen
class Play:
    """What happens to one task, from the tiers' scripts to the moments at which it is cancelled."""

    calls: tuple[list[list[Deed]], ...]
    policy: Policy
    turns: list[int]
    answers: list[bool]
    soft: bool

    async def act(self) -> None:
        """Run it; the books must be right afterwards."""
        scene = Scene()
        scene.bank.turns = len(self.turns)
        scene.bank.budget = 4.0
        scene.consent.answers.extend(self.answers)
        for tier, queue in zip(scene.tiers.values(), self.calls, strict=True):
            for deeds in queue:
                tier.enqueue(*deeds)
        await cut(scene, soft=self.soft, policy=self.policy, turns=self.turns)


PLAYS = st.builds(
    Play,
    calls=st.tuples(*[CALLS] * 4),
    policy=st.builds(policy, paid=st.sampled_from(Paid), samples=st.integers(1, 4), retries=st.integers(0, 2)),
    turns=st.lists(st.integers(0, 40), max_size=3),
    answers=st.lists(st.booleans(), max_size=3),
    soft=st.booleans(),
)


@given(PLAYS)
async def test_every_cost_is_in_the_bank_once(play: Play) -> None:
    await play.act()


@pytest.mark.slow
@settings(max_examples=500)
@given(PLAYS)
async def test_every_cost_is_in_the_bank_once_at_length(play: Play) -> None:
    await play.act()


async def test_what_is_finished_gives_its_result_and_its_error() -> None:
    async def three() -> int:
        return 3

    async def broken() -> None:
        raise ToolError("broken")

    assert await finish(three()) == 3
    with pytest.raises(ToolError, match="broken"):
        await finish(broken())


async def test_what_is_finished_ends_before_the_cancellation_goes_on() -> None:
    gate, ended = asyncio.Event(), []

    async def work() -> None:
        await gate.wait()
        ended.append(True)

    running = asyncio.create_task(finish(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        running.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == [True]


async def test_a_cancellation_does_not_wait_for_a_ledger_that_somebody_holds() -> None:
    scene = Scene()
    scene.bank.held = asyncio.Event()
    scene.bank.held.set()
    scene.tiers["sonnet"].enqueue(Use(SOME), Hang())
    running = asyncio.create_task(scene.run(make_task(), policy()))
    await scene.tiers["sonnet"].reached.wait()
    scene.bank.held.clear()
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=PATIENCE)
    assert done == {running}
    scene.bank.held.set()
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
    scene.check_books()
