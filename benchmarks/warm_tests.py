"""How long the tests of one module take warm and sandboxed, against `python -m pytest` started cold.

Each pair runs the same module on another candidate text, so that nothing is answered from a cache;
for the cold run the text is written over the file, as a person's editor would. Pairs are interleaved,
so that a machine whose speed drifts shows both the same drift. The cold run keeps compiled code as a
person's does, and both find it.

The interpreter is this one, or the one that is named: `python -m benchmarks.warm_tests /path/to/python`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.support import milliseconds, scratch
from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Selection, Wanted
from lastmile.testing.worker.launch import Site
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

PAIRS = 15
TESTS = 20
_MODULE = "import json, re, dataclasses\n\n\ndef scale(value, by):\n    return value * by  # {n}\n"
_TEST = "import pytest\nfrom shop import scale\n\n\n" + "".join(
    f"def test_{n}():\n    assert scale({n}, 2) == {2 * n}\n\n\n" for n in range(TESTS)
)


async def nothing(snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG001 - the protocol's
    """Select nothing: the module is named."""
    return Selection()


def cold(python: Path, root: Path, text: str) -> float:
    """Time a cold run in seconds."""
    (root / "shop.py").write_text(text)
    command = [str(python), "-m", "pytest", "-q", "test_shop.py"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(command, cwd=root, env=env, check=True, capture_output=True, timeout=60)
    return time.perf_counter() - began


async def warm(bench: ProjectBench, root: Path, text: str) -> float:
    """Time a warm run in seconds."""
    began = time.perf_counter()
    run = await bench.run(Wanted(("test_shop.py",), {root / "shop.py": text}, seconds=60))
    took = time.perf_counter() - began
    assert (run.trouble, len(run.passed)) == ("", TESTS), run
    return took


async def measure(python: Path) -> list[tuple[float, float]]:
    """Time pairs of a warm and a cold run."""
    with scratch() as (folder, env):
        root, home = folder / "shop", folder / "home"
        root.mkdir()
        home.mkdir()
        (root / "test_shop.py").write_text(_TEST)
        (root / "shop.py").write_text(_MODULE.format(n="first"))
        bench = ProjectBench(Site(root, python, home, env), nothing)
        try:
            await warm(bench, root, _MODULE.format(n="start"))
            assert not (why := await bench.absent()), why
            cold(python, root, _MODULE.format(n="start"))
            return [
                (await warm(bench, root, _MODULE.format(n=f"warm {n}")), cold(python, root, _MODULE.format(n=n)))
                for n in range(PAIRS)
            ]
        finally:
            await bench.close()


def main() -> None:
    """Measure and print."""
    python = Path(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
    pairs = asyncio.run(measure(python))
    print(f"{python}, one module of {TESTS} tests; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"warm, sandboxed:        {milliseconds([pair[0] for pair in pairs])}")
    print(f"python -m pytest, cold: {milliseconds([pair[1] for pair in pairs])}")
    ratio = statistics.median(other / one for one, other in pairs)
    print(f"ratio, median of {PAIRS} pairs: {ratio:.1f} times faster   [bar: at least 5]")


if __name__ == "__main__":
    main()
