"""Programs that are missing, fail, say nonsense, hang, or leave a child behind."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from lastmile.errors import ToolError
from lastmile.text.snapshot import Snapshot
from lastmile.tools.process import run
from lastmile.tools.ruff import Ruff, RuffOptions

PAGE = Snapshot("file:///a.py", "x = 1\n", Path("/nowhere/a.py"))


def script(folder: Path, body: str, *, version: str = '[ "$1" = --version ] && echo ruff 1.0 && exit') -> str:
    """Write a program, one that calls itself ruff if nothing else is said."""
    place = folder / "program"
    place.write_text(f"#!/bin/sh\n{version}\n{body}\n")
    place.chmod(0o755)
    return str(place)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("exit 3", "ruff failed: it ended with status 3 and said nothing", id="silent"),
        pytest.param("kill -9 $$", "ruff failed: it ended with status -9 and said nothing", id="killed"),
        pytest.param("echo 'error: no luck' >&2; exit 2", "ruff failed: no luck", id="one line"),
        pytest.param(
            "echo warning >&2; echo 'error: no luck' >&2; exit 2", "ruff failed: no luck", id="after a warning"
        ),
        pytest.param("printf '\\033[1;31merror\\033[0m: no luck' >&2; exit 2", "ruff failed: no luck", id="in colour"),
        pytest.param(
            "printf 'ruff failed\\n  Cause: one\\n  Cause: two\\n  |\\n1 | x\\n' >&2; exit 2",
            "ruff failed: one: two",
            id="causes",
        ),
        pytest.param("printf '%0900d' 0 >&2; exit 1", f"ruff failed: {'0' * 500}", id="long"),
    ],
)
async def test_a_program_that_fails(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(ToolError) as caught:
        await Ruff(RuffOptions(path=script(tmp_path, body))).check(PAGE)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "answer",
    ["all good", "{}", "[", "[1]", "null", "1", '{"code": "F401"}', "[[", "]", r"{}\n{}"],
)
async def test_an_answer_that_is_not_ruffs(tmp_path: Path, answer: str) -> None:
    ruff = Ruff(RuffOptions(path=script(tmp_path, f"printf '{answer}'")))
    with pytest.raises(ToolError, match=r"could not be read .* Is the program in ruff\.path really ruff\?"):
        await ruff.check(PAGE)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("exit 0", "ended with status 0 and said nothing"),
        ("exit 1", "ended with status 1 and said nothing"),
        ("echo rust 1.95; echo more", "said 'rust 1.95'"),
    ],
)
async def test_a_program_that_finds_nothing_and_is_not_ruff_is_not_believed(
    tmp_path: Path, body: str, said: str
) -> None:
    program = script(tmp_path, body, version="")
    ruff = Ruff(RuffOptions(path=program))
    for _ in range(2):
        with pytest.raises(ToolError) as caught:
            await ruff.check(PAGE)
        assert str(caught.value) == f"The program in ruff.path is not ruff: asked for its version, {program} {said}."


async def test_a_fix_of_a_kind_that_is_not_known_is_trusted_least(tmp_path: Path) -> None:
    place = '{"row": 1, "column": 1}'
    finding = (
        f'{{"code": null, "message": "m", "url": null, "location": {place}, "end_location": {place},'
        ' "fix": {"applicability": "perhaps", "message": null, "edits": []}}'
    )
    (found,) = await Ruff(RuffOptions(path=script(tmp_path, f"echo '{finding}'"))).check(PAGE)
    assert found.fix is not None
    assert (found.fix.safety.value, found.fix.title, found.code) == ("display", "", "")


async def test_a_program_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"none could not be started: No such file or directory\. Is it installed\?$"):
        await Ruff(RuffOptions(path=str(tmp_path / "none"))).check(PAGE)


async def test_a_program_that_does_not_read(tmp_path: Path) -> None:
    done = await run(
        [script(tmp_path, "exec 0<&-; echo out; echo err >&2")], text="x" * 2_000_000, cwd=None, deadline=9
    )
    assert (done.status, done.out, done.err) == (0, b"out\n", b"err\n")


def hanging(folder: Path, *, first: str = "") -> tuple[str, Path]:
    """Write a program that starts another, writes both ids into a file, and hangs."""
    ids = folder / "ids"
    return script(folder, f"{first}\nsleep 1000 &\necho $$ $! > {ids}\nwait"), ids


def check_gone(ids: list[int]) -> None:
    """Wait for the processes to end; what nobody reaps stays as a zombie, and is as dead."""
    assert ids
    for number in ids:
        assert any(gone(number) for _ in range(1_000)), f"{number} still runs"


def gone(number: int) -> bool:
    """Look once whether a process has ended, and give it a moment where it has not."""
    try:
        process = psutil.Process(number)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(0.01)
    except psutil.TimeoutExpired:
        return False
    except psutil.NoSuchProcess:
        return True
    return True


async def test_the_deadline_kills_a_program_and_what_it_started(tmp_path: Path) -> None:
    program, ids = hanging(tmp_path)
    for seconds in (0.2, 1, 5, 25):
        with pytest.raises(ToolError, match=rf"^program did not end within {seconds:g} s\.$"):
            await Ruff(RuffOptions(path=program, timeout=seconds)).check(PAGE)
        if ids.exists() and ids.read_text():  # else the machine is so busy that it never came to start the other
            break
    check_gone([int(number) for number in ids.read_text().split()])


@pytest.mark.parametrize("turns", range(1, 30))
async def test_a_cancellation_while_it_starts_leaves_nothing_running(turns: int) -> None:
    before = set(psutil.Process().children())
    running = asyncio.create_task(run(["sleep", "1000"], text="", cwd=None, deadline=60))
    for _ in range(turns):  # of the loop, each a little later in the start
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert set(psutil.Process().children()) == before


@pytest.mark.parametrize("first", ["", "cat > /dev/null"], ids=["at once", "after it has read"])
async def test_a_cancellation_kills_a_program_and_what_it_started(tmp_path: Path, first: str) -> None:
    program, ids = hanging(tmp_path, first=first)
    os.mkfifo(ids)
    checking = asyncio.create_task(Ruff(RuffOptions(path=program, timeout=60)).check(PAGE))
    told = await asyncio.to_thread(ids.read_text)
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    check_gone([int(number) for number in told.split()])
