"""What is worth making ahead, by whom, and how much of the machine it may take: functions over values.

The tiers that draft ahead are chosen here and handed on as all the tiers that there are, so no setting
and no failure leads to one that is paid.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import chain, islice

from attrs import evolve, frozen

from lastmile.ahead.machine import Power
from lastmile.cascade.policy import RULES, Paid, Policy
from lastmile.cascade.protocols import Tier
from lastmile.config.ahead import Ahead, AheadSettings
from lastmile.config.tree import LOCAL, Settings
from lastmile.tasks.kind import Kind, Offer, Page
from lastmile.text.edits import Span
from lastmile.text.symbols import Symbol

LONGEST = 300_000
"""Characters of a document from which nothing is made ahead: each of its fixes is judged by all of its text."""

MOST = 120
"""Fixes of one document: a menu shows those of one place, and nobody goes through more."""

_LOOKED_AT = 10 * MOST
"""Findings that are looked at for that: most have an entry, and few are greyed out."""

_FAILING, _STUBS = "fix-test", "implement"
_ON_BATTERY = 0.25


def processors(settings: Settings, tiers: Mapping[str, Tier], offer: Offer) -> int:
    """Say how many processors a task may keep busy at once: as many as a model has threads, where it may be asked."""
    if tiers.keys() <= {RULES} or not offer.may_use_model:
        return 1
    return settings.model.threads or max(1, (os.cpu_count() or 1) - 1)


@frozen
class Pace:
    """Who may draft now, and how many seconds a minute."""

    who: Ahead
    seconds: float


def pace(settings: AheadSettings, power: Power) -> Pace:
    """Say what the machine can do without: nothing under load, and on battery the rules alone, a quarter as long."""
    if settings.ahead is Ahead.OFF or is_busy(settings, power):
        return Pace(Ahead.OFF, 0.0)
    if power.on_battery:
        return Pace(Ahead.RULES, settings.ahead_seconds * _ON_BATTERY)
    return Pace(settings.ahead, settings.ahead_seconds)


def is_busy(settings: AheadSettings, power: Power) -> bool:
    """Tell whether the machine has no time to spare."""
    return power.load > settings.ahead_load


def drafters(settings: Settings, tiers: Mapping[str, Tier], who: Ahead) -> dict[str, Tier]:
    """Give the tiers that may draft ahead: the rules, and with `local` the models of this machine, as they are."""
    if who is Ahead.OFF:
        return {}
    own = {LOCAL, *settings.drafters} if who is Ahead.LOCAL else set()
    found = {name: tiers[name] for name in settings.steps if name in {RULES, *own} and name in tiers}
    return {name: tier for name, tier in found.items() if tier.free and not _is_far(settings, name)}


def _is_far(settings: Settings, name: str) -> bool:
    """Tell whether a server of one's own is on another machine: text goes there once it is asked for."""
    server = settings.openai.get(name)
    return server is not None and server.ours


def way(policy: Policy, tiers: Mapping[str, Tier]) -> Policy | None:
    """Give the part of a kind's way up that is gone ahead; None where it begins with a tier that is not asked."""
    ladder = tuple(name for name in policy.ladder if name in tiers)
    if not ladder or (policy.start in policy.ladder and policy.start not in ladder):
        return None
    return evolve(policy, ladder=ladder, paid=Paid.NEVER)


def wanted(page: Page, kinds: Mapping[str, Kind], *, near: int) -> list[Offer]:
    """List what is worth making in a document: its findings, then what its failing tests ask for, then its stubs.

    Of each sort what is nearest to a place comes first, and nothing is looked at once there are enough. A long
    document without stubs takes tens of milliseconds all the same: call it in a thread.
    """
    symbols = sorted(page.symbols, key=lambda symbol: _distance(symbol.span, near))
    sorts = (_findings(page, kinds, near), _failing(page, kinds, symbols), _stubs(page, kinds, symbols))
    return list(islice((offer for offer in chain(*sorts) if not offer.disabled), MOST))


def _findings(page: Page, kinds: Mapping[str, Kind], near: int) -> list[Offer]:
    whole = Span(0, len(page.snapshot.text))
    nearest = nsmallest(_LOOKED_AT, page.diagnostics, key=lambda item: _distance(item.span, near))
    page = evolve(page, diagnostics=tuple(nearest))
    quick = (kind for kind in kinds.values() if "quickfix" in kind.menus)
    found = (offer for kind in quick for offer in islice(kind.offers(page, whole), _LOOKED_AT))
    return sorted(found, key=lambda offer: _distance(offer.target, near))


def _failing(page: Page, kinds: Mapping[str, Kind], symbols: Iterable[Symbol]) -> Iterator[Offer]:
    """Give what is offered where tests failed when they ran last: none is run to find that out."""
    for symbol in symbols if _FAILING in kinds else ():
        if page.standing.fails(symbol.span) is True:
            yield from kinds[_FAILING].offers(page, symbol.name_span)


def _stubs(page: Page, kinds: Mapping[str, Kind], symbols: Iterable[Symbol]) -> Iterator[Offer]:
    """Give what is offered on stubs.

    Each symbol is looked at as the only one: to be found among thousands by its place, thousands of times, takes
    seconds, and a stub has nothing to do with the others.
    """
    for symbol in symbols if _STUBS in kinds else ():
        yield from kinds[_STUBS].offers(evolve(page, symbols=(symbol,)), symbol.name_span)


def _distance(place: Span, near: int) -> int:
    return max(place.start - near, near - place.end, 0)
