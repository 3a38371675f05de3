"""The tier against the real llama-server with a tiny random model: the wire, not what is said over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.support.drafting import make_request, make_task
from tests.support.llama_server import LlamaServer, llama_server

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.task import Task
from lastmile.config.tree import OpenAIServer as Settings
from lastmile.errors import TierError, TierOffError
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai import OpenAITier

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

TASK = make_task("import os\n\n\n«def f():\n    return 1»\n")
SOFT = make_task("import os\n\n\n«def f():\n    return 1»\n", hard=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tiny: Path) -> AsyncIterator[LlamaServer]:
    # A random model ends its turn by chance; told to ignore the end, it goes on until it is stopped.
    options = ("--parallel", "3", "--ctx-size", "49152", "--api-key", "team-key", "--ignore-eos", "--alias", "tiny")
    async with llama_server(tiny, *options) as running:
        yield running


def make(server: LlamaServer, tmp_path: Path, *, key: str = "team-key", **settings: Any) -> OpenAITier:  # noqa: ANN401 - fields of the settings
    given = Settings(**{"url": server.url, "max_tokens": 32, **settings})
    return OpenAITier("local", given, Egress(path=tmp_path / "egress.jsonl"), key=key)


async def draw(tier: OpenAITier, task: Task, samples: int = 1) -> tuple[list[Draft], Usage]:
    request = make_request(task, samples=samples)
    try:
        return [draft async for draft in tier.drafts(request)], request.meter.usage
    finally:
        await tier.close()


async def test_a_draft_is_streamed_and_counted(server: LlamaServer, tmp_path: Path) -> None:
    tier = make(server, tmp_path)
    (draft,), left = await draw(tier, TASK)
    assert tier.model == "tiny"
    assert draft.defect == "The reply was cut off at 32 tokens."
    assert left.tokens == 0
    assert not draft.usage.estimated
    assert draft.usage.output == 32
    assert draft.usage.input + draft.usage.cache_read > 1000


async def test_what_the_server_has_read_is_not_read_again(server: LlamaServer, tmp_path: Path) -> None:
    await draw(make(server, tmp_path), TASK)
    (again,), _ = await draw(make(server, tmp_path), TASK)
    assert again.usage.cache_read > 0.9 * (again.usage.input + again.usage.cache_read)


@pytest.mark.parametrize("task", [TASK, SOFT], ids=["hard", "soft"])
async def test_samples_come_one_by_one(server: LlamaServer, tmp_path: Path, task: Task) -> None:
    drafts, _ = await draw(make(server, tmp_path), task, samples=3)
    assert sorted(draft.label for draft in drafts) == [f"sample {number} of 3" for number in (1, 2, 3)]
    assert {draft.usage.output for draft in drafts} == {32}


async def test_cancelling_stops_the_server(server: LlamaServer, tmp_path: Path) -> None:
    seen = len(server.log)
    work = asyncio.ensure_future(draw(make(server, tmp_path, max_tokens=8000), make_task("«x = 1»\n" * 200)))
    at = await server.said("processing task", after=seen)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    at = await server.said("cancel task", after=at)
    await server.said("stop processing", after=seen)


async def test_a_wrong_key(server: LlamaServer, tmp_path: Path) -> None:
    with pytest.raises(TierOffError, match="refused the key"):
        await draw(make(server, tmp_path, key="wrong", model="tiny"), TASK)


async def test_a_prompt_past_the_context(server: LlamaServer, tmp_path: Path) -> None:
    with pytest.raises(TierError, match=r"The prompt is too long for the model: .* context size \(16384 tokens\)"):
        await draw(make(server, tmp_path), make_task("«x = 1»\n" + "z = 'abcdefghij'\n" * 1500))


async def test_an_address_without_the_api(server: LlamaServer, tmp_path: Path) -> None:
    with pytest.raises(TierOffError, match="has no chat API"):
        await draw(make(server, tmp_path, url=f"{server.url}/v2", model="tiny"), TASK)
