"""Groups candidates by what they do, and decides which behaviour is meant, or that nobody can tell.

Pure functions over what was observed. Each candidate that passes the tests may be the one that is
meant, with its weight; what agrees on every input is one answer, and the weights of those who give it
add up. The documentation's examples and statements count against an answer that breaks them. An
answer that has no clear majority is not chosen: then there is a question, with an input on which the
answers differ. Texts of any origin can be grouped: a model's drafts all weigh the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from attrs import frozen

from lastmile.repair.values import Candidate, Observed

MAJORITY = 0.8
"""The share of all weight that an answer needs to be chosen."""

_BROKEN_EXAMPLE, _BROKEN_FACT = 0.02, 0.1
"""What is left of a weight for an example or a statement of the documentation that does not hold: an
example is exact, a statement is read by us and may be misread."""

_STRANGER = 0.3
"""What is left of a weight for an answer that agrees with the original nowhere: a bug is small, so what
most differs from the text as it was is least likely meant."""

_SHORT = 60


@frozen
class Group:
    """Candidates that do the same on every input that was compared."""

    members: tuple[int, ...]
    """Their places among the candidates, heaviest first."""

    weight: float
    """Their weights together, as a share of all."""

    behaviour: tuple[str, ...] = ()
    """By input that tells, what came of it."""


@frozen
class Choice:
    """What is offered, or asked."""

    chosen: Candidate | None = None
    question: str = ""
    """What only a person can say; empty where something was chosen or nothing passed."""

    groups: tuple[Group, ...] = ()
    """Heaviest first."""

    passed: int = 0
    """How many candidates there were to choose among."""

    compared: int = 0
    """On how many inputs they were compared that could tell them apart."""

    @property
    def receipt(self) -> str:
        """How it was chosen, in a few words: ``5 repairs pass, in 2 groups by 60 inputs``."""
        return self.of("repair")

    def of(self, what: str) -> str:
        """Say how it was chosen among several of something: repairs, drafts."""
        if self.passed <= 1:
            return f"1 {what} passes" if self.passed else f"no {what} passes"
        passing = f"{self.passed} {what}s pass"
        groups = "1 group" if len(self.groups) == 1 else f"{len(self.groups)} groups"
        return f"{passing}, in {groups} by {self.compared} inputs" if self.compared else f"{passing}, not compared"


@frozen
class Bar:
    """How much has to speak for an answer."""

    majority: float = MAJORITY
    """The share of all weight that it needs."""

    stranger: float = _STRANGER
    """What is left of its weight where it agrees with the original nowhere; 1 where that was to change."""

    answered: bool = False
    """Whether what the original answers always tells, also where most raise: it was right there."""


def choose(candidates: Sequence[Candidate], observed: Observed, *, bar: Bar = Bar()) -> Choice:
    """Choose the answer that most speaks for, or say what is to be asked."""
    telling = telling_inputs(observed, answered=bar.answered)
    groups = _grouped(candidates, observed, telling, bar)
    if not groups:
        return Choice()
    best = groups[0]
    numbers = (groups, len(candidates), len(telling))
    if best.weight >= bar.majority:
        return Choice(candidates[best.members[0]], "", *numbers)
    return Choice(None, _question(groups, observed, telling), *numbers)


def telling_inputs(observed: Observed, *, answered: bool = False) -> tuple[int, ...]:
    """Give the places of the inputs that can tell answers apart.

    At an edge that no test shows, where the original raised or most texts do, nothing says that it
    must work, so what happens there is nobody's promise. The same goes for what all of them refuse.
    """
    if not observed.behaviour:
        return ()
    shown = zip(observed.near, observed.tested, strict=True)
    return tuple(
        at
        for at, (near, tested) in enumerate(shown)
        if tested
        or (answered and _answers(observed.original[at]))
        or not (_is_refused(observed, at) if near else _is_open(observed, at))
    )


def _answers(came: str) -> bool:
    """Tell whether something came back; nothing is what a stub gives."""
    return not _failed(came) and came != "-> None"


def _is_refused(observed: Observed, at: int) -> bool:
    return _failed(observed.original[at]) and all(_failed(row[at]) for row in observed.behaviour)


def _is_open(observed: Observed, at: int) -> bool:
    raised = sum(_failed(row[at]) for row in observed.behaviour)
    # An original that answers nothing at all is a stub: that it raises there too speaks for nothing.
    spoke = not all(map(_failed, observed.original))
    return (spoke and _failed(observed.original[at])) or 2 * raised >= len(observed.behaviour)


def _failed(came: str) -> bool:
    return not came.startswith("->")


def _grouped(
    candidates: Sequence[Candidate], observed: Observed, telling: Sequence[int], bar: Bar
) -> tuple[Group, ...]:
    weights = [item.weight * _kept(observed, at, bar) for at, item in enumerate(candidates)]
    whole = sum(weights) or 1.0
    together: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(candidates)):
        together[_behaviour(observed, at, telling)].append(at)
    groups = (
        Group(tuple(sorted(members, key=lambda at: -weights[at])), sum(weights[at] for at in members) / whole, key)
        for key, members in together.items()
    )
    return tuple(sorted(groups, key=lambda group: -group.weight))


def _behaviour(observed: Observed, at: int, telling: Sequence[int]) -> tuple[str, ...]:
    """Give what a text did; one that was not observed is like no other."""
    if not observed.behaviour or all(came == "late" for came in observed.behaviour[at]):
        return (f"text {at}",)
    return tuple(observed.behaviour[at][item] for item in telling)


def _kept(observed: Observed, at: int, bar: Bar) -> float:
    """Give what the documentation leaves of a candidate's weight; what holds for none says nothing."""
    if not observed.behaviour:
        return 1.0
    can_hold = [any(column) for column in zip(*observed.examples, strict=True)]
    broken = sum(not holds and can for holds, can in zip(observed.examples[at], can_hold, strict=True))
    facts = [name for name in observed.facts[at] if any(row.get(name) for row in observed.facts)]
    unkept = sum(not observed.facts[at][name] for name in facts)
    close = bar.stranger + (1 - bar.stranger) * _closeness(observed, at)
    return float(close * _BROKEN_EXAMPLE ** min(broken, 1) * _BROKEN_FACT ** min(unkept, 2))


