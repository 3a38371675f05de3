"""What the syntax tree says of a place, and what the gate leaves of a completion."""

from __future__ import annotations

import pytest
from tests.support.filling import MARK

from lastmile.complete.syntax import Gated, gate, look
from lastmile.complete.values import Where
from lastmile.text.edits import Span

CODE, COMMENT, STRING = Where.CODE, Where.COMMENT, Where.STRING


@pytest.mark.parametrize(
    ("source", "where", "multiline", "ended"),
    [
        ("‸", CODE, True, False),
        ("x = 1\n‸", CODE, True, False),
        ("def f():\n    ‸\n", CODE, True, False),
        ("def f():‸\n", CODE, True, False),
        ("async def f(a,\n      b):‸\n", CODE, True, False),
        ("if a:‸\n", CODE, True, False),
        ("else:‸\n", CODE, True, False),
        ("x = ‸\n", CODE, False, False),
        ("x: ‸\n", CODE, False, False),
        ("x = {1:‸\n", CODE, False, False),
        ("x = lambda:‸\n", CODE, False, False),
        ("x = 1‸\n", CODE, False, True),
        ("x = 1‸ + 2\n", CODE, False, False),
        ("return x‸", CODE, False, True),
        ("x = f(‸)\n", CODE, False, False),
        ("x = f(\n    ‸\n)\n", CODE, True, False),
        ("x = 1  # so‸\n", COMMENT, False, False),
        ("# so‸\nx = 1\n", COMMENT, False, False),
        ("# so\n‸x = 1\n", CODE, False, False),
        ('x = "so‸"\n', STRING, False, False),
        ('x = "so"‸\n', CODE, False, True),
        ('x = f"so {a‸}"\n', CODE, False, False),
        ('x = f"so‸ {a}"\n', STRING, False, False),
        ('def f():\n    """So.\n\n    ‸\n    """\n', STRING, True, False),
        ("ä = 'ß😀‸'\n", STRING, False, False),
    ],
)
def test_places(source: str, where: Where, *, multiline: bool, ended: bool) -> None:
    place = look(source.replace(MARK, ""), source.index(MARK), "python")
    assert (place.where, place.multiline, place.ended) == (where, multiline, ended)


@pytest.mark.parametrize(
    ("language", "source", "where", "multiline"),
    [
        ("javascript", "function f() {‸\n}\n", CODE, True),
        ("javascript", "f(‸);\n", CODE, False),
        ("javascript", "// so‸\nf();\n", COMMENT, False),
        ("javascript", "let x = `so ${‸}`;\n", CODE, False),
        ("rust", 'let x = "so‸";\n', STRING, False),
        ("c", "/* so‸ */\n", COMMENT, False),
        ("no-such-language", "x = ‸\n", CODE, False),
        ("no-such-language", "‸\n", CODE, True),
    ],
)
def test_places_of_other_languages(language: str, source: str, where: Where, *, multiline: bool) -> None:
    place = look(source.replace(MARK, ""), source.index(MARK), language)
    assert (place.where, place.multiline) == (where, multiline)


@pytest.mark.parametrize(
    ("source", "completion", "left", "clean"),
    [
        ("x = ‸\n", "1", "1", True),
        ("‸\n", "x = 1\ny = 2", "x = 1\ny = 2", True),
        ("‸\n", "x = 1\ny = (2", "x = 1", True),
        ("‸\n", "x = 1\n  y = 2", "x = 1", True),
        ("‸\n", "x = (1", "x", True),
        ("def f():\n    return 1\n‸\n", "yield 2", "", False),
        ("x = (\n\n‸\n", "y = 1", "y = 1", False),
        ("‸\n", "x = ]", "x", True),
        ("‸\n", "]", "", False),
        ("x = 1\nz = ‸\n", "(2\n", "(2", False),
        ("a = '‸'\n", "it's", "it", True),
        ("# ‸\n", "x = (1", "x = (1", True),
        ("def f():\n    ‸\n    x = 1\n", '"""Say what it', "", False),
        ("def f():\n    ‸\n    x = 1\n", "''" + "'Say what it", "", False),
        ("‸\n", 'y = "" + (1', 'y = ""', True),
    ],
)
def test_the_gate(source: str, completion: str, left: str, *, clean: bool) -> None:
    at = source.index(MARK)
    assert gate(source.replace(MARK, ""), Span(at, at), completion, "python") == Gated(left, clean)
