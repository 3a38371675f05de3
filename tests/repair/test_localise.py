from __future__ import annotations

from pathlib import Path

import pytest

from lastmile.repair.localise import evidence, suspicion
from lastmile.repair.values import Case, Evidence
from lastmile.testing.values import Answer, Result, Run

ROWS = frozenset


@pytest.mark.parametrize(
    ("seen", "order"),
    [
        (Evidence((ROWS({1, 2}),), (ROWS({1}),)), [2, 1]),
        (Evidence((ROWS({1, 2, 3}), ROWS({1, 3})), (ROWS({1}), ROWS({1, 2}))), [3, 1, 2]),
        (Evidence((ROWS({1, 2}),), (), raised=ROWS({2})), [2, 1]),
    ],
)
def test_lines_of_failing_tests_are_suspected_first(seen: Evidence, order: list[int]) -> None:
    levels = suspicion(seen, 3)
    assert sorted(order, key=lambda line: -levels[line]) == order
    assert all(0 < level <= 1 for level in levels.values())


def test_all_lines_are_alike_where_nothing_is_known() -> None:
    assert set(suspicion(Evidence((ROWS(),), (ROWS({1}),)), 3).values()) == {1.0}


@pytest.mark.parametrize("name", ["/p/code.py", "code.py", "p/code.py"])
def test_a_run_is_read(name: str) -> None:
    case = Case(Path("/p/code.py"), "", ("a", "b"), ("a",))
    broken = "test_code.py:3: in test_a\n    f()\ncode.py:7: in f\n    raise ValueError\nE   ValueError"
    run = Run(
        {
            "a": Result("a", Answer.FAILED, 0.5, broken, {name: ROWS({6, 7})}),
            "b": Result("b", Answer.PASSED, 0.25, "", {name: ROWS({6})}),
        }
    )
    assert evidence(case, run) == Evidence((ROWS({6, 7}),), (ROWS({6}),), ROWS({7}), 0.25)


def test_a_failed_assertion_blames_no_line_of_the_file() -> None:
    case = Case(Path("/p/code.py"), "", ("a",), ("a",))
    run = Run({"a": Result("a", Answer.FAILED, 0.5, "test_code.py:3: in test_a\n    assert f() == 1\n", {})})
    assert evidence(case, run).raised == frozenset()
