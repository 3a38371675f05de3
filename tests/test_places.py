"""Which files a person is led to after a refusal."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import attempt, task

from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.places import places


def led(root: Path | None, said: str, evidence: str = "") -> list[str]:
    """Name the places of a refusal that says so, by their paths and lines, below what the task itself is about."""
    work = task()
    snapshot = evolve(work.snapshot, path=None)
    refused = attempt(verdict=Verdict((Finding("tests", said, evidence=evidence),)))
    found = places(Outcome(evolve(work, snapshot=snapshot), Status.SURFACED, (refused,)), root)
    return [f"{place.path.name}:{place.line}" for place in found]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with a file, beside one that is not in it."""
    project = tmp_path / "project"
    (project / "tests").mkdir(parents=True)
    for path in (project / "tests" / "test_cart.py", project / "cart.pyi", tmp_path / "other.py"):
        path.write_text("", "utf-8")
    return project


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("tests/test_cart.py:3: AssertionError", ["test_cart.py:3"]),
        ('File "{root}/tests/test_cart.py", line 7, in f', ["test_cart.py:7"]),
        ("(cart.pyi:12)", ["cart.pyi:12"]),
        ("./tests/../cart.pyi:12", ["cart.pyi:12"]),
        ("error:cart.pyi:12", ["cart.pyi:12"]),
        ("https://evil/cart.pyi:12", []),
        ("tests/test_cart.py:", []),
        ("tests/none.py:3", []),
        ("{root}/../other.py:3", []),
        ("../other.py:3", []),
        ("/{root}/cart.pyi:3", []),
        (r"\\evil\share\cart.pyi:3", []),
        (r"x\\evil\share\cart.pyi:3", []),
        ("//evil/share/cart.pyi:3", []),
    ],
)
def test_the_places_that_a_finding_names(root: Path, said: str, named: list[str]) -> None:
    said = said.replace("{root}", str(root))
    assert led(root, said) == named
    assert led(root, "It fails.", said) == named
    assert led(None, said) == []


@pytest.mark.parametrize("word", ["a", "a/", "a.py", ".py", "-", "C:a", "é"])
def test_a_long_word_is_read_in_time(root: Path, word: str) -> None:
    began = time.thread_time()
    assert led(root, word * 20_000) == []
    assert led(root, f"{'x' * 19_000} cart.pyi:1") == ["cart.pyi:1"]
    assert time.thread_time() - began < 1
