"""What the kernel's files say of memory, as on machines of several kinds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lastmile.model.memory import available, total

MEMINFO = "MemTotal: 9000 kB\nMemAvailable:   2048 kB\nMapped: 24 kB\n"
FREE = 2024 * 1024
NEW, OLD = "sys/fs/cgroup", "sys/fs/cgroup/memory"
STAT = "anon 1\ninactive_file 300\nactive_file 200\nfile_mapped 100\n"
OLD_STAT = "mapped_file 1\ntotal_mapped_file 100\ntotal_inactive_file 300\ntotal_active_file 200\n"


def machine(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def group(folder: str, limit: str, used: str = "0", stat: str = "") -> dict[str, str]:
    """Write a group of the new kind."""
    return {f"{folder}/memory.max": limit, f"{folder}/memory.current": used, f"{folder}/memory.stat": stat}


def old_group(folder: str, limit: str, used: str = "0", stat: str = "") -> dict[str, str]:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat")
    return {f"{folder}/{name}": text for name, text in zip(names, (limit, used, stat), strict=True)}


OWN = {"proc/self/cgroup": "0::/a.slice/b.scope\n"}
OWN_OLD = {"proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/docker/abc\n"}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, FREE),
        (group(NEW, "max\n", "5"), FREE),
        (group(NEW, "1000\n", "400\n"), 600),
        (group(NEW, "1000\n", "700\n", STAT), 700),
        (group(NEW, "1000\n", "9000\n"), 0),
        (group(NEW, "no number\n"), FREE),
        ({f"{NEW}/memory.max": "1000\n"}, 1000),
        (OWN | group(f"{NEW}/a.slice/b.scope", "1000", "100"), 900),
        (OWN | group(f"{NEW}/a.slice/b.scope", "max") | group(f"{NEW}/a.slice", "1000", "300"), 700),
        (OWN | group(f"{NEW}/other", "10"), FREE),
        (old_group(OLD, "9223372036854771712"), FREE),
        (old_group(OLD, "1000", "700", OLD_STAT), 700),
        (OWN_OLD | old_group(f"{OLD}/docker/abc", "1000", "100"), 900),
        (OWN_OLD | old_group(OLD, "1000", "100"), 900),
        ({"proc/self/cgroup": "0::/../../x\n"} | group(NEW, "1000", "1"), 999),
    ],
)
def test_what_is_free(tmp_path: Path, files: Mapping[str, str], free: int) -> None:
    assert available(machine(tmp_path, {"proc/meminfo": MEMINFO, **files})) == free


@pytest.mark.parametrize("files", [{}, {"proc/meminfo": "MemTotal: 9 kB\nnothing\n"}, group(NEW, "1000")])
def test_where_the_system_does_not_say(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert available(machine(tmp_path, files)) is None


def test_how_much_there_is(tmp_path: Path) -> None:
    assert total(tmp_path) > 10**9
    assert total(machine(tmp_path, OWN | group(f"{NEW}/a.slice", "1000"))) == 1000
    assert total(machine(tmp_path, OWN_OLD | old_group(OLD, "500"))) == 500


def test_this_machine() -> None:
    free = available()
    assert free is None or 0 < free <= total()
