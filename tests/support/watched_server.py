"""The server as the command starts it, with its loop watched: for tests that drive it as a process.

A client says ``test/watch`` when the watching shall begin, and asks ``test/stalls`` for the stacks of
the times that the loop stood still since, which ends it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # started by its path, it does not know the tests

from tests.support.stall import LoopWatch

from lastmile.lsp import serve
from lastmile.lsp.host import Server
from lastmile.lsp.server import build
from lastmile.service import Service


def main() -> int:
    server, watch = build(lambda: Service.open(os.environ)), LoopWatch()

    @server.feature("test/watch")
    async def begin(ls: Server, _params: object) -> None:  # noqa: ARG001 - pygls hands it in
        watch.start()

    @server.feature("test/stalls")
    async def stalls(ls: Server, _params: object) -> list[str]:  # noqa: ARG001 - as above
        await watch.stop()
        return [stall.where for stall in watch.stalls]

    return serve.stdio(server, close=server.close)


if __name__ == "__main__":
    sys.exit(main())
