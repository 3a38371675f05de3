"""The table of features and editors names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "editors" / "README.md"
ROWS = {
    *("actions", "resolve", "progress", "cancel", "diagnostics, pulled", "diagnostics, pushed", "inline completion"),
    *("partial accept", "instruct", "consent", "report", "bill", "status"),
}
"""What every editor is asked for; there may be more."""

NONE = "—"


def table(page: str) -> dict[str, list[str]]:
    """Give the cells of each row, by the feature."""
    (text,) = re.findall(r"<!-- features:begin -->\n\n(.*?)\n\n<!-- features:end -->", page, re.DOTALL)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    assert len({len(row) for row in cells}) == 1
    return {feature: row for feature, *row in cells[2:]}


@cache
def defined_in(name: str) -> frozenset[str]:
    path = HERE / name
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions)


def untrue(page: str) -> list[str]:
    """Give the cells that are neither empty nor the name of a test."""
    cells = (cell for row in table(page).values() for cell in row if cell != NONE)
    return [cell for cell in cells if not is_true(cell)]


def is_true(cell: str) -> bool:
    found = re.fullmatch(r"`(\w+\.py)::(test_\w+)`", cell)
    return found is not None and found[2] in defined_in(found[1])


def test_every_cell_names_a_test() -> None:
    assert untrue(PAGE.read_text(encoding="utf-8")) == []


def test_every_feature_has_a_row() -> None:
    assert set(table(PAGE.read_text(encoding="utf-8"))) >= ROWS


@pytest.mark.parametrize("cell", ["`test_neovim.py::test_nothing`", "`test_nowhere.py::test_x`", "yes", ""])
def test_a_cell_that_names_none_is_found(cell: str) -> None:
    page = f"<!-- features:begin -->\n\n| feature | one |\n| --- | --- |\n| a | {cell} |\n\n<!-- features:end -->\n"
    assert untrue(page) == [cell]
