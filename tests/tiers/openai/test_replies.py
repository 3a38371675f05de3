"""What an OpenAI chat server streams, well and badly, as a draft."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.support.drafting import applied, make_request
from tests.support.openai_bench import COUNTS, DONE, GOOD, TASK, Tiers, draw
from tests.support.openai_server import Answer, OpenAIServer
from tests.support.patience import PATIENCE

from lastmile.cascade.draft import Usage


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
