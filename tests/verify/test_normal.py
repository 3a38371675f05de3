"""Texts that differ in layout alone agree; texts that differ in anything else do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.support.source import PYTHON_PIECES, texts

from lastmile.verify.normal import normal_form

CODE = 'def f(a, b="x"):\n    return [a, b]\n'


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (CODE, True),
        ("def f(a, b='x'):\n    return [a, b]", True),
        ('def f(\n    a,\n    b="x",\n):\n\n    # why\n    return [\n        a, b,\n    ]\n', True),
        ('def f(a, b="x"): return [a, b]\r\n', True),
        ('def f(a, b="x"):\n    return ([a, b])\n', True),
        ('def f(a, b="x"):\n    "Doc."\n    return [a, b]\n', False),
        ('def f(a, b="y"):\n    return [a, b]\n', False),
        ('def f(a, b="x"):\n    return [b, a]\n', False),
        ('def f(a, b="x"):\n    return (a, b)\n', False),
        ('async def f(a, b="x"):\n    return [a, b]\n', False),
        ('def f(a, b="x"):\n    return [a, b\n', False),
    ],
)
def test_python_compares_by_its_tree(other: str, *, same: bool) -> None:
    assert (normal_form(CODE, language="python") == normal_form(other, language="python")) is same


@pytest.mark.parametrize("language", ["toml", "python"])
@pytest.mark.parametrize(
    ("other", "same"),
    [("a = [\n", True), ("a = [   \r\n\n", True), (" a = [\n", False), ("a  = [\n", False), ("a = ]\n", False)],
)
def test_what_does_not_parse_compares_by_its_lines(language: str, other: str, *, same: bool) -> None:
    assert (normal_form("a = [\n", language=language) == normal_form(other, language=language)) is same


def test_a_tree_too_deep_to_be_written_down_compares_by_its_lines() -> None:
    deep = "a" + ".b" * 2000 + "\n"
    assert normal_form(deep, language="python") == normal_form(f"\n{deep}  \n", language="python")
    assert normal_form(deep, language="python") != normal_form(f"{deep}c\n", language="python")


@given(texts(PYTHON_PIECES))
def test_every_text_has_one(text: str) -> None:
    assert normal_form(text, language="python") == normal_form(text, language="python")
    assert normal_form(text, language="rust")
