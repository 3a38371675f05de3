"""Keeps a call within the money that was set aside for it.

A prompt is priced as it was composed, and placeholders may make what is sent longer. The reply is
shortened by as much; where too little of it would be left, the call is not made.
"""

from __future__ import annotations

import math

from lastmile.errors import TierError

_LEAST_REPLY = 256
"""Tokens below which a reply is of no use."""


def room(limit: int, *, tier: str, more: float, token: float) -> int:
    """Give the tokens that a reply may have.

    ``limit`` is what was priced, ``more`` the US dollars by which the prompt outgrew its price, and
    ``token`` what a token of the reply costs. Raises `TierError` where no useful reply is left.
    """
    if more <= 0:
        return limit
    left = limit - math.ceil(more / token) if token > 0 else 0
    if left < min(limit, _LEAST_REPLY):
        message = f"{tier} was not asked: so much was redacted that the call would cost more than was reserved."
        raise TierError(message)
    return left
