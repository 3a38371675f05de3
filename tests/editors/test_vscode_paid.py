"""VS Code with a key: where it is kept, the question before money is spent, and what comes after.

The stand-in for the Messages API answers over real HTTP.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Gate, Reply
from tests.support.vscode import QUIET, Driver, Person

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = '''\
"""Prices."""


def total(items, rate):
    return sum(items) * (1 + rate)
'''
HEADER = "def total(items, rate):\n"
DOCSTRING = '''\
    """Add up prices.

    Args:
        items: The prices.
        rate: The tax.

    Returns:
        The sum with tax.
    """
'''
DOCUMENTED = SHOP.replace(HEADER, HEADER + DOCSTRING)
TARGET = DOCUMENTED[DOCUMENTED.index("def") :]
ADD = "Add a docstring to `total`"
KEY = "sk-ant-a-key-of-a-test"
LINE, WANTED = "    return sum(items) * (1 + rate)", "    return sum(items) + rate"


def settings(api: MessagesApi, **more: str) -> dict[str, Any]:
    return {**QUIET, "lastmile.claude.baseUrl": api.url, **{f"lastmile.{name}": value for name, value in more.items()}}


def test_the_key_is_kept_and_the_person_asked_and_the_report_shown(
    vscode: Driver, settled: Person, api: MessagesApi
) -> None:
    gate = Gate()
    api.enqueue(Reply(f"```python\n{TARGET}```\n"))
    api.enqueue(Reply("Well, let me see what can be done here.", gate=gate, gate_after=3))
    settled.configure(settings(api))
    folder = settled.project("paid", {"shop.py": SHOP})

    def ended() -> Coroutine[Any, Any, str]:
        return api.requests[-1].ended()

    seen = vscode.go(
        "paid",
        cues={"refused": lambda: str(len(api.requests)), "drafting": gate.reached, "cancelled": ended},
        folder=str(folder),
        file="shop.py",
        key=KEY,
        at=[4, 5],
        title=ADD,
        becomes="Add up prices.",
        words="Add the tax only once",
        link="shop.py:4",
    )
    assert seen["none"] == "No API key was given, and none is kept."
    assert seen["kept"] == "The API key is kept in the editor's secret storage. The server starts anew with it."
    assert seen["asked"]["text"].startswith("Ask sonnet (claude-sonnet-5-5) for up to $")
    assert seen["asked"]["buttons"] == ["Once", "For today", "Not now"]
    assert "no consent to ask sonnet" in seen["refused"]
    assert seen["before"] == "0"
    assert (folder / "shop.py").read_text() == DOCUMENTED
    assert f"Last: {ADD}: sonnet, 1 draft" in seen["cost"]
    assert seen["report"].startswith(ADD.replace("`", ""))
    assert "Drafted by sonnet: 1 draft, " in seen["report"]
    assert seen["ended"] == "client"
    assert {request.key for request in api.requests} == {KEY}
    kept = (path for path in settled.folder.rglob("*") if path.is_file() and path.suffix in {".json", ".log", ".toml"})
    assert not [path for path in kept if KEY in path.read_text(encoding="utf-8", errors="replace")]


def test_an_instruction_is_followed_and_billed_and_what_nothing_passed_is_looked_at_first(
    vscode: Driver, settled: Person, api: MessagesApi
) -> None:
    api.default = Reply(f"<<<<<<< SEARCH\n{LINE}\n=======\n{WANTED}\n>>>>>>> REPLACE\n")
    settled.configure({**settings(api, paid="auto"), "lastmile.claude.keyVariable": "SHOP_KEY"})
    folder = settled.project("instructed", {"shop.py": SHOP})
    instructed = SHOP.replace(LINE, WANTED)
    thin = instructed.replace(HEADER, f'{HEADER}    """Add up."""\n')

    def worse() -> None:
        api.default = Reply(f"```python\n{thin[thin.index('def') :]}```\n")

    seen = vscode.go(
        "instruct",
        cues={"worse": worse, "looking": (folder / "shop.py").read_text},
        folder=str(folder),
        file="shop.py",
        at=[5, 5],
        words="Do not multiply",
        becomes=WANTED.strip(),
        title=ADD,
        unverified="Add up.",
    )
    assert (seen["first"], seen["locked"]) == ("shop.py is read-only.",) * 2
    assert "Do not multiply" in api.requests[0].raw.decode()
    assert {request.key for request in api.requests} == {settled.env["SHOP_KEY"]}
    assert "sonnet" in seen["bill"]
    assert "Tried sonnet (refused by property)" in seen["refused"]
    assert seen["buttons"] == ["Show why", "Apply the best draft, unverified"]
    assert seen["look"].startswith(f"Unverified: {ADD}: refused by property; drafted by sonnet")
    assert seen["before"] == instructed
    assert ADD.replace("`", "") in seen["why"]
    assert (folder / "shop.py").read_text() == thin
