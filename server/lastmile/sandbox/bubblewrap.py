"""The command line of bubblewrap for a sandbox: Linux, by user namespaces.

It says the same for root and for others: as root, bubblewrap would keep capabilities and leave out
the user namespace unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lastmile.sandbox.values import Box

_BASE = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    "--as-pid-1",
    "--hostname",
    "sandbox",
    "--cap-drop",
    "ALL",
    "--clearenv",
)
_DEVICES = ("--dev", "/dev", "--proc", "/proc")
# The root and /dev are folders in memory: written to, they would grow without a bound and outlive a run.
_SEALED = ("--remount-ro", "/dev", "--remount-ro", "/")


def command(program: str, box: Box, argv: Sequence[str], *, closes: bool = False) -> list[str]:
    """Give the command that runs ``argv`` in the sandbox.

    ``closes`` is whether this bubblewrap can forbid user namespaces below its own (since 0.8).
    """
    words = [program, *_BASE]
    words += [] if box.network else ["--unshare-net"]
    words += ["--cap-add", "ALL"] if box.nested else ["--disable-userns"] * closes
    for name, value in sorted(box.env.items()):
        words += ["--setenv", name, value]
    words += _DEVICES
    for _, step in sorted(_steps(box), key=lambda step: len(step[0].parts)):
        words += step
    return [*words, *_SEALED, "--", *argv]


def _steps(box: Box) -> Iterator[tuple[Path, list[str]]]:
    """Give what is to be made at which place; a place comes before what is below it."""
    for path in box.fresh:
        mode = "0700" if path.parts[1:2] in {("root",), ("home",)} else "1777"
        yield path, ["--perms", mode, "--size", str(box.limits.temporary), "--tmpfs", str(path)]
    for path in box.visible:
        yield path, ["--ro-bind-try", str(path), str(path)]
    for bind in box.binds:
        yield bind.target, ["--ro-bind", str(bind.source), str(bind.target)]
    for link in box.links:
        yield link.target, ["--symlink", str(link.source), str(link.target)]
    if box.nested:
        yield Path("/mnt"), ["--dir", "/mnt"]
