"""From a file with a bug and its tests to the text that is offered, or the question that is asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.support.repairs import Ground

from lastmile.cascade.draft import Edit, Replace
from lastmile.errors import TierError
from lastmile.repair.groups import Bar, thin
from lastmile.repair.repairing import drafts, label, offered
from lastmile.repair.values import Candidate, Observed
from lastmile.text.edits import apply

pytestmark = pytest.mark.slow

LARGEST = """\
def largest(items):
    best = items[0]
    for item in items:
        if item < best:
            best = item
    return best
"""

TOTAL = (
    "def total(items, n):\n    result = 0\n    for i in range(1, n):\n        result += items[i]\n    return result\n"
)
DIGITS = "def digits(n):\n    count = 0\n    while n > 0:\n        count += 1\n        n = n // 1\n    return count\n"

# The source, what its tests hold, and what becomes of which part of it.
ACCEPTED = {
    "comparison": (
        LARGEST,
        ("largest([1, 3, 2]) == 3", "largest([5, 1]) == 5", "largest([2]) == 2"),
        ("item <", "item >"),
    ),
    "off by one": (
        TOTAL,
        ("total([1, 2, 3], 2) == 3", "total([4, 5, 6], 3) == 15", "total([7], 0) == 0", "total([9, 8, 7], 1) == 9"),
        ("range(1, n)", "range(n)"),
    ),
}


def _tests(held: Sequence[str]) -> str:
    cases = "".join(f"def test_{at}(): assert {words}\n" for at, words in enumerate(held))
    return f"from buggy import *\n{cases}"


@pytest.mark.parametrize("name", ACCEPTED)
async def test_a_repair_is_drafted(ground: Ground, name: str) -> None:
    source, held, (old, new) = ACCEPTED[name]
    case = await ground.case(source, _tests(held))
    made = list(drafts(case, await ground.repairer.repair(case)))
    assert _text(source, made[0].edits) == source.replace(old, new)
    assert len({_text(source, draft.edits) for draft in made}) == len(made)
    assert "agree" in made[0].label or "only" in made[0].label


async def test_an_endless_loop_hangs_nothing(ground: Ground) -> None:
    case = await ground.case(DIGITS, _tests(("digits(12345) == 5", "digits(0) == 0", "digits(7) == 1")))
    repaired = await ground.repairer.repair(case)
    assert repaired.gathered.tried > 10
    assert repaired.seconds < ground.seconds + 3


def _text(source: str, edits: Sequence[Edit]) -> str:
    return apply(source, [edit.replacement for edit in edits if isinstance(edit, Replace)])


async def test_what_the_tests_leave_open_is_asked(ground: Ground) -> None:
    source = "def grown(age):\n    return age == 18\n"
    case = await ground.case(source, _tests(("grown(20)",)))
    repaired = await ground.repairer.repair(case)
    with pytest.raises(TierError, match=r"^The tests leave it open: For `grown\(.*\)`, should this give") as caught:
        list(drafts(case, repaired))
    assert "repairs pass, in" in str(caught.value)


def _observed(rows: Sequence[str]) -> Observed:
    """Each text gives one thing on each of three inputs."""
    none = ((),) * len(rows)
    behaviour = tuple((f"-> {row}",) * 3 for row in rows)
    return Observed(
        ("f(1)", "f(2)", "f(3)"), (True,) * 3, (False,) * 3, ("-> 0",) * 3, behaviour, none, ({},) * len(rows)
    )


@pytest.mark.parametrize(
    ("weights", "rows", "bar", "offers", "rest"),
    [
        pytest.param((9, 5, 3, 2), "aaaa", Bar(), "012", None, id="texts that do the same, some of them"),
        pytest.param((9, 9, 1), "aab", Bar(), "01", "2", id="then what else passed"),
        pytest.param((40, 9, 1, 1), "aabc", Bar(), "01", "?", id="or the question that is left"),
        pytest.param((30, 9, 1), "aab", thin(Bar()), "01", "?", id="where tests are thin it is asked"),
        pytest.param((9, 1), "ab", Bar(), "?", None, id="nothing is offered where it is asked at once"),
    ],
)
def test_what_is_offered_when_the_judge_refuses(
    weights: tuple[float, ...], rows: str, bar: Bar, offers: str, rest: str | None
) -> None:
    passed = tuple(Candidate(str(at), f"does {at}", weight) for at, weight in enumerate(weights))
    made = offered(passed, _observed(rows), bar)
    first = (made.choice.chosen, *made.others) if made.choice.chosen is not None else ()
    assert "".join(item.text for item in first) == offers.strip("?")
    assert bool(made.choice.question) is (offers == "?")
    after = None if made.next is None else made.next.chosen.text if made.next.chosen else "?"
    assert after == rest


def test_the_second_choice_says_that_it_is_one() -> None:
    passed = tuple(Candidate(str(at), f"does {at}", weight) for at, weight in enumerate((9, 9, 1)))
    after = offered(passed, _observed("aab"), Bar()).next
    assert after is not None
    assert label(after) == "does 2; 1 of 3 repairs that pass agree"
    assert after.receipt == "3 repairs pass, in 2 groups by 3 inputs"


GROWN = 'def grown(age: int) -> bool:\n    """Tell whether somebody is 18."""\n    return age > 18\n'


async def test_what_the_annotation_does_not_allow_is_not_asked_about(ground: Ground) -> None:
    case = await ground.case(GROWN, _tests(("grown(18)",)))
    repaired = await ground.repairer.repair(case)
    choice = repaired.choice
    assert len(choice.groups) > 1
    assert {came for group in choice.groups for came in group.behaviour if came.startswith("->")} == {
        "-> True",
        "-> False",
    }


THIN = {
    "the last item of none": (
        "def last(items: list[int]) -> int | None:\n    return items[-1]\n",
        "last([]) is None",
    ),
    "always false": (
        "def paid(amount: int, wanted: int) -> bool:\n    print(amount)\n    return True\n",
        "paid(1, 2) is False",
    ),
}


@pytest.mark.parametrize("name", THIN)
async def test_one_thin_test_decides_nothing_doubtful(ground: Ground, name: str) -> None:
    source, held = THIN[name]
    case = await ground.case(source, _tests((held,)))
    repaired = await ground.repairer.repair(case)
    with pytest.raises(TierError, match=r"^The tests leave it open: "):
        list(drafts(case, repaired))


async def test_drafts_of_any_origin_are_compared(ground: Ground) -> None:
    case = await ground.case(LARGEST, "from buggy import largest\ndef test_a(): assert largest([1, 3, 2]) == 3\n")
    right = LARGEST.replace("<", ">")
    same = "def largest(items):\n    return max(items)\n"
    other = "def largest(items):\n    return items[1]\n"
    seen = await ground.repairer.compare(case, tuple(map(Candidate, (right, same, other))), 10.0)
    near = [at for at, is_near in enumerate(seen.near) if is_near]
    rows = [[row[at] for at in near] for row in seen.behaviour]
    assert len(near) > 20
    assert rows[0] == rows[1] != rows[2]
    choice = await ground.repairer.among(case, tuple(map(Candidate, (other, right, same))), 10.0)
    assert choice.question.startswith("For `largest(") or (choice.chosen and choice.chosen.text in {right, same})


HOSTILE = {
    "exit": "import os\nos._exit(0)\n",
    "loop": "while True: pass\n",
    "raise": "raise SystemExit\n",
    "not python": "def (:\n",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_text_that_will_not_run_is_like_no_other_and_hurts_nobody(ground: Ground, name: str) -> None:
    case = await ground.case(LARGEST, "from buggy import largest\ndef test_a(): assert largest([1, 3, 2]) == 3\n")
    right = LARGEST.replace("<", ">")
    seen = await ground.repairer.compare(case, (Candidate(HOSTILE[name]), Candidate(right)), 8.0)
    assert set(seen.behaviour[0]) == {"late"}
    assert seen.behaviour[1][0] == "-> 3"
