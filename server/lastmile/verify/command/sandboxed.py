"""Runs one command in the sandbox, with candidate texts lying over the real files: the project's own judges.

What it sees: the system, the workspace, and the folders of programs on the PATH; neither the home nor
the network. Time is limited; memory only where that is asked for, because compilers reserve more than
they use.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import define, field, frozen

from lastmile.errors import ToolError
from lastmile.sandbox import environment, places
from lastmile.sandbox.choose import NoSandbox, Sandbox, choose
from lastmile.sandbox.shell import Ended
from lastmile.sandbox.values import Bind, Box
from lastmile.tools.process import Completed, Runner, in_thread

_TEMPORARY = Path("/tmp")  # noqa: S108 - the sandbox's own
_LIMITED = 'ulimit -f 524288; ulimit -u 512 2>/dev/null || ulimit -p 512 2>/dev/null; exec "$@"'
"""256 MiB a file, in blocks of 512 bytes, and a bound on processes; the two shells spell it each its own way."""

_TOOLCHAINS = (".rustup",)
"""Folders of the home that programs on the PATH stand for; what holds credentials is not among them."""

_NOT_FOUND = 127
_MOST_OUTPUT = 1 << 20
_PLAIN_LINE = re.compile(rb"\n[^\s>|0-9]")


@frozen
class _Call:
    argv: tuple[str, ...]
    texts: Mapping[Path, str]
    cwd: Path
    seconds: float
    text: str


@define(eq=False)
class SandboxShell:
    """Satisfies `sandbox.shell.Shell`."""

    root: Path
    home: Path
    env: Mapping[str, str]
    python: Callable[[], Path | None] = lambda: None
    """Finds the project's interpreter, which programs may need to see; blocks."""

    trusted: bool = True
    memory: int | None = None
    """What each process may take for its data, in bytes; None for no limit."""

    find: Callable[[Mapping[str, str]], Sandbox | NoSandbox] = choose
    _sandbox: Sandbox | NoSandbox | None = field(default=None, init=False)

    async def absent(self) -> str:
        """Say why no command can run here, and what to do; empty when they can."""
        if not self.trusted:
            return "the workspace is not trusted."
        if self._sandbox is None:
            self._sandbox = await asyncio.to_thread(self.find, self.env)
        return f"{self._sandbox.reason}." if isinstance(self._sandbox, NoSandbox) else ""

    async def run(
        self, argv: Sequence[str], *, texts: Mapping[Path, str], cwd: Path, seconds: float, text: str = ""
    ) -> Ended:
        """Run a program with the texts lying over the files at their paths, and ``text`` on its standard input.

        Never raises for what the texts contain; the working tree stays as it is.
        """
        if why := await self.absent():
            return Ended(None, trouble=why)
        assert isinstance(self._sandbox, Sandbox)  # noqa: S101 - absent looked
        try:
            call = _Call(tuple(argv), texts, cwd, seconds, text)
            done = await in_thread(partial(self._run, self._sandbox, call))
        except (ToolError, OSError) as error:
            return Ended(None, trouble=str(error).replace("bwrap", "it", 1))
        out, err = (_last(data).decode("utf-8", "replace") for data in (done.out, done.err))
        if done.status == _NOT_FOUND:
            return Ended(None, out, err, f"{argv[0]} is not there, or not where the sandbox can see it.")
        return Ended(done.status, out, err)

    def _run(self, sandbox: Sandbox, call: _Call, runner: Runner) -> Completed:
        python = self.python()
        found = None if python is None else places.of(python, self.home)
        with tempfile.TemporaryDirectory(prefix="lastmile-command-") as scratch:
            binds = tuple(_binds(Path(scratch), call.texts))
            box = Box(
                visible=(*places.SYSTEM, *self._programs(), *(found.folders if found else ()), self.root),
                fresh=(_TEMPORARY, Path("/var/tmp"), Path("/dev/shm"), self.home),  # noqa: S108 - its own
                binds=binds,
                env=self._environment(python),
                links=tuple(
                    link for link in (found.links if found else ()) if not link.target.is_relative_to(self.root)
                ),
            )
            inside = ["/bin/sh", "-c", f"cd -- {_quoted(call.cwd)} && {self._limited()}", "sh", *call.argv]
            return runner.run(sandbox.command(box, inside), text=call.text, cwd=None, deadline=call.seconds)

    def _limited(self) -> str:
        return _LIMITED if self.memory is None else f"ulimit -d {self.memory // 1024}; {_LIMITED}"

    def _environment(self, python: Path | None) -> dict[str, str]:
        known = python or Path("/usr/bin/python3")
        usual = environment.allowed(self.env, home=self.home, temporary=_TEMPORARY, python=known)
        own = self.env.get("PATH", usual["PATH"])
        return {**usual, "PATH": own if python is None else f"{python.parent}{os.pathsep}{own}"}

    def _programs(self) -> Iterator[Path]:
        """Give the folders of programs that lie outside of the system's, with the libraries beside them."""
        for entry in self.env.get("PATH", "").split(os.pathsep):
            place = Path(entry)
            if place.is_absolute() and not self.home.is_relative_to(place):
                yield place
                if place.name == "bin" and not self.home.is_relative_to(place.parent / "lib"):
                    yield place.parent / "lib"
        yield from (self.home / name for name in _TOOLCHAINS)


def _binds(scratch: Path, texts: Mapping[Path, str]) -> Iterator[Bind]:
    for number, (path, text) in enumerate(texts.items()):
        real = Path(os.path.realpath(path))
        if not real.is_file():
            continue  # there is nothing in the read-only workspace to lay it over
        copy = scratch / f"{number}{path.suffix}"
        copy.write_text(text, encoding="utf-8", errors="replace", newline="")
        yield Bind(copy, real)


def _last(data: bytes) -> bytes:
    """Cut long output to its end, from a line on that is no code below a file's name: the name would be cut off."""
    if len(data) <= _MOST_OUTPUT:
        return data
    begin = _PLAIN_LINE.search(data, len(data) - _MOST_OUTPUT)
    return b"" if begin is None else data[begin.end() - 1 :]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"
