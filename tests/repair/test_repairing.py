"""From a file with a bug and its tests to the text that is offered, or the question that is asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.support.repairs import Ground

from lastmile.cascade.values import Edit, Replace
from lastmile.errors import TierError
from lastmile.repair.values import Candidate
from lastmile.text.edits import apply

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


@pytest.mark.slow
@pytest.mark.parametrize("name", ACCEPTED)
async def test_a_repair_is_drafted(ground: Ground, name: str) -> None:
    source, held, (old, new) = ACCEPTED[name]
    case = await ground.case(source, _tests(held))
    drafts = [draft async for draft in ground.repairer.drafts(case)]
    assert _text(source, drafts[0].edits) == source.replace(old, new)
    assert len({_text(source, draft.edits) for draft in drafts}) == len(drafts)
    assert "agree" in drafts[0].label or "only" in drafts[0].label


@pytest.mark.slow
async def test_an_endless_loop_hangs_nothing(ground: Ground) -> None:
    case = await ground.case(DIGITS, _tests(("digits(12345) == 5", "digits(0) == 0", "digits(7) == 1")))
    repaired = await ground.repairer.repair(case)
    assert repaired.gathered.tried > 10
    assert repaired.seconds < ground.seconds + 3


def _text(source: str, edits: Sequence[Edit]) -> str:
    return apply(source, [edit.replacement for edit in edits if isinstance(edit, Replace)])


@pytest.mark.slow
async def test_what_the_tests_leave_open_is_asked(ground: Ground) -> None:
    source = "def grown(age):\n    return age == 18\n"
    case = await ground.case(source, _tests(("grown(20)",)))
    with pytest.raises(TierError, match=r"^The tests leave it open: For `grown\(.*\)`, should this give") as caught:
        [_ async for _ in ground.repairer.drafts(case)]
    assert "repairs pass, in" in str(caught.value)


UNANNOTATED = 'def grown(age: int){}:\n    """Tell whether somebody is 18."""\n    return age > 18\n'


@pytest.mark.slow
async def test_what_the_annotation_does_not_allow_is_not_asked_about(ground: Ground) -> None:
    case = await ground.case(UNANNOTATED.format(" -> bool"), _tests(("grown(18)",)))
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


@pytest.mark.slow
@pytest.mark.parametrize("name", THIN)
async def test_one_thin_test_decides_nothing_doubtful(ground: Ground, name: str) -> None:
    source, held = THIN[name]
    case = await ground.case(source, _tests((held,)))
    with pytest.raises(TierError, match=r"^The tests leave it open: "):
        [_ async for _ in ground.repairer.drafts(case)]


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
