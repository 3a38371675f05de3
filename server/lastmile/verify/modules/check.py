"""The check of imports: every module that a draft newly imports is there.

No parse and no linter refuses the import of a package that does not exist, and where no test runs, nothing does.
A name that somebody made up is worse than broken: whoever registers it is installed next. So it is looked for where
imports look: in the standard library, in the project, in its environment. Where there is no environment to look in,
the receipt says so instead. What a module has in it is for the type checker to judge, a package's modules aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from attrs import evolve, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload
from lastmile.verify.modules.asked import newly
from lastmile.verify.modules.modules import Modules
from lastmile.verify.modules.search import Search
from lastmile.verify.modules.values import Answer, Asked, Fate, Need, Wanted

CHECK = "imports"
_MOST = 10
_ALIKE = 0.75
"""How much alike two names are, as `difflib` counts, of which one may be meant by the other."""


@frozen
class Scene:
    """Where a draft stands."""

    path: Path | None
    """The document's own."""

    others: Mapping[Path, str]
    """The texts of other documents, which need not be saved."""

    lines: LineIndex
    """The text with the draft."""


@frozen
class ImportsCheck:
    """Judges whether what a draft newly imports is there."""

    offload: Offload
    modules: Modules
    name: str = CHECK

    async def judge(self, task: Task, text: str) -> Ruling:
        """Look for what is new."""
        snapshot = task.snapshot
        if snapshot.language != "python":
            return Ruling(absent="Imports are known of Python alone.")
        try:
            asked = await self.offload.run(newly, snapshot.text, text)
        except (ToolError, RecursionError) as error:
            return Ruling((Finding(self.name, f"What the draft imports could not be read: {error}"),))
        if not asked.wanted:
            return Ruling(absent="It imports nothing new.")
        if snapshot.path is not None and snapshot.path.suffix == ".pyi":
            asked = evolve(asked, wanted=tuple(_for_types(item) for item in asked.wanted))
        others = {path: text for path, text in self.modules.others().items() if path != snapshot.path}
        return await asyncio.to_thread(_judged, self.modules, asked, Scene(snapshot.path, others, LineIndex(text)))


def _for_types(item: Wanted) -> Wanted:
    return item if item.need is Need.NEVER else evolve(item, need=Need.TYPES)


def _judged(modules: Modules, asked: Asked, scene: Scene) -> Ruling:
    search = modules.search(asked, scene.path, scene.others)
    answers = [(item, search.find(item)) for item in asked.wanted]
    missing = [(item, answer) for item, answer in answers if answer.fate is Fate.MISSING]
    unsure = [(item, answer) for item, answer in missing if not answer.closed]
    why = search.unknown() if unsure else ""
    open_ends = unsure if why else []
    gone = [pair for pair in missing if pair not in open_ends]
    refused = [(item, answer) for item, answer in gone if item.need is not Need.NEVER]
    if refused:
        return Ruling(tuple(_finding(search, item, answer, scene.lines) for item, answer in refused[:_MOST]))
    notes = [
        _listed(open_ends, f"could not be looked for: {why}"),
        _listed([pair for pair in gone if pair not in refused], "imported only where it is there, and it is not"),
    ]
    looked = {item.top for item in asked.wanted if item.top and not search.standards(item.top)}
    if not any(notes) and not looked:
        return Ruling(absent="It imports nothing new from outside of the standard library.")
    found = len(looked) - len({item.top for item, _ in missing})
    counted = f"{found} new import{'s' if found != 1 else ''} found" if found > 0 else ""
    return Ruling(summary="; ".join(part for part in (counted, *notes) if part))


def _listed(pairs: Sequence[tuple[Wanted, Answer]], what: str) -> str:
    names = dict.fromkeys(f"`{_missed(item, answer)}`" for item, answer in pairs)
    return f"{', '.join(names)} {what}" if names else ""


def _missed(item: Wanted, answer: Answer) -> str:
    """Spell the first of the names that was not found."""
    count = answer.at if item.dots else answer.at + 1
    return "." * item.dots + ".".join(part for part in (*item.parts, item.name)[:count] if part)


def _finding(search: Search, item: Wanted, answer: Answer, lines: LineIndex) -> Finding:
    missed = _missed(item, answer)
    if item.dots or answer.at:
        where = "the package has neither a module nor code of that name"
    else:
        env = search.environment
        where = f"{search.standard.name} has none, nor has the project"
        where += "" if env is None else f", nor is it installed in {env.place.name}"
    message = f"There is no `{missed}` to import: {where}.{_meant(missed, search.beside(item, answer))}"
    evidence = lines.line_text(item.line) if item.line < len(lines) else ""
    return Finding(CHECK, message, item.line, evidence=evidence)


def _meant(missed: str, names: Iterable[str]) -> str:
    prefix, _, last = missed.rpartition(".")
    close = get_close_matches(last, sorted(names), 1, _ALIKE)
    return f" `{f'{prefix}.' if prefix else ''}{close[0]}` is there." if close else ""
