"""What a program reads and what it prints, handed over piece by piece in pipes, or whole.

Through pipes every few kilobytes wake the other side, and a program that reads a long text and prints a long list
is kept from its work for a tenth of its time. Whole means files in memory: the text is there when the program
starts, and what it printed is read once it has ended. Such a file has no end that a reader could wait for, so it
is only for a program that leaves nothing behind that still prints. Where the system has no such files, pipes do.
"""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from attrs import frozen


@frozen
class Whole:
    """A text for a program that ends with all that it started."""

    text: str


class Streams(Protocol):
    """The three standard streams of a program that is to be started."""

    @property
    def ends(self) -> tuple[int, int, int]:
        """What the program gets as its standard input, output and error."""

    def finish(self, process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes]:
        """Wait for the program's end, for so many seconds, and give what it printed.

        Raises `subprocess.TimeoutExpired` where it does not end in time.
        """


@frozen
class Pipes:
    """The text is written, and what is printed is read, while the program runs."""

    text: bytes
    ends: tuple[int, int, int] = (subprocess.PIPE,) * 3

    def finish(self, process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes]:
        """Write and read until both of its outputs end, and the program too."""
        return process.communicate(self.text, timeout=deadline)


@frozen
class Files:
    """Three files in memory; made by `handed`."""

    ends: tuple[int, int, int]

    def finish(self, process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes]:
        """Wait for the program's end, and read then."""
        _wait(process, deadline)
        _, out, err = self.ends
        return _contents(out), _contents(err)


@contextmanager
def handed(text: str | Whole) -> Iterator[Streams]:
    """Give the streams of a program that is to read a text; what they hold is let go of at the end."""
    data = (text.text if isinstance(text, Whole) else text).encode("utf-8", "replace")
    with ExitStack() as held:
        files = _files(held, data) if isinstance(text, Whole) else None
        yield files or Pipes(data)


def _files(held: ExitStack, data: bytes) -> Files | None:
    try:
        files = Files((_file(held), _file(held), _file(held)))
        _fill(files.ends[0], data)
    except (AttributeError, OSError):  # not Linux; or something around us allows none
        return None
    return files


def _file(held: ExitStack) -> int:
    descriptor = os.memfd_create("lastmile-program")
    held.callback(os.close, descriptor)
    return descriptor


def _fill(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.lseek(descriptor, 0, os.SEEK_SET)


def _wait(process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait for a program's end. `subprocess` would look for it by the clock, ever less often."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):  # a kernel before 5.3
        process.wait(deadline)
        return
    try:
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        if not waiting.poll(deadline * 1000):
            raise subprocess.TimeoutExpired(process.args, deadline)
    finally:
        os.close(descriptor)
    process.wait()


def _contents(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
