"""Asking for money, and what a paid tier is sent: consent, climbing, evidence, the cache, the books."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_client import HOLD
from tests.support.e2e_kinds import NEOVIM, VSCODE, Kind
from tests.support.e2e_world import KEY, World, block, fenced
from tests.support.messages_api import Exchange
from tests.support.messages_wire import Reply, question

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = '''\
"""Areas."""


def area(width):
    return width * hight
'''
FIXED = TEXT.replace("hight", "width")
GOOD = Reply(block("    return width * hight", "    return width * width"))
BAD = Reply(block("    return width * hight", "    return width * heigth"))
TITLE = "Fix F821: Undefined name `hight`"
ONCE, TODAY, NOT_NOW = "Once", "For today", "Not now"
SONNET, OPUS = "claude-sonnet-5-5", "claude-opus-5-5"

DOCUMENTED = '''\
def area(width):
    """Give the area of a square.

    Args:
        width: The length of a side.

    Returns:
        The area.
    """
    return width * hight'''


def models(world: World) -> list[str]:
    return [exchange.body["model"] for exchange in world.api.requests]


def cached(exchange: Exchange) -> bytes:
    """Give what the request marks for the provider's cache, as it came over the wire."""
    parts = []
    for part in (b'"system"', b'"messages"'):
        start = exchange.raw.index(part)
        parts.append(exchange.raw[start : exchange.raw.index(b'"cache_control"', start)])
    assert len(parts[1]) > 200
    return b"".join(parts)


@pytest.mark.parametrize(
    ("settings", "answers", "sent"),
    [
        ({}, [ONCE, ONCE], 2),
        ({}, [NOT_NOW, ONCE], 1),
        ({}, [None, None], 0),
        ({"paid": "auto"}, [], 2),
        ({"paid": "never"}, [], 0),
        ({"ladder": ["rules"]}, [], 0),
    ],
)
async def test_money_is_spent_as_the_person_says(
    editor: Editor, shared_world: World, settings: dict[str, Any], answers: list[str | None], sent: int
) -> None:
    await editor.configure(settings)
    await check_money(editor, shared_world, answers, asked=len(answers), sent=sent)


async def test_consent_for_today_is_asked_for_once_a_day(world: World) -> None:
    async with editing(world.with_key, world.folder) as editor:
        await check_money(editor, world, [TODAY], asked=1, sent=2)


async def check_money(editor: Editor, world: World, answers: list[str | None], *, asked: int, sent: int) -> None:
    """Fix the same twice, and see how often the person was asked and how often the provider."""
    world.api.default = GOOD
    before = len(world.sends)
    editor.client.answers.extend(answers)
    paid = 0
    for number in range(2):
        doc = editor.open(f"area_{number}.py", TEXT)
        action = await editor.choose(doc, "hight", TITLE)
        assert doc.text == (FIXED if action.edit else TEXT)
        paid += bool(action.edit)
    assert paid == sent
    assert len(editor.offers) == asked
    offer = rf"Ask sonnet \({SONNET}\) for up to \$0\.\d+\? {TITLE}\."
    assert all(re.fullmatch(offer, item) for item in editor.offers)
    assert models(world) == [SONNET] * sent
    assert len(world.sends) - before == sent


async def test_a_question_says_what_was_refused_and_offers_three_answers(world: World) -> None:
    world.api.enqueue(BAD, BAD, GOOD)
    async with editing(world.with_key, world.folder) as editor:
        editor.client.answers.extend([ONCE, ONCE])
        doc = editor.open("area.py", TEXT)
        action = await editor.choose(doc, "hight", TITLE)
        assert doc.text == FIXED
        assert [[item.title for item in asked.actions or ()] for asked in editor.client.questions] == [
            [ONCE, TODAY, NOT_NOW]
        ] * 2
        first, second = editor.asked
        assert re.fullmatch(rf"Ask sonnet \({SONNET}\) for up to \$[\d.]+\? {TITLE}\.( So far: .*)?", first)
        assert re.fullmatch(
            rf"Ask opus \({OPUS}\) for up to \$[\d.]+, which costs more than the tier before it\? {TITLE}\. "
            r"So far: .*sonnet was refused by lint \(.*F821.*\)\.",
            second,
        )
        assert action.edit is not None
        (note,) = (action.edit.change_annotations or {}).values()
        assert re.fullmatch(
            r"opus, 1 draft, after .*, syntax ok, 0 new findings, .* m?s, \$0\.\d{3} \(opus alone: .*\)",
            note.description or "",
        )
    assert models(world) == [SONNET, SONNET, OPUS]
    paid = [row for row in world.attempts() if row[0] != "rules"]
    assert paid == [
        ("sonnet", "start", 0, "lint", 0),
        ("sonnet", "retry", 0, "lint", 0),
        ("opus", "verification", 1, "", 0),
    ]
    assert world.outcomes() == [("fix", "accepted", "opus", None)]


