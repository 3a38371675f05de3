"""The menu, as clients of different skill see it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.editor import PLAIN, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Script, Stage
from tests.support.stall import no_stall
from tests.support.wire import Json, RefusedError

from lastmile.text.edits import Span

TEXT = """\
import os


def parse(line: str) -> list[str]:
    unused = 1
    if line == None:
        return []
    return [undefined_name]
"""


def titles(menu: list[Json]) -> list[str]:
    return [action["title"] for action in menu]


def check(menu: list[Json], *expected: str) -> None:
    assert titles(menu) == list(expected)


async def menu_of(editor: Editor, at: str, **context: Json) -> list[Json]:
    return await editor.menu(editor.uri("x.py"), at, **context)


ONE_TRY = {"tiers": {"sonnet": {"retries": 0}}}
SHORT = "def parse(line=undefined_name):\n    return line\n"
ONE = "Fix all that can be fixed free, of 1 finding (free)"
FIX_ALL = "Fix all that can be fixed free, of 4 findings (free)"
IMPORT = "Fix F401: `os` imported but unused (free)"
NAME = "Fix F821: Undefined name `undefined_name`"
NULL = "Fix E711: Comparison to `None` should be `cond is None`"
DOCSTRING = "Add a docstring to `parse`"
ANNOTATE = "Annotate `parse`"
MEND = "Fix `parse`, if one of its tests fails (free)"
WRITE = "Write tests for `parse`"
EXTRACT = "Extract `parse(line=undefined_name)` into a variable (free)"


async def test_entries_say_what_they_do_and_what_they_may_cost(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        editor.open("x.py", TEXT)
        check(await menu_of(editor, "os"), IMPORT, FIX_ALL)
        check(await menu_of(editor, "undefined_name"), f"{NAME} (free)", FIX_ALL)
        menu = await menu_of(editor, "parse")
        check(menu, DOCSTRING, FIX_ALL, MEND, WRITE)
        assert "sonnet" in menu[0]["disabled"]["reason"]
        assert "data" not in menu[0]


async def test_the_worst_case_of_the_first_paid_tier_is_in_the_title(stage: Stage, folder: Path) -> None:
    stage.tiers["sonnet"].scripts = ["not asked"]
    stage.tiers["opus"].scripts = ["not asked"]
    async with editing(stage, folder, settings=ONE_TRY) as editor:
        editor.open("x.py", TEXT)
        found = titles(await menu_of(editor, "undefined_name", only=["quickfix"]))
        assert found == [f"{NAME} (free first, then up to $0.018)"]
        assert stage.tiers["sonnet"].history == []


async def test_entries_that_would_be_called_the_same_say_where_they_are(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        editor.open("x.py", TEXT.replace("line == None", "line == None or None == unused"))
        shown = await menu_of(editor, "line == None or None == unused", only=["quickfix"])
        places = [NULL.replace(":", f" at column {column}:", 1) for column in (16, 24)]
        check(shown, *(f"{title} (free)" for title in places))
        assert [action["data"]["title"] for action in shown] == places  # for the progress, until there is a task
        check(await menu_of(editor, "None == unused", only=["quickfix"]), f"{NULL} (free)")  # the other is not there


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["quickfix"], [f"{NAME} (free)"]),
        (["refactor"], [ANNOTATE, DOCSTRING, EXTRACT, MEND, WRITE]),
        (["refactor.extract"], [EXTRACT]),
        (["refactor.rewrite.lastmile.docstring"], [DOCSTRING]),
        (["source.fixAll"], [ONE]),
        (["source.fixAll.lastmile"], [ONE]),
        (["source.fixAll.last"], []),
        (["refactor.rewrite.lastmile.docstring.more"], []),
        (["source", "quickfix"], [ONE, f"{NAME} (free)"]),
        ([""], [ANNOTATE, DOCSTRING, EXTRACT, f"{NAME} (free)", ONE, MEND, WRITE]),
        (["nothing.of.ours"], []),
    ],
)
async def test_only_the_kinds_asked_for_are_given(
    stage: Stage, folder: Path, only: list[str], expected: list[str]
) -> None:
    async with editing(stage, folder) as editor:
        editor.open("x.py", SHORT)
        assert sorted(titles(await menu_of(editor, "parse(line=undefined_name)", only=only))) == sorted(expected)


async def test_an_entry_has_all_that_a_client_can_take(stage: Stage, folder: Path) -> None:
    stage.tiers["local"].scripts = ["not asked"]
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        (rule,) = await menu_of(editor, "os", only=["quickfix"])
        (model,) = await menu_of(editor, "undefined_name", only=["quickfix"])
        assert (rule["kind"], rule["isPreferred"], rule["diagnostics"][0]["code"]) == ("quickfix", True, "F401")
        assert rule.keys() & {"tags", "command", "disabled", "edit"} == set()
        assert (model.get("isPreferred"), model["tags"]) == (None, [1])
        assert model["data"]["uri"] == uri


async def test_a_client_that_cannot_resolve_gets_commands(stage: Stage, folder: Path) -> None:
    literal: Json = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}
    async with editing(stage, folder, client=literal) as editor:
        editor.open("x.py", TEXT)
        (action,) = await menu_of(editor, "os", only=["quickfix"])
        assert action["command"]["command"] == "lastmile.apply"
        assert "data" not in action
        assert action["kind"] == "quickfix"


async def test_a_client_that_knows_no_actions_gets_bare_commands(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=PLAIN) as editor:
        editor.open("x.py", TEXT)
        (action,) = await menu_of(editor, "os", only=["quickfix"])
        assert action["command"] == "lastmile.apply"
        assert len(action["arguments"]) == 1


async def test_other_servers_diagnostics_are_offered_and_ruffs_are_not_doubled(stage: Stage, folder: Path) -> None:
    place = {"start": {"line": 3, "character": 4}, "end": {"line": 3, "character": 9}}
    problem = {"range": place, "message": "is not typed", "source": "Pyright", "code": 7, "severity": 1}
    twin = {**problem, "source": "Ruff", "code": "F401"}
    anonymous = {"range": place, "message": "hm"}
    async with editing(stage, folder) as editor:
        editor.open("x.py", TEXT)
        found = await menu_of(editor, "parse", only=["quickfix"], diagnostics=[problem, twin, anonymous])
        check(found, "Fix 7: is not typed", "Fix another tool: hm")
        assert all("local: not scripted" in action["disabled"]["reason"] for action in found)


# What no rule can clear stands at the cursor, and on the same line what one can.
HOPELESS = "D100: Missing docstring in public module"


@pytest.mark.parametrize(
    ("scripts", "expected"),
    [
        pytest.param({}, [IMPORT, f"Fix {HOPELESS}"], id="rules alone"),
        pytest.param({"local": ["no"]}, [f"Fix {HOPELESS} (free)", IMPORT], id="a model of one's own"),
        pytest.param({"sonnet": ["no"]}, [f"Fix {HOPELESS} (up to $0.036)", IMPORT], id="a paid tier"),
    ],
)
async def test_what_no_tier_can_do_is_greyed_out_and_stands_last(
    stage: Stage, folder: Path, scripts: dict[str, list[Script | str]], expected: list[str]
) -> None:
    (folder / "ruff.toml").write_text('[lint]\nselect = ["D100", "F401"]\n')
    for name, script in scripts.items():
        stage.tiers[name].scripts = script
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "import os\n")
        found = await editor.menu(uri, Span(0, 0), only=["quickfix"])
        check(found, *expected)
        reasons = [action["disabled"]["reason"] for action in found if "disabled" in action]
        assert len(reasons) == (not scripts)
        assert all("rules: nothing is known that clears D100 by rule; local: not scripted" in why for why in reasons)


async def test_a_client_that_shows_nothing_greyed_out_does_not_get_it(stage: Stage, folder: Path) -> None:
    (folder / "ruff.toml").write_text('[lint]\nselect = ["D100", "F401"]\n')
    plain: Json = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}
    async with editing(stage, folder, client=plain) as editor:
        check(await editor.menu(editor.open("x.py", "import os\n"), Span(0, 0), only=["quickfix"]), IMPORT)


async def test_what_the_client_names_is_offered_wherever_the_cursor_stands(stage: Stage, folder: Path) -> None:
    """Neovim names all findings of the cursor's line."""
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        (ours,) = [item for item in await editor.diagnostics(uri) if item["code"] == "F401"]
        check(await menu_of(editor, "import", only=["quickfix"]))
        check(await menu_of(editor, "import", only=["quickfix"], diagnostics=[ours, ours]), IMPORT)
        check(await menu_of(editor, "import", only=["refactor"], diagnostics=[ours]))
        check(await menu_of(editor, "os", only=["quickfix"], diagnostics=[ours]), IMPORT)


