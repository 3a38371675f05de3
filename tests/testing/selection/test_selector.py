"""Which tests a change selects, through the real ruff and the real worker, on small projects on the disk."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.source import marked

from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Selection
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload

CART = "«def total(items):\n    return sum(items)\n»\ndef other():\n    return 1\n"
BOTH = "from shop.cart import other, total\ndef test_total():\n    total([1])\ndef test_other():\n    other()\n"


def laid(root: Path, files: Mapping[str, str]) -> tuple[Snapshot, Span | None]:
    """Write a project; the file with a mark is the one that changes, at the mark or as a whole."""
    found: tuple[Snapshot, Span | None] | None = None
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text, spans = marked(source) if "«" in source else (source, ())
        path.write_text(text)
        if spans:
            found = Snapshot(path.as_uri(), text, path), spans[0] if len(spans[0]) else None
    assert found, "no file has a mark"
    return found


async def check(root: Path, offload: Offload, files: Mapping[str, str], expected: set[str]) -> Selection:
    snapshot, span = laid(root, files)
    found = await Selector.of(root, offload).select(snapshot, span)
    assert set(found.tests) == expected
    assert found.total >= len(expected), found
    return found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"shop/cart.py": CART, "tests/test_a.py": BOTH}, {"test_a.py::test_total"}, id="by name"),
        pytest.param(
            {"src/shop/__init__.py": "", "src/shop/cart.py": CART, "tests/test_a.py": BOTH},
            {"test_a.py::test_total"},
            id="src layout",
        ),
        pytest.param({"a/ns/shop/cart.py": CART, "tests/test_a.py": BOTH}, {"test_a.py::test_total"}, id="namespace"),
        pytest.param(
            {
                "shop/__init__.py": "from .cart import total as sum_up\n",
                "shop/cart.py": CART,
                "tests/test_a.py": "import shop\ndef test_a():\n    shop.sum_up([])\ndef test_b(): shop\n",
            },
            {"test_a.py::test_a"},
            id="re-exported under another name",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "shop/bill.py": "from shop.cart import *\ndef bill(x):\n    return total(x)\n",
                "tests/test_a.py": "from shop import bill\ndef test_a():\n    bill.bill([])\ndef test_b(): bill\n",
            },
            {"test_a.py::test_a", "test_a.py::test_b"},
            id="through a caller whose name is that of its module",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "shop/bill.py": "from .cart import total\nTABLE = {'t': total}\ndef look(x):\n    return TABLE[x]\n",
                "tests/test_a.py": "from shop.bill import look\ndef test_a():\n    look(1)\ndef test_b():\n    1\n",
            },
            {"test_a.py::test_a"},
            id="through a table",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/conftest.py": "import pytest\nfrom shop.cart import total\n@pytest.fixture\ndef sum_():\n"
                "    return total([])\n",
                "tests/test_a.py": "def test_a(sum_):\n    assert sum_ == 0\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="through a fixture of a conftest",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/conftest.py": "import pytest\nfrom shop.cart import total\n@pytest.fixture(autouse=True)\n"
                "def sum_():\n    return total([])\n",
                "tests/test_a.py": "def test_a():\n    pass\n",
                "other/test_b.py": "def test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="through an autouse fixture, below its conftest",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/test_a.py": "import importlib\ndef test_a():\n    m = importlib.import_module('shop.cart')\n"
                "    assert getattr(m, 'total')([]) == 0\n",
            },
            {"test_a.py::test_a"},
            id="imported by a string",
        ),
        pytest.param(
            {
                "shop/__main__.py": "from shop.cart import total\nprint(total([]))\n",
                "shop/__init__.py": "",
                "shop/cart.py": CART,
                "tests/test_a.py": "import subprocess, sys\ndef test_a():\n"
                "    subprocess.run([sys.executable, '-m', 'shop'])\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="run as a module by a subprocess",
        ),
        pytest.param(
            {
                "tool.py": CART + "print(total([]))\n",
                "tests/test_a.py": "import subprocess\ndef test_a():\n    subprocess.run(['python', 'tool.py'])\n",
            },
            {"test_a.py::test_a"},
            id="run as a script",
        ),
        pytest.param(
            {
                "shop/cart.py": "class Cart:\n    «def __len__(self):\n        0\n»\ndef make():\n    return Cart()\n",
                "tests/test_a.py": "from shop.cart import make\ndef test_a():\n    make()\ndef test_b():\n    1\n",
            },
            {"test_a.py::test_a"},
            id="a special method, by whoever makes the class",
        ),
        pytest.param(
            {
                "shop/visits.py": "«def visit_a():\n    return 0\n»",
                "shop/walk.py": "from shop import visits\ndef go(n):\n    return getattr(visits, f'visit_{n}')()\n",
                "tests/test_a.py": "from shop.walk import go\ndef test_a():\n    go('a')\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="a name that is put together",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/base.py": "import unittest\nfrom shop.cart import total\nclass Base(unittest.TestCase):\n"
                "    def setUp(self):\n        self.x = total([])\n    def test_base(self):\n        pass\n",
                "tests/test_a.py": "from base import Base\nclass Own(Base):\n    def test_own(self):\n        pass\n"
                "class Apart:\n    def test_apart(self):\n        pass\n",
            },
            {"test_a.py::Own::test_base", "test_a.py::Own::test_own"},
            id="through setUp of a base in another file",
        ),
        pytest.param(
            {
                "shop/plug.py": "KNOWN = []\ndef register(f):\n    KNOWN.append(f)\n    return f\n"
                "def run():\n    return [f() for f in KNOWN]\n",
                "shop/cart.py": "from shop.plug import register\n@register\n«def total():\n    return 1\n»",
                "tests/test_a.py": "import shop.cart\nfrom shop.plug import run\ndef test_a():\n    run()\n"
                "def test_b(): 1",
            },
            {"test_a.py::test_a"},
            id="registered by a decorator",
        ),
        pytest.param(
            {
                "shop/cart.py": "LIMIT = «3»\ndef f():\n    return LIMIT\n",
                "tests/test_a.py": "from shop.cart import f\ndef test_a():\n    f()\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="a constant",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/test_a.py": "import shop.cart\nclass TestA:\n    def test_a(self):\n        pass\n"
                "def check(self):\n    shop.cart.total([])\nsetattr(TestA, 'test_made', check)\n",
            },
            {"test_a.py"},
            id="tests that are made while loading",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/test_a.py": "import unittest\nfrom shop.cart import total\nclass A(unittest.TestCase):\n"
                "    @parameterized.expand([1])\n    def test_a(self, x):\n        total(x)\n",
            },
            {"test_a.py::A"},
            id="tests that a decorator renames",
        ),
        pytest.param(
            {
                "pyproject.toml": "[project.scripts]\nshop-sum = 'shop.cart:total'\n",
                "shop/cart.py": CART,
                "tests/test_a.py": "import subprocess\ndef test_a():\n    subprocess.run(['shop-sum'])\ndef test_b():1",
            },
            {"test_a.py::test_a"},
            id="run as a command of the project",
        ),
        pytest.param(
            {
                "pyproject.toml": "[project.entry-points.pytest11]\nshop = 'shop.plugin'\n",
                "shop/plugin.py": "import pytest\n@pytest.fixture\ndef cart():\n    «return 1»\n",
                "tests/test_a.py": "def test_a(cart):\n    pass\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="a plugin of pytest that is the project itself",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "shop/other.py": "def show(thing):\n    return [getattr(thing, name) for name in dir(thing)]\n",
                "tests/test_a.py": "import shop.cart\nfrom shop.cart import total\ndef test_a():\n    total([])\n"
                "def test_b(thing):\n    thing.show()\n",
                "tests/test_b.py": "from shop import cart\nfrom shop.other import show\ndef test_b():\n    show(cart)\n"
                "def test_c():\n    1\n",
            },
            {"test_a.py::test_a", "test_b.py::test_b"},
            id="through what is loaded, not through what others load",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "shop/other.py": "def show(thing):\n    return [getattr(thing, name) for name in dir(thing)]\n",
                "tests/test_a.py": "import importlib\nimport shop.cart\nPART = 'oth'\ndef test_a():\n"
                "    importlib.import_module(f'shop.{PART}er').show(shop.cart)\ndef test_b():\n    pass\n"
                "def test_c():\n    shop.cart.total([])\n",
            },
            {"test_a.py::test_a", "test_a.py::test_c"},
            id="through what is loaded by a name that is put together",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/test_a.py": "from lib import frozen_at\nfrom shop.cart import total\n@frozen_at('noon')\n"
                "def test_a():\n    total([])\n@frozen_at('noon')\ndef test_b():\n    pass\n",
            },
            {"test_a.py::test_a"},
            id="a decorator of two tests does not tie them together",
        ),
        pytest.param(
            {
                "shop/cart.py": "class Cart:\n    «def load(self):\n        return 0\n»\nclass Sub(Cart):\n    pass\n"
                "def make():\n    return Sub()\n",
                "shop/other.py": "import shop.cart\nclass Other:\n    def load(self):\n        return 1\n",
                "tests/test_a.py": "import shop.cart, shop.other\ndef test_a():\n    shop.cart.make().load()\n"
                "def test_b():\n    shop.other.Other().load()\ndef test_c():\n    shop.cart.Cart().load()\n"
                "def test_d():\n    x = shop.cart.Cart\ndef test_e(): 1\ndef test_f(): 2\n"
                "def test_g():\n    shop.other.Other().load()\ndef test_h():\n    shop.other.Other().load()\n"
                "def test_i():\n    shop.other.Other().load()\n",
            },
            {f"test_a.py::test_{name}" for name in "abcghi"},
            id="a method, by its name, whatever it is called on",
        ),
        pytest.param(
            {
                "shop/base.py": "ALL = {}\nclass Base:\n    def __init_subclass__(cls):\n        ALL[cls.key] = cls\n"
                "def make(key):\n    return ALL[key]()\n",
                "shop/cart.py": "from shop.base import Base\nclass Cart(Base):\n    key = 'c'\n"
                "    «def load(self):\n        return 0\n»",
                "tests/test_a.py": "from shop.cart import Cart\nfrom shop.base import make\n"
                "def test_named():\n    Cart().load()\n"
                + "".join(f"def test_{n}():\n    make('c').load()\n" for n in range(6)),
            },
            {"test_a.py::test_named", *(f"test_a.py::test_{n}" for n in range(6))},
            id="a class that announces itself is got without its name",
        ),
        pytest.param(
            {
                "shop/cart.py": "class Cart:\n    «def __init__(self):\n        self.x = 0\n»\nclass Mixed:\n"
                "    def __init__(self):\n        super().__init__()\nclass Both(Mixed, Cart):\n    pass\n",
                "shop/other.py": "class Base:\n    pass\nclass Other(Base):\n    def __init__(self):\n"
                "        super().__init__()\n",
                "tests/test_a.py": "from shop.cart import Both, Mixed\nfrom shop.other import Other\n"
                "def test_a():\n    Both()\ndef test_b():\n    Other()\ndef test_c():\n    Mixed()\n",
            },
            {"test_a.py::test_a", "test_a.py::test_b", "test_a.py::test_c"},
            id="by super() of any class",
        ),
        pytest.param(
            {"shop/cart.py": "«»x = 1\n", "tests/test_a.py": BOTH},
            {"test_a.py::test_total", "test_a.py::test_other"},
            id="the whole file",
        ),
        pytest.param(
            {
                "shop/cart.py": CART,
                "tests/test_a.py": "import shop.cart\ndef test_a():\n    1\ndef test_b(): 2\n",
            },
            {"test_a.py::test_a", "test_a.py::test_b"},
            id="none names it, so all that load it",
        ),
        pytest.param(
            {"shop/cart.py": CART, "shop/b.py": "", "tests/test_a.py": "import shop.b\ndef test_a():\n    1\n"},
            set(),
            id="none loads it",
        ),
        pytest.param(
            {"tests/test_a.py": "def test_a():\n    «x = 1»\n    assert x\ndef test_b():\n    pass\n"},
            {"test_a.py::test_a"},
            id="a test itself",
        ),
    ],
)
async def test_the_tests_that_can_see_a_change(
    tmp_path: Path, offload: Offload, files: dict[str, str], expected: set[str]
) -> None:
    await check(tmp_path, offload, files, {f"tests/{name}" for name in expected})


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


def covered(root: Path, contexts: Mapping[str, list[int]]) -> None:
    """Write coverage data in which each context ran the lines of the cart."""
    with sqlite3.connect(root / ".coverage") as database:
        database.executescript(
            "create table file (id integer primary key, path text);"
            "create table context (id integer primary key, context text);"
            "create table line_bits (file_id integer, context_id integer, numbits blob);"
            "create table arc (file_id integer, context_id integer, fromno integer, tono integer);"
        )
        database.execute("insert into file values (1, ?)", (str(root / "shop" / "cart.py"),))
        for number, (name, lines) in enumerate(contexts.items()):
            bits = bytearray(20)
            for line in lines:
                bits[line // 8] |= 1 << line % 8
            database.execute("insert into context values (?, ?)", (number, name))
            database.execute("insert into line_bits values (1, ?, ?)", (number, bytes(bits)))
    database.close()


FAR = "from shop.bill import bill\ndef test_a():\n    bill([])\ndef test_b():\n    bill([])\ndef test_c(): bill([])\n"
COVERED = {
    "shop/cart.py": CART,
    "shop/bill.py": "from shop.cart import total\ndef bill(x):\n    return total(x)\n",
    "tests/test_a.py": FAR,
}


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        pytest.param({"tests/test_a.py::test_a|run": [2], "tests/test_a.py::test_b|run": [5]}, "ac", id="ids"),
        pytest.param({"": [1, 4], "test_a.test_a": [2], "test_a.test_b": [5], "test_a.test_c": [5]}, "a", id="dotted"),
        pytest.param(
            {"": [1, 2], "test_a.test_a": [2], "test_a.test_b": [5], "test_a.test_c": [5]}, "abc", id="import"
        ),
        pytest.param({"": [1, 4]}, "abc", id="no contexts"),
    ],
)
async def test_coverage_narrows(
    tmp_path: Path, offload: Offload, contexts: dict[str, list[int]], expected: str
) -> None:
    snapshot, span = laid(tmp_path, COVERED)
    covered(tmp_path, contexts)
    found = await Selector.of(tmp_path, offload).select(snapshot, span)
    assert set(found.tests) == {f"tests/test_a.py::test_{letter}" for letter in expected}


async def test_coverage_with_branches_narrows(tmp_path: Path, offload: Offload) -> None:
    snapshot, span = laid(tmp_path, COVERED)
    covered(tmp_path, {"tests/test_a.py::test_a|run": [], "tests/test_a.py::test_b|run": [5]})
    with sqlite3.connect(tmp_path / ".coverage") as database:
        database.execute("insert into arc values (1, 0, -1, 2)")
        database.execute("delete from line_bits")
    database.close()
    found = await Selector.of(tmp_path, offload).select(snapshot, span)
    assert set(found.tests) == {"tests/test_a.py::test_a", "tests/test_a.py::test_c"}


async def test_coverage_older_than_a_file_does_not_count(tmp_path: Path, offload: Offload) -> None:
    snapshot, span = laid(tmp_path, COVERED)
    covered(tmp_path, {"tests/test_a.py::test_a|run": [2], "tests/test_a.py::test_b|run": [5]})
    os.utime(tmp_path / ".coverage", (1, 1))
    assert len((await Selector.of(tmp_path, offload).select(snapshot, span)).tests) == 3


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


@pytest.mark.parametrize(("scope", "expected"), [("", "a"), ("(scope='module')", "abc")])
async def test_coverage_of_a_fixture_counts_unless_it_is_shared(
    tmp_path: Path, offload: Offload, scope: str, expected: str
) -> None:
    fixture = f"import pytest\n@pytest.fixture{scope}\ndef cart():\n    return 1\n{FAR}"
    snapshot, span = laid(tmp_path, COVERED | {"tests/test_a.py": fixture})
    ran = {f"tests/test_a.py::test_{letter}|run": [5] for letter in "bc"}
    covered(tmp_path, {"tests/test_a.py::test_a|setup": [2]} | ran)
    found = await Selector.of(tmp_path, offload).select(snapshot, span)
    assert set(found.tests) == {f"tests/test_a.py::test_{letter}" for letter in expected}
