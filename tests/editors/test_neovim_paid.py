"""Neovim with a key: docstrings that a Claude model drafts, the questions before, and what comes between.

The stand-in for the Messages API answers over real HTTP.
"""

from __future__ import annotations

import pytest
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Gate, Reply
from tests.support.neovim import ROOT, Neovim, Report, lua_block
from tests.support.wire import Json

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = '''\
"""Prices 🍐."""

import os


def zählen(bücher, menge=1):
    größe = "𠮷 é 中文"  # 🍎🍏
    return [größe, bücher] * menge


print(zählen([]))
'''
DOCSTRING = '''\
    """Zähle alle Bücher 📚 im Laden.

    Args:
        bücher: What is counted.
        menge: How often.

    Returns:
        The size and the books, repeated.
    """
'''
HEADER = "def zählen(bücher, menge=1):\n"
DOCUMENTED = SHOP.replace(HEADER, HEADER + DOCSTRING)
TARGET = SHOP[SHOP.index(HEADER) : SHOP.index("\n\n\nprint")]
LINES, SEEING, INSTRUCTIONS = "Neovim, in five lines", "Seeing and ending what runs", "Instructions in words"
ADD = "Add a docstring to `zählen`"


def answer(code: str, **more: Json) -> Reply:
    return Reply(f"Here it is:\n\n```python\n{code}\n```\n", **more)


def drafted(**more: Json) -> Reply:
    return answer(TARGET.replace(HEADER, HEADER + DOCSTRING), **more)


@pytest.fixture
def auto(key: dict[str, str]) -> dict[str, str]:
    return {**key, "LASTMILE_PAID": "auto"}


async def ask(neovim: Neovim, env: dict[str, str], **given: Json) -> Report:
    neovim.write(shop=SHOP)
    return await neovim.go("act", env=env, open="shop.py", cursor="zählen(bücher, ", title=ADD, **given)


async def test_a_docstring_is_drafted_and_applied(neovim: Neovim, api: MessagesApi, auto: dict[str, str]) -> None:
    api.enqueue(drafted())
    seen = await ask(neovim, auto)
    assert neovim.read("shop") == DOCUMENTED
    assert not seen.asked
    assert seen.noted["title"].startswith(f"{ADD} (up to $")
    assert f"{ADD}: sonnet, 1 draft, syntax ok, property ok, 0 new findings, " in seen.messages
    assert [request.key for request in api.requests] == ["sk-ant-a-key"]


# What the person chooses, how often the API is then asked, and what becomes of the text.
CONSENTS = {
    "once": ("Once", 1, DOCUMENTED),
    "not now": ("Not now", 0, SHOP),
    "closed": ("nothing of it", 0, SHOP),
}


@pytest.mark.parametrize("case", CONSENTS)
async def test_the_person_is_asked_first(neovim: Neovim, api: MessagesApi, key: dict[str, str], case: str) -> None:
    choice, requests, text = CONSENTS[case]
    api.enqueue(drafted())
    given = {} if requests else {"message": "no consent to ask sonnet"}
    seen = await ask(neovim, key, answers=[choice], **given)
    assert neovim.read("shop") == text
    assert len(api.requests) == requests
    (question,) = seen.asked
    assert question["prompt"].startswith("Ask sonnet (claude-sonnet-5-5) for up to $")
    assert question["prompt"].endswith(f"? {ADD}.: ")
    assert question["shown"] == ["Once", "For today", "Not now"]


CANCELS = {"the request": "keys", "the progress": "notification"}


@pytest.mark.parametrize("case", CANCELS)
async def test_a_draft_under_way_is_cancelled(
    neovim: Neovim, api: MessagesApi, auto: dict[str, str], case: str
) -> None:
    gate = Gate()
    api.enqueue(drafted(gate=gate, gate_after=3))
    neovim.write(shop=SHOP)
    neovim.configure(lua_block(ROOT / "README.md", LINES), lua_block(ROOT / "editors" / "README.md", SEEING))
    seen = await neovim.go(
        "cancel",
        env=auto,
        cues={"drafting": gate.reached, "cancelled": lambda: ended(api)},
        open="shop.py",
        cursor="zählen",
        title=ADD,
        way=CANCELS[case],
        keys="\\\\x",
        after={"cursor": "os", "title": "Fix F401"},
    )
    assert await ended(api) == "client"
    assert seen.noted["unchanged"]
    assert neovim.read("shop") == SHOP.replace("import os\n", "")
    assert not seen.asked
    *running, last = seen.noted["shown"]
    assert {(status, title) for status, title, _ in running} == {("running", ADD)}
    assert any(text.startswith("asking sonnet, up to $") for _, _, text in running)
    assert last == ["success", ADD, "done"]


