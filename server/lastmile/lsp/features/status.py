"""What an editor's status shows, and what its menu does: ``lastmile.status``, ``.pause``, ``.models``.

Nothing is started by looking: no model is loaded, no server is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from lastmile import __version__
from lastmile.errors import ModelError
from lastmile.lsp.host import Server
from lastmile.lsp.wire.failures import invalid

if TYPE_CHECKING:
    from lastmile.config.local import LocalModel
    from lastmile.config.tree import Settings
    from lastmile.project import Project
    from lastmile.service import Service

STATUS = "lastmile.status"
PAUSE = "lastmile.pause"
MODELS = "lastmile.models"


def register(server: Server) -> None:
    """Register the commands."""
    server.command(STATUS)(status)
    server.command(PAUSE)(pause)
    server.command(MODELS)(models)


async def status(ls: Server, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - from the wire
    """Give the tiers, how the models are, what is made ahead, today's cost, what is paused and the last receipt.

    What depends on settings is as those of a document have it, or of the first folder where none is named.
    """
    from lastmile.readiness import ladder, nobody_follows  # noqa: PLC0415 - the start does without it

    if len(arguments) > 1 or not all(isinstance(item, str) for item in arguments):
        message = f"{STATUS} takes the URI of an open document, or nothing."
        raise invalid(message)
    await ls.settled()
    service = await ls.service()
    project = await service.project(ls.document(arguments[0]).path if arguments else _first(ls))
    settings, last = project.settings, await ls.receipts.edit()
    troubles = await asyncio.to_thread(_troubles, settings)
    broken = {name: why for name, each in settings.drafters.items() if (why := troubles.get(each.file, ""))}
    return {
        "version": __version__,
        "paid": settings.paid.value,
        "trusted": settings.verify.trusted,
        "tiers": [asdict(rung) for rung in ladder(project, broken)],
        "instruct": {"off": nobody_follows(project, broken)},
        "model": await _model(service, project, troubles),
        "ahead": await _ahead(ls, settings),
        "completions": {"enabled": settings.completion.enabled, "paused": ls.completions.paused},
        "today": await _today(service),
        "last": "" if last is None else f"{last.title}: {last.line}",
    }


async def pause(ls: Server, *arguments: Any) -> dict[str, bool]:  # noqa: ANN401 - from the wire
    """Pause completions or go on with them, as the argument says; without one, do the other."""
    if len(arguments) > 1 or not all(item is None or isinstance(item, bool) for item in arguments):
        message = f"{PAUSE} takes true, false or nothing."
        raise invalid(message)
    (wanted,) = arguments or (None,)
    ls.completions.paused = not ls.completions.paused if wanted is None else wanted
    return {"paused": ls.completions.paused}


async def models(ls: Server, *_: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - from the wire
    """List the models of this machine that could be used."""
    service = await ls.service()
    settings = (await service.project(_first(ls))).settings
    return await asyncio.to_thread(lambda: list(_models(settings.model, service.shared.env)))


def _first(ls: Server) -> Path | None:
    return ls.folders[0] if ls.folders else None


def _troubles(settings: Settings) -> dict[Path, str]:
    """Say which models of our own cannot be read or are none, by their files; blocks for a moment."""
    from lastmile.model.header import see  # noqa: PLC0415 - the start does without it

    found: dict[Path, str] = {}
    for model in (*([settings.model] if settings.model.path else []), *settings.drafters.values()):
        try:
            see(model.file)
        except ModelError as error:
            found[model.file] = str(error)
    return found


async def _model(service: Service, project: Project, troubles: Mapping[Path, str]) -> dict[str, Any]:
    """Say how the models of our own are: the one that completes, and those that draft, which may be others."""
    model = project.settings.model
    if not model.path:
        return {"path": "", "state": "none", "trouble": ""}
    from lastmile.model.state import state  # noqa: PLC0415 - most have no model

    trouble = troubles.get(model.file, "")
    own = [each for each in dict.fromkeys((model, *project.settings.drafters.values())) if each.file not in troubles]
    now = await state([service.shared.host(each) for each in own]) if own else "none"
    return {"path": model.path, "state": now, "trouble": trouble}


async def _ahead(ls: Server, settings: Settings) -> dict[str, str]:
    """Say who makes fixes ready, and what holds that up, by a name and in words; both empty where nothing does."""
    from lastmile.ahead.machine import Gauge  # noqa: PLC0415 - the start does without it
    from lastmile.ahead.waiting import said, waiting  # noqa: PLC0415 - as above

    if ls.stock is not None:
        return said(settings, await ls.stock.spending.waiting(settings))
    return said(settings, waiting(settings, await asyncio.to_thread(Gauge().look)))


async def _today(service: Service) -> dict[str, Any]:
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    total = (await service.ledger.bill(since=midnight.timestamp())).total
    return {"spent": total.spent, "tasks": total.tasks, "cleared": total.cleared, "cleared_free": total.cleared_free}


def _models(own: LocalModel, env: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Look through the folders of models; reads the beginning of each file."""
    from lastmile.model.shelf.advice import room  # noqa: PLC0415 - only a list of models needs it
    from lastmile.model.shelf.here import offered, others  # noqa: PLC0415 - as above
    from lastmile.model.shelf.machine import machine  # noqa: PLC0415 - as above

    space = room(machine(env), offload=False)
    for entry in offered(own, space, env):
        if entry.file is not None:
            yield {"name": entry.entry.name, "path": str(entry.file), "used": entry.used, "trouble": ""}
    for other in others(own, space, env):
        yield {"name": other.name, "path": str(other.file), "used": other.used, "trouble": other.trouble}
