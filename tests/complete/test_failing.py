"""A model or a worker that fails, goes away or hangs while a person types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest
from tests.support.desks import LINE, desk_with

from lastmile.complete.completer import make
from lastmile.complete.definitions import Other, definitions
from lastmile.complete.syntax import gate, look
from lastmile.errors import ToolError
from lastmile.text.snapshot import Snapshot
from lastmile.verify.syntax import complaint

P = ParamSpec("P")
R = TypeVar("R")


async def test_a_model_that_fails_is_no_completion() -> None:
    desk = desk_with(LINE)
    desk.filler.failure = "It is not loaded."
    assert await desk.ask() is None
    desk.filler.failure = ""
    assert await desk.ask() is not None


async def test_a_model_that_went_away_is_asked_once_more() -> None:
    desk = desk_with(LINE)
    desk.filler.gone = 1
    assert await desk.ask() is not None
    assert len(desk.filler.history) == 2
    desk = desk_with(LINE)
    desk.filler.gone = 2
    assert await desk.ask() is None
    assert len(desk.filler.history) == 2


async def test_a_model_that_hangs_is_left_alone_for_a_while() -> None:
    desk = desk_with(LINE)
    desk.filler.failure = "It does not answer."
    desk.clock.step = 2.0  # each look at the clock
    assert await desk.ask() is None
    desk.clock.step, desk.filler.failure = 0.0, ""
    assert await desk.ask() is None
    assert len(desk.filler.history) == 1
    assert await desk.ask(invoked=True) is not None
    desk.type("retu")
    assert await desk.ask() is not None
    desk.filler.failure = "It does not answer."
    desk.clock.step = 2.0
    desk.type("x")
    assert await desk.ask() is None
    desk.clock.step, desk.filler.failure = 0.0, ""
    desk.clock.now += 60.0
    await desk.ask()
    assert len(desk.filler.history) == 4


class Broken:
    """A worker that dies in one of the functions that it is given."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        await asyncio.sleep(0)
        if function is self.function:
            message = "The worker died."
            raise ToolError(message)
        return function(*args, **kwargs)


@pytest.mark.parametrize(("function", "shown"), [(gate, False), (look, True), (complaint, True), (definitions, True)])
async def test_what_cannot_be_judged_is_not_shown(function: Callable[..., object], *, shown: bool) -> None:
    desk = desk_with(LINE)
    books = desk.notes
    desk.completer = make(desk.filler, Broken(function), desk.clock, books=books, text_of=lambda _key: None)
    assert (await desk.ask() is not None) is shown

    async def nobody(_snapshot: Snapshot) -> list[Other]:
        return []

    await desk.completer.rest("x", lambda: desk.snapshot, nobody)
    await desk.completer.close()
