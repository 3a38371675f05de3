"""The host by hand: what it refuses, what any client gets of it on a port, and what is shown of all hosts."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from tests.support.chain_gguf import words
from tests.support.command import lastmile
from tests.support.gguf import write_tiny
from tests.support.hosting import Runtime, calling
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

ASK = {"prompt": words(5, 3), "max_tokens": 3}


@contextmanager
def served(hosts: Runtime, path: Path, *options: str) -> Iterator[dict[str, str]]:
    """Serve a model by hand, and give what was printed for clients."""
    command = [sys.executable, "-m", "lastmile", "model", "serve", "--path", str(path), "--threads=1"]
    with subprocess.Popen([*command, *options], env=hosts.env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_any_client_is_served_on_a_port_that_has_the_token(hosts: Runtime, chain: Path) -> None:
    with served(hosts, chain, "--listen=127.0.0.1:0", "--linger=0.2") as told:
        url, key = told["OPENAI_BASE_URL"], told["OPENAI_API_KEY"]
        with httpx2.Client(base_url=url, trust_env=False) as client:
            assert client.get("/models").status_code == 401
            answer = client.post("/completions", json=ASK, headers={"Authorization": f"Bearer {key}"})
            assert answer.json()["choices"][0]["text"] == words(8, 3)
        (found,) = json.loads(lastmile("model", "status", "--json", env=hosts.env, cwd=chain.parent, code=0).stdout)
        assert (found["url"], found["state"], found["path"]) == (url, "ready", str(chain))
        with httpx2.Client(transport=httpx2.HTTPTransport(uds=found["address"])) as client:
            assert client.get("http://localhost/v1/models").status_code == 200
        other = lastmile(
            "model", "serve", "--path", str(chain), "--context=600", f"--listen={url[7:-3]}", env=hosts.env,
            cwd=chain.parent, code=3,
        )  # fmt: skip
        assert "cannot be listened on: Address already in use." in other.stderr


@pytest.mark.parametrize("where", ["0.0.0.0:80", "127.0.0.1", "127.0.0.1:x", "[::1]:8080", "127.0.0.1:70000"])
def test_nobody_else_is_served(hosts: Runtime, chain: Path, where: str) -> None:
    done = lastmile("model", "serve", f"--path={chain}", "--listen", where, env=hosts.env, cwd=chain.parent, code=2)
    assert "only programs of this machine are served" in done.stderr


@pytest.mark.parametrize(("name", "says"), [("none.gguf", "cannot be read"), ("odd.gguf", "unknown model")])
def test_what_cannot_be_loaded_is_refused_at_once(hosts: Runtime, tmp_path: Path, name: str, says: str) -> None:
    write_tiny(tmp_path / "odd.gguf", architecture="odd")
    done = lastmile("model", "serve", f"--path={tmp_path / name}", env=hosts.env, cwd=tmp_path, code=3)
    assert (says in done.stderr, done.stderr.count("\n")) == (True, 1)


async def test_what_lives_is_listed(hosts: Runtime, chain: Path) -> None:
    where = hosts.folder
    assert "No process runs a model now" in lastmile("model", "status", env=hosts.env, cwd=where, code=0).stdout
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(hosts.folder / "model-dead.sock"))
    async with calling(hosts.host(chain, linger=20)) as caller:
        await caller.status()
        done = await asyncio.to_thread(lastmile, "model", "status", env=hosts.env, cwd=where, code=0)
    said = done.stdout
    (pid,) = hosts.pids()
    assert "chain: not loaded, " in said
    assert " MB of memory, 1 server connected, up for " in said
    assert f"process {pid}\n  {chain}\n  {hosts.host(chain, linger=20).places().address}\n" in said
