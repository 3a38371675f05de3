"""Edits land where they say, each once, or are refused with a reason that a drafter can use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.drafting import make_task
from tests.support.source import texts

from lastmile.cascade.draft import Draft, Edit, Replace, SearchReplace
from lastmile.cascade.verdict import Finding
from lastmile.text.edits import Replacement, Span
from lastmile.verify.apply import land

TEXT = "one\ntwo\none and three\naaa\n"


def replace(start: int, end: int, text: str) -> Replace:
    return Replace(Replacement(Span(start, end), text))


def check(edits: tuple[Edit, ...], expected: str) -> None:
    """Land the edits; ``expected`` is the new text, or a part of the refusal."""
    found = land(make_task(TEXT), Draft(edits))
    if isinstance(found, Finding):
        assert found.check == "apply"
        assert expected in found.message
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param((SearchReplace("two", "2"),), TEXT.replace("two", "2"), id="a text that occurs once"),
        pytest.param((SearchReplace("one", "1"),), "occurs more than once", id="twice"),
        pytest.param((SearchReplace("aa", "b"),), "occurs more than once", id="twice, overlapping itself"),
        pytest.param((SearchReplace("four", "4"),), "occurs nowhere", id="never"),
        pytest.param((SearchReplace("", "4"),), "is empty", id="nothing to look for"),
        pytest.param((SearchReplace("two", "one"), SearchReplace("one and", "")), "one\none\n three\naaa\n", id="two"),
        pytest.param((replace(0, 3, "1"), replace(4, 7, "2")), "1\n2\none and three\naaa\n", id="by offsets"),
        pytest.param((replace(0, 5, "1"), replace(4, 7, "2")), "overlap", id="overlapping"),
        pytest.param((SearchReplace("ne\ntw", "x"), SearchReplace("two", "y")), "overlap", id="found, overlapping"),
        pytest.param((replace(0, 1000, ""),), "outside", id="past the end"),
        pytest.param((replace(0, 3, "one"),), "changes nothing", id="the same again"),
        pytest.param((), "changes nothing", id="no edits"),
        pytest.param(
            (SearchReplace("two", "2\n2"), replace(0, 0, "0")),
            f"0{TEXT.replace('two', '2' + chr(10) + '2')}",
            id="mixed",
        ),
    ],
)
def test_land(edits: tuple[Edit, ...], expected: str) -> None:
    check(edits, expected)


def test_a_reply_that_could_not_be_read_is_refused_with_its_defect() -> None:
    found = land(make_task(TEXT), Draft((), defect="The reply holds no code block."))
    assert found == Finding("apply", "The reply holds no code block.")


def test_the_evidence_of_a_text_that_is_not_there_is_bounded() -> None:
    found = land(make_task(TEXT), Draft((SearchReplace("x" * 10_000, ""),)))
    assert isinstance(found, Finding)
    assert found.evidence == "x" * 300


@given(texts(), texts(most=4), texts(most=4))
def test_a_searched_text_lands_only_where_no_other_place_could_be_meant(text: str, search: str, new: str) -> None:
    places = [at for at in range(len(text)) if search and text.startswith(search, at)]
    found = land(make_task(text), Draft((SearchReplace(search, new),)))
    if len(places) != 1:
        assert isinstance(found, Finding)
    elif search == new:
        assert found == Finding("apply", "The draft changes nothing.")
    else:
        assert found == text[: places[0]] + new + text[places[0] + len(search) :]


@given(texts(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), texts(most=3)), max_size=4))
def test_any_edits_land_or_are_refused(text: str, edits: list[tuple[int, int, str]]) -> None:
    found = land(make_task(text), Draft(tuple(replace(start, start + size, new) for start, size, new in edits)))
    assert isinstance(found, str | Finding)
