"""Makes a project's parts from its settings: tiers, judge, bank. `service` decides when.

Nothing is opened or imported here that a tier does not need before it is asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from attrs import evolve, field, frozen

from lastmile.cascade.protocols import Bank, Tier
from lastmile.complete.values import Clock
from lastmile.config.claude import Claude, Provider
from lastmile.config.local import LocalModel
from lastmile.config.tree import OpenAIServer, Settings
from lastmile.jobs.asking import ModelJobs
from lastmile.ledger.prices import REGIONAL, Rates, rates_for
from lastmile.ledger.rows import TopTier
from lastmile.model.asking import Asker
from lastmile.model.client import URL, connection
from lastmile.model.host.starting import Host
from lastmile.model.lines import Lines
from lastmile.project import Closing, Parts
from lastmile.tasks.kind import Workshop
from lastmile.testing.late import LateBench
from lastmile.testing.memory import Memory
from lastmile.testing.values import NoBench
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.tier import ClaudeTier
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai import OpenAITier
from lastmile.tiers.rules.project_names import ProjectNames
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.repairs import Repairs
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tiers.rules.tier import RulesTier
from lastmile.tiers.small_jobs import PromptJobs
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.judge import Verifier
from lastmile.verify.lint import LintCheck
from lastmile.verify.own import Tools, own_checks
from lastmile.verify.scope import ScopeCheck
from lastmile.verify.syntax import SyntaxCheck
from lastmile.verify.types.values import NoTypes
from lastmile.workplace import Workplace

CLAUDE_TIERS = ("haiku", "sonnet", "opus", "fable")

REPAIRS_FROM = 2_750_000_000
"""Parameters from which a model is shown what was wrong with its draft: below, a second try hardly ever pays.

A rule of thumb for models sold as 3B and larger, which have 2.8 billion (stable-code) and more; what is sold
as 2B has up to 2.6. It was not measured here."""


@frozen
class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Give seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@frozen
class Shared:
    """What all projects of a process use together."""

    env: Mapping[str, str]
    offload: Offload
    clock: Clock
    egress_log: Path | None = None
    """Where sends are written down; None for the user's state folder."""

    folders: tuple[Path, ...] = ()
    """The workspace folders; where there are some, nothing outside of them is sent."""

    edition: Callable[[], int] = int
    """Gives another number once a document was opened or changed."""

    accounts: dict[tuple[Claude, str], Account] = field(factory=dict)
    """By settings and key: a key that was refused is refused in every project."""

    hosts: dict[LocalModel, Host] = field(factory=dict)
    """By settings, so that a host that ends again and again is not started more often for several projects."""

    def host(self, model: LocalModel) -> Host:
        """Give the host of such a model, the same to every project; nothing is started."""
        return self.hosts.setdefault(model, Host(model, self.env))

    def account(self, claude: Claude) -> Account:
        """Give the account for such settings, the same to every project."""
        key = self.env.get(claude.key_variable, "")
        return self.accounts.setdefault((claude, key), Account(claude, key))


