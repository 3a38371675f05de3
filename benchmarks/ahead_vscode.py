"""How long a menu takes in VS Code, and a ready fix until it is applied, measured by an extension in the workbench.

The way is the editor's own: from the extension host to the window and back to our extension, to the server and back.
What the window draws is not in it. A fix is timed from the request for its menu, which comes with the entry resolved,
to the document that has the edit; in turn with an edit of an extension that has it at hand and asks no server, on the
same way: the editor's own share. The machine's load is not heeded here, which it would be in an editor.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.programs import WORKBENCH
from tests.support.vscode import PATIENCE, QUIET, Person, package, small_extension

from benchmarks.support import milliseconds, percentile

DEMO = Path(__file__).parents[1] / "examples" / "bookshelf"
IDLE = 15.0
"""Seconds without a key, the server's start in them, before the menus are opened."""

MENUS = 6
"""How often the menu of each finding is opened."""

APPLIED = 8
"""Fixes that are applied, and taken back."""

REST = 3.0
"""Seconds after each, by which what was ready is ready again."""

SETTINGS = {"lastmile.ahead": "rules", "lastmile.aheadLoad": 1000, "lastmile.paid": "never"}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="lastmile-bench-") as name:
        seen = measure(Path(name).resolve())
    print(f"{seen['ready']} of {seen['findings']} findings have a fix that is ready")
    print(f"the menu of a finding: {_spread(seen['opened'])}   [bar: p95 under 30 ms]")
    print(f"a ready fix, applied ({len(seen['applied'])} times): {_spread(seen['applied'])}   [bar: under 50 ms]")
    print(f"an edit that is at hand, applied on the same way ({len(seen['bare'])} times): {_spread(seen['bare'])}")
    ratio = statistics.median(seen["applied"]) / statistics.median(seen["bare"])
    print(f"    ratio {ratio:.2f} at the median")


def measure(folder: Path) -> dict[str, Any]:
    """Open the demo package in a workbench and give what the extension there saw; times are in seconds.

    Raises `RuntimeError` where it saw nothing.
    """
    person = Person.new(folder / "person", WORKBENCH.name)
    person.configure(QUIET | SETTINGS)
    demo, out = folder / "bookshelf", folder / "seen.json"
    shutil.copytree(DEMO, demo)
    files = [str(path) for path in sorted(demo.rglob("*.py"))]
    wish = {"files": files, "idle": IDLE, "menus": MENUS, "applied": APPLIED, "rest": REST, "out": str(out)}
    person.env["LASTMILE_BENCH"] = json.dumps(wish)
    main = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    person.install(package(folder), small_extension(folder, publisher="lastmile", name="bench", main=main))
    with person.at_work() as driver:
        driver.go("stay", cues={"measured": lambda: _wait(out)}, folder=str(demo))
    seen: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if "trouble" in seen or not seen["applied"]:
        raise RuntimeError(seen.get("trouble", "Nothing was ready."))
    return seen


def _wait(out: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not (out.exists() and out.stat().st_size):
        time.sleep(0.2)


def _spread(times: Sequence[float]) -> str:
    return f"{milliseconds(times)}, p95 {percentile(times, 0.95) * 1000:.1f} ms"


if __name__ == "__main__":
    main()
