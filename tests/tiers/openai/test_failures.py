"""What a tier of an OpenAI chat server says of each failure, and when it is off."""

from __future__ import annotations

import json

import pytest
from tests.support.drafting import make_request
from tests.support.openai_bench import GOOD, TASK, Tiers, draw, fails
from tests.support.openai_server import Answer, OpenAIServer, error

from lastmile.errors import TierOffError
from lastmile.tiers.openai.tier import DOWN_SECONDS


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(GOOD[:2], finish="", done=False, reset=True), "The connection to 127.0.0.1:{port} broke"),
        (Answer(GOOD[:2], finish="", done=False), "closed the connection in the middle of its answer"),
        (Answer(raw_events=["not json"]), "not JSON"),
        (Answer(raw_events=['{"error": {"message": "slot\\nlost"}}']), "broke off with an error: slot lost"),
        (Answer(body=b"<html>", content_type="text/html"), "not JSON; is the address the root of an OpenAI API?"),
        (error(500, "out of memory"), "127.0.0.1:{port} failed with HTTP 500: out of memory"),
        (error(429, "slow down"), "127.0.0.1:{port} takes no more requests now: slow down"),
        (
            error(503, "Loading model"),
            "127.0.0.1:{port} is not ready, it may still be loading its model: Loading model",
        ),
        (
            error(400, "request (6051 tokens) exceeds the available context size (2048 tokens), try increasing it"),
            "exceeds the available context size (2048 tokens), try increasing it. Give the server a larger context.",
        ),
        (
            Answer(status=400, body=b'{"object": "error", "message": "maximum context length is 4096 tokens."}'),
            "The prompt is too long for the model: maximum context length is 4096 tokens. Give the server",
        ),
        (Answer(status=422, body=b'{"detail": "max_tokens"}'), "failed with HTTP 422: max_tokens"),
        (Answer(status=418, body=b"short\nand stout"), "failed with HTTP 418: short and stout"),
        (Answer(status=302, body=b""), "failed with HTTP 302: HTTP 302"),
        (error(500, "x" * 1000), "x" * 200 + " …"),
        (Answer(status=500, body=b"y" * 3_000_000), "y" * 200 + " …"),
    ],
)
async def test_a_failure_says_what_happened(server: OpenAIServer, tiers: Tiers, answer: Answer, says: str) -> None:
    server.enqueue(answer)
    tier = tiers.make(server.url, model="tiny")
    assert says.format(port=server.port) in await fails(tier)
    assert tier.absent(TASK) == ""


async def test_a_wrong_key_switches_the_tier_off(server: OpenAIServer, tiers: Tiers) -> None:
    server.key = "right"
    tier = tiers.make(server.url, key="wrong", key_variable="TEAM_KEY")
    message = await fails(tier, TierOffError)
    assert message == f"127.0.0.1:{server.port} refused the key (HTTP 401): check TEAM_KEY."
    assert tier.absent(TASK) == message


async def test_a_key_that_is_wanted_and_not_set_up(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(status=403, body=b""))
    assert "check key_variable of the server's settings" in await fails(tiers.make(server.url), TierOffError)


TEAM_KEY = "the-key-of-the-team"


@pytest.mark.parametrize(
    "answer",
    [
        error(400, f"What is {TEAM_KEY}?"),
        error(500, f"{'x' * 190} {TEAM_KEY}"),
        error(429, TEAM_KEY),
        error(404, f"model {TEAM_KEY} not found"),
        Answer(status=502, body=f"<p>{TEAM_KEY}".encode()),
        Answer(raw_events=[json.dumps({"error": {"message": f"No {TEAM_KEY}"}})]),
    ],
)
async def test_a_server_that_repeats_the_key_is_not_quoted_with_it(
    server: OpenAIServer, tiers: Tiers, answer: Answer
) -> None:
    server.enqueue(answer, answer)
    message = await fails(tiers.make(server.url, key=TEAM_KEY, key_variable="TEAM_KEY", model="tiny"))
    assert TEAM_KEY[:9] not in message
    assert "[key]" in message or "model 'tiny'" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, 'model "coder" not found, try pulling it first'),
        (404, "The model `coder` does not exist."),
        (400, "model_not_found"),
    ],
)
async def test_an_unknown_model_names_those_that_there_are(
    server: OpenAIServer, tiers: Tiers, status: int, said: str
) -> None:
    server.models = tuple(f"m{number}" for number in range(9))
    server.enqueue(error(status, said))
    tier = tiers.make(server.url, model="coder")
    message = await fails(tier, TierOffError)
    assert message == (
        f"127.0.0.1:{server.port} has no model 'coder'. It has m0, m1, m2, m3, m4, m5, m6, m7 …. "
        "Name one of them in the settings."
    )
    assert tier.absent(TASK) == message


async def test_an_unknown_model_where_nothing_is_listed(server: OpenAIServer, tiers: Tiers) -> None:
    server.models = error(500, "no")
    server.enqueue(error(404, "model not found"))
    assert "It lists none." in await fails(tiers.make(server.url, model="coder"), TierOffError)


async def test_an_address_without_the_api(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(status=404, body=b"404 page not found"))
    message = await fails(tiers.make(server.url, model="tiny"), TierOffError)
    assert message == f"{server.url} has no chat API (HTTP 404): the address most often ends in /v1."


async def test_a_server_that_is_down_is_absent_for_a_while(tiers: Tiers) -> None:
    async with OpenAIServer() as server:
        url, port = server.url, server.port
    tier = tiers.make(url + "/")
    assert tier.absent(TASK) == ""
    message = await fails(tier)
    assert message.startswith(f"No server answers at {url} (")
    assert message.endswith("Start it, or take it out of the ladder.")
    tiers.watch.now = DOWN_SECONDS - 0.1
    assert tier.absent(TASK) == message
    tiers.watch.now = DOWN_SECONDS
    assert tier.absent(TASK) == ""
    again = OpenAIServer()
    again.port = port
    async with again:
        assert len(await draw(tier, make_request(TASK))) == 1


async def test_a_server_that_is_too_slow_is_given_up(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=1))
    message = await fails(tiers.make(server.url, model="tiny", timeout=0.1))
    assert message == f"127.0.0.1:{server.port} did not finish within 0.1 s (the server's timeout setting)."


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1", "http:///v1", "nothing"])
async def test_an_address_that_is_none(tiers: Tiers, url: str) -> None:
    tier = tiers.make(url, model="tiny", ours=True)
    assert tier.absent(TASK) == f"{url} is not the address of a server"
    assert await fails(tier) == f"{url} is not the address of a server."


async def test_a_key_of_any_bytes_is_sent_or_refused(server: OpenAIServer, tiers: Tiers) -> None:
    await draw(tiers.make(server.url, key=" sch\u00fcssel\n"), make_request(TASK))
    assert server.chats[0].headers["authorization"] == "Bearer sch\u00fcssel"
    assert "broke" in await fails(tiers.make(server.url, model="tiny", key="two\nlines"))
