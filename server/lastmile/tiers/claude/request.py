"""Turns a prompt into the body of a request: what stays the same first, marked for the provider's cache.

The system block and the document block carry ``cache_control``; the question comes last and
carries none. The prefix up to the document depends on the prompt's bytes and the settings alone.
Sampling parameters are not sent: current models refuse them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lastmile.cascade.draft import Usage
from lastmile.config.claude import Effort
from lastmile.tiers.prompt import FRAMING, Prompt, count_tokens

THINKING_ROOM: Mapping[Effort, int] = {
    Effort.OWN: 3072,
    Effort.LOW: 1024,
    Effort.MEDIUM: 3072,
    Effort.HIGH: 6144,
    Effort.XHIGH: 12_288,
    Effort.MAX: 24_576,
}
"""Tokens of the reply left for thinking. Today's models think before they answer, some of them always,
and what they think counts as output; without room a short reply would be cut off. The numbers are
ours: the provider publishes none. Left to themselves most models think at medium or high."""


def body(prompt: Prompt, *, model: str, max_tokens: int, ttl: str, effort: Effort) -> dict[str, Any]:
    """Write the arguments of the SDK's ``messages.create``.

    ``ttl`` is ``5m`` or ``1h``. An effort of the model's own is left out.
    """
    control = {"type": "ephemeral", "ttl": ttl}
    return {
        "model": model,
        "max_tokens": max_tokens,
        "system": [{**_text(prompt.system), "cache_control": control}],
        "messages": [
            {
                "role": "user",
                "content": [{**_text(prompt.document), "cache_control": control}, _text(prompt.question)],
            }
        ],
        **({} if effort is Effort.OWN else {"output_config": {"effort": effort.value}}),
    }


def tokens(prompt: Prompt) -> tuple[int, int]:
    """Estimate, high on purpose, the tokens of the cached part and of the rest."""
    return _counted(prompt.system) + _counted(prompt.document), count_tokens(prompt.question) + FRAMING


def estimate(prompt: Prompt, *, ttl: str) -> Usage:
    """Estimate what the input is billed as when nothing of it was cached before."""
    cached, rest = tokens(prompt)
    hour = ttl == "1h"
    return Usage(input=rest, cache_write=0 if hour else cached, cache_write_1h=cached if hour else 0, estimated=True)


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


@lru_cache(maxsize=32)
def _counted(text: str) -> int:
    """Count the parts that come again, 8 ms for the longest, once."""
    return count_tokens(text)
