"""What leaves the machine for an OpenAI chat server: redacted, logged, or not at all."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from tests.support.drafting import applied, make_request, make_task
from tests.support.openai_bench import GOOD, KEY, SECRET, SOURCE, Tiers, draw, fails
from tests.support.openai_server import Answer, OpenAIServer

from lastmile.errors import TierError


async def test_this_machine_sees_the_text_as_it_is(server: OpenAIServer, tiers: Tiers) -> None:
    await draw(tiers.make(server.url), make_request(make_task(SECRET)))
    assert KEY in server.chats[0].raw.decode()
    assert not tiers.log.exists()


def away(server: OpenAIServer) -> str:
    """Give an address of the stand-in that is not one of this machine by name, and reaches it all the same."""
    return f"http://0.0.0.0:{server.port}/v1"


@pytest.mark.slow
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
