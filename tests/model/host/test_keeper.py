"""The keeper with an engine that says what the test tells it to: when it is loaded, cancelled and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, nullcontext

import pytest
from attrs import define, field
from tests.support.patience import PATIENCE

from lastmile.errors import ModelError
from lastmile.model.host.keeper import Keeper
from lastmile.model.values import Ask, Cancel, Failed, Heard, Piece, Plain, Usage

ASK = Ask(Plain("a"))
DONE = Usage(prompt=3, cached=2, completion=1, prompt_seconds=0.0, completion_seconds=0.0)


@define(eq=False)
class Told:
    says: list[Heard]
    cancelled: int = 0
    closed: int = 0
    loads: int = 0
    now: float = 0.0
    trouble: str = ""
    keeper: Keeper = field(init=False)
    say: Callable[[Heard], None] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.keeper = Keeper(self.open, 10.0, lambda: self.now)

    def open(self) -> Told:
        if self.trouble:
            raise ModelError(self.trouble)
        self.loads += 1
        return self

    def submit(self, ask: Ask, hear: Callable[[Heard], None]) -> Cancel:
        assert ask is ASK
        self.say = hear
        for heard in self.says:
            hear(heard)
        return self.cancel

    def cancel(self) -> None:
        self.cancelled += 1

    def stuck(self) -> float:
        return 0.0

    def close(self) -> None:
        self.closed += 1

    async def answered(self) -> list[Heard]:
        return [heard async for several in self.keeper.hear(ASK) for heard in several]


async def test_a_request_that_is_left_is_cancelled() -> None:
    told = Told([Piece(0, "a")])
    async with aclosing(told.keeper.hear(ASK)) as stream:
        assert await anext(stream) == [Piece(0, "a")]
        assert (told.keeper.running, told.cancelled) == (1, 0)
    assert (told.keeper.running, told.cancelled, told.keeper.counts.cancelled) == (0, 1, 1)


async def test_what_is_said_soon_after_comes_together_and_the_end_at_once() -> None:
    told = Told([Piece(0, "a")])
    told.keeper.pause = 3600
    async with aclosing(told.keeper.hear(ASK)) as stream:
        assert await anext(stream) == told.says
        then = asyncio.ensure_future(anext(stream))
        said: list[Heard] = [Piece(0, "b"), Piece(1, "c"), DONE]
        for heard in said:
            for _ in range(5):
                await asyncio.sleep(0)
            told.say(heard)
        assert await asyncio.wait_for(then, PATIENCE) == said


async def test_a_pause_ends_without_a_word() -> None:
    told = Told([Piece(0, "a")])
    told.keeper.pause = 0
    async with aclosing(told.keeper.hear(ASK)) as stream:
        assert await anext(stream) == told.says
        then = asyncio.ensure_future(anext(stream))
        for _ in range(20):
            await asyncio.sleep(0)
        told.say(Piece(0, "b"))
        assert await asyncio.wait_for(then, PATIENCE) == [Piece(0, "b")]


async def test_who_gives_up_while_it_loads_asks_nothing() -> None:
    told = Told([Piece(0, "a"), DONE])
    first = asyncio.ensure_future(told.answered())
    await asyncio.sleep(0)
    first.cancel()
    assert await told.answered() == told.says
    assert (told.loads, told.keeper.counts.cancelled) == (1, 1)


async def test_what_was_done_is_counted() -> None:
    told = Told([Piece(0, "a"), DONE])
    assert await told.answered() == told.says
    told.says = [Failed("Too long.")]
    assert await told.answered() == told.says
    counts = told.keeper.counts
    assert (counts.requests, counts.failures, counts.cancelled) == (2, 1, 0)
    assert (counts.prompt_tokens, counts.cached_tokens, counts.completion_tokens) == (3, 2, 1)


async def test_memory_is_given_back_only_when_nothing_was_asked_for_long_enough() -> None:
    told = Told([Piece(0, "a")])
    await told.keeper.rest()
    assert told.keeper.state == "cold"
    async with aclosing(told.keeper.hear(ASK)) as stream:
        await anext(stream)
        told.now = 100.0
        await told.keeper.rest()
        assert (told.keeper.state, told.closed) == ("ready", 0)
    told.now = 109.0
    await told.keeper.rest()
    assert told.closed == 0
    told.now = 110.0
    await told.keeper.rest()
    assert (told.keeper.state, told.closed) == ("cold", 1)
    told.says = [DONE]
    assert (await told.answered(), told.loads) == ([DONE], 2)


async def test_a_model_that_cannot_be_loaded_is_tried_again() -> None:
    told = Told([DONE], trouble="It is damaged.")
    with pytest.raises(ModelError, match="It is damaged"):
        await told.answered()
    assert (told.keeper.state, told.keeper.running, told.keeper.counts.failures) == ("cold", 0, 1)
    told.trouble = ""
    assert await told.answered() == [DONE]


@define(eq=False)
class Neighbours:
    """What the other hosts do when they are asked for room."""

    told: Told
    asked: int = 0
    helps: bool = True

    async def make_room(self) -> int:
        self.asked += 1
        if self.helps:
            self.told.trouble = ""
        return int(self.helps)


@pytest.mark.parametrize(
    ("short", "trouble", "helps", "asked", "loads"),
    [
        (False, "", True, 0, 1),
        (True, "", True, 1, 1),
        (False, "unable to allocate CUDA0 buffer", True, 1, 1),
        (False, "unable to allocate CUDA0 buffer", False, 1, 0),
        (False, "It is damaged.", True, 0, 0),
    ],
)
async def test_room_is_made_where_memory_is_short(
    *, short: bool, trouble: str, helps: bool, asked: int, loads: int
) -> None:
    told = Told([DONE], trouble=trouble)
    others = Neighbours(told, helps=helps)
    told.keeper.short, told.keeper.make_room = lambda: short, others.make_room
    with nullcontext() if loads else pytest.raises(ModelError):
        assert await told.answered() == [DONE]
    assert (others.asked, told.loads) == (asked, loads)


async def test_a_model_gives_way_only_where_nobody_asks_it_anything() -> None:
    told = Told([Piece(0, "a")])
    assert not await told.keeper.give_way()
    async with aclosing(told.keeper.hear(ASK)) as stream:
        await anext(stream)
        assert not await told.keeper.give_way()
    assert await told.keeper.give_way()
    assert (told.keeper.state, told.closed) == ("cold", 1)