# One line with two findings, another with one; the place of a cursor, or what is selected; the fixes offered there.
LINES = "import os\n\nx = 1 if sys == None else 2; y = None\n"
NAMELESS = "Fix F821: Undefined name `sys` (free)"
SAME = f"{NULL} (free)"
PLACES = {
    "before both": (("x", ""), [NAMELESS, SAME]),
    "touching the first": (("sys", ""), [NAMELESS, SAME]),
    "touching the second": (("None", ""), [SAME, NAMELESS]),
    "behind both": (("; y", ""), [NAMELESS, SAME]),
    "the end of the line": (("\n", ""), [IMPORT]),
    "the line above": (("\nx", ""), []),
    "another line": (("import", ""), [IMPORT]),
    "a selection beside them": ((" if", " if"), []),
    "a selection of one": (("None", "None"), [SAME]),
}


@pytest.mark.parametrize("case", PLACES)
async def test_a_cursor_is_offered_the_fixes_of_its_line(stage: Stage, folder: Path, case: str) -> None:
    (at, selected), expected = PLACES[case]
    start = LINES.index(at)
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", LINES)
        check(await editor.menu(uri, Span(start, start + len(selected)), only=["quickfix"]), *expected)


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("a.toml", "toml", "x = 1\n"),
        ("a.md", "markdown", "# import os\n"),
        ("empty.py", "python", ""),
        ("clean.py", "python", "x = 1\n"),
    ],
)
async def test_where_nothing_can_be_done_the_menu_is_empty(
    stage: Stage, folder: Path, name: str, language: str, text: str
) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open(name, text, language=language)
        assert await editor.menu(uri, text[:1]) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("\ufeffimport os\n", "os"),
        ("import os", "os"),
        ("x = 1\r\nimport os\r\n", "os"),
        ("'\x0c\u2028😀'\nimport os\n", "os"),
        ("if True:\n\timport os\n", "os"),
    ],
)
async def test_files_are_taken_as_they_come(stage: Stage, folder: Path, text: str, at: str) -> None:
    async with editing(stage, folder) as editor:
        for uri in (editor.uri("a b/ü.py"), "untitled:Untitled-1"):
            editor.open("", text, uri=uri)
            (action, *_) = await editor.menu(uri, at, only=["quickfix"])
            resolved = await editor.resolve(action)
            assert editor.take(resolved["edit"])
            assert "import os" not in editor.texts[uri]


