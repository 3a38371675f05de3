"""Percent formats become ``str.format`` only where the result is the same text for any value.

Each case that is rewritten is run: both forms give the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.judging import ruff_in, task_on

from lastmile.text.code import Code
from lastmile.text.edits import Span
from lastmile.tiers.rules.percent import percent_format


class Odd:
    """A value whose three texts differ."""

    def __str__(self) -> str:
        return "str"

    def __repr__(self) -> str:
        return "repr"

    def __format__(self, spec: str) -> str:
        return f"format {spec}"


VALUES = {"a": Odd(), "b": "é{}%", "n": [1, 2], "c": None, "i": 7, "j": -7, "neg": True}


def made(text: str, span: Span) -> str | None:
    """Rewrite the operation that begins a span."""
    code = Code.of(text)
    return None if code is None else percent_format(code, span)


def rewritten(expression: str, *, before: str = "") -> str | None:
    """Rewrite an expression that stands in a function below some lines; gives the new expression.

    The operation begins at « where it does not begin the expression.
    """
    text = f"def f(a, b, c, n, i: int, j: int, neg: int):\n{before}    return {expression}\n"
    start = text.index("«") if "«" in text else text.index("return ") + len("return ")
    text = text.replace("«", "")
    new = made(text, Span(start, len(text) - 1))
    if new is not None:
        assert new.startswith(text[:start])
        assert run(new) == run(text)
    return None if new is None else new[new.index("return ") + len("return ") : -1]


def run(text: str) -> object:
    """Call the function of a text."""
    names: dict[str, object] = {}
    exec(text, names)  # noqa: S102 - the texts are this file's own
    function = names["f"]
    assert callable(function)
    return function(**VALUES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'%s' % (a,)", "'{!s}'.format(a)"),
        ("'%s and %r and %a' % (a, a, b)", "'{!s} and {!r} and {!a}'.format(a, a, b)"),
        ("'%5s|%-5s|%.2s|%-5.2s' % (a, a, a, b)", "'{!s:>5}|{!s:<5}|{!s:.2}|{!s:<5.2}'.format(a, a, a, b)"),
        ("'100%% of {%s}' % (a,)", "'100% of {{{!s}}}'.format(a)"),
        ("'%d %i' % (len(n), 1)", "'{:d} {:d}'.format(len(n), 1)"),
        ("'%03d|%5d|%-5d|%+d' % (i, i, i, i)", "'{:03d}|{:5d}|{:<5d}|{:+d}'.format(i, i, i, i)"),
        ("'%+d|% d|%-05d|%+ 05d' % (j, j, j, i)", "'{:+d}|{: d}|{:<5d}|{:+05d}'.format(j, j, j, i)"),
        ("'%x %X %o' % (i, j, neg)", "'{:x} {:X} {:o}'.format(i, j, neg)"),
        ("'%d' % i", "'{:d}'.format(i)"),
        ("'%d' % (len(n))", "'{:d}'.format(len(n))"),
        ("'%d' % (-i + 2 * len(n) // 3)", "'{:d}'.format(-i + 2 * len(n) // 3)"),
        ("'%d' % (i if neg else j)", "'{:d}'.format(i if neg else j)"),
        ("'%d' % (a is b)", None),
        ("'%s' % str(a)", "'{!s}'.format(str(a))"),
        ("'%s' % ', '.join(map(str, n))", "'{!s}'.format(', '.join(map(str, n)))"),
        ("'%s' % type(a).__name__", "'{!s}'.format(type(a).__name__)"),
        ("'%s' % 'x'", "'{!s}'.format('x')"),
        ("'%s' % (f'{i}' + b)", "'{!s}'.format(f'{i}' + b)"),
        ("'%s' % f'{i}'", "'{!s}'.format(f'{i}')"),
        ("'%s' % i", "'{!s}'.format(i)"),
        ("('%s' '%d') % (a, i)", "('{!s}' '{:d}').format(a, i)"),
        ("(«'%s'\n     '%d'\n     % (a, i))", "('{!s}'\n     '{:d}'.format(a, i))"),
        ("('x'\n     + «'%s' % (a,))", "('x'\n     + '{!s}'.format(a))"),
        ("(«'%s'  # why\n     '%d' % (a, i))", "('{!s}'  # why\n     '{:d}'.format(a, i))"),
        ("(«'%s' %  # why\n     (a,))", None),
        ("'%s' f'%s' % (a, b)", None),
        ("('\x0c' '\u2028%s' '%d' % (a, i))".replace("('", "(«'"), "('\x0c' '\u2028{!s}' '{:d}'.format(a, i))"),
        ("'%s' % (\n        a,\n    )", "'{!s}'.format(\n        a,\n    )"),
        ("r'\\%s' % (a,)", "r'\\{!s}'.format(a)"),
        ("'\\n%s' % (a,)", "'\\n{!s}'.format(a)"),
        ('"""%s"""  %  (a,)', '"""{!s}""".format(a)'),
        ("'é😀%s' % (b,)", "'é😀{!s}'.format(b)"),
        ("'%s' % (a,) + 'x'", "'{!s}'.format(a) + 'x'"),
        ("'%s' % a", None),
        ("'%s' % c", None),
        ("'%d' % n[0]", None),
        ("'%d' % (a,)", None),
        ("'%s %s' % (a,)", None),
        ("'%s' % (a, b)", None),
        ("'%s' % (*n,)", None),
        ("'%(a)s' % {'a': a}", None),
        ("'%*d' % (i, j)", None),
        ("'%f' % 1", None),
        ("'%.3d' % i", None),
        ("'%#x' % i", None),
        ("'%+s' % (a,)", None),
        ("'%' % ()", None),
        ("'\\x25s' % (a,)", None),
        ("'\\N{DASH}%s' % (a,)", None),
        ("'%s' % (a,  # why\n    )", "'{!s}'.format(a,  # why\n    )"),
        ("'%s' \\\n    % (a,)", None),
        ("b'%s' % (a,)", None),
        ("i % 2", None),
    ],
)
def test_percent_format(old: str, new: str | None) -> None:
    assert rewritten(old) == new


@pytest.mark.parametrize(
    ("before", "expression", "known"),
    [
        pytest.param("k = 1", "'%d' % k", True, id="an int"),
        pytest.param("k = 1.5", "'%d' % k", False, id="a float"),
        pytest.param("k = 0; k += 1; k = k * 2", "'%d' % k", True, id="counted up"),
        pytest.param("k = 0; k += a", "'%d' % k", False, id="counted up by something"),
        pytest.param("k = 8; k /= 2", "'%d' % k", False, id="divided"),
        pytest.param("k: int = len(n)", "'%d' % k", True, id="annotated and given"),
        pytest.param("k: int", "'%d' % k", False, id="annotated alone"),
        pytest.param("for k in range(3): pass", "'%d' % k", True, id="from a range"),
        pytest.param("for k, _ in enumerate(n): pass", "'%d' % k", True, id="from enumerate"),
        pytest.param("for _, k in enumerate(n): pass", "'%d' % k", False, id="an item of enumerate"),
        pytest.param("for k, _ in enumerate(n, a): pass", "'%d' % k", False, id="enumerate from anywhere"),
        pytest.param("for k, _ in zip(n, n): pass", "'%d' % k", False, id="from a pair"),
        pytest.param("for k in n: pass", "'%d' % k", False, id="from anywhere"),
        pytest.param("pass", "['%d' % k for k in range(3)]", True, id="in a comprehension"),
        pytest.param("pass", "['%d' % k for k, _ in enumerate(n)]", True, id="in a comprehension over enumerate"),
        pytest.param("pass", "['%d' % k for k, _ in n]", False, id="in a comprehension over pairs"),
        pytest.param("pass", "'%d' % (k := 3)", False, id="a name bound in passing"),
        pytest.param("pass", "'%d' % missing", False, id="of another place"),
        pytest.param("k = 1; k = a", "'%d' % k", False, id="an int at first"),
        pytest.param("global k; k = 1", "'%d' % k", False, id="of the module"),
        pytest.param("def g():\n        k = 1", "'%d' % k", False, id="of an inner function"),
        pytest.param("import k", "'%d' % k", False, id="a module"),
        pytest.param("len = str", "'%d' % len(n)", False, id="a built-in name bound again"),
        pytest.param("k = l = 1", "'%d' % k", False, id="one of two"),
        pytest.param("k = ~1 & 3 | 2 ^ 1", "'%d' % k", True, id="bits"),
        pytest.param("k = 1 ** -1", "'%d' % k", False, id="a power"),
        pytest.param("k = not a", "'%d' % k", False, id="a truth value, which is left alone"),
    ],
)
def test_what_is_known_to_be_an_int(before: str, expression: str, *, known: bool) -> None:
    text = f"def f(a, n):\n    {before}\n    return {expression}\n"
    start = text.rindex("'%d'")
    assert (made(text, Span(start, start + 1)) is not None) is known


@pytest.mark.parametrize(
    ("parameter", "known"), [("k: int", True), ("k: str", True), ("k", False), ("k: float", False), ("*k: int", False)]
)
def test_a_single_operand_must_be_no_tuple(parameter: str, *, known: bool) -> None:
    # A starred parameter is a tuple, whatever its annotation says of the items.
    text = f"def f({parameter}):\n    return '%s' % k\n"
    start = text.index("'%s'")
    assert (made(text, Span(start, start + 1)) is not None) is known


async def test_ruff_finds_it_where_the_template_looks(tmp_path: Path) -> None:
    text = "def f(n):\n    return ('a: %s'\n            '%d' % (n, len(n)))\n"
    [found] = await ruff_in(tmp_path, "UP031").check(task_on(text, tmp_path).snapshot)
    assert found.fix is None
    assert made(text, found.span) == text.replace("' %", "'.format").replace("%s", "{!s}").replace(
        "%d", "{:d}"
    ).replace("format (", "format(")


PIECES = ("%s", "%r", "%d", "%5d", "%-3s", "%%", "%", "{", "}", "{0}", "x", "é", " ", "\\n", "\\\\", "\\'", '"')


@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.lists(st.sampled_from(["a", "b", "c", "n", "i", "len(n)", "'%s'", "-j", "(i, j)"]), max_size=4),
)
def test_any_format_gives_the_same_text(form: str, operands: list[str]) -> None:
    operand = f"({', '.join(operands)}{',' if len(operands) == 1 else ''})"
    text = f"def f(a, b, c, n, i: int, j: int, neg: int):\n    return '{form}' % {operand}\n"
    start = text.index("return ") + len("return ")
    new = made(text, Span(start, len(text) - 1))
    if new is not None:
        assert run(new) == run(text)
