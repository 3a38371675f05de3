"""What tests write into their project, and an environment that is a link."""

from __future__ import annotations

import shutil
import sysconfig
import venv
from pathlib import Path

import pytest
from tests.support.bench import FILES, HONEST, World, told

from lastmile.testing.values import Answer, Wanted

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


WRITING = """
import os, sys
from pathlib import Path
import cart

def test_file():
    Path("out.txt").write_text(str(cart.total([1])))
    assert Path("out.txt").read_text() == "1" and not Path("second.txt").exists()

def test_other_file():
    Path("second.txt").write_text("")

def test_elsewhere():
    Path("/opt/out.txt").write_text("")

def test_folder():
    Path("new/deep").mkdir(parents=True)

def test_version():
    Path("version.py").write_text("VERSION = 2")

def test_mended():
    assert Path("version.py").read_text() == "VERSION = 2"

def test_gone():
    os.remove(__file__)
"""


async def test_tests_may_write_into_the_project(tmp_path: Path) -> None:
    """What lies there stays as it is; a file of code that the tests write over by themselves is no draft's doing."""
    files = {**FILES, "tests/test_writes.py": WRITING, "version.py": "VERSION = 1"}
    world = World(tmp_path, files=files)
    bench = world.bench()
    plain = await bench.run(Wanted(("tests/test_writes.py",)))
    drafted = await bench.run(world.wanted(HONEST, "tests/test_writes.py"))
    await bench.close()
    barred = "tests/test_writes.py::test_elsewhere"
    for run in (plain, drafted):
        assert run.trouble == ""
        assert {name for name in run.results if name not in run.passed} == {barred}, told(run)
        assert run.results[barred].answer is Answer.BARRED
        assert not run.broken
    assert (world.root / "version.py").read_text() == "VERSION = 1"
    assert not (world.root / "out.txt").exists()


def with_pytest(place: Path) -> None:
    """Make an environment that has pytest itself and nothing else."""
    venv.create(place, with_pip=False, symlinks=True)
    (packages,) = place.glob("lib/python3*/site-packages")
    ours = Path(sysconfig.get_path("purelib"))
    shutil.copy(ours / "py.py", packages)
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        for found in (ours / name, *ours.glob(f"{name}-*.dist-info")):
            shutil.copytree(found, packages / found.name)


@pytest.mark.parametrize("place", ["project/.venv", ".venv"])
async def test_an_environment_that_is_a_link_is_seen(tmp_path: Path, place: str) -> None:
    """It lies in the project or above it, and what it leads to elsewhere."""
    with_pytest(tmp_path / "elsewhere/env")
    world = World(tmp_path, python=tmp_path / place / "bin/python")
    (tmp_path / place).symlink_to(tmp_path / "elsewhere/env")
    bench = world.bench()
    run = await bench.run(world.wanted(f"{HONEST}# linked\n"))
    await bench.close()
    assert (run.trouble, len(run.passed)) == ("", 2), told(run)
