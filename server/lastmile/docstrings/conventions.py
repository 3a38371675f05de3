"""The three conventions side by side: their readers, their words, and how one is told from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from attrs import frozen

from lastmile.config.tree import Convention
from lastmile.docstrings import google, numpy, rest
from lastmile.docstrings.reading import Part, Reading, clean


@frozen
class _Form:
    read: Callable[[list[str]], Reading]
    marks: Callable[[list[str]], int]
    """Counts what belongs to this convention and to no other."""

    titles: Mapping[Part, str]


_RESULTS = {Part.RETURNS: "Returns", Part.YIELDS: "Yields", Part.RAISES: "Raises"}
_FORMS: Mapping[Convention, _Form] = MappingProxyType(
    {
        Convention.GOOGLE: _Form(
            google.read,
            google.marks,
            {Part.PARAMETERS: "Args", Part.KEYWORDS: "Keyword Args", **_RESULTS},
        ),
        Convention.NUMPY: _Form(
            numpy.read,
            numpy.marks,
            {Part.PARAMETERS: "Parameters", Part.KEYWORDS: "Other Parameters", **_RESULTS},
        ),
        Convention.REST: _Form(
            rest.read,
            rest.marks,
            {
                Part.PARAMETERS: "a :param name: field",
                Part.KEYWORDS: "a :keyword name: field",
                Part.RETURNS: "a :returns: field",
                Part.YIELDS: "a :yields: field",
                Part.RAISES: "a :raises Name: field",
            },
        ),
    }
)


def read(lines: list[str], convention: Convention) -> Reading:
    """Read a docstring, cleaned into lines."""
    return _FORMS[convention].read(lines)


def title(convention: Convention, part: Part) -> str:
    """Give what a person calls the place where something is documented."""
    return _FORMS[convention].titles[part]


def foreign(lines: list[str], convention: Convention) -> Convention | None:
    """Name another convention that sections of the docstring are in."""
    return next((other for other, form in _FORMS.items() if other is not convention and form.marks(lines)), None)


def majority(literals: Sequence[str]) -> Convention | None:
    """Find the convention that most docstrings follow; None where none shows any.

    The docstrings are given as they stand in the source, quotes included.
    """
    votes: Counter[Convention] = Counter()
    for literal in literals:
        lines = clean(literal)
        counts = {convention: form.marks(lines) for convention, form in _FORMS.items()}
        best = max(counts, key=lambda convention: counts[convention])
        votes[best] += counts[best] > 0
    return next((convention for convention, count in votes.most_common(1) if count), None)
