"""A person's editors, where they are; otherwise their tests are left out, and the header says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.messages_api import MessagesApi
from tests.support.neovim import ROOT, Neovim, lua_block
from tests.support.programs import EMACS, HELIX, KATE, LSP_MODE, NEOVIM, STYLUA, WORKBENCH
from tests.support.vscode import QUIET, Driver, Person, package


@pytest.hookimpl(trylast=True)  # what a command line leaves out needs no program
def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the tests of an editor that is not here."""
    for program in (NEOVIM, EMACS, LSP_MODE, HELIX, KATE, STYLUA, WORKBENCH):
        if collection_path.match(program.tests):
            return program.is_missing() or None
    return None


RUFF = """\
[tool.ruff.lint]
select = ["F", "E7"]
"""


@pytest.fixture
def neovim(tmp_path: Path, home_env: dict[str, str]) -> Neovim:
    """Give a Neovim with the README's lines and nothing else, in a project with a name as people have them."""
    project, desk = tmp_path / "Läden & more", tmp_path / "desk"
    project.mkdir()
    desk.mkdir()
    (project / "pyproject.toml").write_text(RUFF, encoding="utf-8")
    made = Neovim(tmp_path / "home", project, desk, home_env)
    made.configure(lua_block(ROOT / "README.md", "Neovim, in five lines"))
    return made


@pytest.fixture
def plugged(neovim: Neovim) -> Neovim:
    """Give a Neovim with our plugin, as editors/README.md says."""
    block = lua_block(ROOT / "editors" / "README.md", "Neovim")
    neovim.configure(block.replace("/path/to/lastmile", str(ROOT)))
    return neovim


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi() as served:
        yield served


@pytest.fixture
def key(api: MessagesApi) -> dict[str, str]:
    """Give the environment of someone with a key, who is asked before money is spent."""
    return {"ANTHROPIC_API_KEY": "sk-ant-a-key", "LASTMILE_CLAUDE__BASE_URL": api.url}


@pytest.fixture(scope="session")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the extension as people install it."""
    return package(tmp_path_factory.mktemp("vsix"))


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, vsix: Path) -> Person:
    """Give someone who has the extension, and is asked nothing by the editor itself."""
    person = Person.new(tmp_path_factory.mktemp("vscode"), WORKBENCH.name)
    person.configure(QUIET)
    person.install(vsix)
    return person


@pytest.fixture(scope="session")
def vscode(settled: Person) -> Iterator[Driver]:
    """Give that person's workbench."""
    with settled.at_work() as driver:
        yield driver
