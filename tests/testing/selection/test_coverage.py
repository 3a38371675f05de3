"""What a project's coverage data leaves of the tests that can see a change."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.selecting import CART, laid

from lastmile.testing.selection.selector import Selector
from lastmile.tools.offload import Offload


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
