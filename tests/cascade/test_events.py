"""What a watcher is told, in which order, and the words that a person reads for it."""

from __future__ import annotations

import pytest
from tests.support.fake_tiers import Deed, Fail, Say, make_task
from tests.support.fakes import Scene

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.events import Asking, Event, Judged, Waiting, dollars, words
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.policy import Effort, Paid, Policy
from lastmile.cascade.verdict import Finding, Verdict


def judged(*findings: Finding, failure: str = "", drafted: bool = True, number: int = 1, of: int = 1) -> Judged:
    text = None if failure else "x"
    draft = Draft(()) if drafted else None
    attempt = Attempt("local", "", Trigger.START, draft, Verdict(findings, (), text), Usage(), 0.0, 1.0, failure)
    return Judged(attempt, number, of)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Asking("local", 0.0), "local: drafting"),
        (Asking("local", 0.0, retry=True), "local: trying again with the findings"),
        (Asking("sonnet", 0.018), "asking sonnet, up to $0.018"),
        (Asking("sonnet", 0.25, retry=True), "asking sonnet again, up to $0.25"),
        (Waiting("opus"), "waiting for your consent to ask opus"),
        (judged(), "local: draft passed"),
        (judged(number=2, of=3), "local: draft 2 of 3 passed"),
        (judged(Finding("lint", "unused", code="F401"), number=2, of=3), "local: draft 2 of 3 refused by lint F401"),
        (judged(Finding("scope", "elsewhere"), Finding("lint", "x")), "local: draft refused by scope"),
        (judged(failure="no answer", drafted=False), "local: draft failed: no answer"),
        (judged(failure="cancelled while it was judged"), "local: draft failed: cancelled while it was judged"),
    ],
)
def test_words(event: Event, said: str) -> None:
    assert words(event) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "$0.00"),
        (0.00004, "$0.0000"),
        (0.00046, "$0.0005"),
        (0.001, "$0.001"),
        (0.0184, "$0.018"),
        (0.1, "$0.10"),
        (12.345, "$12.35"),
    ],
)
def test_dollars(amount: float, said: str) -> None:
    assert dollars(amount) == said


@pytest.mark.parametrize(
    ("calls", "paid", "said"),
    [
        pytest.param(
            {"rules": [[Say("bad")]], "local": [[Say("bad")], [Say("good")]]},
            Paid.NEVER,
            [
                "rules: drafting",
                "rules: draft 1 of 2 refused by lint X1",
                "rules: trying again with the findings",
                "local: drafting",
                "local: draft 1 of 2 refused by lint X1",
                "local: trying again with the findings",
                "local: draft 1 of 2 passed",
            ],
            id="free",
        ),
        pytest.param(
            {"sonnet": [[Say("bad")], [Fail()]]},
            Paid.ASK,
            [
                "rules: drafting",
                "local: drafting",
                "waiting for your consent to ask sonnet",
                "asking sonnet, up to $1.00",
                "sonnet: draft 1 of 2 refused by lint X1",
                "asking sonnet again, up to $1.00",
                "sonnet: draft 1 of 2 failed: no answer",
                "waiting for your consent to ask opus",
            ],
            id="paid",
        ),
        pytest.param(
            {"rules": [[Say("bad"), Say("bad"), Fail()]], "local": [[Say("good")]]},
            Paid.NEVER,
            [
                "rules: drafting",
                "rules: draft 1 of 2 refused by lint X1",
                "rules: draft 2 of 2 refused by lint X1",
                "rules: draft 2 of 2 failed: no answer",
                "rules: trying again with the findings",
                "local: drafting",
                "local: draft 1 of 2 passed",
            ],
            id="more drafts than were asked for",
        ),
    ],
)
async def test_a_watcher_hears_it_in_order(calls: dict[str, list[list[Deed]]], paid: Paid, said: list[str]) -> None:
    scene = Scene()
    for name, queue in calls.items():
        for deeds in queue:
            scene.tiers[name].enqueue(*deeds)
    scene.consent.answers.append(True)
    ladder = tuple(scene.tiers)
    heard: list[str] = []
    policy = Policy(ladder, 60.0, paid, efforts={name: Effort(samples=2, retries=1) for name in ladder})
    await scene.run(make_task(), policy, lambda event: heard.append(words(event)))
    assert heard == said


async def test_nobody_has_to_watch() -> None:
    scene = Scene()
    scene.tiers["rules"].enqueue(Say("good"))
    assert (await scene.run(make_task(), Policy(("rules",), 60.0))).text == "good"
    assert [type(event) for event in scene.events] == [Asking, Judged]
