"""A person who types: what is asked of the model, and when."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve
from tests.support.desks import LINE, QUIET, SOURCE, desk_with
from tests.support.filling import MARK, Desk, ManualClock, ScriptedFiller, pieces, settled
from tests.support.patience import PATIENCE

from lastmile.config.completing import Completing


async def test_typing_what_is_shown_asks_nothing() -> None:
    desk = desk_with(LINE)
    shown = await desk.ask()
    assert shown is not None
    text = shown.text
    for char in text[:-1]:
        desk.type(char)
        text = text[1:]
        rest = await desk.ask()
        assert rest is not None
        assert (rest.text, rest.id) == (text, shown.id)
    assert len(desk.filler.history) == 1
    assert len(desk.notes.records) == 1


async def test_going_back_finds_what_was_shown() -> None:
    desk = desk_with(LINE)
    await desk.ask()
    desk.type("retur")
    await desk.ask()
    desk.delete(3)
    shown = await desk.ask()
    assert shown is not None
    assert shown.text == "turn width * height"
    assert len(desk.filler.history) == 1


async def test_what_was_found_to_be_nothing_is_not_asked_again() -> None:
    desk = desk_with("\n\n")
    assert await desk.ask() is None
    assert await desk.ask() is None
    assert len(desk.filler.history) == 1


async def test_typing_something_else_asks_again() -> None:
    desk = desk_with(LINE, "pass\n")
    await desk.ask()
    desk.type("pa")
    await desk.ask()
    assert len(desk.filler.history) == 2


async def test_a_generation_under_way_answers_who_types_what_it_says() -> None:
    held = asyncio.Semaphore(0)
    filler = ScriptedFiller([pieces(LINE)], gate=held)
    desk = Desk(filler, settings=QUIET)
    desk.put(SOURCE)
    first = asyncio.create_task(desk.ask())
    await settled()
    held.release()
    held.release()
    held.release()
    await settled()
    first.cancel()  # as an editor does with each key
    desk.type("ret")
    second = asyncio.create_task(desk.ask())
    for _ in range(20):
        await settled()
        held.release()
    shown = await asyncio.wait_for(second, PATIENCE)
    assert shown is not None
    assert shown.text == "urn width * height"
    assert (len(filler.history), filler.closed) == (1, 0)
    assert [record.source for record in desk.notes.records.values()] == ["joined"]


async def test_typing_ahead_of_a_generation_waits_for_it_and_turns_away_when_it_differs() -> None:
    held = asyncio.Semaphore(0)
    filler = ScriptedFiller([pieces(LINE), pieces(" ValueError\n")], gate=held)
    desk = Desk(filler, settings=QUIET)
    desk.put(SOURCE)
    first = asyncio.create_task(desk.ask())
    await settled()
    desk.type("raise")
    second = asyncio.create_task(desk.ask())
    await settled()
    assert len(filler.history) == 1
    for _ in range(30):
        held.release()
        await settled()
    assert await asyncio.wait_for(first, PATIENCE) is None
    shown = await asyncio.wait_for(second, PATIENCE)
    assert shown is not None
    assert shown.text == " ValueError"
    assert len(filler.history) == 2
    assert filler.closed == 2  # the first in the middle, the second after its line


async def test_a_generation_that_nobody_wants_is_closed() -> None:
    held = asyncio.Semaphore(0)
    filler = ScriptedFiller([pieces(LINE)], gate=held)
    desk = Desk(filler, settings=QUIET, clock=ManualClock())
    desk.put(SOURCE)
    asked = asyncio.create_task(desk.ask())
    await settled()
    assert len(filler.history) == 1
    asked.cancel()
    await settled()
    assert filler.closed == 1
    await desk.completer.close()


async def test_only_the_newest_of_two_questions_is_asked() -> None:
    clock = ManualClock(hasty=False)
    desk = desk_with("eturn width\n", clock=clock, settings=evolve(QUIET, debounce=0.5))
    first = asyncio.create_task(desk.ask())
    await settled()
    await clock.turn(0.4)
    desk.type("r")
    second = asyncio.create_task(desk.ask())
    await settled()
    await clock.turn(0.1)
    assert await asyncio.wait_for(first, PATIENCE) is None
    assert desk.filler.history == []
    await clock.turn(0.4)
    assert await asyncio.wait_for(second, PATIENCE) is not None
    assert len(desk.filler.history) == 1


async def test_two_documents_that_ask_at_once_are_both_answered() -> None:
    held = asyncio.Semaphore(0)
    filler = ScriptedFiller([pieces("    return width\n"), pieces("    return height\n")], gate=held)
    desk = Desk(filler, settings=evolve(QUIET, debounce=0.5), clock=ManualClock(hasty=False))
    desk.put(SOURCE)
    other = evolve(desk.cursor(), document="y")
    asked = [asyncio.create_task(desk.completer.find(item, desk.settings)) for item in (desk.cursor(), other)]
    await settled()
    await desk.clock.turn(0.5)
    for _ in range(40):
        held.release()
    found = await asyncio.wait_for(asyncio.gather(*asked), PATIENCE)
    assert [item and item.completion.text for item in found] == ["return width", "return height"]
    desk.completer.closed("y", desk.snapshot)
    await desk.completer.close()


@pytest.mark.parametrize(
    ("source", "stream", "text"),
    [
        ("total = ‸\n", "compute(\n    width,\n    height)\n", "compute"),
        ("value = ‸\n", "foo(1\n", "foo"),
        ("x = (\ntotal = ‸\n", "compute(\n", "compute"),
        ("if a:\n    ‸\n", "for x in (\n", None),
    ],
)
async def test_what_is_shown_in_a_broken_document_stays_while_it_is_typed(
    source: str, stream: str, text: str | None
) -> None:
    desk = desk_with(stream, source=source)
    shown = await desk.ask()
    assert (shown and shown.text) == text
    said = text or ""
    for at in range(1, len(said)):
        desk.type(said[at - 1])
        again = await desk.ask()
        assert (again and again.text) == said[at:]
    assert len(desk.filler.history) == 1


async def test_what_was_found_to_be_nothing_is_asked_again_by_who_insists() -> None:
    desk = desk_with("\n\n", LINE)
    assert await desk.ask() is None
    assert await desk.ask(invoked=True) is not None


async def test_waiting_follows_the_person_and_the_model() -> None:
    desk = desk_with(LINE)
    desk.settings = evolve(QUIET, debounce=0.7)
    await desk.ask()
    assert desk.clock.slept[0] == 0.7
    for gap, wait in ((0.01, 0.1), (0.9, 0.4)):
        desk = desk_with(LINE, source="total = total‸\n\nx = 1\n")
        for _ in range(5):
            desk.clock.now += gap
            desk.type("s")
        await desk.ask()
        assert desk.clock.slept[0] >= wait
    desk = desk_with(LINE)
    await desk.ask(invoked=True)
    assert desk.clock.slept == []


async def test_the_next_completion_is_made_while_one_is_shown() -> None:
    desk = desk_with("    a = width\n", "\n    return a\n", settings=Completing())
    shown = await desk.ask()
    await settled()
    assert shown is not None
    assert desk.filler.ahead == [False, True]
    assert desk.filler.history[1].prefix.endswith("    a = width")
    desk.accept(shown)
    following = await desk.ask()
    assert following is not None
    assert following.text == "\n    return a"
    assert desk.filler.ahead[:2] == [False, True]
    assert [record.source for record in desk.notes.records.values()] == ["asked", "cached"]


async def test_what_was_begun_ahead_and_has_said_nothing_is_begun_again_for_who_waits() -> None:
    filler = ScriptedFiller([pieces("    a = width\n"), pieces("\n    return a\n")], gate=asyncio.Semaphore(9))
    desk = Desk(filler)
    desk.put(SOURCE)
    shown = await desk.ask()
    assert shown is not None
    held = asyncio.Semaphore(0)
    filler.gate = held
    await settled()
    assert filler.ahead == [False, True]
    desk.accept(shown)
    asked = asyncio.create_task(desk.ask(invoked=True))
    await settled()
    assert filler.ahead == [False, True, False]
    for _ in range(9):
        held.release()
    following = await asyncio.wait_for(asked, PATIENCE)
    assert following is not None
    assert following.text == "\n    return a"
    await desk.completer.close()


async def test_time_ends_what_goes_on_after_the_first_line() -> None:
    lines = "".join(f"    a{number} = {number}\n" for number in range(30))
    for ahead, most in ((False, 8), (True, 23)):
        desk = desk_with("    b = 1\n" if ahead else lines, lines.replace("a", "\n    a", 1), settings=Completing())
        desk.clock.step = 0.0 if ahead else 0.01
        shown = await desk.ask()
        assert shown is not None
        if ahead:
            desk.clock.step = 0.01
            await settled()
            desk.accept(shown)
            shown = await desk.ask()
        assert shown is not None
        assert 2 < len(shown.text.splitlines()) < most + 15
        assert not desk.text.endswith("a")


async def test_a_key_changes_only_the_end_of_what_is_read() -> None:
    lines = [f"value_{number} = {number}\n" for number in range(1000)]
    desk = desk_with("", source="".join([*lines[:500], "x = ‸\n", *lines[500:]]))
    await desk.ask()
    for char in "abcdefgh\nij = k":
        desk.type(char)
        await desk.find(invoked=True)
    first, last = desk.filler.history[0], desk.filler.history[-1]
    assert last.prefix.startswith(first.prefix)
    assert last.suffix == first.suffix
    assert 256 <= first.prefix.count("\n") < 320
    assert 64 <= first.suffix.count("\n") <= 81
    assert MARK not in last.prefix
