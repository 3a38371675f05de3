from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.text import anchor
from lastmile.text.edits import Replacement, Span, apply, moved

# Few different characters and lines, so that most places could be taken for another.
TEXTS = st.lists(
    st.sampled_from(["x = 1\n", "import os\n", "def f():\n", "    pass\n", "\n", "é𝒳 = '\u2028'\r\n", "y"]), max_size=14
).map("".join)


def check(marked: str, new: str) -> None:
    """Look for what stands between « and » in ``new``, where the same marks say what must be found."""
    old = marked.replace("«", "").replace("»", "")
    made = anchor.make(old, Span(marked.index("«"), marked.index("»") - 1))
    expected = Span(new.index("«"), new.index("»") - 1) if "«" in new else None
    assert anchor.find(made, new.replace("«", "").replace("»", "")) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Something came before, after, or on both sides.
        ("import «os»\nx = 1\n", "# a\nimport «os»\nx = 1\n"),
        ("import «os»\nx = 1\n", "import «os»\nx = 1\ny = 2\n"),
        ("import «os»\nx = 1\n", "# a\nimport «os»\ny = 2\n"),
        # The first of two that look alike is told from the second by what stands around it.
        ("def f():\n    «x» = 1\ndef g():\n    x = 1\n", "a\ndef f():\n    «x» = 1\ndef g():\n    x = 1\n"),
        # Its own text changed, or it is gone.
        ("import «os»\nx = os\n", "import sys\nx = os\n"),
        ("import «os»\n", ""),
        # One that may be any of two.
        ("a\n«x»\nb\n", "a\nx\nb\na\nx\nb\n"),
        # Several lines tell enough to move them elsewhere; one word does not.
        ("a\n«def f():\n    return 1\n»b\n", "zz\nyy\n«def f():\n    return 1\n»ww\n"),
        ("aaa «os» bbb", "ccc os ddd"),
        # Several lines that stand twice elsewhere.
        ("a\n«f():\n  1\n»b\n", "zz\nf():\n  1\nyy\nf():\n  1\nww\n"),
        # A place without text: at the start, in the middle, at the end.
        ("«»import os\n", "«»import os\n"),
        ("import os\n«»x = 1\n", "# a\nimport os\n«»x = 1\n"),
        ("import os\n«»", "# a\nimport os\n«»"),
        ("import os\n«»", "import os\nimport os\n«»"),
        ("x\n«»y\n", "x\ny\nx\ny\n"),
        # The whole text stays the whole text.
        ("«import os\n»", "«import sys\nx = 1\n»"),
        ("«»", "«anything»"),
    ],
)
def test_a_place_is_found_again_or_not_at_all(old: str, new: str) -> None:
    check(old, new)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Span]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text)))
    return text, Span(start, draw(st.integers(start, len(text))))


@given(texts_with_spans())
def test_in_the_same_text_it_is_found_there_or_is_ambiguous(case: tuple[str, Span]) -> None:
    text, span = case
    assert anchor.find(anchor.make(text, span), text) in {span, None}


@given(texts_with_spans(), TEXTS)
def test_what_is_found_reads_the_same(case: tuple[str, Span], other: str) -> None:
    text, span = case
    made = anchor.make(text, span)
    found = anchor.find(made, other)
    assert found is None or made.whole or found.of(other) == span.of(text)


@given(texts_with_spans(), st.data())
def test_an_edit_elsewhere_moves_it_or_hides_it_and_never_swaps_it(case: tuple[str, Span], data: st.DataObject) -> None:
    text, span = case
    start = data.draw(st.integers(0, len(text)))
    edit = Replacement(Span(start, data.draw(st.integers(start, len(text)))), data.draw(st.sampled_from(["", "q\n"])))
    now = moved(span, [edit])
    made = anchor.make(text, span)
    if now is not None and not made.whole and len(span) > 0 and span.of(text) not in edit.text:
        found = anchor.find(made, apply(text, [edit]))
        assert found in {now, None} or apply(text, [edit]).count(span.of(text)) > 1


def test_a_text_with_too_many_likely_places_is_ambiguous() -> None:
    text = "x" * 5000
    assert anchor.find(anchor.make(text, Span(2000, 2001)), text) is None


@pytest.mark.parametrize(("start", "length"), [(-1, 0), (0, -1)])
def test_an_anchor_with_impossible_numbers_is_refused(start: int, length: int) -> None:
    with pytest.raises(ValueError, match=">= 0"):
        anchor.Anchor(start=start, length=length, digest="", first="", before="", after="")
