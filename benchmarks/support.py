"""What benchmarks share: a place of their own for state, percentiles, and peers to measure against."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BARE_SERVER = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def actions(ls, params):
    return [types.CodeAction(title=item.message, kind="quickfix") for item in params.context.diagnostics]
server.start_io()
"""
"""The least that a pygls server can be: one handler, no work."""


def bare() -> list[str]:
    """Give the command of the bare pygls server."""
    return [sys.executable, "-c", BARE_SERVER]


def ours() -> list[str]:
    """Give the command of this project's server."""
    return [sys.executable, "-m", "lastmile", "serve"]


def ruff_server() -> list[str]:
    """Give the command of ruff's own server."""
    return [str(Path(sys.executable).parent / "ruff"), "server"]


@contextmanager
def scratch() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give an empty folder, and an environment in which all state goes there and no key is set."""
    with tempfile.TemporaryDirectory(prefix="lastmile-bench-") as name:
        folder = Path(name).resolve()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("LASTMILE", "ANTHROPIC"))}
        state = {"LASTMILE_LEDGER": "ledger.sqlite3", "LASTMILE_CONFIG": "none.toml", "LASTMILE_EGRESS_LOG": "e.jsonl"}
        (folder / "none.toml").touch()
        yield folder, kept | {key: str(folder / value) for key, value in state.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which the share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def milliseconds(values: Sequence[float]) -> str:
    """Write seconds as ``median 1.2 ms (0.9 to 3.0)``."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"median {middle * 1000:.1f} ms ({low * 1000:.1f} to {high * 1000:.1f})"


def large_module(*, lines: int, findings: int) -> str:
    """Write a Python module of that many lines with that many unused variables (F841)."""
    blocks = [_function(number, lines // findings + (number < lines % findings)) for number in range(findings)]
    return "".join(blocks)


def _function(number: int, lines: int) -> str:
    values = [f"    value_{row} = {row} + first\n" for row in range(lines - 5)]
    names = ", ".join(f"value_{row}" for row in range(lines - 5))
    return f"def step_{number}(first):\n{''.join(values)}    unused = first\n    return [{names}]\n\n\n"
