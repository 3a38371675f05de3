"""``lastmile doctor``, which asks a server of one's own and starts no host, and a host of no model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.command import lastmile
from tests.support.gguf import write_tiny
from tests.support.hosting import Runtime
from tests.support.openai_server import OpenAIServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("models", "code", "says"), [(("tiny",), 0, "serves tiny"), ((), 1, "lists no model")])
async def test_the_doctor_asks_a_server_of_ones_own(
    models: tuple[str, ...], code: int, says: str, home_env: dict[str, str], tmp_path: Path
) -> None:
    async with OpenAIServer(models=models) as server:
        env = home_env | {"LASTMILE_OPENAI__DESK__URL": server.url, "LASTMILE_LADDER": "rules,desk"}
        done = await asyncio.to_thread(lastmile, "doctor", env=env, cwd=tmp_path, code=code)
    assert says in done.stdout


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("", 0, "no model is set: name a GGUF file in model.path"),
        ("tiny.gguf", 0, "ready, free; serves tiny"),
        ("none.gguf", 1, "none.gguf cannot be read: No such file or directory; name one"),
        ("lastmile.toml", 1, "lastmile.toml is not a GGUF file: download the model again"),
        ("odd.gguf", 1, "unknown model architecture: 'odd'"),
        ("wide.gguf", 1, "'token_embd.weight' has wrong shape"),
    ],
)
def test_the_doctor_looks_at_a_model_and_starts_no_host(
    hosts: Runtime, tiny: Path, name: str, code: int, says: str
) -> None:
    home = Path(hosts.env["HOME"])
    (home / "tiny.gguf").symlink_to(tiny)
    write_tiny(home / "odd.gguf", architecture="odd")
    write_tiny(home / "wide.gguf", width=96)
    (home / "lastmile.toml").write_text("paid = 'never'\n")
    env = hosts.env | {"LASTMILE_MODEL__PATH": name and f"~/{name}"}
    assert says in lastmile("doctor", env=env, cwd=home, code=code).stdout
    assert not hosts.pids()


def test_a_host_of_no_model(home_env: dict[str, str], tmp_path: Path) -> None:
    assert "No model is set: give --path" in lastmile("model", "serve", env=home_env, cwd=tmp_path, code=3).stderr
