"""Groups candidates by what they do, and decides which behaviour is meant, or that nobody can tell.

Pure functions over what was observed. Each candidate that passes the tests may be the one that is
meant, with its weight; what agrees on every input is one answer, and the weights of those who give it
add up. The documentation's examples and statements count against an answer that breaks them. An
answer that does not clearly lead is not chosen: then there is a question, with an input on which the
answers differ. How often the same answer can be written says little, so its likeliest text has to lead
too. Texts of any origin can be grouped: a model's drafts all weigh the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from attrs import evolve, frozen

from lastmile.repair.values import Candidate, Observed

MAJORITY = 0.8
"""The share of all weight that an answer needs to be chosen."""

LEADING = 0.6
"""The share that the likeliest text of an answer needs among the likeliest of all answers."""

_THIN_MAJORITY, _THIN_LEADING = 0.9, 0.75
"""The same shares where hardly a test reaches the change: ours, for there a question is cheaper than a mistake."""

_FEWEST = 3
"""Inputs on which an answer has to be the same before it is said to be that always."""

_BROKEN_EXAMPLE, _BROKEN_FACT = 0.02, 0.1
"""What is left of a weight for an example or a statement of the documentation that does not hold: an
example is exact, a statement is read by us and may be misread."""

_STRANGER = 0.3
"""What is left of a weight for an answer that agrees with the original nowhere: a bug is small, so what
most differs from the text as it was is least likely meant."""

_RETURNS = "returns what is annotated: "
"""Begins the fact that a function keeps to its annotation, as the probe says it."""

_SHORT = 60
_NAMED = 3
"""How many changes a question names at most."""


@frozen
class Group:
    """Candidates that do the same on every input that was compared."""

    members: tuple[int, ...]
    """Their places among the candidates, heaviest first."""

    weight: float
    """Their weights together, as a share of all."""

    behaviour: tuple[str, ...] = ()
    """By input that tells, what came of it."""

    lead: float = 1.0
    """The weight of its heaviest member, as a share of those of all groups."""


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

    leading: float = LEADING
    """The share that its likeliest text needs among the likeliest of all answers."""

    one_to_one: bool = False
    """Whether one text may be chosen over one other that nothing but its weight speaks against."""

    thin: bool = False
    """Whether so few tests speak for it that what is doubtful is asked about, even where all agree."""

    typed: bool = True
    """Whether an answer that the annotation does not allow is left out, where others keep to it."""

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
    first = candidates[best.members[0]]
    if not _is_clear(groups, observed, bar):
        return Choice(None, _question(groups, candidates, observed, telling), *numbers)
    doubt = (first.doubt or _flat(best, observed, telling)) if bar.thin and not _is_shown(best, observed) else ""
    return Choice(None, f"{doubt} ({first.label})", *numbers) if doubt else Choice(first, "", *numbers)


def thin(bar: Bar) -> Bar:
    """Give the bar for where hardly a test reaches the change."""
    return evolve(bar, majority=_THIN_MAJORITY, leading=_THIN_LEADING, thin=True)


def _is_clear(groups: Sequence[Group], observed: Observed, bar: Bar) -> bool:
    best = groups[0]
    if best.weight < bar.majority or best.lead < bar.leading:
        return False
    is_duel = [len(group.members) for group in groups] == [1, 1]
    return bar.one_to_one or not is_duel or _keeps_more(best, groups[1], observed)


def _keeps_more(group: Group, other: Group, observed: Observed) -> bool:
    """Tell whether the documentation holds for one answer where it does not for another."""
    if not observed.behaviour:
        return False
    one, two = group.members[0], other.members[0]
    examples = zip(observed.examples[one], observed.examples[two], strict=True)
    stated = ((holds, observed.facts[two].get(name, False)) for name, holds in observed.facts[one].items())
    return any(mine and not theirs for mine, theirs in (*examples, *stated))


def _is_shown(group: Group, observed: Observed) -> bool:
    """Tell whether the documentation has examples, and all hold."""
    shown = observed.examples[group.members[0]] if observed.behaviour else ()
    return bool(shown) and all(shown)


def _flat(group: Group, observed: Observed, telling: Sequence[int]) -> str:
    """Ask about an answer that is the same on every input, where the original's was not; empty where it is none."""
    if not observed.behaviour or len(group.behaviour) != len(telling):
        return ""
    came = {row.partition(";")[0] for row in group.behaviour}
    before = {observed.original[at].partition(";")[0] for at in telling if _answers(observed.original[at])}
    is_flat = len(telling) >= _FEWEST and len(came) == 1 and len(before) > 1
    return f"Should this always {_said(came.pop())}?" if is_flat else ""


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
    together: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    left = _typed(observed, len(candidates)) if bar.typed else range(len(candidates))
    whole = sum(weights[at] for at in left) or 1.0
    for at in left:
        together[_behaviour(observed, at, telling)].append(at)
    heaviest = sum(max(weights[at] for at in members) for members in together.values()) or 1.0
    groups = []
    for key, members in together.items():
        ranked = tuple(sorted(members, key=lambda at: -weights[at]))
        share = sum(weights[at] for at in members) / whole
        groups.append(Group(ranked, share, key, weights[ranked[0]] / heaviest))
    return tuple(sorted(groups, key=lambda group: -group.weight))


