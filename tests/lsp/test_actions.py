"""The menu, as clients of different skill see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.editor import PLAIN, Editor, editing
from tests.support.stage import Script, Stage
from tests.support.wire import Json

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
