"""A folder, a home and a stand-in for the provider, for one module; and an editor that its tests share.

A shared editor is cleaned between tests. What a server remembers on purpose, such as a refused key
or consent for today, needs a server of its own: `editing` starts one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.e2e import Editor, editing
from tests.support.e2e_world import World, make_world
from tests.support.messages_api import MessagesApi


@pytest.fixture(autouse=True, scope="session")
def ready(warm: None) -> None:
    """Have the server loaded before it is started."""


@pytest.fixture(scope="module")
def shared_api() -> Iterator[MessagesApi]:
    """Give the stand-in that a module's servers reach."""
    with MessagesApi() as api:
        yield api


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory, shared_api: MessagesApi) -> World:
    """Give the world of a module's shared editor."""
    return make_world(tmp_path_factory.mktemp("shared"), shared_api)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_editor(shared_world: World) -> AsyncIterator[Editor]:
    """Give the editor that a module's tests share: Visual Studio Code, with a key."""
    async with editing(shared_world.with_key, shared_world.folder) as editor:
        yield editor


@pytest.fixture
def api(shared_api: MessagesApi) -> MessagesApi:
    """Give the stand-in without script and history."""
    shared_api.reset()
    return shared_api


@pytest.fixture
def world(tmp_path: Path, api: MessagesApi) -> World:
    """Give a world of the test's own."""
    return make_world(tmp_path, api)


@pytest.fixture
def editor(shared_editor: Editor, api: MessagesApi) -> Editor:  # noqa: ARG001 - cleaned along with it
    """Give the shared editor with nothing open and nothing said."""
    shared_editor.forget()
    return shared_editor
