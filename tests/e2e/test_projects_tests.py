"""The project's tests as a person meets them: a repair where a test fails, and a message where none can run.

Whatever a project's tests do, the server goes on. Everything here is real: the kernel that forbids
namespaces is told to, and the full disk is one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

import pytest
from attrs import field, frozen
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.support.e2e import COMMAND, SERVE, Editor, editing, edits_of
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World
from tests.support.fixing import fill
from tests.support.programs import BUBBLEWRAP

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
]

CART = "def total(items):\n    return sum(items)\n"
TEST = "from cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
GOOD = {"cart.py": CART, "tests/test_cart.py": TEST, "conftest.py": ""}


@frozen
class Bad:
    """A project, or a machine, on which tests go wrong, and what the person is told."""

    told: str
    files: dict[str, str] = field(factory=dict)
    env: dict[str, str] = field(factory=dict)
    command: Sequence[str] = COMMAND
    shown: str = ""
    """What the progress says while it is waited for."""


def in_namespaces(first: str) -> tuple[str, ...]:
    """Start the server in namespaces of its own, in which something is done first."""
    own = ("unshare", "--user", "--map-root-user", "--mount")
    return (*own, "sh", "-c", f'{first} && exec "$@"', "sh", *SERVE)


NO_NAMESPACES = in_namespaces("echo 0 > /proc/sys/user/max_user_namespaces")
SMALL_DISK = in_namespaces('mount -t tmpfs -o size=64k none "$TMPDIR"')
ENDLESS = {"LASTMILE_VERIFY__TESTS__SECONDS": "3"}
FLOOD = "import os\nwhile True: os.write(2, b'x' * 10 ** 6)\n"
BAD = {
    "tests that never end": Bad(
        "did not end within 3 s (in tests/test_cart.py::test_total); the setting `verify.tests.seconds` is the limit",
        {"tests/test_cart.py": f"{TEST}    while True: pass\n"},
        ENDLESS,
        shown="running tests/test_cart.py::test_total, [23] s of 3",
    ),
    "collection that takes minutes": Bad(
        "did not end within 3 s",
        {"tests/test_cart.py": f"import time; time.sleep(300)\n{TEST}"},
        ENDLESS,
        shown="running tests, [23] s of 3",
    ),
    "a conftest that raises": Bad("ValueError: no luck", {"conftest.py": "raise ValueError('no luck')\n"}),
    "circular imports": Bad(
        "(most likely due to a circular import)",
        {"cart.py": f"import a\n{CART}", "a.py": "from b import y\nx = 1\n", "b.py": "from a import x\ny = 1\n"},
    ),
    "output without end": Bad("the tests printed more than they may", {"tests/test_cart.py": FLOOD + TEST}),
    "a broken interpreter": Bad(
        "The Python environment of the setting, /nowhere/python, does not exist.",
        env={"LASTMILE_VERIFY__TESTS__ENVIRONMENT": "/nowhere/python"},
    ),
    "a kernel that forbids namespaces": Bad("the kernel does not let users make namespaces", command=NO_NAMESPACES),
    "a full disk": Bad("No space left on device", command=SMALL_DISK),
}


def environment(world: World, **more: str) -> dict[str, str]:
    """Let the Python that runs these tests be the project's own, so that it has pytest."""
    place = world.folder.parent / "tmp"
    place.mkdir(exist_ok=True)
    patience = {"LASTMILE_VERIFY__TESTS__SECONDS": "60"}
    return {**world.env, "VIRTUAL_ENV": sys.prefix, "TMPDIR": str(place), **patience, **more}


async def chosen(editor: Editor, doc: Doc, at: str, start: str) -> tuple[types.CodeAction | None, str]:
    """Choose an entry; gives the resolved action, and what the person is told where there is no edit."""
    editor.client.messages.clear()
    entry = await editor.entry(doc, at, start)
    try:
        _, answer = editor.resolving(entry)
        action = await answer
    except JsonRpcException as error:
        return None, error.message
    return action, "\n".join(editor.told)


def words(editor: Editor) -> list[str | None]:
    """Give what the progress said."""
    reports = [value for values in editor.client.progress_reports.values() for value in values]
    return [value.message for value in reports if isinstance(value, types.WorkDoneProgressReport)]


