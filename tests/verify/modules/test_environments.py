"""Where what is imported is looked for: environments that lack, projects that speak for a name, Pythons and paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.environments import CONFIG, PACKAGES, PROJECT, checking, environment, judged, write

from lastmile.cascade.verdict import Ruling
from lastmile.tools.offload import Offload


async def test_without_an_environment_it_is_told(tmp_path: Path, offload: Offload) -> None:
    check = checking(write(tmp_path, PROJECT), offload)
    ruling = await judged(check, tmp_path, "import requestz, pandas.io\nimport requests, shop")
    why = "could not be looked for: the project has no environment"
    assert ruling == Ruling((), f"2 new imports found; `requestz`, `pandas` {why}")
    assert await judged(check, tmp_path, "import os.pathh")
    assert await judged(check, tmp_path, "import shop.price")
    assert (await judged(checking(None, offload), tmp_path, "import requestz")).summary == f"`requestz` {why}"


@pytest.mark.parametrize(
    ("files", "config", "why"),
    [
        ({"requirements.txt": "-r more.txt\npandas>=2\n"}, CONFIG, ".venv lacks what the project depends on (pandas)"),
        ({"setup.cfg": "[options]\ninstall_requires =\n    pandas\n"}, CONFIG, ".venv lacks what the project"),
        ({}, "home = /nowhere\nversion = 3.99.1\n", "the standard library of its Python 3.99 was not found"),
    ],
)
async def test_where_the_environment_is_not_whole_it_is_told(
    tmp_path: Path, offload: Offload, files: dict[str, str], config: str, why: str
) -> None:
    root = environment(write(tmp_path, files), {"six.py": ""}, config)
    ruling = await judged(checking(root, offload), root, "import requestz")
    assert ruling.findings == ()
    assert ruling.summary.startswith(f"`requestz` could not be looked for: {why}")


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("requirements.txt", "requestz==1 # pinned", True),
        ("requirements/dev.txt", "Requestz", True),
        ("Pipfile", '[packages]\nrequestz = "*"', True),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nrequestz = "^1"', True),
        ("pyproject.toml", '[tool.uv]\ndev-dependencies = ["requestz"]', True),
        ("pyproject.toml", '[tool.hatch.envs.x]\ndependencies = ["requestz"]', True),
        ("setup.cfg", "[options.extras_require]\nx = requestz", True),
        ("other.py", "import requestz.api", True),
        ("other.py", "from requestz import (\n    get,\n)", True),
        ("deep/down/requestz/__init__.py", "", True),
        ("README.md", "import requestz", False),
        ("pyproject.toml", "this is no TOML = requestz", False),
        ("setup.cfg", "requestz", False),
        ("node_modules/requestz/__init__.py", "", False),
        ("mod.py", "import requestz", False),
    ],
)
async def test_a_project_speaks_for_a_name(
    tmp_path: Path, offload: Offload, name: str, text: str, *, there: bool
) -> None:
    root = environment(write(tmp_path, {name: text}), {"six.py": ""})
    assert bool(await judged(checking(root, offload), root, "import requestz")) != there


async def test_a_script_that_declares_what_it_needs(tmp_path: Path, offload: Offload) -> None:
    root = environment(tmp_path, {"six.py": ""})
    script = '# /// script\n# dependencies = ["requestz>1"]\n# ///\n'
    assert not await judged(checking(root, offload), root, "import requestz", script)
    assert await judged(checking(root, offload), root, f"{script}import requestz"), "a draft declares nothing"


async def test_open_documents_count(world: Path, offload: Offload) -> None:
    texts = {
        "shop/price.py": "",
        "shop/__init__.py": "cost = 1",
        "fresh.py": "import orange",
        "mod.py": "import requestz",
    }
    check = checking(world, offload, others={world / name: text for name, text in texts.items()})
    assert not await judged(check, world, "import shop.price, fresh, orange\nfrom shop import cost")
    assert await judged(check, world, "import requestz"), "the document itself speaks for nothing"


async def test_what_is_too_large_to_be_read_may_have_any_name(tmp_path: Path, offload: Offload) -> None:
    root = environment(tmp_path, {"large/__init__.py": "x = 1\n" * 200_000, "small/__init__.py": "x = 1\n"})
    check = checking(root, offload)
    assert not await judged(check, root, "from large import anything\nimport large.anywhere")
    assert await judged(check, root, "from small import anything")


async def test_what_pythonpath_names_counts(
    world: Path, offload: Offload, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = write(tmp_path_factory.mktemp("path"), {"requestz.py": ""})
    assert not await judged(checking(world, offload, env={"PYTHONPATH": f"x:{place}"}), world, "import requestz")


@pytest.mark.parametrize("seen", [False, True])
async def test_the_packages_of_the_system_count_where_they_are_seen(
    tmp_path: Path, offload: Offload, *, seen: bool
) -> None:
    home = write(tmp_path / "base", {"lib/python3.9/site-packages/requestz.py": "", "lib/python3.9/os.py": ""})
    said = f"home = {home}/bin\nversion = 3.9.1\ninclude-system-site-packages = {str(seen).lower()}\n"
    root = environment(tmp_path / "project", {}, said)
    (root / PACKAGES).mkdir(parents=True, exist_ok=True)
    assert bool(await judged(checking(root, offload), root, "import requestz")) != seen


@pytest.mark.parametrize(
    ("draft", "there"), [("import tomllib", False), ("import asynchat", True), ("import math", True)]
)
async def test_the_standard_library_is_the_one_of_its_python(
    tmp_path: Path, offload: Offload, draft: str, *, there: bool
) -> None:
    files = dict.fromkeys(("os.py", "asynchat.py", "site-packages/six.py"), "")
    home = write(tmp_path / "base", {f"lib/python3.8/{name}": text for name, text in files.items()})
    root = environment(tmp_path / "project", {"six.py": ""}, f"home = {home}/bin\nversion_info = 3.8.1\n")
    assert bool(await judged(checking(root, offload), root, draft)) != there


async def test_what_is_installed_meanwhile_is_found(tmp_path: Path, offload: Offload) -> None:
    root = environment(tmp_path, {"six.py": ""})
    check = checking(root, offload)
    assert await judged(check, root, "import requestz")
    write(root, {f"{PACKAGES}/requestz.py": ""})
    assert not await judged(check, root, "import requestz")
