"""What the rules propose for a finding, in order: each draft by its label and the text it leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import ruff_in, task_on

from lastmile.cascade.verdict import Finding
from lastmile.text.diagnostic import Diagnostic, Fix, Safety
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.project_names import ProjectNames
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.apply import landed

Drafts = list[tuple[str, str]]
LIBRARY = "from pathlib import Path"


async def proposed(
    ruff: Ruff, offload: Offload, snapshot: Snapshot, problem: Diagnostic, names: ProjectNames | None = None
) -> Drafts:
    """Take every proposal; gives labels and texts."""
    found: Drafts = []
    async for draft in Proposals(ruff, offload, names).of(snapshot, problem):
        text = landed(snapshot.text, draft)
        assert not isinstance(text, Finding)
        found.append((draft.label, text))
    return found


async def check(folder: Path, offload: Offload, rules: str, old: str, expected: Drafts) -> None:
    """Take the proposals for ruff's first finding of the first rule."""
    named = rules.split(",")
    ruff = ruff_in(folder, *named)
    for end in ("\n", "\r\n"):
        snapshot = task_on(old.replace("\n", end), folder).snapshot
        first = next(
            item for item in await ruff.check(snapshot) if item.code.startswith(rules.split(",", maxsplit=1)[0])
        )
        names = ProjectNames(folder)
        wanted = [(label, text.replace("\n", end)) for label, text in expected]
        assert await proposed(ruff, offload, snapshot, first, names) == wanted


OPTIONAL = "from typing import Optional\n\n\ndef f(a: Optional[int]): ...\n"
MUTABLE = "def f(a=[]):\n    return a\n"
BRANCHES = "def f(a):\n    if a:\n        return 1\n    {}if b:\n        return 2\n    {}return 3\n"
ELSE = "else:\n        "
LONG = "x" * 30
CHOICE = f"def f(a):\n    if a:\n        b = {{}}\n    else:\n        b = '{LONG}'\n    return b\n"
FORMAT, FSTRING = "'{0}{1}{2}'.format(first.name, second.name, 3)", "f'{first.name}{second.name}{3}'"
TERNARY = f"def f(a):\n    b = {FSTRING} if a else '{LONG}'\n    return b\n"
HANDLER = "try:\n    f()\nexcept{}:\n    {}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "old", "expected"),
    [
        pytest.param("F401", "import os\nx = 1\n", [("ruff's fix: Remove unused import: `os`", "x = 1\n")], id="safe"),
        pytest.param(
            "B006",
            MUTABLE,
            [
                (
                    "ruff's unsafe fix: Replace with `None`; initialize within function",
                    "def f(a=None):\n    if a is None:\n        a = []\n    return a\n",
                )
            ],
            id="unsafe",
        ),
        pytest.param(
            "UP045,F401",
            OPTIONAL,
            [
                ("ruff's fix: Convert to `X | None`", OPTIONAL.replace("Optional[int]", "int | None")),
                ("ruff's fix: Convert to `X | None`, and what follows from it", "\n\ndef f(a: int | None): ...\n"),
            ],
            id="what follows from a fix",
        ),
        pytest.param(
            "RET505",
            BRANCHES.format("el", ELSE),
            [
                ("ruff's fix: Remove unnecessary `elif`", BRANCHES.format("", ELSE)),
                ("ruff's fix: Remove unnecessary `elif`, and what follows from it", BRANCHES.format("", "")),
            ],
            id="the same rule in the changed lines",
        ),
        pytest.param(
            "UP032,SIM108",
            CHOICE.format(FORMAT),
            [
                ("ruff's fix: Convert to f-string", CHOICE.format(FSTRING)),
                ("ruff's fix: Convert to f-string, and what follows from it", TERNARY),
            ],
            id="an unsafe fix of what came",
        ),
        pytest.param(
            "F821",
            "x = Path('a')\n",
            [(LIBRARY, f"{LIBRARY}\n\nx = Path('a')\n")],
            id="an import",
        ),
        pytest.param("F821", "x = nothing\n", [], id="a name of nobody"),
        pytest.param(
            "E501",
            f"x = [{', '.join(['1234567890'] * 8)}]\n",
            [("ruff format of the lines", "x = [\n" + "    1234567890,\n" * 8 + "]\n")],
            id="the formatter",
        ),
        pytest.param(
            "E722",
            HANDLER.format("", "g()"),
            [("template bare except", HANDLER.format(" Exception", "g()"))],
            id="E722",
        ),
        pytest.param(
            "B904",
            HANDLER.format(" A", "raise B"),
            [("template raise from", HANDLER.format(" A as error", "raise B from error"))],
            id="B904",
        ),
        pytest.param("E741", "l = 1\n", [], id="nothing to propose"),
        pytest.param("ERA001", "# x = 1\ny = 1\n", [], id="a fix that ruff holds for wrong in places"),
    ],
)
async def test_proposals(tmp_path: Path, offload: Offload, rules: str, old: str, expected: Drafts) -> None:
    await check(tmp_path, offload, rules, old, expected)


