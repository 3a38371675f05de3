"""What a docstring lacks, and what it says that is not so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from lastmile.config.tree import Convention
from lastmile.docstrings import conventions
from lastmile.docstrings.needs import Needs
from lastmile.docstrings.reading import Part, Reading
from lastmile.docstrings.results import RETURNS, YIELDS
from lastmile.docstrings.wording import description_fault, summary_fault

_NOTHING = (["none"], ["nothing"])
_NAMED = {Part.PARAMETERS: "Parameter", Part.KEYWORDS: "Parameter", Part.ATTRIBUTES: "Attribute"}
_RESULTS = {RETURNS: (Part.RETURNS, "return value is"), YIELDS: (Part.YIELDS, "yielded values are")}


@frozen
class Fault:
    """One thing that is wrong with a docstring."""

    message: str
    line: int = 0
    """From the docstring's first line."""

    code_line: int | None = None
    """The parser's number of the line of code that shows it."""


def faults(lines: list[str], needed: Needs, convention: Convention) -> tuple[Fault, ...]:
    """Compare a docstring, cleaned into lines, with what it has to say."""
    reading = conventions.read(lines, convention)
    return (
        *_form(lines, reading, convention),
        *_summary(reading, needed),
        *_missing(reading, needed, convention),
        *_unreal(reading, needed, convention),
        *_results(reading, needed, convention),
        *_empty(reading),
        *_repeated(reading, convention),
    )


def documented(lines: list[str], convention: Convention) -> frozenset[str]:
    """Give the names of the parameters that a docstring documents."""
    entries = conventions.read(lines, convention).entries(Part.PARAMETERS, Part.KEYWORDS)
    return frozenset(name for entry in entries for name in entry.names)


def _form(lines: list[str], reading: Reading, convention: Convention) -> Iterator[Fault]:
    other = conventions.foreign(lines, convention)
    if other is not None:
        yield Fault(f"The sections are in the {other.value} convention; this project's is {convention.value}.")
    for oddity in reading.oddities:
        yield Fault(oddity.message, oddity.line)


def _summary(reading: Reading, needed: Needs) -> Iterator[Fault]:
    message = summary_fault(reading.summary, needed.name)
    if message:
        yield Fault(message)


def _missing(reading: Reading, needed: Needs, convention: Convention) -> Iterator[Fault]:
    there = {name for entry in reading.entries(Part.PARAMETERS, Part.KEYWORDS) for name in entry.names}
    for label in needed.parameters:
        if label.lstrip("*") not in there:
            yield Fault(f"Parameter `{label}` is not documented in {conventions.title(convention, Part.PARAMETERS)}.")
    named = {name for entry in reading.entries(Part.RAISES) for name in entry.names}
    for item in needed.raises:
        if item.name not in named:
            where = conventions.title(convention, Part.RAISES)
            yield Fault(f"Exception `{item.name}` is raised, but not documented in {where}.", code_line=item.line)


def _unreal(reading: Reading, needed: Needs, convention: Convention) -> Iterator[Fault]:
    """Find the documented names that do not exist."""
    rest = conventions.title(convention, Part.KEYWORDS)
    told = f" What it takes by `**` stands in {rest}." if needed.keywords else ""
    yield from _strangers(reading, needed, Part.PARAMETERS, needed.known, told)
    if not needed.keywords:
        yield from _strangers(reading, needed, Part.KEYWORDS, needed.known)
    yield from _strangers(reading, needed, Part.ATTRIBUTES, needed.attributes)


def _strangers(
    reading: Reading, needed: Needs, part: Part, known: frozenset[str] | None, told: str = ""
) -> Iterator[Fault]:
    if known is None:
        return
    what = _NAMED[part]
    for entry in reading.entries(part):
        for name in entry.names:
            if name not in known:
                message = f"{what} `{name}` is documented, but `{needed.name}` has no such {what.lower()}."
                yield Fault(message + told, entry.line)


def _results(reading: Reading, needed: Needs, convention: Convention) -> Iterator[Fault]:
    allowed = set(needed.result.sections)
    if convention is Convention.REST and YIELDS in allowed:
        allowed.add(RETURNS)  # Sphinx has no field of its own for what a generator yields.
    written = {name for name, (part, _) in _RESULTS.items() if reading.entries(part)}
    if needed.result.required and not written & allowed:
        part, what = _RESULTS[needed.result.sections[0]]
        yield Fault(f"The {what} not documented in {conventions.title(convention, part)}.")
    for name in sorted(written):
        part, what = _RESULTS[name]
        entry = reading.entries(part)[0]
        words = [word.strip("`.,:*").casefold() for word in entry.text.split()]
        if name not in allowed and words[:1] not in _NOTHING:
            yield Fault(f"The {what} documented, but `{needed.name}` has none.", entry.line)
        if needed.result.required and words in _NOTHING:
            yield Fault(f"The {what} said to be None, but `{needed.name}` gives something.", entry.line)


def _empty(reading: Reading) -> Iterator[Fault]:
    for section in reading.sections:
        if not section.entries and section.part is not Part.OTHER:
            yield Fault(f"The section {section.title} is empty.", section.line)
        for entry in section.entries:
            name = entry.names[0] if entry.names else ""
            wrong = description_fault(entry.text, name if section.part in _NAMED else "")
            if wrong:
                what = f"`{', '.join(entry.names)}` in {section.title}" if name else section.title
                yield Fault(f"{what} {wrong}.", entry.line)


def _repeated(reading: Reading, convention: Convention) -> Iterator[Fault]:
    for parts in ((Part.PARAMETERS, Part.KEYWORDS), (Part.ATTRIBUTES,)):
        seen: set[str] = set()
        for entry in reading.entries(*parts):
            for name in entry.names:
                if name in seen:
                    yield Fault(f"{_NAMED[parts[0]]} `{name}` is documented twice.", entry.line)
                seen.add(name)
    once = {Part.RETURNS, Part.YIELDS} if convention is Convention.REST else set(Part) - {Part.OTHER}
    counts: Counter[Part] = Counter()
    for section in reading.sections:
        counts[section.part] += 1
        if section.part in once and counts[section.part] > 1:
            yield Fault(f"The section {section.title} stands there twice.", section.line)
