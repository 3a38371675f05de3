"""What the same work would have cost with one call to one tier: tokens, estimated.

The estimate is one call without a cache: the prompt that a paid tier would get, and a reply as long
as the change that was accepted, at 3.5 characters a token, which is usual for code. It leaves out
what such a call would have spent on thinking, on wrong drafts and on being asked again, so it is
low rather than high. Reservations are made with `prompt.count_tokens`, which is high on purpose.
"""

from __future__ import annotations

from math import ceil

from lastmile.cascade.draft import Usage
from lastmile.cascade.outcome import Outcome
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.text.edits import difference
from lastmile.tiers.prompt import compose, style_for

_CHARACTERS_A_TOKEN = 3.5
_BLOCK_OVERHEAD = 80
"""Characters of markers around one search/replace block, with a line of context on each side."""


def one_call(outcome: Outcome) -> Usage:
    """Estimate the tokens of one call for the task; it never raises for what the task contains."""
    task = outcome.task
    prompt = compose(DraftRequest(task, Evidence(), Meter()), style=style_for(task, small_model=False))
    read = len(prompt.system) + len(prompt.document) + len(prompt.question)
    new = outcome.text if outcome.text is not None else task.snapshot.text
    changes = difference(task.snapshot.text, new)
    written = sum(len(item.span) + len(item.text) + _BLOCK_OVERHEAD for item in changes) or len(task.target)
    return Usage(input=_tokens(read), output=_tokens(written), estimated=True)


def _tokens(characters: int) -> int:
    return ceil(characters / _CHARACTERS_A_TOKEN)
