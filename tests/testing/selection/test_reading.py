"""That a file is read whatever it holds, and where its units lie."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.source import PYTHON_PIECES

from lastmile.testing.selection.facts import Facts
from lastmile.testing.selection.reading import read, read_files


def check(text: str, *expected: str) -> Facts:
    """Compare the units with kind, name and lines, each as ``function A.f 2-3``."""
    facts = read(text)
    shown = [f"{unit.kind} {unit.qualname} {unit.lines[0]}-{unit.lines[1]}".replace("  ", " ") for unit in facts.units]
    assert tuple(shown) == expected
    return facts


def test_units_and_what_they_mention() -> None:
    facts = check(
        "import a\nclass A(B):\n    x = 1\n    @deco\n    def f(self):\n        '''Doc of z.'''\n        self.y('w')\n"
        "if c:\n    def g(): pass\n",
        "statement 1-1",
        "class A 2-7",
        "function A.f 4-7",
        "statement 8-9",
        "function g 9-9",
    )
    assert {word: units for word, units in facts.mentions.items() if word in {"B", ".y", "'w", "c", "'z"}} == {
        "B": (1,),
        ".y": (2,),
        "'w": (2,),
        "c": (3,),
    }
    assert facts.units[2].registers == ("deco",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PYTHON_PIECES)).map("".join))
def test_any_text_is_read(text: str) -> None:
    facts = read(text)
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= unit.lines[0] <= unit.lines[1] <= lines for unit in facts.units)
    assert all(number < len(facts.units) for units in facts.mentions.values() for number in units)


@pytest.mark.parametrize("text", ["(" * 20_000, "x = 1 +", "a." * 20_000 + "b", "-" * 50_000 + "1"])
def test_what_overwhelms_the_compiler_is_not_whole(text: str) -> None:
    assert not read(text).whole


def test_a_file_that_is_not_there_is_not_whole() -> None:
    assert [facts.whole for facts in read_files(("/nowhere/a.py", __file__))] == [False, True]
