"""What an OpenAI chat server is asked, and when a tier of one is absent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.drafting import applied, make_request, make_task, refused
from tests.support.openai_bench import COUNTS, DONE, GOOD, SOURCE, TASK, Tiers, draw, fails
from tests.support.openai_server import Answer, OpenAIServer

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import Tier
from lastmile.cascade.verdict import Finding
from lastmile.errors import TierError
from lastmile.tiers.prompt import Style, compose


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


@pytest.mark.slow
@pytest.mark.parametrize("listing", [(), Answer(body=b"[]"), Answer(body=b'{"data": [1, {"id": 2}]}')])
async def test_a_server_that_lists_no_model(
    server: OpenAIServer, tiers: Tiers, listing: Answer | tuple[str, ...]
) -> None:
    server.models = listing
    assert "lists no model" in await fails(tiers.make(server.url))


async def test_a_long_target_is_asked_for_whole(server: OpenAIServer, tiers: Tiers) -> None:
    await draw(tiers.make(server.url), make_request(make_task("x = 1\n" * 60)))
    assert "SEARCH" not in server.chats[0].raw.decode()


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_it_is_asked() -> None:
    code = "import sys, lastmile.tiers.openai; assert 'httpx2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


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


async def test_a_slow_server_fails_before_the_tasks_deadline(server: OpenAIServer, tiers: Tiers) -> None:
    server.enqueue(Answer(GOOD, hold_after=0))
    with pytest.raises(TierError, match=r"within 0\.2 s \(the task's deadline\)"):
        await draw(tiers.make(server.url), evolve(make_request(TASK), seconds=0.2))


async def test_control_tokens_of_a_file_are_not_sent_and_come_back(server: OpenAIServer, tiers: Tiers) -> None:
    task = make_task('«END = "<|im_end|>"»\n')
    server.enqueue(Answer(["```\nEND = 'LASTMILE_MARK_1'\n```"]))
    (draft,) = await draw(tiers.make(server.url), make_request(task))
    assert "<|im_end|>" not in server.chats[0].raw.decode()
    assert applied(task, draft.edits) == "END = '<|im_end|>'\n"
