"""How a command asks the ledger: opened for one question, and closed. It adds nothing up itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from lastmile.cli.waiting import opened
from lastmile.ledger.store import Ledger
from lastmile.text.visible import visible

_T = TypeVar("_T")


def asking(path: Path, question: Callable[[Ledger], Awaitable[_T]]) -> tuple[_T, str]:
    """Open the ledger, ask it, and close it; gives the answer, and what is wrong where the file could only be read.

    Raises `LedgerError` where it cannot be read either.
    """

    async def answer() -> tuple[_T, str]:
        ledger = Ledger.open(path)
        try:
            problem = await opened(ledger.readable())
            return await question(ledger), problem
        finally:
            await ledger.aclose()

    return asyncio.run(answer())


def note(problem: str) -> int:
    """Say what is wrong with the ledger, if anything is; gives the exit code of a command that only asked."""
    if problem:
        click.echo(visible(f"lastmile: {problem}"), err=True)
    return 1 if problem else 0
