"""What is remembered of tests: of the text that they ran on, until a document changes."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from attrs import evolve

from lastmile.testing.memory import Memory, digest, hear
from lastmile.testing.values import Answer, Result, Run, Standing, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

ROOT = Path("/p")
CODE = Snapshot("file:///p/cart.py", "def total(): ...\n", ROOT / "cart.py")
TESTS = Snapshot("file:///p/tests/test_cart.py", "def test_a(): ...\n", ROOT / "tests/test_cart.py")
HEAD = Span(0, 5)
NAME = "tests/test_cart.py"


def ran(memory: Memory, trouble: str = "", **answers: Answer) -> None:
    """Let tests of the test file answer, on the code as it is."""
    results = {
        f"{NAME}::{name}": Result(f"{NAME}::{name}", answer)
        for name, answer in ((name.replace("__", "::"), answer) for name, answer in answers.items())
    }
    wanted = Wanted(tuple(results), {CODE.path or ROOT: CODE.text}, as_it_is=True)
    memory.learn(hear(ROOT, wanted, Run(results, trouble=trouble), {TESTS.path or ROOT: digest(TESTS.text)}))
    memory.select(CODE, Span(0, 0), ("anything",))


def check(known: Standing, tests: tuple[str, ...], fails: bool | None) -> None:  # noqa: FBT001 - a column of the table
    assert evolve(known, selected={HEAD: tests}).fails(HEAD) is fails


@pytest.mark.parametrize(
    ("tests", "fails"),
    [
        ((f"{NAME}::test_a",), False),
        ((f"{NAME}::test_a", f"{NAME}::test_b"), True),
        ((f"{NAME}::test_a", f"{NAME}::test_unheard"), None),
        ((f"{NAME}::test_b", f"{NAME}::test_unheard"), True),
        ((f"{NAME}::TestC",), True),
        ((f"{NAME}::TestC::test_d",), True),
        ((f"{NAME}::TestE",), False),
        ((NAME,), True),
        ((), None),
    ],
)
def test_a_function_fails_where_a_test_that_sees_it_does(tests: tuple[str, ...], fails: bool | None) -> None:  # noqa: FBT001 - as above
    memory = Memory(ROOT)
    ran(memory, test_a=Answer.PASSED, test_b=Answer.ERROR, TestC__test_d=Answer.FAILED, TestE__test_f=Answer.SKIPPED)
    check(memory.standing(CODE), tests, fails)


def test_parameters_count_for_their_function_and_where_not_all_answered_only_failures_do() -> None:
    memory = Memory(ROOT)
    run = Run({name: Result(name, Answer.PASSED) for name in (f"{NAME}::test_a[1]", f"{NAME}::test_a[a::b]")})
    memory.learn(hear(ROOT, Wanted((NAME,), {ROOT / "cart.py": CODE.text}), run, {}))
    memory.select(CODE, Span(0, 0), ("anything",))
    check(memory.standing(CODE), (f"{NAME}::test_a",), fails=False)
    cut = Memory(ROOT)
    ran(cut, "out of time", TestC__test_d=Answer.PASSED, TestE__test_f=Answer.FAILED)
    check(cut.standing(CODE), (f"{NAME}::TestC",), fails=None)
    check(cut.standing(CODE), (f"{NAME}::TestE",), fails=True)


def test_a_test_file_knows_its_own_tests_alone() -> None:
    memory = Memory(ROOT)
    ran(memory, test_a=Answer.PASSED, TestC__test_d=Answer.FAILED)
    assert memory.standing(TESTS).own == {"test_a": False, "TestC.test_d": True}
    assert memory.standing(CODE).own == {}


def test_another_text_is_not_known_and_a_change_of_any_document_ends_what_is() -> None:
    editions = count(0)
    now = [next(editions)]
    memory = Memory(ROOT, lambda: now[0])
    ran(memory, test_a=Answer.FAILED)
    memory.select(CODE, HEAD, (f"{NAME}::test_a",))
    assert memory.standing(CODE).fails(HEAD) is True
    assert memory.standing(evolve(CODE, text="x = 1\n")) == Standing()
    now[0] = next(editions)
    assert memory.standing(CODE) == Standing()


def test_failures_stay_until_the_test_answers_otherwise() -> None:
    memory = Memory(ROOT)
    ran(memory, test_a=Answer.FAILED, test_b=Answer.FAILED)
    first = memory.version
    assert [item.result.id for item in memory.failures(TESTS.path)] == [f"{NAME}::test_a", f"{NAME}::test_b"]
    assert memory.failures(CODE.path) == memory.failures(None) == ()
    ran(memory, test_a=Answer.PASSED)
    (left,) = memory.failures(TESTS.path)
    assert (left.result.id, memory.version > first) == (f"{NAME}::test_b", True)
    assert left.digests == {CODE.path: CODE.digest, TESTS.path: TESTS.digest}
    again = memory.version
    ran(memory, test_a=Answer.PASSED)
    assert memory.version == again


def test_memory_is_bounded() -> None:
    memory = Memory(ROOT)
    for number in range(600):
        text = f"x = {number}\n"
        result = Result(f"{NAME}::test_{number}", Answer.FAILED)
        memory.learn(hear(ROOT, Wanted((), {ROOT / NAME: text}), Run({result.id: result}), {}))
        memory.select(CODE, Span(number, number), ("t",))
    assert len(memory.failures(TESTS.path)) == 64
    assert memory.standing(Snapshot("file:///p/t.py", "x = 1\n", ROOT / NAME)) == Standing()
    assert len(memory.standing(CODE).selected) <= 512
