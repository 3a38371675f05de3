from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.patience import PATIENCE
from tests.support.wire import Asked, Json, Program, RefusedError, Wire, hello, program, telling

pytestmark = pytest.mark.slow

SMALL = str(Path(__file__).with_name("small_server.py"))
PLACE = {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}}


@asynccontextmanager
async def small(*flags: str, process_id: int | None = None) -> AsyncIterator[Program]:
    async with program(sys.executable, SMALL, *flags) as server:
        await server.wire.request("initialize", {**hello(), "processId": process_id})
        server.wire.notify("initialized", {})
        yield server


def command(wire: Wire, name: str, *arguments: Json, **more: Json) -> Asked:
    return wire.ask("workspace/executeCommand", {"command": name, "arguments": list(arguments), **more})


async def refusal(answer: Json) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        await asyncio.wait_for(answer, PATIENCE)
    return caught.value


async def test_cancelling_ends_the_work_of_requests_and_commands_and_answers_once() -> None:
    async with small() as server:
        wire = server.wire
        for answer, name in ((command(wire, "hold", "one"), "one"), (wire.ask("textDocument/hover", PLACE), "hover")):
            await wire.heard("test/started", telling(name=name))
            wire.cancel(answer)
            assert (await refusal(answer)).code == -32800
            await wire.heard("test/ended", telling(name=name))
            wire.cancel(answer)  # a second one comes too late and is no trouble
        await wire.settle()
        assert len(wire.answered) == len(set(wire.answered))


async def test_a_command_cancelled_from_within_is_answered() -> None:
    async with small() as server:
        assert (await refusal(command(server.wire, "give-up"))).code == -32800


async def test_shutdown_ends_pending_work_and_the_status_is_0() -> None:
    async with small() as server:
        wire = server.wire
        never = asyncio.get_running_loop().create_future()
        wire.answers["window/showMessageRequest"] = lambda _params: never
        held = command(wire, "hold", "one"), wire.ask("textDocument/hover", PLACE), command(wire, "ask", 1000)
        await wire.heard("window/showMessageRequest")
        assert await server.shut_down() == 0
        assert {(await refusal(answer)).code for answer in held} == {-32800}
        assert "closed after hover one" in await server.complaints()


async def test_leaving_without_shutdown_is_status_1() -> None:
    async with small() as server:
        server.wire.notify("exit")
        assert await server.ended() == 1
    async with small() as server:
        server.hang_up()
        assert await server.ended() == 1


async def test_the_table_of_pending_work_forgets() -> None:
    async with small() as server:
        wire = server.wire
        for _ in range(20):
            wire.notify("textDocument/didSave", {"textDocument": {"uri": "file:///x.py"}})
            await command(wire, "token")
        wire.notify("textDocument/didSave", {"textDocument": {"uri": "file:///x.py"}, "text": "fail"})
        await wire.settle()
        assert await command(wire, "pending") == 1  # the one that asks
        assert await server.shut_down() == 0
        assert "a bug in a notification" in await server.complaints()


async def test_a_late_answer_is_dropped_and_the_question_taken_back() -> None:
    async with small() as server:
        wire = server.wire
        late = asyncio.get_running_loop().create_future()
        wire.answers["window/showMessageRequest"] = lambda _params: late
        assert await command(wire, "ask", 0.01) == "no answer"
        await wire.heard("$/cancelRequest")
        late.set_result({"title": "yes"})
        await wire.settle()
        assert await command(wire, "leftovers") == [1, 0]
        assert await server.shut_down() == 0
        assert "Error" not in await server.complaints()
        assert wire.all("window/showMessage") == []


async def test_an_answer_that_makes_no_sense_ends_the_wait() -> None:
    async with small() as server:
        wire = server.wire
        wire.answers["window/showMessageRequest"] = lambda _params: {"label": 3}
        assert "cannot be read" in (await refusal(command(wire, "ask", 1000))).message
        assert await command(wire, "leftovers") == [1, 0]


async def test_prints_of_python_native_code_and_children_do_not_touch_the_stream() -> None:
    async with small() as server:
        assert await command(server.wire, "print") == "quiet"
        assert await server.shut_down() == 0
        complaints = await server.complaints()
        assert "xyz" in complaints
        assert "native noise" in complaints
        assert "child noise" in complaints


