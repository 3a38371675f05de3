"""Which tests a change selects, through the real ruff and the real worker, on small projects on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.selecting import BOTH, CART, check

from lastmile.tools.offload import Offload


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
