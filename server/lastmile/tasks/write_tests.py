"""Write tests for the function or class at the cursor, into the test file of its module.

The tests have to pass on the code as it is and to notice small faults put into it. Whether the code
does what it should, no machine knows: a test that nails down a fault passes here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from lastmile import files
from lastmile.cascade.context import Reference
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.docstrings.placing import at_cursor
from lastmile.errors import RequestError, StaleError
from lastmile.oracles.checks import TextCheck
from lastmile.oracles.new_tests.check import NewTestsCheck
from lastmile.oracles.new_tests.clock import later
from lastmile.oracles.new_tests.reading import at_sight
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.testing.mutation.making import mutants
from lastmile.testing.naming import is_test_file
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol

_MENU = "refactor.rewrite.lastmile.write-tests"
_MOST_MUTANTS = 20
_FOLDERS = ("tests", "test")


@frozen
class WriteTestsKind:
    """The kind ``write-tests``."""

    name: str = "write-tests"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 240.0
    difficulty: float = 0.4
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer tests for the innermost function or class whose head holds the span, unless it is a test."""
        if page.snapshot.language != "python" or page.snapshot.path is None or is_test_file(page.snapshot.name):
            return
        symbol = at_cursor(page.snapshot, page.symbols, span)
        if symbol is not None:
            yield Offer(
                kind=self.name,
                title=f"Write tests for `{symbol.name}`",
                menu=_MENU,
                target=symbol.span,
                detail={"symbol": symbol.qualname},
                disabled="The file has a syntax error" if page.is_broken else "",
            )

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the symbol, its test file and its mutants."""
        if why := await workshop.bench.absent():
            message = f"New tests cannot be judged here. {why}"
            raise RequestError(message)
        symbol = _find(page, target, detail)
        module = page.snapshot
        selection = await workshop.bench.select(module, symbol.span)
        tests = await asyncio.to_thread(_test_file, page, workshop.bench.root, selection.tests)
        faults = await workshop.offload.run(mutants, module.text, span=symbol.body, most=_MOST_MUTANTS)
        if not faults:
            message = (
                f"New tests of `{symbol.name}` cannot be judged: there is nothing in it to put a small fault into, "
                "so nothing would tell whether they notice one."
            )
            raise RequestError(message)
        in_a_year = await workshop.offload.run(later, module.text, symbol.body)
        check = NewTestsCheck(
            workshop.bench,
            workshop.offload,
            module,
            _lines(module, symbol.body),
            faults,
            "" if in_a_year == module.text else in_a_year,
            {path: text for path, text in page.others.items() if path not in {tests.path, module.path}},
            page.settings.verify.tests.seconds,
        )
        end = Span(len(tests.text), len(tests.text))
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=tests,
            target=end,
            goal=f"Write tests with pytest for `{symbol.qualname}` of {module.name}, at the end of this test file.",
            title=f"Write tests for `{symbol.name}`",
            scope=Scope((end,), imports=True, effects=True),
            oracle=Oracle((TextCheck(workshop.offload, at_sight),), late=(check,)),
            hints=_hints(module, workshop.bench.root),
            references=(Reference(module, symbol.span),),
        )


def _hints(module: Snapshot, root: Path) -> tuple[str, ...]:
    return (
        f"Import what is tested from `{_dotted(module, root)}`.",
        "The tests pass on the code as it is.",
        "They fail when an operator, a constant or a condition of it changes: check exact values, limits and errors.",
        "No network, no waiting, no clock, no chance without a seed, no skipping. Each test checks something.",
        "No dependence on the order of the tests: change nothing that others see but through monkeypatch and tmp_path.",
        "Leave the tests that are there as they are.",
    )


def _dotted(module: Snapshot, root: Path) -> str:
    """Name the module as the tests import it: packages upwards, as far as they are packages."""
    assert module.path is not None  # noqa: S101 - offers looked
    parts, folder = [module.path.stem], module.path.parent
    while folder != root and (folder / "__init__.py").exists():
        parts.append(folder.name)
        folder = folder.parent
    return ".".join(reversed(parts[1:] if parts[0] == "__init__" else parts)) or module.path.stem


def _test_file(page: Page, root: Path, tests: tuple[str, ...]) -> Snapshot:
    """Choose the file for new tests: the module's own, by name, or a new one beside the project's tests; blocks."""
    assert page.snapshot.path is not None  # noqa: S101 - offers looked
    stem = page.snapshot.path.stem
    names = {f"test_{stem}.py", f"{stem}_test.py"}
    known = dict.fromkeys(root / test.partition("::")[0] for test in tests)
    path = next((path for path in known if path.name in names), None) or _new_place(page.snapshot.path, root)
    if path in page.others:
        return Snapshot(path.as_uri(), page.others[path], path)
    if not path.exists():
        return Snapshot(path.as_uri(), "", path, is_new=True)
    return files.read(path)


def _new_place(module: Path, root: Path) -> Path:
    folder = next((root / name for name in _FOLDERS if (root / name).is_dir()), module.parent)
    return folder / f"test_{module.stem}.py"


def _lines(module: Snapshot, body: Span) -> frozenset[int]:
    first, last = module.lines.line_at(body.start), module.lines.line_at(max(body.start, body.end - 1))
    return frozenset(range(first + 1, last + 2))


def _find(page: Page, target: Span, detail: Mapping[str, Any]) -> Symbol:
    same = [symbol for symbol in page.symbols if symbol.qualname == detail.get("symbol")]
    if not same:
        message = "The function or class is no longer there."
        raise StaleError(message)
    return min(same, key=lambda symbol: abs(symbol.span.start - target.start))


KIND = WriteTestsKind()
