"""Checkers that are language servers, by a small program that stands in for ty: warm, bounded, never trusted."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import define, evolve
from tests.support.judging import task_on
from tests.support.patience import PATIENCE

from lastmile.cascade.verdict import Ruling
from lastmile.errors import ToolError
from lastmile.tools.offload import Offload
from lastmile.verify.types.check import TypesCheck
from lastmile.verify.types.find import Checkers
from lastmile.verify.types.server import ServerChecker
from lastmile.verify.types.warming import Reports

pytestmark = pytest.mark.slow

STAND_IN = Path(__file__).parents[2].joinpath("support/checker_server.py").read_text()
OLD = "def f():\n    pass\n\n\n'é𝄞', WRONG\n"


@define
class Stage:
    """A project with an environment that has the stand-in."""

    folder: Path
    offload: Offload
    checkers: Checkers
    others: Mapping[Path, str]

    async def judge(self, new: str, old: str = OLD) -> Ruling:
        check = TypesCheck(self.checkers, self.offload, lambda: self.others)
        found = await check.judge(task_on(old, self.folder), new)
        return found if isinstance(found, Ruling) else Ruling(tuple(found))

    @property
    def log(self) -> list[str]:
        return (self.folder / "bin/ty.log").read_text().splitlines()


@pytest.fixture
async def stage(tmp_path: Path, offload: Offload) -> AsyncIterator[Stage]:
    program = tmp_path / "bin/ty"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{STAND_IN}")
    program.chmod(0o755)
    (tmp_path / "ty.toml").write_text("")
    (tmp_path / "mod.py").write_text("what lies on the disk is not judged: WRONG WRONG\n")
    (tmp_path / "caller.py").write_text("from mod import f\n")
    importers = [tmp_path / "caller.py", tmp_path / "gone.py"]
    made = Checkers(tmp_path, lambda: tmp_path / "bin/python", deadline=PATIENCE, importers=lambda _path: importers)
    yield Stage(tmp_path, offload, made, {})
    await made.close()


@pytest.fixture
async def cold(stage: Stage) -> AsyncIterator[tuple[TypesCheck, Path]]:
    """Give a check whose server reads the project for as long as a file is there."""
    reading = stage.folder / "bin/reading"
    reading.touch()
    check = TypesCheck(stage.checkers, stage.offload, dict, Reports(patience=0.3))
    yield check, reading
    await check.close()


@pytest.mark.parametrize(
    ("new", "messages"),
    [
        pytest.param(OLD.replace("pass", "return"), [], id="sound"),
        pytest.param(f"\n\n{OLD}", [], id="moved"),
        pytest.param(f"{OLD}'é𝄞', WRONG\n", ["wrong is new on line 6: It is wrong."], id="new"),
        pytest.param(OLD.replace("f()", "g()"), ["no-name is new in caller.py, line 1: mod has no f"], id="far"),
        pytest.param(f"{OLD}x = 1  # ty: ignore[a]\n", ["On line 6 the draft hides errors"], id="hidden"),
        pytest.param(f"{OLD}# SILENT\n", ["The draft silences the type checker"], id="all hidden"),
        pytest.param(f"{OLD}# BUSY\n", [], id="asked again"),
        pytest.param(f"{OLD}# DIE\n", ["The types could not be checked: ty ended."], id="it dies"),
        pytest.param(f"{OLD}# REFUSE\n", ["The types could not be checked: ty answers"], id="it refuses"),
        pytest.param(f"{OLD}# GARBAGE\n", ["The types could not be checked: "], id="it answers nonsense"),
    ],
)
async def test_what_is_new_counts(stage: Stage, new: str, messages: list[str]) -> None:
    ruling = await stage.judge(new)
    assert not ruling.absent
    assert len(ruling) == len(messages)
    assert all(found.message.startswith(part) for found, part in zip(ruling, messages, strict=True))


async def test_places_are_counted_as_the_server_counts(stage: Stage) -> None:
    [found] = await stage.judge(f"{OLD}'é𝄞', WRONG\n")
    assert (found.line, found.evidence, found.code) == (5, "'é𝄞', WRONG", "wrong")


async def test_the_server_stays_warm_and_one_that_died_is_started_again(stage: Stage) -> None:
    for new in ("a", "b", f"{OLD}# DIE\n", "c"):
        await stage.judge(f"{OLD}{new}\n")
    assert stage.log == ["started", 'configured [{"diagnosticMode": "openFilesOnly"}]'] * 2


async def test_one_that_hangs_is_ended_at_its_deadline(stage: Stage) -> None:
    stage.checkers.deadline = 1.0
    [found] = await stage.judge(f"{OLD}# HANG\n")
    assert found.message == "The types could not be checked: ty did not answer in time."


async def test_one_that_fails_before_any_draft_is_absent(stage: Stage) -> None:
    ruling = await stage.judge("x = 1\n", old=f"{OLD}# DIE\n")
    assert ruling == Ruling(absent="ty ended.")


async def test_a_cancelled_check_ends_the_server_and_the_next_has_its_own(stage: Stage) -> None:
    await stage.judge(f"{OLD}\n")
    judging = asyncio.create_task(stage.judge(f"{OLD}# HANG\n"))
    async with asyncio.timeout(PATIENCE):
        while "hangs" not in stage.log:  # noqa: ASYNC110 - another process tells by its log alone
            await asyncio.sleep(0.01)
    judging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await judging
    assert not await stage.judge(f"{OLD}\n\n")
    assert stage.log.count("started") == 2


@pytest.mark.parametrize("door", ["end", "cancel"])
async def test_what_was_ended_before_its_thread_began_starts_no_server(stage: Stage, door: str) -> None:
    """Threads may all be taken: then the one that would start the server begins when nobody wants it any more."""
    checker = stage.checkers.of(stage.folder / "mod.py")
    assert isinstance(checker, ServerChecker)
    free = threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    taken = asyncio.ensure_future(asyncio.to_thread(free.wait, 10))
    asking = asyncio.ensure_future(checker.report(task_on(OLD, stage.folder).snapshot, {}))
    await asyncio.sleep(0)
    if door == "cancel":
        asking.cancel()
        await asyncio.sleep(0)
    checker.session.end()
    free.set()
    await taken
    with pytest.raises(ToolError if door == "end" else asyncio.CancelledError):
        await asking
    assert checker.cold
    assert not (stage.folder / "bin/ty.log").exists()


async def test_one_that_was_closed_answers_nobody_any_more(stage: Stage) -> None:
    checker = stage.checkers.of(stage.folder / "mod.py")
    assert isinstance(checker, ServerChecker)
    await checker.close()
    with pytest.raises(ToolError, match="ty was ended"):
        await checker.report(task_on(OLD, stage.folder).snapshot, {})
    assert not (stage.folder / "bin/ty.log").exists()


async def test_what_is_not_saved_is_judged_in_its_place(stage: Stage) -> None:
    stage.others = {stage.folder / "caller.py": "from mod import other\n"}
    assert not await stage.judge(OLD.replace("f()", "g()"))


async def test_an_idle_server_is_ended(stage: Stage) -> None:
    checker = stage.checkers.of(stage.folder / "mod.py")
    assert isinstance(checker, ServerChecker)
    assert not await stage.judge(f"{OLD}\n")
    checker.idle = 0.0
    assert not await stage.judge(f"{OLD}\n")
    ending = checker._ending
    assert ending is not None
    await ending
    assert checker.cold
    checker.idle = 600.0
    assert not await stage.judge(f"{OLD}\n\n")
    assert stage.log.count("started") == 2


async def test_a_program_that_cannot_be_started_is_absent(stage: Stage) -> None:
    (stage.folder / "bin/ty").write_bytes(b"\x00\x00")
    ruling = await stage.judge(f"{OLD}\n")
    assert "ty could not be started" in ruling.absent
    assert tuple(ruling) == ()


NOT_READY = "ty reads the project for the first time, and was not ready within 0.3 s."


async def test_a_cold_checker_is_waited_for_and_not_for_ever(stage: Stage, cold: tuple[TypesCheck, Path]) -> None:
    """It is started once, works on when the task that needed it is over, and the next task finds it warm."""
    check, reading = cold
    task = task_on(OLD, stage.folder)
    assert (await check.trouble(task)).startswith(NOT_READY)
    assert (await check.trouble(task)).startswith(NOT_READY)
    [found] = await check.judge(task, f"{OLD}\n")
    assert found.message.startswith(f"The types could not be checked: {NOT_READY}")
    assert (await check.undecided(task.snapshot)).startswith(NOT_READY)
    reading.unlink()
    assert await check.absent(task.snapshot, patience=PATIENCE) == ""
    assert await check.trouble(task) == ""
    assert not await check.judge(task, f"{OLD}\n")
    assert stage.log.count("started") == 1


async def test_what_warms_a_checker_ends_with_the_project(stage: Stage, cold: tuple[TypesCheck, Path]) -> None:
    check, reading = cold
    task = task_on(OLD, stage.folder)
    assert await check.trouble(task)
    warming = stage.checkers.of(stage.folder / "mod.py")
    await check.close()
    reading.unlink()
    assert isinstance(warming, ServerChecker)
    assert warming.cold
    # On a full machine it may have been ended before it wrote its first line.
    assert not (stage.folder / "bin/ty.log").exists() or "configured" not in "".join(stage.log)


async def test_a_text_that_came_meanwhile_is_asked_about_when_it_is_warm(
    stage: Stage, cold: tuple[TypesCheck, Path]
) -> None:
    check, reading = cold
    assert await check.trouble(task_on(OLD, stage.folder))
    reading.unlink()
    newer = task_on(f"{OLD}x = 1\n", stage.folder)
    assert await check.absent(newer.snapshot, patience=PATIENCE) == ""
    assert len(await check.judge(newer, f"{OLD}x = 1\n# WRONG\n")) == 1


async def test_the_first_answer_has_more_time(stage: Stage, cold: tuple[TypesCheck, Path]) -> None:
    check, _ = cold
    stage.checkers.deadline = 0.2
    assert await check.absent(task_on(OLD, stage.folder).snapshot, patience=PATIENCE) == "ty did not answer in time."
    checker = stage.checkers.of(stage.folder / "mod.py")
    assert isinstance(checker, ServerChecker)
    assert (checker.first, checker.deadline) == (1.0, 0.2)


async def test_nothing_is_started_for_other_languages(stage: Stage, cold: tuple[TypesCheck, Path]) -> None:
    check, _ = cold
    task = task_on(OLD, stage.folder)
    assert await check.trouble(evolve(task, snapshot=evolve(task.snapshot, language="toml"))) == ""
    assert not (stage.folder / "bin/ty.log").exists()


async def test_a_checker_that_lets_everything_pass_decides_nothing(stage: Stage) -> None:
    """The stand-in minds no types, as pyright does not where its mode is off."""
    check = TypesCheck(stage.checkers, stage.offload)
    assert await check.undecided(task_on(OLD, stage.folder).snapshot) == (
        "ty is set to let wrong annotations in mod.py pass."
    )


async def test_importers_that_are_left_out_are_said(stage: Stage) -> None:
    many = [stage.folder / f"user{number}.py" for number in range(40)]
    stage.checkers.importers = lambda _path: many
    assert (await stage.judge(f"{OLD}\n")).summary == "ty clean (with 30 of the 40 files that import it)"


async def test_a_graph_that_cannot_be_had_is_said(stage: Stage) -> None:
    def broken(_path: Path) -> list[Path]:
        message = "ruff is gone."
        raise ToolError(message)

    stage.checkers.importers = broken
    ruling = await stage.judge(f"{OLD}\n")
    assert ruling.summary == "ty clean (the files that import it were not looked at: ruff is gone.)"