@pytest.mark.parametrize(
    ("how", "code", "message"),
    [
        ("stale", -32801, "because stale"),
        ("request", -32803, "because request"),
        ("bug", -32603, "Lastmile failed inside (ZeroDivisionError)."),
    ],
)
async def test_errors_carry_a_message_and_no_traceback(how: str, code: int, message: str) -> None:
    async with small() as server:
        error = await refusal(command(server.wire, "fail", how))
        assert (error.code, error.data) == (code, None)
        assert error.message.startswith(message)


async def test_requests_that_cannot_be_read_or_come_at_the_wrong_time_are_answered() -> None:
    async with program(sys.executable, SMALL) as server:
        wire = server.wire
        wire.notify("textDocument/didSave", {"textDocument": {"uri": "file:///x.py"}})
        assert (await refusal(wire.ask("textDocument/hover", PLACE))).code == -32002
        await wire.request("initialize", hello())
        assert (await refusal(wire.ask("initialize", hello()))).code == -32600
        assert (await refusal(wire.ask("textDocument/hover", {"position": "here"}))).code == -32602
        assert (await refusal(wire.ask("no/such", {}))).code == -32601
        assert (await refusal(command(wire, "no-such"))).code == -32602
        assert (await refusal(command(wire, "hold", 1, 2, 3))).code == -32602
        for body in (b"{", b"[1]", b"{}", b'{"jsonrpc": "1.0", "id": 99, "method": "x"}', b'{"jsonrpc": "2.0"}'):
            wire.raw(body)
        await wire.request("shutdown")
        assert (await refusal(wire.ask("textDocument/hover", PLACE))).code == -32600
        wire.notify("exit")
        assert await server.ended() == 0
        assert len(wire.answered) == len(set(wire.answered))


async def test_a_command_hears_of_the_clients_progress_token() -> None:
    async with small() as server:
        assert await command(server.wire, "token", workDoneToken="t1") == "t1"
        assert await command(server.wire, "token") is None


async def test_a_body_that_ends_early_and_noise_end_the_server() -> None:
    for noise in (b"Content-Length: 100\r\n\r\n{}", b"x" * 3_000_000):
        async with small() as server:
            assert server.process.stdin
            server.process.stdin.write(noise)
            server.hang_up()
            assert await server.ended() == 1


async def test_the_server_leaves_when_the_clients_process_is_gone() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    async with small(process_id=parent.pid) as server:
        assert parent.stdin
        parent.stdin.close()
        await parent.wait()
        assert await server.ended() == 1


async def test_a_process_that_lives_elsewhere_is_not_watched() -> None:
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    async with small(process_id=gone.pid) as server:
        assert await server.shut_down() == 0
        assert "not watched" in await server.complaints()


async def test_a_close_that_hangs_does_not_keep_the_process() -> None:
    async with small("--stuck") as server:
        assert await server.shut_down() == 0


async def test_sigterm_closes_and_leaves() -> None:
    async with small() as server:
        os.kill(server.process.pid, signal.SIGTERM)
        assert await server.ended() == 1
        assert "closed after" in await server.complaints()


async def test_an_interrupt_ends_it_without_a_traceback() -> None:
    async with small() as server:
        os.kill(server.process.pid, signal.SIGINT)
        assert await server.ended() == 1
        complaints = await server.complaints()
        assert "Traceback" not in complaints
        assert "closed after" in complaints


async def _is_turned_away(port: int) -> bool:
    """Tell whether a further client finds nobody, or is hung up on."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except (ConnectionRefusedError, ConnectionResetError):  # reset: hung up on before it was connected
        return True
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read() == b""
    except ConnectionResetError:
        return True
    finally:
        writer.close()


async def test_tcp_serves_one_client_and_leaves_with_it() -> None:
    async with program(sys.executable, SMALL, "--tcp") as server:
        assert server.process.stderr
        port = 0
        while not port:
            line = (await server.process.stderr.readline()).decode()
            port = int(line.rpartition(":")[2]) if "listens on" in line else 0
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await _is_turned_away(port)
        wire = Wire(reader, writer.write)
        await wire.request("initialize", hello())
        assert await command(wire, "token", workDoneToken=7) == 7
        await wire.request("shutdown")
        wire.notify("exit")
        assert await server.ended() == 0
        await wire.stop()
        writer.close()
