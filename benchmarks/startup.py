"""How long an editor waits for the answer to `initialize`, against a bare pygls server.

Both are started in turn, pair by pair, so that a machine whose speed drifts shows both the same
drift. It also looks whether the vendors' libraries were imported by then.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.lsp_client import Client
from benchmarks.support import bare, milliseconds, ours, scratch

PAIRS = 15
_LOOK = """
import sys, os
from lastmile.lsp.server import build
from lastmile.service import Service
build(Service.open(os.environ))
print(*sorted({name.partition('.')[0] for name in sys.modules} & {'anthropic', 'llama_cpp', 'rich', 'httpx2'}))
"""


def main() -> None:
    """Measure and print."""
    with scratch() as (folder, env):

        def answered(command: list[str]) -> float:
            began = time.perf_counter()
            client = Client.start(command, env=env)
            client.initialize(folder)
            took = time.perf_counter() - began
            assert client.stop() == 0
            return took

        answered(bare()), answered(ours())  # the first run of each compiles its bytecode
        pairs = [(answered(ours()), answered(bare())) for _ in range(PAIRS)]
        looked = subprocess.run([sys.executable, "-c", _LOOK], env=env, capture_output=True, text=True, check=True)
    print(f"lastmile:    {milliseconds([pair[0] for pair in pairs])}")
    print(f"bare pygls:  {milliseconds([pair[1] for pair in pairs])}")
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"ratio, median of {PAIRS} pairs: {ratio:.2f}   [bar: at most 1.3]")
    print(f"heavy libraries imported: {looked.stdout.strip() or 'none'}")


if __name__ == "__main__":
    main()
