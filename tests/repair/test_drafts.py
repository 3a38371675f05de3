"""A model's drafts that are written differently: which of them are one answer, seen by running them."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.support.judging import task_on
from tests.support.repairs import Ground

from lastmile.cascade.alike import Alike, Compared
from lastmile.cascade.task import Oracle
from lastmile.repair.drafts import DraftComparer, grouped
from lastmile.repair.values import Observed
from lastmile.testing.values import Selection
from lastmile.verify.tests import TestsCheck

pytestmark = pytest.mark.slow

STUB = "def largest(items: list[int]):\n    raise NotImplementedError\n"
HEAD = "def largest(items: list[int]):\n"
BY_MAX = f"{HEAD}    return max(items) if items else None\n"
BY_SORT = f"{HEAD}    if not items:\n        return None\n    return sorted(items)[-1]\n"
ZERO = f"{HEAD}    return max(items, default=0)\n"
LAST = f"{HEAD}    return items[-1] if items else None\n"
TESTS = "from buggy import largest\ndef test_a(): assert largest([1, 3]) == 3\n"


async def compare(
    ground: Ground, *texts: str, tests: str = TESTS, alike: Alike = Alike.DEED, old: str = STUB
) -> Compared:
    case = await ground.case(old, tests)
    checks = (TestsCheck(ground.bench, Selection(case.tests)),) if tests else ()
    task = task_on(old, ground.folder)
    task = evolve(task, snapshot=evolve(task.snapshot, path=case.path), oracle=Oracle(late=checks, alike=alike))
    return await DraftComparer(ground.bench, ground.trials, 10.0).compare(task, texts)


async def test_drafts_that_do_the_same_are_one_answer(ground: Ground) -> None:
    compared = await compare(ground, BY_MAX, LAST, BY_SORT)
    assert compared.groups == ((0, 2), (1,))
    assert compared.question == ""
    assert compared.note.startswith("3 drafts pass, in 2 groups by ")


async def test_what_they_differ_on_is_asked(ground: Ground) -> None:
    compared = await compare(ground, BY_MAX, ZERO)
    assert compared.groups == ((0,), (1,))
    assert compared.question == "For `largest([])`, should this give `None` or give `0`?"


async def test_without_tests_the_types_are_enough(ground: Ground) -> None:
    compared = await compare(ground, BY_MAX, LAST, BY_SORT, tests="")
    assert compared.groups == ((0, 2), (1,))


PLAIN = "def greet(name: str):\n    return name\n"
LOUD = "def greet(name: str):\n    return name.upper()\n"
LOUDER = "def greet(name: str):\n    loud = name.upper()\n    return loud\n"
ANOTHER = "def greet(name: str):\n    return str(name)\n"


async def test_what_was_to_change_and_did_not_agrees_with_nothing(ground: Ground) -> None:
    texts = (LOUD, PLAIN, ANOTHER, LOUDER)
    asked = await compare(ground, *texts, tests="", alike=Alike.CHANGE, old=PLAIN)
    assert sorted(asked.groups) == [(0, 3), (1,), (2,)]
    kept = await compare(ground, *texts, tests="", alike=Alike.DEED, old=PLAIN)
    assert sorted(kept.groups) == [(0, 3), (1, 2)]


NOTHING = Compared()


@pytest.mark.parametrize(
    ("rows", "compared"),
    [
        pytest.param((("-> None",) * 4, ("-> None",) * 4), NOTHING, id="nothing that could be seen"),
        pytest.param((("-> <Thing>",) * 4, ("-> <Thing>",) * 4), NOTHING, id="things that cannot be looked into"),
        pytest.param((("raises E",) * 4, ("raises E",) * 4), NOTHING, id="all refuse"),
        pytest.param((("-> 1", "late", "late", "late"),) * 2, NOTHING, id="too little"),
        pytest.param(
            (("-> 1", "-> 2", "-> 3; prints 'a'", "-> None; prints 'b'"),) * 2,
            Compared(((0, 1),), "", "2 drafts pass, in 1 group by 4 inputs"),
            id="what is printed can be seen",
        ),
    ],
)
def test_what_counts_as_compared(rows: tuple[tuple[str, ...], ...], compared: Compared) -> None:
    seen = Observed(("f()",) * 4, (True,) * 4, (False,) * 4, ("raises E",) * 4, rows, ((), ()), ({}, {}))
    assert grouped(("a", "b"), seen, Alike.DEED) == compared


def test_what_most_do_against_the_documentation_is_not_agreed_on() -> None:
    one, other = ("-> 1", "-> 2", "-> 3"), ("-> 1", "-> 2", "-> 4")
    seen = Observed(("f(1)", "f(2)", "f(3)"), (True,) * 3, (False,) * 3, one, (one, one, other))
    seen = evolve(seen, examples=((False,), (False,), (True,)), facts=({}, {}, {}))
    assert grouped(("a", "b", "c"), seen, Alike.DEED) == Compared(
        question="For `f(3)`, should this give `4` or give `3`?"
    )


async def test_other_languages_and_documents_without_a_file_are_left_alone(ground: Ground) -> None:
    task = task_on(STUB, ground.folder)
    task = evolve(task, oracle=Oracle(alike=Alike.DEED))
    comparer = DraftComparer(ground.bench, ground.trials, 10.0)
    for snapshot in (evolve(task.snapshot, path=None), evolve(task.snapshot, language="go")):
        assert await comparer.compare(evolve(task, snapshot=snapshot), (STUB, STUB)) == NOTHING
    assert await comparer.compare(evolve(task, oracle=Oracle()), (STUB, STUB)) == NOTHING
