"""Several samples of one task: when each is asked for, and how all of them end."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from tests.support.drafting import make_request
from tests.support.openai_bench import COUNTS, GOOD, SOFT, TASK, Tiers, draw
from tests.support.openai_server import Answer, OpenAIServer, error
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Usage


async def test_samples_vary_after_the_first(server: OpenAIServer, tiers: Tiers) -> None:
    drafts = await draw(tiers.make(server.url), make_request(TASK, samples=3))
    assert sorted(chat.body["temperature"] for chat in server.chats) == [0, 0.7, 0.7]
    assert sorted(draft.label for draft in drafts) == ["sample 1 of 3", "sample 2 of 3", "sample 3 of 3"]


async def test_with_a_hard_oracle_the_others_wait_for_the_first_to_be_refused(
    server: OpenAIServer, tiers: Tiers
) -> None:
    async with aclosing(tiers.make(server.url).drafts(make_request(TASK, samples=3))) as drafts:
        await anext(drafts)
        assert len(server.chats) == 1
        await anext(drafts)
        await server.received(3)


async def test_where_samples_have_to_agree_they_start_once_the_prompt_is_read(
    server: OpenAIServer, tiers: Tiers
) -> None:
    server.enqueue(Answer(GOOD, hold_after=1), Answer(GOOD), Answer(GOOD))
    async with aclosing(tiers.make(server.url).drafts(make_request(SOFT, samples=3))) as drafts:
        first_two = [(await anext(drafts)).label for _ in range(2)]
        assert sorted(first_two) == ["sample 2 of 3", "sample 3 of 3"]
        server.release()
        assert (await anext(drafts)).label == "sample 1 of 3"


async def test_thoughts_show_that_the_prompt_is_read(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, thoughts=["hm"], hold_after=1), Answer(GOOD))
    async with aclosing(tiers.make(server.url).drafts(make_request(SOFT, samples=2))) as drafts:
        assert (await anext(drafts)).label == "sample 2 of 2"


async def test_a_sample_that_fails_does_not_take_the_others_with_it(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD), error(500, "out of memory"), Answer(GOOD))
    assert len(await draw(tiers.make(server.url), make_request(TASK, samples=3))) == 2


async def test_each_draft_takes_its_usage_off_the_meter(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, usage=COUNTS), Answer(GOOD, usage=COUNTS))
    request = make_request(TASK, samples=2)
    drafts = await draw(tiers.make(server.url), request)
    assert sum((draft.usage for draft in drafts), Usage()) == Usage(input=80, cache_read=120, output=40)
    assert request.meter.usage.tokens == 0


@pytest.mark.parametrize("hard", [True, False])
async def test_cancelling_closes_every_connection(server: OpenAIServer, tiers: Tiers, *, hard: bool) -> None:
    server.enqueue(*(Answer(GOOD, hold_after=1) for _ in range(3)))
    request = make_request(TASK if hard else SOFT, samples=3)
    work = asyncio.ensure_future(draw(tiers.make(server.url), request))
    await server.received(1 if hard else 3)
    chats = list(server.chats)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert [await asyncio.wait_for(chat.ended, PATIENCE) for chat in chats] == ["client"] * len(chats)
    assert request.meter.usage.estimated
    assert request.meter.usage.input > 100


async def test_closing_the_drafts_early_closes_the_connections(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=1), Answer(GOOD), Answer(GOOD, hold_after=1))
    async with aclosing(tiers.make(server.url).drafts(make_request(SOFT, samples=3))) as drafts:
        await anext(drafts)
        await server.received(3)
    ends = sorted([await asyncio.wait_for(chat.ended, PATIENCE) for chat in server.chats])
    assert ends == ["answered", "client", "client"]
