"""Compares long texts away from the event loop."""

from __future__ import annotations

from lastmile.text.edits import Replacement, difference
from lastmile.tools.offload import Offload

_LONG = 40_000
"""Characters of both texts from which on their difference is worked out by the worker process."""


async def differ(offload: Offload, old: str, new: str) -> tuple[Replacement, ...]:
    """Find the smallest replacements between two texts. Raises `ToolError` where the worker fails."""
    if len(old) + len(new) < _LONG:
        return difference(old, new)
    return await offload.run(difference, old, new)
