"""By what a verdict stands, and whether what came to nothing would again."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.support.ledger import attempt, task

from lastmile.ahead.values import NARROW, is_decided, is_wide
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.task import Oracle
from lastmile.cascade.verdict import CheckRun, Finding, Verdict

REFUSED = attempt(verdict=Verdict((Finding("lint", "E1"),), (CheckRun("lint", 0.0),)))
FAILED = attempt("local", draft=None, verdict=Verdict(), failure="The host did not start.")


def names() -> Iterator[str]:
    """Give the names of all classes of checks, and that by which a draft is applied, which is no class."""
    yield "apply"
    for package in ("lastmile.verify", "lastmile.oracles"):
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            spec = find_spec(found.name)
            assert spec is not None
            assert spec.origin is not None
            tree = ast.parse(Path(spec.origin).read_text("utf-8"))
            for node in (item for item in tree.body if isinstance(item, ast.ClassDef)):
                methods = {item.name for item in node.body if isinstance(item, ast.AsyncFunctionDef)}
                if "judge" in methods and (name := _name(node, import_module(found.name).__dict__)):
                    yield name


def _name(node: ast.ClassDef, known: dict[str, object]) -> str:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.target.id == "name":
            match item.value:
                case ast.Constant(value=str(name)):
                    return name
                case ast.Name(id=constant):
                    return str(known[constant])
    return ""


def test_what_looks_at_the_document_alone_is_named_as_checks_are() -> None:
    assert set(names()) >= NARROW


@pytest.mark.parametrize(
    ("checks", "doubt", "wide"),
    [
        (("scope", "syntax", "document", "lint"), "", False),
        (("syntax", "lint", "types"), "", True),
        (("syntax", "tests"), "", True),
        (("syntax", "command"), "", True),
        (("syntax",), "no test decided (No test sees it.)", True),
    ],
)
def test_a_verdict_is_wide_where_another_file_could_change_it(
    checks: tuple[str, ...], doubt: str, wide: object
) -> None:
    verdict = Verdict((), tuple(CheckRun(name, 0.0) for name in checks), "")
    assert is_wide(task(oracle=Oracle(doubt=doubt)), Verdict(), verdict) is wide


@pytest.mark.parametrize(
    ("outcome", "decided"),
    [
        (Outcome(task(), Status.SURFACED, (REFUSED,)), True),
        (Outcome(task(), Status.SURFACED), True),
        (Outcome(task(), Status.SURFACED, (REFUSED,), reason="the samples differ"), True),
        (Outcome(task(), Status.SURFACED, (REFUSED, FAILED)), False),
        (Outcome(task(), Status.SURFACED, (FAILED,)), False),
        (Outcome(task(), Status.SURFACED, reason="the deadline of 60 s has passed"), False),
        (Outcome(task(), Status.DECLINED, (REFUSED,), reason="mypy is not ready"), False),
        (Outcome(task(), Status.CANCELLED, (REFUSED,)), False),
    ],
)
def test_what_failed_for_a_moment_is_not_decided(outcome: Outcome, decided: object) -> None:
    assert is_decided(outcome) is decided
