"""What a verdict takes: scope, syntax, the kind's own check and lint, on a file of 1,000 lines.

Docstrings are judged, because that kind has a check of its own. Each draft is another text, so nothing
but the snapshot's findings comes from a cache, as between the drafts of one task. The peer is
``ruff check`` as a program on the same text, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.support import large_module, milliseconds, scratch
from lastmile.cascade.draft import Draft, Replace
from lastmile.service import Service
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.ruff import bundled

DRAFTS = 60
BAR = 0.040
DOCSTRING = '\n    """Step on, for the {number}. time.\n\n    Args:\n        first: What it begins with.\n\n'
RETURNS = '    Returns:\n        Its values.\n    """'


def main() -> None:
    """Measure and print."""
    with scratch() as (folder, env):
        os.environ.update(env)
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["E", "F", "D417"]\nignore = ["E501"]\n')
        ours, ruff = asyncio.run(_measure(folder))
    ratio = statistics.median(ours) / statistics.median(ruff)
    print(f"a verdict of scope, syntax, property and lint on 1,000 lines, {DRAFTS} drafts, none refused:")
    print(f"  lastmile    {milliseconds(ours)}   [bar: median under {BAR * 1000:.0f} ms]")
    print(f"  ruff check  {milliseconds(ruff)}; the ratio of the medians is {ratio:.2f}")


async def _measure(folder: Path) -> tuple[list[float], list[float]]:
    text = large_module(lines=1000, findings=60)
    path = folder / "steps.py"
    path.write_text(text)
    service = Service.open(os.environ)
    try:
        project = await service.project(path)
        page = await project.page(Snapshot(path.as_uri(), text, path))
        symbol = page.symbols[30]
        task = await project.make(page, kind="docstring", target=symbol.span, detail={"symbol": symbol.qualname})
        ours, ruff = [], []
        for number in range(DRAFTS + 1):
            written = Replacement(Span(symbol.header.end, symbol.header.end), DOCSTRING.format(number=number) + RETURNS)
            began = time.perf_counter()
            verdict = await project.verify(task, Draft((Replace(written),)))
            ours.append(time.perf_counter() - began)
            assert verdict.passed, verdict.findings
            assert [run.check for run in verdict.runs] == ["apply", "scope", "syntax", "property", "lint"]
            ruff.append(_ruff(path, verdict.text or ""))
    finally:
        await service.close()
    return ours[1:], ruff[1:]


def _ruff(path: Path, text: str) -> float:
    call = [str(bundled()), "check", "--no-cache", "--exit-zero", "--stdin-filename", str(path), "-"]
    began = time.perf_counter()
    subprocess.run(call, input=text.encode(), capture_output=True, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
