"""One warm language server of a type checker: it is given texts, and asked what it thinks of them.

Blocks, so it is used in a thread. Only the documents of the last question are open in the server.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
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
class Session:
    """A language server for one folder, started when it is first asked."""

    command: tuple[str, ...]
    folder: Path
    interpreter: Path
    settings: Mapping[str, Any]
    """What the server is told when it asks for its settings, by section."""

    encoding: Encoding = field(default=Encoding.UTF16, init=False)
    _wire: Wire | None = field(default=None, init=False)
    _open: dict[Path, str] = field(factory=dict, init=False)
    _version: int = field(default=0, init=False)
    _read: bool = field(default=False, init=False)
    """Whether the server has answered: by then it has read what it needs of the project."""

    def diagnostics(
        self, texts: Mapping[Path, str], wanted: Sequence[Path], *, seconds: float
    ) -> tuple[tuple[dict[str, Any], ...], ...]:
        """Lay the texts over their files, and give what the server says of each file that is wanted.

        Raises `ToolError` where the server fails; then the next call starts another.
        """
        until = time.monotonic() + seconds
        try:
            wire = self._running(until)
            self._lay(wire, texts)
            found = tuple(_items(wire, path, until) for path in wanted)
        except (ToolError, LookupError, TypeError) as error:
            self.end()
            if isinstance(error, ToolError):
                raise
            message = f"{self.command[0]} does not speak as a language server does: {error}"
            raise ToolError(message) from error
        self._read = True
        return found

    @property
    def is_running(self) -> bool:
        """Whether there is a server that has read the project."""
        return self._read and self._wire is not None and self._wire.is_running

    def end(self) -> None:
        """End the server; from any thread."""
        wire, self._wire, self._open, self._read = self._wire, None, {}, False
        if wire is not None:
            wire.kill()

    def _running(self, until: float) -> Wire:
        if self._wire is not None and self._wire.is_running:
            return self._wire
        self.end()
        env = {"VIRTUAL_ENV": str(self.interpreter.parent.parent)}
        self._wire = wire = Wire.start(self.command, cwd=self.folder, env=env, configuration=self.settings)
        uri = self.folder.as_uri()
        asked = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": self.folder.name}],
            "capabilities": _CAPABILITIES,
        }
        # Whether it can be asked for its findings is not always told here: pyright answers all the same.
        able = wire.ask("initialize", asked, until=until)["capabilities"]
        self.encoding = Encoding(able.get("positionEncoding") or Encoding.UTF16.value)
        wire.tell("initialized", {})
        return wire

    def _lay(self, wire: Wire, texts: Mapping[Path, str]) -> None:
        for path in [path for path in self._open if path not in texts]:
            del self._open[path]
            wire.tell("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        for path, text in texts.items():
            if self._open.get(path) == text:
                continue
            self._version += 1
            document = {"uri": path.as_uri(), "version": self._version}
            if path in self._open:
                wire.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
            else:
                wire.tell("textDocument/didOpen", {"textDocument": {**document, "languageId": "python", "text": text}})
            self._open[path] = text


def _items(wire: Wire, path: Path, until: float) -> tuple[dict[str, Any], ...]:
    answer = wire.ask("textDocument/diagnostic", {"textDocument": {"uri": path.as_uri()}}, until=until)
    return tuple(answer["items"])
