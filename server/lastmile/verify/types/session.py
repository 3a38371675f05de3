"""One warm language server of a type checker: it is given texts, and asked what it thinks of them.

Blocks, so it is used in a thread. Only the documents of the last question are open in the server.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.text.positions import Encoding
from lastmile.tools.wire import Wire

_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-32", "utf-16"]},
    "textDocument": {"diagnostic": {"relatedDocumentSupport": False}, "publishDiagnostics": {"versionSupport": True}},
    "workspace": {"configuration": True, "workspaceFolders": True},
}


@define(eq=False)
class _Server:
    """A language server that was started, and what it knows. Whoever holds it shares it with no other thread."""

    wire: Wire
    open: dict[Path, str] = field(factory=dict, init=False)
    version: int = field(default=0, init=False)
    greeted: bool = field(default=False, init=False)
    read: bool = field(default=False, init=False)
    """Whether it has answered: by then it has read what it needs of the project."""

    def lay(self, texts: Mapping[Path, str]) -> None:
        """Open these documents, and close all others."""
        for path in [path for path in self.open if path not in texts]:
            del self.open[path]
            self.wire.tell("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        for path, text in texts.items():
            if self.open.get(path) == text:
                continue
            self.version += 1
            document = {"uri": path.as_uri(), "version": self.version}
            if path in self.open:
                changes = {"textDocument": document, "contentChanges": [{"text": text}]}
                self.wire.tell("textDocument/didChange", changes)
            else:
                opened = {"textDocument": {**document, "languageId": "python", "text": text}}
                self.wire.tell("textDocument/didOpen", opened)
            self.open[path] = text


@define(eq=False)
class Session:
    """A language server for one folder, started when it is first asked."""

    command: tuple[str, ...]
    folder: Path
    interpreter: Path
    settings: Mapping[str, Any]
    """What the server is told when it asks for its settings, by section."""

    encoding: Encoding = field(default=Encoding.UTF16, init=False)
    epoch: int = field(default=0, init=False)
    """How often the session was ended: a question of an earlier epoch starts no server any more."""

    _server: _Server | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    """Held while a server is started or taken away, so that none is started behind the back of `end`."""

    def diagnostics(
        self, texts: Mapping[Path, str], wanted: Sequence[Path], *, seconds: float, epoch: int
    ) -> tuple[tuple[dict[str, Any], ...], ...]:
        """Lay the texts over their files, and give what the server says of each file that is wanted.

        ``epoch`` is the session's when the question was put, which may have been before this thread ran.
        Raises `ToolError` where the server fails, and where it was ended since; then the next call starts another.
        """
        until = time.monotonic() + seconds
        server = self._running(epoch)
        try:
            self._greet(server, until)
            server.lay(texts)
            found = tuple(_items(server.wire, path, until) for path in wanted)
        except (ToolError, LookupError, TypeError) as error:
            self._drop(server)
            if isinstance(error, ToolError):
                raise
            message = f"{self.command[0]} does not speak as a language server does: {error}"
            raise ToolError(message) from error
        server.read = True
        return found

    @property
    def is_running(self) -> bool:
        """Whether there is a server that has read the project."""
        server = self._server
        return server is not None and server.read and server.wire.is_running

    def end(self) -> None:
        """End the server, and let no question that was put before start another; from any thread."""
        with self._lock:
            self.epoch += 1
            server, self._server = self._server, None
        if server is not None:
            server.wire.kill()

    def _drop(self, server: _Server) -> None:
        """End a server that failed; one that another thread has started since is none of it."""
        with self._lock:
            if self._server is server:
                self._server = None
        server.wire.kill()

    def _running(self, epoch: int) -> _Server:
        """Give the server of an epoch; starts one where there is none."""
        with self._lock:
            if epoch != self.epoch:
                message = f"{Path(self.command[0]).name} was ended."
                raise ToolError(message)
            if self._server is None or not self._server.wire.is_running:
                if self._server is not None:
                    self._server.wire.kill()
                env = {"VIRTUAL_ENV": str(self.interpreter.parent.parent)}
                wire = Wire.start(self.command, cwd=self.folder, env=env, configuration=self.settings)
                self._server = _Server(wire)
            return self._server

    def _greet(self, server: _Server, until: float) -> None:
        if server.greeted:
            return
        uri = self.folder.as_uri()
        asked = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": self.folder.name}],
            "capabilities": _CAPABILITIES,
        }
        # Whether it can be asked for its findings is not always told here: pyright answers all the same.
        able = server.wire.ask("initialize", asked, until=until)["capabilities"]
        self.encoding = Encoding(able.get("positionEncoding") or Encoding.UTF16.value)
        server.wire.tell("initialized", {})
        server.greeted = True


def _items(wire: Wire, path: Path, until: float) -> tuple[dict[str, Any], ...]:
    answer = wire.ask("textDocument/diagnostic", {"textDocument": {"uri": path.as_uri()}}, until=until)
    return tuple(answer["items"])
