"""Where a text that is still growing is ended, and why; and what fits in without a parser."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

import pytest
from tests.support.filling import MARK, ManualClock

from lastmile.complete.cache import Cache, Made
from lastmile.complete.listening import Limits, listen
from lastmile.complete.stopping import Why, cut, scene, whole_lines
from lastmile.complete.syntax import look
from lastmile.complete.tidying import Fitted, fitted
from lastmile.complete.window import Window, around
from lastmile.text.lines import LineIndex


def window(source: str) -> Window:
    return around(LineIndex(source.replace(MARK, "")), source.index(MARK))


@pytest.mark.parametrize(
    ("source", "text", "kept", "why"),
    [
        ("x = ‸\n", "1\n", "1", Why.LINE),
        ("x = ‸\n", "1", "1", None),
        ("if a:\n    ‸\n", "b()\nc()", "b()", Why.DEDENT),
        ("if a:\n    ‸\n", "b()\n\n    c()\n", "b()\n\n    c()\n", None),
        ("if a:\n    ‸\n", "b(\n1,\n)\n    c()", "b(\n1,\n)\n    c()", None),
        ("if a:‸\n", "\n    b()\nc()", "\n    b()", Why.DEDENT),
        ("if a:\n\t‸\n", "b()\n\tc()\nd()", "b()\n\tc()", Why.DEDENT),
        ("call(\n    ‸\n", "1,\n    2,\n)\nx = 1", "1,\n    2,\n)", Why.CLOSED),
        ("call(f(\n    ‸\n", "1)\n)\nx = 1", "1)\n)", Why.CLOSED),
        ("call(\n    ‸\n", "1,\n2", "1,\n2", None),
        ("if a:  # (so\n    ‸\n", "b()\nc()", "b()", Why.DEDENT),
        ("if a:\n    ‸\n    return total\n", "b()\n    return total\n    c()", "b()", Why.REPEATS),
        ("    ‸\n    pass\n", "b()\n    pass\n    c()", "b()\n    pass\n    c()", None),
        ("    ‸\n    return total\n", "return total\n", "", Why.REPEATS),
        ("‸", "a = b\na = b\na = b\na = b", "a = b", Why.LOOP),
        ("‸", "a = b\na = b\na = c\na = b", "a = b\na = b\na = c\na = b", None),
        ("‸", "x = 'abcabcabcabcabcabcabcabc", "x = 'abc", Why.LOOP),
        ("‸", "a = 1\n    x = 'abcdefghijkabcdefghijkabcdefghijkabcdefghijk", "a = 1\n    x = 'abcdefghijk", Why.LOOP),
        ("‸", "x = 'abcabcabcabcabc", "x = 'abcabcabcabcabc", None),
        ("‸", "x = " + " " * 60, "x = " + " " * 60, None),
        ("‸", "x = " + "0" * 600, "x = " + "0" * 203, Why.LOOP),
        ("‸", "a = 1\n\n\nb = 2\n", "a = 1", Why.BLANK),
        ("‸", "a = 1\n\nb = 2\n", "a = 1\n\nb = 2\n", None),
    ],
)
def test_where_a_text_ends(source: str, text: str, kept: str, why: Why | None) -> None:
    place = look(source.replace(MARK, ""), source.index(MARK), "python")
    found = cut(text, scene(window(source), place))
    assert (text if found is None else text[: found.length], found and found.why) == (kept, why)


def test_a_long_text_is_looked_at_in_no_time() -> None:
    place = scene(window("if a:\n    ‸\n"), look("if a:\n    \n", 10, "python"))
    text = "\n".join(f"    value_{number} = compute(a, b)[0]" for number in range(2000))
    began = time.thread_time()
    assert cut(text, place) is None
    assert time.thread_time() - began < 1  # it took a minute when each line was weighed with all before it


@pytest.mark.parametrize(
    ("source", "text", "kept", "why"),
    [
        ("f() {‸\n", "\n  a;\n}\ng();", "\n  a;\n}", Why.CLOSED),
        ("f() {‸\n}\n", "\n  a;\n}\ng();", "\n  a;", Why.DEDENT),
        ("f() {\n  ‸\n}\n", "a;\n}\ng();", "a;", Why.DEDENT),
        ("f() {\n  ‸\n}\n", "if (a) {\n    b;\n  }\n  c;\n}\n", "if (a) {\n    b;\n  }\n  c;", Why.DEDENT),
    ],
)
def test_where_a_block_in_braces_ends(source: str, text: str, kept: str, why: Why) -> None:
    place = look(source.replace(MARK, ""), source.index(MARK), "javascript")
    found = cut(text, scene(window(source), place))
    assert found is not None
    assert (text[: found.length], found.why) == (kept, why)


@pytest.mark.parametrize(
    ("source", "text", "fit"),
    [
        ("print(‸)\n", "f(1)", Fitted("f(1)")),
        ("print(‸)\n", "1)", Fitted("1)", 1)),
        ("print(f(‸))\n", "1))", Fitted("1))", 2)),
        ("print(f(‸))\n", "1)", Fitted("1)", 1)),
        ("print(‸)\n", "f(1))", Fitted("f(1))", 1)),
        ("print( ‸ )\n", "1 )", Fitted("1 )", 2)),
        ("x = {'‸'}\n", "a'}", Fitted("a'}", 2)),
        ("x = '‸'\n", "a", Fitted("a")),
        ("f(‸):\n", "a):", Fitted("a):", 2)),
        ("f(‸)\n", ")", None),
        ("x = ‸ + one\n", "1 + one", Fitted("1")),
        ("x = ‸ + one\n", "1 + on", Fitted("1")),
        ("x = ‸one\n", "two\nthree", Fitted("two")),
        ("a = 1\r\n‸", "b\nc", Fitted("b\r\nc")),
        ("x = 1\n‸\n}\n", "a {\n}", Fitted("a {\n}")),
        ("x = 1\n‸\n}\n", "a\n}", Fitted("a")),
    ],
)
def test_what_fits_in(source: str, text: str, fit: Fitted | None) -> None:
    assert fitted(text, window(source)) == fit


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\nb\nc", "a\nb"), ("a", "a"), ("a\n", "a"), ("\n    a", "\n    a"), ("\n    a\n    b", "\n    a")],
)
def test_a_line_that_was_cut_off_is_left_out(text: str, kept: str) -> None:
    assert whole_lines(text) == kept


@pytest.mark.parametrize(("most", "kept"), [(9, "a = 1\nb = 22"), (3, "a = 1")])
async def test_a_text_of_as_many_tokens_as_may_be_was_cut_off(most: int, kept: str) -> None:
    async def stream() -> AsyncGenerator[str, None]:
        for piece in ("a = 1\n", "b = 2", "2"):
            yield piece

    around_ = scene(window("‸"), look("", 0, "python"))
    heard: list[str] = []
    text = await listen(stream(), around_, Limits(most, 9.0), line="", clock=ManualClock(), hear=heard.append)
    assert text == kept
    assert heard == ["a = 1\n", "a = 1\nb = 2", "a = 1\nb = 22"]


def test_the_cache_looks_back_so_far_and_holds_so_many() -> None:
    cache, text = Cache(), "x" * 300
    cache.put("d", Made(Window("a", "z"), text))
    for typed, found in ((0, True), (128, True), (129, False)):
        assert (cache.find("d", Window("a" + text[:typed], "z")) is not None) is found
    assert cache.find("d", Window("a", "y")) is None
    assert cache.find("e", Window("a", "z")) is None
    for number in range(400):
        cache.put("d", Made(Window(str(number), ""), "text"))
    assert len(cache) == 250
    assert cache.find("d", Window("a", "z")) is None
    cache.forget("d")
    assert len(cache) == 0
