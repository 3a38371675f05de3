"""The host's look at itself: an engine that does not come back from a step ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from attrs import define
from tests.support.engine import SMALL, begin, opened
from tests.support.patience import PATIENCE

from lastmile.model.host.keeper import Keeper
from lastmile.model.host.serve import Watch
from lastmile.model.host.visitors import Visitors
from lastmile.model.values import Ask, Cancel, Heard, Plain, Usage


@define(eq=False)
class Hanging:
    """An engine that has been in one step for so long."""

    seconds: float

    def submit(self, ask: Ask, hear: Callable[[Heard], None]) -> Cancel:
        hear(Usage(prompt=len(ask.document), cached=0, completion=0, prompt_seconds=0.0, completion_seconds=0.0))
        return lambda: None

    def stuck(self) -> float:
        return self.seconds

    def close(self) -> None:
        pass


@define(eq=False)
class Visitor:
    """A connection over a port, or over the socket; its own transport, which only can be hung up."""

    server: tuple[str, int | None] = ("127.0.0.1", 80)
    client: tuple[str, int] | None = None
    over: bool = False

    @property
    def transport(self) -> Visitor:
        return self

    def abort(self) -> None:
        self.over = True


@define(eq=False)
class Server:
    """A server that ends when it was looked at a few times."""

    told: bool = False
    looks: int = 0

    @property
    def should_exit(self) -> bool:
        self.looks += 1
        return self.told or self.looks > 6

    @should_exit.setter
    def should_exit(self, told: bool) -> None:
        self.told = told


@pytest.mark.parametrize(("seconds", "left"), [(0.0, []), (170.0, []), (181.0, [1])])
async def test_an_engine_that_hangs_ends_the_process(tmp_path: Path, seconds: float, left: list[int]) -> None:
    keeper, server = Keeper(lambda: Hanging(seconds), 600.0), Server()
    gone: list[int] = []
    async for _ in keeper.hear(Ask(Plain("a"))):
        pass
    visitors = Visitors(lambda: [Visitor(server=("a.sock", None))])
    watch = Watch(server, visitors, keeper, 0.04, tmp_path / "none", leave=gone.append)
    await asyncio.wait_for(watch.run(), PATIENCE)
    assert gone[:1] == left


@pytest.mark.parametrize(
    ("seconds", "size", "left"), [(299.0, 0, []), (301.0, 0, [1]), (301.0, 10_000_000, []), (303.0, 10_000_000, [1])]
)
async def test_a_load_that_hangs_ends_the_process(tmp_path: Path, seconds: float, size: int, left: list[int]) -> None:
    """A model of 10 MB has two seconds more, which no disk of use needs."""
    now, held, begun = [0.0], Event(), Event()
    gone: list[int] = []

    def load() -> Hanging:
        begun.set()
        held.wait(PATIENCE)
        return Hanging(0.0)

    keeper = Keeper(load, 600.0, clock=lambda: now[0])
    waiting = asyncio.ensure_future(anext(keeper.hear(Ask(Plain("a")))))
    await asyncio.to_thread(begun.wait, 20)
    now[0] = seconds
    file = tmp_path / "model.gguf"
    await asyncio.to_thread(_make, file, size)
    watch = Watch(Server(), Visitors(list), keeper, 0.04, tmp_path / "none", file, leave=gone.append)
    await asyncio.wait_for(watch.run(), PATIENCE)
    held.set()
    await waiting
    assert gone[:1] == left


def _make(file: Path, size: int) -> None:
    with file.open("wb") as opened_file:
        opened_file.truncate(size)


def test_who_was_not_let_in_is_nobody_and_is_hung_up_on() -> None:
    own, friend, stranger = Visitor(("a.sock", None)), Visitor(client=("h", 1)), Visitor(client=("h", 2))
    there, now = [friend, stranger], [0.0]
    visitors = Visitors(lambda: there, lambda: now[0])
    assert not visitors.look()
    visitors.let_in(friend.client)
    assert visitors.look()
    for now[0], over in ((9.9, False), (10.0, True)):
        assert visitors.look()
        assert (own.over, friend.over, stranger.over) == (False, False, over)
    there[:] = [own, stranger]
    assert visitors.look()
    there[:] = [Visitor(client=friend.client), stranger]  # the port of a friend who went away
    assert not visitors.look()


def test_between_steps_nothing_is_stuck(tiny: Path) -> None:
    seen: list[float] = []
    with opened(tiny, SMALL) as engine:
        begin(engine, Ask(Plain("a"), most=3), lambda _answer, _heard: seen.append(engine.stuck())).wait()
    assert seen
    assert all(0 < each < 20 for each in seen)
    assert engine.stuck() == 0
