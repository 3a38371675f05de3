"""The server as the command starts it, with a model that answers by the end of what it is shown.

``FILLER_ANSWERS`` is a JSON table: what the text before the cursor ends with, and what is answered.
Each question is a line of ``FILLER_LOG``: whether it was asked ahead, and the last line before the cursor.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from lastmile.lsp import serve
from lastmile.lsp.server import build
from lastmile.model.values import Fill
from lastmile.service import Service


class Answers:
    def __init__(self) -> None:
        self.answers: dict[str, str] = json.loads(os.environ["FILLER_ANSWERS"])
        self.log = Path(os.environ["FILLER_LOG"])

    async def fill(self, fill: Fill, *, most: int, document: str, ahead: bool = False) -> AsyncGenerator[str, None]:  # noqa: ARG002 - the protocol's
        await asyncio.to_thread(self._write, f"{'ahead' if ahead else 'asked'} {fill.prefix.rpartition(chr(10))[2]}\n")
        for ending, answer in self.answers.items():
            if fill.prefix.endswith(ending):
                for char in answer:
                    await asyncio.sleep(0)
                    yield char
                return

    async def prefill(self, fill: Fill, *, document: str) -> None:
        """Read nothing."""

    async def state(self) -> str:
        return "ready"

    def _write(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(line)


def service() -> Service:
    opened = Service.open(os.environ)
    opened.filler = Answers()
    return opened


def main() -> int:
    server = build(service)
    return serve.stdio(server, close=server.close)


if __name__ == "__main__":
    sys.exit(main())