async def test_a_text_that_does_not_parse_is_not_laid_out(tmp_path: Path, offload: Offload) -> None:
    problem = Diagnostic("ruff", "E501", "Line too long", Span(0, 5))
    snapshot = task_on("x = (\n", tmp_path).snapshot
    found = await proposed(ruff_in(tmp_path, "E501"), offload, snapshot, problem)
    assert found == [("ruff format of the lines", "x = (\n")]


async def test_a_fix_that_breaks_the_text_is_followed_by_nothing(tmp_path: Path, offload: Offload) -> None:
    fix = Fix(Safety.SAFE, "Break it", (Replacement(Span(4, 5), f"({'y' * 100}"),))
    problem = Diagnostic("ruff", "X1", "Odd", Span(4, 5), fix=fix)
    snapshot = task_on("x = 1\n", tmp_path).snapshot
    found = await proposed(ruff_in(tmp_path, "E501", "F"), offload, snapshot, problem)
    assert found == [("ruff's fix: Break it", f"x = ({'y' * 100}\n")]


async def test_a_line_that_the_fix_made_too_long_is_broken(tmp_path: Path, offload: Offload) -> None:
    values = ", ".join(["value"] * 14)
    fix = Fix(Safety.SAFE, "Lengthen", (Replacement(Span(4, 5), f"[{values}]"),))
    problem = Diagnostic("ruff", "X1", "Odd", Span(4, 5), fix=fix)
    snapshot = task_on("x = 1\n", tmp_path).snapshot
    direct, followed = await proposed(ruff_in(tmp_path, "E501"), offload, snapshot, problem)
    assert direct[1] == f"x = [{values}]\n"
    assert followed[1] == "x = [\n" + "    value,\n" * 14 + "]\n"


async def test_a_fix_that_does_not_land_is_passed_on_for_the_judge(tmp_path: Path, offload: Offload) -> None:
    fix = Fix(Safety.SAFE, "Late", (Replacement(Span(90, 95), ""),))
    snapshot = task_on("x = 1\n", tmp_path).snapshot
    drafts = Proposals(ruff_in(tmp_path, "F"), offload, None).of(
        snapshot, Diagnostic("ruff", "X1", "", Span(0, 1), fix=fix)
    )
    assert [draft.label async for draft in drafts] == ["ruff's fix: Late"]


async def test_an_import_goes_where_the_project_has_it(tmp_path: Path, offload: Offload) -> None:
    for name, text in {"a.py": "import numpy as np\n", "b.py": "import numpy as np\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    old = '"""Doc."""\n\nimport sys\n\nx = np.array(sys.argv)\n'
    new = '"""Doc."""\n\nimport sys\n\nimport numpy as np\n\nx = np.array(sys.argv)\n'
    await check(tmp_path, offload, "F821", old, [("import numpy as np", new)])


async def test_imports_that_were_not_sorted_stay_as_they_are(tmp_path: Path, offload: Offload) -> None:
    old = "import sys\nimport os\nx = Path(os.sep, sys.argv)\n"
    new = f"import sys\nimport os\n{LIBRARY}\nx = Path(os.sep, sys.argv)\n"
    await check(tmp_path, offload, "F821", old, [(LIBRARY, new)])


async def test_without_a_folder_the_library_is_left(tmp_path: Path, offload: Offload) -> None:
    snapshot = evolve(task_on("x = Path('a')\n", tmp_path).snapshot, path=None, uri="untitled:1")
    ruff = Ruff()
    problem = Diagnostic("Pyflakes", "F821", "Undefined name `Path`", Span(4, 8))
    found = await proposed(ruff, offload, snapshot, problem)
    assert [label for label, _text in found] == [LIBRARY]


async def test_layout_is_ruffs_alone(tmp_path: Path, offload: Offload) -> None:
    snapshot = task_on("x  =  1\n", tmp_path).snapshot
    ruff = ruff_in(tmp_path, "F")
    for source, count in (("ruff", 1), ("pycodestyle", 0)):
        found = await proposed(ruff, offload, snapshot, Diagnostic(source, "E221", "Blanks", Span(1, 3)))
        assert len(found) == count
