"""Which tests a project has and which come first: by its settings, its open files and what lies on the disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.selecting import BOTH, CART, check, laid

from lastmile.testing.selection.selector import Selector
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload


async def test_tests_inside_of_the_package_and_the_projects_own_names(tmp_path: Path, offload: Offload) -> None:
    files = {
        "pytest.ini": "[pytest]\npython_files = check_*.py\npython_functions = it_*\npython_classes = Spec\n",
        "shop/__init__.py": "",
        "shop/cart.py": CART,
        "shop/tests/__init__.py": "",
        "shop/tests/check_cart.py": "from ..cart import total\ndef it_adds():\n    total([])\n"
        "def test_not(): total([])\nclass Spec:\n    def it_adds(self):\n        total([])\n",
        "shop/tests/test_not.py": BOTH,
    }
    place = "shop/tests/check_cart.py"
    found = await check(tmp_path, offload, files, {f"{place}::it_adds", f"{place}::Spec::it_adds"})
    assert found.total == 2


async def test_doctests_are_tests_where_the_project_runs_them(tmp_path: Path, offload: Offload) -> None:
    doc = '«def total(x):\n    """Add.\n\n    >>> total(1)\n    1\n    """\n    return x\n»'
    files = {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--doctest-modules'\n", "shop.py": doc}
    await check(tmp_path, offload, files, {"shop.py"})


async def test_the_buffers_own_imports_count(tmp_path: Path, offload: Offload) -> None:
    snapshot, span = laid(tmp_path, {"shop/cart.py": CART, "tests/test_a.py": "def test_a():\n    pass\n"})
    selector = Selector.of(tmp_path, offload)
    assert (await selector.select(snapshot, span)).tests == ()
    buffer = {tmp_path / "tests" / "test_a.py": "from shop.cart import total\ndef test_new():\n    total([])\n"}
    assert (await selector.select(snapshot, span, buffers=buffer)).tests == ("tests/test_a.py::test_new",)


async def test_what_changes_on_the_disk_is_read_again(tmp_path: Path, offload: Offload) -> None:
    snapshot, span = laid(tmp_path, {"shop/cart.py": CART, "tests/test_a.py": BOTH})
    selector = Selector.of(tmp_path, offload)
    before = await selector.select(snapshot, span)
    (tmp_path / "tests" / "test_b.py").write_text("from shop.cart import total\ndef test_b():\n    total([1])\n")
    after = await selector.select(snapshot, span)
    assert set(after.tests) - set(before.tests) == {"tests/test_b.py::test_b"}


async def test_environments_and_ignored_files_hold_no_tests(tmp_path: Path, offload: Offload) -> None:
    files = {
        ".gitignore": "scratch/\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        "shop/cart.py": CART,
        "env/pyvenv.cfg": "",
        "env/lib/test_a.py": BOTH,
        "scratch/test_a.py": BOTH,
        "tests/test_a.py": BOTH,
    }
    found = await check(tmp_path, offload, files, {"tests/test_a.py::test_total"})
    assert found.total == 2


async def test_the_likeliest_come_first_and_the_budget_cuts(tmp_path: Path, offload: Offload) -> None:
    far = "def test_far():\n    bill([])\n"
    files = {
        "shop/cart.py": CART,
        "shop/bill.py": "from shop.cart import total\ndef bill(x):\n    return total(x)\n",
        "tests/test_a.py": f"from shop.bill import bill\n{far}def test_broken():\n    bill([])\n",
        "tests/test_z.py": "from shop.cart import total\ndef test_total():\n    total([])\n",
        ".pytest_cache/v/cache/lastfailed": json.dumps({"tests/test_a.py::test_broken[1]": True}),
    }
    snapshot, span = laid(tmp_path, files)
    selector = Selector.of(tmp_path, offload)
    found = await selector.select(snapshot, span)
    assert found.tests == ("tests/test_a.py::test_broken", "tests/test_z.py::test_total", "tests/test_a.py::test_far")
    assert found.decides
    seconds = dict.fromkeys(found.tests, 4.0)
    short = await selector.select(snapshot, span, seconds=seconds, budget=9.0)
    assert (short.tests, short.cut) == (found.tests[:2], "1 of 3 tests do not fit into 9 s")
    assert not short.decides


async def test_a_document_outside_says_so(tmp_path: Path, offload: Offload) -> None:
    selector = Selector.of(tmp_path / "project", offload)
    (tmp_path / "project").mkdir()
    for snapshot in (Snapshot("untitled:1", "x = 1\n"), Snapshot("file:///x.py", "", tmp_path / "x.py")):
        found = await selector.select(snapshot, None)
        assert (found.tests, found.cut) == ((), "The document is no file of the project.")


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\ud800'\n", "(" * 5000, "\x00"])
async def test_files_that_do_not_parse_are_no_obstacle(tmp_path: Path, offload: Offload, text: str) -> None:
    files = {"shop/cart.py": CART, "tests/test_a.py": BOTH}
    snapshot, span = laid(tmp_path, files)
    (tmp_path / "shop" / "broken.py").write_bytes(text.encode("utf-8", "surrogatepass"))
    (tmp_path / "tests" / "test_b.py").write_bytes(b"import shop.cart\n" + text.encode("utf-8", "surrogatepass"))
    found = await Selector.of(tmp_path, offload).select(snapshot, span)
    assert "tests/test_a.py::test_total" in found.tests
    broken = Snapshot(snapshot.uri, text, snapshot.path)
    assert len((await Selector.of(tmp_path, offload).select(broken, Span(0, 1))).tests) >= 2
