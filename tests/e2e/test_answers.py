"""Whatever the provider answers, the document is safe, the person is told, and the cost is in the books."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types
from tests.support.e2e import Editor
from tests.support.e2e_client import Client
from tests.support.e2e_world import KEY, World, block, fenced
from tests.support.messages_wire import Break, Reply, refused

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = '"""Areas."""\n\n\ndef area(width):\n    return width * hight\n'
FIXED = TEXT.replace("hight", "width")
GOOD = Reply(block("    return width * hight", "    return width * width"))
TITLE = "Fix F821: Undefined name `hight`"
AUTO = {"paid": "auto"}


def retried(reply: Reply, tries: int = 1) -> list[Reply]:
    return [reply] * tries + [GOOD]


@pytest.mark.parametrize(
    "replies",
    [
        retried(refused(429, headers={"retry-after": "0"})),
        retried(refused(529)),
        retried(refused(500), 2),
        retried(Reply(status=502, body="<html>Bad gateway</html>")),
        retried(Reply(ends=Break(-1))),
        retried(Reply(ends=Break(0, "error"))),
    ],
    ids=["slower", "overloaded", "failed twice", "a proxy failed", "reset", "overloaded in the stream"],
)
async def test_what_cost_nothing_is_tried_again(editor: Editor, shared_world: World, replies: list[Reply]) -> None:
    await editor.configure(AUTO)
    api, before = shared_world.api, len(shared_world.sends)
    api.enqueue(*replies)
    doc = editor.open("area.py", TEXT)
    await editor.choose(doc, "hight", TITLE)
    assert doc.text == FIXED
    assert (editor.told, editor.asked) == ([], [])
    assert len(api.requests) == len(shared_world.sends) - before == len(replies)


@pytest.mark.parametrize(
    ("reply", "why", "requests"),
    [
        (Reply("I would rename the variable."), "sonnet (refused by apply)", 2),
        (Reply(""), "sonnet (refused by apply)", 2),
        (Reply(fenced("VALUE = 1" + "\n" * 10_000 + "VALUE = 2")), "sonnet (refused by apply)", 2),
        (Reply(GOOD.text * 2), "sonnet (refused by apply)", 2),
        (Reply(block("    return nothing", "    return 1")), "sonnet (refused by apply)", 2),
        (Reply(f"src/other.py\n{GOOD.text}"), "sonnet (refused by scope)", 2),
        (Reply(f"/etc/passwd\n{GOOD.text}"), "sonnet (refused by scope)", 2),
        (Reply(GOOD.text + block('"""Areas."""', '"""All."""')), "sonnet (refused by scope)", 2),
        (Reply(block("    return width * hight", "    return (width")), "sonnet (refused by syntax)", 2),
        (Reply(block("    return width * hight", "    ...  # rest of the code")), "sonnet (refused by scope)", 2),
        (Reply(fenced("pass\n" * 10_000), piece=4000), "sonnet (failed", 1),
        (Reply("Let me think about", stop_reason="max_tokens"), "sonnet (failed", 1),
        (Reply("I cannot", stop_reason="refusal", category="cyber"), "sonnet (failed", 1),
        (Reply(GOOD.text, ends=Break(4)), "sonnet (failed", 1),
        (Reply(GOOD.text, ends=Break(4, "drop")), "sonnet (failed", 1),
        (Reply(GOOD.text, ends=Break(4, "end")), "sonnet (failed", 1),
        (Reply(GOOD.text, ends=Break(4, "raw", raw="event: content_block_delta\ndata: {\n\n")), "sonnet (failed", 1),
        (refused(400, "messages: too strange"), "sonnet (failed", 1),
        (refused(413), "sonnet (failed", 1),
    ],
    ids=[
        *("prose", "nothing", "ten thousand lines", "twice", "not in the file", "another file", "a system file"),
        *(
            "more than asked",
            "broken",
            "left out",
            "without an end",
            "truncated",
            "refusal",
            "reset",
            "dropped",
            "cut short",
        ),
        *("malformed", "bad request", "too large"),
    ],
)
async def test_what_is_no_good_changes_nothing_and_is_said(
    editor: Editor, shared_world: World, reply: Reply, why: str, requests: int
) -> None:
    await editor.configure(AUTO)
    api = shared_world.api
    api.default = reply
    (before,) = shared_world.rows("SELECT coalesce(max(id), 0) FROM attempts")
    doc = editor.open("area.py", TEXT)
    action = await editor.choose(doc, "hight", TITLE)
    said = await editor.surfaced()
    assert (action.edit, doc.text) == (None, TEXT)
    assert why in said
    assert "\n" not in said
    assert len(editor.offers) == 1
    assert len(api.requests) == requests
    query = f"SELECT count(*), sum(passed), sum(cost > 0) FROM attempts WHERE tier = 'sonnet' AND id > {before[0]}"  # noqa: S608 - our own words
    billed = 0 if reply.status != 200 else requests
    assert shared_world.rows(query) == [(requests, 0, billed)]
    assert shared_world.rows("SELECT count(*) FROM reservations") == [(0,)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refused(401, "invalid x-api-key"), "refused the API key in ANTHROPIC_API_KEY (401)"),
        (refused(402), "no credit left (402)"),
        (refused(403), "may not use claude-sonnet-5-5 (403)"),
        (refused(404), "no model claude-sonnet-5-5 (404)"),
    ],
    ids=["wrong key", "no credit", "not allowed", "no such model"],
)
async def test_a_tier_that_cannot_work_is_off_until_settings_change(
    editor: Editor, shared_world: World, answer: Reply, why: str
) -> None:
    api = shared_world.api
    api.default = answer
    # Settings of each case's own: the tier's state goes with them.
    settings = {**AUTO, "ladder": ["rules", "sonnet"], "tiers": {"sonnet": {"max_tokens": 4000 + answer.status}}}
    await editor.configure(settings)
    for name in ("one.py", "two.py", "three.py"):
        doc = editor.open(name, TEXT)
        await editor.choose(doc, "hight", TITLE)
        assert why in await spoken(editor.client)
    assert len(api.requests) == 1
    (title,) = {item.title for item in await editor.menu(doc, "hight") if item.title.startswith("Fix F821")}
    assert title == f"{TITLE} (free)"
    assert KEY not in repr((editor.told, editor.asked, editor.logged))
    api.default = GOOD
    await editor.configure({**settings, "budget": {"task": 0.2}})
    await editor.choose(doc, "hight", TITLE)
    assert doc.text == FIXED
    assert len(api.requests) == 2


async def spoken(client: Client) -> str:
    """Wait for the next line to the person; gives it, once."""
    lines: list[types.ShowMessageParams | types.ShowMessageRequestParams] = [*client.messages, *client.questions]
    if not lines:
        await client.until(lambda: [*client.messages, *client.questions])
        lines = [*client.messages, *client.questions]
    client.messages.clear()
    client.questions.clear()
    assert len(lines) == 1
    return re.sub(r"\s+", " ", lines[0].message)
