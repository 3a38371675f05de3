"""What faults are put where, that each of them compiles and is the only one, and that a seed repeats them."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.source import marked

from lastmile.testing.mutation.making import mutants
from lastmile.text.edits import Span, apply

SOURCES = sorted((Path(__file__).parents[3] / "server" / "lastmile" / "text").glob("*.py"))


def check(source: str, *expected: str) -> None:
    """Compare the mutants of the marked part with what is expected to stand in its place."""
    text, (span,) = marked(source)
    found = mutants(text, span=span)
    head, tail = text[: span.start], text[span.end :]
    assert all(item.text.startswith(head) and item.text.endswith(tail) for item in found)
    assert {item.text[len(head) : len(item.text) - len(tail)] for item in found} == set(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("y = «a < b»\n", ("a <= b", "a > b"), id="boundary"),
        pytest.param(
            "y = «(a) == # ==\n (b)»\n".replace("«", "(«").replace("»", "»)"), ("(a) != # ==\n (b)",), id="past"
        ),
        pytest.param("y = «a is not b»\n", ("a is b",), id="identity"),
        pytest.param("y = «a not in b»\n", ("a in b",), id="membership"),
        pytest.param("y = «a + b»\n", ("a - b",), id="arithmetic"),
        pytest.param("y = «a ** b»\n", ("a * b",), id="power"),
        pytest.param("y = «'%s' % b»\n", ("'' % b",), id="no arithmetic on texts"),
        pytest.param("y = «a and b and c»\n", ("a or b and c", "a and b or c"), id="boolean"),
        pytest.param("y = «not a»\n", ("(a)",), id="negation removed"),
        pytest.param("y = «-a»\n", ("(a)",), id="sign removed"),
        pytest.param("y = «3»\n", ("4", "2", "(-3)"), id="number"),
        pytest.param("y = «0»\n", ("1", "(-1)"), id="zero"),
        pytest.param("y = «True»\n", ("False",), id="flag"),
        pytest.param("y = «'a'»\n", ("''",), id="text"),
        pytest.param("y = «b''»\n", ("b'mutant'",), id="bytes"),
        pytest.param("y = «[a]»\n", ("[]",), id="list"),
        pytest.param("y = «{a: b}»\n", ("{}",), id="dict"),
        pytest.param("def f(a=«1»): pass\n", ("2", "0"), id="default"),
        pytest.param("if «a»:\n    pass\n", ("(not (a))",), id="condition"),
        pytest.param("y = b if «a» else c\n", ("(not (a))",), id="conditional expression"),
        pytest.param("def f():\n    return «a»\n", ("None",), id="returned value"),
        pytest.param("for a in b:\n    «break»\n", ("continue",), id="break"),
        pytest.param("for a in b:\n    «continue»\n", ("break",), id="continue"),
        pytest.param("«a += b»\n", ("a -= b", "pass"), id="augmented"),
        pytest.param("«f()»\n", ("pass",), id="a call left out"),
        pytest.param("«a.b = c»\n", ("pass",), id="an assignment left out"),
        pytest.param("y = «f(a, b)»\n", ("f(b, a)", "f(a)"), id="arguments"),
        pytest.param("y = a[«b:c»]\n", ("(b) + 1:c", "(b) - 1:c", "b:(c) + 1", "b:(c) - 1"), id="slice"),
        pytest.param("for a in «range(b)»: pass\n", ("range((b) + 1)", "range((b) - 1)"), id="range"),
        pytest.param("s = '😀é'; y = «a < '中'»\n", ("a <= '中'", "a > '中'", "a < ''"), id="wide characters"),
        pytest.param("\ufeffx = 1\r\ny = «a < b»\r\n", ("a <= b", "a > b"), id="byte order mark, crlf"),
        pytest.param("«'''Doc.'''\n»", (), id="docstring"),
        pytest.param("«def f(a: 'int') -> 'str': ...\n»", (), id="annotations"),
        pytest.param("«if TYPE_CHECKING:\n    x = 1\n»", ("if (not (TYPE_CHECKING)):\n    x = 1\n",), id="for types"),
        pytest.param("«__all__ = ['a']\n»", (), id="exports"),
        pytest.param("«logger.info('a')\n»", (), id="logging"),
        pytest.param("«raise ValueError('a')»\n", ("pass",), id="an exception's words"),
        pytest.param("«x = f'{a + 1}'\n»", (), id="f-string"),
        pytest.param("«@a(1)\ndef f(): pass\n»", (), id="decorator"),
        pytest.param("«def f(:\n»", (), id="does not parse"),
    ],
)
def test_faults(source: str, expected: tuple[str, ...]) -> None:
    check(source, *expected)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000))
def test_each_compiles_is_the_only_fault_and_comes_again(path: Path, seed: int) -> None:
    text = path.read_text()
    found = mutants(text, seed=seed, most=3)
    assert found == mutants(text, seed=seed, most=3)
    for item in found:
        compile(item.text, "mutant", "exec")
        assert item.text != text
        assert item.text == apply(text, [item.change])
        assert item.line == text[: item.change.span.start].count("\n") + 1
        assert ast.dump(ast.parse(item.text)) != ast.dump(ast.parse(text))


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b.c", "1", "0", "-2", "1.5", "'é😀'", "''", "None", "True", "f'{a}'", "b'x'", "[]"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "<", "is not", "not in", " and ", "**", "% "]), inner).map(
            lambda parts: f"({parts[0]}) # {parts[1]}\n {parts[1]} ({parts[2]})".join("()")
        ),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(inner, inner).map(lambda parts: f"f({parts[0]},\n{parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"a[({parts[0]}):({parts[1]})]"),
        inner.map(lambda part: f"[{part}, *a]"),
        inner.map(lambda part: f"(lambda x={part}: {part})"),
    ),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(0, 99))
def test_any_expression(parts: list[str], end: str, seed: int) -> None:
    text = "".join(f"def f{at}(a, b):\n    if {part}:\n        return {part}\n" for at, part in enumerate(parts))
    text = text.replace("\n", end)
    for item in mutants(text, seed=seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ``1 is None`` is a mutant like another
            compile(item.text, "mutant", "exec")
        assert item.text == apply(text, [item.change])
        assert item.text != text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    for item in mutants(text, most=5):
        assert item.text == apply(text, [item.change])


def test_only_the_lines_and_no_more_than_asked() -> None:
    text = "a = 1\nb = 2\nc = 3\n"
    assert {item.line for item in mutants(text, lines={2})} == {2}
    assert len(mutants(text, most=4)) == 4
    assert len({tuple(mutants(text, most=1, seed=seed)) for seed in range(20)}) > 3
    assert mutants(text, span=Span(0, 5), most=0) == ()