async def ended(api: MessagesApi) -> str:
    """Say how the only request of the API ended."""
    (request,) = api.requests
    return await request.ended()


# What is typed, and where, while the draft is written; and how that changes the text.
TYPED = {
    "above": ("import os", "Oimport 𠮷  # 🍐<Esc>", ("import os", "import 𠮷  # 🍐\nimport os")),
    "below": ("print", "iassert 🍎 == 1  # <Esc>", ("print", "assert 🍎 == 1  # print")),
}


@pytest.mark.parametrize("case", TYPED)
async def test_a_draft_lands_in_a_text_that_was_typed_on(
    neovim: Neovim, api: MessagesApi, auto: dict[str, str], case: str
) -> None:
    at, keys, change = TYPED[case]
    await type_meanwhile(neovim, api, auto, typed={"at": at, "keys": keys}, rests=True)
    assert neovim.read("shop") == DOCUMENTED.replace(*change)


# What is typed into the function, whether the server hears of it before its draft is there, and what the person hears.
MINE = "def", 'o"""Meins."""<Esc>', (HEADER, f'{HEADER}    """Meins."""\n')
LOST = {
    "in the same place": (MINE, True, "shop.py changed in the same place meanwhile; the edit was dropped."),
    "elsewhere in it": (("menge=1", "f1r2", ("menge=1", "menge=2")), True, "shop.py changed there since"),
    "in a moment too late": (MINE, False, "newer than edits"),
}


@pytest.mark.parametrize("case", LOST)
async def test_a_draft_for_another_text_is_dropped(
    neovim: Neovim, api: MessagesApi, auto: dict[str, str], case: str
) -> None:
    (at, keys, change), rests, message = LOST[case]
    typed = {"at": at, "keys": keys}
    seen = await type_meanwhile(neovim, api, auto, typed=typed, rests=rests, message=message)
    assert seen.noted["unchanged"]
    assert neovim.read("shop") == SHOP.replace(*change)


async def type_meanwhile(neovim: Neovim, api: MessagesApi, env: dict[str, str], **given: Json) -> Report:
    gate = Gate()
    api.enqueue(drafted(gate=gate, gate_after=3))
    neovim.write(shop=SHOP)
    cues = {"drafting": gate.reached, "typed": gate.open}
    return await neovim.go("stale", env=env, cues=cues, open="shop.py", cursor="zählen", title=ADD, **given)


async def test_an_instruction_in_words_for_a_selection(neovim: Neovim, api: MessagesApi, auto: dict[str, str]) -> None:
    line = '    größe = "𠮷 é 中文"  # 🍎🍏'
    wanted = "    größe = len(bücher)  # 📚"
    api.default = Reply(f"<<<<<<< SEARCH\n{line}\n=======\n{wanted}\n>>>>>>> REPLACE\n")
    neovim.write(shop=SHOP)
    neovim.configure(lua_block(ROOT / "README.md", LINES), lua_block(ROOT / "editors" / "README.md", INSTRUCTIONS))
    seen = await neovim.go("instruct", env=auto, open="shop.py", cursor="größe", keys="V\\\\iSag größe 🍎 anders<CR>")
    assert neovim.read("shop") == SHOP.replace(line, wanted)
    assert "Sag größe 🍎 anders" in api.requests[0].raw.decode()
    assert not seen.asked


async def test_what_nothing_passes_is_explained(neovim: Neovim, api: MessagesApi, auto: dict[str, str]) -> None:
    api.default = answer(TARGET.replace(HEADER, f'{HEADER}    """Zähle alle Bücher 📚."""\n'))
    neovim.write(shop=SHOP)
    answers = ["Not now", "Show why", "Apply the best draft, unverified"]
    seen = await neovim.go("explain", env=auto, open="shop.py", cursor="zählen", title=ADD, answers=answers)
    opus, *after = (asked["prompt"] for asked in seen.asked)
    assert opus.startswith("Ask opus (claude-opus-5-5) for up to $")
    assert opus.endswith("So far: sonnet was refused by property (Parameter `bücher` is not documented in Args).: ")
    why = f"{ADD}: Stopped: no consent to ask opus. Tried sonnet (refused by property)."
    assert [prompt[: len(why)] for prompt in after] == [why, why]
    report = seen.noted["report"]
    assert report[0] == f"# {ADD}"
    assert "- **property**: Parameter `menge` is not documented in Args." in report
    assert '+    """Zähle alle Bücher 📚."""' in report
    assert f"Unverified: {ADD}: unverified, refused by property; drafted by sonnet" in seen.messages
    assert seen.noted["filetype"] == "markdown"
    assert neovim.read("shop") == SHOP.replace(HEADER, f'{HEADER}    """Zähle alle Bücher 📚."""\n')
