"""``lastmile doctor``: what works here and what does not, and where each setting came from.

It asks servers on this machine whether they are there, and nobody else; it starts none. Keys are named, never shown.
What it says of models on this machine is `advice`'s, of the project's tests `tests_advice`'s.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from lastmile import __version__
from lastmile.ahead.machine import Gauge
from lastmile.ahead.waiting import waiting
from lastmile.cli.advice import Line, advise, troubles
from lastmile.cli.tests_advice import advise_on_tests
from lastmile.config.ahead import Ahead, AheadSettings
from lastmile.errors import LastmileError
from lastmile.ledger.store import default_path
from lastmile.project import Project
from lastmile.readiness import EXAMPLE, EXAMPLE_NAME, off
from lastmile.service import Service
from lastmile.text.snapshot import Snapshot
from lastmile.text.visible import visible
from lastmile.tiers.openai import OpenAITier
from lastmile.tools.process import run
from lastmile.tools.ruff import bundled

_PROBE_DEADLINE = 5.0


@click.command()
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
def doctor(path: Path) -> int:
    """Show what works for the files at PATH: tools, tiers, keys, settings and where each came from."""
    lines = asyncio.run(_examine(path.resolve(), Service.open(os.environ)))
    width = max(len(line.topic) for line in lines)
    for line in lines:
        mark = click.style("problem", fg="red") if line.wrong else "       "
        click.echo(f"{line.topic:<{width}}  {mark}  {visible(line.text)}")
    return 1 if any(line.wrong for line in lines) else 0


async def _examine(path: Path, service: Service) -> list[Line]:
    try:
        project = await service.project(path)
        tools = [Line("lastmile", f"{__version__}, Python {platform.python_version()}"), await _ruff(project, path)]
        trouble = await service.ledger.ready()
        ledger = Line("ledger", trouble or str(default_path(service.shared.env)), wrong=bool(trouble))
        settings = project.settings
        wrong = await troubles([*settings.drafters.values(), *([settings.model] if settings.model.path else [])])
        tiers = [await _tier(project, name, wrong) for name in settings.steps]
        models = await advise(settings.model, service.shared.env, wrong.get(settings.model.file, ""))
        tests = await advise_on_tests(project.root, project.settings.verify, service.shared.env)
        ahead = [] if settings.ahead is Ahead.OFF else [await asyncio.to_thread(_ahead, settings)]
        return [*tools, ledger, *tiers, _mode(tiers, project), *ahead, *models, *tests, *_settings(project)]
    finally:
        await service.close()


async def _ruff(project: Project, path: Path) -> Line:
    """Have ruff look at a text that lies where the files lie: its settings there have to be readable too."""
    program = project.ruff.options.path or str(bundled())
    place = path / EXAMPLE_NAME if await asyncio.to_thread(path.is_dir) else path
    try:
        await project.ruff.check(Snapshot(place.as_uri(), EXAMPLE, place))
        done = await run([program, "--version"], text="", cwd=None, deadline=_PROBE_DEADLINE)
    except LastmileError as error:
        return Line("ruff", str(error), wrong=True)
    return Line("ruff", f"{done.out.decode(errors='replace').strip()} at {program}", wrong=bool(done.status))


async def _tier(project: Project, name: str, troubles: Mapping[Path, str]) -> Line:
    topic = f"tier {name}"
    tier = project.parts.tiers.get(name)
    if tier is None:
        return Line(topic, f"off: {_local()}")
    if why := off(project, tier):
        return Line(topic, f"off: {why}")
    if own := project.settings.drafters.get(name):
        trouble = troubles[own.file]  # its host is not asked: it would have to be started for that
        return Line(topic, trouble or f"ready, free; serves {own.name}", wrong=bool(trouble))
    if isinstance(tier, OpenAITier) and tier.free and tier.local:
        return await _asked(topic, tier)
    return Line(
        topic, f"ready, {'free' if tier.free else f'paid ({project.settings.paid.value})'} {tier.model}".rstrip()
    )


async def _asked(topic: str, tier: OpenAITier) -> Line:
    try:
        async with asyncio.timeout(_PROBE_DEADLINE):
            names = await tier.models()
    except (LastmileError, TimeoutError) as error:
        return Line(topic, str(error) or "the server did not answer", wrong=True)
    if not names:
        return Line(topic, "the server answers, and lists no model: load one there", wrong=True)
    return Line(topic, f"ready, free; serves {', '.join(names[:5])}")


def _mode(tiers: list[Line], project: Project) -> Line:
    """Say which of the four ways of working this is."""
    ready = {line.topic.removeprefix("tier ") for line in tiers if line.text.startswith("ready")}
    found = [tier for name, tier in project.parts.tiers.items() if name in ready and name != "rules"]
    model, paid = any(tier.free for tier in found), any(not tier.free for tier in found)
    words = {
        (False, False): "rules only: no model, no key",
        (True, False): "free: rules and a model of your own, no paid tier",
        (False, True): "paid: rules, then a paid tier, no model of your own",
        (True, True): "the whole ladder: rules, a model of your own, then a paid tier",
    }
    return Line("works as", words[model, paid])


def _ahead(settings: AheadSettings) -> Line:
    """Say what fixes are made ready by; what an editor's server has used of its minute is known there alone. Blocks."""
    found = waiting(settings, Gauge().look())
    who = "rules" if settings.ahead is Ahead.RULES else "rules, then the models of this machine"
    return Line("ahead", f"fixes are made ready by {who}" if found is None else found.words)


def _local() -> str:
    try:
        there = f"llama-cpp-python {version('llama-cpp-python')} is there"
    except PackageNotFoundError:
        there = "llama-cpp-python is missing"
    return f"no model is set: name a GGUF file in model.path, or say lastmile model list ({there})"


def _settings(project: Project) -> Iterator[Line]:
    for key, place in sorted(project.origins.items()):
        yield Line("setting", f"{key}, from {place}")
    if not project.origins:
        yield Line("setting", "all defaults")
    for problem in project.problems:
        yield Line("setting", problem, wrong=True)
