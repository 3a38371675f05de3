"""Where the cursor stands decides what is offered; «» marks the selection, or the cursor where it is empty."""

from __future__ import annotations

from textwrap import dedent

import pytest
from attrs import evolve
from tests.support.docstrings import page_of
from tests.support.source import marked

from lastmile.tasks.docstring import KIND
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.symbols import outline

ADD, REWRITE = "Add a docstring to `{}`", "Rewrite the docstring of `{}`"

CASES = {
    "in the name": ("def f«»oo(a):\n    return a\n", ADD, "foo"),
    "at the start of the line": ("«»def foo(a):\n    return a\n", ADD, "foo"),
    "in the blanks before": ("if x:\n  «»  def foo(a):\n        return a\n", ADD, "foo"),
    "after the colon": ("def foo(a):«»\n    return a\n", ADD, "foo"),
    "in a comment after the colon": ("def foo(a):  # he«»re\n    return a\n", ADD, "foo"),
    "in a parameter on its own line": ("def foo(\n    a«»,\n):\n    return a\n", ADD, "foo"),
    "in the line that ends the header": ("def foo(\n    a,\n)«»:\n    return a\n", ADD, "foo"),
    "in a decorator": ("@wra«»ps(x)\n@other\ndef foo(a):\n    return a\n", ADD, "foo"),
    "in async": ("as«»ync def foo(a):\n    return a\n", ADD, "foo"),
    "in the first line of the docstring": ('def foo(a):\n    """Do «»it.\n\n    More.\n    """\n', REWRITE, "foo"),
    "in the last line of the docstring": ('def foo(a):\n    """Do it.\n\n    More.\n    """«»\n', REWRITE, "foo"),
    "in the header of one that has a docstring": ('def f«»oo(a):\n    """Do it."""\n', REWRITE, "foo"),
    "in a class": ("class F«»oo(Base):\n    x = 1\n", ADD, "Foo"),
    "in a method": ("class Foo:\n    def b«»ar(self):\n        pass\n", ADD, "Foo.bar"),
    "in a function in a function": ("def foo():\n    def b«»ar():\n        pass\n", ADD, "foo.bar"),
    "anywhere on a single line": ("def foo(a): return «»a\n", ADD, "foo"),
    "a selected name": ("def «foo»(a):\n    return a\n", ADD, "foo"),
    "a whole selected definition": ("«def foo(a):\n    return a\n»", None, ""),
    "a whole selected definition without the last line end": ("«def foo(a):\n    return a»\n", ADD, "foo"),
    "after a form feed and wide characters": ("x = '😀'\n\x0c\ndef f«»oo(a):\n    return a\n", ADD, "foo"),
    "in the body": ("def foo(a):\n    ret«»urn a\n", None, ""),
    "in the body below the docstring": ('def foo(a):\n    """Do it."""\n    ret«»urn a\n', None, ""),
    "in a comment between header and body": ("def foo(a):\n    # he«»re\n    return a\n", None, ""),
    "between functions": ("def foo():\n    pass\n«»\n\ndef bar():\n    pass\n", None, ""),
    "in code of the module": ("x = «»1\ndef foo():\n    pass\n", None, ""),
    "a selection of two functions": ("«def foo():\n    pass\n\n\ndef bar():\n    pass»\n", None, ""),
    "in an empty file": ("«»", None, ""),
}


@pytest.mark.parametrize(("source", "title", "name"), CASES.values(), ids=CASES.keys())
def test_what_is_offered(source: str, title: str | None, name: str) -> None:
    text, [span] = marked(dedent(source))
    found = [(offer.title, offer.detail, offer.target) for offer in KIND.offers(page_of(text), span)]
    target = next((item.span for item in outline(text) if item.qualname == name), None)
    expected = [] if title is None else [(title.format(name.rsplit(".", 1)[-1]), {"symbol": name}, target)]
    assert found == expected


def test_an_offer_says_that_a_model_may_be_asked_and_where_it_stands_in_the_menu() -> None:
    [offer] = KIND.offers(page_of("def foo(): pass\n"), Span(5, 5))
    assert (offer.kind, offer.menu, offer.may_use_model, offer.preferred, offer.disabled) == (
        *("docstring", "refactor.rewrite.lastmile.docstring"),
        *(True, False, ""),
    )
    assert KIND.menus == (offer.menu,)


def test_other_languages_have_no_docstrings() -> None:
    page = page_of("def foo(): pass\n")
    assert list(KIND.offers(evolve(page, snapshot=evolve(page.snapshot, language="toml")), Span(5, 5))) == []


@pytest.mark.parametrize(
    ("at", "disabled"), [(Span(20, 21), "`foo` has a syntax error"), (Span(40, 41), "")], ids=["inside", "elsewhere"]
)
def test_a_definition_that_does_not_parse_says_so(at: Span, disabled: str) -> None:
    text = "def foo(a):\n    return a +\n\n\n\nx = 1 +\n"
    broken = Diagnostic("ruff", "invalid-syntax", "Expected an expression", at)
    [offer] = KIND.offers(evolve(page_of(text), diagnostics=(broken,)), Span(5, 5))
    assert offer.disabled == disabled
