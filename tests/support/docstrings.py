"""Asks for docstrings as the server does: a page, an offer or a symbol's name, a task, its oracle."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from attrs import evolve, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding
from lastmile.config.tree import Convention, Docstring, Settings
from lastmile.docstrings.judging import judge
from lastmile.tasks.docstring import KIND, DocstringCheck
from lastmile.tasks.kind import Page, Workshop
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.scope import judge_scope
from lastmile.verify.syntax import judge_syntax

MARK = "<doc>"
_HEAD = re.compile(r"^\s*(?:async )?(?:def|class) (\w+)", re.MULTILINE)


@frozen
class Draft:
    """A document before and after someone wrote a docstring into it."""

    before: str
    after: str

    @classmethod
    def of(cls, code: str, docstring: str) -> Draft:
        """Put a docstring in the place of the line that holds the mark, indented as the mark is."""
        code = dedent(code).lstrip("\n")
        start = code.index(MARK)
        line = code.rindex("\n", 0, start) + 1
        indent = code[line:start]
        inner = "\n".join(f"{indent}{part}" if part else "" for part in docstring.split("\n"))
        return cls(code[:line] + code[start + len(MARK) + 1 :], code[:line] + inner + code[start + len(MARK) :])


def page_of(text: str, *, convention: Convention = Convention.AUTO, path: Path | None = None) -> Page:
    """Make the page that the server would have of a Python text."""
    uri = "untitled:Untitled-1" if path is None else path.as_uri()
    settings = evolve(Settings(), docstring=Docstring(convention))
    return Page(Snapshot(uri, text, path), symbols=outline(text), settings=settings)


async def task_of(page: Page, name: str, offload: Offload) -> Task:
    """Ask for the docstring of a symbol by its qualified name."""
    span = next((symbol.span for symbol in page.symbols if symbol.qualname == name), Span(0, 0))
    return await KIND.task(page, span, {"symbol": name}, Workshop(Ruff(), offload))


async def findings(task: Task, text: str) -> list[Finding]:
    """Judge a document by the checks that a docstring has to pass, cheapest first, ruff left out.

    The kind's own check runs in the worker and here, and has to say the same.
    """
    old, target = task.snapshot.text, task.target
    found = [*judge_scope(old, text, task.scope), *judge_syntax(old, text)]
    for check in task.oracle.checks:
        assert isinstance(check, DocstringCheck)
        told = await check.judge(task, text)
        new = text[target.start : len(text) - len(old) + target.end]
        assert told == judge(target.of(old), new, check.place, check.convention)
        found += told
    return found


async def check(convention: Convention, code: str, docstring: str, offload: Offload) -> list[str]:
    """Put the docstring into the code, and give the messages of all findings."""
    draft = Draft.of(code, docstring)
    task = await task_of(page_of(draft.before, convention=convention), name_of(code), offload)
    return [finding.message for finding in await findings(task, draft.after)]


def name_of(code: str) -> str:
    """Find the qualified name of the definition that holds the mark: the innermost so far."""
    heads = _HEAD.findall(code.partition(MARK)[0])
    return ".".join(heads) if code.lstrip().startswith("class") else heads[-1]
