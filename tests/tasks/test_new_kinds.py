"""When the kinds that change code are offered, and what their tasks ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from benchmarks.oracle_cases import fix_test, implement, simplify
from tests.support.judging import ruff_in, task_on
from tests.support.plain_bench import PlainBench
from tests.support.plain_lab import PlainLab

from lastmile.cascade.task import Task
from lastmile.errors import RequestError, StaleError
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.registry import kinds
from lastmile.testing.values import NoBench
from lastmile.text.edits import Span
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

NEW = ("annotate", "extract-function", "extract-variable", "fix-test", "implement", "modernise", "simplify")
RAISES = f"raise {NotImplemented}Error"


async def page_of(folder: Path, text: str, *rules: str, untested: str = "") -> Page:
    snapshot = task_on(text, folder).snapshot
    found = await ruff_in(folder, *(rules or ("F",))).check(snapshot)
    return Page(snapshot, found, outline(text), untested=untested)


def offers(page: Page, span: Span) -> list[Offer]:
    return [offer for name in NEW for offer in kinds()[name].offers(page, span)]


# The cursor is at the mark ‸, a selection between « and ».
MENUS: dict[str, tuple[str, list[str]]] = {
    "a stub": ("def f(a: int) -> int:\n    ‸...\n", ["Implement `f`"]),
    "a stub with a docstring": ('def f(a: int) -> int:\n    """Do‸."""\n', ["Implement `f`"]),
    "a stub of what is unwritten": (f"def f() -> int:\n    {RAISES}('x')‸\n", ["Implement `f`"]),
    "a body to be done": ("def f() -> int:\n    # TODO: all of it‸\n    return 0\n", ["Implement `f`"]),
    "a body that returns nothing much": ("def f() -> int:\n    return 0‸\n", []),
    "abstract": ("import abc\n\n\nclass A:\n    @abc.abstractmethod\n    def f(self) -> int: ‸...\n", []),
    "an overload": ("@overload\ndef f(a: int) -> int: ‸...\n", []),
    "no annotations": ("def ‸f(a, b=1):\n    return a\n", ["Annotate `f`"]),
    "half annotated": ("def ‸f(a: int, *b) -> int:\n    return a\n", ["Annotate `f`"]),
    "annotated": ("def ‸f(a: int) -> int:\n    return a\n", []),
    "a method": ("class A:\n    def ‸f(self) -> int:\n        return 1\n", []),
    "a static method": ("class A:\n    @staticmethod\n    def ‸f(self) -> int:\n        return 1\n", ["Annotate `f`"]),
    "async": ("async def ‸f(a):\n    return a\n", ["Annotate `f`"]),
    "a class": ("class ‸A:\n    pass\n", []),
    "branches": (simplify.SIGN.replace("def kind_of", "def ‸kind_of"), ["Simplify `kind_of`"]),
    "branches, in the body": (simplify.SIGN.replace("    elif value < 0", "    ‸elif value < 0"), []),
    "an expression": ("def f() -> int:\n    return «1 + 2» + 3\n", ["Extract `1 + 2` into a variable"]),
    "a name": ("def f(value: int) -> int:\n    return «value»\n", []),
    "part of an expression": ("def f() -> int:\n    return «1 +» 2 + 3\n", []),
    "statements": (
        "def f() -> int:\n«    a = 1\n    b = a\n»    return b\n",
        ["Extract the selected statements of `f` into a function"],
    ),
    "one statement": ("def f() -> int:\n«    a = 1\n»    return a\n", []),
    "statements of a module": ("«a = 1\nb = 2\n»", []),
    "a file that does not parse": (
        "def ‸f(a):\n    return a\n\n\nx = (\n",
        ["Annotate `f` (The document has a syntax error)"],
    ),
    "tabs and line ends of Windows": ("class A:\r\n\tdef ‸f(self, a):\r\n\t\treturn a\r\n", ["Annotate `f`"]),
}


@pytest.mark.parametrize(("text", "expected"), MENUS.values(), ids=MENUS.keys())
async def test_what_is_offered(tmp_path: Path, text: str, expected: list[str]) -> None:
    plain = text.replace("‸", "").replace("«", "").replace("»", "")
    at = max(text.find("‸"), text.find("«"))
    span = Span(at, text.find("»") - 1 if "»" in text else at)
    found = offers(await page_of(tmp_path, plain, untested="No tests."), span)
    assert [f"{item.title} ({item.disabled})" if item.disabled else item.title for item in found] == expected


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "def", "def f(", "x = (\n", "\x00", "class A:\n\tdef f(:\n", "é«»\r\r\n"]
)
async def test_nothing_is_raised_for_broken_texts(tmp_path: Path, text: str) -> None:
    page = await page_of(tmp_path, text)
    for end in range(len(text) + 1):
        offers(page, Span(0, end))
    assert offers(evolve(page, snapshot=evolve(page.snapshot, language="toml")), Span(0, len(text))) == []


async def make(page: Page, kind: str, offload: Offload, workshop: Workshop | None = None, **detail: Any) -> Task:  # noqa: ANN401 - JSON
    span = next((item.span for item in page.symbols if item.qualname == detail.get("symbol")), Span(0, 0))
    return await kinds()[kind].task(page, span, detail, workshop or Workshop(Ruff(), offload))


@pytest.mark.parametrize(
    ("kind", "text", "detail", "error", "message"),
    [
        ("implement", "def f():\n    return 1\n", {"symbol": "f"}, StaleError, "`f` is no stub"),
        ("implement", "class f: ...\n", {"symbol": "f"}, RequestError, "is a class"),
        ("implement", "def f(): ...\n", {}, RequestError, "does not say which"),
        ("annotate", "def f() -> None: ...\n", {"symbol": "f"}, StaleError, "`f` is annotated"),
        ("annotate", "def f(): ...\nx = (\n", {"symbol": "f"}, RequestError, "syntax error"),
        ("annotate", "def f(): ...\n", {"symbol": "g"}, StaleError, "`g` is no longer there"),
        ("simplify", "def f():\n    return 1\n", {"symbol": "f"}, StaleError, "no branch"),
        ("modernise", "x = 1\n", {}, StaleError, "nothing in the file"),
        ("extract-variable", "x = 1\n", {}, RequestError, "not one whole expression"),
        ("extract-function", "x = 1\n", {}, RequestError, "not one or more whole statements"),
        ("fix-test", "def f(): ...\n", {"symbol": "f"}, RequestError, "No tests can be run here"),
    ],
)
async def test_where_there_is_nothing_to_do(  # noqa: PLR0913, PLR0917 - a row of the table
    tmp_path: Path, offload: Offload, kind: str, text: str, detail: dict[str, Any], error: type[Exception], message: str
) -> None:
    page = await page_of(tmp_path, text)
    with pytest.raises(error, match=message):
        await make(page, kind, offload, **detail)


async def test_without_runs_samples_have_to_agree(tmp_path: Path, offload: Offload) -> None:
    stub = await page_of(tmp_path, implement.SUBJECTS[0].text)
    assert not (await make(stub, "implement", offload, symbol="clamp")).oracle.hard
    complex_ = await page_of(tmp_path, simplify.GRADE)
    assert not (await make(complex_, "simplify", offload, symbol="grade")).oracle.hard
    bare = await page_of(tmp_path, "def f(a):\n    return a\n")
    assert not (await make(bare, "annotate", offload, symbol="f")).oracle.hard


async def test_why_no_test_decides_is_for_the_receipt(tmp_path: Path, offload: Offload) -> None:
    untrusted = Workshop(Ruff(), offload, bench=NoBench("The workspace is not trusted, so its tests do not run."))
    said = "no test decided (The workspace is not trusted, so its tests do not run)"
    stub = await page_of(tmp_path, implement.SUBJECTS[0].text)
    assert (await make(stub, "implement", offload, untrusted, symbol="clamp")).oracle.doubt == said
    complex_ = await page_of(tmp_path, simplify.GRADE)
    assert (await make(complex_, "simplify", offload, untrusted, symbol="grade")).oracle.doubt == said


async def test_what_runs_makes_the_oracle_hard(tmp_path: Path, offload: Offload) -> None:
    subject = implement.SUBJECTS[0]
    page = await page_of(tmp_path, subject.text)
    tmp_path.joinpath("mod.py").write_text(subject.text)
    workshop = Workshop(Ruff(), offload, lab=PlainLab(tmp_path))
    task = await make(page, "implement", offload, workshop, symbol="clamp")
    assert (task.oracle.hard, [check.name for check in task.oracle.late]) == (True, ["examples"])


@pytest.mark.slow
async def test_a_function_whose_tests_pass_has_nothing_to_fix(tmp_path: Path, offload: Offload) -> None:
    subject = fix_test.SUBJECTS[0]
    fixed = subject.after(subject.right[0])
    tmp_path.joinpath("mod.py").write_text(fixed)
    tmp_path.joinpath("test_mod.py").write_text(subject.tests)
    page = await page_of(tmp_path, fixed)
    with pytest.raises(StaleError, match=r"Its \d+ tests pass: there is nothing to fix in `median`"):
        await make(page, "fix-test", offload, Workshop(Ruff(), offload, PlainBench(tmp_path)), symbol="median")


@pytest.mark.slow
async def test_the_failing_tests_have_to_pass(tmp_path: Path, offload: Offload) -> None:
    subject = fix_test.SUBJECTS[0]
    tmp_path.joinpath("mod.py").write_text(subject.text)
    tmp_path.joinpath("test_mod.py").write_text(subject.tests)
    page = await page_of(tmp_path, subject.text)
    task = await make(page, "fix-test", offload, Workshop(Ruff(), offload, PlainBench(tmp_path)), symbol="median")
    (check,) = task.oracle.late
    assert set(getattr(check, "must_pass", ())) >= {"test_mod.py::test_even", "test_mod.py::test_none"}
    assert task.title == "Fix the failing tests of `median`"
