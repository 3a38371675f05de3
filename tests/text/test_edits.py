"""Applying, comparing and following edits: what is promised of any text, and the cases that once failed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.source import pairs

from lastmile.errors import RequestError
from lastmile.text.buffer import Buffer
from lastmile.text.edits import Replacement, Span, apply, difference, moved
from lastmile.text.lines import LineIndex, split_lines
from lastmile.text.positions import Encoding, to_position


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 1), (-3, -2)])
def test_what_is_no_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("one", "other", "contains", "touches"),
    [
        ((2, 5), (2, 5), True, True),
        ((2, 5), (3, 4), True, True),
        ((2, 5), (5, 5), True, True),
        ((2, 5), (5, 6), False, True),
        ((2, 5), (1, 3), False, True),
        ((2, 5), (6, 7), False, False),
        ((2, 5), (0, 1), False, False),
    ],
)
def test_spans(one: tuple[int, int], other: tuple[int, int], *, contains: bool, touches: bool) -> None:
    assert Span(*one).contains(Span(*other)) is contains
    assert Span(*one).touches(Span(*other)) is touches
    assert Span(*other).touches(Span(*one)) is touches


def test_a_span_cuts() -> None:
    assert (Span(1, 3).of("abcd"), len(Span(1, 3))) == ("bc", 2)


def at(start: int, end: int, text: str) -> Replacement:
    return Replacement(Span(start, end), text)


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        pytest.param([], "abcdef", id="nothing"),
        pytest.param([at(4, 5, "X"), at(0, 1, "")], "bcdXf", id="in any order"),
        pytest.param([at(1, 3, "X"), at(3, 4, "Y")], "aXYef", id="side by side"),
        pytest.param([at(6, 6, "!"), at(0, 0, "!")], "!abcdef!", id="at both ends"),
        pytest.param([at(2, 2, "Z"), at(2, 2, "A")], "abZAcdef", id="insertions at one place keep their order"),
        pytest.param([at(2, 4, "X"), at(2, 2, "I")], "abIXef", id="an insertion before what is replaced"),
    ],
)
def test_apply(edits: list[Replacement], result: str) -> None:
    assert apply("abcdef", edits) == result


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([at(0, 3, ""), at(2, 4, "")], id="overlap"),
        pytest.param([at(2, 4, ""), at(2, 4, "")], id="the same twice"),
        pytest.param([at(5, 7, "")], id="past the end"),
        pytest.param([at(1, 5, ""), at(3, 3, "x")], id="an insertion inside"),
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Replacement]) -> None:
    with pytest.raises(RequestError, match="overlap or lie outside"):
        apply("abcdef", edits)


@given(pairs())
def test_the_difference_leads_to_the_new_text(texts: tuple[str, str]) -> None:
    old, new = texts
    changes = difference(old, new)
    assert apply(old, changes) == new
    assert all(change.span.of(old) != change.text for change in changes)


@given(pairs(), st.sampled_from(list(Encoding)))
def test_an_editor_comes_to_the_same_text(texts: tuple[str, str], encoding: Encoding) -> None:
    check_editor(*texts, encoding)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(pairs(), st.sampled_from(list(Encoding)))
def test_an_editor_comes_to_the_same_text_at_length(texts: tuple[str, str], encoding: Encoding) -> None:
    check_editor(*texts, encoding)


def check_editor(old: str, new: str, encoding: Encoding) -> None:
    index = LineIndex(old)
    buffer = Buffer(old)
    for change in reversed(difference(old, new)):
        start, end = (to_position(index, offset, encoding) for offset in (change.span.start, change.span.end))
        buffer.replace(start, end, change.text, encoding=encoding)
    assert buffer.text == new


@given(st.lists(st.sampled_from(["keep", "change", "drop", "add"]), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_that_stay_are_not_touched(what: list[str], end: str) -> None:
    old, new, changed = "", "", []
    for number, deed in enumerate(what):
        line = f"line {number}{end}"
        if deed != "keep":
            changed.append(Span(len(old), len(old) + (0 if deed == "add" else len(line))))
        old += "" if deed == "add" else line
        new += {"keep": line, "change": f"new {number}{end}", "drop": "", "add": f"new {number}{end}"}[deed]
    runs = joined(changed)
    assert all(any(run.contains(change.span) for run in runs) for change in difference(old, new))


def joined(spans: list[Span]) -> list[Span]:
    runs: list[Span] = []
    for span in spans:
        if runs and span.start == runs[-1].end:
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return runs


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("", "a", [at(0, 0, "a")], id="from nothing"),
        pytest.param("abc\n", "abXc\n", [at(2, 2, "X")], id="trimmed to characters"),
        pytest.param("a\r\nb", "a\nb", [at(1, 3, "\n")], id="crlf to lf: no edit begins between the two"),
        pytest.param("a\nb", "a\r\nb", [at(1, 1, "\r")], id="lf to crlf"),
        pytest.param("a\rb\nc", "a\r\nc", [at(2, 3, "")], id="what parts cr and lf goes"),
        pytest.param("a\r\nb", "a\rb", [at(1, 3, "\r")], id="crlf to cr: no edit ends between the two"),
        pytest.param("a\nb\nc\nd\n", "a\nB\nc\nD\n", [at(2, 3, "B"), at(6, 7, "D")], id="two places"),
        pytest.param("x\nx\nx\n", "x\nx\n", [at(4, 6, "")], id="one of several equal lines"),
        pytest.param("f\n\ng\n\nh\n", "f\n\nG\n\nh\n", [at(3, 4, "G")], id="between blank lines"),
    ],
)
def test_difference(old: str, new: str, changes: list[Replacement]) -> None:
    assert list(difference(old, new)) == changes


def many(line: str, count: int) -> str:
    return "".join(line.format(number) for number in range(count))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(many("a{}\n", 20_000), many("b{}\n", 20_000), id="nothing in common"),
        pytest.param(many("a{}\n\n", 5_000), many("b{}\n\n", 5_000), id="blank lines in common"),
        pytest.param("x\n" * 20_000, "x\n" * 9_000 + "y\n" + "x\n" * 9_000, id="one line over and over"),
        pytest.param("x\ny\n" * 5_000, "y\nz\nx\n" * 4_000, id="two lines in turn"),
        pytest.param(many("a{}\n", 20_000), "".join(reversed(split_lines(many("a{}\n", 20_000)))), id="reversed"),
        pytest.param("x" * 2_000_000, "x" * 1_000_000 + "y" + "x" * 1_000_000, id="one long line"),
    ],
)
def test_long_texts_are_compared_in_reasonable_time(old: str, new: str) -> None:
    # difflib alone takes minutes for most of these. Nothing is timed: a test run would simply not end.
    assert apply(old, difference(old, new)) == new


def test_a_change_in_a_long_text_stays_small() -> None:
    old = many("def f{}():\n    return 1\n\n", 3_000)
    new = old.replace("def f7():\n    return 1", "def f7():\n    return 2").replace("f2900()", "g2900()")
    assert [len(change.span) for change in difference(old, new)] == [1, 1]


@pytest.mark.parametrize(
    ("span", "edits", "expected"),
    [
        pytest.param((4, 6), [], (4, 6), id="nothing changed"),
        pytest.param((4, 6), [at(0, 2, "xyz")], (5, 7), id="before"),
        pytest.param((4, 6), [at(7, 9, "")], (4, 6), id="after"),
        pytest.param((4, 6), [at(5, 5, "x")], None, id="inside"),
        pytest.param((4, 6), [at(3, 5, "")], None, id="across the start"),
        pytest.param((4, 6), [at(5, 8, "")], None, id="across the end"),
        pytest.param((4, 6), [at(4, 6, "z")], None, id="the span itself"),
        pytest.param((4, 6), [at(0, 9, "z")], None, id="all around it"),
        pytest.param((4, 6), [at(2, 4, "")], (2, 4), id="up to its start"),
        pytest.param((4, 6), [at(6, 8, "z")], (4, 6), id="from its end"),
        pytest.param((4, 6), [at(4, 4, "z\n")], (6, 8), id="a line put right before it"),
        pytest.param((4, 6), [at(4, 4, "z")], None, id="a letter put right before it"),
        pytest.param((0, 6), [at(0, 0, "import z\n")], (9, 15), id="a line put at the top"),
        pytest.param((4, 6), [at(6, 6, "z")], (4, 6), id="a letter put right after it"),
        pytest.param((4, 4), [at(4, 4, "z\n")], None, id="an insertion where the empty span stands"),
        pytest.param((0, 0), [at(0, 0, "z\n")], None, id="the same at the top"),
        pytest.param((4, 4), [at(2, 4, "z")], (3, 3), id="before an empty span"),
        pytest.param((4, 4), [at(3, 5, "z")], None, id="around an empty span"),
        pytest.param((4, 6), [at(0, 1, ""), at(2, 3, "zzz"), at(8, 9, "")], (5, 7), id="several"),
    ],
)
def test_moved(span: tuple[int, int], edits: list[Replacement], expected: tuple[int, int] | None) -> None:
    found = moved(Span(*span), edits)
    assert found == (None if expected is None else Span(*expected))


@given(pairs(), st.data())
def test_a_moved_span_holds_the_same_text(texts: tuple[str, str], data: st.DataObject) -> None:
    old, new = texts
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(old)), st.integers(0, len(old)))))
    span = Span(start, end)
    there = moved(span, difference(old, new))
    assert there is None or there.of(new) == span.of(old)
