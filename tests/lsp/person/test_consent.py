"""The question before money is spent: what it says, what the answers mean, how long they hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.drafting import failed, make_task, refused
from tests.support.editor import Editor, editing
from tests.support.stage import Stage
from tests.support.wire import Json

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import ConsentRequest
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.lsp.person.consent import NOT_NOW, ONCE, TODAY, Asker, question

TEXT = "def area(width):\n    return width * hight\n"


def rename(text: str) -> str:
    return text.replace("hight", "width")


def spoil(text: str) -> str:
    return text.replace("return", "return unknown or")


@asynccontextmanager
async def paying(stage: Stage, folder: Path, answer: str | None, *answers: str | None) -> AsyncIterator[Editor]:
    """Run an editor whose person gives the answers in turn, the last one for ever."""
    given = [answer, *answers]

    def say(params: Json) -> Json:
        title = given.pop(0) if len(given) > 1 else given[0]
        return None if title is None else next(item for item in params["actions"] if item["title"] == title)

    stage.tiers["local"].scripts = [spoil]
    stage.tiers["sonnet"].scripts = [rename]
    one_try = {"tiers": {"sonnet": {"retries": 0}, "opus": {"retries": 0}}}
    async with editing(stage, folder, settings=one_try) as editor:
        editor.wire.answers["window/showMessageRequest"] = say
        yield editor


async def fix(editor: Editor) -> bool:
    """Ask for the fix of a fresh document; tells whether it came."""
    uri = editor.open("x.py", TEXT)
    (action,) = await editor.menu(uri, "hight", only=["quickfix"])
    return "edit" in await editor.resolve(action)


def questions(editor: Editor) -> list[str]:
    return [item["message"] for item in editor.wire.all("window/showMessageRequest") if TODAY in str(item["actions"])]


async def test_the_question_says_what_was_refused_who_is_asked_and_what_it_may_cost(stage: Stage, folder: Path) -> None:
    async with paying(stage, folder, ONCE) as editor:
        assert await fix(editor)
        (asked,) = questions(editor)
        assert asked.startswith("Ask sonnet (model-of-sonnet) for up to $0.018? Fix F821: Undefined name `hight`.")
        assert "local was refused by lint" in asked
        params = editor.wire.all("window/showMessageRequest")[0]
        assert [item["title"] for item in params["actions"]] == [ONCE, TODAY, NOT_NOW]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answers", "came", "asked"),
    [
        ([ONCE, ONCE], [True, True], 2),
        ([TODAY], [True, True], 1),
        ([NOT_NOW, NOT_NOW], [False, False], 2),
        ([None], [False, False], 2),
    ],
)
async def test_answers_mean_what_they_say(
    stage: Stage, folder: Path, answers: list[str | None], came: list[bool], asked: int
) -> None:
    async with paying(stage, folder, answers[0], *answers[1:]) as editor:
        assert [await fix(editor), await fix(editor)] == came
        assert len(questions(editor)) == asked
        assert len(stage.tiers["sonnet"].history) == sum(came)


@pytest.mark.slow
async def test_a_dearer_tier_after_a_refused_one_asks_again(stage: Stage, folder: Path) -> None:
    async with paying(stage, folder, TODAY) as editor:
        stage.tiers["sonnet"].scripts = [spoil]
        stage.tiers["opus"].scripts = [rename]
        assert await fix(editor)
        assert ["costs more" in asked for asked in questions(editor)] == [False, True]
        assert await fix(editor)
        assert len(questions(editor)) == 2


@pytest.mark.slow
async def test_a_person_who_does_not_answer_can_cancel_the_wait(stage: Stage, folder: Path) -> None:
    async with paying(stage, folder, ONCE) as editor:
        late = asyncio.get_running_loop().create_future()
        editor.wire.answers["window/showMessageRequest"] = lambda _params: late
        task = asyncio.create_task(fix(editor))
        await editor.wire.heard("window/showMessageRequest")
        begun = await editor.wire.heard("$/progress")
        editor.wire.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        with pytest.raises(Exception, match="cancelled"):
            await task
        await editor.wire.heard("$/cancelRequest")
        late.set_result({"title": ONCE})
        await editor.wire.settle()
        assert stage.tiers["sonnet"].history == []
        assert any("consent" in str(params["value"].get("message")) for params in editor.wire.all("$/progress"))


class Person:
    """Answers in turn, after the test let it."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.busy = 0

    async def choose(self, message: str, choices: object, *, seconds: float) -> str | None:  # noqa: ARG002 - as asked
        self.asked += 1
        self.busy += 1
        assert self.busy == 1, "one question at a time"
        await asyncio.sleep(0)
        self.busy -= 1
        return self.answers.pop(0)


def request(tier: str = "sonnet", *, climb: bool = False) -> ConsentRequest:
    return ConsentRequest(make_task("«x»"), tier, "", 0.5, (), climb=climb)


async def test_for_today_ends_at_midnight() -> None:
    day = [date(2026, 11, 23)]
    person = Person(TODAY, NOT_NOW)
    asker = Asker(person, today=lambda: day[0])  # type: ignore[arg-type]
    assert [await asker.ask(request()), await asker.ask(request())] == [True, True]
    day[0] = date(2026, 11, 24)
    assert not await asker.ask(request())
    assert person.asked == 2


async def test_for_today_holds_for_its_tier_alone() -> None:
    person = Person(TODAY, NOT_NOW, NOT_NOW)
    asker = Asker(person)  # type: ignore[arg-type]
    assert await asker.ask(request())
    assert not await asker.ask(request("opus"))
    assert not await asker.ask(request(climb=True))


async def test_questions_come_one_at_a_time_and_for_today_answers_those_that_wait() -> None:
    person = Person(TODAY)
    asker = Asker(person)  # type: ignore[arg-type]
    assert await asyncio.gather(*(asker.ask(request()) for _ in range(5))) == [True] * 5
    assert person.asked == 1


def passed(tier: str) -> Attempt:
    return Attempt(tier, "", Trigger.START, Draft(()), Verdict(text="x"), Usage(), 0.0, 0.1)


def test_a_title_that_was_shortened_ends_the_question() -> None:
    task = evolve(make_task("«x»"), title="Instruct: Read the file line by…")
    assert question(ConsentRequest(task, "sonnet", "", 0.5, ())).endswith("line by…")


@pytest.mark.parametrize(
    ("attempts", "said"),
    [
        ((), "Ask sonnet for up to $0.50? fix."),
        ((failed("no route to host\nmore"),), "So far: local failed (no route to host)."),
        ((refused("x", Finding("lint", "m" * 200)),), f"local was refused by lint ({'m' * 140}…)."),
        ((passed("local"),), "So far: local found no majority."),
        (
            (failed("first"), refused("x", Finding("syntax", "Broken."))),
            ": local was refused by syntax (Broken).",
        ),
    ],
)
def test_the_question_is_short(attempts: tuple[Attempt, ...], said: str) -> None:
    asked = question(ConsentRequest(make_task("«x»"), "sonnet", "", 0.5, attempts))
    assert asked.endswith(said)
    assert "\n" not in asked
