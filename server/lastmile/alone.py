"""What the top tier alone would have cost for one task, for its receipt."""

from __future__ import annotations

import asyncio

from lastmile.cascade.outcome import Outcome
from lastmile.config.tree import Settings
from lastmile.receipt import Alone
from lastmile.wiring import top_rates

_LONG = 200_000
"""Characters."""


async def alone(outcome: Outcome, settings: Settings) -> Alone | None:
    """Estimate it, in a thread: the prompt is made up for that.

    None where no tier of the ladder has a known price, and for a document that is so long that whoever
    waits for the edit would feel it: the ledger's own estimate is made behind them.
    """
    if len(outcome.task.snapshot.text) > _LONG:
        return None
    return await asyncio.to_thread(_alone, outcome, settings)


def _alone(outcome: Outcome, settings: Settings) -> Alone | None:
    from lastmile.tiers.baseline import one_call  # noqa: PLC0415 - only an ended task needs it

    found = top_rates(settings)
    return None if found is None else Alone(found[0], found[1].cost(one_call(outcome)))
