"""The real mypy on texts that the disk never sees: what is new counts, here and in other files."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import task_on

from lastmile.cascade.verdict import Ruling
from lastmile.tools.offload import Offload
from lastmile.verify.types.check import TypesCheck
from lastmile.verify.types.find import Checkers, cache_of

pytestmark = pytest.mark.slow

OLD = """\
def f(x: int) -> int:
    return x


y: str = 1


def g() -> str:
    return y


z: str = 2
"""
SETTINGS = '[tool.mypy]\npackages = ["."]\n'
CALLER = "from mod import f\n\nold: str = 1\nnew: int = f(1)\n"


def judge(folder: Path, offload: Offload, others: Mapping[Path, str] | None = None) -> TypesCheck:
    cache = folder.parent / "cache-of-mypy"
    return TypesCheck(Checkers(folder, lambda: Path(sys.executable), cache=cache), offload, lambda: others or {})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project that mypy checks as a whole; its folder is shared, so that mypy's cache is warm."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text('[tool.mypy]\nfiles = ["."]\n[[tool.mypy.overrides]]\nmodule = "quiet"\n')
    with (folder / "pyproject.toml").open("a") as file:
        file.write("ignore_errors = true\n")
    for name, text in {"mod.py": "text = that(does) not - parse\n", "caller.py": CALLER, "quiet.py": ""}.items():
        (folder / name).write_text(text)
    return folder


async def check(folder: Path, offload: Offload, new: str, *, old: str = OLD, **others: str) -> Ruling:
    judging = judge(folder, offload, {folder / f"{name}.py": text for name, text in others.items()})
    found = await judging.judge(task_on(old, folder), new)
    assert isinstance(found, Ruling)
    return found


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(("return x", "return x + 1"), [], id="sound"),
        pytest.param(("return x", "# more\n    # lines\n    return x"), [], id="old errors move down"),
        pytest.param(("y: str = 1\n", ""), ["name-defined is new on line 8"], id="a name gone"),
        pytest.param(("y: str = 1", 'y: str = "1"'), [], id="an old error mended"),
        pytest.param(("y: str = 1", "y: str = 3"), [], id="an old error stays in its changed line"),
        pytest.param(("return x", 'return "x"'), ["return-value is new on line 2: Incompatible return"], id="new"),
        pytest.param(("return y", "return y\n\n\nw: str = 4"), ["assignment is new on line 12"], id="more of a kind"),
        pytest.param(
            ("x: int", "x: str"), ["return-value is new", "arg-type is new in caller.py, line 4: Arg"], id="far"
        ),
        pytest.param(("return x", 'return "x"  # type: ignore'), ["On line 2 the draft hides errors"], id="hidden"),
        pytest.param(("def f", "# mypy: ignore-errors\ndef f"), ["The draft silences"], id="all hidden"),
    ],
)
async def test_what_is_new_counts(project: Path, offload: Offload, edit: tuple[str, str], expected: list[str]) -> None:
    ruling = await check(project, offload, OLD.replace(*edit))
    assert ruling.absent == ""
    assert len(ruling) == len(expected)
    assert all(
        item.check == "types" and item.message.startswith(part) for item, part in zip(ruling, expected, strict=True)
    )
    assert ruling.summary == ("mypy refused" if expected else "mypy clean")


async def test_a_finding_has_its_place_and_shows_it(project: Path, offload: Offload) -> None:
    [found] = await check(project, offload, OLD.replace("return x", 'return "x"'))
    assert (found.line, found.code, found.evidence) == (1, "return-value", '    return "x"')


async def test_other_texts_that_are_not_saved_are_seen(project: Path, offload: Offload) -> None:
    [found] = await check(project, offload, OLD.replace("f(", "h("), caller="from mod import f, g\n")
    assert found.message.startswith('attr-defined is new in caller.py, line 1: Module "mod" has no attribute "f"')
    assert await check(project, offload, OLD.replace("f(", "h("), caller="from mod import g\n") == Ruling(
        (), "mypy clean"
    )


async def test_files_that_import_it_are_checked_where_the_settings_name_none(tmp_path: Path, offload: Offload) -> None:
    """Where mypy cannot check them together, two of one name here, the document is checked by itself."""
    (tmp_path / "mypy.ini").write_text("[mypy]\n")
    for name, text in {"mod.py": OLD, "caller.py": CALLER, "a/caller.py": CALLER}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    judging = judge(tmp_path, offload)
    judging.checkers.importers = lambda _path: [tmp_path / "caller.py"]
    checker = judging.checkers.of(tmp_path / "mod.py")
    assert checker is not None
    was_cold = checker.cold
    found = await judging.judge(task_on(OLD, tmp_path), OLD.replace("x: int", "x: str"))
    assert (was_cold, checker.cold) == (True, False)
    assert [item.message.partition(":")[0] for item in found] == [
        "return-value is new on line 2",
        "arg-type is new in caller.py, line 4",
    ]
    judging = judge(tmp_path, offload)
    judging.checkers.importers = lambda _path: [tmp_path / "caller.py", tmp_path / "a/caller.py"]
    found = await judging.judge(task_on(OLD, tmp_path), OLD.replace("x: int", "x: str"))
    assert [item.message.partition(":")[0] for item in found] == ["return-value is new on line 2"]


async def test_what_a_checker_minds_decides(project: Path, tmp_path: Path, offload: Offload) -> None:
    snapshot = task_on(OLD, project).snapshot
    assert await judge(project, offload).undecided(snapshot) == ""
    (tmp_path / "mypy.ini").write_text("[mypy]\ndisable_error_code = return-value\n")
    (tmp_path / "mod.py").write_text(OLD)
    assert await judge(tmp_path, offload).undecided(task_on(OLD, tmp_path).snapshot) == (
        "mypy is set to let wrong annotations in mod.py pass."
    )


async def test_a_change_of_another_file_is_not_the_drafts(tmp_path: Path, offload: Offload) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nfiles = .\n")
    for name in ("mod", "caller"):
        (tmp_path / f"{name}.py").write_text("")
    judging, task = judge(tmp_path, offload), task_on(OLD, tmp_path)
    assert not await judging.judge(task, f"{OLD}\n")
    (tmp_path / "caller.py").write_text("late: str = 1\n")
    assert not await judging.judge(task, f"{OLD}\n")
    assert len(await judging.judge(task, f"{OLD}late: str = 1\n")) == 1


@pytest.mark.parametrize(
    ("files", "interpreter", "why"),
    [
        pytest.param({}, sys.executable, "No type checker is wanted here.", id="none configured"),
        pytest.param({"mypy.ini": ""}, None, "No Python environment of the project is known.", id="no environment"),
        pytest.param(
            {"ty.toml": ""}, "/usr/bin/python3", "The project wants ty, which /usr/bin has not", id="not there"
        ),
        pytest.param(
            {"mypy.ini": "[mypy]\nfiles = mod.py\n[mypy-mod]\nignore_errors = True"},
            sys.executable,
            "mypy is set to leave mod.py out.",
            id="left out",
        ),
        pytest.param(
            {"mypy.ini": "[mypy]\nplugins = nope.py\n"},
            sys.executable,
            "mypy could not check: mypy.ini: Can't find",
            id="wrong settings",
        ),
        pytest.param(
            {"mypy.ini": "[mypy]\nfiles = a\n", "a/__init__.py": "x ="},
            sys.executable,
            "mypy could not check: a/__init__.py: Expected",
            id="broken elsewhere",
        ),
    ],
)
async def test_where_nothing_can_judge_the_check_is_absent(
    tmp_path: Path, offload: Offload, files: Mapping[str, str], interpreter: str | None, why: str
) -> None:
    for name, text in {"mod.py": OLD, **files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    checkers = Checkers(tmp_path, lambda: None if interpreter is None else Path(interpreter), cache=tmp_path / "cache")
    found = await TypesCheck(checkers, offload).judge(task_on(OLD, tmp_path), f"{OLD}x: str = 1\n")
    assert isinstance(found, Ruling)
    assert found.absent.startswith(why)
    assert found == Ruling(absent=found.absent)


async def test_a_draft_that_the_checker_fails_on_is_refused(tmp_path: Path, offload: Offload) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\n")
    (tmp_path / "mod.py").write_text(OLD)
    [found] = await judge(tmp_path, offload).judge(task_on(OLD, tmp_path), "def f(:\n")
    assert found.message.startswith("The types could not be checked: mypy could not check: mod.py: ")


async def test_other_languages_and_texts_without_a_file_are_not_judged(tmp_path: Path, offload: Offload) -> None:
    task = task_on(OLD, tmp_path)
    for snapshot in (evolve(task.snapshot, language="toml"), evolve(task.snapshot, path=None)):
        found = await judge(tmp_path, offload).judge(evolve(task, snapshot=snapshot), "x: int = ''\n")
        assert isinstance(found, Ruling)
        assert found.absent


def test_the_caches_of_old_projects_go(tmp_path: Path) -> None:
    made = [cache_of(Path(f"/project/{number}"), tmp_path) for number in range(12)]
    assert made[-1].is_dir()
    assert len(list(tmp_path.iterdir())) == 8


async def test_texts_of_one_size_are_told_apart_within_a_second(tmp_path: Path) -> None:
    """Mypy itself takes a file of the same size and second for unchanged, so its times are looked at, in its place."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "mypy.ini").write_text("[mypy]\n")
    program, log = tmp_path / "bin/mypy", tmp_path / "log"
    look = "import os, sys\nshadow = sys.argv[sys.argv.index('--shadow-file') + 2]\n"
    program.write_text(
        f"#!{sys.executable}\n{look}print(int(os.stat(shadow).st_mtime), file=open({str(log)!r}, 'a'))\n"
    )
    program.chmod(0o755)
    checker = Checkers(tmp_path, lambda: tmp_path / "bin/python", cache=tmp_path / "cache").of(tmp_path / "mod.py")
    assert checker is not None
    for text in ("x = 1\n", "x = 2\n", "x = 1\n"):
        assert not (await checker.report(task_on(text, tmp_path).snapshot, {})).seen
    seconds = log.read_text().split()[::2]  # it is asked twice, as it says nothing of the text
    assert seconds[0] == seconds[2] != seconds[1]
