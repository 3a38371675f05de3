"""What a draft newly imports has to be there: in the standard library, the project or its environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.support.environments import CONFIG, INSTALLED, PACKAGES, PROJECT, checking, environment, write
from tests.support.judging import draft_to, judge_with, ruff_in, task_on
from tests.support.source import PYTHON_PIECES, texts

from lastmile.cascade.verdict import Ruling
from lastmile.tools.offload import Offload
from lastmile.verify.modules.asked import declared, newly
from lastmile.verify.modules.check import ImportsCheck
from lastmile.verify.modules.owned import imports
from lastmile.verify.modules.values import Need, Wanted

STANDARD = [
    "import os, sys, json",
    "import os.path",
    "import collections.abc as c",
    "from collections import abc, OrderedDict",
    "from xml.etree import ElementTree",
    "import _thread, math, zlib",
    "import tkinter, xxsubtype, __main__",
    "from __future__ import annotations",
    "import os . path",
]
FOUND = [
    "import requests",
    "from requests.sessions import Session",
    "from requests import Session, sessions",
    "import requests.packages.urllib3.util",
    "from six.moves import urllib",
    "from six.moves.urllib.parse import quote",
    "import yaml",
    "from PIL import Image, ImageFile",
    "import cv2.dnn",
    "import _speed",
    "import attr, attrs",
    "from typing_extensions import Self",
    "import google.protobuf",
    "from google.auth import transport",
    "from azure import core",
    "import zope.interface",
    "from setuptools._vendor import packaging",
    "from pkg_resources.extern import packaging",
    "import pkg_resources.extern.packaging.version",
    "from lazy import anything",
    "from strict import first, second, one",
    "import stretched.out",
    "import linked_one",
    "import shopkit",
    "import mesonic.core",
    "import egged",
    "import shop.prices",
    "from shop import prices, deep",
    "from shop.deep import whatever",
    "import core",
    "import plain.one",
    "from helpers import hidden",
    "import hidden",
    "import orjson",
    "import dateutil",
    "import myst_parser",
    "def f():\n    import requests.sessions",
]
MISSING = {
    "import requestz": "`requestz`",
    "import os, requestz.sessions as s": "`requestz`",
    "def f():\n    import requestz": "`requestz`",
    "from requestz import get": "`requestz`",
    "import Requests": "`Requests`",
    "import pyyaml": "`pyyaml`",
    "import os.pathh": "`os.pathh`",
    "from collections.abd import Mapping": "`collections.abd`",
    "from email.MIMEText import MIMEText": "`email.MIMEText`",
    "import urllib2": "`urllib2`",
    "from requests.sessionz import Session": "`requests.sessionz`",
    "from six.movess import urllib": "`six.movess`",
    "from google import genai": "`google.genai`",
    "import google.cloud.storage": "`google.cloud`",
    "from azure import storage": "`azure.storage`",
    "from zope import component": "`zope.component`",
    "from strict import third": "`strict.third`",
    "import lazy.parts": "`lazy.parts`",
    "import scikit_learn": "`scikit_learn`",
    "import gone": "`gone`",
    "import data": "`data`",
    "import docker": "`docker`",
    "import typedonly": "`typedonly`",
    "import typedtoo": "`typedtoo`",
    "import shop.price": "`shop.price`",
    "from shop import price": "`shop.price`",
    "from plain import two": "`plain.two`",
    "try:\n    import requestz\nexcept Exception:\n    requestz = None": "`requestz`",
    "try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import requestz": "`requestz`",
    "try:\n    def f():\n        import requestz\nexcept ImportError:\n    pass": "`requestz`",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requestz": "`requestz`",
    "import \uff52equestz": "`requestz`",
    "import requestz, (": "`requestz`",
}
TYPED = [
    "from _typeshed import SupportsRead",
    "import typedonly",
    "import typedtoo",
    "from requests import Session",
]
WITHOUT = [
    "try:\n    import requestz\nexcept ImportError:\n    requestz = None",
    "try:\n    import json as requestz\nexcept (ValueError, ModuleNotFoundError):\n    import requestz",
    "from contextlib import suppress\nwith suppress(ImportError):\n    import requestz",
    "import sys\nif sys.platform == 'win32':\n    import requestz",
    "import sys\nif sys.version_info >= (3, 99):\n    import requestz\nelse:\n    import json as requestz",
]
RELATIVE = {
    "from . import prices": "",
    "from .prices import anything": "",
    "from .deep.tools import x": "",
    "from .deep import whatever": "",
    "from ._version import version": "",
    "from .. import plain": "",
    "from ..plain.one import x": "",
    "from . import price": "`.price`",
    "from .price import total": "`.price`",
    "from .deep.tool import x": "`.deep.tool`",
    "from ..plain import two": "`..plain.two`",
}


async def judged(check: ImportsCheck, folder: Path, draft: str, old: str = "", name: str = "mod.py") -> Ruling:
    """Judge a draft that puts a text below another."""
    task = task_on(old, folder)
    path = folder / name
    return await check.judge(evolve(task, snapshot=evolve(task.snapshot, path=path)), f"{old}{draft}\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with an environment, which tests leave as it is."""
    return environment(write(tmp_path_factory.mktemp("world"), PROJECT), INSTALLED)


@pytest.fixture(scope="module")
def check(world: Path, offload: Offload) -> ImportsCheck:
    """Make the check over it."""
    return checking(world, offload)


@pytest.mark.parametrize("draft", STANDARD)
async def test_the_standard_library_is_there(world: Path, check: ImportsCheck, draft: str) -> None:
    ruling = await judged(check, world, draft)
    assert (ruling.findings, ruling.summary, bool(ruling.absent)) == ((), "", True)


