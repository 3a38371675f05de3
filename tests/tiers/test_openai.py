"""The tier of OpenAI chat servers, against a stand-in over real HTTP: requests, samples, failures, what leaves."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.drafting import applied, make_request, make_task, refused
from tests.support.openai_server import Answer, OpenAIServer, error
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter, Tier
from lastmile.cascade.verdict import Finding
from lastmile.config.tree import OpenAIServer as Settings
from lastmile.config.tree import Privacy
from lastmile.errors import TierError, TierOffError
from lastmile.ledger.prices import Rates
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai import OpenAITier
from lastmile.tiers.openai.tier import DOWN_SECONDS
from lastmile.tiers.prompt import Style, compose, count_tokens

SOURCE = "import os\n\n\n«def f():\n    return 1»\n"
DONE = "import os\n\n\ndef f():\n    return 3\n"
GOOD = ("```python\n", "def f():\n", "    return 3\n", "```")
COUNTS = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 60}}
TASK = make_task(SOURCE)
SOFT = make_task(SOURCE, hard=False)


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as running:
        yield running


class Tiers:
    """Makes tiers and closes them."""

    def __init__(self, tmp_path: Path) -> None:
        self.watch = Watch()
        self.log = tmp_path / "egress.jsonl"
        self.made: list[OpenAITier] = []

    def make(self, url: str, *, rates: Rates | None = None, key: str = "", **settings: object) -> OpenAITier:
        egress = Egress(Privacy(), (Path("/project"),), self.log)
        tier = OpenAITier("team", Settings(url=url, **settings), egress, rates, key, self.watch)
        self.made.append(tier)
        return tier


@pytest.fixture
async def tiers(tmp_path: Path) -> AsyncIterator[Tiers]:
    made = Tiers(tmp_path)
    yield made
    for tier in made.made:
        await tier.close()


async def draw(tier: OpenAITier, request: DraftRequest) -> list[Draft]:
    return [draft async for draft in tier.drafts(request)]


async def fails(tier: OpenAITier, kind: type[TierError] = TierError) -> str:
    with pytest.raises(kind) as caught:
        await draw(tier, make_request(TASK))
    assert type(caught.value).__name__ in {"TierError", "TierOffError", "UnreachableError"}
    message = str(caught.value)
    assert "\n" not in message
    return message


async def test_one_draft(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, usage=COUNTS))
    tier: Tier = tiers.make(server.url)
    request = make_request(TASK)
    (draft,) = [draft async for draft in tier.drafts(request)]
    assert applied(TASK, draft.edits) == DONE
    assert draft.usage == Usage(input=40, cache_read=60, output=20)
    assert request.meter.usage.tokens == 0
    assert (draft.label, draft.defect) == ("", "")
    assert tier.model == "tiny"


async def test_what_is_asked(server: OpenAIServer, tiers: Tiers) -> None:
    attempt = refused("import os\n", Finding("syntax", "nothing is left"))
    request = make_request(TASK, attempt)
    await draw(tiers.make(server.url, model="coder", max_tokens=77), request)
    (chat,) = server.chats
    prompt = compose(request, style=Style.WHOLE)
    assert (chat.method, chat.path) == ("POST", "/v1/chat/completions")
    assert chat.body == {
        "model": "coder",
        "messages": [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": f"{prompt.document}\n{prompt.question}"},
        ],
        "temperature": 0,
        "max_tokens": 77,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "authorization" not in chat.headers
    assert server.listings == []


async def test_a_key_is_sent_and_nowhere_shown(server: OpenAIServer, tiers: Tiers) -> None:
    server.key = "team-key"
    tier = tiers.make(server.url, key="team-key", key_variable="TEAM_KEY")
    assert len(await draw(tier, make_request(TASK))) == 1
    assert "team-key" not in repr(tier)


async def test_without_a_model_the_first_listed_is_asked_for_once(server: OpenAIServer, tiers: Tiers) -> None:
    server.models = ("first", "second")
    tier = tiers.make(server.url)
    assert tier.model == ""
    for _ in range(2):
        await draw(tier, make_request(TASK))
    assert [chat.body["model"] for chat in server.chats] == ["first", "first"]
    assert len(server.listings) == 1
    assert await tier.models() == ("first", "second")


@pytest.mark.parametrize("listing", [(), Answer(body=b"[]"), Answer(body=b'{"data": [1, {"id": 2}]}')])
async def test_a_server_that_lists_no_model(
    server: OpenAIServer, tiers: Tiers, listing: Answer | tuple[str, ...]
) -> None:
    server.models = listing
    assert "lists no model" in await fails(tiers.make(server.url))


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


async def test_a_long_target_is_asked_for_whole(server: OpenAIServer, tiers: Tiers) -> None:
    await draw(tiers.make(server.url), make_request(make_task("x = 1\n" * 60)))
    assert "SEARCH" not in server.chats[0].raw.decode()


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


async def test_an_answer_in_one_piece_is_read_too(server: OpenAIServer, tiers: Tiers) -> None:
    whole = {"choices": [{"message": {"content": "".join(GOOD)}, "finish_reason": "stop"}], "usage": COUNTS}
    server.enqueue(Answer(body=json.dumps(whole).encode()))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert applied(TASK, draft.edits) == DONE
    assert draft.usage == Usage(input=40, cache_read=60, output=20)


@pytest.mark.parametrize(
    ("answer", "defect"),
    [
        (Answer(["I cannot do that."]), "The reply holds no code block."),
        (Answer([]), "The reply is empty."),
        (Answer(GOOD[:2], finish="length"), "The reply was cut off at 2048 tokens."),
        (Answer([], thoughts=["hm"] * 9, finish="length"), "The model spent all 2048 tokens on reasoning."),
        (Answer(["So"], finish="content_filter"), "The server's content filter stopped the reply."),
        (Answer(["x = 1\n" * 100] * 100, finish=""), "The reply ran on past 6144 characters"),
    ],
)
async def test_what_cannot_be_read_is_a_draft_with_a_defect(
    server: OpenAIServer, tiers: Tiers, answer: Answer, defect: str
) -> None:
    server.enqueue(answer)
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert draft.edits == ()
    assert draft.defect.startswith(defect)
    assert draft.usage.estimated


async def test_a_reply_that_runs_on_is_hung_up_on(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(["x = 1\n" * 1100] * 3, hold_after=1))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert "ran on" in draft.defect
    assert await asyncio.wait_for(server.chats[0].ended, PATIENCE) == "client"


async def test_thoughts_are_not_the_answer(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, thoughts=["```\nno\n```"]))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert applied(TASK, draft.edits) == DONE


async def test_an_end_without_its_mark_is_an_end(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, done=False))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert applied(TASK, draft.edits) == DONE


async def test_odd_chunks_are_survived(server: OpenAIServer, tiers: Tiers) -> None:
    odd = ["[]", "1", "{}", '{"choices": []}', '{"choices": [null]}', '{"choices": {}, "usage": null}']
    odd += ['{"choices": [{"delta": {"content": 5}, "finish_reason": 7}]}', '{"choices": [{"delta": null}]}']
    server.enqueue(Answer(GOOD, raw_events=odd))
    (draft,) = await draw(tiers.make(server.url), make_request(TASK))
    assert applied(TASK, draft.edits) == DONE


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


def test_nothing_heavy_is_imported_before_it_is_asked() -> None:
    code = "import sys, lastmile.tiers.openai; assert 'httpx2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


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


@pytest.mark.parametrize(
    ("settings", "key", "says"),
    [
        ({"url": ""}, "", "no url is set"),
        ({"url": "http://localhost/v1", "key_variable": "TEAM_KEY"}, "", "TEAM_KEY is not set"),
        ({"url": "http://localhost/v1", "key_variable": "TEAM_KEY"}, "key", ""),
        ({"url": "http://localhost/v1"}, "", ""),
        (
            {"url": "https://gpu.example.com/v1"},
            "",
            "id_rsa is not sent anywhere: it matches id_* of privacy.never_send",
        ),
    ],
)
def test_absent_goes_by_what_is_known(tmp_path: Path, settings: dict[str, Any], key: str, says: str) -> None:
    tier = Tiers(tmp_path).make(**settings, key=key)
    assert tier.absent(make_task(SOURCE, path=Path("/project/id_rsa"))) == says


def test_absent_for_a_target_that_no_reply_can_hold(tmp_path: Path) -> None:
    tier = Tiers(tmp_path).make("http://localhost/v1", max_tokens=100)
    assert tier.absent(make_task("x" * 600)) == ""
    assert tier.absent(make_task("x" * 601)) == "the target is too long for a reply of 100 tokens"


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


async def test_a_slow_server_fails_before_the_tasks_deadline(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=0))
    with pytest.raises(TierError, match=r"within 0\.2 s \(the task's deadline\)"):
        await draw(tiers.make(server.url), evolve(make_request(TASK), seconds=0.2))


KEY = "sk-ant-api03-" + "aB3dE6gH9jK2" * 3
SECRET = f'KEY = "{KEY}"\n\n\n«def f():\n    return 1»\n'


async def test_this_machine_sees_the_text_as_it_is(server: OpenAIServer, tiers: Tiers) -> None:
    await draw(tiers.make(server.url), make_request(make_task(SECRET)))
    assert KEY in server.chats[0].raw.decode()
    assert not tiers.log.exists()


async def test_control_tokens_of_a_file_are_not_sent_and_come_back(server: OpenAIServer, tiers: Tiers) -> None:
    task = make_task('«END = "<|im_end|>"»\n')
    server.enqueue(Answer(["```\nEND = 'LASTMILE_MARK_1'\n```"]))
    (draft,) = await draw(tiers.make(server.url), make_request(task))
    assert "<|im_end|>" not in server.chats[0].raw.decode()
    assert applied(task, draft.edits) == "END = '<|im_end|>'\n"


async def test_the_meter_is_set_before_anything_comes(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=0))
    request = DraftRequest(TASK, Evidence(), Meter())
    work = asyncio.ensure_future(draw(tiers.make(server.url), request))
    await server.received(1)
    assert request.meter.usage.input > 100
    assert request.meter.usage.estimated
    server.release()
    await work


def away(server: OpenAIServer) -> str:
    """Give an address of the stand-in that is not one of this machine by name, and reaches it all the same."""
    return f"http://0.0.0.0:{server.port}/v1"


@pytest.mark.parametrize("ours", [True, False])
async def test_what_leaves_is_redacted_and_logged(server: OpenAIServer, tiers: Tiers, *, ours: bool) -> None:
    task = make_task(SECRET)
    server.enqueue(Answer(["```\ndef f():\n    return 'LASTMILE_SECRET_1'\n```"]), Answer(GOOD))
    drafts = await draw(tiers.make(away(server), ours=ours), make_request(task, samples=2))
    assert applied(task, drafts[0].edits).endswith(f"def f():\n    return '{KEY}'\n")
    assert not any(KEY in chat.raw.decode() for chat in server.chats)
    logged = [json.loads(line) for line in tiers.log.read_text().splitlines()]
    sent = [(len(chat.raw), sha256(chat.raw).hexdigest()) for chat in server.chats]
    assert [(entry["bytes"], entry["sha256"]) for entry in logged] == sent
    assert {(entry["host"], entry["tier"], entry["model"], entry["redactions"]) for entry in logged} == {
        (f"0.0.0.0:{server.port}", "team", "tiny", 1)
    }


async def test_what_the_policy_keeps_here_is_not_sent(server: OpenAIServer, tiers: Tiers) -> None:
    tier = tiers.make(away(server), ours=True)
    for path in ("/project/.env.py", "/elsewhere/mod.py"):
        with pytest.raises(TierError, match="is not sent anywhere"):
            await draw(tier, make_request(make_task(SOURCE, path=Path(path))))
    assert server.chats == []
    assert not tiers.log.exists()


async def test_what_cannot_be_logged_is_not_sent(server: OpenAIServer, tiers: Tiers) -> None:
    tiers.log.mkdir()
    assert "Nothing was sent" in await fails(tiers.make(away(server), ours=True))
    assert server.chats == []
