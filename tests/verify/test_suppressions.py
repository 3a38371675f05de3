"""A draft may not clear a finding by hiding it: a comment that makes a tool look away is refused."""

from __future__ import annotations

import pytest

from lastmile.cascade.values import Scope
from lastmile.text.edits import Span
from lastmile.verify.scope import judge_scope


def check(old: str, new: str, *, refused: bool, goal: str = "", language: str = "python") -> None:
    found = judge_scope(old, new, Scope((Span(0, len(old)),)), language=language, goal=goal)
    assert [item.check for item in found] == ["scope"] * refused


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA : F821",
        "# noqa: F821",
        "# see there # noqa:F821",
        "# ruff: noqa",
        "# ruff: noqa: F821",
        "# ruff:disable[F821]",
        "# flake8: noqa",
        "# type: ignore",
        "# type: ignore[name-defined]",
        "# ty: ignore",
        "# pyright: ignore",
        "# pyright: basic",
        "# mypy: ignore-errors",
        "# pyre-ignore[16]",
        "# pylint: disable=undefined-variable",
        "# pylint: disable-next=all",
        "# nosec",
        "# pragma: no cover",
        "# isort: skip_file",
        "# fmt: off",
    ],
)
def test_a_comment_that_hides_is_refused(comment: str) -> None:
    check("x = y\n", f"x = y  {comment}\n", refused=True)
    check("x = y\n", f"{comment}\nx = y\n", refused=True)
    check(f"x = y  {comment}\n", f"z = y  {comment}\n", refused=False)
    check("x = y\n", f"x = {comment!r}\n", refused=False)


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("x  # noqa: F401, E501\n", "x  # noqa: E501\n", False),
        ("x  # noqa: E501\n", "x  # noqa: E501, F401\n", True),
        ("x  # noqa: E501\n", "x  # noqa\n", True),
        ("x  # noqa: E501\ny\n", "x\ny  # noqa: E501\n", False),
        ("x  # noqa: E501\ny\n", "x  # noqa: E501\ny  # noqa: E501\n", True),
        ("x  # noqa: E501\n", "x\n", False),
        ("x\n", "x  # the noqa comments are gone\n", False),
        ("x\n", "x  # type: list[int]\n", False),
    ],
)
def test_only_what_is_hidden_anew_counts(old: str, new: str, *, refused: bool) -> None:
    check(old, new, refused=refused)


@pytest.mark.parametrize(("goal", "refused"), [("Add a noqa for E501 here", False), ("Make it shorter", True)])
def test_whoever_asks_for_one_gets_it(goal: str, *, refused: bool) -> None:
    check("x\n", "x  # noqa: E501\n", refused=refused, goal=goal)


def test_other_languages_have_theirs() -> None:
    check("let x\n", "// eslint-disable-next-line no-var\nlet x\n", refused=True, language="typescript")
    check("let x\n", "// @ts-ignore\nlet x\n", refused=True, language="typescript")