def _closeness(observed: Observed, at: int) -> float:
    """Give the share of the calls that the original answered on which a text answers the same."""
    pairs = zip(observed.original, observed.behaviour[at], observed.near, strict=True)
    same = [one == other for one, other, near in pairs if near and not _failed(one)]
    return sum(same) / len(same) if same else 1.0


def _question(groups: Sequence[Group], observed: Observed, telling: Sequence[int]) -> str:
    """Ask about the shortest input on which the two likeliest answers differ."""
    one, other = groups[0].behaviour, groups[1].behaviour
    seen = not any(len(row) == 1 and row[0].startswith("text ") for row in (one, other))
    differ = [at for at in range(len(telling)) if one[at] != other[at]] if observed.behaviour and seen else []
    if not differ:
        return "Which of these is meant? They could not be compared."
    at = min(differ, key=lambda item: (_failed(one[item]) or _failed(other[item]), len(observed.inputs[telling[item]])))
    first, second = _said(one[at]), _said(other[at])
    return f"For `{_cut(observed.inputs[telling[at]])}`, should this {first} or {second}?"


def _said(came: str) -> str:
    """Say an outcome as part of a question."""
    if came == "late":
        return "go on for long"
    if came.startswith("-> "):
        value, _sep, left = came[3:].partition("; leaves ")
        value, _sep, printed = value.partition("; prints ")
        words = f"give `{_cut(value)}`{f' and print `{_cut(printed)}`' if printed else ''}"
        return f"{words} and leave `{_cut(left)}`" if left else words
    return came.replace("raises ", "raise ", 1).partition(";")[0]


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