def _typed(observed: Observed, many: int) -> Sequence[int]:
    """Leave out those that return what the annotation does not allow, where others keep to it."""
    if not observed.behaviour:
        return range(many)
    names = {name for row in observed.facts for name in row if name.startswith(_RETURNS)}
    broken = [frozenset(name for name in names if not row.get(name)) for row in observed.facts]
    always = names.intersection(*broken) if broken else names
    # One that was not seen to the end breaks nothing that is known.
    return [at for at in range(many) if broken[at] <= always or "late" in observed.behaviour[at]]


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
    stated = (name for name in observed.facts[at] if not name.startswith(_RETURNS))
    facts = [name for name in stated if any(row.get(name) for row in observed.facts)]
    unkept = sum(not observed.facts[at][name] for name in facts)
    close = bar.stranger + (1 - bar.stranger) * _closeness(observed, at)
    return float(close * _BROKEN_EXAMPLE ** min(broken, 1) * _BROKEN_FACT ** min(unkept, 2))


def _closeness(observed: Observed, at: int) -> float:
    """Give the share of the calls that the original answered on which a text answers the same."""
    pairs = zip(observed.original, observed.behaviour[at], observed.near, strict=True)
    same = [one == other for one, other, near in pairs if near and not _failed(one)]
    return sum(same) / len(same) if same else 1.0


def _question(
    groups: Sequence[Group], candidates: Sequence[Candidate], observed: Observed, telling: Sequence[int]
) -> str:
    """Ask about the shortest input on which the two likeliest answers differ."""
    one, other = groups[0].behaviour, groups[1].behaviour
    seen = not any(len(row) == 1 and row[0].startswith("text ") for row in (one, other))
    differ = [at for at in range(len(telling)) if one[at] != other[at]] if observed.behaviour and seen else []
    if not differ:
        return _which([candidates[group.members[0]].label for group in groups[:_NAMED]], observed.trouble)
    at = min(differ, key=lambda item: (_failed(one[item]) or _failed(other[item]), len(observed.inputs[telling[item]])))
    first, second = _said(one[at]), _said(other[at])
    return f"For `{_cut(observed.inputs[telling[at]])}`, should this {first} or {second}?"


def _which(labels: Sequence[str], trouble: str) -> str:
    """Ask which change is meant, by what each does, as far as that is known, and say why nothing was compared."""
    named = ", or one that ".join(labels)
    these = f"Which repair is meant? One that {named}?" if all(labels) else "Which of these is meant?"
    why = f": {trouble.rstrip('.')}" if trouble else ""
    return f"{these} They could not be compared{why}."


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
