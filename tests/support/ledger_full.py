"""Uses a ledger whose file may not grow, as on a full disk; tells what happened as JSON."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path

from tests.support.ledger import PLENTY, attempt, opened, task

from lastmile.errors import LedgerError


async def main(path: Path) -> None:
    """Reserve, fill the disk, and go on."""
    async with opened(path) as ledger:
        bank = ledger.bank(PLENTY, "/home/ada/shop")
        held = await bank.reserve(task(), tier="sonnet", worst_case=0.25)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        await bank.record(task(), attempt("sonnet", cost=0.1), reservation=held)
        await bank.settle(held)
        refused = ""
        try:
            await bank.reserve(task(), tier="sonnet", worst_case=0.01)
        except LedgerError as error:
            refused = str(error)
        attempts = (await ledger.bill()).total.attempts
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(json.dumps({"problem": ledger.problem, "refused": refused, "attempts": attempts}))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
