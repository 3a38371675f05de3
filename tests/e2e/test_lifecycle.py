"""What stays when a server ends: the books, the fate of edits, the exit status; and what it survives."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest
from pygls.exceptions import JsonRpcException
from tests.support import e2e
from tests.support.e2e import SERVE, Editor, leave
from tests.support.e2e_world import World, block
from tests.support.messages_wire import Gate, Reply
from tests.support.patience import PATIENCE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n"
GOOD = block("    return width * hight", "    return width * width")
TITLE = "Fix F821: Undefined name `hight`"
AUTO = {"paid": "auto"}

started, editing = partial(e2e.started, command=SERVE), partial(e2e.editing, command=SERVE)


FATES: list[tuple[list[tuple[str, str]], int]] = [
    ([], 1),
    ([("import os\n\n\n", "")], 1),
    ([("width * width", "width * hight")], 0),
    ([("def area(width):\n    return width * width\n", "")], 0),
]
"""What the person does to the text before the save, and whether the edit was kept then."""


async def test_the_books_say_whether_an_edit_was_kept(world: World) -> None:
    world.api.default = Reply(GOOD)
    async with editing(world.with_key, world.folder, settings=AUTO) as editor:
        for number, (changes, _) in enumerate(FATES):
            doc = editor.open(f"area_{number}.py", TEXT)
            await editor.choose(doc, "hight", TITLE)
            for change in changes:
                editor.change(doc, *change)
            editor.save(doc)
    assert world.outcomes() == [("fix", "accepted", "sonnet", kept) for _, kept in FATES]


async def test_an_edit_that_was_never_applied_or_saved_has_no_fate_yet(world: World) -> None:
    async with editing(world.env, world.folder) as editor:
        doc = editor.open("a.py", "A = f'x'\nB = f'y'\n")
        await editor.choose(doc, "f'x'", "Fix F541")
        other = editor.open("b.py", "A = f'x'\n")
        await editor.resolve(await editor.entry(other, "f'x'", "Fix F541"))
        editor.save(other)
    assert world.outcomes() == [("fix", "accepted", "rules", None), ("fix", "cancelled", "rules", None)]


@pytest.mark.parametrize("name", ["task", "day", "month"])
async def test_a_budget_that_cannot_carry_the_worst_case_declines_with_a_message(
    editor: Editor, shared_world: World, name: str
) -> None:
    world, before = shared_world, len(shared_world.outcomes())
    world.api.default = Reply(GOOD)
    await editor.configure({**AUTO, "budget": {name: 0.001}})
    doc = editor.open("area.py", TEXT)
    await editor.choose(doc, "hight", TITLE)
    assert doc.text == TEXT
    assert f"budget.{name}" in await editor.surfaced()
    await editor.choose(doc, "os", "Fix F401")
    assert doc.text == TEXT.removeprefix("import os\n")
    await editor.command("lastmile.status")  # the change was heard by then
    assert world.api.requests == []
    assert [row[1:3] for row in world.outcomes()[before:]] == [("declined", ""), ("accepted", "rules")]
    assert world.rows("SELECT count(*) FROM reservations") == [(0,)]


async def test_two_servers_share_one_budget(world: World) -> None:
    gate = Gate()
    world.api.default = Reply(GOOD, gate=gate, gate_after=2)
    settings = {**AUTO, "budget": {"day": 0.05}}
    async with (
        editing(world.with_key, world.folder, settings=settings) as first,
        editing(world.with_key, world.folder, settings=settings) as second,
    ):
        doc = first.open("area.py", TEXT)
        _, streaming = first.resolving(await first.entry(doc, "hight", TITLE))
        await gate.reached()
        assert (await second.resolve(await second.entry(second.open("other.py", TEXT), "hight", TITLE))).edit is None
        assert "budget.day" in await second.surfaced()
        gate.open()
        assert (await streaming).edit is not None
    assert len(world.api.requests) == 1


async def test_a_ledger_that_is_none_turns_paid_tiers_off_and_work_goes_on(world: World) -> None:
    write(Path(world.env["LASTMILE_LEDGER"]), "this is no database" * 100)
    world.api.default = Reply(GOOD)
    async with editing(world.with_key, world.folder, settings=AUTO) as editor:
        doc = editor.open("area.py", TEXT)
        await editor.choose(doc, "hight", TITLE)
        assert doc.text == TEXT
        await editor.client.until(lambda: [line for line in [*editor.told, *editor.asked] if "ledger" in line])
        await editor.choose(doc, "os", "Fix F401")
        assert doc.text == TEXT.removeprefix("import os\n")
    assert world.api.requests == []


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def test_leaving_without_shutdown_is_a_failure_and_with_it_none(world: World) -> None:
    async with started(world.env, world.folder) as editor:
        await editor.codes(editor.open("x.py", TEXT))
        assert await leave(editor) == 0
    async with started(world.env, world.folder) as editor:
        await editor.codes(editor.open("x.py", TEXT))
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client.process.wait(), PATIENCE) == 1


async def test_after_shutdown_everything_is_refused(world: World) -> None:
    async with started(world.env, world.folder) as editor:
        doc = editor.open("x.py", TEXT)
        await editor.client.shutdown_async(None)
        with pytest.raises(JsonRpcException, match="shutting down"):
            await editor.menu(doc, "os")
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client.process.wait(), PATIENCE) == 0


async def test_an_editor_that_dies_leaves_neither_server_nor_workers_nor_a_lost_bill(world: World) -> None:
    gate = Gate()
    world.api.default = Reply(GOOD, gate=gate, gate_after=4)
    async with started(world.with_key, world.folder, settings=AUTO) as editor:
        doc = editor.open("area.py", TEXT)
        _, answer = editor.resolving(await editor.entry(doc, "hight", TITLE))
        await gate.reached()
        workers = psutil.Process(editor.client.process.pid).children(recursive=True)
        assert workers
        hang_up(editor)
        assert await asyncio.wait_for(editor.client.process.wait(), PATIENCE) == 1
        await asyncio.gather(answer, return_exceptions=True)
        _, alive = await asyncio.to_thread(psutil.wait_procs, workers, timeout=PATIENCE)
        assert alive == []
    assert await world.api.requests[0].ended() == "client"
    assert world.rows("SELECT tier, failure, cost > 0 FROM attempts") == [("sonnet", "cancelled", 1)]
    assert world.rows("SELECT count(*) FROM reservations") == [(0,)]


def hang_up(editor: Editor) -> None:
    assert editor.client.process.stdin is not None
    editor.client.process.stdin.close()


async def test_a_server_that_is_killed_leaves_the_money_set_aside(world: World) -> None:
    gate = Gate()
    world.api.default = Reply(GOOD, gate=gate, gate_after=4)
    async with started(world.with_key, world.folder, settings=AUTO) as editor:
        _, answer = editor.resolving(await editor.entry(editor.open("area.py", TEXT), "hight", TITLE))
        await gate.reached()
        editor.client.process.kill()
        await editor.client.process.wait()
        await asyncio.gather(answer, return_exceptions=True)
    assert world.rows("SELECT tier, worst_case > 0 FROM reservations") == [("sonnet", 1)]
    world.api.default = Reply(GOOD)
    async with editing(world.with_key, world.folder, settings={**AUTO, "budget": {"day": 0.05}}) as editor:
        await editor.choose(editor.open("area.py", TEXT), "hight", TITLE)
        assert "budget.day" in await editor.surfaced()


async def test_a_worker_that_is_killed_is_replaced(world: World) -> None:
    async with editing(world.env, world.folder) as editor:
        for number in range(3):
            doc = editor.open(f"x{number}.py", TEXT)
            await editor.choose(doc, "os", "Fix F401")
            assert doc.text == TEXT.removeprefix("import os\n")
            workers = psutil.Process(editor.client.process.pid).children(recursive=True)
            assert workers
            for worker in workers:
                worker.send_signal(signal.SIGKILL)
        assert editor.told == []


async def test_a_worker_that_is_killed_in_the_middle_of_a_task_costs_no_more_than_an_attempt(world: World) -> None:
    gate = Gate()
    world.api.enqueue(Reply(GOOD, gate=gate, gate_after=4), Reply(GOOD))
    async with editing(world.with_key, world.folder, settings=AUTO) as editor:
        doc = editor.open("area.py", TEXT)
        _, answer = editor.resolving(await editor.entry(doc, "hight", TITLE))
        await gate.reached()
        for worker in psutil.Process(editor.client.process.pid).children(recursive=True):
            worker.send_signal(signal.SIGKILL)
        gate.open()
        action = await answer
        assert action.edit is not None
        assert editor.take(action.edit) == ""
        assert doc.text == TEXT.replace("hight", "width")


async def test_what_the_process_prints_never_reaches_the_editor(world: World) -> None:
    noisy = world.folder / "sitecustomize.py"
    write(noisy, "import atexit, os\nprint('noise')\nos.write(1, b'')\natexit.register(print, 'more noise')\n")
    env = world.env | {"PYTHONWARNINGS": "always"}
    async with editing(env, world.folder) as editor:
        assert await editor.codes(editor.open("x.py", TEXT)) == ["F401", "F821"]
        assert editor.client.faults == []


async def test_the_bill_is_there_for_the_next_session(world: World) -> None:
    world.api.default = Reply(GOOD)
    async with editing(world.with_key, world.folder, settings=AUTO) as editor:
        await editor.choose(editor.open("area.py", TEXT), "hight", TITLE)
        here = await editor.command("lastmile.bill")
    async with editing(world.env, world.folder) as editor:
        later = await editor.command("lastmile.bill")
        assert later["total"] == here["total"]
        (told,) = editor.told
        assert told.startswith("Spent $0.0")
    assert json.dumps(later["total"]["spent"]) == json.dumps(here["total"]["spent"])
    assert os.stat(world.env["LASTMILE_LEDGER"]).st_mode & 0o077 == 0


async def test_the_loop_never_stands_still_over_a_busy_session(world: World) -> None:
    world.api.default = Reply(GOOD)
    watched = (sys.executable, str(Path(__file__).parents[1] / "support" / "watched_server.py"))
    async with editing(world.with_key, world.folder, settings=AUTO, command=watched) as editor:
        await warm_up(editor)
        await editor.client.protocol.send_request_async("test/watch", {})
        long = editor.open("long.py", "".join(f"def f_{at}(a):\n    return f'x'\n\n\n" for at in range(1500)))
        found = await editor.codes(long)
        assert len(found) == 1000
        for number in range(5):
            doc = editor.open(f"area_{number}.py", TEXT)
            editor.change(long, "f'x'", "'x'")
            await asyncio.gather(
                editor.menu(long, "f_700"),
                editor.choose(doc, "hight", TITLE),
                editor.pull(long),
                return_exceptions=True,
            )
            assert doc.text == TEXT.replace("hight", "width")
        await editor.choose(editor.open("all.py", TEXT), "os", "Fix all")
        stalls = await editor.client.protocol.send_request_async("test/stalls", {})
        # Starting a program waits for the kernel to give it a turn, which a full machine puts off.
        assert [stall for stall in stalls if "_execute_child" not in stall] == []


async def warm_up(editor: Editor) -> None:
    """Do everything once: what is imported on first use is measured by the benchmarks."""
    doc = editor.open("warm.py", TEXT)
    await editor.choose(doc, "hight", TITLE)
    await editor.choose(doc, "os", "Fix all")
