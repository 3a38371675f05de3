"""Settings from the editor, from files and from the environment: which hold where, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import NEOVIM, PLAIN
from tests.support.e2e_world import World, block
from tests.support.messages_wire import Reply

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n"
TITLE = "Fix F821: Undefined name `hight`"
GOOD = Reply(block("    return width * hight", "    return width * width"))


HALF = 'diagnostics = "of'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return path


async def changed_on_disk(editor: Editor, *paths: Path) -> None:
    """Say what an editor's watcher says, and wait until the server took it."""
    count = editor.client.diagnostic_refresh_count
    events = [types.FileEvent(path.as_uri(), types.FileChangeType.Changed) for path in paths]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))
    await editor.client.until(lambda: editor.client.diagnostic_refresh_count > count)


async def test_a_change_in_the_editor_holds_from_then_on(editor: Editor) -> None:
    doc = editor.open("x.py", TEXT)
    assert await editor.codes(doc) == ["F401", "F821"]
    await editor.configure({"diagnostics": "off"})
    assert await editor.codes(doc) == []
    await editor.configure({"tasks": {"fix": {"enabled": False}}})
    assert await editor.codes(doc) == ["F401", "F821"]
    titles = [item.title for item in await editor.menu(doc, "os")]
    assert titles == ["Fix all that can be fixed free, of 2 findings (free)"]
    await editor.configure({})
    assert len(await editor.menu(doc, "os")) == 2


async def test_a_client_that_pushes_its_settings_is_heard(world: World) -> None:
    async with editing(world.env, world.folder, kind=PLAIN) as editor:
        doc = editor.open("x.py", TEXT)
        assert len(await editor.pushed(doc)) == 2
        editor.client.pushed.clear()
        settings = types.DidChangeConfigurationParams({"lastmile": {"diagnostics": "off"}})
        editor.client.workspace_did_change_configuration(settings)
        assert await editor.pushed(doc) == []


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("lastmile.toml", 'diagnostics = "off"\n', []),
        ("pyproject.toml", '[tool.lastmile]\ndiagnostics = "off"\n', []),
        ("pyproject.toml", '[tool.ruff.lint]\nselect = ["F821"]\n', ["F821"]),
        ("ruff.toml", 'lint.select = ["F401"]\n', ["F401"]),
        ("lastmile.toml", HALF, ["F401", "F821"]),
    ],
)
async def test_a_file_that_changes_on_the_disk_holds_from_then_on(
    editor: Editor, name: str, text: str, codes: list[str]
) -> None:
    place = f"{name} of {len(text)}"
    write(editor.folder / place / "src" / "x.py", TEXT)
    doc = editor.open(f"{place}/src/x.py", TEXT)
    assert await editor.codes(doc) == ["F401", "F821"]
    await changed_on_disk(editor, write(editor.folder / place / name, text))
    assert await editor.codes(doc) == codes
    assert len(editor.told) == (text == HALF)


async def test_a_settings_file_that_is_saved_in_an_editor_without_watching_holds_too(world: World) -> None:
    async with editing(world.env, world.folder, kind=NEOVIM) as editor:
        doc = editor.open("x.py", TEXT)
        assert await editor.codes(doc) == ["F401", "F821"]
        settings = editor.open("lastmile.toml", "", language="toml")
        editor.change(settings, "", 'diagnostics = "off"\n')
        write(world.folder / "lastmile.toml", settings.text)
        count = editor.client.diagnostic_refresh_count
        editor.save(settings)
        await editor.client.until(lambda: editor.client.diagnostic_refresh_count > count)
        assert await editor.codes(doc) == []


async def test_the_nearest_file_holds_and_later_sources_win(world: World) -> None:
    write(world.folder / "lastmile.toml", 'diagnostics = "off"\n')
    write(world.folder / "inner" / "lastmile.toml", 'diagnostics = "all"\n')
    async with editing(world.env, world.folder, settings={"diagnostics": "own"}) as editor:
        found = {
            name: await editor.codes(editor.open(name, TEXT)) for name in ("x.py", "inner/x.py", "inner/more/x.py")
        }
        assert found == {"x.py": [], "inner/x.py": ["F401", "F821"], "inner/more/x.py": ["F401", "F821"]}
    async with editing(world.env | {"LASTMILE_DIAGNOSTICS": "all"}, world.folder) as editor:
        assert await editor.codes(editor.open("x.py", TEXT)) == ["F401", "F821"]


