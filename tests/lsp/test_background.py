from __future__ import annotations

import asyncio
import logging

import pytest

from lastmile.lsp.background import Background


async def test_work_of_one_name_replaces_what_ran_before() -> None:
    background = Background()
    ended: list[str] = []
    begun = asyncio.Event()

    async def work(name: str) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    background.start(work("one"), name="slot")
    await begun.wait()
    background.start(work("two"), name="slot")
    background.start(work("other"), name="another slot")
    background.start(work("nameless"))
    assert len(background) == 3
    background.cancel("another slot")
    background.cancel("no such slot")
    await asyncio.sleep(0)
    await background.close()
    assert len(background) == 0
    assert ended[0] == "one"


async def test_a_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()
    done = asyncio.Event()

    async def fail() -> None:
        done.set()
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        background.start(fail())
        await done.wait()
        await background.close()
    assert "Background work failed" in caplog.text


async def test_too_much_work_is_dropped_with_a_word(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()
    for _ in range(300):
        background.start(asyncio.Event().wait())  # type: ignore[arg-type]
    assert len(background) == 256
    assert "some was dropped" in caplog.text
    await background.close()
