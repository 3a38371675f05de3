"""The meter while a call runs, and what is left of it when the call is cut off."""

from __future__ import annotations

import asyncio
import json

import pytest
from attrs import evolve
from tests.support.claude_bench import ANSWER, Bench, task_for
from tests.support.messages_wire import Break, Gate, Reply, count
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import Evidence

LONG = "value = compute(value)\n" * 100
AFTER_START = 1
MIDWAY = 30


async def cut_off(bench: Bench, gate: Gate) -> None:
    """Cancel a call when the server stands at the gate."""
    call = asyncio.create_task(bench.draft())
    await gate.reached()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, AFTER_START, MIDWAY])
async def test_cancelling_closes_the_connection(bench: Bench, after: int) -> None:
    gate = Gate()
    bench.api.enqueue(Reply(LONG, gate=gate, gate_after=after))
    await cut_off(bench, gate)
    assert bench.meter.usage.estimated
    assert await bench.api.requests[0].ended() == "client"


async def test_leaving_the_drafts_early_closes_the_connection(bench: Bench) -> None:
    gate = Gate()
    bench.api.enqueue(Reply(LONG, gate=gate, gate_after=MIDWAY))
    drafts = bench.tier.drafts(bench.request())
    waiting = asyncio.create_task(anext(drafts))
    await gate.reached()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await drafts.aclose()
    assert await bench.api.requests[0].ended() == "client"


async def test_before_the_answer_begins_the_whole_prompt_counts_as_written(bench: Bench) -> None:
    gate = Gate()
    bench.api.enqueue(Reply(LONG, gate=gate))
    await cut_off(bench, gate)
    usage = bench.meter.usage
    assert usage.estimated
    assert (usage.cache_read, usage.output) == (0, 0)
    sent = bench.api.requests[0].body
    assert usage.cache_write >= count(sent["system"][0]["text"] + sent["messages"][0]["content"][0]["text"])
    assert usage.input >= count(sent["messages"][0]["content"][1]["text"])


async def test_once_it_has_begun_the_provider_counts_the_input_and_we_the_output(bench: Bench) -> None:
    gate = Gate()
    bench.api.enqueue(Reply(LONG, gate=gate, gate_after=MIDWAY))
    call = asyncio.create_task(bench.draft())
    await gate.reached()
    said = LONG[: 40 * (MIDWAY - 3)]
    async with asyncio.timeout(PATIENCE):
        while bench.meter.usage.output < count(said):  # noqa: ASYNC110 - a meter has nothing to wait on
            await asyncio.sleep(0)
    during = bench.meter.usage
    assert during.estimated
    assert count(said) <= during.output <= 3 * count(said)
    gate.open()
    draft = await call
    assert not draft.usage.estimated
    assert draft.usage.output == count(LONG)
    assert evolve(draft.usage, output=0) == evolve(during, output=0, estimated=False)


async def test_thinking_that_is_not_shown_is_counted_as_all_that_was_left_for_it(bench: Bench) -> None:
    hidden = {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}
    event = f"event: content_block_start\ndata: {json.dumps(hidden)}\n\n"
    bench.api.enqueue(Reply(ANSWER, ends=Break(1, "raw", raw=event)))
    await bench.failure()
    assert bench.meter.usage.output == 1024
    bench.reset(max_tokens=600)
    bench.api.enqueue(Reply(ANSWER, ends=Break(1, "raw", raw=event)))
    await bench.failure()
    assert bench.meter.usage.output == 600


async def test_a_new_call_starts_from_nothing(bench: Bench) -> None:
    bench.meter.usage = Usage(input=99, output=99)
    bench.api.enqueue(Reply(status=400))
    await bench.failure()
    assert bench.meter.usage == Usage()


@pytest.mark.parametrize("ttl", ["5m", "1h"])
async def test_cache_writes_land_in_the_bucket_of_their_price(bench: Bench, ttl: str) -> None:
    bench.account.claude = evolve(bench.account.claude, cache_ttl=ttl)
    bench.api.enqueue(Reply(ANSWER))
    usage = (await bench.draft()).usage
    assert (usage.cache_write > 0, usage.cache_write_1h > 0) == (ttl == "5m", ttl == "1h")
    gate = Gate()
    bench.api.enqueue(Reply(ANSWER, gate=gate))
    await cut_off(bench, gate)
    usage = bench.meter.usage
    assert (usage.cache_write > 0, usage.cache_write_1h > 0) == (ttl == "5m", ttl == "1h")
    assert bench.tier.cost(usage) <= bench.tier.worst_case(task_for(), Evidence(), samples=1)


@pytest.mark.slow
@pytest.mark.parametrize("hour", [False, True])
async def test_a_provider_that_does_not_split_its_cache_writes(bench: Bench, *, hour: bool) -> None:
    bench.account.claude = evolve(bench.account.claude, cache_ttl="1h" if hour else "5m")
    bench.api.enqueue(Reply(ANSWER, usage={"cache_creation": None, "cache_creation_input_tokens": 700}))
    usage = (await bench.draft()).usage
    assert (usage.cache_write, usage.cache_write_1h) == ((0, 700) if hour else (700, 0))