def parts(
    settings: Settings,
    root: Path | None,
    bank: Bank,
    *,
    shared: Shared,
    extend: tuple[str, ...],
    others: Callable[[], Mapping[Path, str]] = dict,
) -> Parts:
    """Make a project's parts.

    ``extend`` names rules that come to the project's own selection and are what a sweep clears;
    every rule is judged. ``others`` gives the texts of open documents, which need not be saved.
    """
    ruff = Ruff(RuffOptions(path=settings.ruff.path, timeout=settings.ruff.timeout, extend=extend))
    offload, clock = shared.offload, shared.clock
    place = None if root is None else Workplace(root, settings.verify, shared.env, others)
    tools = Tools() if place is None else place.tools(ruff=settings.ruff.path)
    own = own_checks(settings.verify, root, tools, offload=offload, clock=clock)
    memory = Memory(root or Path(), shared.edition)
    bench = NoBench() if place is None else place.bench(offload, memory, ruff=settings.ruff.path)
    basic = (ScopeCheck(offload), SyntaxCheck(offload), LintCheck(ruff, offload))
    judge = Verifier(*basic, offload, clock, own.checks, own.closing)
    egress = Egress(settings.privacy, shared.folders or (() if root is None else (root,)))
    if shared.egress_log is not None:
        egress = evolve(egress, path=shared.egress_log)
    account = shared.account(settings.claude)
    servers = (*_local(settings, egress, shared), *_servers(settings, egress, shared.env))
    chosen = ruff if not extend else Ruff(evolve(ruff.options, select=extend, extend=()))
    repairer = None if place is None else place.repairer(bench, offload)
    rules = _rules(root, ruff, chosen, offload, None if repairer is None else Repairs(repairer))
    tiers: tuple[Tier, ...] = (rules, *_claude(settings, account, egress), *servers)
    named = {tier.name: tier for tier in tiers}
    closing: tuple[Closing, ...] = (*servers, *own.closing)
    closing += (bench,) if isinstance(bench, LateBench) else ()
    asker = _asker(settings, shared)
    closing += () if asker is None else (asker,)
    helper = None if asker is None else PromptJobs(ModelJobs(asker, settings.jobs.seconds), settings.jobs)
    types = next(iter(own.closing), NoTypes())
    if place is None:
        workshop = Workshop(ruff, offload, bench, types=types)
        return Parts(named, judge, bank, clock, workshop, closing, memory, helper=helper)
    grader = place.grader(bench, offload)
    workshop = Workshop(ruff, offload, bench, place.lab(), types, grader)
    gatherer = place.context(offload, ruff=settings.ruff.path)
    return Parts(named, judge, bank, clock, workshop, closing, memory, grader, place.comparer(bench), gatherer, helper)


def top_rates(settings: Settings) -> tuple[str, Rates] | None:
    """Name the dearest Claude tier of the ladder with a known price, and its rates."""
    named = [name for name in settings.ladder if name in CLAUDE_TIERS] or ["opus"]
    for name in reversed(named):
        if (rates := _rates(settings, name)) is not None:
            return name, rates
    return None


def top_tier(settings: Settings) -> TopTier | None:
    """Give what the bill compares with."""
    from lastmile.tiers.baseline import one_call  # noqa: PLC0415 - only an ended task needs it

    found = top_rates(settings)
    return None if found is None else TopTier(found[0], found[1], one_call)


def _rules(root: Path | None, ruff: Ruff, chosen: Ruff, offload: Offload, repairs: Repairs | None) -> RulesTier:
    proposals = Proposals(ruff, offload, None if root is None else ProjectNames(root))
    return RulesTier(proposals, Sweep(chosen, proposals), repairs)


def _claude(settings: Settings, account: Account, egress: Egress) -> Iterator[ClaudeTier]:
    for name in CLAUDE_TIERS:
        yield ClaudeTier(name, getattr(settings.tiers, name), account, _rates(settings, name), egress)


def _rates(settings: Settings, name: str) -> Rates | None:
    """Find what a Claude tier costs. A cloud's region costs more than its global endpoint; a set price is final."""
    own, cloud = getattr(settings.tiers, name), settings.claude
    rates = rates_for(own.model, own.price)
    if rates is None or own.price is not None or cloud.provider is Provider.ANTHROPIC:
        return rates
    is_global = cloud.region == "global" or own.model.startswith("global.")
    return rates if is_global else rates.times(REGIONAL)


def _local(settings: Settings, egress: Egress, shared: Shared) -> Iterator[OpenAITier]:
    """Give a tier for each model that we run ourselves and that drafts."""
    own = settings.tiers.local
    least = 0 if own.retries is not None else REPAIRS_FROM
    for name, model in settings.drafters.items():
        server = OpenAIServer(URL, model.name, max_tokens=own.max_tokens, timeout=own.timeout)
        yield OpenAITier(name, server, egress, connection=partial(connection, shared.host(model)), repairs_from=least)


def _asker(settings: Settings, shared: Shared) -> Asker | None:
    """Give the way to ask our own model, where it has a small job; nothing is started."""
    jobs = settings.jobs
    wanted = settings.model.path and (jobs.difficulty or jobs.picking or jobs.shortening)
    return Asker(Lines(shared.host(settings.model))) if wanted else None


def _servers(settings: Settings, egress: Egress, env: Mapping[str, str]) -> Iterator[OpenAITier]:
    for name, server in settings.openai.items():
        rates = None if server.price is None else rates_for(server.model, server.price)
        key = env.get(server.key_variable, "") if server.key_variable else ""
        yield OpenAITier(name, server, egress, rates, key)
