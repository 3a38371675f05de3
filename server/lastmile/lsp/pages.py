"""What is known of each open document at its current edition: findings first, then the whole page.

Each is worked out once, however many ask, and dropped when the document or the settings change.
Everything else that knows diagnostics reads them here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, evolve, field, frozen

from lastmile.errors import StaleError, ToolError
from lastmile.lsp.documents import Document
from lastmile.lsp.person.person import Person
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.project import Project
    from lastmile.service import Service
    from lastmile.tasks.kind import Page

T = TypeVar("T")

_MAGIC = re.compile(r"^\s*[%!?]", re.MULTILINE)
_PROBLEMS = "settings make no sense"
_ACROSS_CELLS = ("F401", "F811", "F821", "F841", "E402", "B018", "D100", "I001", "INP", "W292", "W391", "E703")
"""Rules about what stands in other cells, or about the end of a file, which a cell is not."""


@frozen
class Findings:
    """What ruff finds in a document, under which project's settings."""

    project: Project
    snapshot: Snapshot
    diagnostics: tuple[Diagnostic, ...]


@frozen
class Known:
    """The page of a document, with its project."""

    project: Project
    page: Page


@define(eq=False)
class _Entry:
    edition: int
    findings: asyncio.Task[Findings]
    known: asyncio.Task[Known] | None = None
    """Made when somebody asks for it: the findings are shown before it takes time from them."""

    outlining: bool = False
    """Whether the worker process is at it. Cancelling that would kill the worker."""

    @property
    def is_spoilt(self) -> bool:
        """Whether something failed, so that it is tried anew."""
        return any(task is not None and _has_failed(task) for task in (self.findings, self.known))

    @property
    def under_way(self) -> list[asyncio.Task[Any]]:
        """What has not ended yet."""
        return [task for task in (self.findings, self.known) if task is not None and not task.done()]


@define(eq=False)
class Pages:
    """The pages of the open documents."""

    service: Callable[[], Awaitable[Service]]
    person: Person
    settled: Callable[[], bool]
    """Whether the settings are known; once they are, all is found anew."""

    _entries: dict[str, _Entry] = field(factory=dict)
    _late: dict[str, asyncio.Task[Known]] = field(factory=dict)
    """What still works on an older edition, by document: at most one, and the next waits for it."""

    _ending: set[asyncio.Task[Any]] = field(factory=set)
    """What was cancelled and cleans up."""

    async def findings(self, document: Document) -> Findings:
        """Give the findings, which are there before the page is.

        Raises `StaleError` where the document changes meanwhile.
        """
        return await _shared(self._entry(document).findings)

    async def known(self, document: Document) -> Known:
        """Give the page, at once where it is there already.

        Raises `StaleError` where the document changes meanwhile.
        """
        entry = self._entry(document)
        if entry.known is None:
            entry.known = asyncio.get_running_loop().create_task(self._know(document.key, entry))
            entry.known.add_done_callback(_heard)
        return entry.known.result() if entry.known.done() else await _shared(entry.known)

    async def tell_problems(self, documents: Iterable[Document]) -> None:
        """Tell what is wrong with the settings of open documents, in one message; what was told is left out."""
        service = await self.service()
        projects = [await service.project(document.path) for document in documents]
        self.person.tell_news([problem for project in projects for problem in project.problems], _PROBLEMS)

    def drop(self, document: Document) -> None:
        """Forget a document: it changed, or it was closed."""
        entry = self._entries.pop(document.key, None)
        if entry is not None:
            self._end(document.key, entry)

    def drop_all(self) -> None:
        """Forget everything: settings changed."""
        for key, entry in self._entries.items():
            self._end(key, entry)
        self._entries.clear()

    async def close(self) -> None:
        """Forget everything, and wait until nothing is under way any more."""
        self.drop_all()
        tasks = [*self._ending, *self._late.values()]
        for task in self._late.values():
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, key: str, entry: _Entry) -> None:
        for task in entry.under_way:
            if task is entry.known and entry.outlining:
                self._late[key] = task
                task.add_done_callback(lambda _: self._late.pop(key, None))
            else:
                task.cancel()
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

    def _entry(self, document: Document) -> _Entry:
        entry = self._entries.get(document.key)
        if entry is None or entry.edition != document.edition or entry.is_spoilt:
            self.drop(document)
            work = self._find(document.snapshot, is_cell=document.is_cell)
            entry = _Entry(document.edition, asyncio.get_running_loop().create_task(work))
            entry.findings.add_done_callback(_heard)
            self._entries[document.key] = entry
        return entry

    async def _find(self, snapshot: Snapshot, *, is_cell: bool) -> Findings:
        project = await (await self.service()).project(snapshot.path)
        if self.settled():  # until the editor's settings have come, more may be wrong: it is one message
            self.person.tell_news(project.problems, _PROBLEMS)
        try:
            found = await project.findings(snapshot)
        except ToolError as error:
            self.person.tell_once(f"Lastmile cannot lint: {error}")
            found = ()
        return Findings(project, snapshot, _of_cell(found, snapshot) if is_cell else found)

    async def _know(self, key: str, entry: _Entry) -> Known:
        found = await entry.findings
        if (late := self._late.get(key)) is not None:
            await asyncio.wait({late})
        entry.outlining = True
        try:
            page = await found.project.page(found.snapshot)
        except ToolError:  # ruff's failure was told; without the worker there are no symbols
            from lastmile.tasks.kind import Page  # noqa: PLC0415 - the start does without it

            page = Page(found.snapshot, settings=found.project.settings)
        return Known(found.project, evolve(page, diagnostics=found.diagnostics))


async def _shared(task: asyncio.Task[T]) -> T:
    """Wait for a task that others wait for too: our cancellation is not its end."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if task.cancelled() and current is not None and not current.cancelling():
            message = "The document changed meanwhile."
            raise StaleError(message) from None
        raise


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _heard(task: asyncio.Task[Any]) -> None:
    """Take note of a failure: whoever waits gets it too, and where nobody does, it is no news."""
    if not task.cancelled():
        task.exception()


def _of_cell(found: tuple[Diagnostic, ...], snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    """Keep what is true of a cell whatever the other cells say; IPython's own syntax is not Python's."""
    if _MAGIC.search(snapshot.text):
        return ()
    return tuple(item for item in found if not item.code.startswith(_ACROSS_CELLS))
