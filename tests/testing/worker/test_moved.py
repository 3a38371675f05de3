"""Projects that are installed from their own folder, run in a copy: the draft is what is loaded, or nothing counts."""

from __future__ import annotations

import sysconfig
import venv
from pathlib import Path

import pytest
from tests.support.bench import World, told

from lastmile.testing.bench import Permission
from lastmile.testing.values import Run, Wanted

pytestmark = pytest.mark.slow

NEEDED = ("pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments", "exceptiongroup", "tomli")
RIGHT = "def total(items):\n    return sum(items)\n"
WRONG = "def total(items):\n    return 0\n"
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": RIGHT,
    "src/loose/more.py": "from shop.cart import total\n",
    "tests/test_cart.py": (
        "import subprocess\nimport sys\n\nfrom loose.more import total\n\n\n"
        "def test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_program():\n"
        "    code = 'from shop.cart import total; print(total([1, 2]))'\n"
        "    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)\n"
        "    assert done.stdout == '3\\n', done.stderr\n"
    ),
}
TEST = "from shop.cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
# As setuptools writes it, as far as it matters.
FINDER = """\
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path

MAPPING = {mapping!r}


class Finder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname in MAPPING:
            place = Path(MAPPING[fullname], "__init__.py")
            if place.exists():
                return spec_from_file_location(fullname, place)
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [MAPPING[fullname]]
            return spec
        return None


def install():
    sys.meta_path.append(Finder)
"""
LOADED_BY_PATH = """\
import importlib.util, sys

spec = importlib.util.spec_from_file_location("shop.cart", {place!r})
module = importlib.util.module_from_spec(spec)
sys.modules["shop.cart"] = module
spec.loader.exec_module(module)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a virtual environment with pytest and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "env"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    for place in Path(sysconfig.get_path("purelib")).iterdir():
        if place.name.partition("-")[0] in NEEDED:
            (packages / place.name).symlink_to(place)
    return folder


def installed(environment: Path, root: Path, way: str) -> None:
    """Install a project from its own folder, instead of what was installed before."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    for place in packages.glob("__editable__*"):
        place.unlink()
    if way == "path":
        (packages / "__editable__.shop.pth").write_text(f"{root}/src\n")
        return
    mapping = {"shop": f"{root}/src/shop", "loose": f"{root}/src/loose"}
    if way == "renamed":
        mapping = {"shop": f"{root}/source"}
    (packages / "__editable___shop_finder.py").write_text(FINDER.format(mapping=mapping))
    (packages / "__editable__.shop.pth").write_text(
        "import __editable___shop_finder; __editable___shop_finder.install()\n"
    )


async def run(world: World, text: str) -> Run:
    bench = world.bench()
    try:
        return await bench.run(Wanted(("tests/test_cart.py",), {world.root / "src/shop/cart.py": text}, seconds=30))
    finally:
        await bench.close()


def world_in(folder: Path, environment: Path, **more: str) -> World:
    files = {**FILES, **{name.replace("__", "."): text for name, text in more.items()}}
    allowed = Permission(unsandboxed=True)
    return World(folder, environment / "bin/python", permission=allowed, files=files, path=str(folder))


@pytest.mark.parametrize("way", ["path", "finder"])
@pytest.mark.parametrize(
    "settings", ["[pytest]\n", "[pytest]\naddopts = --import-mode=importlib\n"], ids=["plain", "importlib"]
)
async def test_the_copy_is_loaded_and_not_what_is_installed(
    tmp_path: Path, environment: Path, way: str, settings: str
) -> None:
    world = world_in(tmp_path, environment, pytest__ini=settings)
    installed(environment, world.root, way)
    wrong = await run(world, WRONG)
    assert (len(wrong.broken), wrong.trouble) == (2, ""), told(wrong)
    right = await run(world, f"{RIGHT}# more\n")
    assert (len(right.passed), right.trouble) == (2, ""), told(right)
    assert (world.root / "src/shop/cart.py").read_text() == RIGHT


async def test_a_run_that_loads_the_file_itself_counts_for_nothing(tmp_path: Path, environment: Path) -> None:
    place = tmp_path / "project/src/shop/cart.py"
    world = world_in(tmp_path, environment, conftest__py=LOADED_BY_PATH.format(place=str(place)))
    installed(environment, world.root, "path")
    ended = await run(world, WRONG)
    assert ended.results == {}
    assert ended.trouble == f"the tests loaded {place} itself, and not the copy with the text to be judged"
    unchanged = await run(world, RIGHT)
    assert (len(unchanged.passed), unchanged.trouble) == (2, "")


async def test_a_package_of_another_name_than_its_folder_is_found_in_the_copy(
    tmp_path: Path, environment: Path
) -> None:
    files = {"source/__init__.py": "", "source/cart.py": RIGHT, "tests/test_cart.py": TEST}
    allowed = Permission(unsandboxed=True)
    world = World(tmp_path, environment / "bin/python", permission=allowed, files=files, path=str(tmp_path))
    installed(environment, world.root, "renamed")
    bench = world.bench()
    for text, passed in ((WRONG, 0), (f"{RIGHT}# more\n", 1)):
        ended = await bench.run(Wanted(("tests/test_cart.py",), {world.root / "source/cart.py": text}, seconds=30))
        assert (len(ended.passed), ended.trouble) == (passed, ""), told(ended)
    await bench.close()