async def check_alive(editor: Editor) -> None:
    """See that the server still does its work."""
    doc = editor.open("alive.py", "A = f'x'\n")
    await editor.choose(doc, "f'x'", "Fix F541")
    assert doc.text == "A = 'x'\n"


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_where_tests_cannot_run_the_person_is_told_and_the_editor_goes_on(world: World, bad: Bad) -> None:
    if bad.command is not COMMAND and not _may_unshare():
        pytest.skip("no namespaces can be made here")
    fill(world.folder, {**GOOD, **bad.files}, rules="F")
    async with editing(environment(world, **bad.env), world.folder, command=bad.command) as editor:
        # What is not saved is laid over the file in the sandbox, and is more than a small disk holds.
        doc = editor.open("cart.py", f"{(world.folder / 'cart.py').read_text()}#{'x' * 100_000}\n")
        action, told = await chosen(editor, doc, "total", "Fix `total`")
        assert action is None or action.edit is None
        assert bad.told in told, told
        assert not bad.shown or any(re.fullmatch(bad.shown, word or "") for word in words(editor))
        await check_alive(editor)


def _may_unshare() -> bool:
    call = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", tempfile.gettempdir()]
    return shutil.which("unshare") is not None and subprocess.run(call, check=False).returncode == 0


async def test_a_test_that_deletes_its_own_file_deletes_nothing(world: World) -> None:
    deleting = f"{TEST}\n\ndef test_gone():\n    import os\n    os.remove(__file__)\n"
    fill(world.folder, {**GOOD, "tests/test_cart.py": deleting}, rules="F")
    async with editing(environment(world), world.folder) as editor:
        doc = editor.open("tests/test_cart.py", deleting)
        _, gone = await chosen(editor, doc, "os.remove", "Fix the code, if the test `test_gone` fails")
        assert gone == "`test_gone` passes: there is nothing to fix."  # what it deletes is gone for its run alone
        assert [item.title for item in await editor.menu(doc, "os.remove") if item.title.startswith("Fix the")] == []
        assert (world.folder / "tests/test_cart.py").read_text() == deleting
        await check_alive(editor)


async def test_twenty_thousand_tests(world: World) -> None:
    many = "".join(f"def test_{number}():\n    assert common() == 1\n\n\n" for number in range(200))
    files = {f"tests/test_{number}.py": f"from other import common\n\n\n{many}" for number in range(100)}
    fill(world.folder, {**GOOD, **files, "other.py": "def common():\n    return 1\n"}, rules="F")
    async with editing(environment(world, LASTMILE_VERIFY__TESTS__SECONDS="10"), world.folder) as editor:
        cart = editor.open("cart.py", CART)
        _, few = await chosen(editor, cart, "total", "Fix `total`")
        assert few == "Its test passes: there is nothing to fix in `total`."
        other = editor.open("other.py", "def common():\n    return 1\n")
        _, all_ = await chosen(editor, other, "common", "Fix `common`")
        assert re.search(r"did not end within 10 s|tests pass: there is nothing to fix in `common`", all_), all_
        await check_alive(editor)


async def test_a_failing_test_leads_to_the_function_of_another_file(world: World) -> None:
    last = "def last(items):\n    return items[0]\n\n\ndef first(items):\n    return items[0]\n"
    tests = "from ends import first, last\n\n\ndef test_last():\n    assert [last([1, 2]), last([3])] == [2, 3]\n\n\n"
    tests += "def test_first():\n    assert first([1, 2]) == 1\n"
    fill(world.folder, {"ends.py": last, "tests/test_ends.py": "", "conftest.py": ""}, rules="F")
    async with editing(environment(world), world.folder) as editor:
        unsaved, code = editor.open("tests/test_ends.py", tests), editor.open("ends.py", last)
        _, told = await chosen(editor, unsaved, "[1, 2]) == 1", "Fix the code, if the test `test_first` fails")
        assert told == "`test_first` passes: there is nothing to fix."
        assert [item.title for item in await editor.menu(unsaved, "== 1") if item.title.startswith("Fix the")] == []
        action, _ = await chosen(editor, unsaved, "== [2, 3]", "Fix the code, if the test `test_last` fails")
        assert action is not None
        assert action.edit is not None, editor.told
        assert list(edits_of(action.edit, versions={code.uri: code.version})) == [code.uri]
        assert await editor.codes(unsaved) == ["failing-test"]
        await editor.entry(unsaved, "== [2, 3]", "Fix the code, so that the failing test `test_last` passes")
        assert editor.take(action.edit) == ""
        assert code.text == last.replace("return items[0]", "return items[-1]", 1)
        assert unsaved.text == tests
        assert await editor.codes(unsaved) == []
