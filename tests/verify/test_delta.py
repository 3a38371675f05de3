"""What is new among the diagnostics of a changed text.

In the tables ``CODE|text`` is a line with a finding of that rule, ``A,B|text`` one with two.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span, difference
from lastmile.verify.delta import appeared, brought, remains

Found = tuple[str, list[Diagnostic]]


def read(lines: list[str]) -> Found:
    """Take the rules out of the lines: gives the text and its findings, each at its line's start."""
    text = ""
    found = []
    for line in lines:
        rules, _bar, rest = line.rpartition("|")
        found += [finding(rule, len(text)) for rule in rules.split(",") if rule]
        text += f"{rest}\n"
    return text, found


def finding(rule: str, at: int, *, source: str = "ruff") -> Diagnostic:
    code, _colon, message = rule.partition(":")
    return Diagnostic(source, code, message, Span(at, at + 1))


def check(before: list[str], after: list[str], expected: list[tuple[str, int]]) -> None:
    """Compare; ``expected`` is the rule and the line, from 0, of each finding that is new."""
    (old, known), (new, found) = read(before), read(after)
    fresh = appeared(old, known, new, found)
    assert [(item.code, new.count("\n", 0, item.span.start)) for item in fresh] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(["E1|a"], ["E1|a"], [], id="nothing changed"),
        pytest.param(["E1|a", "b"], ["E1|a", "c"], [], id="kept, before the change"),
        pytest.param(["a", "E1|b"], ["c", "E1|b"], [], id="kept, after the change"),
        pytest.param(["E1|a", "E1|b"], ["E1|b"], [], id="kept, right behind what is gone"),
        pytest.param(["a", "E1|b"], ["E1|b"], [], id="kept, behind a clean line that is gone"),
        pytest.param(["E1|a"], ["x", "E1|a"], [], id="kept, right behind what came"),
        pytest.param(["E1|a"], ["E1|x", "E1|a"], [("E1", 0)], id="one more, right before a kept one"),
        pytest.param(["E1|a"], ["E1|a", "E1|x"], [("E1", 1)], id="one more, right behind a kept one"),
        pytest.param(["E1|a"], ["E1|b"], [], id="moved along with its line"),
        pytest.param(["E1|a"], ["E2|b"], [("E2", 0)], id="another rule in its place"),
        pytest.param(["E1|a"], ["E1,E1|b"], [("E1", 0)], id="twice in its place"),
        pytest.param(["E1|a", "b"], ["E1,E1|a", "c"], [("E1", 0)], id="twice in a place that stayed"),
        pytest.param(["E1|a", "b", "c"], ["b", "c", "E1|a"], [], id="moved to another place"),
        pytest.param(["E1|a", "b", "c"], ["b", "E1|c"], [("E1", 1)], id="gone in one place, new in another"),
        pytest.param(["a", "b", "c"], ["x", "b", "E1|c"], [("E1", 2)], id="far away from the change"),
        pytest.param(["a", "E1|b", "c", "E1|d"], ["a", "E1|x", "c", "y", "E1|d"], [], id="two of a rule, both kept"),
        pytest.param(["E1:m|a"], ["E1:n|b"], [], id="the same rule in other words"),
        pytest.param(["E1|a", "b"], ["aa", "E1|b"], [("E1", 1)], id="gone, and new in the next line"),
    ],
)
def test_appeared(before: list[str], after: list[str], expected: list[tuple[str, int]]) -> None:
    check(before, after, expected)


def test_a_rule_of_another_tool_is_another_rule() -> None:
    [fresh] = appeared("a\n", [finding("E1", 0)], "b\n", [finding("E1", 0, source="mypy")])
    assert fresh.source == "mypy"


