"""How sure a model was: which of those that agree is taken, and when a guess is not followed by another."""

from __future__ import annotations

import pytest
from tests.support.fake_tiers import Say, make_task
from tests.support.fakes import Scene

from lastmile.cascade.policy import Effort, Policy

GUESS, SURE = -2.0, -0.01
"""Mean log-probabilities: 0.14 and 0.99 a token."""


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ([Say("good#1", sure=-0.5), Say("good#2", sure=-0.1), Say("other", sure=-0.01)], "good#2"),
        ([Say("good#1", sure=-0.1), Say("good#2", sure=-0.5), Say("other")], "good#1"),
        ([Say("good#1"), Say("good#2", sure=-3.0), Say("other")], "good#2"),
        ([Say("good#1"), Say("good#2"), Say("other")], "good#1"),
    ],
)
async def test_the_surest_of_those_that_agree_is_taken(said: list[Say], taken: str) -> None:
    scene = Scene()
    scene.tiers["local"].enqueue(*said)
    outcome = await scene.run(make_task(hard=False), Policy(("local",), 60.0, efforts={"local": Effort(3, 0)}))
    assert outcome.text == taken


@pytest.mark.parametrize(
    ("below", "said", "tried"),
    [
        (0.0, [Say("bad", sure=GUESS), Say("bad", sure=GUESS)], ["local", "local", "local", "local", "rules"]),
        (0.5, [Say("bad", sure=GUESS), Say("bad", sure=GUESS)], ["local", "rules"]),
        (0.5, [Say("bad", sure=SURE), Say("bad", sure=GUESS)], ["local", "local", "rules"]),
        (0.5, [Say("bad"), Say("bad")], ["local", "local", "local", "local", "rules"]),
        (0.5, [Say("good", sure=GUESS)], ["local"]),
    ],
)
async def test_a_guess_that_was_refused_is_the_last_of_its_tier(
    below: float, said: list[Say], tried: list[str]
) -> None:
    scene = Scene()
    scene.tiers["local"].enqueue(*said)
    scene.tiers["local"].enqueue(*said)
    scene.tiers["rules"].enqueue(Say("good"))
    effort = Effort(samples=2, retries=1, unsure_below=below)
    outcome = await scene.run(make_task(), Policy(("local", "rules"), 60.0, efforts={"local": effort}))
    assert [attempt.tier for attempt in outcome.attempts] == tried
    assert outcome.text == "good"
