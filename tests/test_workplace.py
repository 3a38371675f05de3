"""A project's own tests, Python and commands as the service wires them, in the real sandbox."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.fixing import Person, fill, serving
from tests.support.openai_server import Answer, OpenAIServer
from tests.support.programs import BUBBLEWRAP

from lastmile import files
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.outcome import Status
from lastmile.errors import RequestError
from lastmile.receipt import receipt, refusal
from lastmile.text.edits import Replacement, Span

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
]

WRONG = """\
def gcd(a, b):
    if b == 0:
        return a
    return gcd(a % b, b)
"""
TESTS = """\
import pytest
from nums import gcd


@pytest.mark.parametrize(("a", "b", "c"), [(12, 8, 4), (17, 0, 17), (35, 21, 7), (100, 10, 10)])
def test_gcd(a, b, c):
    assert gcd(a, b) == c
"""


def environment(home_env: Mapping[str, str]) -> dict[str, str]:
    """Let the Python that runs these tests be the project's own, so that it has pytest."""
    return {**home_env, "VIRTUAL_ENV": sys.prefix}


async def test_a_failing_test_is_mended_free(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"pyproject.toml": "", "nums.py": WRONG, "test_nums.py": TESTS})
    async with serving(environment(home_env)) as service:
        project = await service.project(folder / "nums.py")
        page = await project.page(files.read(folder / "nums.py"))
        (offer,) = project.kinds["fix-test"].offers(page, Span(5, 5))
        task = await project.make(page, kind=offer.kind, target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert (outcome.status, outcome.cost) == (Status.ACCEPTED, 0), outcome.attempts
    assert outcome.text == WRONG.replace("gcd(a % b, b)", "gcd(b, a % b)")
    assert (folder / "nums.py").read_text() == WRONG
    told = receipt(outcome)
    assert re.search(r", (1 repair passes|\d+ repairs pass, in \d+ groups? by \d+ inputs), 3 of 4 tests", told), told
    assert re.search(
        r", 3 of 4 tests reach the change, (\d+) of \1 mutants of it killed, [\d.]+ m?s, \$0\.00$", told
    ), told


async def test_what_is_open_outside_of_the_project_lies_over_nothing(home_env: dict[str, str], tmp_path: Path) -> None:
    """The sandbox shows nothing of it, so that it stands in the way of every run."""
    folder = fill(tmp_path / "project", {"pyproject.toml": "", "nums.py": WRONG, "test_nums.py": TESTS})
    outside = fill(tmp_path / "other", {"open.py": "", "linked.py": ""})
    (folder / "linked.py").symlink_to(outside / "linked.py")
    unsaved = {outside / "open.py": "x = 1\n", folder / "linked.py": "x = 1\n", folder / "test_nums.py": f"{TESTS}\n"}
    async with serving(environment(home_env)) as service:
        service.others = lambda: unsaved
        project = await service.project(folder / "nums.py")
        page = evolve(await project.page(files.read(folder / "nums.py")), others=unsaved)
        task = await project.make(page, kind="fix-test", target=Span(0, len(WRONG)), detail={"symbol": "gcd"})
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert outcome.status is Status.ACCEPTED, outcome.attempts


async def test_where_no_small_change_helps_that_is_said(home_env: dict[str, str], tmp_path: Path) -> None:
    tests = "from name import name\n\n\ndef test_name():\n    assert name() == 'a name'\n"
    folder = fill(tmp_path / "project", {"name.py": "def name():\n    pass\n", "test_name.py": tests})
    async with serving(environment(home_env)) as service:
        project = await service.project(folder / "test_name.py")
        page = await project.page(files.read(folder / "test_name.py"))
        (offer,) = project.kinds["fix-test"].offers(page, Span(len(tests) - 1, len(tests) - 1))
        task = await project.make(page, kind=offer.kind, target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
        (known,) = project.kinds["fix-test"].offers(project.fresh(page), offer.target)
    assert (task.snapshot.path, outcome.status) == (folder / "name.py", Status.SURFACED)
    assert refusal(outcome).startswith(
        "Nothing passed. Tried rules (failed: No small change of the function makes its tests pass)"
    )
    assert known.title == "Fix the code, so that the failing test `test_name` passes"


@pytest.mark.parametrize(("new", "passed"), [("return b\n", False), ("return a  # the same\n", True)])
async def test_a_command_of_the_project_judges_in_the_sandbox(
    home_env: dict[str, str],
    tmp_path: Path,
    new: str,
    passed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    setting = '[[verify.command]]\nrun = "python -c \\"from nums import gcd; assert gcd(3, 0) == 3\\""\n'
    folder = fill(tmp_path / "project", {"lastmile.toml": setting, "nums.py": WRONG})
    async with serving(environment(home_env)) as service:
        project = await service.project(folder / "nums.py")
        page = await project.page(files.read(folder / "nums.py"))
        task = await project.make(page, kind="instruct", target=Span(0, len(WRONG)), detail={"instruction": "Do it."})
        at = WRONG.index("return a\n")
        draft = Draft((Replace(Replacement(Span(at, at + len("return a\n")), new)),))
        verdict = await project.verify(task, draft)
    assert verdict.passed is passed, verdict.findings
    assert "command" in [run.check for run in verdict.runs]


GREETING = """\
def shortened(words: list[str]):
    return words
"""
SHORT = "def shortened(words: list[str]):\n    return [word[:3] for word in words]\n"
SHORTER = """\
def shortened(words: list[str]):
    found = []
    for word in words:
        found.append(word[0:3])
    return found
"""
FIRST = "def shortened(words: list[str]):\n    return words[:3]\n"


@pytest.mark.parametrize(
    ("says", "text", "told"),
    [
        pytest.param(
            (SHORT, FIRST, SHORTER),
            SHORT,
            r", 0 new findings, 3 drafts pass, in 2 groups by \d+ inputs, [\d.]+ m?s, \$0\.00$",
            id="two agree",
        ),
        pytest.param(
            (SHORT, FIRST, "def shortened(words):\n    return [\n"),
            None,
            r"^Nothing passed: For `shortened\(.*\)`, should this give `\[.*\]` or give `\[.*\]`\? Tried ",
            id="they stand equal",
        ),
    ],
)
async def test_drafts_of_a_model_are_grouped_by_what_they_do(
    home_env: dict[str, str], tmp_path: Path, says: tuple[str, ...], text: str | None, told: str
) -> None:
    """No test is there: the types of the parameters are enough."""
    folder = fill(tmp_path / "project", {"pyproject.toml": "", "words.py": GREETING})
    async with OpenAIServer() as server:
        server.enqueue(*(Answer([f"```python\n{code}```"]) for code in says))
        local = {
            "LASTMILE_LADDER": "box",
            "LASTMILE_OPENAI__BOX__URL": server.url,
            "LASTMILE_OPENAI__BOX__RETRIES": "0",
        }
        async with serving({**environment(home_env), **local}) as service:
            project = await service.project(folder / "words.py")
            page = await project.page(files.read(folder / "words.py"))
            detail = {"instruction": "Shorten the words to three letters."}
            task = await project.make(page, kind="instruct", target=Span(0, len(GREETING)), detail=detail)
            outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert outcome.text == text, outcome.attempts
    assert re.search(told, receipt(outcome)), receipt(outcome)
    assert len(server.chats) == 3


BRANCHED = """\
def sign(number):
    if number > 0:
        return 1
    elif number < 0:
        return -1
    else:
        return 0
"""
NOTICES = "def test_sign():\n    assert [sign(number) for number in (2, 0, -2)] == [1, 0, -1]\n"
CALLS = "def test_sign():\n    assert [sign(number) for number in (2, 0, -2)]\n"


@pytest.mark.parametrize(
    ("tests", "hard"),
    [
        pytest.param(NOTICES, True, id="tests that notice decide"),
        pytest.param(CALLS, False, id="tests that notice nothing do not"),
        pytest.param("def test_sign():\n    assert sign\n", False, id="nor do those that do not run it"),
    ],
)
async def test_tests_that_are_blind_to_a_target_do_not_decide(
    home_env: dict[str, str],
    tmp_path: Path,
    tests: str,
    hard: bool,  # noqa: FBT001 - a column of the table
) -> None:
    contents = {"pyproject.toml": "", "nums.py": BRANCHED, "test_nums.py": f"from nums import sign\n\n\n{tests}"}
    folder = fill(tmp_path / "project", contents)
    async with serving(environment(home_env)) as service:
        project = await service.project(folder / "nums.py")
        page = await project.page(files.read(folder / "nums.py"))
        whole = Span(0, len(BRANCHED))
        task = await project.make(page, kind="simplify", target=whole, detail={"symbol": "sign"})
    assert task.oracle.hard is hard


async def test_what_kept_the_tests_from_running_is_told(home_env: dict[str, str], tmp_path: Path) -> None:
    printing = '    with capfd.disabled():\n        for _ in range(128):\n            print("x" * 1_000_000)\n'
    tests = f"from nums import gcd\n\n\ndef test_gcd(capfd):\n{printing}    assert gcd(12, 8) == 4\n"
    folder = fill(tmp_path / "project", {"pyproject.toml": "", "nums.py": WRONG, "test_nums.py": tests})
    async with serving(environment(home_env)) as service:
        project = await service.project(folder / "nums.py")
        page = await project.page(files.read(folder / "nums.py"))
        (offer,) = project.kinds["fix-test"].offers(page, Span(5, 5))
        with pytest.raises(RequestError, match="could not be run: the tests printed more than they may"):
            await project.make(page, kind=offer.kind, target=offer.target, detail=offer.detail)
