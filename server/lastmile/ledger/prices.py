"""What tokens cost: a dated table of list prices, and the arithmetic over the token buckets.

It prices what it knows and guesses nothing: a model that is not in the table has no price until
the settings give it one. It neither asks a provider nor keeps a history of prices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from lastmile.cascade.draft import Usage
from lastmile.config.tree import Price

TABLE_VERSION = "2026-11-23"
"""The day on which the built-in prices were last compared with the provider's list."""

BATCH = 0.5
"""What a batch costs beside the same calls made one by one."""

REGIONAL = 1.1
"""What Bedrock and Vertex charge, beside the list price, where the text must stay in one region."""

_CACHE_READ = 0.1
_CACHE_WRITE = 1.25
_CACHE_WRITE_1H = 2.0
_MILLION = 1_000_000


@frozen
class Rates:
    """US dollars for a million tokens of each bucket."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    """For five minutes."""

    cache_write_1h: float

    def cost(self, usage: Usage) -> float:
        """Price what a call used, in US dollars."""
        total = (
            usage.input * self.input
            + usage.output * self.output
            + usage.cache_read * self.cache_read
            + usage.cache_write * self.cache_write
            + usage.cache_write_1h * self.cache_write_1h
        )
        return total / _MILLION

    def times(self, factor: float) -> Rates:
        """Scale every bucket, by `BATCH` or `REGIONAL` for example."""
        return Rates(
            input=self.input * factor,
            output=self.output * factor,
            cache_read=self.cache_read * factor,
            cache_write=self.cache_write * factor,
            cache_write_1h=self.cache_write_1h * factor,
        )


def rates_for(model: str, override: Price | None = None) -> Rates | None:
    """Find the rates of a model; None where neither the settings nor the table know it.

    ``model`` is the provider's id, with whatever Bedrock or Vertex put around it:
    ``us.anthropic.claude-sonnet-5-5-v1:0``, ``claude-sonnet-5-5@20260901``. The list price is given
    for those too; `REGIONAL` says what a regional endpoint adds.
    """
    if override is not None:
        return _rates(override)
    found = _MODEL.search(model)
    price = None if found is None else _TABLE.get(found["line"])
    return None if price is None else _rates(price)


def explain(model: str, usage: Usage, cost: float) -> str:
    """Say where a cost comes from: the table's version, ``settings``, or nothing for no cost."""
    if cost <= 0:
        return ""
    rates = rates_for(model)
    list_prices = () if rates is None else (rates.cost(usage), rates.times(REGIONAL).cost(usage))
    listed = any(abs(price - cost) < 1e-9 for price in list_prices)  # noqa: PLR2004 - the ledger's smallest amount
    return TABLE_VERSION if listed else "settings"


def _rates(price: Price) -> Rates:
    """Fill in the cache buckets, by the multiples of the provider's price list."""
    read = price.input * _CACHE_READ if price.cache_read is None else price.cache_read
    write = price.input * _CACHE_WRITE if price.cache_write is None else price.cache_write
    return Rates(price.input, price.output, read, write, price.input * _CACHE_WRITE_1H)


_HAIKU = Price(input=1.0, output=5.0)
_SONNET = Price(input=3.0, output=15.0)
_OPUS = Price(input=5.0, output=25.0)

_TABLE: Mapping[str, Price] = {
    "claude-haiku-4-5": _HAIKU,
    "claude-haiku-5": _HAIKU,
    "claude-sonnet-4": _SONNET,
    "claude-sonnet-5": _SONNET,
    "claude-opus-4-5": _OPUS,
    "claude-opus-4-6": _OPUS,
    "claude-opus-4-7": _OPUS,
    "claude-opus-4-8": _OPUS,
    "claude-opus-5": _OPUS,
}
"""By the beginning of the model's id. Generations that are not here had or may have other prices."""

_MODEL = re.compile(
    r"(?:^|[./])(?P<line>{lines})(?=$|[-@:])".format(lines="|".join(sorted(map(re.escape, _TABLE), reverse=True)))
)
"""A line of the table where an id begins, or after the dot or slash of a cloud's prefix."""
