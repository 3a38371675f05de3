"""Everything can be cancelled, and what it cost until then is in the books."""

from __future__ import annotations

import asyncio
import re

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.support.e2e import Editor, editing
from tests.support.e2e_client import HOLD
from tests.support.e2e_world import World, block
from tests.support.messages_wire import Gate, Reply
from tests.support.patience import PATIENCE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = "def area(width):\n    return width * hight\n"
GOOD = block("    return width * hight", "    return width * width")
TITLE = "Fix F821: Undefined name `hight`"
CANCELLED = types.LSPErrorCodes.RequestCancelled.value


async def begun(editor: Editor, world: World, gate: Gate) -> tuple[int, asyncio.Future[types.CodeAction]]:
    """Resolve until the provider stands in the middle of its answer."""
    await editor.configure({"paid": "auto"})
    world.api.default = Reply(GOOD, gate=gate, gate_after=4, piece=8)
    number, answer = editor.resolving(await editor.entry(editor.open("area.py", TEXT), "hight", TITLE))
    await world.api.received(1)
    await gate.reached()
    return number, answer


async def check_ended(world: World, rows: int) -> None:
    """See that the provider was hung up on, and that the books have the attempt."""
    exchange = await world.api.received(1)
    assert await exchange.ended() == "client"
    query = "SELECT tier, passed, failure, estimated, cost > 0 FROM attempts WHERE tier <> 'rules'"
    assert world.rows(query)[rows:] == [("sonnet", 0, "cancelled", 1, 1)]
    assert world.rows("SELECT status FROM outcomes ORDER BY at")[-1] == ("cancelled",)
    assert world.rows("SELECT count(*) FROM reservations") == [(0,)]


async def test_cancelling_a_resolve_hangs_up_on_the_provider(editor: Editor, shared_world: World) -> None:
    before = len(shared_world.rows("SELECT id FROM attempts WHERE tier <> 'rules'"))
    number, answer = await begun(editor, shared_world, Gate())
    editor.client.cancel_request(types.CancelParams(number))
    with pytest.raises(JsonRpcException, match="cancelled") as refusal:
        await asyncio.wait_for(answer, PATIENCE)
    assert refusal.value.code == CANCELLED
    await editor.pull(editor.docs[(editor.folder / "area.py").as_uri()])
    await check_ended(shared_world, before)
    assert (editor.told, editor.asked) == ([], [])


async def test_closing_the_progress_does_the_same(editor: Editor, shared_world: World) -> None:
    before = len(shared_world.rows("SELECT id FROM attempts WHERE tier <> 'rules'"))
    _, answer = await begun(editor, shared_world, Gate())
    shown = await editor.client.until(
        lambda: [token for token, reports in editor.client.progress_reports.items() if reports]
    )
    (begin, *_) = editor.client.progress_reports[shown[0]]
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert (begin.title, begin.cancellable) == (TITLE, True)
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(shown[0]))
    with pytest.raises(JsonRpcException, match="cancelled") as refusal:
        await asyncio.wait_for(answer, PATIENCE)
    assert refusal.value.code == CANCELLED
    await editor.client.until(
        lambda: isinstance(editor.client.progress_reports[shown[0]][-1], types.WorkDoneProgressEnd)
    )
    await check_ended(shared_world, before)


async def test_cancelling_a_command_ends_it_too(editor: Editor, shared_world: World) -> None:
    before = len(shared_world.rows("SELECT id FROM attempts WHERE tier <> 'rules'"))
    await editor.configure({"paid": "auto"})
    gate = Gate()
    shared_world.api.default = Reply(GOOD, gate=gate, gate_after=4, piece=8)
    doc = editor.open("area.py", TEXT)
    editor.client.progress_reports[71] = []
    params = types.ExecuteCommandParams("lastmile.instruct", [doc.uri, doc.place("return"), "Double."], 71)
    sent = editor.client.protocol.send_request(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id=7001)
    await shared_world.api.received(1)
    await gate.reached()
    editor.client.cancel_request(types.CancelParams(7001))
    with pytest.raises(JsonRpcException, match="cancelled"):
        await asyncio.wait_for(asyncio.wrap_future(sent), PATIENCE)
    await editor.client.until(lambda: isinstance(editor.client.progress_reports[71][-1], types.WorkDoneProgressEnd))
    await check_ended(shared_world, before)
    assert editor.client.applied == []


async def test_progress_is_in_words_that_a_person_reads(world: World) -> None:
    gate = Gate()
    world.api.enqueue(Reply(GOOD.replace("width * width", "width * heigth"), gate=gate, gate_after=2), Reply(GOOD))
    async with editing(world.with_key, world.folder) as editor:
        editor.client.answers.append("Once")
        doc = editor.open("area.py", TEXT)
        _, answer = editor.resolving(await editor.entry(doc, "hight", TITLE))
        await editor.client.until(lambda: [line for line in editor.progress() if line.startswith("asking sonnet, up")])
        await gate.reached()
        gate.open()
        assert (await answer).edit is not None
        (reports,) = editor.client.progress_reports.values()
        await editor.client.until(lambda: isinstance(reports[-1], types.WorkDoneProgressEnd))
        price = r"up to \$\d+\.\d+"
        words = [re.sub(price, "up to $?", line) for line in editor.progress() if line]
    known = [
        "asking sonnet, up to $?",
        "sonnet: draft refused by lint F821",
        "asking sonnet again, up to $?",
        "sonnet: draft passed",
    ]
    assert [line for line in words if line in known] == known


async def test_what_is_over_in_a_moment_shows_no_progress(editor: Editor) -> None:
    await editor.choose(doc := editor.open("quick.py", "A = f'x'\n"), "f'x'", "Fix F541")
    assert doc.text == "A = 'x'\n"
    assert [line for line in editor.progress() if "asking" in line] == []


async def test_shutdown_ends_what_is_pending_and_the_books_are_right(world: World) -> None:
    gate = Gate()
    async with editing(world.with_key, world.folder) as editor:
        editor.client.answers.append(HOLD)
        _, asked = editor.resolving(await editor.entry(editor.open("asked.py", TEXT), "hight", TITLE))
        await editor.client.until(lambda: editor.offers)
        _, streaming = await begun(editor, world, gate)
    for answer in (asked, streaming):
        with pytest.raises(JsonRpcException, match="cancelled"):
            await answer
    await check_ended(world, 0)
    assert sorted(row[1] for row in world.outcomes()) == ["cancelled", "cancelled"]
