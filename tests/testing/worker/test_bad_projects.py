"""Projects that are broken, hostile by accident or merely odd: a message, an absent check, never a hang."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.bench import FILES, HONEST, TESTS, World, told

from lastmile.testing.bench import Permission
from lastmile.testing.values import Wanted

pytestmark = pytest.mark.slow

INI = "[pytest]\naddopts = {}\n"
SCOPE = "filterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
TEST = FILES["tests/test_cart.py"]
BAD = {
    "a conftest that raises": ({"conftest.py": "raise ValueError('no luck')\n"}, "no luck"),
    "a conftest that leaves": ({"conftest.py": "import os; os._exit(3)\n"}, "ended early, with status 3"),
    "a conftest that never ends": ({"conftest.py": "while True: pass\n"}, "did not end within 2 s"),
    "collection that never ends": ({"tests/test_cart.py": "while True: pass\n"}, "did not end within 2 s"),
    "tests that never end": (
        {"tests/test_cart.py": "def test_total():\n    while True: pass\n"},
        "did not end within 2 s",
    ),
    "a test module that does not parse": ({"tests/test_cart.py": "def"}, "SyntaxError"),
    "circular imports": (
        {"tests/test_cart.py": "import one\n", "one.py": "from two import b\na = 1\n", "two.py": "from one import a\n"},
        "circular import",
    ),
    "settings that pytest does not know": ({"pytest.ini": INI.format("--no-such-option")}, "unrecognized arguments"),
    "settings that do not parse": ({"pytest.ini": "[pytest\n"}, "pytest.ini"),
    "output without end": (
        {"tests/test_cart.py": "import os\nwhile True: os.write(2, b'x' * 10 ** 6)\n"},
        "printed more than they may|File too large|No space left",
    ),
}
ODD = {
    "in parallel": {"pytest.ini": INI.format("-n auto")},
    "in parallel, with words on it": {"pytest.ini": INI.format("-n 2 --dist loadscope -v")},
    "reports in the project": {"pytest.ini": INI.format("--junitxml=report.xml --basetemp=tmp")},
    "the last failures first": {"pytest.ini": INI.format("--ff --lf -x")},
    "a debugger": {"pytest.ini": INI.format("--pdb")},
    "warnings are errors": {"pytest.ini": INI.format("-W error") + SCOPE},
    "imports by importlib": {"pytest.ini": INI.format("--import-mode=importlib") + "pythonpath = .\n"},
    "a source folder": {"cart.py": "", "src/cart.py": FILES["cart.py"], "pytest.ini": "[pytest]\npythonpath = src\n"},
    "a subtest": {
        "tests/test_cart.py": "import unittest\nclass TestX(unittest.TestCase):\n  def test_x(self): pass\n" + TEST
    },
    "an asynchronous test": {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "tests/test_cart.py": TEST + "\nasync def test_later():\n    import asyncio; await asyncio.sleep(0)\n",
    },
}


@pytest.mark.parametrize(("files", "message"), BAD.values(), ids=BAD)
async def test_a_project_whose_tests_cannot_run(tmp_path: Path, files: dict[str, str], message: str) -> None:
    world = World(tmp_path, files={**FILES, **files})
    bench = world.bench()
    try:
        run = await bench.run(world.wanted(seconds=2.0 if "2 s" in message else 20.0))
    finally:
        await bench.close()
    assert not run.passed
    assert re.search(message, told(run)), told(run)


@pytest.mark.parametrize("files", ODD.values(), ids=ODD)
async def test_a_project_with_settings_of_its_own(tmp_path: Path, files: dict[str, str]) -> None:
    world = World(tmp_path, files={**FILES, **files})
    place = world.root / ("src/cart.py" if "src/cart.py" in files else "cart.py")
    bench = world.bench()
    try:
        run = await bench.run(Wanted(("tests/test_cart.py",), {place: HONEST}, seconds=20))
    finally:
        await bench.close()
    assert run.trouble == "", told(run)
    assert set(TESTS) <= run.passed, told(run)


def fake(folder: Path, body: str) -> Path:
    """Write a program."""
    folder.mkdir(exist_ok=True)
    place = folder / "bwrap"
    place.write_text(f"#!/bin/sh\n{body}\n")
    place.chmod(0o755)
    return place


REAL = Path(sys.executable).resolve()
FORBIDDEN = "echo 'bwrap: No permissions to create new namespace' >&2; exit 1"


async def test_a_kernel_that_forbids_namespaces(tmp_path: Path) -> None:
    fake(tmp_path / "bin", FORBIDDEN)
    bench = World(tmp_path, path=str(tmp_path / "bin")).bench()
    run = await bench.run(World(tmp_path).wanted())
    assert "the kernel does not let users make namespaces; allow them" in run.trouble
    assert "No permissions to create new namespace" in await bench.absent()
    assert not run.results


async def test_no_sandbox_is_installed(tmp_path: Path) -> None:
    bench = World(tmp_path, path=str(tmp_path)).bench()
    run = await bench.run(World(tmp_path).wanted())
    assert "bubblewrap is not installed: install the package `bubblewrap`" in run.trouble


async def test_without_a_sandbox_where_it_is_allowed(tmp_path: Path) -> None:
    world = World(tmp_path, path=str(tmp_path), permission=Permission(unsandboxed=True))
    bench, cart = world.bench(), world.root / "cart.py"
    right = await bench.run(evolve(world.wanted(), trace=(cart,)))
    wrong = await bench.run(world.wanted("def total(items): return 1\n"))
    never = await bench.run(world.wanted("while True: pass\n", seconds=2.0))
    assert (len(right.passed), len(wrong.broken), await bench.absent()) == (2, 2, ""), told(right) + told(wrong)
    assert right.results[TESTS[0]].lines == {str(cart): frozenset({2})}
    assert "did not end" in never.trouble
    assert cart.read_text() == FILES["cart.py"]


@pytest.mark.parametrize(
    ("permission", "message"),
    [
        (Permission(enabled=False), "Tests are switched off."),
        (Permission(trusted=False), "The workspace is not trusted"),
        (Permission(trusted=False, unsandboxed=True), "The workspace is not trusted"),
    ],
)
async def test_what_the_person_forbids(tmp_path: Path, permission: Permission, message: str) -> None:
    world = World(tmp_path, permission=permission)
    bench = world.bench()
    assert message in await bench.absent()
    assert message in (await bench.run(world.wanted())).trouble


@pytest.mark.parametrize(
    ("python", "message"),
    [
        pytest.param("/nowhere/python", "cannot be run: name another in the settings", id="none"),
        pytest.param("/bin/true", "pytest is not installed for /bin/true", id="no Python"),
    ],
)
async def test_an_interpreter_that_will_not_do(tmp_path: Path, python: str, message: str) -> None:
    world = World(tmp_path, python=Path(python))
    bench = world.bench()
    assert message in await bench.absent()
    assert message in (await bench.run(world.wanted())).trouble


async def test_an_interpreter_that_breaks_at_its_start(tmp_path: Path) -> None:
    packages = tmp_path / "venv/lib/python3.11/site-packages/pytest"
    packages.mkdir(parents=True)
    (packages / "__init__.py").touch()
    program = fake(tmp_path / "venv/bin", "echo 'no luck' >&2; exit 7")
    (tmp_path / "venv/pyvenv.cfg").touch()
    world = World(tmp_path, python=program)
    bench = world.bench()
    run = await bench.run(world.wanted())
    await bench.close()
    assert run.trouble == "no luck"


async def test_the_home_as_a_project(tmp_path: Path) -> None:
    world = World(tmp_path)
    bench = world.bench()
    bench.site = evolve(bench.site, root=world.home)
    assert "holds the home folder" in await bench.absent()


async def test_an_interpreter_without_ctypes_runs_each_in_a_sandbox_of_its_own(tmp_path: Path) -> None:
    """So does a kernel that lets a sandbox make none in itself."""
    packages = tmp_path / f"venv/lib/python3.{sys.version_info.minor}/site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "venv/bin").mkdir()
    (tmp_path / "venv/bin/python").symlink_to(REAL)
    (tmp_path / "venv/pyvenv.cfg").write_text(f"home = {REAL.parent}\n")
    (packages / "more.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    (packages / "pytest").symlink_to(Path(pytest.__file__).parent)
    (packages / "sitecustomize.py").write_text("import sys; sys.modules['ctypes'] = sys.modules['_ctypes'] = None\n")
    world = World(tmp_path, python=tmp_path / "venv/bin/python")
    bench = world.bench()
    right, wrong = await bench.run(world.wanted()), await bench.run(world.wanted("def total(items): return 1\n"))
    await bench.close()
    assert (right.trouble, len(right.passed), len(wrong.broken)) == ("", 2, 2), told(right) + told(wrong)
