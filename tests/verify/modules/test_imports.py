"""What a draft newly imports has to be there: in the standard library, the project or its environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.environments import checking, environment, judged
from tests.support.judging import draft_to, judge_with, ruff_in, task_on

from lastmile.tools.offload import Offload
from lastmile.verify.modules.check import ImportsCheck

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


@pytest.mark.slow
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
