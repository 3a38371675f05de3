"""Hosts without a socket: found by a file, on a port that wants a token and a proof from either side."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from attrs import evolve
from tests.support.chain_gguf import words
from tests.support.hosting import SMALL, Runtime, calling
from tests.support.patience import PATIENCE

from lastmile.errors import ModelError
from lastmile.model.client import HostFiller
from lastmile.model.host import room
from lastmile.model.host.address import Address, connected, read, write
from lastmile.model.host.places import places
from lastmile.model.host.starting import Host
from lastmile.model.values import Fill

pytestmark = pytest.mark.slow

SECRET = "the_secret_of_the_document"  # noqa: S105 - it only has to be known again
GAP = Fill(f"# {SECRET} {words(20, 1)}", "\nprint()\n")
ASK = {"prompt": words(5, 3), "max_tokens": 3}


@pytest.fixture
def ports(hosts: Runtime) -> Runtime:
    """Give a place for hosts that listen on ports."""
    return evolve(hosts, env={**hosts.env, "LASTMILE_LOOPBACK": "1"})


async def filled(host: Host) -> str:
    filler = HostFiller(host)
    try:
        return "".join([piece async for piece in filler.fill(GAP, most=2, document="a")])
    finally:
        await filler.close()


async def test_windows_share_a_host_that_ends_with_the_last(ports: Runtime, chain: Path) -> None:
    host = ports.host(chain)
    async with calling(host) as one, calling(ports.host(chain)) as two:
        for caller in (one, two):
            _, answer = await caller.post("completions", ASK)
            assert answer["choices"][0]["text"] == words(8, 3)
        assert (await two.status())["loads"] == 1
        assert [data async for data in two.stream("completions", ASK)][-1] == "[DONE]"
    (pid,) = ports.pids()
    await asyncio.wait_for(asyncio.to_thread(os.waitpid, pid, 0), PATIENCE)
    assert not host.places().address.exists()


@pytest.mark.parametrize(
    "said", [b"", b"GET /status", b"GET /status HTTP/1.1\r\nHost: {}\r\nLastmile-Nonce: a\r\n\r\n"]
)
async def test_who_was_not_let_in_keeps_no_host_alive(ports: Runtime, chain: Path, said: bytes) -> None:
    host = ports.host(chain)
    async with open_port(host) as (_client, address):
        _, writer = await asyncio.open_connection("127.0.0.1", address.port)
        writer.write(said.replace(b"{}", address.host.encode()))
        await writer.drain()
    (pid,) = ports.pids()
    await asyncio.wait_for(asyncio.to_thread(os.waitpid, pid, 0), PATIENCE)
    writer.close()


def test_a_person_with_both_kinds_has_two_hosts(hosts: Runtime, ports: Runtime) -> None:
    one, two = places(SMALL, hosts.env), places(SMALL, ports.env)
    assert (one.address.suffix, two.address.suffix) == (".sock", ".json")
    assert not {one.lock, one.log} & {two.lock, two.log}


async def test_a_long_folder_will_do(ports: Runtime, chain: Path, tmp_path: Path) -> None:
    host = Host(ports.host(chain).model, {**ports.env, "LASTMILE_RUNTIME": str(tmp_path / ("a" * 100))})
    assert await filled(host) == words(21, 2)
    os.kill(int(host.places().lock.read_text()), signal.SIGTERM)


@asynccontextmanager
async def open_port(host: Host) -> AsyncIterator[tuple[httpx2.AsyncClient, Address]]:
    """Give any program's way to a host, and its address."""
    async with calling(host) as caller:
        await caller.status()
        address = await asyncio.to_thread(read, host.places().address)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{address.port}", trust_env=False) as client:
            yield client, address


