"""Gathers the snippets of other files that may help with a task: a `cascade.protocols.Gatherer`.

Which files those are is known from who imports whom, so only files that ruff counts to the project are read.
Which of the snippets are shown, and which may leave the machine, is decided where prompts are built.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from lastmile.cascade.context import Snippet
from lastmile.cascade.task import Task
from lastmile.errors import LastmileError
from lastmile.jobs.gathering import Found, Other, gather
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload

_LOG = logging.getLogger(__name__)
_DEADLINE = 2.0
"""Seconds that a paid call may wait for it."""

_MOST_FILES = 24
_LARGEST = 200_000
"""Characters of a file that is looked at."""

Neighbours = Callable[[Path], tuple[Sequence[Path], Sequence[Path]]]
"""Names the files that a file imports and those that import it, nearest first. Blocks; raises `ToolError`."""


@frozen(eq=False)
class ProjectContext:
    """Knows one project."""

    neighbours: Neighbours
    offload: Offload
    others: Callable[[], Mapping[Path, str]]
    """Gives the texts of open documents."""

    async def gather(self, task: Task) -> tuple[Snippet, ...]:
        """Give candidates; none where they cannot be had in time, and none for what is not Python."""
        if task.snapshot.path is None or task.snapshot.language != "python":
            return ()
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._gather(task, task.snapshot.path)
        except (LastmileError, TimeoutError, OSError) as error:
            _LOG.info("No snippets of other files were found for %s: %s", task.kind, error)
            return ()

    async def _gather(self, task: Task, path: Path) -> tuple[Snippet, ...]:
        texts = dict(self.others())
        imported, importing = await asyncio.to_thread(self.neighbours, path)
        half = _MOST_FILES // 2
        chosen = [(each, True) for each in imported[:half]] + [(each, False) for each in importing[:half]]
        snapshots = [await asyncio.to_thread(_read, each, texts) for each, _ in chosen]
        files = [Other(shot.name, shot.text, is_used) for shot, (_, is_used) in zip(snapshots, chosen, strict=True)]
        found = await self.offload.run(_found, task.snapshot.text, task.target.start, task.target.end, files)
        shown = {(item.snapshot.path, item.span) for item in task.references}
        snippets = (Snippet(snapshots[each.file], each.span, each.bond, each.name) for each in found)
        return tuple(each for each in snippets if (each.snapshot.path, each.span) not in shown)


def _found(text: str, start: int, end: int, files: Sequence[Other]) -> tuple[Found, ...]:
    """Gather for the innermost definition that holds the target, or for the target alone."""
    around = [symbol for symbol in outline(text) if symbol.span.start <= start and end <= symbol.span.end]
    name = around[-1].name if around else ""
    return gather(around[-1].span.of(text) if around else text[start:end], name, files)


def _read(path: Path, texts: Mapping[Path, str]) -> Snapshot:
    text = texts.get(path)
    if text is None:
        large = os.stat(path).st_size > _LARGEST
        text = "" if large else path.read_text("utf-8", "replace")
    return Snapshot(path.as_uri(), text, path)
