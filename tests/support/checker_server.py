"""A small type checker that is a language server, as a program of its own, to stand in for pyright and ty.

Each line with WRONG is an error, and so is the import of a name that the open text of the module does not
have. What else the text of a document says is done: DIE, HANG, BUSY, REFUSE, GARBAGE. It reads the project
for as long as the file ``reading`` lies beside it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

LOG = Path(__file__).with_suffix(".log")
READING = Path(__file__).with_name("reading")
documents: dict[str, str] = {}
busy: set[str] = set()


def log(what: str) -> None:
    with LOG.open("a") as file:
        file.write(f"{what}\n")


def read() -> dict[str, Any]:
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(length)) if length else sys.exit(0)
    return message


def write(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def item(line: int, start: int, end: int, message: str, **more: object) -> dict[str, Any]:
    edges = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": edges, "message": message, **more}


def findings(text: str) -> list[dict[str, Any]]:
    found = []
    module = next((said for uri, said in documents.items() if uri.endswith("/mod.py")), "")
    for number, line in enumerate(text.split("\n")):
        if (at := line.find("WRONG")) >= 0:
            units = len(line[:at].encode("utf-16-le")) // 2
            found.append(item(number, units, units + 5, "It is\u00a0wrong.", severity=1, code="wrong"))
        if "reads-this-text" in line and "SILENT" not in text:
            found.append(item(number, 0, 1, f"Unknown rule {line}", severity=2))
        if (asked := re.match(r"from mod import (\w+)", line)) and f"def {asked[1]}(" not in module:
            found.append(item(number, 0, 4, f"mod has no {asked[1]}", severity=1, code="no-name"))
    return found


def answer(message: dict[str, Any]) -> dict[str, Any]:
    if message["method"] == "initialize":
        while READING.exists():
            time.sleep(0.01)
        return {"result": {"capabilities": {"diagnosticProvider": {}}}}
    text = documents[message["params"]["textDocument"]["uri"]]
    if "DIE" in text:
        sys.exit(1)
    if "HANG" in text:
        log("hangs")
        time.sleep(600)
    if "GARBAGE" in text:
        return {"result": {"kind": "unchanged"}}
    if "REFUSE" in text:
        return {"error": {"code": -32603, "message": "I do not like it."}}
    if "BUSY" in text and text not in busy:
        busy.add(text)
        return {"error": {"code": -32801, "message": "content modified"}}
    return {"result": {"kind": "full", "items": findings(text)}}


def take(message: dict[str, Any]) -> None:
    params = message.get("params") or {}
    match message.get("method"):
        case "initialized":
            write({"id": "c", "method": "workspace/configuration", "params": {"items": [{"section": "ty"}]}})
        case "textDocument/didOpen":
            documents[params["textDocument"]["uri"]] = params["textDocument"]["text"]
        case "textDocument/didChange":
            documents[params["textDocument"]["uri"]] = params["contentChanges"][-1]["text"]
        case "textDocument/didClose":
            del documents[params["textDocument"]["uri"]]
        case None:
            log(f"configured {json.dumps(message['result'])}")
        case _:
            write({"method": "window/logMessage", "params": {"type": 3, "message": "thinking"}})
            write({"id": message["id"], **answer(message)})


if __name__ == "__main__":
    log("started")
    while True:
        take(read())
