"""The whole way with a model of our own: the editor, the server, the host that it starts, and the books."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from attrs import evolve
from lsprotocol import types
from tests.support.chain_gguf import word, words
from tests.support.e2e import Editor, editing
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World
from tests.support.hosting import Runtime

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

TEXT = f"# {word(20)}\nprint(1)\n"
STUB = "def area(width: int, height: int) -> int:\n    return width * height\n"


@pytest.fixture
def home_env(world: World) -> dict[str, str]:
    return world.env


@pytest.fixture
def with_model(world: World, hosts: Runtime, chain: Path) -> World:
    settings = f'[model]\npath = "{chain}"\nthreads = 1\nlinger = 0.5\n[completion]\nmax_tokens = 8\n'
    Path(world.env["LASTMILE_CONFIG"]).write_text(settings, encoding="utf-8")
    return evolve(world, env=hosts.env)


async def inline(editor: Editor, doc: Doc) -> list[types.InlineCompletionItem]:
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    position = types.Position(0, len(TEXT.partition("\n")[0]))
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(doc.uri), position)
    answer = await editor.client.text_document_inline_completion_async(params)
    assert isinstance(answer, types.InlineCompletionList)
    return list(answer.items)


async def test_a_completion_comes_from_the_host(with_model: World, hosts: Runtime) -> None:
    async with editing(with_model.env, with_model.folder, settings={}) as one:
        (item,) = await inline(one, one.open("area.py", TEXT))
        assert isinstance(item.insert_text, str)
        assert item.insert_text.strip() == words(21, 8).strip()
        async with editing(with_model.env, with_model.folder, settings={}) as two:
            assert [each.insert_text for each in await inline(two, two.open("area.py", TEXT))] == [item.insert_text]
        assert len(hosts.pids()) == 1
    assert {source for (source,) in with_model.rows("SELECT source FROM completions")} == {"asked"}


async def test_a_draft_comes_from_the_host_and_is_judged(with_model: World, hosts: Runtime) -> None:
    settings = {"ladder": ["local"], "paid": "never"}
    async with editing(with_model.env, with_model.folder, settings=settings) as editor:
        doc = editor.open("area.py", STUB)
        entry = await editor.entry(doc, "def area", "Add a docstring")
        await editor.resolve(entry)
        await editor.surfaced()
    assert len(hosts.pids()) == 1
    attempts = with_model.attempts()
    assert attempts
    assert {(tier, passed) for tier, _, passed, _, _ in attempts} == {("local", 0)}


@pytest.mark.parametrize("switch", [{"completion": {"enabled": False}}, {"model": {"path": ""}}], ids=["off", "none"])
async def test_off_means_that_no_host_is_started(with_model: World, hosts: Runtime, switch: dict[str, object]) -> None:
    async with editing(with_model.env, with_model.folder, settings=switch) as editor:
        assert await inline(editor, editor.open("area.py", TEXT)) == []
    assert await asyncio.to_thread(lambda: list(hosts.folder.iterdir())) == []
