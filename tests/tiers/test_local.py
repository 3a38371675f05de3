"""The tier of our own model against its real host: what is asked, how often, and how it fails."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from math import inf
from pathlib import Path

import httpx2
import pytest
from attrs import evolve
from tests.support.drafting import make_request, make_task
from tests.support.hosting import Runtime, calling
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.task import Task
from lastmile.config.tree import OpenAIServer as Settings
from lastmile.errors import TierError
from lastmile.model.client import URL, connection
from lastmile.model.host.starting import Host
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai import OpenAITier

pytestmark = pytest.mark.slow

HARD = make_task("import os\n\n\n«def f():\n    return 1»\n")
FENCED = "```python\ndef f():\n    return 2\n```\n"
SOFT = make_task("import os\n\n\n«def f():\n    return 1»\n", hard=False)


@asynccontextmanager
async def tier_of(host: Host, *, max_tokens: int = 16, repairs_from: int = 0) -> AsyncIterator[OpenAITier]:
    settings = Settings(URL, host.model.name, max_tokens=max_tokens)
    egress, way = Egress(path=Path("/dev/null")), partial(connection, host)
    tier = OpenAITier("local", settings, egress, connection=way, repairs_from=repairs_from)
    try:
        yield tier
    finally:
        await tier.close()


async def draw(tier: OpenAITier, task: Task, samples: int = 3) -> tuple[list[Draft], Usage]:
    request = make_request(task, samples=samples)
    return [draft async for draft in tier.drafts(request)], request.meter.usage


@pytest.mark.parametrize(("task", "requests"), [(HARD, 2), (SOFT, 1)], ids=["hard", "soft"])
async def test_samples_share_a_request(hosts: Runtime, tiny: Path, task: Task, requests: int) -> None:
    host = hosts.host(tiny, context=16_384)
    async with tier_of(host) as tier, calling(host) as caller:
        assert (tier.absent(task), tier.free, tier.local, tier.model) == ("", True, True, "tiny")
        drafts, left = await draw(tier, task)
        status = await caller.status()
    assert (status["requests"], status["cancelled"], status["failures"]) == (requests, 0, 0)
    assert sorted(draft.label for draft in drafts) == [f"sample {number} of 3" for number in (1, 2, 3)]
    assert "The reply was cut off at 16 tokens." in {draft.defect for draft in drafts}
    assert sum(draft.usage.output for draft in drafts) == status["completion_tokens"] > 32
    assert not any(draft.usage.estimated for draft in drafts)
    read = sum(draft.usage.input + draft.usage.cache_read for draft in drafts)
    assert (read, left.tokens) == (status["prompt_tokens"], 0)


class Held(httpx2.AsyncBaseTransport):
    """A host of two samples, which goes on with the second once the first was taken."""

    def __init__(self) -> None:
        self.taken = asyncio.Event()
        self.asked: dict[str, object] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked = json.loads(await request.aread())
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces(self.taken))


class Pieces(httpx2.AsyncByteStream):
    """What it answers."""

    def __init__(self, taken: asyncio.Event) -> None:
        self.taken = taken

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield event(choices=[{"index": 1, "delta": {"content": FENCED}}])
        yield event(choices=[{"index": 1, "delta": {}, "finish_reason": "stop", "tokens": 7}])
        await self.taken.wait()
        yield event(choices=[{"index": 0, "delta": {"content": FENCED}, "finish_reason": "stop", "tokens": 5}])
        yield event(
            choices=[],
            usage={"prompt_tokens": 90, "completion_tokens": 12, "prompt_tokens_details": {"cached_tokens": 30}},
        )
        yield b"data: [DONE]\n\n"

    async def aclose(self) -> None:
        """Have nothing to close."""


def event(**said: object) -> bytes:
    return b"data: " + json.dumps(said).encode() + b"\n\n"


async def test_a_sample_is_there_as_soon_as_it_has_ended() -> None:
    host = Held()
    tier = OpenAITier("local", Settings(URL, "tiny"), Egress(path=Path("/dev/null")), connection=lambda: host)
    request = make_request(SOFT, samples=2)
    async with asyncio.timeout(PATIENCE), aclosing(tier.drafts(request)) as drafts:
        first = await anext(drafts)
        host.taken.set()
        (second,) = [draft async for draft in drafts]
    assert (first.label, first.usage) == ("sample 2 of 2", Usage(output=7))
    assert (second.label, second.usage) == ("sample 1 of 2", Usage(input=60, cache_read=30, output=5))
    assert request.meter.usage.tokens == 0


@pytest.mark.parametrize(
    ("text", "language", "held"),
    [
        ('{"a": 1,}\n', "json", True),
        ('{"a": 1,} // why\n', "json", False),
        ('{"a": 1,}\n', "jsonc", False),
        ("[1,]\n", "json", False),
        ('{"a": «1,»}\n', "json", False),
        ("a = 1\n", "python", False),
    ],
)
async def test_a_whole_json_document_is_held_to_json(text: str, language: str, *, held: bool) -> None:
    host = Held()
    host.taken.set()
    tier = OpenAITier("local", Settings(URL, "tiny"), Egress(path=Path("/dev/null")), connection=lambda: host)
    task = make_task(text, hard=False, language=language, path=Path("/project/a.json"))
    assert len([draft async for draft in tier.drafts(make_request(task, samples=2))]) == 2
    assert host.asked.get("response_format") == ({"type": "json_object"} if held else None)


async def test_json_from_a_real_host_is_read_without_a_fence(hosts: Runtime, tiny: Path) -> None:
    task = make_task('{"a": 1,}\n', hard=False, language="json", path=Path("/project/a.json"))
    async with tier_of(hosts.host(tiny, context=16_384), max_tokens=600) as tier:
        drafts, _ = await draw(tier, task, 6)
    assert {draft.defect for draft in drafts} <= {"", "The reply was cut off at 600 tokens."}


async def test_the_last_samples_of_a_hard_task_are_not_drawn_where_the_first_will_do(
    hosts: Runtime, chain: Path
) -> None:
    host = hosts.host(chain, context=16_384)
    async with tier_of(host) as tier, calling(host) as caller:
        async with aclosing(tier.drafts(make_request(HARD, samples=3))) as drafts:
            await anext(drafts)
        assert (await caller.status())["requests"] == 1


async def test_how_sure_the_model_is_comes_with_the_draft(hosts: Runtime, tiny: Path) -> None:
    async with tier_of(hosts.host(tiny, context=16_384), max_tokens=512) as tier:
        drafts, _ = await draw(tier, make_task("«x = 1»\n", hard=False), 8)
    read = [draft.confidence for draft in drafts if not draft.defect.startswith("The reply was cut off")]
    assert all(sure is not None and sure.least <= sure.mean < 0 < sure.entropy for sure in read)


@pytest.mark.parametrize("task", [HARD, SOFT], ids=["hard", "soft"])
async def test_cancelling_stops_the_host(hosts: Runtime, chain: Path, task: Task) -> None:
    host = hosts.host(chain, context=16_384)
    long = evolve(task, snapshot=evolve(task.snapshot, text=task.snapshot.text + "# end\n"))
    async with tier_of(host, max_tokens=4000) as tier, calling(host) as caller:
        work = asyncio.ensure_future(draw(tier, long))
        while not (await caller.status())["running"]:
            pass
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        while (status := await caller.status())["running"]:
            pass
        assert status["cancelled"] == 1


async def test_a_host_that_is_killed_is_a_failed_attempt_and_the_next_works(hosts: Runtime, chain: Path) -> None:
    host = hosts.host(chain, context=16_384)
    async with tier_of(host, max_tokens=4000) as tier, calling(host) as caller:
        request = make_request(make_task("«" + "x = 1\n" * 200 + "»", hard=False), samples=3)
        work = asyncio.ensure_future(anext(tier.drafts(request)))
        while not request.meter.usage.output:
            await caller.status()
        (pid,) = hosts.pids()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(TierError, match="The connection to the local model's host broke"):
            await work
        assert request.meter.usage.tokens > 1000
    async with tier_of(host) as tier:
        assert len((await draw(tier, SOFT))[0]) == 3


async def test_a_damaged_model_is_a_failed_attempt(hosts: Runtime, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF\x03\x00")
    async with tier_of(hosts.host(tmp_path / "bad.gguf")) as tier:
        with pytest.raises(TierError, match=r"^/.*bad\.gguf is truncated"):
            await draw(tier, HARD)
        assert tier.absent(HARD) == ""


async def test_a_host_that_cannot_be_started(hosts: Runtime, tiny: Path) -> None:
    host = Host(hosts.host(tiny).model, {**hosts.env, "PYTHONHOME": "/nowhere"})
    async with tier_of(host) as tier:
        with pytest.raises(TierError, match="The model's host ended at once"):
            await draw(tier, HARD)
        assert "The model's host ended at once" in tier.absent(HARD)


async def test_a_prompt_past_the_context(hosts: Runtime, tiny: Path) -> None:
    async with tier_of(hosts.host(tiny, context=512)) as tier:
        with pytest.raises(TierError, match="The prompt is too long for the model"):
            await draw(tier, HARD)


@pytest.mark.parametrize(("least", "retries"), [(0, inf), (100_000, inf), (10_000_000, 0)])
async def test_a_small_model_is_not_asked_again(hosts: Runtime, tiny: Path, least: int, retries: float) -> None:
    async with tier_of(hosts.host(tiny, context=16_384), repairs_from=least) as tier:
        await draw(tier, HARD, 1)
        assert tier.retries == retries


async def test_a_model_of_a_size_that_is_not_known_is_not_asked_again(hosts: Runtime, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF\x03\x00")
    async with tier_of(hosts.host(tmp_path / "bad.gguf"), repairs_from=1) as tier:
        with pytest.raises(TierError):
            await draw(tier, HARD)
        assert tier.retries == 0


class Recording(httpx2.AsyncBaseTransport):
    """The way to the host, with what went over it."""

    def __init__(self, way: httpx2.AsyncBaseTransport) -> None:
        self.way = way
        self.urgencies: list[str | None] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            self.urgencies.append(json.loads(await request.aread()).get("urgency"))
        return await self.way.handle_async_request(request)

    async def aclose(self) -> None:
        await self.way.aclose()


@pytest.mark.parametrize(("ahead", "urgency"), [(True, "background"), (False, None)])
async def test_what_nobody_waits_for_stands_behind_everything_in_the_host(
    hosts: Runtime, tiny: Path, ahead: object, urgency: str | None
) -> None:
    host = hosts.host(tiny, context=16_384)
    recording = Recording(await asyncio.to_thread(connection, host))
    tier = OpenAITier(
        "local",
        Settings(URL, host.model.name, max_tokens=16),
        Egress(path=Path("/dev/null")),
        connection=lambda: recording,
    )
    drafts, _left = await draw(tier, evolve(HARD, ahead=bool(ahead)), samples=1)
    await tier.close()
    assert len(drafts) == 1
    assert recording.urgencies == [urgency]
