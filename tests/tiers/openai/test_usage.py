"""What a call to an OpenAI chat server used, and what that costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.drafting import make_request, make_task, refused
from tests.support.openai_bench import GOOD, TASK, Tiers, draw
from tests.support.openai_server import Answer, OpenAIServer, error

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.cascade.verdict import Finding
from lastmile.errors import TierError
from lastmile.ledger.prices import Rates
from lastmile.tiers.prompt import count_tokens


async def test_usage_is_estimated_where_the_server_tells_none(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert draft.usage.estimated
    assert 300 < draft.usage.input < 2000
    assert 5 < draft.usage.output < 30


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 100, "completion_tokens": 20},
        {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": None},
        {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": None}},
    ],
)
async def test_a_server_without_a_cache_counts_input(server: OpenAIServer, tiers: Tiers, usage: object) -> None:
    server.enqueue(Answer(GOOD, usage=usage))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert draft.usage == Usage(input=100, output=20)


@pytest.mark.parametrize("usage", [[], {"prompt_tokens": "many", "completion_tokens": 1}, {"prompt_tokens": 1}])
async def test_counts_that_are_none_leave_the_estimate(server: OpenAIServer, tiers: Tiers, usage: object) -> None:
    server.enqueue(Answer(GOOD, usage=usage))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert draft.usage.estimated


@pytest.mark.slow
@pytest.mark.parametrize("answer", [error(500, "no"), error(401, "no"), error(404, "no such model"), None])
async def test_a_request_that_was_turned_down_used_nothing(tiers: Tiers, answer: Answer | None) -> None:
    async with OpenAIServer() as server:
        server.enqueue(*([] if answer is None else [answer]))
        request = make_request(TASK)
        tier = tiers.make(server.url if answer else server.url.replace(str(server.port), "1"), model="tiny")
        with pytest.raises(TierError):
            await draw(tier, request)
    assert request.meter.usage.tokens == 0


async def test_a_request_that_broke_off_used_what_it_was_given(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer([], finish="", done=False, reset=True))
    request = make_request(TASK)
    with pytest.raises(TierError):
        await draw(tiers.make(server.url), request)
    assert request.meter.usage.input > 100


RATES = Rates(1.0, 5.0, 0.1, 1.25, 2.0)


@pytest.mark.parametrize(
    ("url", "ours", "rates", "free"),
    [
        ("http://127.0.0.1:8080/v1", False, None, True),
        ("http://127.9.9.9/v1", False, None, True),
        ("http://localhost:8080/v1", False, None, True),
        ("http://[::1]:8080/v1", False, None, True),
        ("http://127.0.0.1:8080/v1", False, RATES, False),
        ("http://192.168.1.5/v1", False, None, False),
        ("http://192.168.1.5/v1", True, None, True),
        ("http://192.168.1.5/v1", True, RATES, False),
        ("http://localhost.example.com/v1", False, None, False),
        ("http://127.0.0.1.example.com/v1", False, None, False),
        ("http://127.0.0.1@example.com/v1", False, None, False),
        ("http://0.0.0.0/v1", False, None, False),
        ("", False, None, False),
    ],
)
def test_what_is_free(tmp_path: Path, url: str, rates: Rates | None, *, ours: bool, free: bool) -> None:
    assert Tiers(tmp_path).make(url, ours=ours, rates=rates).free is free


def test_prices(tmp_path: Path) -> None:
    unpriced, priced = (Tiers(tmp_path).make("http://gpu/v1", rates=rates) for rates in (None, RATES))
    usage = Usage(input=1_000_000, output=1_000_000)
    assert (unpriced.cost(usage), priced.cost(usage)) == (0.0, 6.0)
    assert unpriced.worst_case(TASK, Evidence(), samples=1) == 0.0
    worst = priced.worst_case(TASK, Evidence(), samples=3)
    three_longest_replies = 3 * 2048 * 5.0 / 1_000_000
    assert three_longest_replies < worst < 2 * three_longest_replies
    assert priced.worst_case(TASK, Evidence((refused(None, Finding("lint", "no")),)), samples=3) > worst


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rates", "most", "asked"),
    [
        pytest.param(RATES, 2048, False, id="no useful reply is left"),
        pytest.param(RATES, 60_000, True, id="the reply is shorter"),
        pytest.param(Rates(1.0, 0.0, 0.1, 1.25, 2.0), 60_000, False, id="a shorter reply saves nothing"),
        pytest.param(None, 2048, True, id="nothing is paid for"),
    ],
)
async def test_placeholders_cost_no_more_than_was_reserved(
    server: OpenAIServer, tiers: Tiers, rates: Rates | None, most: int, *, asked: bool
) -> None:
    task = make_task("<s><s><s><s>\n" * 1500 + "«x = 1»\n")
    tier = tiers.make(server.url, rates=rates, max_tokens=most, samples=1)
    server.enqueue(Answer(["```\nx = 2\n```"]))
    if not asked:
        with pytest.raises(TierError, match="more than was reserved"):
            await draw(tier, make_request(task))
        assert server.chats == []
        return
    await draw(tier, make_request(task))
    body = server.chats[0].body
    sent = sum(count_tokens(message["content"]) for message in body["messages"])
    cost = tier.cost(Usage(input=sent, output=body["max_tokens"]))
    assert cost <= tier.worst_case(task, Evidence(), samples=1)


async def test_the_meter_is_set_before_anything_comes(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=0))
    request = DraftRequest(TASK, Evidence(), Meter())
    work = asyncio.ensure_future(draw(tiers.make(server.url), request))
    await server.received(1)
    assert request.meter.usage.input > 100
    assert request.meter.usage.estimated
    server.release()
    await work
