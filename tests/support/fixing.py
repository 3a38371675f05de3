"""Files fixed as the command line does it, through a real service over a folder that the test fills."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import define, field

from lastmile import files
from lastmile.batch.sweeper import Sweeper
from lastmile.batch.swept import Swept
from lastmile.cascade.outcome import Outcome
from lastmile.cascade.protocols import ConsentRequest
from lastmile.project import Project
from lastmile.service import Overrides, Service
from lastmile.tasks.kind import Page
from lastmile.tasks.registry import kinds


@asynccontextmanager
async def serving(env: Mapping[str, str], *, overrides: Overrides | None = None) -> AsyncIterator[Service]:
    """Open a service for the length of a block."""
    service = Service.open(env, overrides=overrides)
    try:
        yield service
    finally:
        await service.close()


def fill(folder: Path, contents: Mapping[str, str | bytes], *, rules: str = "E,F") -> Path:
    """Write a project whose ruff selects some rules; gives its folder."""
    folder.mkdir(exist_ok=True)
    named = ", ".join(f'"{rule}"' for rule in rules.split(","))
    (folder / "ruff.toml").write_text(f"[lint]\nselect = [{named}]\n", encoding="utf-8")
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@define
class Person:
    """Someone who is asked for consent, says the same each time, and remembers."""

    says: bool = False
    asked: list[ConsentRequest] = field(factory=list)

    async def ask(self, request: ConsentRequest) -> bool:
        self.asked.append(request)
        return self.says


async def sweep(service: Service, path: Path, *, kind: str = "fix", codes: tuple[str, ...] = ()) -> Swept:
    """Do every task of a kind in a file."""
    heard: list[Outcome] = []
    project = await service.project(path)
    sweeper = Sweeper(project, kinds()[kind], Person(), codes, done=heard.append)
    swept = await sweeper.sweep(files.read(path))
    assert tuple(heard) == swept.outcomes
    return swept


async def page_of(service: Service, path: Path) -> tuple[Project, Page]:
    project = await service.project(path)
    return project, await project.page(files.read(path))