async def test_a_project_may_tighten_and_never_loosen(world: World) -> None:
    write(
        world.folder / "lastmile.toml", 'paid = "auto"\nladder = ["rules"]\n\n[claude]\nbase_url = "http://evil.test"\n'
    )
    world.api.default = GOOD
    async with editing(world.with_key, world.folder) as editor:
        editor.client.answers.append("Not now")
        doc = editor.open("x.py", TEXT)
        await editor.choose(doc, "hight", TITLE)
        assert len(editor.offers) == 1
        told = [line for message in editor.told for line in message.splitlines() if "lastmile.toml" in line]
        assert told, editor.told
        assert [next(key for key in ("paid", "ladder", "base_url") if key in line) for line in told] == [
            "paid",
            "ladder",
            "base_url",
        ]
        write(world.folder / "lastmile.toml", 'paid = "never"\n')
        await changed_on_disk(editor, world.folder / "lastmile.toml")
        await editor.choose(doc, "hight", TITLE)
        assert len(editor.offers) == 1
    assert world.api.requests == []


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"paidd": "never"}, ["paidd"]),
        ({"paid": "sometimes"}, ["paid"]),
        ({"budget": {"day": "much"}, "diagnostics": 7}, ["budget.day", "diagnostics"]),
        ({"budget": []}, ["budget"]),
        ({"tiers": {"sonnet": {"samples": 99}}}, ["tiers.sonnet.samples"]),
        ("nonsense", [""]),
        ([1], [""]),
    ],
    ids=str,
)
async def test_what_is_wrong_is_said_once_and_the_default_holds(
    editor: Editor, settings: object, named: list[str]
) -> None:
    await editor.configure(settings)
    await check_wrong(editor, named)


async def test_what_is_wrong_at_the_start_is_said_once_and_the_default_holds(world: World) -> None:
    options = {"paid": 1, "diagnostic": "off", "privacy": {"never_send": "*.py"}}
    async with editing(world.env, world.folder, options=options, kind=NEOVIM) as editor:
        await check_wrong(editor, ["paid", "diagnostic", "privacy.never_send"])


async def check_wrong(editor: Editor, named: list[str]) -> None:
    for name in ("x.py", "y.py"):
        assert await editor.codes(editor.open(name, TEXT)) == ["F401", "F821"]
    await editor.choose(doc := editor.open("z.py", TEXT), "os", "Fix F401")
    assert doc.text == TEXT.removeprefix("import os\n")
    (told,) = editor.told
    lines = told.splitlines()[1:] if len(named) > 1 else told.splitlines()
    assert len(lines) == len(named)
    assert all(any(key in line for line in lines) for key in named)


async def test_each_folder_has_its_own_settings(world: World, tmp_path: Path) -> None:
    strict, quiet, late = (tmp_path / name for name in ("strict", "quiet", "late"))
    for folder, rules in ((strict, "F401"), (quiet, "F"), (late, "F821")):
        write(folder / "pyproject.toml", f'[tool.ruff.lint]\nselect = ["{rules}"]\n')
    async with editing(world.env, strict, quiet, settings={}) as editor:
        editor.client.set_configuration({"lastmile": {"diagnostics": "off"}}, scope_uri=quiet.as_uri())
        await editor.configure({})
        found = [await editor.codes(editor.open((folder / "x.py").as_uri(), TEXT)) for folder in (strict, quiet)]
        assert found == [["F401"], []]
        event = types.WorkspaceFoldersChangeEvent(
            [types.WorkspaceFolder(late.as_uri(), "late")], [types.WorkspaceFolder(quiet.as_uri(), "quiet")]
        )
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        found = [await editor.codes(editor.open((folder / "y.py").as_uri(), TEXT)) for folder in (late, quiet)]
        assert found == [["F821"], ["F401", "F821"]]


async def test_a_server_without_a_folder_serves_single_files(world: World) -> None:
    async with editing(world.env) as editor:
        doc = editor.open((world.folder / "x.py").as_uri(), TEXT)
        assert await editor.codes(doc) == ["F401", "F821"]
        unsaved = editor.open("untitled:Untitled-1", "A = f'x'\n")
        await editor.choose(unsaved, "f'x'", "Fix F541")
        assert unsaved.text == "A = 'x'\n"


async def test_the_server_asks_to_hear_of_changes_where_the_client_can_tell(editor: Editor, world: World) -> None:
    methods = {item.method for item in await editor.client.until(lambda: editor.client.registrations)}
    assert methods == {types.WORKSPACE_DID_CHANGE_CONFIGURATION, types.WORKSPACE_DID_CHANGE_WATCHED_FILES}
    async with editing(world.env, world.folder, kind=NEOVIM) as other:
        await other.codes(other.open("x.py", TEXT))
        assert other.client.registrations == []