async def test_the_menu_waits_for_the_newest_text_and_answers_for_it(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "x = 1\n")
        assert await editor.menu(uri, "x", only=["quickfix"]) == []
        editor.type(uri, 0, "import os\n")
        check(await editor.menu(uri, "os", only=["quickfix"]), IMPORT)


async def test_a_menu_of_a_text_that_changes_at_once_is_refused_as_outdated(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("textDocument/codeAction", editor.menu_params(uri, "os"))
        editor.type(uri, 0, "#\n")
        with pytest.raises(RefusedError) as caught:
            await asyncio.wait_for(asked, PATIENCE)
        assert caught.value.code == -32801


async def test_a_menu_asked_for_while_settings_come_is_answered(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        asked = editor.wire.ask("textDocument/codeAction", editor.menu_params(uri, "os", only=["quickfix"]))
        editor.wire.notify("workspace/didChangeWatchedFiles", {"changes": []})
        check(await asyncio.wait_for(asked, PATIENCE), IMPORT)


@pytest.mark.parametrize(
    ("uri", "code", "message"),
    [
        ("not a uri", -32602, "Not a document's URI"),
        ("file:///etc/passwd", -32602, "outside of the workspace"),
        ("INSIDE", -32803, "not open"),
        ("untitled:gone", -32803, "not open"),
    ],
)
async def test_documents_that_are_not_open_are_refused(
    stage: Stage, folder: Path, uri: str, code: int, message: str
) -> None:
    async with editing(stage, folder) as editor:
        params = {**editor.menu_params(editor.open("x.py", TEXT), "os")}
        params["textDocument"] = {"uri": uri.replace("INSIDE", editor.uri("closed.py"))}
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.wire.request("textDocument/codeAction", params)
        assert (caught.value.code, caught.value.data) == (code, None)


async def test_a_range_outside_of_the_document_is_refused(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        params = editor.menu_params(editor.open("x.py", "import os\n"), "os")
        params["range"] = {"start": {"line": 50, "character": 0}, "end": {"line": 51, "character": 0}}
        with pytest.raises(RefusedError, match="outside the document") as caught:
            await editor.wire.request("textDocument/codeAction", params)
        assert caught.value.code == -32602


async def test_a_menu_of_everything_is_no_longer_than_a_person_reads(stage: Stage, folder: Path) -> None:
    text = "".join(f"import module_{number}\n" for number in range(200))
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", text)
        await editor.diagnostics(uri)
        assert len(await editor.menu(uri, text)) == 60


@pytest.mark.slow
async def test_the_loop_does_not_stand_still_over_a_long_file(stage: Stage, folder: Path) -> None:
    function = "def f_{0}(a, b):\n    unused = a\n    return undefined_{0}\n\n\n"
    text = "".join(function.format(number) for number in range(1100))
    async with editing(stage, folder) as editor:
        await editor.diagnostics(editor.open("warm.py", TEXT))
        async with no_stall():
            uri = editor.open("x.py", text)
            await editor.diagnostics(uri)
            assert await editor.menu(uri, "undefined_700")
            editor.type(uri, 0, "# typed\n")
            assert await editor.menu(uri, "undefined_900")


@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [
        ("Neovim", "import os\rx = 1\n", "so no edit would land where it should"),
        ("Neovim", "import os\r\nx = 1\r\n", ""),
        ("Test", "import os\rx = 1\n", ""),
    ],
)
async def test_lines_that_the_client_counts_otherwise_are_left_alone(
    stage: Stage, folder: Path, name: str, text: str, refused: str
) -> None:
    async with editing(stage, folder, name=name) as editor:
        uri = editor.open("x.py", text)
        if refused:
            with pytest.raises(RefusedError, match=refused):
                await editor.menu(uri, "os")
        else:
            assert IMPORT in titles(await editor.menu(uri, "os"))
