"""Judges the new text of a definition: the code is the same, and the docstring says what it has to.

These are the functions that run in the worker process: plain values in, plain values out, and
nothing that a text contains makes them raise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from attrs import evolve, frozen

from lastmile.cascade.verdict import Finding
from lastmile.config.tree import Convention
from lastmile.docstrings.faults import Fault, documented, faults
from lastmile.docstrings.fragment import Fragment, Place, Unreadable, read
from lastmile.docstrings.needs import Needs, needs
from lastmile.docstrings.reading import clean
from lastmile.docstrings.sameness import change, literal

CHECK = "property"
_SHOWN = 160


@frozen
class Study:
    """What is known of a definition before anybody drafts for it."""

    needed: Needs
    faults: tuple[str, ...]
    """What is wrong with the docstring that it has; empty where it has none."""

    documented: bool
    filler: bool
    """Whether its code is one ``pass`` or ``...``, which may go."""


def study(text: str, place: Place, convention: Convention) -> Study | Unreadable:
    """Read off a definition what its docstring has to say, and what the present one does not."""
    fragment = read(text, place)
    if isinstance(fragment, Unreadable):
        return fragment
    needed = _needed(fragment, place, convention)
    found = () if fragment.docstring is None else faults(clean(fragment.docstring), needed, convention)
    messages = tuple(fault.message for fault in found)
    return Study(needed, messages, fragment.docstring is not None, fragment.filler is not None)


def judge(before: str, after: str, place: Place, convention: Convention) -> tuple[Finding, ...]:
    """Compare two texts of a definition; empty where only a right docstring came."""
    old, new = read(before, place), read(after, place)
    if isinstance(old, Unreadable):
        return (Finding(CHECK, f"The docstring of `{place.name}` cannot be judged: {old.reason}."),)
    if isinstance(new, Unreadable):
        return (Finding(CHECK, f"The draft does not parse: {new.reason}.", line=place.line),)
    changed = change(old, new)
    if changed is not None:
        return (Finding(CHECK, changed.message, line=changed.line, evidence=_code(new, changed.line)),)
    return tuple(_findings(old, new, place, convention))


def _needed(fragment: Fragment, place: Place, convention: Convention) -> Needs:
    """Leave out what the class says of its ``__init__`` already."""
    needed = needs(fragment, place)
    if place.name != "__init__" or not place.owner_docstring:
        return needed
    elsewhere = documented(clean(place.owner_docstring), convention)
    return evolve(needed, parameters=tuple(name for name in needed.parameters if name.lstrip("*") not in elsewhere))


def _findings(old: Fragment, new: Fragment, place: Place, convention: Convention) -> Iterator[Finding]:
    text, statement = new.docstring, new.documentation
    if text is None or statement is None:
        yield Finding(CHECK, f"`{place.name}` has no docstring as its first statement.", line=place.line)
        return
    first, last = new.line(statement.lineno), new.line(statement.end_lineno or statement.lineno)
    for message in _writing(old, new):
        yield Finding(CHECK, message, line=first, evidence=_code(new, first))
    for fault in faults(clean(text), _needed(new, place, convention), convention):
        line = min(first + fault.line, last)
        yield Finding(CHECK, fault.message, line=line, evidence=_evidence(new, fault, line))


def _writing(old: Fragment, new: Fragment) -> Iterator[str]:
    """Judge how the string is written: PEP 257 asks for one, in triple quotes."""
    tokens = literal(new)
    if len(tokens) != 1 or not tokens[0].endswith(('"""', "'''")):
        yield "The docstring is not one string in triple quotes."
    for message in Counter(new.warnings) - Counter(old.warnings):
        yield f"The docstring has an {message}: double the backslash, or write r before the quotes."


def _evidence(new: Fragment, fault: Fault, line: int) -> str:
    if fault.code_line is None:
        return _code(new, line)
    shown = new.line(fault.code_line)
    return f"line {shown + 1}: {_code(new, shown)}"


def _code(new: Fragment, line: int | None) -> str:
    lines = new.source.split("\n")
    number = -1 if line is None else line - new.first_line
    return lines[number].strip()[:_SHOWN] if 0 <= number < len(lines) else ""
