"""The log of what was sent: a line for every send, with neither text nor keys, and for its owner alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import stat
from pathlib import Path

import pytest
from tests.support.drafting import make_task
from tests.support.gate import KEY, clear, gate

from lastmile.errors import TierError
from lastmile.tiers.egress import Egress
from lastmile.tiers.egress_log import append
from lastmile.tiers.prompt import Prompt


async def send(egress: Egress, text: str = "x = 1\n", body: bytes = b"the body") -> None:
    task, cleared = clear(egress, text)
    await egress.log(task, cleared, host="api.example.com", tier="sonnet", model="claude", body=body)


def entries(egress: Egress) -> list[dict[str, object]]:
    return [json.loads(line) for line in egress.path.read_text().splitlines()]


async def test_every_send_is_one_line(tmp_path: Path) -> None:
    egress = gate(tmp_path)
    await send(egress)
    await send(egress, f'key = "{KEY}"\n')
    first, second = entries(egress)
    assert first == {
        "time": "2026-11-23T12:00:00.000+00:00",
        "host": "api.example.com",
        "tier": "sonnet",
        "model": "claude",
        "task": "task-1",
        "file": hashlib.sha256(str(egress.folders[0] / "mod.py").encode()).hexdigest(),
        "bytes": 8,
        "sha256": hashlib.sha256(b"the body").hexdigest(),
        "redactions": 0,
    }
    assert second["redactions"] == 1


async def test_the_log_holds_neither_text_nor_keys(tmp_path: Path) -> None:
    egress = gate(tmp_path)
    await send(egress, f'key = "{KEY}"\n', body=f'key = "{KEY}"'.encode())
    logged = egress.path.read_text()
    assert KEY not in logged
    assert "key =" not in logged
    assert "mod.py" not in logged


async def test_paths_are_logged_where_the_settings_say_so(tmp_path: Path) -> None:
    egress = gate(tmp_path, plain_paths=True)
    await send(egress)
    assert entries(egress)[0]["file"] == str(egress.folders[0] / "mod.py")


async def test_a_document_without_a_file_is_logged_by_its_uri(tmp_path: Path) -> None:
    egress = gate(tmp_path, plain_paths=True)
    task = make_task("x = 1\n", path=None)
    cleared = egress.clear(task, Prompt("s", "d", "q"))
    await egress.log(task, cleared, host="h", tier="t", model="m", body=b"")
    assert entries(egress)[0]["file"] == "untitled:one"


async def test_the_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    egress = gate(tmp_path)
    await send(egress)
    assert stat.S_IMODE(egress.path.stat().st_mode) == 0o600


async def test_what_cannot_be_written_down_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(TierError, match=r"Nothing was sent: the egress log .* cannot be written"):
        await send(gate(tmp_path))


async def test_sends_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    egress = gate(tmp_path)
    await asyncio.gather(*(send(egress, body=b"x" * number) for number in range(30)))
    assert sorted(entry["bytes"] for entry in entries(egress)) == list(range(30))  # type: ignore[type-var]


def test_the_log_is_put_aside_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    for number in range(10):
        append(path, {"number": number}, most=40)
    lines = (tmp_path / "egress.1.jsonl").read_text() + path.read_text()
    kept = [json.loads(line)["number"] for line in lines.splitlines()]
    assert kept == [6, 7, 8, 9]
    assert path.stat().st_size <= 40


def _append_many(path: Path, first: int) -> None:
    for number in range(first, first + 50):
        append(path, {"number": number}, most=1_000_000)


@pytest.mark.slow
def test_processes_share_the_log(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(path, first)) for first in (0, 50)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(json.loads(line)["number"] for line in path.read_text().splitlines()) == list(range(100))
