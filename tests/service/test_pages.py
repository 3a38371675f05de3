"""What a project gives: its Python files, pages of them, and tasks that are run and verified."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.fixing import Person, fill, page_of, serving

from lastmile import files
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.outcome import Status
from lastmile.errors import RequestError, StaleError, ToolError
from lastmile.service import Service
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("contents", "asked", "found"),
    [
        ({"a.py": "", "b.pyi": "", "c.pyw": "", "d.txt": "", "e.ipynb": "{}"}, ["."], ["a.py", "b.pyi"]),
        ({"c.pyw": ""}, ["c.pyw"], ["c.pyw"]),
        ({"a.py": "", "sub/b.py": ""}, [".", "sub", "a.py"], ["a.py", "sub/b.py"]),
        ({".git/HEAD": "", ".gitignore": "out/\n", "out/a.py": "", "b.py": ""}, ["."], ["b.py"]),
        ({"run": "#!/usr/bin/env python\n", "b.py": ""}, ["run"], ["run"]),
        ({"ä b.py": "", "-x.py": ""}, ["ä b.py", "-x.py"], ["-x.py", "ä b.py"]),
        ({"d.txt": ""}, ["d.txt"], []),
        ({"sub/d.txt": ""}, ["sub"], []),
    ],
)
async def test_which_files_are_python(
    service: Service, tmp_path: Path, contents: dict[str, str], asked: list[str], found: list[str]
) -> None:
    folder = fill(tmp_path / "project", contents)
    listed = await service.python_files([folder / name for name in asked])
    assert [str(path.relative_to(folder)) for path in listed] == found


async def test_files_that_cannot_be_listed(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": ""})
    (folder / "ruff.toml").write_text("nonsense = 1\n")
    with pytest.raises(RequestError, match=r"The files could not be listed: .*ruff\.toml"):
        await service.python_files([folder])


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (["F401"], ""),
        (["E", "PL", "ALL"], ""),
        (["NOSUCH"], "Unknown rule selector `NOSUCH`"),
        (["f401"], "f401"),
        ([], ""),
    ],
)
async def test_rules_that_ruff_does_not_know(service: Service, rules: list[str], problem: str) -> None:
    said = await service.unknown_rules(rules)
    assert bool(said) is bool(problem)
    assert problem in said


async def test_a_page_has_findings_symbols_and_what_others_say(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n\n\ndef f(): ...\n"})
    project = await service.project(folder / "a.py")
    foreign = (Diagnostic("Pyright", "X1", "Something", Span(0, 1)),)
    snapshot = files.read(folder / "a.py")
    page = await project.page(snapshot, foreign=foreign)
    assert [item.code for item in page.diagnostics] == ["F401", "X1"]
    assert [symbol.name for symbol in page.symbols] == ["f"]
    assert (page.trouble, page.settings) == ("", project.settings)
    other = await project.page(evolve(snapshot, language="markdown"), foreign=foreign)
    assert (other.diagnostics, other.symbols) == (foreign, ())


async def test_a_page_without_ruff_says_so(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n\n\ndef f(): ...\n", "ruff.toml": "nonsense = 1\n"})
    _project, page = await page_of(service, folder / "a.py")
    assert page.diagnostics == ()
    assert [symbol.name for symbol in page.symbols] == ["f"]
    assert page.trouble.startswith("ruff failed: ")


async def test_a_page_without_the_worker_has_findings(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n"})
    hurried = evolve(service.shared, offload=type(service.shared.offload)(deadline=0.0001))
    service.shared = hurried
    try:
        project, page = await page_of(service, folder / "a.py")
        assert [item.code for item in page.diagnostics] == ["F401"]
        assert page.symbols == ()
        (folder / "ruff.toml").write_text("nonsense = 1\n")
        with pytest.raises(ToolError, match="ruff failed"):
            await project.page(Snapshot("file:///x.py", "import re\n", folder / "x.py"))
    finally:
        await asyncio.to_thread(hurried.offload.close)


async def test_a_task_is_made_run_and_verified(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\nx = 1\n"})
    project, page = await page_of(service, folder / "a.py")
    [offer] = project.kinds["fix"].offers(page, Span(0, 9))
    task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
    heard: list[object] = []
    outcome = await project.run(task, consent=Person(), watch=heard.append)
    assert (outcome.status, outcome.text) == (Status.ACCEPTED, "x = 1\n")
    assert heard
    again = await project.verify(task, Draft((Replace(Replacement(Span(0, 10), "")),)))
    assert again.passed
    assert (await service.ledger.bill()).total.cleared == 1
    await service.kept(task.id, kept=True)
    with pytest.raises(StaleError):
        await project.make(page, kind="fix", target=Span(0, 1), detail={})
    with pytest.raises(RequestError, match="outside the document"):
        await project.make(page, kind="fix", target=Span(0, 999), detail=offer.detail)


@pytest.mark.parametrize(
    ("text", "kind", "spread"),
    [
        pytest.param("def f(a=[]):\n    return a\n", "fix", 2, id="a fix in two lines"),
        pytest.param("def f():\n    return a\n", "fix", 1, id="no fix of ruff's"),
        pytest.param("def f():\n    pass\n\n\ndef g():\n    pass\n", "instruct", 2, id="two functions"),
        pytest.param("x = 1\n", "instruct", 1, id="a line"),
    ],
)
async def test_in_how_many_places_a_change_is_expected(
    service: Service, tmp_path: Path, text: str, kind: str, spread: int
) -> None:
    folder = fill(tmp_path / "project", {"a.py": text}, rules="F,B")
    project, page = await page_of(service, folder / "a.py")
    whole = Span(0, len(text))
    details = [offer.detail for offer in project.kinds[kind].offers(page, whole)] or [{"instruction": "Tidy up."}]
    task = await project.make(page, kind=kind, target=whole, detail=details[0])
    assert task.spread == spread


async def test_an_unreadable_ledger_is_told_and_work_goes_on(home_env: dict[str, str], tmp_path: Path) -> None:
    fill(tmp_path / "home", {"ledger.sqlite3": b"not a database, and longer than a header would be" * 50})
    folder = fill(tmp_path / "project", {"a.py": "import os\nx = 1\n"})
    async with serving(home_env) as service:
        assert await service.ledger.ready()
        project, page = await page_of(service, folder / "a.py")
        [offer] = project.kinds["fix"].offers(page, Span(0, 9))
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert outcome.status is Status.ACCEPTED
