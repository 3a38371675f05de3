"""What the menu shows to editors of different skill."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import EMACS, HELIX, KATE, LSP_MODE, NEOVIM, PLAIN, PUSHED, VSCODE, Kind
from tests.support.e2e_world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = """\
import os


def area(width):
    return width * hight


def broken(items=[]):
    return items == None
"""
PRICE = r"\$0\.\d+"
FOREIGN = types.Diagnostic(
    types.Range(types.Position(3, 4), types.Position(3, 8)),
    "Function is missing a type annotation",
    source="mypy",
    code="no-untyped-def",
)


def shape(item: types.CodeAction | types.Command) -> tuple[str, str]:
    kind = item.kind if isinstance(item, types.CodeAction) else "command"
    return re.sub(PRICE, "$?", item.title), str(getattr(kind, "value", kind))


UNUSED = ("Fix F401: `os` imported but unused (free)", "quickfix")
UNDEFINED = ("Fix F821: Undefined name `hight` (free first, then up to $?)", "quickfix")
MUTABLE = ("Fix B006: Do not use mutable data structures for argument defaults (free first, then up to $?)", "quickfix")
NONE = ("Fix E711: Comparison to `None` should be `cond is None` (free first, then up to $?)", "quickfix")
MYPY = ("Fix no-untyped-def: Function is missing a type annotation (up to $?)", "quickfix")
AREA = ("Add a docstring to `area` (up to $?)", "refactor.rewrite.lastmile.docstring")
BROKEN = ("Add a docstring to `broken` (up to $?)", "refactor.rewrite.lastmile.docstring")
TYPES = ("Annotate `area` (up to $?)", "refactor.rewrite.lastmile.annotate")
BROKEN_TYPES = ("Annotate `broken` (up to $?)", "refactor.rewrite.lastmile.annotate")
MEND = ("Fix `area`, if one of its tests fails (free first, then up to $?)", "refactor.rewrite.lastmile.fix-test")
WRITE = ("Write tests for `area` (up to $?)", "refactor.rewrite.lastmile.write-tests")
BROKEN_MEND, BROKEN_WRITE = ((title.replace("area", "broken"), kind) for title, kind in (MEND, WRITE))
ALL = ("Fix all that can be fixed free, of 4 findings (free)", "source.fixAll.lastmile")


@pytest.mark.parametrize(
    ("at", "more", "expected"),
    [
        ("os", {}, [UNUSED, ALL]),
        ("hight", {}, [UNDEFINED, ALL]),
        ("area", {}, [AREA, TYPES, MEND, WRITE, ALL]),
        ("broken(items=[]", {}, [MUTABLE, ALL, BROKEN, BROKEN_TYPES, BROKEN_MEND, BROKEN_WRITE]),
        ("area", {"diagnostics": [FOREIGN]}, [MYPY, AREA, TYPES, MEND, WRITE, ALL]),
        ("os", {"only": ["quickfix"]}, [UNUSED]),
        ("broken(items=[]", {"only": ["refactor"]}, [BROKEN, BROKEN_TYPES, BROKEN_MEND, BROKEN_WRITE]),
        ("broken(items=[]", {"only": ["refactor.rewrite.lastmile.docstring"]}, [BROKEN]),
        ("os", {"only": ["source.fixAll"]}, [ALL]),
        ("os", {"only": ["source.fixAll.lastmile"], "trigger": types.CodeActionTriggerKind.Automatic}, [ALL]),
        ("os", {"only": ["source.fixAll.ruff"]}, []),
        ("os", {"only": ["source.organizeImports"]}, []),
        ("os", {"only": ["quick"]}, []),
    ],
)
async def test_the_menu_lists_what_can_be_done_there(
    editor: Editor, at: str, more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    menu = await editor.menu(editor.open("menu.py", TEXT), at, **more)
    assert sorted(map(shape, menu)) == sorted(expected)
    assert editor.client.questions == []


async def test_an_entry_carries_what_visual_studio_code_shows(editor: Editor) -> None:
    doc = editor.open("menu.py", TEXT)
    unused = await editor.entry(doc, "os", "Fix F401")
    undefined = await editor.entry(doc, "hight", "Fix F821")
    docstring = await editor.entry(doc, "area", "Add")
    assert [item.is_preferred for item in (unused, undefined, docstring)] == [True, None, None]
    generated = [types.CodeActionTag.LlmGenerated]
    assert [list(item.tags or ()) for item in (unused, undefined, docstring)] == [[], generated, generated]
    assert [[found.code for found in item.diagnostics or ()] for item in (unused, undefined)] == [["F401"], ["F821"]]
    assert all(item.data and not item.edit and not item.command for item in (unused, undefined, docstring))


async def test_what_cannot_run_says_why_where_that_is_shown(editor: Editor) -> None:
    doc = editor.open("broken.py", "def area(width):\n    return width +\n")
    entries = [item for item in await editor.menu(doc, "area") if isinstance(item, types.CodeAction)]
    reasons = {item.title.partition(" `")[0]: item.disabled.reason for item in entries if item.disabled}
    assert reasons == {
        "Add a docstring to": "`area` has a syntax error",
        "Fix": "The document has a syntax error",
        "Write tests for": "The file has a syntax error",
        "Annotate": "The document has a syntax error",
    }
    assert all(item.data is None for item in entries if item.disabled)
    automatic = await editor.menu(doc, "area", trigger=types.CodeActionTriggerKind.Automatic)
    assert all(isinstance(item, types.CodeAction) and item.disabled is None for item in automatic)


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("notes.md", "markdown", "# A heading\n\nimport os\n"),
        ("main.c", "c", "int main(void) { return 0; }\n"),
        ("untitled:Untitled-1", "plaintext", "def f(): pass\n"),
        ("empty.py", "python", ""),
        ("clean.py", "python", "VALUE = 1\n"),
    ],
)
async def test_where_there_is_nothing_to_do_the_menu_is_empty(
    editor: Editor, name: str, language: str, text: str
) -> None:
    doc = editor.open(name, text, language=language)
    whole = types.Range(types.Position(0, 0), types.Position(0, 0))
    assert await editor.menu(doc, whole) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "with_key", "preferred", "tags", "carrier"),
    [
        (VSCODE, False, True, False, "data"),
        (VSCODE, True, True, True, "data"),
        (NEOVIM, True, True, False, "data"),
        (PUSHED, True, True, True, "data"),
        (EMACS, True, True, False, "command"),
        (LSP_MODE, True, True, False, "command"),
        (KATE, True, True, False, "command"),
        (HELIX, True, True, False, "command"),
        (PLAIN, True, True, False, "command"),
    ],
    ids=str,
)
async def test_each_client_gets_what_it_can_take(
    world: World,
    kind: Kind,
    with_key: bool,  # noqa: FBT001 - as above
    preferred: bool,  # noqa: FBT001
    tags: bool,  # noqa: FBT001
    carrier: str,
) -> None:
    env = world.with_key if with_key else world.env
    async with editing(env, world.folder, kind=kind) as editor:
        doc = editor.open("menu.py", TEXT)
        unused = await editor.entry(doc, "os", "Fix F401")
        undefined = await editor.entry(doc, "hight", "Fix F821")
        price = f"free first, then up to {PRICE}" if with_key else "free"
        assert re.fullmatch(rf"Fix F821: Undefined name `hight` \({price}\)", undefined.title)
        assert bool(unused.is_preferred) is preferred
        assert bool(undefined.tags) is tags
        assert [name for name in ("data", "command", "edit") if getattr(unused, name)] == [carrier]
