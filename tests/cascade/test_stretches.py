"""A way up that many tasks go together, a stretch at a time: what is parted, carried over and written down."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.support.fake_tiers import Say, make_task
from tests.support.fakes import Scene
from tests.support.source import pairs

from lastmile.cascade.carried import carried
from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Status, Trigger
from lastmile.cascade.policy import Effort, Policy, stretches
from lastmile.cascade.verdict import Finding, Verdict

LADDER = ("rules", "local", "sonnet", "opus")
WAY = Policy(LADDER, 60.0, efforts={name: Effort(retries=0) for name in LADDER})


@pytest.mark.parametrize(
    ("ladder", "start", "ends", "parted"),
    [
        (LADDER, "", (), [LADDER]),
        (LADDER, "", ("local",), [("rules", "local"), ("sonnet", "opus")]),
        (LADDER, "", ("rules", "local"), [("rules",), ("local",), ("sonnet", "opus")]),
        (LADDER, "local", ("rules", "local"), [("local",), ("sonnet", "opus")]),
        (LADDER, "sonnet", ("local",), [("sonnet", "opus")]),
        (("rules", "local"), "", ("local",), [("rules", "local")]),
        ((), "", ("local",), [()]),
    ],
)
def test_where_a_way_is_parted(
    ladder: tuple[str, ...], start: str, ends: tuple[str, ...], parted: list[tuple[str, ...]]
) -> None:
    found = stretches(evolve(WAY, ladder=ladder, start=start), ends)
    assert [each.ladder for each in found] == parted
    assert [each.goes_on for each in found] == [True] * (len(parted) - 1) + [False]


async def test_a_task_goes_on_where_it_was_left() -> None:
    scene, task = Scene(), make_task()
    first, second = stretches(WAY, ("local",))
    scene.tiers["local"].enqueue(Say("bad"))
    scene.consent.answers.append(True)
    scene.tiers["sonnet"].enqueue(Say("good"))
    left = await scene.run(task, first)
    assert (left.status, scene.bank.outcomes) == (Status.SURFACED, [])
    outcome = await scene.run(task, second, before=left.attempts)
    assert [(a.tier, a.trigger) for a in outcome.attempts] == [
        ("local", Trigger.START),
        ("sonnet", Trigger.VERIFICATION),
    ]
    assert [a.tier for a in scene.bank.attempts] == ["local", "sonnet"]
    assert scene.bank.outcomes == [outcome]
    (asked,) = scene.tiers["sonnet"].history
    assert asked.evidence.attempts == left.attempts
    scene.check_books()


async def test_what_passes_on_the_way_is_written_down_at_once() -> None:
    scene = Scene()
    scene.tiers["local"].enqueue(Say("good"))
    outcome = await scene.run(make_task(), stretches(WAY, ("local",))[0])
    assert (outcome.status, scene.bank.outcomes) == (Status.ACCEPTED, [outcome])


def attempt(text: str | None) -> Attempt:
    verdict = Verdict((Finding("lint", "no", line=2),), text=text)
    return Attempt("local", "a", Trigger.START, Draft(()), verdict, Usage(), 0.0, 0.1)


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 9\nc = 3\n"),
        ("import x\na = 1\nb = 2\nc = 3\n", "import x\na = 1\nb = 9\nc = 3\n"),
        ("a = 1\nb = 2\n", "a = 1\nb = 9\n"),
        ("a = 1\nb = 5\nc = 3\n", None),
    ],
)
def test_a_draft_stands_in_the_new_text_unless_its_place_changed(new: str, text: str | None) -> None:
    old = "a = 1\nb = 2\nc = 3\n"
    (found,) = carried([attempt("a = 1\nb = 9\nc = 3\n")], old, new)
    assert (found.verdict.text, found.draft is None) == (text, text is None)
    assert found.reason == "no"
    assert found.verdict.findings[0].line == (2 if new == old else None)


@given(pairs(), st.text(max_size=40) | st.none())
def test_carrying_over_never_raises(texts: tuple[str, str], candidate: str | None) -> None:
    (found,) = carried([attempt(candidate)], *texts)
    assert found.verdict.text is None or texts[0] == texts[1] or candidate is not None
