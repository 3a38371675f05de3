"""What symbolic links lead to, for the tests that see a change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.selecting import CART, check

from lastmile.testing.selection.graph import Graph
from lastmile.tools.offload import Offload
from lastmile.verify.types.importers import GraphImporters

IMPORTS_TOTAL = "def test_a():\n    total([1])\ndef test_b():\n    pass\n"


@pytest.mark.parametrize(
    ("links", "files"),
    [
        pytest.param(
            {"src": "real"},
            {"real/cart.py": CART, "tests/test_a.py": f"from cart import total\n{IMPORTS_TOTAL}"},
            id="a folder of modules",
        ),
        pytest.param(
            {"shop": "real"},
            {
                "real/__init__.py": "",
                "real/cart.py": CART,
                "tests/test_a.py": f"from shop.cart import total\n{IMPORTS_TOTAL}",
            },
            id="a package",
        ),
        pytest.param(
            {"shop": "real"},
            {
                "real/cart.py": CART,
                "real/bill.py": "from .cart import total\ndef bill(x):\n    return total(x)\n",
                "tests/test_a.py": "from shop import bill\ndef test_a():\n    bill.bill([])\ndef test_b(): pass\n",
            },
            id="a module beside the one that is imported",
        ),
        pytest.param(
            {"cart.py": "pkg/real.py"},
            {"pkg/real.py": CART, "tests/test_a.py": f"from cart import total\n{IMPORTS_TOTAL}"},
            id="one module",
        ),
        pytest.param(
            {"vend": "../elsewhere"},
            {
                "../elsewhere/util.py": "from shop.cart import total\ndef add():\n    return total([1])\n",
                "shop/cart.py": CART,
                "tests/test_a.py": "from vend import util\ndef test_a():\n    util.add()\ndef test_b(): pass\n",
            },
            id="a folder outside of the project, which leads back into it",
        ),
        pytest.param(
            {"up": "..", "around": ".", "gone": "nowhere", "loop/again": "../loop"},
            {
                "shop/cart.py": CART,
                "loop/a.py": "",
                "tests/test_a.py": f"from shop.cart import total\n{IMPORTS_TOTAL}",
            },
            id="links that lead nowhere, or round",
        ),
    ],
)
async def test_what_links_lead_to_is_followed(
    tmp_path: Path, offload: Offload, links: Mapping[str, str], files: Mapping[str, str]
) -> None:
    root = tmp_path / "project"
    for name, target in links.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    await check(root, offload, files, {"tests/test_a.py::test_a"})


@pytest.mark.slow
async def test_a_link_to_a_large_folder_is_passed_over_unless_something_is_imported_from_it(
    tmp_path: Path, offload: Offload
) -> None:
    root, large = tmp_path / "project", tmp_path / "large"
    large.mkdir()
    for number in range(5_001):
        (large / f"{number}.png").touch()
    (large / "util.py").write_text("")
    root.mkdir()
    (root / "data").symlink_to(large)
    files = {"shop/cart.py": CART, "tests/test_a.py": f"from shop.cart import total\n{IMPORTS_TOTAL}"}
    await check(root, offload, files, {"tests/test_a.py::test_a"})
    used = {**files, "shop/more.py": "from data import util\n"}
    found = await check(root, offload, used, set())
    assert "`data` is a link to a folder of more than 5,000 files" in found.cut


def test_a_type_checker_is_told_of_no_file_twice(tmp_path: Path) -> None:
    for name, text in {"real/cart.py": "", "shop.py": "from src import cart\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "src").symlink_to("real")
    importers = GraphImporters(tmp_path, Graph(tmp_path))
    assert importers(tmp_path / "real" / "cart.py") == [tmp_path / "shop.py"]
