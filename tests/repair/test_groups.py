"""What is chosen of several repairs that pass, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from lastmile.repair.groups import Bar, Choice, choose, thin
from lastmile.repair.inside import read
from lastmile.repair.repairing import label
from lastmile.repair.values import Candidate, Observed

ONE, TWO, THREE = (Candidate(name, f"does {name}", weight) for name, weight in (("1", 4.0), ("2", 4.0), ("3", 1.0)))
INPUTS = ("f([2, 1])", "f([3])", "f([])")


def seen(*rows: tuple[str, ...], original: tuple[str, ...] = ("-> 0", "-> 0", "-> 0")) -> Observed:
    return Observed(INPUTS, (True, True, False), (False,) * 3, original, rows, ((),) * len(rows), ({},) * len(rows))


def test_those_that_agree_are_one_answer() -> None:
    same = ("-> 1", "-> 3", "-> None")
    choice = choose((ONE, TWO, THREE), seen(same, same, ("-> 2", "-> 3", "-> None")))
    assert choice.chosen == ONE
    assert label(choice) == "does 1; 2 of 3 repairs that pass agree"
    assert choice.receipt == "3 repairs pass, in 2 groups by 3 inputs"


def test_a_draw_is_a_question_with_the_shortest_telling_input() -> None:
    choice = choose((ONE, TWO), seen(("-> 1", "-> 3", "-> None"), ("-> 2", "-> 3", "-> 0")))
    assert choice.chosen is None
    assert choice.question == "For `f([])`, should this give `None` or give `0`?"


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ("raises ValueError", "raise ValueError"),
        ("late", "go on for long"),
        ("-> 1; leaves {items: []}", "give `1` and leave `{items: []}`"),
    ],
)
def test_outcomes_are_said(came: str, said: str) -> None:
    rows = (("-> 1", "-> 3", "-> 0"), ("-> 1", came, "-> 0"))
    assert choose((ONE, TWO), seen(*rows)).question == f"For `f([3])`, should this give `3` or {said}?"


def test_an_edge_where_the_original_raised_tells_nothing() -> None:
    rows = (("-> 1", "-> 3", "-> None"), ("-> 1", "-> 3", "-> 0"))
    assert choose((ONE, TWO), seen(*rows, original=("-> 0", "-> 0", "raises IndexError"))).chosen == ONE


def weighed(*weights: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(str(at), f"does {at}", weight) for at, weight in enumerate(weights))


A, B, C = ("-> 1", "-> 3", "-> 0"), ("-> 2", "-> 3", "-> 0"), ("-> 1", "-> 4", "-> 0")
BARS = {"enough": Bar(), "thin": thin(Bar())}


@pytest.mark.parametrize(
    ("weights", "rows", "tests", "chosen"),
    [
        pytest.param((2, 2, 2, 2, 1), (A, A, A, A, B), "enough", True, id="the answer leads, and its likeliest text"),
        pytest.param((2, 2, 2, 2, 1), (A, A, A, A, B), "thin", False, id="not clearly enough where tests are thin"),
        pytest.param((9, 9, 1), (A, A, B), "thin", True, id="clearly enough"),
        pytest.param((1,) * 10, (A,) * 9 + (B,), "enough", False, id="many ways to write it are no majority"),
        pytest.param((2,) * 9 + (3,), (A,) * 9 + (B,), "enough", False, id="the likeliest text does something else"),
        pytest.param((9, 1), (A, B), "enough", False, id="one against one"),
        pytest.param((9, 9, 1), (A, A, B), "enough", True, id="two against one"),
        pytest.param((9,), (A,), "thin", True, id="no other was found"),
        pytest.param((30, 1, 1), (A, B, C), "enough", True, id="one of three that clearly leads"),
    ],
)
def test_an_answer_has_to_lead_by_likelihood(
    weights: tuple[float, ...], rows: tuple[tuple[str, ...], ...], tests: str, *, chosen: bool
) -> None:
    choice = choose(weighed(*weights), seen(*rows), bar=BARS[tests])
    assert (choice.chosen is not None) is chosen
    assert bool(choice.question) is not chosen


def test_what_is_doubtful_is_asked_where_tests_are_thin() -> None:
    one = evolve(ONE, doubt="Should `f` always give `False`?")
    assert choose((one,), seen(A)).chosen == one
    asked = choose((one,), seen(A), bar=thin(Bar()))
    assert asked.question == "Should `f` always give `False`? (does 1)"
    shown = evolve(seen(A), examples=((True,),))
    assert choose((one,), shown, bar=thin(Bar())).chosen == one


def test_what_became_the_same_always_is_asked_where_tests_are_thin() -> None:
    rows = seen(("-> 1",) * 3, original=("-> 1", "-> 2", "raises E"))
    rows = evolve(rows, near=(True,) * 3)
    assert choose((ONE,), rows, bar=thin(Bar())).question == "Should this always give `1`? (does 1)"
    assert choose((ONE,), evolve(rows, original=("-> 2",) * 3), bar=thin(Bar())).chosen == ONE


def test_what_the_annotation_does_not_allow_is_left_out() -> None:
    key = "returns what is annotated: f"
    rows = seen(A, A, B)
    kept = evolve(rows, facts=({key: True}, {key: True}, {key: False}))
    assert choose(weighed(1, 1, 9), kept).chosen == weighed(1)[0]
    broken = evolve(rows, facts=({key: False},) * 3)
    assert choose(weighed(1, 1, 9), broken).chosen == weighed(1, 1, 9)[2]


def test_a_question_names_what_could_not_be_compared() -> None:
    asked = choose((ONE, TWO), Observed(trouble="no call")).question
    assert asked == "Which repair is meant? One that does 1, or one that does 2? They could not be compared: no call."
    silent = choose((ONE, TWO), Observed()).question
    assert silent == asked.replace(": no call", "")


def test_texts_that_were_not_seen_do_not_agree() -> None:
    late = ("late",) * 3
    assert choose((ONE, TWO), seen(late, late)).question.endswith("could not be compared.")
    assert choose((ONE, TWO), seen(("-> 1", "-> 3", "-> 0"), late)).question.endswith("could not be compared.")


def test_what_all_refuse_tells_nothing_unless_a_test_shows_it() -> None:
    rows = seen(
        ("-> 1", "raises ValueError", "-> 0"),
        ("-> 1", "raises KeyError", "-> 0"),
        original=("-> 0", "raises E", "-> 0"),
    )
    assert choose((ONE, TWO), rows).chosen == ONE
    assert choose((ONE, TWO), evolve(rows, tested=(False, True, False))).chosen is None


def test_the_documentation_speaks() -> None:
    rows = seen(("-> 1", "-> 3", "-> 0"), ("-> 2", "-> 3", "-> 0"))
    assert choose((ONE, TWO), evolve(rows, examples=((False,), (True,)))).chosen == TWO
    assert choose((ONE, TWO), evolve(rows, facts=({"is sorted": False}, {"is sorted": True}))).chosen == TWO
    assert choose((ONE, TWO), evolve(rows, examples=((False,), (False,)))).chosen is None


def test_what_could_not_be_compared_is_not_chosen_among() -> None:
    unseen = Observed(trouble="no call")
    assert choose((ONE, TWO), unseen).question.endswith("could not be compared: no call.")
    assert choose((ONE,), unseen).chosen == ONE
    assert choose((), unseen) == Choice()
    assert Choice().receipt == "no repair passes"


def test_the_probe_is_read() -> None:
    rows: list[Mapping[str, Any]] = [
        {"start": "a test"},
        {"calls": [["f(1)", True, True], ["f(0)", False, False]]},
        {"text": -1, "call": 0, "came": "-> 1"},
        {"text": 0, "call": 0, "came": "-> 1"},
        {"text": 0, "call": 1, "came": "-> 0"},
        {"text": 0, "example": 0, "holds": True},
        {"text": 0, "fact": "is a list", "holds": True},
    ]
    assert read(rows, 2) == Observed(
        inputs=("f(1)", "f(0)"),
        near=(True, False),
        tested=(True, False),
        original=("-> 1", "late"),
        behaviour=(("-> 1", "-> 0"), ("late", "late")),
        examples=((True,), (False,)),
        facts=({"is a list": True}, {"is a list": False}),
    )


@pytest.mark.parametrize("rows", [[], [{"trouble": "no call"}], [{"calls": []}], [{"calls": ["x"]}]])
def test_a_probe_that_saw_nothing_says_so(rows: list[dict[str, object]]) -> None:
    assert read(rows, 1).trouble