@pytest.mark.parametrize(
    ("settings", "answers", "asked", "climbs"),
    [
        ({}, [ONCE, NOT_NOW], 2, False),
        ({"climb_paid": True}, [ONCE], 1, True),
        ({"paid": "auto"}, [NOT_NOW], 1, False),
        ({"paid": "auto", "climb_paid": True}, [], 0, True),
    ],
)
async def test_a_dearer_tier_is_asked_about_again_whatever_was_said_before(
    editor: Editor,
    shared_world: World,
    settings: dict[str, Any],
    answers: list[str],
    asked: int,
    climbs: bool,  # noqa: FBT001 - as above
) -> None:
    shared_world.api.default = BAD
    await editor.configure(settings)
    editor.client.answers.extend(answers)
    await editor.choose(editor.open("area.py", TEXT), "hight", TITLE)
    await editor.surfaced()
    assert len(editor.offers) == asked
    assert models(shared_world) == [SONNET] * 2 + [OPUS] * 2 * climbs


async def test_a_person_who_never_answers_keeps_nobody_from_working(world: World) -> None:
    async with editing(world.with_key, world.folder) as editor:
        editor.client.answers.extend([HOLD])
        doc = editor.open("area.py", TEXT)
        number, waiting = editor.resolving(await editor.entry(doc, "hight", TITLE))
        await editor.client.until(lambda: editor.asked)
        await editor.choose(doc := editor.open("other.py", "import os\n"), "os", "Fix F401")
        assert doc.text == ""
        assert not waiting.done()
        editor.client.cancel_request(types.CancelParams(number))
        with pytest.raises(Exception, match="cancelled"):
            await waiting
    assert world.api.requests == []
    assert [row[1] for row in world.outcomes()] == ["accepted", "cancelled"]


@pytest.mark.parametrize("kind", [VSCODE, NEOVIM], ids=str)
async def test_without_a_key_nobody_is_asked_and_nothing_is_sent(world: World, kind: Kind) -> None:
    env = world.env | {"LASTMILE_CLAUDE__BASE_URL": world.api.url}
    async with editing(env, world.folder, kind=kind, settings={"paid": "auto"}) as editor:
        doc = editor.open("area.py", TEXT)
        entry = await editor.entry(doc, "hight", TITLE)
        assert entry.title == f"{TITLE} (free)"
        assert (await editor.resolve(entry)).edit is None
        said = await editor.surfaced()
        assert "sonnet: no API key in ANTHROPIC_API_KEY" in said
    assert world.api.requests == []


async def test_a_docstring_is_written_judged_and_repaired_with_the_evidence(editor: Editor, world: World) -> None:
    api = world.api
    await editor.configure({})
    api.enqueue(Reply(fenced('def area(width):\n    """Give the area."""\n    return width * hight')))
    api.enqueue(Reply(fenced(DOCUMENTED)))
    editor.client.answers.append(ONCE)
    doc = editor.open("docs.py", TEXT)
    action = await editor.choose(doc, "area", "Add a docstring to `area`")
    assert doc.text == f'"""Areas."""\n\n\n{DOCUMENTED}\n'
    assert action.edit is not None
    first, second = api.requests
    assert "Give the area." not in question(first.body)
    refused = question(second.body)
    assert '+    """Give the area."""' in refused
    assert "width" in refused
    assert cached(first) == cached(second)
    assert [first.key, second.key] == [KEY, KEY]


async def test_a_file_keeps_its_place_in_the_cache_over_tasks_and_tiers(editor: Editor, world: World) -> None:
    api = world.api
    await editor.configure({})
    api.enqueue(BAD, BAD, GOOD, Reply(fenced(DOCUMENTED)))
    editor.client.answers.extend([ONCE] * 3)
    doc = editor.open("same.py", TEXT)
    await editor.resolve(await editor.entry(doc, "hight", TITLE))
    await editor.resolve(await editor.entry(doc, "area", "Add a docstring"))
    assert [exchange.body["model"] for exchange in api.requests] == [SONNET, SONNET, OPUS, SONNET]
    assert len({cached(exchange) for exchange in api.requests}) == 1