async def test_who_is_let_in(ports: Runtime, chain: Path) -> None:
    host = ports.host(chain)
    async with open_port(host) as (client, address):
        good = {"Authorization": f"Bearer {address.token}"}
        table = [
            (good, 200),
            ({**good, "Host": f"LOCALHOST:{address.port}"}, 200),
            ({}, 401),
            ({"Authorization": f"Bearer {address.token[:-1]}"}, 401),
            ({"Authorization": address.token}, 401),
            ({"Authorization": "Basic Og=="}, 401),
            ({"Lastmile-Nonce": "a" * 999}, 401),
            ({**good, "Host": f"rebound.example:{address.port}"}, 403),
            ({**good, "Host": "127.0.0.1:1"}, 403),
            ({**good, "Origin": "http://127.0.0.1"}, 403),
            ({**good, "Origin": "null"}, 403),
        ]
        for headers, expected in table:
            for method, path in (("GET", "/status"), ("POST", "/v1/completions"), ("POST", "/rest"), ("GET", "/none")):
                answer = await client.request(method, path, headers=headers, content=json.dumps(ASK))
                status = 404 if (expected, path) == (200, "/none") else expected
                assert (answer.status_code, path) == (status, path), headers
                assert not [name for name in answer.headers if name.startswith("access-control")]
                if expected != 200:
                    assert answer.headers["connection"] == "close"
                    assert answer.json()["error"]["message"]
                    assert "lastmile-proof" not in answer.headers
        preflight = {"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}
        assert (await client.options("/v1/completions", headers=preflight)).status_code == 403


def test_the_token_is_for_the_person_alone(ports: Runtime, chain: Path) -> None:
    host = ports.host(chain)
    assert asyncio.run(filled(host)) == words(21, 2)
    file = host.places().address
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = read(file).token
    assert len(token) > 40
    assert token not in repr(read(file)) + host.places().log.read_text()


async def test_a_proof_says_nothing_of_the_token_and_is_another_for_each_nonce(ports: Runtime, chain: Path) -> None:
    async with open_port(ports.host(chain)) as (client, address):
        proofs = [(await client.get("/status", headers={"Lastmile-Nonce": each})).headers for each in ("a", "a", "b")]
        first, again, other = (headers["lastmile-proof"] for headers in proofs)
        assert first == again == address.proof("a") != other
        assert address.token not in first


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", b"no" * 99_999])
async def test_who_took_a_dead_hosts_port_hears_nothing(ports: Runtime, chain: Path, answer: bytes) -> None:
    heard = bytearray()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()

    host = ports.host(chain)
    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        old = Address(server.sockets[0].getsockname()[1], "an old token")
        await asyncio.to_thread(write, host.places().address, old)
        assert await filled(host) == words(21, 2)
        assert heard
        assert SECRET.encode() not in heard
        assert old.token.encode() not in heard
    assert (await asyncio.to_thread(read, host.places().address)).port != old.port


async def test_a_port_that_neither_takes_nor_refuses_is_not_waited_for(tmp_path: Path) -> None:
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        for _ in range(4):  # more than wait to be accepted: what comes after them is not answered
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - the standard library's
            with suppress(BlockingIOError):
                waiting.connect(server.getsockname())
        await asyncio.to_thread(write, tmp_path / "a.json", Address(server.getsockname()[1], "a token"))
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ConnectionRefusedError):
                await connected(tmp_path / "a.json", patience=0.2)


@pytest.mark.parametrize("text", ["[]", '{"port": 1, "token": "a"}'])
async def test_a_file_that_says_nothing(ports: Runtime, chain: Path, text: str) -> None:
    host = ports.host(chain)
    await asyncio.to_thread(host.places().address.write_text, text)
    assert await filled(host) == words(21, 2)


async def test_a_killed_host_comes_back_with_another_token(ports: Runtime, chain: Path) -> None:
    host = ports.host(chain)
    filler = HostFiller(host)
    async with aclosing(filler.fill(GAP, most=2000, document="a")) as stream:
        await anext(stream)
        token = (await asyncio.to_thread(read, host.places().address)).token
        (pid,) = ports.pids()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ModelError, match="connection to the model's host broke"):
            [piece async for piece in stream]
    assert "".join([piece async for piece in filler.fill(GAP, most=2, document="a")]) == words(21, 2)
    assert (await asyncio.to_thread(read, host.places().address)).token != token
    await filler.close()


async def test_they_make_room_for_each_other(hosts: Runtime, ports: Runtime, chain: Path, tiny: Path) -> None:
    async with calling(ports.host(chain)) as one, calling(hosts.host(chain)) as two, calling(ports.host(tiny)) as own:
        for caller in (one, two, own):
            await caller.post("completions", ASK)
        assert await room.made(ports.host(tiny).places().address) == 2
        assert [(await each.status())["state"] for each in (one, two, own)] == ["cold", "cold", "ready"]


async def test_an_answer_is_sent_at_once(ports: Runtime, chain: Path) -> None:
    async with calling(ports.host(chain)) as caller:
        for _ in range(500):  # on a full machine most take longer
            began = time.perf_counter()
            await caller.status()
            if time.perf_counter() - began < 0.03:
                return
    pytest.fail("an answer in two packets waits 40 ms for the first one's acknowledgement")
