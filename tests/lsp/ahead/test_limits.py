"""What holds it up: a busy machine, a battery, the minute's seconds, a project that asks for less; and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from tests.support.ahead import SEEN, TEXT, drafting, marked, ready, window
from tests.support.editor import VSCODE
from tests.support.patience import PATIENCE
from tests.support.stage import Stage

from lastmile.ahead.budget import Bucket
from lastmile.ahead.machine import Power

pytestmark = pytest.mark.slow


def looked(times: int) -> tuple[asyncio.Event, Callable[[Power], Callable[[], Power]]]:
    """Give an event that is set once the machine was looked at so often."""
    event, loop, seen = asyncio.Event(), asyncio.get_running_loop(), count(1)

    def machine(power: Power) -> Callable[[], Power]:
        def read() -> Power:
            if next(seen) == times:
                loop.call_soon_threadsafe(event.set)
            return power

        return read

    return event, machine


@pytest.mark.parametrize(
    ("wish", "made"), [("ahead_load = 0.5", 0), ("ahead_seconds = 0", 0), ("ahead_seconds = 0.001", 1)]
)
async def test_a_project_that_asks_for_less_gets_less_and_holds_up_no_other(
    stage: Stage, folder: Path, home_env: dict[str, str], wish: str, made: int
) -> None:
    local = drafting(stage)
    await asyncio.to_thread(Path(home_env["LASTMILE_CONFIG"]).write_text, "ahead_seconds = 600\n")
    (folder / "busy").mkdir()
    (folder / "busy/lastmile.toml").write_text(f"{wish}\n")
    async with window(stage, folder, lambda: Power(load=1.0), bucket=Bucket(lambda: 0.0)) as editor:
        other = editor.open("y.py", TEXT)
        uri = editor.open("busy/x.py", TEXT)  # touched last, so it comes first
        await marked(editor, other, *SEEN)
        assert len(await ready(editor, uri, "os")) == made
    assert {task.snapshot.uri for task in local.history} == {other}


BUSY = "Fixes are not made ready now: the machine is busy (load 3.1 on 2 cores). It goes on by itself."


async def test_a_client_that_listens_is_told_what_holds_up_and_when_that_is_over(stage: Stage, folder: Path) -> None:
    drafting(stage)
    power = [Power(load=1.55, processors=2)]
    client = VSCODE | {"experimental": {"lastmileStatus": True}}
    async with window(stage, folder, lambda: power[0], client=client) as editor:
        uri = editor.open("x.py", TEXT)
        told = await editor.wire.heard("lastmile/statusChanged")
        assert told == {"ahead": {"who": "local", "waits": "busy", "why": BUSY}}
        assert (await editor.command("lastmile.status"))["ahead"] == told["ahead"]
        power[0] = Power()
        editor.save(uri)
        await marked(editor, uri, *SEEN)
        over = {"ahead": {"who": "local", "waits": "", "why": ""}}
        assert await editor.wire.heard("lastmile/statusChanged", lambda params: params != told) == over
        assert len(editor.wire.all("lastmile/statusChanged")) == 2


async def test_a_client_that_does_not_listen_is_told_nothing_that_it_does_not_know(stage: Stage, folder: Path) -> None:
    drafting(stage)
    event, machine = looked(2)  # the second look is for what would be said
    async with window(stage, folder, machine(Power(load=1.55, processors=2))) as editor:
        editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), PATIENCE)
        assert (await editor.command("lastmile.status"))["ahead"]["why"] == BUSY
        assert not editor.wire.all("lastmile/statusChanged")


async def test_on_battery_the_rules_alone_draft(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    async with window(stage, folder, lambda: Power(on_battery=True)) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        assert not await ready(editor, uri, "hight")
    assert not local.history


async def test_once_the_minutes_seconds_are_used_up_nothing_more_is_made(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    bucket = Bucket(lambda: 0.0)
    bucket.take(20.0)
    event, machine = looked(3)  # a third look is the first after something could have been made
    async with window(stage, folder, machine(Power()), bucket=bucket) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), PATIENCE)
        assert not await ready(editor, uri, "os")
        assert not local.history


async def test_what_is_made_is_taken_from_the_minutes_seconds(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    bucket = Bucket(lambda: 0.0)
    (folder / "lastmile.toml").write_text("ahead_seconds = 0.001\n")
    async with window(stage, folder, bucket=bucket) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        assert bucket.wait(0.001) > 0
    assert not local.history
