"""A language client of a hundred lines: JSON-RPC over a server's standard input and output.

Small, so that the figures are the server's and not a client library's. It answers what servers ask
with null, and keeps every notification with the time it came.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Queue
from typing import Any

from attrs import define, field

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
            "isPreferredSupport": True,
        },
        "publishDiagnostics": {"codeDescriptionSupport": True},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}
"""What the benchmarks' client can do: pushed diagnostics, lazy code actions, versioned edits."""


@define
class Client:
    """One server, started as a process."""

    process: subprocess.Popen[bytes]
    answers: dict[int, Queue[Any]] = field(factory=dict)
    heard: Queue[tuple[float, dict[str, Any]]] = field(factory=Queue)
    """Notifications, with `time.perf_counter` at their arrival."""

    _last: int = 0

    @classmethod
    def start(cls, command: Sequence[str], *, env: dict[str, str] | None = None) -> Client:
        """Start a server."""
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        client = cls(process)
        threading.Thread(target=client._read, daemon=True).start()
        return client

    def initialize(self, folder: Path) -> Any:
        """Shake hands; gives the server's answer."""
        params = {
            "processId": os.getpid(),
            "rootUri": folder.as_uri(),
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
            "capabilities": CAPABILITIES,
        }
        answer = self.request("initialize", params)
        self.notify("initialized", {})
        return answer

    def open(self, path: Path, text: str) -> None:
        """Open a document."""
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def request(self, method: str, params: object, *, timeout: float = 60.0) -> Any:
        """Ask, and wait for the answer; raises RuntimeError for an error of the server's."""
        self._last += 1
        number = self._last
        queue = self.answers[number] = Queue()
        self._write({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer = queue.get(timeout=timeout)
        del self.answers[number]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer.get("result")

    def notify(self, method: str, params: object) -> None:
        """Tell."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def wait(self, fits: Callable[[dict[str, Any]], bool], *, timeout: float = 60.0) -> float:
        """Wait for a notification that fits; gives the time it came."""
        end = time.monotonic() + timeout
        while True:
            came, message = self.heard.get(timeout=max(0.01, end - time.monotonic()))
            if fits(message):
                return came

    def stop(self) -> int:
        """Shut the server down; gives its exit status."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(timeout=20)

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            while out.readline().strip():
                pass
            message = json.loads(out.read(int(header.split(b":")[1])))
            if "method" not in message:
                self.answers[message["id"]].put(message)
            elif "id" in message:
                self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
            else:
                self.heard.put((time.perf_counter(), message))