BROKEN = Diagnostic("ruff", "invalid-syntax", "Expected", Span(6, 7))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("x = 1\ny = (\n", "x = 1\ny = ()\n", [], id="what a broken text hid is not new"),
        pytest.param("x = 1\ny = (\n", "x = 2\ny = ()\n", [0], id="but in what the draft wrote it is"),
        pytest.param("x = 1\ny = (\n", "x = 1\ny = (,\n", [0], id="nor where it is still broken"),
        pytest.param("x = 1\nreturn\n", "x = 1\npass\n", [0], id="a complaint that hides nothing"),
    ],
)
def test_a_text_that_did_not_parse(old: str, new: str, expected: list[int]) -> None:
    fresh = appeared(old, [BROKEN], new, [finding("F1", 0)])
    assert [item.span.start for item in fresh] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(["E1|a", "E1|b"], ["E1|x", "E1|b"], [0], id="one of the rule, in the changed line"),
        pytest.param(["E1|a", "b"], ["E1|a", "E2|c"], [1], id="a new one"),
        pytest.param(["E1|a", "b"], ["E1|a", "c"], [], id="nothing"),
    ],
)
def test_what_a_change_brought(before: list[str], after: list[str], expected: list[int]) -> None:
    (old, known), (new, found) = read(before), read(after)
    fresh = brought(old, known, new, found, "E1")
    assert [new.count("\n", 0, item.span.start) for item in fresh] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(["E1|a"], ["a"], False, id="gone, the text kept"),
        pytest.param(["E1|a"], ["b"], False, id="gone with its line"),
        pytest.param(["E1|a"], ["E1|b"], True, id="its line rewritten, its rule kept"),
        pytest.param(["E1:m|a", "E1:n|b", "c"], ["c", "E1:m|a"], True, id="another one gone, itself moved"),
        pytest.param(["E1:m|a", "E1:m|b"], ["E1:m|b"], False, id="one of two in the same words"),
        pytest.param(["E1:m|a", "E1:m|b"], ["E1:m|a", "b"], True, id="the other of two"),
        pytest.param(["E1:m|a", "E1:n|b"], ["E1:m|a", "b"], True, id="the other of two, in its place"),
        pytest.param(["E1:m|a", "E1:n|b"], ["E1:o|a", "b"], True, id="in its place in other words"),
        pytest.param(["E1:m|a", "E2|b"], ["a", "E2|b"], False, id="another rule stays"),
        pytest.param(["E1:m|a", "b"], ["a", "E1:n|b"], True, id="its rule somewhere else"),
        pytest.param(["E1:m,E1:n|b", "c"], ["E1:n|d", "c"], False, id="one of two in one place"),
        pytest.param(["E1:m,E1:n|b", "c"], ["E1:m|d", "c"], True, id="the other of two in one place"),
        pytest.param(
            ["if", "x", "E1:m|else", "y", "if", "z", "E1:m|else", "w"],
            ["if", "x", "y", "if", "z", "E1:m|else", "w"],
            False,
            id="one that looks the same takes its place",
        ),
    ],
)
def test_remains(before: list[str], after: list[str], *, expected: bool) -> None:
    (old, known), (new, found) = read(before), read(after)
    assert remains(old, known[0], known, new, found) is expected


def test_a_target_that_ruff_did_not_find_before_remains_when_it_finds_it_now() -> None:
    assert remains("a\n", finding("E1:m", 0), [], "b\n", [finding("E1:m", 0)])
    assert not remains("a\n", finding("E1:m", 0), [], "b\n", [])


LINES = st.lists(st.sampled_from(["a", "b", "c", "E1|a", "E1|b", "E2|c", "E1,E2|d", "E1,E1|e", ""]), max_size=8)


@given(LINES, LINES)
def test_against_a_naive_model(before: list[str], after: list[str]) -> None:
    (old, known), (new, found) = read(before), read(after)
    assert Counter(appeared(old, known, new, found)) == Counter(naive(old, known, new, found))


@given(LINES, LINES)
def test_nothing_is_new_against_itself_and_all_is_against_a_clean_text(before: list[str], after: list[str]) -> None:
    (old, known), (new, found) = read(before), read(after)
    assert appeared(old, known, old, known) == ()
    assert len(appeared(old, known, new, found)) >= len(found) - len(known)
    assert list(appeared("", [], new, found)) == found
    for target in known:
        assert remains(old, target, known, old, known)
        assert not remains(old, target, known, new, [])


def naive(old: str, known: list[Diagnostic], new: str, found: list[Diagnostic]) -> list[Diagnostic]:
    """Do the same slowly: label each place of both texts, strike out pairs one by one."""
    was, now = places(old, new)
    left = list(known)
    fresh = []
    for item in found:
        pair = next((one for one in left if one.code == item.code and was.get(one.span.start) == item.span.start), None)
        if pair is None:
            fresh.append(item)
        else:
            left.remove(pair)
    new_ones = []
    for item in fresh:
        pair = next((one for one in left if one.code == item.code and one.span.start in edges(old, new, side=0)), None)
        if pair is not None and item.span.start in edges(old, new, side=1):
            left.remove(pair)
        else:
            new_ones.append(item)
    assert set(was.values()) == now
    return new_ones


def places(old: str, new: str) -> tuple[dict[int, int], set[int]]:
    """Pair the offsets of both texts that stayed, the ends of the texts included."""
    was: dict[int, int] = {}
    at = to = 0
    for change in difference(old, new):
        while at < change.span.start:
            was[at] = to
            at, to = at + 1, to + 1
        at, to = change.span.end, to + len(change.text)
    while at <= len(old):
        was[at] = to
        at, to = at + 1, to + 1
    assert to == len(new) + 1
    return was, set(was.values())


def edges(old: str, new: str, *, side: int) -> set[int]:
    """List the offsets in and at the changed lines, of the old text or of the new."""
    listed: set[int] = set()
    shift = 0
    for change in difference(old, new):
        start, stop = change.span.start, change.span.end
        if side:
            start, stop = start + shift, start + shift + len(change.text)
            shift += change.shift
        text = new if side else old
        end = text.find("\n", max(start, stop - 1))
        listed |= set(range(text.rfind("\n", 0, start) + 1, (len(text) if end < 0 else end) + 1))
    return listed