@pytest.mark.parametrize("draft", FOUND)
async def test_what_is_installed_or_lies_in_the_project_is_there(world: Path, check: ImportsCheck, draft: str) -> None:
    ruling = await judged(check, world, draft)
    assert ruling.findings == ()
    assert ruling.summary.endswith("found")


@pytest.mark.parametrize(("draft", "missed"), MISSING.items())
async def test_what_is_nowhere_is_refused(world: Path, check: ImportsCheck, draft: str, missed: str) -> None:
    (finding,) = await judged(check, world, draft, "import os\n")
    assert finding.message.startswith(f"There is no {missed} to import: ")
    assert finding.line is not None
    assert "import" in finding.evidence


@pytest.mark.parametrize(("draft", "missed"), RELATIVE.items())
async def test_relative_imports_stay_in_the_project(world: Path, check: ImportsCheck, draft: str, missed: str) -> None:
    found = await judged(check, world, draft, name="shop/new.py")
    assert [finding.message.split(" to ")[0] for finding in found] == ([f"There is no {missed}"] if missed else [])


@pytest.mark.parametrize("draft", TYPED)
@pytest.mark.parametrize("stub", [False, True])
async def test_stubs_do_for_a_type_checker(world: Path, check: ImportsCheck, draft: str, *, stub: bool) -> None:
    text = draft if stub else f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {draft}"
    assert not await judged(check, world, text, name="mod.pyi" if stub else "mod.py")


@pytest.mark.parametrize("draft", WITHOUT)
async def test_what_need_not_be_there_is_told(world: Path, check: ImportsCheck, draft: str) -> None:
    ruling = await judged(check, world, draft)
    assert ruling.findings == ()
    assert ruling.summary == "`requestz` imported only where it is there, and it is not"


@pytest.mark.parametrize(
    ("draft", "meant"),
    [
        ("import requestz", "`requests` is there."),
        ("import collectoins", "`collections` is there."),
        ("import os\nfrom unittest.mocks import Mock", "`unittest.mock` is there."),
        ("from shop.price import total", "`shop.prices` is there."),
        ("import xyzzy", "."),
    ],
)
async def test_what_is_alike_is_named(world: Path, check: ImportsCheck, draft: str, meant: str) -> None:
    (finding,) = await judged(check, world, draft)
    assert finding.message.endswith(meant)
    assert ("is there" in finding.message) == (meant != ".")


@pytest.mark.parametrize(
    ("old", "draft"),
    [
        pytest.param("import requestz\n", "from requestz import get", id="the package was imported"),
        pytest.param("import shop.price\n", "from shop.price import total", id="the module was imported"),
        pytest.param("from shop.price import a\n", "import shop.price", id="something of it was"),
        pytest.param("x = 'import requestz'\n", "# import requestz", id="a comment"),
        pytest.param("", "x = '''\nimport requestz\n'''", id="a string"),
        pytest.param("", "__import__('requestz')", id="no statement"),
    ],
)
async def test_only_what_is_new_is_looked_for(world: Path, check: ImportsCheck, old: str, draft: str) -> None:
    assert not await judged(check, world, draft, old)


async def test_one_that_was_cared_for_and_no_more_is_new(world: Path, check: ImportsCheck) -> None:
    old = "try:\n    import requestz\nexcept ImportError:\n    pass\n"
    assert await judged(check, world, "import requestz", old)
    assert not await judged(check, world, old, f"import requestz\n{old}")


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


async def test_the_judge_refuses_and_tells(tmp_path: Path, offload: Offload) -> None:
    world = environment(tmp_path, {"requests.py": ""})
    judge = evolve(judge_with(ruff_in(world, "E9"), offload), project=(checking(world, offload),))
    task = task_on("x = 1\n", world)
    refused = await judge.verify(task, draft_to(task, "import requestz\nx = 1\n"))
    assert refused.refused_by == "imports"
    passed = await judge.verify(task, draft_to(task, "import requests\nx = 1\n"))
    assert [run.summary for run in passed.runs if run.check == "imports"] == ["1 new import found"]
    plain = await judge.verify(task, draft_to(task, "x = 2\n"))
    assert "imports" not in [run.check for run in plain.runs]
    other = task_on("x\n", world, language="rust")
    assert (await checking(world, offload).judge(other, "import requestz\n")).absent


PIECES = (
    *PYTHON_PIECES,
    *("import ", "from ", "a", ".b", "..", "*", " as c", "except ImportError", "try:\n ", "if TYPE_CHECKING:\n ", "é"),
    *("# /// script\n", "# dependencies = [", "# ///\n", "'x']\n"),
)


@given(texts(PIECES), texts(PIECES))
def test_no_text_makes_reading_raise(old: str, new: str) -> None:
    asked = newly(old, new)
    assert all(item.dots or item.top.isidentifier() for item in asked.wanted)
    assert newly(new, new).wanted == ()
    declared(new)
    imports(new)


MODULES = st.lists(st.sampled_from(["a", "b", "c.d", ".e", "..f.g"]), min_size=1, unique=True)


@given(MODULES, st.sampled_from([Need.ALWAYS, Need.NEVER]))
def test_what_is_written_is_read(modules: list[str], need: Need) -> None:
    head, tail = ("try:\n", "except ImportError:\n    pass\n") if need is Need.NEVER else ("if x:\n", "")
    text = head + "".join(f"    from {module} import (\n        y,\n    )\n" for module in modules) + tail
    lines = range(1, 3 * len(modules), 3)
    wanted = tuple(Wanted(module, "y", need, line) for module, line in zip(modules, lines, strict=True))
    assert newly("", text).wanted == wanted
    assert {f"{name}.y" if not name.endswith(".") else name for name in modules} <= imports(text)
