"""What a sandbox lets a process see, write and use, as frozen values.

How that is held to is each sandbox's own: `bubblewrap`, `seatbelt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

MIB = 1 << 20


@frozen
class Limits:
    """What a process and all that it starts may use; sizes in bytes."""

    memory: int = 2048 * MIB
    processes: int = 128
    file: int = 256 * MIB
    """The largest file that may be written."""

    temporary: int = 256 * MIB
    """For each of the empty folders, which lie in memory."""

    output: int = 16 * MIB
    """What may be printed."""


@frozen
class Bind:
    """A file or folder that is seen somewhere, read-only."""

    source: Path
    target: Path


@frozen
class Box:
    """A sandbox. What is named nowhere is not there."""

    visible: tuple[Path, ...]
    """Seen at their own place, read-only. What does not exist is left out."""

    fresh: tuple[Path, ...]
    """Empty and writable, and gone with the sandbox."""

    binds: tuple[Bind, ...] = ()
    env: Mapping[str, str] = field(factory=dict)
    """All of the environment."""

    links: tuple[Bind, ...] = ()
    """Symbolic links to be there as they are outside: the source is what the target points to."""

    network: bool = False
    """Whether the machine's network is there; its own loopback always is."""

    nested: bool = False
    """Whether the process may make namespaces below its own; what runs in those has to be stripped of that."""

    limits: Limits = field(factory=Limits)

    @property
    def kept(self) -> tuple[Path, ...]:
        """What is seen below one of the empty folders, without what lies in another of these."""
        below = {path for path in self.visible if any(path.is_relative_to(fresh) for fresh in self.fresh)}
        outer = [path for path in below if not any(path != other and path.is_relative_to(other) for other in below)]
        return tuple(sorted(path for path in outer if path.exists()))
