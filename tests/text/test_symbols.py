"""What an outline and the list of defects say of a source, whole or broken, and that neither ever raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.support.source import PIECES, PYTHON_PIECES, marked, texts

from lastmile.text.edits import Span
from lastmile.text.symbols import Defect, Source, Symbol, defects, enclosing, outline


def check(source: str, qualname: str, kind: str = "function") -> None:
    """Look one symbol up; the marks open in this order: whole, header, name, body, docstring if there is one."""
    text, (whole, header, name, body, *docstring) = marked(source)
    found = next(symbol for symbol in outline(text) if symbol.qualname == qualname)
    assert found == Symbol(kind, qualname, whole, name, header, body, docstring[0] if docstring else None)
    assert found.name == qualname.rsplit(".", 1)[-1] == name.of(text)


@pytest.mark.parametrize(
    ("source", "qualname"),
    [
        pytest.param("««def «f»():»\n    «pass»»\n", "f", id="plain"),
        pytest.param("««def «f»():» «pass»»", "f", id="one line, no line end"),
        pytest.param("««async def «f»():»\n    ««'doc'»»»\n", "f", id="async"),
        pytest.param("«@a\n@b(1)\n«def «f»():»\n    «pass»»\n", "f", id="decorated"),
        pytest.param("class A:\n    «@a\n    «async def «m»(self):» «pass»»\n", "A.m", id="decorated method"),
        pytest.param("def f():\n    ««def «g»():»\n        «pass»»\n    g()\n", "f.g", id="nested"),
        pytest.param("class A:\n    class B:\n        ««def «m»(self):» «...»»\n", "A.B.m", id="in a class in a class"),
        pytest.param("if x:\n  try:\n    ««def «f»():» «pass»»\n  finally: pass\n", "f", id="inside statements"),
        pytest.param("««def «f»(a: 'x:y' = {1: 2}, b=lambda: 0) -> 'z':»\n    «return lambda: 1»»\n", "f", id="colons"),
        pytest.param("««def «f»[T: int](x: T) -> T:» «return x»»\n", "f", id="type parameters"),
        pytest.param("««def «f»(\n    a,\n    b,\n):»\n    «pass»»\n", "f", id="header over lines"),
        pytest.param("s = '😀é'\n««def «ñandú»():»\n    ««'é😀'»\n    x = '中'»»\n", "ñandú", id="wide characters"),
        pytest.param("s = '\ud800'; t = '😀'\n««def «f»():» «pass»»\n", "f", id="a lone surrogate"),
        pytest.param("\ufeff««def «f»():» «pass»»\n", "f", id="byte order mark"),
        pytest.param("x = 1\r\n««def «f»():»\r\n    ««'doc'»\r\n    pass»»\r\n", "f", id="crlf"),
        pytest.param("x = 1\r««def «f»():»\r    ««'doc'»\r    pass»»\ry = 2\r", "f", id="cr"),
        pytest.param("x = 1\n\x0c\n««def «f»():»\n    «pass»»\n", "f", id="form feed"),
        pytest.param("««def «f»():»\n    # why\n    ««'doc'»»»\n", "f", id="a comment before the docstring"),
        pytest.param("««def «f»():»\n    ««'a' \"b\"»»»\n", "f", id="docstring in parts"),
        pytest.param("««def «f»():»\n    ««rU'''a\n\n    b'''»\n    pass»»\n", "f", id="raw docstring"),
        pytest.param("««def «f»():»\n    «b'bytes'»»\n", "f", id="bytes are no docstring"),
        pytest.param("««def «f»():»\n    «f'{x}'»»\n", "f", id="an f-string is no docstring"),
        pytest.param("««def «f»():»\n    «'a' f'{x}'»»\n", "f", id="nor is it in parts"),
        pytest.param("««def «f»():»\n    «'a'.upper()»»\n", "f", id="nor what is called on a string"),
        pytest.param("««def «f»():»\n    «x = 'a'»»\n", "f", id="nor what is assigned"),
        pytest.param("««def «f»():»\n    «'a', 'b'»»\n", "f", id="nor a tuple of strings"),
        pytest.param("««def «f»():»\n    return 1 +«»»\n\ndef g(): pass\n", "f", id="broken body"),
        pytest.param("def g(:\n    pass\n\n««def «f»():» «pass»»\n", "f", id="after something broken"),
    ],
)  # fmt: skip
def test_function(source: str, qualname: str) -> None:
    check(source, qualname)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("««class «A»:»\n    ««'doc'»\n\n    def m(self): pass»»\n", id="plain"),
        pytest.param("«@d\n«class «A»(B, metaclass=C):» «x: int = 1»»\n", id="decorated"),
    ],
)
def test_class(source: str) -> None:
    check(source, "A", "class")


def test_outer_come_before_inner_in_order_of_place() -> None:
    text = (
        "class A:\n  def m(self):\n    def i(): pass\n  class B: x = 1\nasync def f(): pass\nif x:\n  def f(): pass\n"
    )
    assert [symbol.qualname for symbol in outline(text)] == ["A", "A.m", "A.m.i", "A.B", "f", "f"]


def test_the_innermost_symbol_holds_a_span() -> None:
    text, (body, call, outside) = marked("def f():\n    def g():\n        «x»\n    «g»()\n«y»\n")
    symbols = outline(text)
    found = [enclosing(symbols, span) for span in (body, call, outside)]
    assert [symbol and symbol.qualname for symbol in found] == ["f.g", "f", None]


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        pytest.param("x = 1\n", "", id="none"),
        pytest.param("", "", id="empty"),
        pytest.param("x = 1\r\rif x:\r    y = 2\r", "", id="cr is a line end"),
        pytest.param("if x:\n    y\n«@»\n", "", id="unexpected"),
        pytest.param("for x in«» :\n    pass\n", "identifier", id="missing"),
        pytest.param("é = '😀'; x = '\ud800'\nfor x in«» :\n    y\n", "identifier", id="after wide characters"),
        pytest.param("«\0»x = 1\n", "", id="one place is named once"),
    ],
)
def test_defects(source: str, missing: str) -> None:
    text, spans = marked(source)
    assert list(defects(text)) == [Defect(span, missing) for span in spans]


@given(texts(PYTHON_PIECES, most=60))
def test_nothing_that_is_typed_raises(text: str) -> None:
    within = Span(0, len(text))
    for symbol in outline(text):
        assert within.contains(symbol.span)
        assert symbol.span.contains(symbol.header)
        assert symbol.header.contains(symbol.name_span)
        assert symbol.span.contains(symbol.body)
        assert symbol.docstring is None or symbol.body.contains(symbol.docstring)
    assert all(within.contains(defect.span) for defect in defects(text))


@given(texts())
def test_bytes_lead_back_to_characters(text: str) -> None:
    source = Source(text)
    at = 0
    for offset, char in enumerate(text):
        assert source.offset(at) == offset
        at += len(char.encode("utf-8", "replace"))
    assert source.offset(at) == len(text)
    assert len(source.data) == at


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 20_000, id="brackets"),
        pytest.param("class a: " * 3_000, id="classes on one line"),
        pytest.param("".join(" " * depth + "def a():\n" for depth in range(900)), id="functions in functions"),
        pytest.param("def " * 20_000, id="keywords"),
        pytest.param("".join(PIECES) * 500, id="everything odd"),
    ],
)
def test_deep_nesting_is_read_without_recursion(text: str) -> None:
    outline(text)
    assert defects(text)
