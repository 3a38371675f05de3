"""The check of syntax: nothing that parsed before has stopped parsing.

Python compiles both texts without running them. A file that was broken already may be edited, not
broken more: there tree-sitter counts the broken places of both texts, as it does for languages other
than Python. Where there is no grammar of a language the check is absent; documents of data have a
check of their own. The Python that compiles is the one that runs this, so syntax
that is newer than it is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache

from attrs import frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.documents.values import LANGUAGES
from lastmile.errors import ToolError
from lastmile.text.grammars import grammar
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import Defect, defects
from lastmile.tools.offload import Offload


@frozen
class SyntaxCheck:
    """Judges whether the document still parses."""

    offload: Offload
    name: str = "syntax"

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Compare how the two texts parse, and compile where they are Python."""
        language = task.snapshot.language
        try:
            if language == "python":
                return await self.offload.run(judge_syntax, task.snapshot.text, text)
            if language in LANGUAGES:
                return Ruling(absent="Documents of data have a check of their own.")
            found = await self.offload.run(judge_grammar, task.snapshot.text, text, language)
            return Ruling(absent=f"No grammar of {language} is installed.") if found is None else found
        except ToolError as error:
            return (Finding(self.name, f"The syntax could not be checked: {error}"),)


@frozen
class Complaint:
    """Why a text does not compile."""

    message: str
    line: int | None
    """From 0; None where the compiler names none."""


def judge_syntax(old: str, new: str) -> tuple[Finding, ...]:
    """List why the new text parses worse than the old; empty where it does not.

    Where neither compiles, the compiler's one complaint tells little, so the broken places count.
    """
    after = complaint(new)
    if after is None:
        return ()
    if complaint(old) is None:
        lines = LineIndex(new)
        code = "" if after.line is None or after.line >= len(lines) else lines.line_text(after.line)
        return (Finding("syntax", f"It does not compile: {after.message}.", line=after.line, evidence=code),)
    return _worse(old, defects(old), new, defects(new))


def judge_grammar(old: str, new: str, language: str) -> tuple[Finding, ...] | None:
    """List why the new text parses worse than the old by the grammar of its language; None without a grammar."""
    known = grammar(language)
    return None if known is None else _worse(old, defects(old, known), new, defects(new, known))


def _worse(old: str, known: Sequence[Defect], new: str, found: Sequence[Defect]) -> tuple[Finding, ...]:
    if len(found) <= len(known):
        return ()
    had = {defect.span.of(old) for defect in known}
    return (_broken(next((defect for defect in found if defect.span.of(new) not in had), found[0]), new),)


@lru_cache(maxsize=8)
def complaint(text: str) -> Complaint | None:
    """Compile a text; cached, because each attempt compares with the same snapshot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text.removeprefix("\ufeff"), "<draft>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return Complaint(error.msg, None if error.lineno is None else max(0, error.lineno - 1))
        except (ValueError, RecursionError, MemoryError) as error:
            return Complaint(str(error) or type(error).__name__, None)
    return None


def _broken(defect: Defect, text: str) -> Finding:
    lines = LineIndex(text)
    line = lines.line_at(defect.span.start)
    what = f"{defect.missing!r} is missing" if defect.missing else "something unexpected stands there"
    message = f"It does not parse: on line {line + 1}, {what}."
    return Finding("syntax", message, line=line, evidence=lines.line_text(line))
