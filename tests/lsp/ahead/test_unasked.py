"""What does not run ahead unless a person asked: a project's type checker, its commands, and files beside it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.support.ahead import drafting, marked, ready, stock, window
from tests.support.stage import Stage

pytestmark = pytest.mark.slow

STAND_IN = Path(__file__).parents[2].joinpath("support/checker_server.py").read_text()


def checked(folder: Path) -> Path:
    """Make a part of a project that has a type checker; gives the file that tells of its runs."""
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    (folder / ".venv/pyvenv.cfg").touch()
    (programs / "python").symlink_to(sys.executable)
    (programs / "ty").write_text(f"#!{sys.executable}\n{STAND_IN}")
    (programs / "ty").chmod(0o755)
    (folder / "typed").mkdir()
    (folder / "typed/ty.toml").write_text("")
    return programs / "ty.log"


async def test_no_type_checker_of_a_project_runs_until_a_person_asks_for_a_task_there(
    stage: Stage, folder: Path
) -> None:
    log = checked(folder)
    async with window(stage, folder) as editor:
        other = editor.open("plain.py", "import re\n")
        uri = editor.open("typed/x.py", "import os\n")  # touched last, so it comes first
        await marked(editor, other, "F401")
        assert not await ready(editor, uri, "os")
        assert not log.exists()
        (entry,) = [item for item in await editor.menu(uri, "os") if item["title"].startswith("Fix F401")]
        assert "edit" in await editor.wire.ask("codeAction/resolve", entry)
        await marked(editor, uri, "F401")
        (action,) = await ready(editor, uri, "os")
        taken = await editor.wire.ask("codeAction/resolve", action)
        assert "ty clean" in str(taken["edit"]["changeAnnotations"])
    assert log.read_text().count("started") == 1


@pytest.mark.parametrize("runs", [False, True], ids=["unless said", "said"])
async def test_no_command_of_a_project_runs_ahead_unless_the_person_said_so(
    stage: Stage, folder: Path, home_env: dict[str, str], *, runs: bool
) -> None:
    (folder / "lastmile.toml").write_text("[[verify.command]]\nrun = 'false {file}'\nfiles = ['judged/*']\n")
    (folder / "judged").mkdir()
    home_env["LASTMILE_AHEAD_COMMANDS"] = str(runs).lower()
    drafting(stage)
    async with window(stage, folder) as editor:
        other = editor.open("plain.py", "import re\n")
        uri = editor.open("judged/x.py", "import os\n")  # touched last, so it comes first
        await marked(editor, other, "F401")
        assert not await ready(editor, uri, "os")
        document = editor.server.document(uri)
        tried = stock(editor).shelf.given_up(document.key)
        assert bool(tried) is runs


@pytest.mark.parametrize("folders", [0, 1])
async def test_no_file_outside_of_the_workspace_folders_is_looked_at(
    stage: Stage, folder: Path, tmp_path: Path, folders: int
) -> None:
    (tmp_path / "beside").mkdir()
    async with window(stage, folder) as editor:
        gone = [{"uri": folder.as_uri(), "name": "it"}][folders:]
        editor.wire.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": gone}})
        unsaved = editor.open("", "import re\n", uri="untitled:new")
        uri = editor.open("", "import os\n", uri=(tmp_path / "beside/x.py").as_uri())
        await marked(editor, unsaved, "F401")
        assert not await ready(editor, uri, "os")
