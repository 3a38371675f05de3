"""What a drafter is told beside the goal, so that the first draft can pass."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from lastmile.config.tree import Convention
from lastmile.docstrings.conventions import title
from lastmile.docstrings.judging import Study
from lastmile.docstrings.needs import Needs
from lastmile.docstrings.reading import Part
from lastmile.docstrings.results import YIELDS

_MOST_FAULTS = 10


@frozen
class Layout:
    """How the docstring is set."""

    indent: str
    """The blanks before each of its lines."""

    line_length: int
    quotes: str = '"""'


def hints(known: Study, convention: Convention, layout: Layout) -> tuple[str, ...]:
    """Write the hints for one definition."""
    return tuple(_hints(known, convention, layout))


def _hints(known: Study, convention: Convention, layout: Layout) -> Iterator[str]:
    yield (
        f"The docstring is one string in {layout.quotes}, directly after the header, {_indented(layout.indent)}, "
        f"in lines of at most {layout.line_length} characters."
    )
    yield "Nothing else changes: code, comments, decorators and other docstrings stay as they are."
    yield (
        "It begins with a summary of one line: at least three words that say more than the name does. "
        "Every description says something; none is a placeholder."
    )
    yield from _contents(known.needed, convention)
    for message in known.faults[:_MOST_FAULTS]:
        yield f"Wrong with the present docstring: {message}"


def _contents(needed: Needs, convention: Convention) -> Iterator[str]:
    yield f"Its convention is {convention.value}. It documents nothing that the code does not have."
    if needed.none:
        yield "The summary is enough: there is no parameter, result or exception that has to be documented."
    if needed.parameters:
        yield f"Document in {title(convention, Part.PARAMETERS)}, each: {_listed(needed.parameters)}."
    if needed.result.required:
        yields = needed.result.sections[0] == YIELDS
        where = title(convention, Part.YIELDS if yields else Part.RETURNS)
        yield f"Document the {'yielded values' if yields else 'return value'} in {where}."
    if needed.raises:
        names = tuple(item.name for item in needed.raises)
        yield f"Document in {title(convention, Part.RAISES)}, each with when it is raised: {_listed(names)}."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _indented(indent: str) -> str:
    unit = "tab" if indent and not indent.strip("\t") else "space"
    return f"indented by {len(indent)} {unit}{'' if len(indent) == 1 else 's'}"