@pytest.mark.parametrize("kind", [VSCODE, NEOVIM], ids=str)
async def test_an_instruction_is_carried_out_by_command(world: World, kind: Kind) -> None:
    # Nothing decides about words, so two samples have to say the same.
    world.api.default = Reply(block("    return width * hight", "    return width**2"))
    async with editing(world.with_key, world.folder, kind=kind, settings={"paid": "auto"}) as editor:
        doc = editor.open("area.py", TEXT)
        asked = {"uri": doc.uri, "range": doc.place("return")}
        said = await editor.command("lastmile.instruct", asked["uri"], asked["range"], "Square the width.", token=7)
        assert [said, *editor.told, *editor.asked] == [{"applied": True}]
        assert doc.text == TEXT.replace("width * hight", "width**2")
        assert editor.client.applied[0].label == "Instruct: Square the width"
        assert any(re.fullmatch(r"asking sonnet, up to \$[\d.]+", line) for line in editor.progress())
    sent = world.api.requests
    assert len(sent) == 2
    assert all("Square the width." in question(item.body) for item in sent)


@pytest.mark.parametrize(
    ("name", "privacy", "sent"),
    [
        ("area.py", {}, 1),
        ("my_secret_area.py", {}, 0),
        ("area.py", {"privacy": {"never_send": ["the*", "**/area.py"]}}, 0),
        ("../outside.py", {}, 0),
    ],
)
async def test_only_files_that_may_leave_are_sent(
    editor: Editor, shared_world: World, name: str, privacy: dict[str, Any], sent: int
) -> None:
    shared_world.api.default = GOOD
    before = len(shared_world.sends)
    await editor.configure({"paid": "auto", **privacy})
    doc = editor.open((shared_world.folder / name).resolve().as_uri(), TEXT)
    action = await editor.choose(doc, "hight", TITLE)
    assert bool(action.edit) == bool(sent)
    if not sent:
        assert "not sent anywhere" in await editor.surfaced()
    assert len(shared_world.api.requests) == len(shared_world.sends) - before == sent


async def test_secrets_stay_and_come_back_in_the_edit(editor: Editor, shared_world: World) -> None:
    secret = "sk-ant-api03-Zx9Kq2Lm4Np6Rs8Tu0Vw"  # noqa: S105 - made up
    text = f'TOKEN = "{secret}"\n\n\ndef area(width):\n    return width * hight, "{secret}"\n'
    shared_world.api.enqueue(
        Reply(
            block(
                '    return width * hight, "LASTMILE_SECRET_1"',
                '    return width * width, "LASTMILE_SECRET_1"',
            )
        )
    )
    await editor.configure({"paid": "auto"})
    doc = editor.open("area.py", text)
    await editor.choose(doc, "hight", TITLE)
    assert doc.text == text.replace("hight", "width")
    (sent,) = shared_world.api.requests
    assert secret.encode() not in sent.raw
    line = shared_world.sends[-1]
    assert (line["redactions"], line["bytes"], line["tier"], line["model"]) == (1, len(sent.raw), "sonnet", SONNET)
    assert line["host"] == "127.0.0.1"
    assert secret not in json.dumps(shared_world.sends)


async def test_the_books_agree_with_the_provider(world: World) -> None:
    world.api.enqueue(BAD, GOOD)
    async with editing(world.with_key, world.folder, settings={"paid": "auto"}) as editor:
        await editor.choose(editor.open("area.py", TEXT), "hight", TITLE)
        bill = await editor.command("lastmile.bill")
    rows = world.rows("SELECT input, cache_write, cache_read, output, cost FROM attempts WHERE tier = 'sonnet'")
    assert len(rows) == 2
    assert all(row[0] > 0 and row[3] > 0 and row[4] > 0 for row in rows)
    assert rows[1][2] == rows[0][1] > 0
    spent = sum(row[4] for row in rows) / 1e9
    assert bill["total"]["spent"] == pytest.approx(spent)
    assert world.rows("SELECT count(*) FROM reservations") == [(0,)]
