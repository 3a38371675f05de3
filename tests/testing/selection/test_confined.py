"""Where two texts differ, and whether one function's body holds all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.source import FEW

from lastmile.testing.selection.confined import between, holder
from lastmile.testing.selection.reading import read
from lastmile.text.lines import split_lines

texts = st.lists(st.sampled_from(FEW), max_size=12).map("".join)


@given(texts, texts)
def test_outside_of_the_lines_the_texts_are_the_same(old: str, new: str) -> None:
    (first, last), (begin, end) = between(old, new)
    before, after = split_lines(old), split_lines(new)
    assert before[: first - 1] == after[: begin - 1]
    assert before[last:] == after[end:]
    assert 1 <= first <= last + 1 <= len(before) + 1
    assert 1 <= begin <= end + 1 <= len(after) + 1


FUNCTION = "@d\ndef f(\n    a,\n):\n    x = a\n    return x\n"


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        pytest.param(FUNCTION, FUNCTION.replace("x = a", "x = b"), "f", id="a line"),
        pytest.param(FUNCTION, FUNCTION.replace("    x = a\n", ""), "f", id="the first line goes"),
        pytest.param(FUNCTION, FUNCTION.replace("    return x\n", ""), "f", id="the last line goes"),
        pytest.param(FUNCTION, FUNCTION.replace("    x", "    y = 1\n    x", 1), "f", id="a line before the first"),
        pytest.param(FUNCTION, f"{FUNCTION}    print(x)\n", "f", id="a line after the last"),
        pytest.param(FUNCTION, f"{FUNCTION}print(x)\n", "", id="a line below the function"),
        pytest.param(FUNCTION, FUNCTION.replace("    a,", "    a=1,"), "", id="a parameter"),
        pytest.param(FUNCTION, FUNCTION.replace("@d", "@e"), "", id="a decorator"),
        pytest.param(FUNCTION, FUNCTION.replace("def f", "def g"), "", id="the name"),
        pytest.param(
            FUNCTION, FUNCTION.replace("    x = a\n    return", "    x = a\ny = 1\ndef g(): return"), "", id="two"
        ),
        pytest.param(FUNCTION * 2, (FUNCTION * 2).replace("return x", "return a", 1), "", id="one of two of a name"),
        pytest.param(
            f"class A:\n    def f(self):\n        return 1\n{FUNCTION}",
            f"class A:\n    def f(self):\n        return 2\n{FUNCTION}",
            "A.f",
            id="a method",
        ),
        pytest.param(
            "def f():\n    def g():\n        return 1\n    return g\n",
            "def f():\n    def g():\n        return 2\n    return g\n",
            "f",
            id="a function in a function",
        ),
        pytest.param("def f(): return 1\n", "def f(): return 2\n", "", id="in one line"),
        pytest.param("def f(a=1): return 1\n", "def f(a=2): return 1\n", "", id="the head of one line"),
    ],
)
def test_the_function_that_holds_a_change(old: str, new: str, name: str) -> None:
    found = holder(read(old), read(new), between(old, new))
    assert (found.qualname if found else "") == name
