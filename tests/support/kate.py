"""A real Kate on a screen that nobody sees, set up as editors/README.md says, with someone at its keyboard.

What the person does comes by `Desk.press`; what Kate and the server say to each other is kept by the recorder, and
`Desk` waits for it, and for windows, since Kate itself does not say when it is done.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from attrs import field, frozen
from tests.support import recorder
from tests.support.neovim import ROOT, block
from tests.support.patience import PATIENCE

_PAUSE = 0.02
"""Seconds between two looks."""

SERVE = (sys.executable, "-m", "lastmile", "serve")
PLUGINS = "[General]\nShow welcome view for new window=false\n\n[Kate Plugins]\nlspclientplugin=true\n"
_HEAD = re.compile(rb"Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n")

Message = dict[str, Any]
T = TypeVar("T")


@frozen
class Desk:
    """Someone at the keyboard."""

    env: Mapping[str, str] = field(repr=False)
    records: Path

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await _run("xdotool", "key", "--clearmodifiers", *keys, env=self.env)

    async def see(self, title: str) -> str:
        """Wait until a window is shown whose title matches; gives its id."""
        find = ("xdotool", "search", "--onlyvisible", "--name", title)
        return (await until(lambda: _run(*find, env=self.env), f"a window {title!r}")).split()[-1]

    async def see_list(self) -> None:
        """Wait until a menu or a list is shown: a window beside the main one, which has no name to look for."""

        async def is_there() -> bool:
            shown = await _run("xdotool", "search", "--onlyvisible", "--class", "^kate$", env=self.env)
            return len(shown.split()) > 1

        await until(is_there, "a menu or a list")

    async def turn_to(self, title: str) -> None:
        """Give a window the keyboard, which takes a window manager otherwise."""
        await _run("xdotool", "windowfocus", "--sync", await self.see(title), env=self.env)

    async def act(self, title: str) -> Any:  # noqa: ANN401 - the answer, by command
        """Choose an entry by how its title begins from the menu of actions, all by keys; gives the command's answer."""
        menus, commands = await self.count("textDocument/codeAction"), await self.count("workspace/executeCommand")
        await self.press("alt+Return")
        entries = await self.answer(await self.said("server", "textDocument/codeAction", past=menus))
        titles = [entry["title"] for entry in entries]
        fitting = [at for at, each in enumerate(titles) if each.startswith(title)]
        assert len(fitting) == 1, (title, titles, (await self.messages("server"))[-1])
        await self.see_list()
        await self.press(*["Down"] * (fitting[0] + 1), "Return")
        return await self.answer(await self.said("server", "workspace/executeCommand", past=commands))

    async def said(self, to: str, method: str, *, past: int = 0) -> Message:
        """Wait for a request or notification to the ``server`` or ``client``, behind the first of its kind."""

        async def find() -> Message | None:
            sent = [each for each in await self.messages(to) if each.get("method") == method]
            return next(iter(sent[past:]), None)

        return await until(find, f"{method} to the {to}")

    async def answer(self, request: Message) -> Any:  # noqa: ANN401 - by method
        """Wait for what the server answers to a request."""

        async def find() -> Message | None:
            answers = (each for each in await self.messages("client") if each.get("id") == request["id"])
            return next((each for each in answers if "method" not in each), None)

        return (await until(find, f"an answer to {request['method']}"))["result"]

    async def messages(self, to: str) -> list[Message]:
        """Give all that was said to the ``server`` or ``client`` so far."""
        return await asyncio.to_thread(_messages, self.records / f"to_{to}")

    async def count(self, method: str) -> int:
        """Count what of a method the server was sent so far."""
        return sum(each.get("method") == method for each in await self.messages("server"))


@frozen
class Kate:
    """A person's Kate: a home folder with its settings, and a project."""

    home: Path
    project: Path
    env: Mapping[str, str] = field(repr=False)

    def configure(self, **more: Any) -> None:  # noqa: ANN401 - settings of Kate's
        """Write the person's settings as the page says, with more for the server where more is given."""
        settings = json.loads(block(ROOT / "editors" / "README.md", "Kate", language="json"))
        settings["servers"]["python"].update(more)
        config = self.home / ".config"
        (config / "kate" / "lspclient").mkdir(parents=True, exist_ok=True)
        (config / "kate" / "lspclient" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        (config / "katerc").write_text(PLUGINS, encoding="utf-8")

    @asynccontextmanager
    async def at_work(
        self, name: str, *, line: int, column: int, env: Mapping[str, str] | None = None, serve: Sequence[str] = SERVE
    ) -> AsyncIterator[Desk]:
        """Open a file with the cursor at a place, counted from 1, and let the server be started."""
        desk = self.home / "desk"
        desk.mkdir()
        with tempfile.TemporaryDirectory(prefix="lm-") as place:  # short: there are sockets in it
            program = Path(place) / "lastmile"
            words = shlex.join([sys.executable, recorder.__file__, str(desk), *serve])
            program.write_text(f"#!/bin/sh\nexec {words}\n", encoding="utf-8")
            program.chmod(0o755)
            async with self._seated(desk, name, Path(place), line=line, column=column, env=env or {}) as seated:
                yield seated

    @asynccontextmanager
    async def _seated(
        self, desk: Path, name: str, place: Path, *, line: int, column: int, env: Mapping[str, str]
    ) -> AsyncIterator[Desk]:
        async with _screen() as display:
            made = {**self.env, **self._folders(place), "DISPLAY": display, **env}
            command = ("dbus-run-session", "--", "kate", "-n", "-b", "-l", str(line), "-c", str(column), name)
            async with _started(*command, env=made, cwd=self.project):
                seated = Desk(made, desk)
                await seated.turn_to("^LSP server start requested")
                await seated.press("alt+y")
                await seated.said("client", "textDocument/publishDiagnostics")
                await seated.turn_to(f"^{re.escape(name)} ")
                yield seated

    def _folders(self, place: Path) -> dict[str, str]:
        names = {"XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_CACHE_HOME": ".cache"}
        homes = {name: str(self.home / each) for name, each in names.items()}
        path = f"{place}{os.pathsep}{self.env['PATH']}"
        return {"PATH": path, "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": str(place), **homes}


async def until(find: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Look again and again until something is found; fails with its name after a while."""
    end = time.monotonic() + PATIENCE
    while not (found := await find()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        await asyncio.sleep(_PAUSE)
    return found


def _messages(log: Path) -> list[Message]:
    data = log.read_bytes() if log.exists() else b""
    found, at = [], 0
    while head := _HEAD.match(data, at):
        at = head.end() + int(head[1])
        if at > len(data):
            break
        found.append(json.loads(data[head.end() : at]))
    return found


async def _run(*command: str, env: Mapping[str, str]) -> str:
    nothing, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=env, stdin=nothing, stdout=pipe, stderr=nothing)
    async with asyncio.timeout(PATIENCE):
        return (await process.communicate())[0].decode().strip()


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """Start a screen that nobody sees; gives its name once it is there."""
    # Without -noreset it starts anew when its last client leaves, which a tool that looked for a window may be.
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset")
    async with _started(*command, env=os.environ, stdout=asyncio.subprocess.PIPE) as server:
        assert server.stdout is not None
        async with asyncio.timeout(PATIENCE):
            number = await server.stdout.readline()
        yield f":{number.decode().strip()}"


@asynccontextmanager
async def _started(
    *command: str, env: Mapping[str, str], cwd: Path | None = None, stdout: int = asyncio.subprocess.DEVNULL
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a program, and end it and all that it started."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=env,
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await process.wait()
            os.killpg(process.pid, signal.SIGKILL)  # what it started and has not ended yet
