"""What a ledger holds is shown on a disk that is full, and on one that is read-only, and the words are true."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.ledger import PLENTY, accepted, attempt, opened, task
from tests.support.programs import BUBBLEWRAP

CALL = "import sys; from lastmile.cli import main; sys.argv[0] = 'lastmile'; main()"
SMALL = 512 * 1024
"""Bytes of a disk that is soon full."""

REASON = "bubblewrap is not there; the report's header says so"
Disk = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = [pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason=REASON), pytest.mark.slow]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "ledger.sqlite3"
    asyncio.run(fill(path))
    return path


async def fill(path: Path) -> None:
    async with opened(path) as ledger:
        bank, work = ledger.bank(PLENTY, "/home/ada/shop"), task()
        await bank.record(work, attempt("sonnet", cost=0.25))
        await bank.close(accepted(work, attempt("sonnet", cost=0.25)))


LEAVE_LATE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("UPDATE attempts SET cost = cost * 2")
os._exit(0)
"""


def leave_late(path: Path) -> None:
    """Leave the ledger as a process leaves it that is killed: what it wrote last is not in the file itself yet."""
    subprocess.run([sys.executable, "-c", LEAVE_LATE, str(path)], check=True)
    path.with_name(f"{path.name}-shm").unlink()
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def as_version_3(path: Path) -> None:
    """Take the tables back to those of an older Lastmile."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX outcomes_ahead")
        for table, column in (
            ("attempts", "ahead"),
            *(("outcomes", name) for name in ("ahead", "applied", "undone", "words", "receipt")),
        ):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("PRAGMA user_version = 3")
    connection.close()


def as_it_is(_path: Path) -> None:
    pass


def run(*options: str, path: Path, script: str, boxed: list[str]) -> subprocess.CompletedProcess[str]:
    """Call the command line with the ledger's folder put into a box of its own."""
    call = [sys.executable, "-c", CALL, *options]
    inside = ["sh", "-c", f'{script} exec "$@"', "sh", *call]
    env = {**os.environ, "LASTMILE_LEDGER": str(path)}
    return subprocess.run(
        [BUBBLEWRAP.name, "--dev-bind", "/", "/", *boxed, *inside],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def full(*options: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Have the ledger on a disk of half a megabyte that is then filled up."""
    folder, kept = path.parent, path.parent.with_name("kept")
    shutil.copytree(folder, kept)
    script = f"cp {kept}/* {folder}/; dd if=/dev/zero of={folder}/fill bs=512 2>/dev/null;"
    return run(*options, path=path, script=script, boxed=["--size", str(SMALL), "--tmpfs", str(folder)])


def read_only(*options: str, path: Path) -> subprocess.CompletedProcess[str]:
    return run(*options, path=path, script="", boxed=["--ro-bind", str(path.parent), str(path.parent)])


DISKS = [(full, "the disk is full"), (read_only, "its file system is read-only")]


@pytest.mark.parametrize(("disk", "why"), DISKS)
@pytest.mark.parametrize(("before", "spent"), [(as_it_is, "$0.25"), (leave_late, "$0.50"), (as_version_3, "$0.25")])
def test_the_bill_is_shown_with_a_note(
    ledger: Path, disk: Disk, why: str, before: Callable[[Path], None], spent: str
) -> None:
    before(ledger)
    shown = disk("bill", path=ledger)
    assert spent in shown.stdout
    assert f"can only be read: {why}" in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert shown.returncode == 1


@pytest.mark.parametrize(("disk", "why"), DISKS)
@pytest.mark.parametrize(
    ("options", "expected"),
    [(("--receipts", "3"), "sonnet"), (("--html", "-"), "<!doctype html>"), (("--json",), '"spent": 0.25')],
)
def test_so_are_its_other_forms(ledger: Path, disk: Disk, why: str, options: tuple[str, ...], expected: str) -> None:
    shown = disk("bill", *options, path=ledger)
    assert expected in shown.stdout.lower()
    assert why in shown.stderr
    assert shown.returncode == 1


@pytest.mark.parametrize(("disk", "why"), DISKS)
def test_a_file_is_fixed_all_the_same(ledger: Path, disk: Disk, why: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_text("import os\n")
    fixed = disk("fix", "--write", "--paid", "never", str(file), path=ledger)
    assert file.read_text() == ""
    assert why in fixed.stdout + fixed.stderr
    assert fixed.returncode == 1
