"""What is shown of what a model writes: a source with the cursor marked, a stream, and the text that comes out."""

from __future__ import annotations

import pytest
from tests.support.filling import MARK, Desk, ScriptedFiller, pieces

from lastmile.config.completing import Completing

QUIET = Completing(battery_saver=True)


async def check(
    source: str, stream: str, shown: str | None, *, after: str = "", language: str = "python", size: int = 3
) -> None:
    """Ask at the mark; ``after`` is the document with what is shown, where that is telling."""
    desk = Desk(ScriptedFiller([pieces(stream, size)]), settings=QUIET, language=language)
    desk.put(source)
    found = await desk.ask(invoked=True)
    assert (found.text if found else None) == shown
    if found and after:
        desk.accept(found)
        assert desk.text == after
    await desk.completer.close()


BODY = "def area(width, height):\n    ‸\n\n\nprint(area(1, 2))\n"


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("source", "stream", "shown"),
    [
        # whitespace
        (BODY, "    return width * height\n", "return width * height"),
        (BODY, "return width * height", "return width * height"),
        ("x = ‸\n", " 1", "1"),
        ("x =‸\n", " 1", " 1"),
        (BODY, "    a = width\n    return a\n", "a = width\n    return a"),
        # one line or several
        ("total = 1\nprint(‸\n", "total)\nprint(2)\n", "total)"),
        ("if True:‸\n", "\n    x = 1\n    y = 2\n", "\n    x = 1\n    y = 2"),
        ("x = 1  # the‸\n", " first\ny = 2\n", " first"),
        # dedent
        (BODY, "    return width * height\n\n\ndef other():\n    pass\n", "return width * height"),
        ("def f():\n    if a:\n        ‸\n    return 1\n", "        b()\n    else:\n        c()\n", "b()"),
        ("def f():‸\n\nx = 1\n", "\n    return 1\n\ny = 2\n", "\n    return 1"),
        # what stands below
        ("a = 1\n‸\nprint(a)\n", "b = 2\nprint(a)\nprint(b)\n", "b = 2"),
        ("a = 1\n‸\nprint(a)\n", "print(a)\n", None),
        ("a = 1\nresult = ‸\nresult = compute(a)\n", "compute(a)\n", None),
        # what stands above
        ("import os\nimport sys\n‸\n", "import sys\n", None),
        ("a = compute(1)\nb = compute(2)\n‸\n", "a = compute(1)\nb = compute(2)\n", None),
        # loops
        ("x = [\n    ‸\n]\n", "12345,\n    12345,\n    12345,\n    12345,\n    12345,\n", "12345,"),
        # brackets
        ("print(‸)\n", "1, 2)", "1, 2)"),
        ("print(f(‸))\n", "1)", "1)"),
        ("print(‸)\n", "f(1)", "f(1)"),
        ('print("‸")\n', 'hello")', 'hello")'),
        ("print(‸)\n", "1, 2", "1, 2"),
        ("call(\n    ‸\n)\nx = 1\n", "    1,\n    2,\n)\nx = 2\n", "1,\n    2,"),
        # the rest of the line
        ("x = ‸ + 1\n", "2 + 1\n", "2"),
        # what no source has
        ("x = ‸\n", "1\ufffd\ufffd", "1"),
        ("x = ‸\n", "", None),
        ("x = ‸\n", "   \n\n", None),
    ],
)
async def test_what_fits(source: str, stream: str, shown: str | None, size: int) -> None:
    await check(source, stream, shown, size=size)


@pytest.mark.parametrize(
    ("source", "stream", "after"),
    [
        ("print(‸)\n", "1, 2)", "print(1, 2)\n"),
        ("print(f(‸))\n", "1)", "print(f(1))\n"),
        ("print(f(‸))\n", "1))", "print(f(1))\n"),
        ("print(‸)\n", "f(1)", "print(f(1))\n"),
        ("def f(‸):\n    pass\n", "a, b):", "def f(a, b):\n    pass\n"),
        ('d = {"‸"}\n', 'key"}', 'd = {"key"}\n'),
        ("x = [‸]  \n", "1]", "x = [1]  \n"),
        # what was written goes on behind the closer that an editor put in
        ("def f(‸)\n    pass\n", "a, b):", "def f(a, b):\n    pass\n"),
        ("def f(a: dict[str, list[in‸]])\n    pass\n", "t]]):", "def f(a: dict[str, list[int]]):\n    pass\n"),
        ("for x in f(‸)\n    pass\n", "a) + [1]:", "for x in f(a) + [1]:\n    pass\n"),
        ("x = [\n    f(1, ‸)\n    f(3, 4),\n]\n", "2),", "x = [\n    f(1, 2),\n    f(3, 4),\n]\n"),
        ("x = f(‸) + 1\n", "g(2)", "x = f(g(2)) + 1\n"),
        ("f(g(‸))\n", "1), h(2))", "f(g(1), h(2))\n"),
        ("f(g(‸))\n", "1), h(2)", "f(g(1), h(2))\n"),
        ('if f("‸")\n    pass\n', 'a"):', 'if f("a"):\n    pass\n'),
        ("def f(a,\n      b=(‸)\n    pass\n", "1, 2)):", "def f(a,\n      b=(1, 2)):\n    pass\n"),
    ],
)
async def test_closers_are_replaced_and_not_doubled(source: str, stream: str, after: str) -> None:
    await check(source, stream, after[source.index(MARK) :][: len(stream)].rstrip(), after=after)


@pytest.mark.parametrize(
    ("source", "stream", "shown"),
    [
        ("‸\n", "x = 1\ny = (2\n", "x = 1"),
        ("print(‸)\n", "1, (2", "1,"),
        ("x = 1‸\n", ")", None),
        ("x = 1\n‸\n", "return x\n", None),
        ("x = 1\n‸\n", "y = 2\nreturn y\n", "y = 2"),
        # a document that is broken is mended rather than broken more
        ("x = ‸\n", "foo(1)\ny = bar(\n", "foo(1)"),
        ("x = (‸\ny = 2\n", "1)", "1)"),
    ],
)
async def test_no_error_is_added(source: str, stream: str, shown: str | None) -> None:
    await check(source, stream, shown)


@pytest.mark.parametrize(
    ("language", "source", "stream", "shown"),
    [
        ("javascript", "function f(a) {‸\n\nf(1);\n", "\n  return a;\n}\n\nf(2);\n", "\n  return a;\n}"),
        ("javascript", "function f(a) {\n  ‸\n}\n", "  return a;\n}\n", "return a;"),
        ("rust", "fn f() -> i32 {\n    ‸\n}\n", "    1 + )\n", "1"),
        ("no-such-language", "x = ‸\n", "1)\n2", "1)"),
    ],
)
async def test_other_languages(language: str, source: str, stream: str, shown: str | None) -> None:
    await check(source, stream, shown, language=language)


async def test_line_ends_are_the_documents() -> None:
    await check("def f():\r\n    ‸\r\n", "    a = 1\n    return a\n", "a = 1\r\n    return a")
