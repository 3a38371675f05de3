"""A real Helix on a terminal of the test's own, set up as editors/README.md says, and driven by its keys.

The test reads what Helix drew (see `screen`) and waits for what it expects there; nothing is taken from Helix' log.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen
from tests.support.neovim import ROOT, block
from tests.support.patience import PATIENCE
from tests.support.screen import Screen

_HEIGHT, _WIDTH = 40, 160
_DOWN = "\x1b[B"
ENTER, ESCAPE, TAB = "\r", "\x1b", "\t"
_LONGEST_MENU = 30


@frozen
class Terminal:
    """The terminal that one Helix runs in."""

    screen: Screen
    _file: int

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        os.write(self._file, keys.encode())

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        """Read what is drawn until something is so; raises `AssertionError`, with the screen, if that does not come.

        Half of a picture is not looked at: the mark of a menu moves as it is drawn, and not by the last key alone.
        """
        end = time.monotonic() + PATIENCE
        while not (self.screen.whole and is_so()):
            ready = select.select([self._file], [], [], max(0.0, end - time.monotonic()))[0]
            assert ready, f"Waited in vain for {what}:\n{self.screen}"
            self.screen.feed(os.read(self._file, 1 << 16))

    def see(self, *texts: str) -> None:
        """Wait until all the texts are on the screen."""
        self.wait(lambda: all(text in str(self.screen) for text in texts), repr(texts))

    def choose(self, title: str) -> None:
        """Take the entry of a menu that has these words in it."""
        self.see(title)
        for _ in range(_LONGEST_MENU):
            before = self.screen.marked
            if title in before:
                self.press(ENTER)
                return
            self.press(_DOWN)
            self.wait(lambda before=before: self.screen.marked != before, "the next entry")  # type: ignore[misc]
        message = f"No entry {title!r} could be reached:\n{self.screen}"
        raise AssertionError(message)

    def type(self, command: str) -> None:
        """Type a command behind a colon."""
        self.press(f":{command}{ENTER}")

    def write(self) -> None:
        """Save the file."""
        self.type("w")
        self.see("' written, ")


@frozen
class Helix:
    """A person's Helix: a home folder with its settings, and a project."""

    home: Path
    project: Path
    env: Mapping[str, str] = field(repr=False)

    def configure(self, **settings: str) -> None:
        """Write settings of the person's, by the names of their files without the ending."""
        folder = self.home / ".config" / "helix"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in settings.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")

    @contextmanager
    def at_work(self, place: str, *, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
        """Open a place, ``file:line:column``; Helix is gone after it, without having written."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", _HEIGHT, _WIDTH, 0, 0))
        path = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"
        process = subprocess.Popen(
            ["hx", place],
            cwd=self.project,
            env={**self.env, "PATH": path, "TERM": "xterm-256color", **(env or {})},
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        try:
            yield Terminal(Screen(_HEIGHT, _WIDTH), ours)
        finally:
            process.kill()  # the server ends when nothing can come any more
            process.wait()
            os.close(ours)


def settings(servers: str = "Helix") -> dict[str, str]:
    """Take Helix' settings out of the page; those for the servers stand below a heading."""
    page = ROOT / "editors" / "README.md"
    return {
        "languages": block(page, servers, language="toml"),
        "config": block(page, "Keys for Helix", language="toml"),
    }
